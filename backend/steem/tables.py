"""What replayed posts were on Steem itself, and how the replay went. No part of the mirror."""

from typing import Any

from sqlalchemy import JSON, BigInteger, Boolean, Float, Integer, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from backend.site.database import NodeBase


class SteemPiece(NodeBase):
    """A post or comment of Steem that was put on this chain. `post`: its id here.

    created: seconds, on Steem. net_rshares: signed, as Steem's data has it. payout_mills, curator_mills: what
    Steem paid in all, and of that to the curators, in thousandths of a Steem dollar. None: the data
    doesn't say.
    """

    __tablename__ = "steem_pieces"
    post: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    author: Mapped[str] = mapped_column(String(16))
    permlink: Mapped[str] = mapped_column(String(256))
    created: Mapped[int] = mapped_column(BigInteger)
    net_rshares: Mapped[int | None] = mapped_column(BigInteger)
    payout_mills: Mapped[int | None] = mapped_column(BigInteger)
    curator_mills: Mapped[int | None] = mapped_column(BigInteger)


class SteemStep(NodeBase):
    """What one block of the replay did. `at`: the block's time, by which it is the same at every run.

    counts: {"made": {what: n}, "gas": {what: n}, "skipped": [[what, why, n]]}; seconds: of work.
    """

    __tablename__ = "steem_steps"
    at: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    counts: Mapped[dict[str, Any]] = mapped_column(JSON)
    seconds: Mapped[float] = mapped_column(Float)


class SteemRun(NodeBase):
    """The replay, in one row (id 1), once it has come to its end.

    began, ended: seconds, by the chain's clock. counts: those of all steps together. gas: of all
    transactions. seconds: of work, all runs together; rate: actions in a second of it. spearman: of our
    net rshares against Steem's. sizes: bytes of {"chain", "database", "content"}. verified: whether the
    mirror agreed with the contracts and the invariants hold; verification: {"block", "compared", "different",
    "invariants"}, as `finish` found them.
    """

    __tablename__ = "steem_runs"
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    began: Mapped[int] = mapped_column(BigInteger)
    ended: Mapped[int] = mapped_column(BigInteger)
    counts: Mapped[dict[str, Any]] = mapped_column(JSON)
    gas: Mapped[int] = mapped_column(BigInteger)
    seconds: Mapped[float] = mapped_column(Float)
    rate: Mapped[float] = mapped_column(Float)
    spearman: Mapped[float | None] = mapped_column(Float)
    sizes: Mapped[dict[str, Any]] = mapped_column(JSON)
    verified: Mapped[bool | None] = mapped_column(Boolean)
    verification: Mapped[dict[str, Any]] = mapped_column(JSON)
