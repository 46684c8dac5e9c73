"""Queued actions into transactions, and transactions' outcomes into tickets."""

import logging
import time
from dataclasses import dataclass

from eth_utils.crypto import keccak
from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session

from backend.chain.connection import Chain
from backend.chain.errors import reason_of
from backend.chain.gas import gas_of
from backend.relay import slots
from backend.relay.intake import live
from backend.relay.outbox import Call, Finished, Outbox
from backend.relay.reading import read
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
from indexer.actions import KINDS_BY_NUMBER, Kind, Signed, decode
from indexer.database import writing

log = logging.getLogger("laurel.relay")

RELAY = "relay"
SKIPPED_TOPIC = "0x" + keccak(text="Skipped(uint256,bytes4)").hex()

MOST_TRIES = 3  # sendings that came to nothing by no fault of the action's, before it is given up


@dataclass
class Sender:
    """Batches what is queued and settles tickets when their transactions are decided."""

    engine: Engine
    chain: Chain
    outbox: Outbox
    settings: RelaySettings

    def follow(self) -> None:
        """Turns decided transactions into included, skipped and queued-again tickets."""
        for finished in self.outbox.finished():
            fates = self._fates(finished)
            with writing(self.engine) as connection, Session(connection) as session:
                self.outbox.conclude(session, finished)
                for seq, values in fates.items():
                    session.execute(
                        update(RelayTicket).where(RelayTicket.seq == seq).values(**values)
                    )
                session.commit()

    def look_back(self) -> None:
        """Follows again what a reorganisation, or a chain put back to an earlier state, undid."""
        if not (gone := self.outbox.reorganised()):
            return
        log.warning("the chain took back %s of our transactions: following them again", len(gone))
        with writing(self.engine) as connection, Session(connection) as session:
            self.outbox.reopen(session, gone)
            session.execute(
                update(RelayTicket)
                .where(RelayTicket.transaction.in_(gone), RelayTicket.kind != CLAIM)
                .values(state=SENT, reason=None, block=None)
            )
            session.commit()

    def send(self) -> None:
        """Sends the next batch, once its first ticket has waited a moment for company."""
        with Session(self.engine) as session:
            tickets = self._queued(session)
        full = len(tickets) == self.settings.batch_items
        if not tickets or not (full or self._ripe(tickets[0])):
            return
        now = self.chain.now()
        late = [t.seq for t in tickets if t.deadline < now]
        if late:
            with writing(self.engine) as connection:
                connection.execute(
                    update(RelayTicket)
                    .where(RelayTicket.seq.in_(late))
                    .values(state=EXPIRED, reason="expired")
                )
            tickets = [t for t in tickets if t.deadline >= now]
        if not tickets or self.outbox.in_flight() >= self.settings.in_flight:
            return
        quote = self.outbox.quote()
        batch, call, gas = self._batch(tickets, quote.free // max(quote.max_fee, 1))
        if not batch:
            return
        with self.outbox.sending(quote, RELAY, call, gas) as (session, transaction):
            for position, ticket in enumerate(batch):
                session.execute(
                    update(RelayTicket)
                    .where(RelayTicket.seq == ticket.seq)
                    .values(state=SENT, transaction=transaction, position=position)
                )

    # ---------------------------------------------------------------- parts

    def _queued(self, session: Session) -> list[RelayTicket]:
        return list(
            session.scalars(
                select(RelayTicket)
                .where(RelayTicket.state == QUEUED, RelayTicket.kind != CLAIM)
                .order_by(RelayTicket.seq)
                .limit(self.settings.batch_items)
            )
        )

    def _ripe(self, first: RelayTicket) -> bool:
        return time.time() - first.created >= self.settings.gather_seconds

    def _batch(
        self, tickets: list[RelayTicket], payable: int
    ) -> tuple[list[RelayTicket], Call, int]:
        """As many of the first tickets for one contract as the bound on gas allows, the call, and its gas.

        payable: gas that there is coin for. One alone may pass the bound: else it would stop all behind it.
        """
        contract = _kind(tickets[0]).contract
        batch = [t for t in tickets if _kind(t).contract == contract]
        while batch:
            data = self.chain.encode("relay", [(t.kind, t.action, t.signature) for t in batch])
            items = ((Signed(t.kind, t.action, t.signature), 1 + t.tries) for t in batch)
            gas = gas_of(items, bytes.fromhex(data[2:]))
            most = payable if len(batch) == 1 else min(payable, self.settings.batch_gas)
            if gas <= most:
                return batch, Call(contract, data), gas
            batch = batch[: min(len(batch) - 1, max(1, len(batch) * most // gas))]
        return [], Call(contract, "0x"), 0

    def _fates(self, finished: Finished) -> dict[int, dict[str, object]]:
        """Ticket -> new values, for the tickets of a decided transaction."""
        with Session(self.engine) as session:
            tickets = session.scalars(
                select(RelayTicket).where(
                    RelayTicket.transaction == finished.transaction.id,
                    RelayTicket.state == SENT,
                    RelayTicket.kind != CLAIM,
                )
            ).all()
        block = finished.block
        if finished.state == MINED:
            skips = _skips(finished)
            return {t.seq: self._fate(t, skips.get(t.position or 0), block) for t in tickets}
        fates: dict[int, dict[str, object]] = {}
        for ticket in tickets:
            tries = ticket.tries + (finished.state != LOST)
            if self._is_done(ticket):
                there = block or self.chain.number("eth_blockNumber")  # no later than the latest
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
        awaited = slots.awaited_slots(code, decode(_kind(ticket), ticket.action))
        with self.engine.connect() as connection:
            return any(live(connection, slot) for slot in awaited)

    def _is_done(self, ticket: RelayTicket) -> bool:
        signed = Signed(ticket.kind, ticket.action, ticket.signature)
        return slots.is_done(self.chain, read(self.chain, signed))


def _kind(ticket: RelayTicket) -> Kind:
    return KINDS_BY_NUMBER[ticket.kind]


def _skips(finished: Finished) -> dict[int, bytes]:
    """Index in the batch -> selector of the contract's error."""
    relay = finished.transaction.to.lower()
    return {
        int(entry["topics"][1], 16): bytes.fromhex(entry["data"][2:10])
        for entry in finished.logs
        if entry["address"].lower() == relay and entry["topics"][0] == SKIPPED_TOPIC
    }
