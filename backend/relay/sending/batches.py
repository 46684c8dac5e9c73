"""Puts queued actions into transactions, and writes the transactions' outcomes into tickets."""

import logging
import time
from dataclasses import dataclass

from eth_utils.crypto import keccak
from sqlalchemy import Engine, and_, not_, or_, select, update
from sqlalchemy.orm import Session

from backend.chain.calls import RELAY_CALL, encoded
from backend.chain.connection import Chain
from backend.chain.errors import reason_of
from backend.chain.gas import gas_of
from backend.chain.wire import Reverted
from backend.relay.intake import replay
from backend.relay.intake.parse import parse_signed
from backend.relay.intake.submit import live
from backend.relay.sending.costs import shares
from backend.relay.sending.quotes import Call, Quote
from backend.relay.sending.transactions import Finished, Outbox
from backend.relay.settings import RelaySettings
from backend.relay.sponsor.quota import give_back
from backend.relay.tables import (
    CLAIM,
    EXPIRED,
    INCLUDED,
    LIVE,
    LOST,
    MINED,
    QUEUED,
    SENT,
    SKIPPED,
    RelayTicket,
    RelayTransaction,
)
from indexer.mirror.database import writing
from indexer.protocol.actions import Signed, decode
from indexer.protocol.kinds import KINDS_BY_NUMBER, Kind

log = logging.getLogger("laurel.relay")

RELAY = "relay"
SKIPPED_TOPIC = "0x" + keccak(text="Skipped(uint256,bytes4)").hex()

MOST_TRIES = 3  # sendings that failed by no fault of the action's, until it is given up


