"""Balances, and stake going in, out and to others. Slots are copied from StakeChanged, not computed."""

from typing import Any

from indexer.events import (
    Delegated,
    Deposited,
    Event,
    PowerDownReleased,
    PowerDownSet,
    PoweredUp,
    Returned,
    StakeChanged,
    StakeRewardClaimed,
    Transferred,
    Withdrawn,
)
from indexer.fold.posts import slot
from indexer.fold.rule import Rule, account_place, changed, entry, existing, paid
from indexer.rewards import PART_DAYS, WEI_PER_VEST, part_up
from indexer.rows import Change, Look, Place


def _deposited(event: Deposited, look: Look, day: int) -> list[Change]:
    amount = event.amount
    return [paid(look, event.account, amount), *entry(event, event.account, "deposit", wei=amount)]


def _withdrawn(event: Withdrawn, look: Look, day: int) -> list[Change]:
    amount = -event.amount
    return [paid(look, event.account, amount), *entry(event, event.account, "withdraw", wei=amount)]


def _transferred(event: Transferred, look: Look, day: int) -> list[Change]:
    giver, taker, amount = event.account, event.to, event.amount
    if giver == taker:
        return []
    return [
        paid(look, giver, -amount),
        paid(look, taker, amount),
        *entry(event, giver, "transfer-out", wei=-amount, other=taker, memo=event.memo),
        *entry(event, taker, "transfer-in", wei=amount, other=giver, memo=event.memo),
    ]


def _powered_up(event: PoweredUp, look: Look, day: int) -> list[Change]:
    giver, taker, vests = event.account, event.to, event.vests
    wei = -vests * WEI_PER_VEST
    changes = [paid(look, giver, wei)]
    if giver == taker:
        return changes + entry(event, giver, "power-up", wei=wei, vests=vests)
    changes += entry(event, giver, "power-up", wei=wei, other=taker)
    return changes + entry(event, taker, "power-up", vests=vests, other=giver)


def _power_down_set(event: PowerDownSet, look: Look, day: int) -> list[Change]:
    values = {"leaving": event.vests, "part": part_up(event.vests), "due_at": event.due_at}
    return [changed(look, account_place(event.account), **values)]


def _power_down_released(event: PowerDownReleased, look: Look, day: int) -> list[Change]:
    place = account_place(event.account)
    row = existing(look, place)
    step, wei = PART_DAYS * day, event.vests * WEI_PER_VEST
    parts = (event.time - row["due_at"]) // step + 1
    return [
        changed(
            look,
            place,
            leaving=row["leaving"] - event.vests,
            due_at=row["due_at"] + parts * step,
            balance=row["balance"] + wei,
        ),
        *entry(event, event.account, "power-down-release", wei=wei, vests=-event.vests),
    ]


def _delegated(event: Delegated, look: Look, day: int) -> list[Change]:
    place, account = _delegation_place(event), account_place(event.account)
    old = look(place)
    row = {"account": event.account, "to": event.to, "vests": event.vests}
    more = event.vests - (old["vests"] if old else 0)
    return [
        Change(place, old, row if event.vests else None),
        changed(
            look,
            account,
            delegated=existing(look, account)["delegated"] + more,
            returning=event.returning,
            return_at=event.return_at,
        ),
    ]


def _returned(event: Returned, look: Look, day: int) -> list[Change]:
    return [changed(look, account_place(event.account), returning=0, return_at=0)]


def _stake_reward_claimed(event: StakeRewardClaimed, look: Look, day: int) -> list[Change]:
    amount = event.amount
    return [
        paid(look, event.account, amount),
        *entry(event, event.account, "stake-reward", wei=amount),
    ]


def _stake_changed(event: StakeChanged, look: Look, day: int) -> list[Change]:
    stake = event.stake
    held = {"own": stake.own, "accrued": stake.accrued, "index": stake.index}
    return [changed(look, account_place(event.account), **slot(event.state), **held)]


def _delegation_place(event: Delegated) -> Place:
    return "delegations", (event.account, event.to)


def _account(event: Any) -> list[Place]:
    return [account_place(event.account)]


def _both(event: Transferred) -> list[Place]:
    return [account_place(event.account), account_place(event.to)]


RULES: dict[type[Event], Rule[Any]] = {
    Deposited: Rule(_account, _deposited),
    Withdrawn: Rule(_account, _withdrawn),
    Transferred: Rule(_both, _transferred),
    PoweredUp: Rule(_account, _powered_up),
    PowerDownSet: Rule(_account, _power_down_set),
    PowerDownReleased: Rule(_account, _power_down_released),
    Delegated: Rule(lambda e: [account_place(e.account), _delegation_place(e)], _delegated),
    Returned: Rule(_account, _returned),
    StakeRewardClaimed: Rule(_account, _stake_reward_claimed),
    StakeChanged: Rule(_account, _stake_changed),
}
