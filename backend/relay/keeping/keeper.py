"""Does what anyone may do for everyone, in transactions that are known not to revert: closes days, settles
posts, claims rewards, completes recoveries and returns, releases what powers down.

Each step plans anew from a mirror that has seen everything the keeper did before, so there is no
state to lose. An item that would revert is found by halving and put aside for a while; it stops no other.
"""

import logging
import time
from collections.abc import Callable, Collection, Hashable, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any, TypeVar

from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session

from backend.chain.calls import encoded
from backend.chain.connection import Chain
from backend.chain.errors import Reason, reason_of
from backend.chain.pool import next_day
from backend.chain.wire import Reverted
from backend.relay.keeping import owed
from backend.relay.sending.quotes import Call
from backend.relay.sending.transactions import Outbox
from backend.relay.settings import RelaySettings
from backend.relay.tables import (
    CLAIM,
    INCLUDED,
    LIVE,
    QUEUED,
    REVERTED,
    SENT,
    SKIPPED,
    RelayTicket,
    RelayTransaction,
)
from indexer.mirror.database import writing
from indexer.rewards import MOST_OPEN_DAYS

T = TypeVar("T", bound=Hashable)

log = logging.getLogger("laurel.keeper")

PURPOSES = ("close", "complete", "settle", "claim")
CLOSE_AT_ONCE = 8  # days
SETTLE_AT_ONCE = 100  # posts
CLAIM_AT_ONCE = 400  # votes
COMPLETE_AT_ONCE = 20  # accounts, in a transaction each
ASIDE_SECONDS = 600.0
PAUSE_SECONDS = 60.0  # after a transaction that was expected to pass and did not
GAS_MARGIN = 1.3  # times the estimate, as transactions mined before it may change slots from zero


class _CannotPay(Exception):
    """The relayer has too little coin for what is next, or gas is dearer than it may pay."""


@dataclass(frozen=True)
class Aside:
    """An item that the chain refused: why, and until when it is left alone (time.monotonic())."""

    until: float
    reason: Reason


