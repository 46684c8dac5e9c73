"""The replay's figures for programs: wei and rshares as decimal strings, Steem dollars in thousandths."""

from typing import Any

from backend.site.formats import hex0x
from backend.steem.pages.queries import Replayed
from backend.steem.pages.report import PayoutWeek, Report, Spread
from backend.steem.tables import SteemRun


def of_report(report: Report) -> dict[str, Any]:
    return {
        "pieces": report.pieces,
        "posts": report.posts,
        "knownOnSteem": report.known,
        "payouts": [_week(week) for week in report.payouts],
        "writing": [
            {"week": week.start, "authors": week.authors, "first": week.first}
            for week in report.writing
        ],
        "spread": {
            "authors": _spread(report.authors),
            "curators": _spread(report.curators),
            "knownAuthors": _spread(report.known_authors),
            "steemAuthors": _spread(report.steem_authors),
        },
        "compared": {
            "spearman": report.spearman,
            "both": report.paid_by_both,
            "hereAlone": report.paid_by_us_alone,
            "steemAlone": report.paid_by_steem_alone,
            "top": [
                of_piece(row.piece) | {"rank": row.rank, "steemRank": row.steem_rank}
                for row in report.top
            ],
        },
    }


def of_piece(piece: Replayed) -> dict[str, Any]:
    return {
        "id": hex0x(piece.post),
        "handle": piece.handle,
        "permlink": piece.permlink,
        "depth": piece.depth,
        "createdAt": piece.created_at,
        "cashoutAt": piece.cashout_at,
        "netRshares": str(piece.net_rshares),
        "authors": str(piece.author + piece.others),
        "curators": str(piece.curators),
        "steem": {
            "netRshares": _text(piece.steem_net_rshares),
            "paid": piece.steem_paid,
            "curators": piece.steem_curators,
        },
    }


def of_run(run: SteemRun) -> dict[str, Any]:
    return {
        "began": run.began,
        "ended": run.ended,
        "counts": run.counts,
        "gas": str(run.gas),
        "seconds": run.seconds,
        "rate": run.rate,
        "spearman": run.spearman,
        "sizes": run.sizes,
        "verified": run.verified,
        "verification": run.verification,
    }


def _week(week: PayoutWeek) -> dict[str, Any]:
    return {
        "week": week.start,
        "pieces": week.pieces,
        "authors": str(week.authors),
        "curators": str(week.curators),
        "known": str(week.known),
        "steem": {"authors": week.steem_authors, "curators": week.steem_curators},
        "votes": week.votes,
        "rshares": str(week.rshares),
        "own": {
            "votes": week.own_votes,
            "rshares": str(week.own_rshares),
            "returned": str(week.own_wei),
        },
    }


def _spread(spread: Spread) -> dict[str, Any]:
    return {
        "people": spread.people,
        "paid": spread.paid,
        "gini": spread.gini,
        "giniPaid": spread.gini_paid,
        "curve": spread.curve,
    }


def _text(number: int | None) -> str | None:
    return None if number is None else str(number)
