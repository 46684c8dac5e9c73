"""The page of a post (or of a comment, with what is below it), and the editor."""

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from backend.identity.sessions import signed_in
from backend.posts.api import found, standing
from backend.posts.payout import worth
from backend.posts.queries import pool_now, removable, voters, votes_of
from backend.posts.threads import MOST, Branch, thread
from backend.site.database import session
from backend.site.node import current_node
from backend.site.now import present
from backend.site.problems import Problem
from indexer.content.cid import cid_of
from indexer.content.encoding import decode

bp = Blueprint("posts", __name__)

VOTERS = 20
TYPED = ("title", "body", "summary", "tags", "sensitive")
"""The members of a document that the editor has fields for; it keeps all others as they are."""


@bp.get("/post/<post>")
def post_page(post: str) -> str | Response | tuple[str, int]:
    """The post with its thread; 410 and a tombstone for one that was removed."""
    piece = found(post)
    if post != piece.post.id.hex():
        return redirect(f"/post/{piece.post.id.hex()}", 301)
    if piece.post.removed:
        return render_template("tombstone.html", piece=piece), 410
    deployment = current_node().deployment
    branches = thread(session(), deployment, piece.post)
    pool = pool_now(session(), deployment)
    shown = [piece, *(branch.piece for branch in _flat(branches))]
    now = present().time
    me = signed_in(now)
    ids = [p.post.id for p in shown]
    return render_template(
        "post.html",
        piece=piece,
        branches=branches,
        cut=len(shown) > MOST,
        voters=voters(session(), piece.post.id, VOTERS),
        mine=votes_of(session(), me.account, ids) if me else {},
        worth={p.post.id: worth(p.claims, pool) for p in shown},
        removable=removable(piece.post, now),
        sources=", ".join(current_node().settings.sources) or "its own store, as no other is set",
        origin=request.host_url.rstrip("/"),
    )


@bp.get("/write")
def write() -> str:
    return render_template("write.html", document={}, rest={})


@bp.get("/post/<post>/edit")
def edit(post: str) -> str:
    """The editor with a post's words in it, for its author.

    Problems: 403 `not_author`, 409 `words_missing`, and those of `standing`.
    """
    piece = standing(post)
    me = signed_in(present().time)
    if me is None or me.account != piece.post.account:
        raise Problem(403, "not_author", f"Only @{piece.handle} can edit this. Sign in as them.")
    if piece.words is None:
        raise Problem(409, "words_missing", "The words are not here, so they cannot be edited.")
    document = decode(current_node().store.get(cid_of(piece.post.current)))
    rest = {name: value for name, value in document.items() if name not in TYPED}
    return render_template("write.html", piece=piece, document=document, rest=rest)


def _flat(branches: list[Branch]) -> list[Branch]:
    """All branches of a tree."""
    found = list(branches)
    for branch in found:  # grows while it is walked
        found.extend(branch.replies)
    return found