@dataclass
class Keeper:
    """Finds what is to be done next, and sends it through the relayer's outbox."""

    engine: Engine
    chain: Chain
    outbox: Outbox
    settings: RelaySettings
    _aside: dict[Hashable, Aside] = field(default_factory=dict, init=False)

    def step(self) -> bool:
        """Sends what is next, if the last is mined and mirrored. Returns whether it sent anything."""
        now = self.chain.now()
        with Session(self.engine) as session:
            if self._has_sent(session) or self._must_wait(session):
                return False
            tickets = session.scalars(
                select(RelayTicket).where(RelayTicket.kind == CLAIM, RelayTicket.state.in_(LIVE))
            ).all()
        accounts = sorted({t.account for t in tickets if t.account is not None})
        first_open = next_day(self.chain)
        try:
            return (
                self._close(first_open, now, asked=bool(accounts))
                or self._complete(now)
                or self._settle(first_open, now, accounts)
                or self._claim_asked(now, accounts)
                or self._claim_due(now)
            )
        except _CannotPay:
            return False

    # ---------------------------------------------------------------- what there is to do

    def _close(self, first: int, now: int, asked: bool) -> bool:
        day = self.chain.day
        over = now // day - first
        if over <= 0:
            return False
        if not (self.chain.deployment.local or asked or over > MOST_OPEN_DAYS):
            with Session(self.engine) as session:
                if not owed.has_claims(session, first * day, (first + over) * day):
                    return False
        days = range(min(over, CLOSE_AT_ONCE))
        return bool(self._send_checked("close", lambda some: ("close(uint256)", len(some)), days))

    def _complete(self, now: int) -> bool:
        most = COMPLETE_AT_ONCE + len(self._aside)
        with Session(self.engine) as session:
            due = owed.to_complete(session, now, most)
        sent = [self._send_checked("complete", _for_account, [each]) for each in due]
        return any(sent)

    def _settle(self, first_open: int, now: int, accounts: Collection[int]) -> bool:
        closed = first_open * self.chain.day
        most = SETTLE_AT_ONCE + len(self._aside)
        with Session(self.engine) as session:
            ids = owed.to_settle(session, closed, self._graced(now), accounts, most)
        sent = self._send_checked("settle", lambda some: ("settle(bytes32[])", list(some)), ids)
        for transaction, posts in sent.items():
            authors = {int.from_bytes(post[:5]) for post in posts}
            self._mark_sent(authors.intersection(accounts), transaction)
        return bool(sent)

    def _claim_asked(self, now: int, accounts: Collection[int]) -> bool:
        most = CLAIM_AT_ONCE + len(self._aside)
        any_sent = False
        for account in accounts:
            with Session(self.engine) as session:
                claims = owed.to_claim(session, 0, [account], most)
                reward = owed.stake_reward(session, account)
            sent: dict[int, Sequence[Any]] = {**self._send_checked("claim", _as_voter, claims)}
            if reward:
                due = owed.Due("claimStakeReward", account)
                sent |= self._send_checked("claim", _for_account, [due])
            for transaction in sent:
                self._mark_sent([account], transaction)
            if not sent:
                self._finish(account, now)
            any_sent = any_sent or bool(sent)
        return any_sent

    def _claim_due(self, now: int) -> bool:
        most = CLAIM_AT_ONCE + len(self._aside)
        with Session(self.engine) as session:
            claims = owed.to_claim(session, self._graced(now), (), most)
        sent = [
            self._send_checked("claim", _of_post, list(of_post))
            for _, of_post in groupby(claims, key=lambda claim: claim.post)
        ]
        return any(sent)

    # ---------------------------------------------------------------- sending

    def _send_checked(
        self, purpose: str, call: Callable[[Sequence[T]], tuple[Any, ...]], items: Sequence[T]
    ) -> dict[int, Sequence[T]]:
        """Sends a call over `items`, in halves where the whole is refused or takes too much gas.

        Returns the items of each transaction sent, by its id in the outbox.
        """
        items = [item for item in items if not self._is_aside(item)]
        if not items:
            return {}
        signature, *args = call(items)
        data = "0x" + encoded(signature, *args).hex()
        target = {"to": self.chain.deployment.core, "data": data}
        try:
            gas = int(self.chain.number("eth_estimateGas", target, "pending") * GAS_MARGIN)
        except Reverted as reverted:
            if len(items) == 1:
                self._put_aside(signature.partition("(")[0], items[0], reason_of(reverted.data))
                return {}
            gas = self.settings.batch_gas + 1
        if gas > self.settings.batch_gas and len(items) > 1:
            half = len(items) // 2
            first = self._send_checked(purpose, call, items[:half])
            return first | self._send_checked(purpose, call, items[half:])
        quote, sent = self.outbox.quote(), Call("core", data)
        if quote.dear or quote.free < quote.cost(gas, sent.bytes):
            raise _CannotPay
        with self.outbox.sending(quote, purpose) as draft:
            return {draft.write(sent, gas, {purpose: (1, 1.0)}): items}

    def _put_aside(self, function: str, item: Hashable, reason: Reason) -> None:
        log.error("%s refuses %s (%s): left alone for a while", function, item, reason.code)
        self._aside[item] = Aside(time.monotonic() + ASIDE_SECONDS, reason)

    def _is_aside(self, item: Hashable) -> bool:
        aside = self._aside.get(item)
        if aside is not None and aside.until < time.monotonic():
            del self._aside[item]
            return False
        return aside is not None

    # ---------------------------------------------------------------- tickets and time

    def _mark_sent(self, accounts: Collection[int], transaction: int) -> None:
        with writing(self.engine) as connection:
            connection.execute(
                update(RelayTicket)
                .where(RelayTicket.kind == CLAIM, RelayTicket.account.in_(accounts))
                .where(RelayTicket.state.in_(LIVE))
                .values(state=SENT, transaction=transaction)
            )

    def _finish(self, account: int, now: int) -> None:
        """Ends an account's tickets for claims, once nothing is left that could be sent for it."""
        over = now // self.chain.day * self.chain.day
        with writing(self.engine) as connection, Session(connection) as session:
            block = owed.mirrored_block(session)
            most = SETTLE_AT_ONCE + len(self._aside)
            rest: list[Hashable] = [
                *owed.to_settle(session, over, 0, [account], most),
                *owed.to_claim(session, 0, [account], most),
            ]
            if owed.stake_reward(session, account):
                rest.append(owed.Due("claimStakeReward", account))
            refusals = (self._aside[item].reason.code for item in rest if item in self._aside)
            refused = next(refusals, "refused")
            live = select(RelayTicket).where(
                RelayTicket.kind == CLAIM,
                RelayTicket.account == account,
                RelayTicket.state.in_(LIVE),
            )
            for ticket in session.scalars(live):
                failed = bool(rest) and ticket.state == QUEUED
                ticket.state = SKIPPED if failed else INCLUDED
                ticket.reason = refused if failed else None
                ticket.block = block
            session.commit()

    def _has_sent(self, session: Session) -> bool:
        """Whether a transaction of the keeper's is in flight, by this relayer or by the one that kept before;
        another's that is stuck does not count."""
        sent = session.scalars(
            select(RelayTransaction).where(
                RelayTransaction.state == SENT, RelayTransaction.purpose.in_(PURPOSES)
            )
        )
        mine = self.outbox.sender
        return any(t.sender == mine or not self.outbox.is_stuck(t) for t in sent)

    def _must_wait(self, session: Session) -> bool:
        """Whether the mirror lags behind what the keeper did, or the keeper failed just now."""
        last = session.scalar(
            select(RelayTransaction)
            .where(RelayTransaction.purpose.in_(PURPOSES))
            .order_by(RelayTransaction.id.desc())
            .limit(1)
        )
        if last is None:
            return False
        if last.state == REVERTED and time.time() - last.sent_at < PAUSE_SECONDS:
            return True
        return owed.mirrored_block(session) < (last.block or 0)

    def _graced(self, now: int) -> int:
        """The time (seconds) before which posts must have cashed out to be kept without being asked."""
        day = self.chain.day
        return int(now - self.settings.grace_days * day) // day * day


def _as_voter(claims: Sequence[owed.Claim]) -> tuple[Any, ...]:
    return "claimAsVoter(uint40,bytes32[])", claims[0].account, [claim.post for claim in claims]


def _for_account(due: Sequence[owed.Due]) -> tuple[Any, ...]:
    (each,) = due
    return f"{each.function}(uint40)", each.account


def _of_post(claims: Sequence[owed.Claim]) -> tuple[Any, ...]:
    return "claimOfPost(bytes32,uint40[])", claims[0].post, [claim.account for claim in claims]
