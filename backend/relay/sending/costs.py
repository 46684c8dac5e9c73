"""What the relayers spend on what: each transaction's cost, divided among the kinds of its actions."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import Connection, func, select
from sqlalchemy.orm import Session

from backend.chain.gas import typical
from backend.relay.settings import Price
from backend.relay.tables import RelayCost, RelayTicket, RelayTransaction
from indexer.protocol.actions import decode
from indexer.protocol.kinds import KINDS, KINDS_BY_NUMBER
from indexer.rewards import ETHER

DAY = 86_400  # seconds of the wall clock, even where a test chain's DAY is shorter
DAYS = 7  # over which averages are taken

Shares = Mapping[str, Sequence[float]]
"""Kind of action, or purpose of the keeper's -> how many, and their part of the cost (from 0 to 1)."""


@dataclass(frozen=True)
class Cost:
    """How many of a kind were paid for, and the average gas and wei of each (with an L2's data fee)."""

    what: str
    actions: int
    gas: float
    wei: float


@dataclass(frozen=True)
class DayCosts:
    """A day (since 1970): how many signed actions were paid for, the average wei of each, and beside that each
    one's share, in wei, of what the keeper spent (to close days and pay out)."""

    day: int
    actions: int
    wei: float
    keeping: float


def shares(batch: Sequence[RelayTicket]) -> Shares:
    """How a batch's cost is divided: by what its actions typically take, as the chain tells only the sum."""
    weights: dict[str, list[float]] = {}
    for ticket in batch:
        kind = KINDS_BY_NUMBER[ticket.kind]
        ballots = len(decode(kind, ticket.action)["votes"]) if kind.name == "Votes" else 0
        share = weights.setdefault(kind.name, [0, 0.0])
        share[0] += 1
        share[1] += typical(kind, ballots)
    whole = sum(weight for _, weight in weights.values())
    return {what: [number, weight / whole] for what, (number, weight) in weights.items()}


def book(session: Session, transaction: RelayTransaction, times: int = 1) -> None:
    """Adds a concluded transaction's cost to the sums of its day; `times` −1 subtracts it again."""
    if transaction.gas_used is None or transaction.concluded is None:
        return  # nothing was paid
    paid = transaction.gas_used * (transaction.price or 0) + (transaction.data_fee or 0)
    day = int(transaction.concluded // DAY)
    for what, (number, part) in transaction.shares.items():
        row = session.get(RelayCost, (day, what))
        if row is None:
            row = RelayCost(day=day, what=what, actions=0, gas=0.0, wei=0.0)
            session.add(row)
        row.actions += times * int(number)
        row.gas += times * part * transaction.gas_used
        row.wei += times * part * paid


def recent(connection: Connection, days: int = DAYS, now: float | None = None) -> list[Cost]:
    """The average cost of each kind over the last days, the most frequent first."""
    actions = func.sum(RelayCost.actions)
    rows = connection.execute(
        select(RelayCost.what, actions, func.sum(RelayCost.gas), func.sum(RelayCost.wei))
        .where(RelayCost.day > _today(now) - days)
        .group_by(RelayCost.what)
        .having(actions > 0)
        .order_by(actions.desc(), RelayCost.what)
    )
    return [Cost(what, int(n), gas / int(n), wei / int(n)) for what, n, gas, wei in rows]


def by_day(connection: Connection, days: int, now: float | None = None) -> list[DayCosts]:
    """The costs of each of the last days, today last."""
    today = _today(now)
    sums = {day: [0, 0.0, 0.0] for day in range(today - days + 1, today + 1)}
    rows = connection.execute(
        select(RelayCost.day, RelayCost.what, RelayCost.actions, RelayCost.wei).where(
            RelayCost.day.in_(sums)
        )
    )
    for day, what, actions, wei in rows:
        sums[day][0] += actions if what in KINDS else 0
        sums[day][1 if what in KINDS else 2] += wei
    return [
        DayCosts(day, int(n), wei / max(n, 1), kept / max(n, 1))
        for day, (n, wei, kept) in sums.items()
    ]


def actions_left(balance: int, costs: Sequence[Cost]) -> int | None:
    """For about how many actions a balance (wei) lasts, at the costs of late; None if no costs are known."""
    actions = sum(cost.actions for cost in costs if cost.what in KINDS)
    spent = sum(cost.actions * cost.wei for cost in costs)
    return int(balance * actions / spent) if actions and spent else None


def coin(wei: float) -> str:
    """Wei as coin, to three significant digits: 0.0000123, 1.23, 1,230."""
    return _significant(Decimal(wei) / ETHER)


def money(wei: float, price: Price | None) -> str | None:
    """Wei as money: 0.000123 USD, 3.07 USD; None where the operator has named no price."""
    if price is None:
        return None
    amount = Decimal(wei) / ETHER * price.amount
    shown = f"{amount:,.2f}" if amount >= 1 else _significant(amount)
    return f"{shown} {price.currency}"


def _significant(number: Decimal) -> str:
    text = f"{Decimal(f'{number:.3g}'):,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _today(now: float | None) -> int:
    return int((time.time() if now is None else now) // DAY)
