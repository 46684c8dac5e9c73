"""Every transaction of a relayer's key: stored in SQL before it is sent, followed until mined.

A process that dies at any point leaves rows from which the next one goes on: a transaction that the node does
not know is sent again, byte for byte; one that a reorganisation took back is open again. The transactions of a
relayer that is gone are followed without its key (backend.relay.sending.takeover).
"""

import logging
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from eth_account.signers.local import LocalAccount
from eth_typing import HexStr
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from backend.chain import fees
from backend.chain.connection import Chain
from backend.chain.wire import Refused, Reverted
from backend.relay.relayers import Purse
from backend.relay.sending import bids
from backend.relay.sending.costs import Shares, book
from backend.relay.sending.quotes import Call, Quote
from backend.relay.settings import RelaySettings
from backend.relay.tables import LOST, MINED, REVERTED, SENT, RelayTransaction
from indexer.mirror.database import writing
from indexer.mirror.lease import Lease

log = logging.getLogger("laurel.relay")

LOOK_SECONDS = 5.0  # between looks whether the node still knows a transaction
DATA_FEE_SECONDS = 10.0  # for which an L2's data fee is not asked for again


@dataclass(frozen=True)
class Finished:
    """A transaction that needs no more following. `state`: mined, reverted or lost; `paid`: None if lost."""

    transaction: RelayTransaction
    state: str
    hash: str
    block: int | None = None
    block_hash: str | None = None
    logs: tuple[Mapping[str, Any], ...] = ()
    paid: fees.Paid | None = None


@dataclass
class Draft:
    """A transaction that may be written, and the database session whose changes are kept with it or not at all."""

    session: Session
    _outbox: "Outbox"
    _quote: Quote
    _purpose: str
    written: RelayTransaction | None = None

    def write(self, call: Call, gas: int, shares: Shares) -> int:
        """Signs the call and stores it; returns the transaction's id."""
        self.written = self._outbox.signed(self._quote, self._purpose, call, gas, shares)
        self.session.add(self.written)
        self.session.flush()
        return self.written.id


