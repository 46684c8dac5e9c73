"""What `verify` compares: each view of the contracts, and the answer that follows from the mirror."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import msgspec
from eth_utils.address import to_checksum_address
from sqlalchemy import Connection, Select, exists, func, or_, select

from indexer.protocol.calls import call_data
from indexer.protocol.deployment import Deployment
from indexer.protocol.packed import account_slot, key_slot, post_slot, stake_slot, vote_slot
from indexer.protocol.recovery import recovery_at
from indexer.rewards import DOWNVOTE_DIVISOR, LIQUID_BPS, NO_CAP, mana_down
from indexer.schema import (
    Account,
    Base,
    Beneficiary,
    Day,
    Delegation,
    Key,
    Pool,
    Post,
    TipBalance,
    Vote,
)

Fields = dict[str, Any]

_CALLS: dict[type[Base], int] = {Account: 8, Key: 1, Post: 1, Vote: 1, Day: 1, Pool: 1} | {
    Delegation: 1,
    TipBalance: 1,
}
"""How many views are called for a row."""
_SHARED = exists().where(Beneficiary.post == Post.id)
_HAS_OPTIONS = or_(Post.max_accepted_payout != NO_CAP, Post.liquid_bps != LIQUID_BPS, _SHARED)


@dataclass(frozen=True)
class Check:
    """One call of a view at `contract`. read: fields from the words of its answer; mirror: what they must be."""

    kind: str
    name: str
    contract: str
    call: bytes
    read: Callable[[list[int]], Fields]
    mirror: Fields


def count(connection: Connection) -> int:
    """How many checks there will be."""
    rows = (n * _number(connection, select(func.count()).select_from(t)) for t, n in _CALLS.items())
    return sum(rows) + _number(connection, _optional(func.count())) + 1


def checks(connection: Connection, deployment: Deployment, now: int) -> Iterator[Check]:
    """Every check of the mirror as of a block whose time is `now`."""
    core = deployment.core
    accounts = _number(connection, select(func.count()).select_from(Account))
    call = call_data("accountCount()")
    yield Check("account count", "", core, call, _named("accounts"), {"accounts": accounts})
    yield from _accounts(connection, core, deployment.day, now)
    for row in _rows(connection, Key):
        call = call_data("keyOf(address)", _padded(row["address"]))
        yield Check("keys", row["address"], core, call, _slot(key_slot), row)
    yield from _posts(connection, core)
    for row in _rows(connection, Vote):
        call = call_data("voteState(bytes32,uint40)", row["post"], row["account"])
        name = f"0x{row['post'].hex()} by {row['account']}"
        mirror = msgspec.structs.asdict(vote_slot(0)) if row["claimed"] else row
        yield Check("votes", name, core, call, _slot(vote_slot), mirror)
    for row in _rows(connection, Day):
        call = call_data("dayState(uint256)", row["day"])
        yield Check("days", str(row["day"]), core, call, _named("claims", "paid"), row)
    for row in _rows(connection, Pool):
        stakes = connection.scalars(select(Account.own).execution_options(yield_per=1000))
        mirror = row | {"total_vests": sum(stakes)}
        read = _named("wei", "recent", "next_day", "index", "total_vests")
        yield Check("pool", "", core, call_data("poolState()"), read, mirror)
    for row in _rows(connection, TipBalance):
        call = call_data("tipsOf(uint40,address)", row["account"], _padded(row["token"]))
        name = f"of {row['account']} in {row['token']}"
        yield Check("tips", name, deployment.graph, call, _named("amount"), row)


def _accounts(connection: Connection, core: str, day: int, now: int) -> Iterator[Check]:
    lent = dict(
        connection.execute(
            select(Delegation.account, func.sum(Delegation.vests)).group_by(Delegation.account)
        ).all()
    )
    for row in _rows(connection, Account):
        for signature, read, mirror in _views(row, lent.get(row["id"], 0), day, now):
            kind = f"accounts: {signature.partition('(')[0]}"
            call = call_data(signature, row["id"])
            yield Check(kind, f"@{row['handle']}", core, call, read, mirror)
    for row in _rows(connection, Delegation):
        call = call_data("delegationOf(uint40,uint40)", row["account"], row["to"])
        name = f"from {row['account']} to {row['to']}"
        yield Check("delegations", name, core, call, _named("vests"), row)


def _views(
    row: Fields, lent: int, day: int, now: int
) -> Iterator[tuple[str, Callable[[list[int]], Fields], Fields]]:
    """The views of an account. `lent`: the sum of its delegations, which are rows of their own."""
    elapsed, full = now - row["updated_at"], row["effective"]
    mana = {
        "mana now": mana_down(row["mana"], full, elapsed, day),
        "downvote mana now": mana_down(row["down_mana"], full // DOWNVOTE_DIVISOR, elapsed, day),
    }
    recovery = recovery_at(row["recovery"], row["next_recovery"], row["recovery_at"], now)
    names = ("recovery", "next_recovery", "recovery_at")
    away = ("delegated", "returning", "return_at", "leaving", "part", "due_at")
    yield "handleOf(uint40)", _handle, row
    yield "accountState(uint40)", _slot(account_slot), row
    yield "stakeState(uint40)", _slot(stake_slot), row
    yield (
        "awayOf(uint40)",
        lambda w: dict(zip((*away, "sum of delegations"), (*w, w[0]), strict=True)),
        row | {"sum of delegations": lent},
    )
    yield "manaOf(uint40)", _named(*mana), mana
    yield "balanceOf(uint40)", _named("balance"), row
    yield "recoveryOf(uint40)", _named(*names), dict(zip(names, recovery, strict=True))
    yield "recoveryRequestOf(uint40)", _request, row


def _posts(connection: Connection, core: str) -> Iterator[Check]:
    statement = select(*Post.__table__.c, _HAS_OPTIONS.label("has_options")).order_by(Post.id)
    for row in _stream(connection, statement):
        mirror = row | {
            "votes_declined": not row["allow_votes"],
            "curation_declined": not row["allow_curation_rewards"],
        }
        call = call_data("postState(bytes32)", row["id"])
        yield Check("posts", "0x" + row["id"].hex(), core, call, _slot(post_slot), mirror)
    beneficiaries = select(Beneficiary.account, Beneficiary.bps).order_by(Beneficiary.account)
    for row in _stream(connection, _optional(*Post.__table__.c)):
        shares = connection.execute(beneficiaries.where(Beneficiary.post == row["id"]))
        mirror = row | {"beneficiaries": [tuple(share) for share in shares]}
        call = call_data("optionsOf(bytes32)", row["id"])
        yield Check("options", "0x" + row["id"].hex(), core, call, _options, mirror)


def _optional(*columns: Any) -> Select[Any]:
    """Selects posts whose options the chain stores, and returns because they are not removed."""
    return select(*columns).where(_HAS_OPTIONS, Post.removed.is_(False))


def _rows(connection: Connection, table: type[Base]) -> Iterable[Fields]:
    columns = table.__table__.c
    return _stream(connection, select(*columns).order_by(*table.__table__.primary_key))


def _stream(connection: Connection, statement: Select[Any]) -> Iterable[Fields]:
    rows = connection.execution_options(yield_per=1000).execute(statement)
    return (dict(row) for row in rows.mappings())


def _number(connection: Connection, statement: Select[Any]) -> int:
    return int(connection.scalar(statement) or 0)


def _slot(unpack: Callable[[int], msgspec.Struct]) -> Callable[[list[int]], Fields]:
    return lambda words: msgspec.structs.asdict(unpack(words[0]))


def _named(*names: str) -> Callable[[list[int]], Fields]:
    return lambda words: dict(zip(names, words, strict=False))


def _handle(words: list[int]) -> Fields:
    return {"handle": words[0].to_bytes(32).rstrip(b"\0").decode("ascii")}


def _request(words: list[int]) -> Fields:
    owner = to_checksum_address(words[0].to_bytes(20)) if words[0] else None
    return {"request_owner": owner, "request_ready_at": words[1]}


def _options(words: list[int]) -> Fields:
    """An ABI-encoded `Options` (ICoreBase.sol): offsets stand before what varies in length."""
    _, most, liquid, votes, curation, _, _, *pairs = words
    return {
        "max_accepted_payout": most,
        "liquid_bps": liquid,
        "allow_votes": bool(votes),
        "allow_curation_rewards": bool(curation),
        "beneficiaries": list(zip(pairs[::2], pairs[1::2], strict=True)),
    }


def _padded(address: str) -> int:
    return int(address, 16)
