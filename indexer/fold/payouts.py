"""Closed days, and what they pay to authors, beneficiaries and curators."""

from typing import Any

from indexer.events import BeneficiaryPaid, CurationClaimed, DayClosed, Event, Settled
from indexer.fold.rule import Rule, account_place, changed, entry, existing, paid, post_place
from indexer.rows import Change, Look, Place

_POOL: Place = "pool", (1,)


def _day_closed(event: DayClosed, look: Look, day: int) -> list[Change]:
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
    return [Change(("days", (event.day,)), None, row), Change(_POOL, look(_POOL), pool)]


def _settled(event: Settled, look: Look, day: int) -> list[Change]:
    """The stake itself follows in a StakeChanged, here and below."""
    values = {name: getattr(event, name) for name in ("liquid", "vests", "curation", "returned")}
    return [
        changed(look, post_place(event.post), settled=True, **values),
        paid(look, event.account, event.liquid),
        changed(look, _POOL, wei=existing(look, _POOL)["wei"] + event.returned),
        *_reward(event, "author"),
    ]


def _beneficiary_paid(event: BeneficiaryPaid, look: Look, day: int) -> list[Change]:
    return [
        changed(look, _share_place(event), liquid=event.liquid, vests=event.vests),
        paid(look, event.account, event.liquid),
        *_reward(event, "beneficiary"),
    ]


def _curation_claimed(event: CurationClaimed, look: Look, day: int) -> list[Change]:
    return [
        changed(look, _vote_place(event), claimed=True, vests=event.vests),
        *entry(event, event.account, "curation", vests=event.vests, post=event.post),
    ]


def _reward(event: Settled | BeneficiaryPaid, kind: str) -> list[Change]:
    account, wei, vests = event.account, event.liquid, event.vests
    return entry(event, account, kind, wei=wei, vests=vests, post=event.post)


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
