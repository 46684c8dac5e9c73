"""Every transaction of the relayer's key: kept in SQL before it goes out, followed until mined.

A process that dies at any point leaves rows from which the next one goes on: what the node does not
know is sent again as it was, byte for byte; what a reorganisation took back is open again.
"""

import logging
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from eth_account.signers.local import LocalAccount
from eth_typing import HexStr
from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session

from backend.chain.connection import Chain, Refused, Reverted
from backend.relay.settings import RelaySettings
from backend.relay.tables import LOST, MINED, REVERTED, SENT, RelayStatus, RelayTransaction
from indexer.database import writing

log = logging.getLogger("laurel.relay")

LOOK_SECONDS = 5.0  # between looks whether the node still knows a transaction
MOST_TIMES_SUGGESTED = (
    10  # a replacement's fee ends there: a chain that stands still is not bid up for ever
)
LEAST_GAS = 500_000  # a relayer that cannot pay for this much is empty


@dataclass(frozen=True)
class Quote:
    """What sending takes now: wei per gas, the next nonce, and wei that are not yet promised."""

    max_fee: int
    tip: int
    nonce: int
    free: int


@dataclass(frozen=True)
class Call:
    """0x-hex calldata for a contract: "core" or "graph"."""

    contract: str
    data: str


@dataclass(frozen=True)
class Finished:
    """A transaction that needs no more following. `state`: mined, reverted or lost."""

    transaction: RelayTransaction
    state: str
    hash: str
    block: int | None
    block_hash: str | None
    logs: list[Mapping[str, Any]]