class Outbox:
    """One relayer's transactions. Only the process that holds its lease sends; each writing renews the lease.

    key: None to follow another's transactions; then nothing is signed.
    """

    def __init__(
        self,
        engine: Engine,
        chain: Chain,
        sender: str,
        settings: RelaySettings,
        lease: Lease,
        key: LocalAccount | None = None,
    ) -> None:
        self.sender = sender
        self.purse = Purse(engine, sender, settings)
        self._engine = engine
        self._chain = chain
        self._key = key
        self._settings = settings
        self._lease = lease
        self._looked: dict[str, float] = {}  # hash -> time.monotonic() of the last look or sending
        self._missed: dict[int, float] = {}  # id -> when its nonce was used, without a receipt
        self._data_fee = fees.DataFee()
        self._asked = float("-inf")  # time.monotonic(), for the data fee

    # ---------------------------------------------------------------- sending

    def quote(self) -> Quote:
        """Asks the chain for fees, balance and nonce, and writes the relayer's status."""
        price = fees.gas_price(self._chain)
        data = self._fee_for_data()
        balance = self._chain.number("eth_getBalance", self.sender, "latest")
        count = self._count()
        with Session(self._engine) as session:
            promised = sum(t.gas * t.max_fee + data.wei.at(len(t.raw)) for t in self.open(session))
            last = session.scalar(
                select(RelayTransaction.nonce)
                .where(RelayTransaction.sender == self.sender, RelayTransaction.state != LOST)
                .order_by(RelayTransaction.nonce.desc())
                .limit(1)
            )
        nonce = count if last is None else max(count, last + 1)
        bid, dear = bids.first(price, self._settings), self._settings.is_dear(price.base)
        quote = Quote(bid.max_fee, bid.tip, nonce, balance - promised, data, dear)
        self.purse.look(balance, price.base + bid.tip, quote.cost(0, b""), bid.max_fee, dear)
        return quote

    @contextmanager
    def sending(self, quote: Quote, purpose: str) -> Iterator[Draft]:
        """Holds the database's write lock while a call may be written; once that is committed, sends it.

        Raises LeaseLost: another process has the key now, and nothing was kept.
        """
        with self.writing() as session:
            draft = Draft(session, self, quote, purpose)
            yield draft
            if draft.written is not None:
                session.expunge(draft.written)
        if draft.written is not None:
            self.purse.freed()
            self._broadcast(draft.written)

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A session that holds the write lock. Its end raises LeaseLost, and keeps nothing, if the lease is lost."""
        with writing(self._engine) as connection, Session(connection) as session:
            yield session
            session.flush()
            self._lease.renew(connection)
            session.commit()

    def signed(
        self, quote: Quote, purpose: str, call: Call, gas: int, shares: Shares
    ) -> RelayTransaction:
        """A new transaction, signed and not stored yet."""
        transaction = RelayTransaction(
            sender=self.sender,
            nonce=quote.nonce,
            purpose=purpose,
            to=self._chain.address(call.contract),
            data=call.bytes,
            gas=gas,
            max_fee=quote.max_fee,
            tip=quote.tip,
            earlier=[],
            state=SENT,
            sent_at=time.time(),
            shares=dict(shares),
        )
        self._sign(transaction)
        return transaction

    def _broadcast(self, transaction: RelayTransaction) -> None:
        """Sends a stored transaction to the node. One that the node refuses now is tried again later.

        Hardhat's node takes a transaction that reverts, and answers as if it had refused it.
        """
        self._looked[transaction.hash] = time.monotonic()
        try:
            self._chain.ask("eth_sendRawTransaction", "0x" + transaction.raw.hex())
        except (Refused, Reverted) as refusal:
            text = str(refusal).lower()
            if "insufficient funds" in text:
                self.purse.refused(transaction.gas * transaction.max_fee)
            elif "already" not in text and "nonce too low" not in text:
                log.warning("transaction %s was refused: %s", transaction.hash, refusal)

    # ---------------------------------------------------------------- following

    def in_flight(self) -> int:
        """How many transactions are sent and not yet mined."""
        with Session(self._engine) as session:
            return len(self.open(session))

    def open(self, session: Session) -> list[RelayTransaction]:
        """The transactions that are sent and not yet mined, by nonce."""
        mine = RelayTransaction.sender == self.sender
        found = select(RelayTransaction).where(mine, RelayTransaction.state == SENT)
        return list(session.scalars(found.order_by(RelayTransaction.nonce)))

    def finished(self) -> list[Finished]:
        """The transactions that the chain has decided. Sends the other open ones again, or replaces them."""
        with Session(self._engine) as session:
            transactions = self.open(session)
        if not transactions:
            self._looked.clear()
            return []
        count = self._count()  # before the receipts, so that "used, but not by us" is certain
        done = [d for t in transactions if t.nonce < count and (d := self._decided(t)) is not None]
        if done:
            self.purse.freed()
        waiting = [t for t in transactions if t.nonce >= count]
        for transaction in waiting:
            stuck = self.is_stuck(transaction)
            if stuck and self._key is None:
                continue  # only its key could sign a higher fee
            if stuck and transaction is waiting[0]:
                self._replace(transaction)
            else:
                self._keep_known(transaction)
        return done

    def is_stuck(self, transaction: RelayTransaction) -> bool:
        """Whether a transaction was last sent more than `stuck_seconds` ago."""
        return time.time() - transaction.sent_at > self._settings.stuck_seconds

    def conclude(self, session: Session, finished: Finished) -> None:
        """Writes down a transaction's outcome and cost, in the caller's database transaction."""
        row = session.get_one(RelayTransaction, finished.transaction.id)
        row.state, row.hash = finished.state, finished.hash
        row.block, row.block_hash = finished.block, finished.block_hash
        row.concluded = time.time()
        if finished.paid is not None:
            row.gas_used, row.price = finished.paid.gas, finished.paid.price
            row.data_fee = finished.paid.data_fee
        book(session, row)

    def reorganised(self) -> list[int]:
        """Ids of concluded transactions whose block is no longer the chain's, newest first."""
        gone: list[int] = []
        columns = (RelayTransaction.id, RelayTransaction.block, RelayTransaction.block_hash)
        mine = select(*columns).where(RelayTransaction.sender == self.sender)
        newest_first = mine.order_by(RelayTransaction.id.desc())
        with Session(self._engine) as session:
            for id_, number, hash_ in session.execute(newest_first.execution_options(yield_per=8)):
                if number is None:
                    continue  # open or lost
                block = self._chain.ask("eth_getBlockByNumber", hex(number), False)
                if block is not None and block["hash"] == hash_:
                    break
                gone.append(id_)
        return gone

    def reopen(self, session: Session, ids: list[int]) -> None:
        """Follows these transactions again, in the caller's database transaction."""
        self._looked.clear()
        for id_ in ids:
            row = session.get_one(RelayTransaction, id_)
            book(session, row, -1)
            row.state, row.sent_at = SENT, time.time()
            row.block = row.block_hash = None
            row.gas_used = row.price = row.data_fee = row.concluded = None

    # ---------------------------------------------------------------- parts

    def _decided(self, transaction: RelayTransaction) -> Finished | None:
        """The outcome of a transaction whose nonce is used; None while a lagging node may lack the receipt: there
        may be several nodes behind one address, and not all have the latest block."""
        for candidate in (transaction.hash, *transaction.earlier):
            receipt = self._chain.ask("eth_getTransactionReceipt", candidate)
            if receipt is not None:
                self._missed.pop(transaction.id, None)
                return Finished(
                    transaction,
                    MINED if int(receipt["status"], 16) else REVERTED,
                    candidate,
                    int(receipt["blockNumber"], 16),
                    receipt["blockHash"],
                    tuple(receipt["logs"]),
                    fees.paid(self._chain, receipt, transaction.raw, self._fee_for_data()),
                )
        now = time.monotonic()
        if now - self._missed.setdefault(transaction.id, now) < self._settings.lost_seconds:
            return None
        log.warning("nonce %s went to another transaction", transaction.nonce)
        return Finished(transaction, LOST, transaction.hash)

    def _keep_known(self, transaction: RelayTransaction) -> None:
        if time.monotonic() - self._looked.get(transaction.hash, -LOOK_SECONDS) < LOOK_SECONDS:
            return
        self._looked[transaction.hash] = time.monotonic()
        if self._chain.ask("eth_getTransactionByHash", transaction.hash) is None:
            self._broadcast(transaction)

    def _replace(self, transaction: RelayTransaction) -> None:
        """Sends a transaction again, at a higher fee if that is allowed; else it waits until the chain is cheaper."""
        bid = bids.first(fees.gas_price(self._chain), self._settings)
        with self.writing() as session:
            row = session.get_one(RelayTransaction, transaction.id)
            row.sent_at = time.time()
            more = bids.raised(bids.Bid(row.max_fee, row.tip), bid, self._settings)
            if more is not None:
                row.earlier = [row.hash, *row.earlier]
                row.max_fee, row.tip = more.max_fee, more.tip
                self._sign(row)
                log.warning("nonce %s is stuck: sent again at %s", row.nonce, more)
            session.flush()
            session.expunge(row)
        self._broadcast(row)

    def _sign(self, transaction: RelayTransaction) -> None:
        assert self._key is not None, "who follows another's transactions signs none"
        signed = self._key.sign_transaction(
            {
                "type": 2,
                "chainId": self._chain.deployment.chain_id,
                "nonce": transaction.nonce,
                "to": HexStr(transaction.to),
                "value": 0,
                "data": transaction.data,
                "gas": transaction.gas,
                "maxFeePerGas": transaction.max_fee,
                "maxPriorityFeePerGas": transaction.tip,
            }
        )
        transaction.raw = bytes(signed.raw_transaction)
        transaction.hash = "0x" + signed.hash.hex()

    def _fee_for_data(self) -> fees.DataFee:
        if time.monotonic() - self._asked >= DATA_FEE_SECONDS:
            self._data_fee = fees.data_fee(self._chain)
            self._asked = time.monotonic()
        return self._data_fee

    def _count(self) -> int:
        return self._chain.number("eth_getTransactionCount", self.sender, "latest")
