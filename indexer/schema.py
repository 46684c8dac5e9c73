"""The mirror's tables. Every row follows from the chain's events (or from content named by their digests).

Ids and digests are 32 bytes; addresses are checksummed text; wei are decimal text (SQLite's integers end
at 2^63); stake, mana and rshares are micro-vests; times are seconds of the chain's clock.
`seq` is block * 2^20 + log index: the chain's own order.
"""

from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Dialect,
    Float,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Text,
    TypeDecorator,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Wei(TypeDecorator[int]):
    """An unsigned integer of up to 256 bits, kept as decimal text."""

    impl = String(78)
    cache_ok = True

    def process_bind_param(self, value: int | None, dialect: Dialect) -> str | None:
        return None if value is None else str(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> int | None:
        return None if value is None else int(value)


class Base(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "pk": "pk_%(table_name)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
        }
    )


class Cursor(Base):
    """One row: the last block applied, and the chain it belongs to."""

    __tablename__ = "cursor"
    id: Mapped[int] = mapped_column(primary_key=True)  # always 1
    chain_id: Mapped[int] = mapped_column(BigInteger)
    core: Mapped[str] = mapped_column(String(42))
    block: Mapped[int] = mapped_column(BigInteger)
    hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    timestamp: Mapped[int] = mapped_column(BigInteger)


class Writer(Base):
    """One row: who holds the right to write the mirror, until when (wall-clock seconds)."""

    __tablename__ = "writer"
    id: Mapped[int] = mapped_column(primary_key=True)  # always 1
    owner: Mapped[str] = mapped_column(String(64))
    until: Mapped[float] = mapped_column(Float)


class Block(Base):
    """Hashes of the latest blocks, to find where a reorganised chain parts from the mirror."""

    __tablename__ = "blocks"
    number: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    timestamp: Mapped[int] = mapped_column(BigInteger)


class Undo(Base):
    """The row that block `block` replaced first (`old` null: there was none), while it may be reorganised."""

    __tablename__ = "undo"
    block: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    table: Mapped[str] = mapped_column(String(32), primary_key=True)
    key: Mapped[str] = mapped_column(Text, primary_key=True)
    old: Mapped[Any] = mapped_column(JSON, nullable=True)


class Account(Base):
    __tablename__ = "accounts"
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    handle: Mapped[str] = mapped_column(String(16), unique=True)
    recovery: Mapped[int] = mapped_column(BigInteger)
    registered_at: Mapped[int] = mapped_column(BigInteger)
    balance: Mapped[int] = mapped_column(Wei)
    effective: Mapped[int] = mapped_column(BigInteger)
    mana: Mapped[int] = mapped_column(BigInteger)
    down_mana: Mapped[int] = mapped_column(BigInteger)
    updated_at: Mapped[int] = mapped_column(BigInteger)
    key_epoch: Mapped[int] = mapped_column(Integer)
    posts: Mapped[int] = mapped_column(Integer)  # posts and comments


class Key(Base):
    __tablename__ = "keys"
    address: Mapped[str] = mapped_column(String(42), primary_key=True)
    account: Mapped[int] = mapped_column(BigInteger, index=True)
    role: Mapped[int] = mapped_column(Integer)  # 1 posting, 2 active, 3 owner
    expiry: Mapped[int] = mapped_column(BigInteger)  # 0 = never
    epoch: Mapped[int] = mapped_column(Integer)
    revoked: Mapped[bool]
    added_at: Mapped[int] = mapped_column(BigInteger)