@dataclass
class Sender:
    """Sends what is queued in batches, and ends tickets when their transactions are decided."""

    engine: Engine
    chain: Chain
    outbox: Outbox
    settings: RelaySettings

    def follow(self) -> None:
        """Turns decided transactions into included, skipped and queued-again tickets."""
        for finished in self.outbox.finished():
            fates = self._fates(finished)
            with self.outbox.writing() as session:
                self.outbox.conclude(session, finished)
                for seq, values in fates.items():
                    session.execute(
                        update(RelayTicket).where(RelayTicket.seq == seq).values(**values)
                    )

    def look_back(self) -> None:
        """Follows transactions again that a reorganisation, or a chain put back to an earlier state, undid."""
        if not (gone := self.outbox.reorganised()):
            return
        log.warning("the chain took back %s of our transactions: following them again", len(gone))
        with self.outbox.writing() as session:
            self.outbox.reopen(session, gone)
            session.execute(
                update(RelayTicket)
                .where(RelayTicket.transaction.in_(gone), RelayTicket.kind != CLAIM)
                .values(state=SENT, reason=None, block=None)
            )

    def send(self) -> None:
        """Sends the next batch, once it is full or its first ticket has waited for `gather_seconds`."""
        with Session(self.engine) as session:
            tickets = self._queued(session)
        full = len(tickets) == self.settings.batch_items
        if not tickets or not (full or self._ripe(tickets[0])):
            return
        now = self.chain.now()
        if any(t.deadline < now for t in tickets):
            self._expire(now)
        in_flight = self.outbox.in_flight()
        if in_flight >= self.settings.in_flight:
            return
        quote = self.outbox.quote()
        if quote.dear:
            return
        with self.outbox.sending(quote, RELAY) as draft:
            # Read again under the lock: another relayer may have taken some, or all.
            tickets = self._sendable(draft.session, now)
            batch, call, gas = self._batch(tickets, quote)
            if batch:
                transaction = draft.write(call, gas, shares(batch))
                for position, ticket in enumerate(batch):
                    ticket.state, ticket.transaction = SENT, transaction
                    ticket.position = position
        if tickets and not batch and not in_flight:
            self.outbox.purse.refused(quote.cost(gas, call.bytes))

    def hand_back(self) -> int:
        """Puts the actions of stuck transactions back into the queue, when their relayer is gone.

        Should one of those transactions be mined after all, the chain does each action once.
        Returns how many tickets there were.
        """
        with self.outbox.writing() as session:
            stuck = [t.id for t in self.outbox.open(session) if self.outbox.is_stuck(t)]
            changed = session.execute(
                update(RelayTicket)
                .where(RelayTicket.transaction.in_(stuck), RelayTicket.state == SENT)
                .where(RelayTicket.kind != CLAIM)
                .values(state=QUEUED, transaction=None)
            )
            return int(changed.rowcount)  # type: ignore[attr-defined]

    # ---------------------------------------------------------------- parts

    def _queued(self, session: Session) -> list[RelayTicket]:
        """The first tickets, except those of accounts for which another relayer has something in flight: an
        account's actions must reach the chain in their order."""
        elsewhere = (
            select(RelayTicket.account)
            .join(RelayTransaction, RelayTransaction.id == RelayTicket.transaction)
            .where(RelayTicket.state == SENT, RelayTicket.kind != CLAIM)
            .where(RelayTransaction.sender != self.outbox.sender, RelayTicket.account.is_not(None))
        )
        free = or_(RelayTicket.account.is_(None), RelayTicket.account.not_in(elsewhere))
        return list(
            session.scalars(
                select(RelayTicket)
                .where(RelayTicket.state == QUEUED, RelayTicket.kind != CLAIM, free)
                .order_by(RelayTicket.seq)
                .limit(self.settings.batch_items)
            )
        )

    def _sendable(self, session: Session, now: int) -> list[RelayTicket]:
        """Those of the first tickets that need not wait for a post which is queued, or sent by another relayer."""
        tickets = [t for t in self._queued(session) if t.deadline >= now]
        needs = {t.seq: replay.needed_slots(decode(_kind(t), t.action)) for t in tickets}
        mine = select(RelayTransaction.id).where(RelayTransaction.sender == self.outbox.sender)
        ahead = and_(RelayTicket.state == SENT, RelayTicket.transaction.in_(mine))
        awaited = set(
            session.scalars(
                select(RelayTicket.slot)
                .where(RelayTicket.slot.in_({slot for each in needs.values() for slot in each}))
                .where(RelayTicket.state.in_(LIVE), not_(ahead))
            )
        )
        free: list[RelayTicket] = []
        held: set[int | None] = set()  # accounts
        for ticket in tickets:
            if ticket.account in held or awaited.intersection(needs[ticket.seq]):
                held.add(ticket.account)
            else:
                free.append(ticket)
                awaited.discard(ticket.slot)
        return free

    def _expire(self, now: int) -> None:
        with writing(self.engine) as connection:
            unsent = connection.execute(
                update(RelayTicket)
                .where(RelayTicket.state == QUEUED, RelayTicket.kind != CLAIM)
                .where(RelayTicket.deadline < now)
                .values(state=EXPIRED, reason="expired")
                .returning(RelayTicket.account, RelayTicket.kind, RelayTicket.action)
            )
            for account, kind, action in unsent.all():
                give_back(connection, account, Signed(kind, action, b""))

    def _ripe(self, first: RelayTicket) -> bool:
        return time.time() - first.created >= self.settings.gather_seconds

    def _batch(
        self, tickets: list[RelayTicket], quote: Quote
    ) -> tuple[list[RelayTicket], Call, int]:
        """The first tickets for one contract that the bound on gas and the coin allow, their call, and its gas.

        If there is too little coin for one, no tickets, and the call and gas of that one. A single ticket may
        exceed the bound on gas: else it would stop all behind it.
        """
        contract = _kind(tickets[0]).contract if tickets else "core"
        batch = [t for t in tickets if _kind(t).contract == contract]
        call, gas = Call(contract, "0x"), 0
        while batch:
            items = [(t.kind, t.action, t.signature) for t in batch]
            call = Call(contract, "0x" + encoded(RELAY_CALL, items).hex())
            each = ((Signed(t.kind, t.action, t.signature), 1 + t.tries) for t in batch)
            gas = quote.gas(gas_of(each, call.bytes), call.bytes)
            payable = quote.payable(call.bytes)
            most = payable if len(batch) == 1 else min(payable, self.settings.batch_gas)
            if gas <= most:
                break
            batch = batch[: min(len(batch) - 1, max(1, len(batch) * most // gas))]
        return batch, call, gas

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
        if code in replay.REPLAYED and self._is_done(ticket):
            return {"state": INCLUDED, "block": block}
        if ticket.tries + 1 < MOST_TRIES and (self._waits(ticket, code) or self._passes(ticket)):
            return {"state": QUEUED, "transaction": None, "tries": ticket.tries + 1}
        return {"state": EXPIRED if code == "expired" else SKIPPED, "reason": code, "block": block}

    def _waits(self, ticket: RelayTicket, code: str) -> bool:
        """Whether the chain refused with `code` because something is missing that is queued or sent."""
        awaited = replay.awaited_slots(code, decode(_kind(ticket), ticket.action))
        with self.engine.connect() as connection:
            return any(live(connection, slot) for slot in awaited)

    def _passes(self, ticket: RelayTicket) -> bool:
        """Whether the chain would take the action now: what it needed may have come a moment later, by another
        relayer or a wallet."""
        signed = Signed(ticket.kind, ticket.action, ticket.signature)
        try:
            self.chain.perform(signed, self.outbox.sender)
        except Reverted:
            return False
        return True

    def _is_done(self, ticket: RelayTicket) -> bool:
        signed = Signed(ticket.kind, ticket.action, ticket.signature)
        return replay.is_done(self.chain, parse_signed(self.chain, signed))


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
