"""The page of a post (or of a comment, with what is below it), and the editor."""

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from backend.database import session
from backend.node import current_node
from backend.posts.api import found
from backend.posts.payout import worth
from backend.posts.queries import pool_now, voters, votes_of
from backend.posts.threads import MOST, Branch, thread
from backend.present import present
from backend.sessions.current import signed_in

bp = Blueprint("posts", __name__)

VOTERS = 20


@bp.get("/post/<post>")
def page(post: str) -> str | Response:
    piece = found(post)
    if post != piece.post.id.hex():
        return redirect(f"/post/{piece.post.id.hex()}", 301)
    deployment = current_node().deployment
    branches = thread(session(), deployment, piece.post)
    pool = pool_now(session(), deployment)
    shown = [piece, *(branch.piece for branch in _flat(branches))]
    me = signed_in(session(), present().time)
    ids = [p.post.id for p in shown]
    return render_template(
        "post.html",
        piece=piece,
        branches=branches,
        cut=len(shown) > MOST,
        voters=voters(session(), piece.post.id, VOTERS),
        mine=votes_of(session(), me.account, ids) if me else {},
        worth={p.post.id: worth(p.claims, pool) for p in shown},
        sources=", ".join(current_node().settings.sources) or "its own store, as no other is set",
        origin=request.host_url.rstrip("/"),
    )


@bp.get("/write")
def write() -> str:
    return render_template("write.html")


def _flat(branches: list[Branch]) -> list[Branch]:
    """All branches of a tree."""
    found = list(branches)
    for branch in found:  # grows while it is walked
        found.extend(branch.replies)
    return found
