"""Balances, power up and down, and delegation. Slots are copied from StakeChanged, not computed."""

from typing import Any

from indexer.fold.posts import set_slot
from indexer.fold.rows import Place, Rows
from indexer.fold.rule import Rule, account_place, enter, pay
from indexer.protocol.events import (
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
from indexer.rewards import PART_DAYS, WEI_PER_VEST, part_up


def _deposited(event: Deposited, rows: Rows, day: int) -> None:
    pay(rows, event.account, event.amount)
    enter(event, rows, event.account, "deposit", wei=event.amount)


def _withdrawn(event: Withdrawn, rows: Rows, day: int) -> None:
    pay(rows, event.account, -event.amount)
    enter(event, rows, event.account, "withdraw", wei=-event.amount)


def _transferred(event: Transferred, rows: Rows, day: int) -> None:
    giver, taker, amount, memo = event.account, event.to, event.amount, event.memo
    if giver == taker:
        return
    pay(rows, giver, -amount)
    pay(rows, taker, amount)
    enter(event, rows, giver, "transfer-out", wei=-amount, other=taker, memo=memo)
    enter(event, rows, taker, "transfer-in", wei=amount, other=giver, memo=memo)


def _powered_up(event: PoweredUp, rows: Rows, day: int) -> None:
    giver, taker, vests = event.account, event.to, event.vests
    wei = -vests * WEI_PER_VEST
    pay(rows, giver, wei)
    if giver == taker:
        enter(event, rows, giver, "power-up", wei=wei, vests=vests)
    else:
        enter(event, rows, giver, "power-up", wei=wei, other=taker)
        enter(event, rows, taker, "power-up", vests=vests, other=giver)


def _power_down_set(event: PowerDownSet, rows: Rows, day: int) -> None:
    row = rows.edit(account_place(event.account))
    row |= {"leaving": event.vests, "part": part_up(event.vests), "due_at": event.due_at}


def _power_down_released(event: PowerDownReleased, rows: Rows, day: int) -> None:
    row = rows.edit(account_place(event.account))
    step, wei = PART_DAYS * day, event.vests * WEI_PER_VEST
    row["leaving"] -= event.vests
    row["due_at"] += ((event.time - row["due_at"]) // step + 1) * step
    row["balance"] += wei
    enter(event, rows, event.account, "power-down-release", wei=wei, vests=-event.vests)


def _delegated(event: Delegated, rows: Rows, day: int) -> None:
    place = _delegation_place(event)
    old = rows.get(place)
    account = rows.edit(account_place(event.account))
    account["delegated"] += event.vests - (old["vests"] if old else 0)
    account |= {"returning": event.returning, "return_at": event.return_at}
    row = {"account": event.account, "to": event.to, "vests": event.vests}
    rows.put(place, row if event.vests else None)


def _returned(event: Returned, rows: Rows, day: int) -> None:
    row = rows.edit(account_place(event.account))
    row |= {"returning": 0, "return_at": 0}


def _stake_reward_claimed(event: StakeRewardClaimed, rows: Rows, day: int) -> None:
    pay(rows, event.account, event.amount)
    enter(event, rows, event.account, "stake-reward", wei=event.amount)


def _stake_changed(event: StakeChanged, rows: Rows, day: int) -> None:
    row, stake = rows.edit(account_place(event.account)), event.stake
    set_slot(row, event.state)
    row |= {"own": stake.own, "accrued": stake.accrued, "index": stake.index}


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
