"""The page /steem, and what it shows as JSON at /api/laurel/v1/steem and /api/laurel/v1/steem/posts."""

from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, current_app, render_template
from sqlalchemy import func, select

from backend.site import paging
from backend.site.api import API
from backend.site.charts import Chart, curves, scatter, side_by_side, stacked
from backend.site.database import session
from backend.site.node import current_node
from backend.site.problems import Problem
from backend.steem.pages import queries
from backend.steem.pages.figures import share
from backend.steem.pages.json import of_piece, of_report, of_run
from backend.steem.pages.report import Report, report
from backend.steem.tables import SteemPiece
from indexer.rewards import ETHER
from indexer.schema import Cursor

bp = Blueprint("replay", __name__)

FAMOUS_DAY = 1_467_590_400
"""4 July 2016, when Steem first paid out at large: the day whose front page is linked to."""


@bp.get("/steem")
def replay_page() -> str:
    found = current()
    titles = queries.titles(session(), [row.piece.post for row in found.top])
    writing = found.writing
    return render_template(
        "steem.html",
        report=found,
        charts=charts(found),
        titles=titles,
        run=queries.run(session()),
        famous=FAMOUS_DAY if writing[0].start <= FAMOUS_DAY <= writing[-1].start else None,
        day_label=day_label,
    )


@bp.get(f"{API}/steem")
def figures() -> dict[str, Any]:
    """All figures of the page: weeks, Gini's coefficients, own votes, the comparison, the run itself."""
    run = queries.run(session())
    return of_report(current()) | {"run": of_run(run) if run else None}


@bp.get(f"{API}/steem/posts")
def posts() -> dict[str, Any]:
    """Each piece with what it was paid here and on Steem, the newest first."""
    found, cursor = queries.page(session(), paging.api_request())
    return {"posts": [of_piece(piece) for piece in found], "next": cursor}


def current() -> Report:
    """The report, worked out once for each block while the replay goes on, and once after its end.

    Raises Problem 404 `no_replay`.
    """
    count = session().scalar(select(func.count()).select_from(SteemPiece))
    run = queries.run(session())
    key = count, run.ended if run else session().scalar(select(Cursor.hash))
    known: tuple[Any, Report] | None = current_app.extensions.get("laurel-replay")
    if known is not None and known[0] == key:
        return known[1]
    pieces = queries.pieces(session())
    if not pieces:
        detail = "Nothing was replayed on this node. `laurel up --demo steem FILE` replays Steem’s history."
        raise Problem(404, "no_replay", detail)
    found = report(pieces, queries.voters(session()), current_node().deployment.day)
    current_app.extensions["laurel-replay"] = key, found
    return found


def charts(found: Report) -> dict[str, Chart]:
    """The page's charts by name."""
    weeks, writing = found.payouts, found.writing
    starts = [day_label(week.start) for week in weeks]
    known, steem = found.total("known"), found.total("steem")
    return {
        "payouts": stacked(
            [
                ("authors", "first", [week.authors / ETHER for week in weeks]),
                ("curators", "second", [week.curators / ETHER for week in weeks]),
            ],
            starts,
            lambda lrl: f"{lrl:,.0f}",
        ),
        "compared": side_by_side(
            [
                ("here", "first", [share(week.known, known) for week in weeks]),
                ("on Steem", "second", [share(week.steem, steem) for week in weeks]),
            ],
            starts,
            percents,
        ),
        "posts": scatter(found.points, "a post or comment", "first", percents),
        "spread": curves(
            [
                ("authors here", "first", found.known_authors.curve),
                ("authors on Steem", "second", found.steem_authors.curve),
                ("curators here", "third", found.curators.curve),
            ],
            percents,
        ),
        "newcomers": stacked(
            [("for the first time", "first", [share(w.first, w.authors) for w in writing])],
            [day_label(week.start) for week in writing],
            percents,
        ),
        "own": side_by_side(
            [
                (
                    "of the week’s strength",
                    "second",
                    [share(w.own_rshares, w.rshares) for w in weeks],
                ),
                ("of the week’s pay", "first", [share(w.own_wei, w.paid) for w in weeks]),
            ],
            starts,
            percents,
        ),
    }


def percents(part: float) -> str:
    """A share as per cent, with as many digits as it needs."""
    return f"{100 * part:.5f}".rstrip("0").rstrip(".") + " %"


def day_label(time: int) -> str:
    """4 Jul"""
    return datetime.fromtimestamp(time, UTC).strftime("%-d %b")
