"""Follows, mutes, reblogs and tips."""

from sqlalchemy import BigInteger, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from indexer.schema.base import Base, Wei


class Follow(Base):
    """`account` follows `target`. Neither the graph nor the mirror asks whether `target` exists yet."""

    __tablename__ = "follows"
    account: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    target: Mapped[int] = mapped_column(
        BigInteger, primary_key=True, autoincrement=False, index=True
    )
    seq: Mapped[int] = mapped_column(BigInteger)


class Mute(Base):
    """`account` does not want to read `target`, who need not exist yet."""

    __tablename__ = "mutes"
    account: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    target: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    seq: Mapped[int] = mapped_column(BigInteger)


class Reblog(Base):
    """`account` passes `post` on to its followers. The post need not exist."""

    __tablename__ = "reblogs"
    account: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    post: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True, index=True)
    seq: Mapped[int] = mapped_column(BigInteger)
    time: Mapped[int] = mapped_column(BigInteger)

    __table_args__ = (Index("ix_reblogs_account_seq", "account", "seq"),)


class Tip(Base):
    """Units of an ERC-20 that `sender` gave to the author of `post`."""

    __tablename__ = "tips"
    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    post: Mapped[bytes] = mapped_column(LargeBinary(32), index=True)
    sender: Mapped[str] = mapped_column(String(42))
    token: Mapped[str] = mapped_column(String(42))
    amount: Mapped[int] = mapped_column(Wei)
    time: Mapped[int] = mapped_column(BigInteger)


class TipBalance(Base):
    """Tips of one token that wait in the graph until the account collects them."""

    __tablename__ = "tip_balances"
    account: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    token: Mapped[str] = mapped_column(String(42), primary_key=True)
    amount: Mapped[int] = mapped_column(Wei)
