"""The contracts' invariants (contracts/README.md), checked over the whole mirror.

The mirror's numbers are those of the contracts' views, once `verify` has found no difference; the token is asked.
"""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from backend.local.views import view
from indexer.chain.rpc import Rpc
from indexer.protocol.deployment import Deployment
from indexer.rewards import DOWNVOTE_DIVISOR, ETHER, WEI_PER_VEST, accrued_down, emission_down
from indexer.schema import Account, Beneficiary, Day, Delegation, Pool, Post, Vote


@dataclass(frozen=True)
class Invariant:
    """`said`: what must hold; `numbers`: as found."""

    said: str
    holds: bool
    numbers: str


def invariants(engine: Engine, rpc: Rpc, deployment: Deployment) -> list[Invariant]:
    """All invariants, checked on a chain on which nobody acts meanwhile."""
    with Session(engine) as session:
        return [
            _minted(session, rpc, deployment),
            _held(session, rpc, deployment),
            _stakes(session),
            _accounts(session),
            _days(session, deployment.day),
            _curators(session),
        ]


def _minted(session: Session, rpc: Rpc, deployment: Deployment) -> Invariant:
    genesis = int(deployment.parameters["genesisSupply"])
    header = rpc.call(dict[str, Any], "eth_getBlockByNumber", hex(deployment.block), False)
    first = int(header["timestamp"], 16) // deployment.day
    closed = session.scalars(select(Pool.next_day)).one() - first
    supply = genesis
    for number in range(closed):
        supply += emission_down(supply, number)
    minted = view(rpc, deployment.token, "totalSupply()")
    return Invariant(
        "minted in all <= genesis supply + emission of the closed days",
        minted <= supply,
        f"{_lrl(minted)} <= {_lrl(supply)}, {closed} days",
    )


def _held(session: Session, rpc: Rpc, deployment: Deployment) -> Invariant:
    index = session.scalars(select(Pool.index)).one()
    owed = 0
    rows = session.execute(select(Account.balance, Account.own, Account.accrued, Account.index))
    for balance, own, accrued, at in rows:
        owed += balance + (own + accrued + accrued_down(own, index - at)) * WEI_PER_VEST
    held = view(rpc, deployment.token, "balanceOf(address)", int(deployment.core, 16))
    return Invariant(
        "the core's tokens >= all balances + stake + accrued emission",
        held >= owed,
        f"{_lrl(held)} >= {_lrl(owed)}",
    )


def _stakes(session: Session) -> Invariant:
    own, away, effective = session.execute(
        select(
            func.sum(Account.own),
            func.sum(Account.returning + Account.leaving),
            func.sum(Account.effective),
        )
    ).one()
    holds = effective == own - away
    return Invariant(
        "effective vests in all = own - returning - leaving",
        holds,
        f"{int(effective):,} = {int(own):,} - {int(away):,} micro-vests",
    )


def _accounts(session: Session) -> Invariant:
    received = dict(
        session.execute(
            select(Delegation.to, func.sum(Delegation.vests)).group_by(Delegation.to)
        ).all()
    )
    accounts = bad = 0
    for a in session.scalars(select(Account)):
        free = a.own - a.delegated - a.returning - a.leaving
        holds = (
            free >= 0
            and a.effective == free + received.get(a.id, 0)
            and 0 <= a.mana <= a.effective
            and 0 <= a.down_mana <= a.effective // DOWNVOTE_DIVISOR
        )
        accounts, bad = accounts + 1, bad + (not holds)
    return Invariant(
        "of each account: effective = free + received, mana <= effective",
        not bad,
        f"{bad:,} of {accounts:,} accounts against it",
    )


def _days(session: Session, day: int) -> Invariant:
    spent: dict[int, int] = defaultdict(int)
    shared = dict(
        session.execute(
            select(Beneficiary.post, func.sum(Beneficiary.vests)).group_by(Beneficiary.post)
        ).all()
    )
    liquid: dict[bytes, int] = defaultdict(int)
    for post, wei in session.execute(select(Beneficiary.post, Beneficiary.liquid)):
        liquid[post] += wei
    for p in session.scalars(select(Post).where(Post.settled)):
        vests = p.vests + p.curation + int(shared.get(p.id, 0))
        wei = p.liquid + p.returned + liquid[p.id] + vests * WEI_PER_VEST
        spent[p.cashout_at // day] += wei
    paid = dict(session.execute(select(Day.day, Day.paid)).all())
    bad = [number for number, wei in spent.items() if wei > paid.get(number, 0)]
    return Invariant(
        "of each day: what its posts are paid <= what the day pays",
        not bad,
        f"{_lrl(sum(spent.values()))} <= {_lrl(sum(paid.values()))}, "
        f"{len(bad)} of {len(spent)} days against it",
    )


def _curators(session: Session) -> Invariant:
    claimed = select(Vote.post, func.sum(Vote.vests).label("vests")).group_by(Vote.post).subquery()
    rows = session.execute(
        select(Post.curation, claimed.c.vests).join(claimed, claimed.c.post == Post.id)
    ).all()
    bad = sum(vests > curation for curation, vests in rows)
    return Invariant(
        "of each post: what its curators are paid <= its curation",
        not bad,
        f"{bad:,} of {len(rows):,} posts against it",
    )


def _lrl(wei: int) -> str:
    return f"{wei / ETHER:,.6f} LRL"
