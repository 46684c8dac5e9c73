"""Compares the mirror with the contracts' views at one block, row by row."""

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import msgspec
from eth_utils.crypto import keccak
from sqlalchemy import Connection, Engine, func, select

from indexer.deployment import Deployment
from indexer.errors import LaurelError
from indexer.rewards import DOWNVOTE_DIVISOR, mana_down
from indexer.rpc import BATCH
from indexer.schema import Account, Cursor, Day, Key, Post, Vote
from indexer.slots import account_slot, key_slot, post_slot, vote_slot
from indexer.source import Source

WAIT_SECONDS = 30.0  # for the mirror to reach the chain's head
FIRST_DIFFERENCES = 20

Fields = dict[str, Any]


TRIES = 10  # of a question that the node answers with nothing


class Behind(LaurelError):
    """The mirror does not reach the chain's latest block."""


@dataclass(frozen=True)
class Difference:
    """One field of one thing that is not the same."""

    name: str
    field: str
    chain: Any
    mirror: Any


@dataclass
class Outcome:
    """Per kind of thing: how many were compared and how many differ; the first differences."""

    block: int
    compared: dict[str, int] = field(default_factory=dict)
    different: dict[str, int] = field(default_factory=dict)
    first: list[Difference] = field(default_factory=list)

    @property
    def same(self) -> bool:
        return not any(self.different.values())


@dataclass(frozen=True)
class _Check:
    """One call of a view, what its words mean, and what the mirror says they are."""

    kind: str
    name: str
    call: bytes
    read: Callable[[list[int]], Fields]
    mirror: Fields


def verify(
    engine: Engine,
    source: Source,
    deployment: Deployment,
    begin: Callable[[int], None] = lambda total: None,
    advance: Callable[[int], None] = lambda done: None,
    wait: float | None = None,
) -> Outcome:
    """Compares everything at the mirror's block, once that is the head of a moment ago or later.

    `begin` gets the number of calls to come, `advance` how many were made; `wait` is in
    seconds (WAIT_SECONDS). Raises Behind, NodeUnreachable, RpcError (also when the node has
    dropped the state at that block).
    """
    _wait_for_head(engine, source, WAIT_SECONDS if wait is None else wait)
    with engine.connect() as connection:  # one transaction: the mirror as of one block
        block, hash_, now = connection.execute(
            select(Cursor.block, Cursor.hash, Cursor.timestamp)
        ).one()
        (header,) = source.headers([block])
        if header is None or header.hash != hash_:
            raise Behind(
                f"The mirror's block {block} is not the chain's: it is being reorganised. "
                "Start `laurel index` if it is not running, and verify again."
            )
        outcome = Outcome(block)
        begin(_count(connection))
        checks = _checks(connection, deployment, now)
        while chunk := list(islice(checks, BATCH)):
            answers = _ask(source, deployment.core, chunk, block)
            # A node may answer with the next block's time while it mines that block (anvil 1.7.1
            # does), so what differs is asked for once more: at one block there is one answer.
            doubtful = [c for c, words in zip(chunk, answers, strict=True) if _wrong(c, words)]
            again = dict(
                zip(map(id, doubtful), _ask(source, deployment.core, doubtful, block), strict=True)
            )
            for check, words in zip(chunk, answers, strict=True):
                _count_in(outcome, check, again.get(id(check), words))
            advance(len(chunk))
    return outcome


def _wait_for_head(engine: Engine, source: Source, wait: float) -> None:
    head, _ = source.head_and(0)
    end = time.monotonic() + wait
    while True:
        with engine.connect() as connection:
            block = connection.scalar(select(Cursor.block))
        if block is not None and block >= head.number:
            return
        if time.monotonic() > end:
            raise Behind(
                f"The mirror is at block {block if block is not None else '(none)'}, the chain at "
                f"{head.number}. Start `laurel index`, then verify again."
            )
        time.sleep(0.1)


def _count(connection: Connection) -> int:
    """How many checks there will be."""
    calls = {Account: 4, Key: 1, Post: 1, Vote: 1, Day: 1}
    rows = (
        n * (connection.scalar(select(func.count()).select_from(t)) or 0) for t, n in calls.items()
    )
    return sum(rows) + 1 + bool(connection.scalar(select(func.count()).select_from(Day)))


