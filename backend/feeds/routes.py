"""The pages of the feeds, today's and of any past moment, and the Atom feed of the newest."""

from flask import Blueprint, Response, render_template, request

from backend.feeds.atom import atom
from backend.feeds.moments import asked, written
from backend.feeds.past import feed_at, first_post
from backend.feeds.queries import FEEDS, feed
from backend.posts.queries import pool_now
from backend.site import paging
from backend.site.database import session
from backend.site.node import current_node

bp = Blueprint("feeds", __name__)


@bp.get("/")
def front() -> str:
    return feed_page("hot")


@bp.get(f"/<any({', '.join(FEEDS)}):name>")
def feed_page(name: str) -> str:
    at = asked()
    if at is not None:
        return past_page(name, at)
    deployment = current_node().deployment
    found, cursor = feed(session(), deployment, name, paging.page_request())
    return render_template(
        "feed.html",
        name=name,
        feeds=FEEDS,
        pieces=found,
        cursor=cursor,
        paged="cursor" in request.args,
        pool=pool_now(session(), deployment),
        first=first_post(session()),
    )


def past_page(name: str, at: int) -> str:
    """The feed as it stood at `at`, the chain's seconds."""
    deployment = current_node().deployment
    found, cursor = feed_at(session(), deployment, name, at, paging.page_request())
    return render_template(
        "past.html",
        name=name,
        feeds=FEEDS,
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
    found, _ = feed(session(), deployment, "new", paging.page_request(), whole=True)
    return atom("Laurel", "/new", found)
