"""Closed days, and what they pay to authors, beneficiaries and curators."""

from typing import Any

from indexer.fold.rows import Place, Rows
from indexer.fold.rule import Rule, account_place, enter, pay, post_place
from indexer.protocol.events import BeneficiaryPaid, CurationClaimed, DayClosed, Event, Settled

_POOL: Place = "pool", (1,)


def _day_closed(event: DayClosed, rows: Rows, day: int) -> None:
    row = {
        "day": event.day,
        "claims": event.claims,
        "paid": event.paid,
        "pool": event.pool,
        "recent": event.recent,
        "index": event.index,
    }
    pool = {
        "id": 1,
        "wei": event.pool,
        "recent": event.recent,
        "next_day": event.day + 1,
        "index": event.index,
    }
    rows.put(("days", (event.day,)), row)
    rows.put(_POOL, pool)


def _settled(event: Settled, rows: Rows, day: int) -> None:
    """Changes no stake, here and below: a StakeChanged of the same account brings it."""
    post = rows.edit(post_place(event.post))
    post |= {name: getattr(event, name) for name in ("liquid", "vests", "curation", "returned")}
    post["settled"] = True
    rows.edit(_POOL)["wei"] += event.returned
    _reward(event, rows, "author")


def _beneficiary_paid(event: BeneficiaryPaid, rows: Rows, day: int) -> None:
    share = rows.edit(_share_place(event))
    share |= {"liquid": event.liquid, "vests": event.vests}
    _reward(event, rows, "beneficiary")


def _curation_claimed(event: CurationClaimed, rows: Rows, day: int) -> None:
    vote = rows.edit(_vote_place(event))
    vote |= {"claimed": True, "vests": event.vests}
    enter(event, rows, event.account, "curation", vests=event.vests, post=event.post)


def _reward(event: Settled | BeneficiaryPaid, rows: Rows, kind: str) -> None:
    pay(rows, event.account, event.liquid)
    wei, vests = event.liquid, event.vests
    enter(event, rows, event.account, kind, wei=wei, vests=vests, post=event.post)


def _share_place(event: BeneficiaryPaid) -> Place:
    return "beneficiaries", (event.post, event.account)


def _vote_place(event: CurationClaimed) -> Place:
    return "votes", (event.post, event.account)


RULES: dict[type[Event], Rule[Any]] = {
    DayClosed: Rule(lambda e: [_POOL], _day_closed),
    Settled: Rule(lambda e: [account_place(e.account), post_place(e.post), _POOL], _settled),
    BeneficiaryPaid: Rule(lambda e: [account_place(e.account), _share_place(e)], _beneficiary_paid),
    CurationClaimed: Rule(lambda e: [_vote_place(e)], _curation_claimed),
}
