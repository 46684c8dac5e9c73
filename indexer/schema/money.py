"""The reward pool, delegations, and the history of wallets."""

from sqlalchemy import BigInteger, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from indexer.schema.base import Base, Wei


class Day(Base):
    """A closed day of the reward pool, as its closing left it."""

    __tablename__ = "days"
    day: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    claims: Mapped[int] = mapped_column(Wei)
    paid: Mapped[int] = mapped_column(Wei)
    pool: Mapped[int] = mapped_column(Wei)
    recent: Mapped[int] = mapped_column(Wei)
    index: Mapped[int] = mapped_column(Wei)


class Pool(Base):
    """One row, once a day was closed: the pool after the last closed day, with what posts returned since."""

    __tablename__ = "pool"
    id: Mapped[int] = mapped_column(primary_key=True)  # always 1
    wei: Mapped[int] = mapped_column(Wei)
    recent: Mapped[int] = mapped_column(Wei)  # claims
    next_day: Mapped[int] = mapped_column(BigInteger)  # the first that is not closed
    index: Mapped[int] = mapped_column(Wei)  # the stakers', as in accounts


class Delegation(Base):
    """Stake of `account` that votes for `to`."""

    __tablename__ = "delegations"
    account: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    to: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False, index=True)
    vests: Mapped[int] = mapped_column(BigInteger)


class Entry(Base):
    """A line of an account's wallet history: one kind of amount in, or (negative) out.

    kinds: deposit, withdraw, transfer-in, transfer-out, power-up, power-down-release, author,
    beneficiary, curation, stake-reward. `wei` and `vests` are signed changes: those of all lines of an account
    add up to its balance and its own stake.
    """

    __tablename__ = "entries"
    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    account: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(20))
    wei: Mapped[int] = mapped_column(Wei)
    vests: Mapped[int] = mapped_column(BigInteger)
    post: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    other: Mapped[int | None] = mapped_column(BigInteger)  # account on the other side
    memo: Mapped[bytes | None] = mapped_column(LargeBinary(32))  # digest of a transfer's document
    time: Mapped[int] = mapped_column(BigInteger)

    __table_args__ = (Index("ix_entries_account_seq", "account", "seq"),)