def _checks(connection: Connection, deployment: Deployment, now: int) -> Iterator[_Check]:
    accounts = connection.scalar(select(func.count()).select_from(Account)) or 0
    yield _Check(
        "account count", "", _call("accountCount()"), _named("accounts"), {"accounts": accounts}
    )
    for row in _rows(connection, Account):
        yield from _account_checks(row, deployment.day, now)
    for row in _rows(connection, Key):
        name = row["address"]
        call = _call("keyOf(address)", int(name, 16))
        yield _Check("keys", name, call, lambda w: _slot(key_slot(w[0])), row)
    for row in _rows(connection, Post):
        call = _call("postState(bytes32)", row["id"])
        yield _Check("posts", "0x" + row["id"].hex(), call, lambda w: _slot(post_slot(w[0])), row)
    for row in _rows(connection, Vote):
        call = _call("voteState(bytes32,uint40)", row["post"], row["account"])
        name = f"0x{row['post'].hex()} by {row['account']}"
        yield _Check("votes", name, call, lambda w: _slot(vote_slot(w[0])), row)
    last = None
    for last in _rows(connection, Day):
        call = _call("dayState(uint256)", last["day"])
        yield _Check("days", str(last["day"]), call, _named("claims", "paid"), last)
    if last is not None:
        # A settled post without any curation weight returns half its payout to the pool without
        # an event; where 0.02 LRL or more is paid there is weight, so the last closing stands.
        state = {"pool": last["pool"], "recent": last["recent"], "nextDay": last["day"] + 1}
        call = _call("poolState()")
        yield _Check("pool", "", call, _named("pool", "recent", "nextDay"), state)


def _account_checks(row: Fields, day: int, now: int) -> Iterator[_Check]:
    number = row["id"]
    elapsed, full = now - row["updated_at"], row["effective"]
    identity = {"handle": row["handle"], "recovery": row["recovery"]}
    mana = {
        "mana now": mana_down(row["mana"], full, elapsed, day),
        "downvote mana now": mana_down(row["down_mana"], full // DOWNVOTE_DIVISOR, elapsed, day),
    }
    for signature, read, mirror in (
        ("identityOf(uint40)", _identity, identity),
        ("accountState(uint40)", lambda w: _slot(account_slot(w[0])), row),
        ("manaOf(uint40)", _named("mana now", "downvote mana now"), mana),
        ("balanceOf(uint40)", _named("balance"), row),
    ):
        kind = f"accounts: {signature.partition('(')[0]}"
        yield _Check(kind, f"@{row['handle']}", _call(signature, number), read, mirror)


def _rows(connection: Connection, table: type[Any]) -> Iterable[Fields]:
    columns = list(table.__table__.c)
    rows = connection.execution_options(yield_per=1000).execute(
        select(*columns).order_by(*table.__table__.primary_key)
    )
    return (dict(row) for row in rows.mappings())


def _slot(slot: msgspec.Struct) -> Fields:
    return msgspec.structs.asdict(slot)


def _named(*names: str) -> Callable[[list[int]], Fields]:
    return lambda words: dict(zip(names, words, strict=False))


def _identity(words: list[int]) -> Fields:
    return {"handle": words[0].to_bytes(32).rstrip(b"\0").decode("ascii"), "recovery": words[1]}


def _call(signature: str, *arguments: int | bytes) -> bytes:
    words = (a if isinstance(a, bytes) else a.to_bytes(32) for a in arguments)
    return keccak(text=signature)[:4] + b"".join(words)


def _request(core: str, check: _Check, block: int) -> tuple[str, list[Any]]:
    return "eth_call", [{"to": core, "data": "0x" + check.call.hex()}, hex(block)]


def _words(answer: msgspec.Raw) -> list[int]:
    data = bytes.fromhex(msgspec.json.decode(answer, type=str)[2:])
    return [int.from_bytes(data[i : i + 32]) for i in range(0, len(data), 32)]


def _ask(source: Source, core: str, checks: list[_Check], block: int) -> list[list[int]]:
    """The words of each answer. Raises Behind when the node has no contracts at that block."""
    requests = [_request(core, check, block) for check in checks]
    for _ in range(TRIES):
        answers = [_words(answer) for answer in source.rpc.batch(requests)]
        if all(answers):
            return answers
        time.sleep(0.5)  # a node that is just being reorganised has no code there for a moment
    raise Behind(
        f"The node has no contracts at block {block}: it is being reorganised, or has dropped that "
        "state. Verify again."
    )


def _wrong(check: _Check, words: list[int]) -> Fields:
    """The fields that are not as the mirror has them, as they are on the chain."""
    return {n: value for n, value in check.read(words).items() if check.mirror[n] != value}


def _count_in(outcome: Outcome, check: _Check, words: list[int]) -> None:
    wrong = _wrong(check, words)
    outcome.compared[check.kind] = outcome.compared.get(check.kind, 0) + 1
    outcome.different[check.kind] = outcome.different.get(check.kind, 0) + bool(wrong)
    for name, value in wrong.items():
        if len(outcome.first) < FIRST_DIFFERENCES:
            label = f"{check.kind} {check.name}".strip()
            outcome.first.append(Difference(label, name, value, check.mirror[name]))