class Post(Base):
    """A post, or a comment (parent not null). `digest` names its content."""

    __tablename__ = "posts"
    id: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    account: Mapped[int] = mapped_column(BigInteger)
    digest: Mapped[bytes] = mapped_column(LargeBinary(32), index=True)
    parent: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    root: Mapped[bytes] = mapped_column(LargeBinary(32), index=True)  # itself for a post
    depth: Mapped[int] = mapped_column(Integer)
    community: Mapped[int] = mapped_column(BigInteger)
    seq: Mapped[int] = mapped_column(BigInteger, unique=True)
    tx: Mapped[bytes] = mapped_column(LargeBinary(32))
    created_at: Mapped[int] = mapped_column(BigInteger)
    cashout_at: Mapped[int] = mapped_column(BigInteger)
    net_rshares: Mapped[int] = mapped_column(BigInteger)
    weight: Mapped[int] = mapped_column(BigInteger)
    votes: Mapped[int] = mapped_column(Integer)  # that stand: not taken back
    children: Mapped[int] = mapped_column(Integer)  # direct replies
    hot: Mapped[float] = mapped_column(Float)
    trending: Mapped[float] = mapped_column(Float)
    settled: Mapped[bool]
    liquid: Mapped[int] = mapped_column(Wei)  # paid to the author
    vests: Mapped[int] = mapped_column(BigInteger)  # paid to the author
    curation: Mapped[int] = mapped_column(Wei)  # set aside for curators

    __table_args__ = (
        Index("ix_posts_account_seq", "account", "seq"),
        Index("ix_posts_depth_seq", "depth", "seq"),
        Index("ix_posts_depth_hot", "depth", "hot", "seq"),
        Index("ix_posts_depth_trending", "depth", "trending", "seq"),
        Index("ix_posts_settled_cashout", "settled", "cashout_at"),
    )


class Vote(Base):
    __tablename__ = "votes"
    post: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    account: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    rshares: Mapped[int] = mapped_column(BigInteger)
    weight: Mapped[int] = mapped_column(BigInteger)
    signed_at: Mapped[int] = mapped_column(BigInteger)
    bps: Mapped[int] = mapped_column(Integer)  # 0: taken back
    claimed: Mapped[bool]
    vests: Mapped[int] = mapped_column(BigInteger)  # the curation reward, once claimed
    seq: Mapped[int] = mapped_column(BigInteger)

    __table_args__ = (Index("ix_votes_account_claimed", "account", "claimed"),)


class Day(Base):
    """A closed day of the reward pool."""

    __tablename__ = "days"
    day: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    claims: Mapped[int] = mapped_column(Wei)
    paid: Mapped[int] = mapped_column(Wei)
    pool: Mapped[int] = mapped_column(Wei)
    recent: Mapped[int] = mapped_column(Wei)


class Entry(Base):
    """A line of an account's wallet history: one kind of amount in, or (negative) out.

    kinds: deposit, withdraw, power-up, author, curation. `wei` and `vests` are signed changes.
    """

    __tablename__ = "entries"
    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    account: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(16))
    wei: Mapped[int] = mapped_column(Wei)
    vests: Mapped[int] = mapped_column(BigInteger)
    post: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    time: Mapped[int] = mapped_column(BigInteger)

    __table_args__ = (Index("ix_entries_account_seq", "account", "seq"),)


class Content(Base):
    """What a digest named by an event turned out to be.

    A post whose parent is not the document's is refused: readers join on both.
    states: missing (asked for again at `next_try`, wall-clock seconds), ready, unreadable (`error` says why).
    """

    __tablename__ = "contents"
    digest: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    state: Mapped[str] = mapped_column(String(12))
    tries: Mapped[int] = mapped_column(Integer)
    next_try: Mapped[float] = mapped_column(Float)
    error: Mapped[str | None] = mapped_column(Text)
    parent: Mapped[bytes | None] = mapped_column(LargeBinary(32))  # as the document says it
    title: Mapped[str] = mapped_column(Text)
    summary: Mapped[str] = mapped_column(Text)
    html: Mapped[str] = mapped_column(Text)
    tags: Mapped[list[str]] = mapped_column(JSON)
    picture: Mapped[str | None] = mapped_column(String(80))  # CID of the first picture
    lang: Mapped[str | None] = mapped_column(String(35))
    sensitive: Mapped[bool]

    __table_args__ = (Index("ix_contents_state_next_try", "state", "next_try"),)
