"""The lists of one account: its posts and comments, as pages, as JSON and as Atom."""

from typing import Any

from flask import Blueprint, Response, render_template, request

from backend.feeds.atom import atom
from backend.feeds.queries import of_account
from backend.identity.accounts import by_handle, votes_cast
from backend.posts.api import as_json
from backend.site import paging
from backend.site.api import API
from backend.site.database import session
from backend.site.node import current_node
from backend.site.problems import Problem

bp = Blueprint("account-feeds", __name__)


@bp.get("/@<handle>")
def profile(handle: str) -> str | Response:
    """An account's posts, or with `.atom` its feed (templating.profile keeps the two apart)."""
    if handle.endswith(".atom"):
        return account_atom(handle.removesuffix(".atom"))
    return posts(handle, "posts")


@bp.get("/@<handle>/<any(posts, comments):tab>")
def posts(handle: str, tab: str) -> str:
    account = by_handle(session(), handle)
    found, cursor = of_account(
        session(),
        current_node().deployment,
        account.id,
        paging.page_request(),
        comments=tab == "comments",
    )
    return render_template(
        "profile.html",
        account=account,
        votes=votes_cast(session(), account.id),
        tab=tab,
        pieces=found,
        cursor=cursor,
        paged="cursor" in request.args,
    )


@bp.get(f"{API}/accounts/<handle>/posts")
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
        paging.api_request(),
        comments=kind == "comments",
    )
    return {"posts": [as_json(piece) for piece in found], "next": cursor}


def account_atom(handle: str) -> Response:
    """The Atom feed of one account's posts. Raises Problem 404 `unknown_account`."""
    account = by_handle(session(), handle)
    found, _ = of_account(
        session(),
        current_node().deployment,
        account.id,
        paging.page_request(),
        comments=False,
        whole=True,
    )
    return atom(f"@{handle} on Laurel", f"/@{handle}/posts", found)
