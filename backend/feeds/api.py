"""/api/laurel/v1/posts: the feeds as JSON."""

from typing import Any

from flask import Blueprint, request

from backend.feeds.moments import asked
from backend.feeds.past import Then, feed_at
from backend.feeds.queries import feed
from backend.posts.api import as_json
from backend.site import paging
from backend.site.api import API
from backend.site.database import session
from backend.site.node import current_node

bp = Blueprint("feeds-api", __name__, url_prefix=API)


@bp.get("/posts")
def posts() -> dict[str, Any]:
    """`feed` is new (the default), hot or trending; with `at`, as it stood at that moment."""
    name = request.args.get("feed", "new")
    at = asked()
    if at is not None:
        then, cursor = feed_at(session(), current_node().deployment, name, at, paging.api_request())
        return {"posts": [then_json(row) for row in then], "next": cursor, "at": at}
    found, cursor = feed(session(), current_node().deployment, name, paging.api_request())
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
