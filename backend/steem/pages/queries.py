"""The pieces of a replay, with what they were paid here and on Steem, and what their own authors' votes did."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session

from backend.site import paging
from backend.site.paging import PageRequest
from backend.steem.tables import SteemPiece, SteemRun
from indexer.rewards import WEI_PER_VEST
from indexer.schema import Account, Beneficiary, Content, Post, Vote


@dataclass(frozen=True)
class Own:
    """The vote of a piece's author on it: rshares, and micro-vests that it got as curation reward."""

    rshares: int
    vests: int


@dataclass(frozen=True)
class Replayed:
    """A post or comment: what was paid for it here in wei, and on Steem in thousandths of a Steem dollar
    (None where that is not known). votes: how many stand; rshares: of those in favour."""

    post: bytes
    handle: str
    permlink: str
    depth: int
    created_at: int
    cashout_at: int
    seq: int
    net_rshares: int
    author: int
    others: int
    curators: int
    steem_net_rshares: int | None
    steem_paid: int | None
    steem_curators: int
    votes: int
    rshares: int
    own: Own | None

    @property
    def paid(self) -> int:
        """Wei paid to the author, the beneficiaries and the curators together."""
        return self.author + self.others + self.curators


def exists(session: Session) -> bool:
    """Whether this node has replayed anything."""
    return session.scalar(select(SteemPiece.post).limit(1)) is not None


def run(session: Session) -> SteemRun | None:
    """The row about the whole replay, once it has ended; else None."""
    return session.scalar(select(SteemRun))


def pieces(session: Session) -> list[Replayed]:
    """All pieces of the replay, in the chain's order."""
    return list(_pieces(session, _ALL, None))


def page(session: Session, asked: PageRequest) -> tuple[list[Replayed], str | None]:
    """A page of the replay's pieces, the newest first, and the next cursor.

    Raises Problem 400 `bad_cursor`.
    """
    chosen = (
        select(Post.id)
        .join(SteemPiece, SteemPiece.post == Post.id)
        .where(paging.after(asked.cursor, (Post.seq,), (int,)))
        .order_by(Post.seq.desc())
        .limit(asked.size + 1)
    )
    ids = list(session.scalars(chosen))
    found = sorted(_pieces(session, Post.id.in_(ids), ids), key=lambda p: -p.seq)
    return paging.cut(found, asked.size, lambda piece: [piece.seq])


def voters(session: Session) -> list[tuple[int, int]]:
    """Everybody who voted on a piece: account, and micro-vests of curation reward."""
    rows = session.execute(
        select(Vote.account, func.sum(Vote.vests))
        .join(SteemPiece, SteemPiece.post == Vote.post)
        .where(Vote.bps != 0)
        .group_by(Vote.account)
    )
    return [(account, int(vests)) for account, vests in rows]


def titles(session: Session, posts: list[bytes]) -> dict[bytes, str]:
    """Post id -> title, for those of these posts that have one."""
    rows = session.execute(
        select(Post.id, Content.title)
        .join(Content, Content.digest == Post.current)
        .where(Post.id.in_(posts), Content.state == "ready", Content.title != "")
    )
    return dict(rows.all())


_ALL = SteemPiece.post.is_not(None)


def _pieces(
    session: Session, where: ColumnElement[bool], posts: list[bytes] | None
) -> Iterator[Replayed]:
    """The pieces that `where` chooses. `posts`: their ids; None for all pieces."""

    def of(column: Any) -> ColumnElement[bool]:
        return _ALL if posts is None else column.in_(posts)

    others: defaultdict[bytes, int] = defaultdict(int)
    shares = select(Beneficiary.post, Beneficiary.liquid, Beneficiary.vests)
    shares = shares.join(SteemPiece, SteemPiece.post == Beneficiary.post)
    for shared, liquid, vests in session.execute(shares.where(of(Beneficiary.post))):
        others[shared] += liquid + vests * WEI_PER_VEST
    in_favour = func.sum(case((Vote.rshares > 0, Vote.rshares), else_=0))
    tallies = select(Vote.post, func.count(), in_favour)
    tallies = tallies.join(SteemPiece, SteemPiece.post == Vote.post)
    tallies = tallies.where(Vote.bps != 0, of(Vote.post)).group_by(Vote.post)
    votes = {voted: (n, int(rshares)) for voted, n, rshares in session.execute(tallies)}
    rows = session.execute(
        select(Post, SteemPiece, Account.handle, Vote)
        .join(SteemPiece, SteemPiece.post == Post.id)
        .join(Account, Account.id == Post.account)
        .outerjoin(Vote, (Vote.post == Post.id) & (Vote.account == Post.account) & (Vote.bps != 0))
        .where(where)
        .order_by(Post.seq)
    )
    for post, there, handle, own in rows:
        count, rshares = votes.get(post.id, (0, 0))
        yield Replayed(
            post=post.id,
            handle=handle,
            permlink=there.permlink,
            depth=post.depth,
            created_at=post.created_at,
            cashout_at=post.cashout_at,
            seq=post.seq,
            net_rshares=post.net_rshares,
            author=post.liquid + post.vests * WEI_PER_VEST,
            others=others[post.id],
            curators=post.curation * WEI_PER_VEST,
            steem_net_rshares=there.net_rshares,
            steem_paid=there.payout_mills,
            steem_curators=there.curator_mills or 0,
            votes=count,
            rshares=rshares,
            own=Own(own.rshares, own.vests) if own else None,
        )