class Outbox:
    """The relayer's transactions. One per key: backend.relay.process locks the key's file."""

    def __init__(
        self, engine: Engine, chain: Chain, key: LocalAccount, settings: RelaySettings
    ) -> None:
        self._engine = engine
        self._chain = chain
        self._key = key
        self._settings = settings
        self._looked: dict[str, float] = {}  # hash -> time.monotonic() of the last look or sending
        self._empty: bool | None = None

    # ---------------------------------------------------------------- sending

    def quote(self) -> Quote:
        """Asks the chain for fees, balance and nonce."""
        max_fee, tip = self._suggested()
        balance = self._chain.number("eth_getBalance", self._key.address, "latest")
        count = self._count()
        with Session(self._engine) as session:
            promised = sum(t.gas * t.max_fee for t in self._open(session))
            last = session.scalar(
                select(RelayTransaction.nonce)
                .where(RelayTransaction.state != LOST)
                .order_by(RelayTransaction.nonce.desc())
                .limit(1)
            )
        nonce = count if last is None else max(count, last + 1)
        free = balance - promised
        self._set_empty(free < LEAST_GAS * max_fee)
        return Quote(max_fee, tip, nonce, free)

    @contextmanager
    def sending(
        self, quote: Quote, purpose: str, call: Call, gas: int
    ) -> Iterator[tuple[Session, int]]:
        """Signs and keeps a call, and sends it once the body has done well.

        Yields a session, so that what the body writes is kept with it or not at all, and the id of the
        transaction.
        """
        transaction = RelayTransaction(
            nonce=quote.nonce,
            purpose=purpose,
            to=self._chain.address(call.contract),
            data=bytes.fromhex(call.data[2:]),
            gas=gas,
            max_fee=quote.max_fee,
            tip=quote.tip,
            earlier=[],
            state=SENT,
            sent_at=time.time(),
        )
        self._sign(transaction)
        with writing(self._engine) as connection, Session(connection) as session:
            session.add(transaction)
            session.flush()
            yield session, transaction.id
            session.expunge(transaction)
            session.commit()
        self._broadcast(transaction)

    def _broadcast(self, transaction: RelayTransaction) -> None:
        """Gives a kept transaction to the node. What the node refuses now is tried again later.

        Hardhat's node takes a transaction that reverts, and answers as if it had refused it.
        """
        self._looked[transaction.hash] = time.monotonic()
        try:
            self._chain.ask("eth_sendRawTransaction", "0x" + transaction.raw.hex())
        except (Refused, Reverted) as refusal:
            text = str(refusal).lower()
            if "insufficient funds" in text:
                self._set_empty(True)
            elif "already" not in text and "nonce too low" not in text:
                log.warning("transaction %s was refused: %s", transaction.hash, refusal)

    # ---------------------------------------------------------------- following

    def in_flight(self, purposes: tuple[str, ...] = ()) -> int:
        """How many transactions (of these purposes) are sent and not yet mined."""
        with Session(self._engine) as session:
            return sum(1 for t in self._open(session) if not purposes or t.purpose in purposes)

    def finished(self) -> list[Finished]:
        """What the chain has decided about. Sends the other open ones again, or replaces them."""
        with Session(self._engine) as session:
            transactions = self._open(session)
        if not transactions:
            self._looked.clear()
            return []
        count = self._count()  # before the receipts, so that "used, but not by us" is certain
        done = [self._decided(t) for t in transactions if t.nonce < count]
        waiting = [t for t in transactions if t.nonce >= count]
        for i, transaction in enumerate(waiting):
            if i == 0 and time.time() - transaction.sent_at > self._settings.stuck_seconds:
                self._replace(transaction)
            else:
                self._keep_known(transaction)
        return done

    def conclude(self, session: Session, finished: Finished) -> None:
        """Writes down what became of a transaction, in the caller's transaction."""
        session.execute(
            update(RelayTransaction)
            .where(RelayTransaction.id == finished.transaction.id)
            .values(
                state=finished.state,
                hash=finished.hash,
                block=finished.block,
                block_hash=finished.block_hash,
            )
        )

    def reorganised(self) -> list[int]:
        """Ids of concluded transactions whose block is no longer the chain's, newest first."""
        gone: list[int] = []
        columns = (RelayTransaction.id, RelayTransaction.block, RelayTransaction.block_hash)
        newest_first = select(*columns).order_by(RelayTransaction.id.desc())
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
        """Follows these transactions again, in the caller's transaction."""
        self._looked.clear()
        session.execute(
            update(RelayTransaction)
            .where(RelayTransaction.id.in_(ids))
            .values(state=SENT, sent_at=time.time(), block=None, block_hash=None)
        )

    # ---------------------------------------------------------------- parts

    def _open(self, session: Session) -> list[RelayTransaction]:
        found = select(RelayTransaction).where(RelayTransaction.state == SENT)
        return list(session.scalars(found.order_by(RelayTransaction.nonce)))

    def _decided(self, transaction: RelayTransaction) -> Finished:
        for candidate in (transaction.hash, *transaction.earlier):
            receipt = self._chain.ask("eth_getTransactionReceipt", candidate)
            if receipt is not None:
                state = MINED if int(receipt["status"], 16) else REVERTED
                block = int(receipt["blockNumber"], 16)
                where = receipt["blockHash"]
                return Finished(transaction, state, candidate, block, where, receipt["logs"])
        log.warning("nonce %s went to another transaction", transaction.nonce)
        return Finished(transaction, LOST, transaction.hash, None, None, [])

    def _keep_known(self, transaction: RelayTransaction) -> None:
        if time.monotonic() - self._looked.get(transaction.hash, -LOOK_SECONDS) < LOOK_SECONDS:
            return
        self._looked[transaction.hash] = time.monotonic()
        if self._chain.ask("eth_getTransactionByHash", transaction.hash) is None:
            self._broadcast(transaction)

    def _replace(self, transaction: RelayTransaction) -> None:
        max_fee, tip = self._suggested()
        raised = max(max_fee, _eighth_more(transaction.max_fee))
        with writing(self._engine) as connection, Session(connection) as session:
            row = session.get_one(RelayTransaction, transaction.id)
            row.sent_at = time.time()
            if raised <= MOST_TIMES_SUGGESTED * max_fee:
                row.earlier = [row.hash, *row.earlier]
                row.max_fee = raised
                row.tip = min(raised, max(tip, _eighth_more(row.tip)))
                self._sign(row)
                log.warning("nonce %s is stuck: sent again at %s wei a gas", row.nonce, raised)
            session.flush()
            session.expunge(row)
            session.commit()
        self._broadcast(row)

    def _sign(self, transaction: RelayTransaction) -> None:
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

    def _suggested(self) -> tuple[int, int]:
        """max fee and tip, wei a gas: room for the base fee to double."""
        tip = self._chain.number("eth_maxPriorityFeePerGas")
        return 2 * self._chain.number_of("latest", "baseFeePerGas") + tip, tip

    def _count(self) -> int:
        return self._chain.number("eth_getTransactionCount", self._key.address, "latest")

    def _set_empty(self, empty: bool) -> None:
        if empty == self._empty:
            return
        if empty:
            log.error("the relayer %s is out of coin: send it some", self._key.address)
        elif self._empty:
            log.warning("the relayer %s has coin again", self._key.address)
        with writing(self._engine) as connection, Session(connection) as session:
            session.merge(RelayStatus(id=1, address=self._key.address, empty=empty))
            session.commit()
        self._empty = empty


def _eighth_more(fee: int) -> int:
    """12.5 % more, rounded up: nodes ask for 10 %."""
    return -(-fee * 9 // 8)
