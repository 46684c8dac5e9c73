"""Compares the mirror with the contracts' views at one block, row by row."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import islice
from random import Random
from typing import Any

import msgspec
from sqlalchemy import Engine, select

from indexer.chain.rpc import BATCH
from indexer.chain.source import Source
from indexer.errors import LaurelError
from indexer.protocol.calls import words_of
from indexer.protocol.deployment import Deployment
from indexer.schema import Cursor
from indexer.verify.checks import Check, Fields, checks, count

WAIT_SECONDS = 30.0  # for the mirror to reach the chain's head
FIRST_DIFFERENCES = 20
TRIES = 10  # of a call that the node answers with nothing

_TEXT = msgspec.json.Decoder(str)


class Behind(LaurelError):
    """The mirror does not reach the chain's latest block."""


@dataclass(frozen=True)
class Difference:
    """One field that differs between chain and mirror."""

    name: str
    field: str
    chain: Any
    mirror: Any


@dataclass
class Outcome:
    """compared, different: how many views, by kind; first: the first differences."""

    block: int
    total: int  # views that there are to compare
    compared: dict[str, int] = field(default_factory=dict)
    different: dict[str, int] = field(default_factory=dict)
    first: list[Difference] = field(default_factory=list)

    @property
    def same(self) -> bool:
        return not any(self.different.values())


def verify(
    engine: Engine,
    source: Source,
    deployment: Deployment,
    begin: Callable[[int], None] = lambda total: None,
    advance: Callable[[int], None] = lambda done: None,
    wait: float | None = None,
    most: int | None = None,
) -> Outcome:
    """Waits until the mirror has the chain's present head, then compares all views at the mirror's block.

    `begin` gets the number of calls to come, `advance` how many were made; `wait`: seconds, WAIT_SECONDS by
    default; `most`: if there are more calls, about so many are chosen at random. Raises Behind,
    NodeUnreachable, RpcError (also when the node has dropped the state at that block).
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
        total = count(connection)
        outcome = Outcome(block, total)
        share = 1.0 if most is None else min(1.0, most / total)
        begin(round(total * share))
        lot = Random()  # another sample each time
        calls = (c for c in checks(connection, deployment, now) if lot.random() < share)
        while chunk := list(islice(calls, BATCH)):
            answers = _ask(source, chunk, block)
            # A node may answer with the next block's time while it mines that block (anvil 1.7.1
            # does), so what differs is asked for once more: at one block there is one answer.
            doubtful = [c for c, words in zip(chunk, answers, strict=True) if _wrong(c, words)]
            again = dict(zip(map(id, doubtful), _ask(source, doubtful, block), strict=True))
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


def _request(check: Check, block: int) -> tuple[str, list[Any]]:
    return "eth_call", [{"to": check.contract, "data": "0x" + check.call.hex()}, hex(block)]


def _ask(source: Source, asked: list[Check], block: int) -> list[list[int]]:
    """The words of each answer. Raises Behind when the node has no contracts at that block."""
    requests = [_request(check, block) for check in asked]
    for _ in range(TRIES):
        answers = [words_of(_TEXT.decode(answer)) for answer in source.rpc.batch(requests)]
        if all(answers):
            return answers
        time.sleep(0.5)  # a node that is just being reorganised has no code there for a moment
    raise Behind(
        f"The node has no contracts at block {block}: it is being reorganised, or has dropped that "
        "state. Verify again."
    )


def _wrong(check: Check, words: list[int]) -> Fields:
    """The fields that differ from the mirror, with the chain's values."""
    return {n: value for n, value in check.read(words).items() if check.mirror[n] != value}


def _count_in(outcome: Outcome, check: Check, words: list[int]) -> None:
    wrong = _wrong(check, words)
    outcome.compared[check.kind] = outcome.compared.get(check.kind, 0) + 1
    outcome.different[check.kind] = outcome.different.get(check.kind, 0) + bool(wrong)
    for name, value in wrong.items():
        if len(outcome.first) < FIRST_DIFFERENCES:
            label = f"{check.kind} {check.name}".strip()
            outcome.first.append(Difference(label, name, value, check.mirror[name]))
