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
    """An account with its slots as the chain has them: `own` to `index` are StakeState.sol's, `effective` to
    `key_epoch` AccountState.sol's, `delegated` to `due_at` Away.sol's."""

    __tablename__ = "accounts"
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    handle: Mapped[str] = mapped_column(String(16), unique=True)
    registered_at: Mapped[int] = mapped_column(BigInteger)
    balance: Mapped[int] = mapped_column(Wei)
    own: Mapped[int] = mapped_column(BigInteger)
    accrued: Mapped[int] = mapped_column(BigInteger)  # of the stakers' emission, at `index`
    index: Mapped[int] = mapped_column(Wei)  # 2^64 times micro-vests per micro-vest
    effective: Mapped[int] = mapped_column(BigInteger)
    mana: Mapped[int] = mapped_column(BigInteger)
    down_mana: Mapped[int] = mapped_column(BigInteger)
    updated_at: Mapped[int] = mapped_column(BigInteger)
    key_epoch: Mapped[int] = mapped_column(Integer)  # keys of an older epoch are void
    delegated: Mapped[int] = mapped_column(BigInteger)
    returning: Mapped[int] = mapped_column("returning", BigInteger, quote=True)  # a word of SQL
    return_at: Mapped[int] = mapped_column(BigInteger)
    leaving: Mapped[int] = mapped_column(BigInteger)  # powering down
    part: Mapped[int] = mapped_column(BigInteger)  # of it, with each release
    due_at: Mapped[int] = mapped_column(BigInteger)  # the next release
    recovery: Mapped[int] = mapped_column(BigInteger)  # may restore this account; 0: none
    next_recovery: Mapped[int] = mapped_column(BigInteger)  # may from `recovery_at` on
    recovery_at: Mapped[int] = mapped_column(BigInteger)  # 0: no change was asked for
    request_owner: Mapped[str | None] = mapped_column(String(42))  # key that is to become owner
    request_ready_at: Mapped[int] = mapped_column(BigInteger)  # 0: nothing was asked for
    posts: Mapped[int] = mapped_column(Integer)  # posts and comments, without those removed
    profile: Mapped[bytes | None] = mapped_column(LargeBinary(32))  # digest of its document


class Key(Base):
    """A key that was ever added. It is live while `revoked_at` is 0, `expiry` is 0 or to come, and `epoch`
    is its account's `key_epoch`."""

    __tablename__ = "keys"
    address: Mapped[str] = mapped_column(String(42), primary_key=True)
    account: Mapped[int] = mapped_column(BigInteger, index=True)
    role: Mapped[int] = mapped_column(Integer)  # 1 posting, 2 active, 3 owner
    expiry: Mapped[int] = mapped_column(BigInteger)  # 0 = never
    epoch: Mapped[int] = mapped_column(Integer)
    revoked_at: Mapped[int] = mapped_column(BigInteger)  # 0 = not revoked
    added_at: Mapped[int] = mapped_column(BigInteger)

    @property
    def revoked(self) -> bool:
        return self.revoked_at != 0


class Post(Base):
    """A post, or a comment (parent not null).

    `digest` is the one that its id comes from, `current` that of the document it shows now: another
    once it was edited. A removed post stays as a tombstone and counts nowhere.
    """

    __tablename__ = "posts"
    id: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    account: Mapped[int] = mapped_column(BigInteger)
    digest: Mapped[bytes] = mapped_column(LargeBinary(32), index=True)
    current: Mapped[bytes] = mapped_column(LargeBinary(32))
    parent: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    root: Mapped[bytes] = mapped_column(LargeBinary(32), index=True)  # itself for a post
    depth: Mapped[int] = mapped_column(Integer)
    community: Mapped[int] = mapped_column(BigInteger)
    seq: Mapped[int] = mapped_column(BigInteger, unique=True)
    tx: Mapped[bytes] = mapped_column(LargeBinary(32))
    created_at: Mapped[int] = mapped_column(BigInteger)
    edited_at: Mapped[int] = mapped_column(BigInteger)  # 0 = never
    cashout_at: Mapped[int] = mapped_column(BigInteger)
    removed: Mapped[bool]
    replied: Mapped[bool]  # ever, so that it cannot be removed any more
    max_accepted_payout: Mapped[int] = mapped_column(Wei)
    liquid_bps: Mapped[int] = mapped_column(Integer)  # of what author and beneficiaries get
    allow_votes: Mapped[bool]
    allow_curation_rewards: Mapped[bool]
    net_rshares: Mapped[int] = mapped_column(BigInteger)
    weight: Mapped[int] = mapped_column(BigInteger)
    votes: Mapped[int] = mapped_column(Integer)  # that stand: not taken back
    children: Mapped[int] = mapped_column(Integer)  # direct replies, without those removed
    hot: Mapped[float] = mapped_column(Float)
    trending: Mapped[float] = mapped_column(Float)
    settled: Mapped[bool]
    liquid: Mapped[int] = mapped_column(Wei)  # paid to the author
    vests: Mapped[int] = mapped_column(BigInteger)  # paid to the author
    curation: Mapped[int] = mapped_column(BigInteger)  # micro-vests set aside for curators
    returned: Mapped[int] = mapped_column(Wei)  # to the pool, at settling

    __table_args__ = (
        Index("ix_posts_account_seq", "account", "seq"),
        Index("ix_posts_depth_seq", "depth", "seq"),
        Index("ix_posts_depth_hot", "depth", "hot", "seq"),
        Index("ix_posts_depth_trending", "depth", "trending", "seq"),
        Index("ix_posts_settled_cashout", "settled", "cashout_at"),
    )


class Beneficiary(Base):
    """An account that shares in a post's payout; `liquid` and `vests` are what it was paid."""

    __tablename__ = "beneficiaries"
    post: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    account: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    bps: Mapped[int] = mapped_column(Integer)
    liquid: Mapped[int] = mapped_column(Wei)
    vests: Mapped[int] = mapped_column(BigInteger)


class Vote(Base):
    __tablename__ = "votes"
    post: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    account: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    rshares: Mapped[int] = mapped_column(BigInteger)
    weight: Mapped[int] = mapped_column(BigInteger)
    signed_at: Mapped[int] = mapped_column(BigInteger)
    bps: Mapped[int] = mapped_column(Integer)  # 0: taken back
    claimed: Mapped[bool]  # the chain has then cleared its slot
    vests: Mapped[int] = mapped_column(BigInteger)  # the curation reward, once claimed
    seq: Mapped[int] = mapped_column(BigInteger)

    __table_args__ = (Index("ix_votes_account_claimed", "account", "claimed"),)


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
    """One row, from the first closed day on: the last day's, and what posts returned to the pool since."""

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
    beneficiary, curation, stake-reward. `wei` and `vests` are signed changes: all lines of an account
    together are its balance and its own stake.
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


class Content(Base):
    """What a digest named by an event turned out to be: words, or a profile.

    A post whose parent is not the document's is refused: readers join on both. So is a post that names a
    profile (`profile` not null), and a profile that names a post.
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
    profile: Mapped[dict[str, str | None] | None] = mapped_column(
        JSON(none_as_null=True)
    )  # documents.py `Profile`

    __table_args__ = (Index("ix_contents_state_next_try", "state", "next_try"),)
