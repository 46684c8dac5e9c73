"""The pages / /hot /trending /new, today's and of any past moment, and the Atom feeds."""

from flask import Blueprint, Response, render_template, request

from backend.feeds.moments import asked, written
from backend.feeds.past import feed_at, first_post
from backend.feeds.queries import feed, of_account
from backend.identity.accounts import by_handle
from backend.posts.queries import Piece, pool_now
from backend.site import paging
from backend.site.database import session
from backend.site.node import current_node
from backend.site.now import present

bp = Blueprint("feeds", __name__)


@bp.get("/")
def front() -> str:
    return page("hot")


@bp.get("/<any(hot, trending, new):name>")
def page(name: str) -> str:
    at = asked()
    if at is not None:
        return past_page(name, at)
    deployment = current_node().deployment
    found, cursor = feed(session(), deployment, name, paging.DEFAULT)
    return render_template(
        "feed.html",
        name=name,
        pieces=found,
        cursor=cursor,
        paged="cursor" in request.args,
        pool=pool_now(session(), deployment),
        first=first_post(session()),
    )


def past_page(name: str, at: int) -> str:
    """The feed as it stood at `at`, the chain's seconds."""
    deployment = current_node().deployment
    found, cursor = feed_at(session(), deployment, name, at, paging.DEFAULT)
    return render_template(
        "past.html",
        name=name,
        at=at,
        written=written,
        then=found,
        cursor=cursor,
        paged="cursor" in request.args,
        first=first_post(session()),
        day=deployment.day,
    )


@bp.get("/new.atom")
def new_atom() -> Response:
    deployment = current_node().deployment
    found, _ = feed(session(), deployment, "new", paging.DEFAULT, whole=True)
    return atom("Laurel", "/new", found)


def account_atom(handle: str) -> Response:
    """The Atom feed of one account's posts. Raises Problem 404 `unknown_account`."""
    account = by_handle(session(), handle)
    found, _ = of_account(
        session(),
        current_node().deployment,
        account.id,
        comments=False,
        size=paging.DEFAULT,
        whole=True,
    )
    return atom(f"@{handle} on Laurel", f"/@{handle}/posts", found)


def atom(title: str, page: str, found: list[Piece]) -> Response:
    """Posts whose words are here, as Atom (RFC 4287); `page` is what people read instead."""
    ready = [piece for piece in found if piece.words]
    body = render_template(
        "atom.xml",
        title=title,
        page=page,
        pieces=ready,
        updated=max((p.post.created_at for p in ready), default=present().time),
        origin=request.host_url.rstrip("/"),
    )
    return Response(body, content_type="application/atom+xml; charset=utf-8")
