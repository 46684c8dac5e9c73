"""/api/v1/posts and the posts of one account, as JSON."""

from typing import Any

from flask import Blueprint, request

from backend.feeds.moments import asked
from backend.feeds.past import Then, feed_at
from backend.feeds.queries import feed, of_account
from backend.identity.accounts import by_handle
from backend.posts.api import as_json
from backend.site import paging
from backend.site.database import session
from backend.site.node import current_node
from backend.site.problems import Problem

bp = Blueprint("feeds-api", __name__, url_prefix="/api/v1")


@bp.get("/posts")
def posts() -> dict[str, Any]:
    """`feed` is new (the default), hot or trending; with `at`, as it stood at that moment."""
    name = request.args.get("feed", "new")
    at = asked()
    if at is not None:
        then, cursor = feed_at(session(), current_node().deployment, name, at, paging.limit())
        return {"posts": [then_json(row) for row in then], "next": cursor, "at": at}
    found, cursor = feed(session(), current_node().deployment, name, paging.limit())
    return {"posts": [as_json(piece) for piece in found], "next": cursor}


@bp.get("/accounts/<handle>/posts")
def account_posts(handle: str) -> dict[str, Any]:
    """`kind` is posts (the default) or comments."""
    kind = request.args.get("kind", "posts")
    if kind not in ("posts", "comments"):
        raise Problem(400, "bad_kind", "`kind` is posts or comments.")
    account = by_handle(session(), handle)
    found, cursor = of_account(
        session(),
        current_node().deployment,
        account.id,
        comments=kind == "comments",
        size=paging.limit(),
    )
    return {"posts": [as_json(piece) for piece in found], "next": cursor}


def then_json(then: Then) -> dict[str, Any]:
    """The post as it is now, and in `then` what it had at the moment asked for."""
    return as_json(then.piece) | {
        "then": {
            "netRshares": str(then.net_rshares),
            "votes": then.votes,
            "hot": then.hot,
            "trending": then.trending,
        }
    }
