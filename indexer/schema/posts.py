"""Posts, their beneficiaries, the votes on them, and their documents."""

from sqlalchemy import JSON, BigInteger, Float, Index, Integer, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from indexer.schema.base import Base, Wei


class Post(Base):
    """A post, or a comment (parent not null).

    `digest` is the first document's, which the id is made of; `current` is that of the document shown now,
    after edits. A removed post stays as a tombstone and counts nowhere.
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
    replied: Mapped[bool]  # ever: then it cannot be removed any more
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
    """An account's vote on a post, the last one cast; see VoteState.sol."""

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


CONTENT_STATES = ("missing", "ready", "unreadable")


class Content(Base):
    """The document behind a digest that an event named: a post, a comment or a profile.

    Readers refuse a document that does not fit the event: a post with another parent than the event's, a profile
    (`profile` not null) that a post names, and a post that an account names as its profile.
    states: missing (asked for again at `next_try`, but not before `claimed_until` if a worker has claimed it;
    both in wall-clock seconds), ready, unreadable (`error` says why).
    """

    __tablename__ = "contents"
    digest: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    state: Mapped[str] = mapped_column(String(12))
    tries: Mapped[int] = mapped_column(Integer)
    next_try: Mapped[float] = mapped_column(Float)
    claimed_until: Mapped[float] = mapped_column(Float, server_default="0")
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
