"""The page /status, and the same as JSON at /api/laurel/v1/status."""

import time
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from threading import Lock
from typing import Any

from flask import Blueprint, current_app, render_template

from backend.operator.figures import Figures, gather
from backend.relay.relayers import gwei
from backend.relay.sending.costs import Cost, coin, money
from backend.site.api import API
from backend.site.charts import Chart, stacked
from backend.site.node import current_node
from indexer.protocol.kinds import KINDS

FRESH_SECONDS = 3.0  # for which figures are kept: counting documents is slow in a large database

NAMES = {name: kind.title for name, kind in KINDS.items()} | {
    "close": "Closing days of the pool",
    "settle": "Paying posts out",
    "claim": "Handing rewards out",
    "complete": "What falls due for accounts",
}
"""Titles of the kinds of action, and of the keeper's work, which is counted by transactions."""

bp = Blueprint("statuspage", __name__)


@dataclass
class _Kept:
    """The figures that this process gathered last."""

    lock: Lock = field(default_factory=Lock)
    figures: Figures | None = None
    at: float = 0.0


@bp.record_once
def _prepare(state: Any) -> None:
    state.app.extensions["laurel-status"] = _Kept()


@bp.get("/status")
def status_page() -> str:
    figures = current()
    return render_template(
        "status.html",
        figures=figures,
        actions=[c for c in figures.costs if c.what in KINDS],
        keeping=[c for c in figures.costs if c.what not in KINDS],
        chart=chart(figures) if any(day.wei for day in figures.days) else None,
        names=NAMES,
        coin=coin,
        gwei=gwei,
        day_name=day_name,
        money=lambda wei: money(wei, figures.price),
    )


@bp.get(f"{API}/status")
def status() -> dict[str, Any]:
    """Amounts are in wei, as text; averages are of the last seven days."""
    figures = current()
    return {
        "chain": {
            "chainId": figures.chain_id,
            "head": figures.head,
            "block": figures.block,
            "behind": figures.behind,
        },
        "relay": {
            "queued": figures.queue.queued,
            "sent": figures.queue.sent,
            "oldestSeconds": figures.queue.oldest and round(figures.queue.oldest),
            "waits": figures.waits and {"code": figures.waits[0], "detail": figures.waits[1]},
            "actionsLeft": figures.left,
            "relayers": [
                {
                    "address": relayer.address,
                    "balance": str(relayer.balance),
                    "fee": str(relayer.fee),
                    "mostFee": None if relayer.most is None else str(relayer.most),
                    "empty": relayer.empty,
                    "dear": relayer.dear,
                    "keeps": relayer.keeps,
                    "seen": round(relayer.seen),
                }
                for relayer in figures.relayers
            ],
        },
        "coinPrice": figures.price
        and {"amount": str(figures.price.amount), "currency": figures.price.currency},
        "costs": [_cost(cost, figures) for cost in figures.costs],
        "days": [
            {
                "day": _date(day.day).isoformat(),
                "actions": day.actions,
                "wei": str(round(day.wei)),
                "keeping": str(round(day.keeping)),
            }
            for day in figures.days
        ],
        "contents": figures.contents,
    }


def current() -> Figures:
    """The figures, at most FRESH_SECONDS old."""
    kept: _Kept = current_app.extensions["laurel-status"]
    with kept.lock:
        if kept.figures is None or time.monotonic() - kept.at > FRESH_SECONDS:
            kept.figures = gather(current_node())
            kept.at = time.monotonic()
        return kept.figures


def chart(figures: Figures) -> Chart:
    """The cost of one action, day by day: in money where the coin has a price, else in coin."""
    days = figures.days
    columns = [
        ("the action itself", "first", [day.wei for day in days]),
        ("its share of closing days and paying out", "second", [day.keeping for day in days]),
    ]
    return stacked(
        columns,
        [day_name(day.day) for day in days],
        lambda wei: money(wei, figures.price) or coin(wei),
    )


def day_name(day: int) -> str:
    """A day, given as days since 1970, in the form 22 Nov."""
    return f"{_date(day):%-d %b}"


def _date(day: int) -> date:
    return (datetime.fromtimestamp(0, UTC) + timedelta(days=day)).date()


def _cost(cost: Cost, figures: Figures) -> dict[str, Any]:
    return {
        "what": cost.what,
        "actions": cost.actions,
        "gas": round(cost.gas),
        "wei": str(round(cost.wei)),
        "money": money(cost.wei, figures.price),
    }
