"""Queued actions into transactions, and transactions' outcomes into tickets."""

import logging
import time

from eth_utils.crypto import keccak
from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session

from backend.chain.connection import Chain
from backend.chain.errors import reason_of
from backend.relay import slots
from backend.relay.intake import live
from backend.relay.outbox import Finished, Outbox
from backend.relay.settings import RelaySettings
from backend.relay.tables import (
    CLAIM,
    EXPIRED,
    INCLUDED,
    LOST,
    MINED,
    QUEUED,
    SENT,
    SKIPPED,
    RelayTicket,
)
from indexer.actions import KINDS_BY_NUMBER, decode
from indexer.database import writing

log = logging.getLogger("laurel.relay")

RELAY = "relay"
SKIPPED_TOPIC = "0x" + keccak(text="Skipped(uint256,bytes4)").hex()

# contracts/libraries/Kinds.sol, gasOf: what the core wants to have left before an action
GAS = {"Vote": 130_000, "Post": 100_000, "Register": 220_000}
GAS_OTHERWISE = 130_000
GAS_BETWEEN = 10_000  # reading an item, calling itself, reporting a skip
MOST_TRIES = 3  # sendings that came to nothing by no fault of the action's, before it is given up


class Sender:
    """Batches what is queued and settles tickets when their transactions are decided."""

    def __init__(
        self, engine: Engine, chain: Chain, outbox: Outbox, settings: RelaySettings
    ) -> None:
        self._engine = engine
        self._chain = chain
        self._outbox = outbox
        self._settings = settings

    def follow(self) -> None:
        """Turns decided transactions into included, skipped and queued-again tickets."""
        for finished in self._outbox.finished():
            fates = self._fates(finished)
            with writing(self._engine) as connection, Session(connection) as session:
                self._outbox.conclude(session, finished)
                for seq, values in fates.items():
                    session.execute(
                        update(RelayTicket).where(RelayTicket.seq == seq).values(**values)
                    )
                session.commit()

    def look_back(self) -> None:
        """Follows again what a reorganisation, or a chain put back to an earlier state, undid."""
        if not (gone := self._outbox.reorganised()):
            return
        log.warning("the chain took back %s of our transactions: following them again", len(gone))
        with writing(self._engine) as connection, Session(connection) as session:
            self._outbox.reopen(session, gone)
            session.execute(
                update(RelayTicket)
                .where(RelayTicket.transaction.in_(gone), RelayTicket.kind != CLAIM)
                .values(state=SENT, reason=None, block=None)
            )
            session.commit()

    def send(self) -> None:
        """Sends the next batch, once its first ticket has waited a moment for company."""
        with Session(self._engine) as session:
            tickets = self._queued(session)
        full = len(tickets) == self._settings.batch_items
        if not tickets or not (full or self._ripe(tickets[0])):
            return
        now = self._chain.now()
        late = [t.seq for t in tickets if t.deadline < now]
        if late:
            with writing(self._engine) as connection:
                connection.execute(
                    update(RelayTicket)
                    .where(RelayTicket.seq.in_(late))
                    .values(state=EXPIRED, reason="expired")
                )
            tickets = [t for t in tickets if t.deadline >= now]
        if not tickets or self._outbox.in_flight() >= self._settings.in_flight:
            return
        quote = self._outbox.quote()
        batch, data, gas = self._batch(
            tickets, min(self._settings.batch_gas, quote.free // max(quote.max_fee, 1))
        )
        if not batch:
            return
        with writing(self._engine) as connection, Session(connection) as session:
            transaction = self._outbox.put(session, quote, RELAY, data, gas)
            for position, ticket in enumerate(batch):
                session.execute(
                    update(RelayTicket)
                    .where(RelayTicket.seq == ticket.seq)
                    .values(state=SENT, transaction=transaction.id, position=position)
                )
            session.expunge(transaction)
            session.commit()
        self._outbox.broadcast(transaction)

    # ---------------------------------------------------------------- parts

    def _queued(self, session: Session) -> list[RelayTicket]:
        return list(
            session.scalars(
                select(RelayTicket)
                .where(RelayTicket.state == QUEUED, RelayTicket.kind != CLAIM)
                .order_by(RelayTicket.seq)
                .limit(self._settings.batch_items)
            )
        )

    def _ripe(self, first: RelayTicket) -> bool:
        return time.time() - first.created >= self._settings.gather_seconds

    def _batch(
        self, tickets: list[RelayTicket], most_gas: int
    ) -> tuple[list[RelayTicket], str, int]:
        """As many of the first tickets as `most_gas` allows, their calldata, and their gas."""
        count = len(tickets)
        while count:
            batch = tickets[:count]
            data = self._chain.encode("relay", [(t.kind, t.action, t.signature) for t in batch])
            gas = gas_of(batch, bytes.fromhex(data[2:]))
            if gas <= most_gas:
                return batch, data, gas
            count = min(count - 1, count * most_gas // gas)
        return [], "0x", 0

    def _fates(self, finished: Finished) -> dict[int, dict[str, object]]:
        """Ticket -> new values, for the tickets of a decided transaction."""
        with Session(self._engine) as session:
            tickets = session.scalars(
                select(RelayTicket).where(
                    RelayTicket.transaction == finished.transaction.id,
                    RelayTicket.state == SENT,
                    RelayTicket.kind != CLAIM,
                )
            ).all()
        block = finished.block
        if finished.state == MINED:
            skips = _skips(finished, self._chain.deployment.core)
            return {t.seq: self._fate(t, skips.get(t.position or 0), block) for t in tickets}
        fates: dict[int, dict[str, object]] = {}
        for ticket in tickets:
            tries = ticket.tries + (finished.state != LOST)
            if self._is_done(ticket):
                there = block or self._chain.number("eth_blockNumber")  # no later than the latest
                fates[ticket.seq] = {"state": INCLUDED, "block": there}
            elif tries >= MOST_TRIES:
                fates[ticket.seq] = {"state": SKIPPED, "reason": "too_little_gas", "block": block}
            else:
                fates[ticket.seq] = {"state": QUEUED, "transaction": None, "tries": tries}
        return fates

    def _fate(
        self, ticket: RelayTicket, skip: bytes | None, block: int | None
    ) -> dict[str, object]:
        if skip is None:
            return {"state": INCLUDED, "block": block}
        code = reason_of(skip).code
        if code in slots.REPLAYED and self._is_done(ticket):
            return {"state": INCLUDED, "block": block}
        if ticket.tries + 1 < MOST_TRIES and self._waits(ticket, code):
            return {"state": QUEUED, "transaction": None, "tries": ticket.tries + 1}
        return {"state": EXPIRED if code == "expired" else SKIPPED, "reason": code, "block": block}

    def _waits(self, ticket: RelayTicket, code: str) -> bool:
        """Whether the chain refused with `code` because of something that is sent again."""
        awaited = slots.awaited_slot(code, decode(KINDS_BY_NUMBER[ticket.kind], ticket.action))
        with self._engine.connect() as connection:
            return awaited is not None and live(connection, awaited) is not None

    def _is_done(self, ticket: RelayTicket) -> bool:
        kind = KINDS_BY_NUMBER[ticket.kind]
        return slots.is_done(self._chain, kind, decode(kind, ticket.action))


def gas_of(batch: list[RelayTicket], data: bytes) -> int:
    """Gas with which `relay` of this batch cannot run short (most of it comes back)."""
    zeros = data.count(0)
    calldata = 4 * zeros + 16 * (len(data) - zeros)
    items = 0
    for ticket in batch:
        needs = GAS.get(KINDS_BY_NUMBER[ticket.kind].name, GAS_OTHERWISE)
        items += (needs * 64 // 63 + GAS_BETWEEN) * (1 + ticket.tries)
    return 21_000 + calldata + items


def _skips(finished: Finished, core: str) -> dict[int, bytes]:
    """Index in the batch -> selector of the core's error."""
    return {
        int(entry["topics"][1], 16): bytes.fromhex(entry["data"][2:10])
        for entry in finished.logs
        if entry["address"].lower() == core.lower() and entry["topics"][0] == SKIPPED_TOPIC
    }
