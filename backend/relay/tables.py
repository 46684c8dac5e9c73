"""The relay's queue, what it sent, what it counts. Times are wall-clock seconds, except deadlines: chain time."""

from typing import Any

from sqlalchemy import JSON, BigInteger, Float, Index, Integer, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from backend.site.database import NodeBase
from indexer.schema import Wei

QUEUED, SENT, INCLUDED, SKIPPED, EXPIRED = "queued", "sent", "included", "skipped", "expired"
LIVE = (QUEUED, SENT)
MINED, REVERTED, LOST = "mined", "reverted", "lost"
CLAIM = 0
"""The kind of a ticket that asks the keeper to pay an account out; signed actions start at 1."""


class RelayTicket(NodeBase):
    """An accepted action or claim, in order of arrival (`seq`), and what became of it.

    slot: what makes it unique on the chain, such as `post:0x…`; one live ticket per slot.
    deadline: chain's seconds after which it is void; 0 for none.
    block: where it was included or skipped.
    """

    __tablename__ = "relay_tickets"
    seq: Mapped[int] = mapped_column(Integer, primary_key=True)
    id: Mapped[str] = mapped_column(String(24), unique=True)
    kind: Mapped[int] = mapped_column(Integer)
    action: Mapped[bytes] = mapped_column(LargeBinary)
    signature: Mapped[bytes] = mapped_column(LargeBinary)
    account: Mapped[int | None] = mapped_column(BigInteger)
    address: Mapped[str] = mapped_column(String(45))
    slot: Mapped[str] = mapped_column(String(128), index=True)
    deadline: Mapped[int] = mapped_column(BigInteger)
    state: Mapped[str] = mapped_column(String(10))
    reason: Mapped[str | None] = mapped_column(String(40))
    tries: Mapped[int] = mapped_column(Integer, default=0)  # sendings that failed
    created: Mapped[float] = mapped_column(Float)
    transaction: Mapped[int | None] = mapped_column(Integer, index=True)
    position: Mapped[int | None] = mapped_column(Integer)  # in the transaction's batch
    block: Mapped[int | None] = mapped_column(BigInteger)

    __table_args__ = (Index("ix_relay_tickets_state_seq", "state", "seq"),)


class RelayTransaction(NodeBase):
    """A transaction of a relayer's key, stored before it is sent, so that it can be sent again unchanged.

    state: sent; mined; reverted; lost (its nonce went to a transaction that is not ours).
    earlier: hashes (0x-hex) of what this one replaced: the same call at a lower fee.
    shares: what it is for: kind of action or purpose -> [how many, their part of the cost].
    gas_used, price, data_fee: what it cost: gas, wei per gas, and beside that wei for an L2's data.
    """

    __tablename__ = "relay_transactions"
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    sender: Mapped[str] = mapped_column(String(42))
    nonce: Mapped[int] = mapped_column(BigInteger)
    purpose: Mapped[str] = mapped_column(String(12))  # relay, close, complete, settle, claim
    to: Mapped[str] = mapped_column(String(42))
    data: Mapped[bytes] = mapped_column(LargeBinary)
    gas: Mapped[int] = mapped_column(BigInteger)
    max_fee: Mapped[int] = mapped_column(Wei)  # per gas
    tip: Mapped[int] = mapped_column(Wei)  # per gas
    hash: Mapped[str] = mapped_column(String(66))
    raw: Mapped[bytes] = mapped_column(LargeBinary)
    earlier: Mapped[list[Any]] = mapped_column(JSON)
    state: Mapped[str] = mapped_column(String(10), index=True)
    sent_at: Mapped[float] = mapped_column(Float)
    block: Mapped[int | None] = mapped_column(BigInteger)
    block_hash: Mapped[str | None] = mapped_column(String(66))
    shares: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    gas_used: Mapped[int | None] = mapped_column(BigInteger)
    price: Mapped[int | None] = mapped_column(Wei)
    data_fee: Mapped[int | None] = mapped_column(Wei)
    concluded: Mapped[float | None] = mapped_column(Float)

    # For a relayer that sends little, so that it need not look through what the others sent.
    __table_args__ = (
        Index("ix_relay_transactions_sender_nonce", "sender", "nonce"),
        Index("ix_relay_transactions_sender_id", "sender", "id"),
    )


class RelayStatus(NodeBase):
    """A relayer: its address, and its status as it last wrote it (`seen`).

    empty: it has run out of coin. dear: the chain's base fee is above what it may pay.
    balance: wei. fee: wei per gas in the next block. most: wei per gas that it may pay; None: any.
    keeps: whether it is the one that closes days and pays out.
    """

    __tablename__ = "relay_status"
    address: Mapped[str] = mapped_column(String(42), primary_key=True)
    empty: Mapped[bool]
    dear: Mapped[bool]
    keeps: Mapped[bool]
    balance: Mapped[int] = mapped_column(Wei)
    fee: Mapped[int] = mapped_column(Wei)
    most: Mapped[int | None] = mapped_column(Wei)
    seen: Mapped[float] = mapped_column(Float)


class RelayLease(NodeBase):
    """Which process may use a relayer's key (`id`: its address), and which one keeps (`id`: "keeper")."""

    __tablename__ = "relay_leases"
    id: Mapped[str] = mapped_column(String(42), primary_key=True)
    owner: Mapped[str] = mapped_column(String(64))
    until: Mapped[float] = mapped_column(Float)


class RelayCost(NodeBase):
    """What was spent in a day on one kind of action, or for one purpose of the keeper's.

    day: of the wall clock, since 1970. gas, wei: sums for people to look at, for which the 53 bits of a float
    are enough. (What each transaction cost is kept exactly.)
    """

    __tablename__ = "relay_costs"
    day: Mapped[int] = mapped_column(Integer, primary_key=True)
    what: Mapped[str] = mapped_column(String(24), primary_key=True)
    actions: Mapped[int] = mapped_column(BigInteger)
    gas: Mapped[float] = mapped_column(Float)
    wei: Mapped[float] = mapped_column(Float)
