"""Posts and comments as readers get them: the chain's row, the author, the words, the payout."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from sqlalchemy import Float, Select, cast, func, select
from sqlalchemy.orm import Session, defer

from backend.posts.payout import OpenPool, Part, Payout, closed, estimate, pool_of
from backend.site import paging
from backend.site.paging import PageRequest
from indexer.protocol.deployment import Deployment
from indexer.rewards import Options
from indexer.schema import Account, Beneficiary, Content, Day, Post, Vote
from indexer.schema import Pool as PoolRow


@dataclass(frozen=True)
class Share:
    """A beneficiary: basis points of the author's part of the payout."""

    account: int
    handle: str
    bps: int


@dataclass(frozen=True)
class Piece:
    """A post or comment. `words` is None when there is nothing to show, and `trouble` says why:
    `removed`, `missing`, or the code of what is wrong with the document."""

    post: Post
    handle: str
    words: Content | None
    trouble: str | None
    payout: Payout
    claims: int  # of all posts that cash out on the same day
    comments: int  # below a post, at any depth; direct replies to a comment
    shares: tuple[Share, ...] = ()
    root_title: str = ""  # of the post that a comment belongs to

    @property
    def state(self) -> str:
        """ready, removed, missing or unreadable."""
        if self.words is not None:
            return "ready"
        return self.trouble if self.trouble in ("removed", "missing") else "unreadable"


def removable(post: Post, now: int) -> bool:
    """Whether its author may still take a post back at the chain's moment `now` (Authoring.sol, `_remove`)."""
    untouched = not post.replied and post.weight == 0 and post.net_rshares <= 0
    return untouched and not post.removed and now < post.cashout_at


def pieces(*, whole: bool = False) -> Select[Post, str, Content]:
    """A statement whose rows `read_pieces` takes; with the posts' HTML if `whole`."""
    statement = (
        select(Post, Account.handle, Content)
        .join(Account, Account.id == Post.account)
        .outerjoin(Content, Content.digest == Post.current)
    )
    return statement if whole else statement.options(defer(Content.html))


def read_pieces(
    session: Session, deployment: Deployment, statement: Select[Post, str, Content]
) -> list[Piece]:
    """The pieces of a statement made from `pieces`."""
    rows = session.execute(statement).all()
    posts = [post for post, _, _ in rows]
    pool = pool_now(session, deployment)
    closed_days = _closed_days(session, deployment, posts)
    open_claims = _open_claims(session, deployment, posts, closed_days)
    titles = _root_titles(session, posts)
    sizes = _thread_sizes(session, posts)
    beneficiaries = _beneficiaries(session, posts)
    found = []
    for post, handle, content in rows:
        words, trouble = _words(post, content)
        number = post.cashout_at // deployment.day
        day = closed_days.get(number)
        claims = open_claims.get(number, 0)
        shared = beneficiaries.get(post.id, [])
        found.append(
            Piece(
                post,
                handle,
                words,
                trouble,
                _payout(post, [row for row, _ in shared], day, claims, pool),
                claims,
                post.children if post.depth else sizes.get(post.id, 0),
                tuple(Share(row.account, name, row.bps) for row, name in shared),
                titles.get(post.root, ""),
            )
        )
    return found


def find(session: Session, deployment: Deployment, post: bytes) -> Piece | None:
    """One post or comment with its words, by id."""
    found = read_pieces(session, deployment, pieces(whole=True).where(Post.id == post))
    return found[0] if found else None


def pool_now(session: Session, deployment: Deployment) -> OpenPool:
    """The reward pool as the next closing day would find it."""
    last = session.scalar(select(PoolRow))
    return pool_of(deployment.parameters, (last.wei, last.recent) if last else None)


def voters(session: Session, post: bytes, limit: int) -> Sequence[tuple[str, Vote]]:
    """The votes that moved a post most, each with the voter's handle."""
    rows = session.execute(
        select(Account.handle, Vote)
        .join(Account, Account.id == Vote.account)
        .where(Vote.post == post, Vote.bps != 0)
        .order_by(func.abs(Vote.rshares).desc(), Vote.seq)
        .limit(limit)
    )
    return [(handle, vote) for handle, vote in rows]


def replies(
    session: Session, deployment: Deployment, to: Post, page: PageRequest
) -> tuple[list[Piece], str | None]:
    """A page of the direct replies to a post or comment, newest first, and the next cursor.

    Raises Problem 400 `bad_cursor`.
    """
    statement = (
        pieces(whole=True)
        .where(Post.root == to.root, Post.parent == to.id, Post.removed.is_(False))
        .where(paging.after(page.cursor, (Post.seq,), (int,)))
        .order_by(Post.seq.desc())
        .limit(page.size + 1)
    )
    found = read_pieces(session, deployment, statement)
    return paging.cut(found, page.size, lambda piece: [piece.post.seq])


def votes_on(
    session: Session, post: bytes, page: PageRequest
) -> tuple[list[tuple[Vote, str]], str | None]:
    """A page of the votes that stand on a post, each with the voter's handle, the latest first, and the next
    cursor. Raises Problem 400 `bad_cursor`."""
    statement = (
        select(Vote, Account.handle)
        .join(Account, Account.id == Vote.account)
        .where(Vote.post == post, Vote.bps != 0)
        .where(paging.after(page.cursor, (Vote.seq,), (int,)))
        .order_by(Vote.seq.desc())
        .limit(page.size + 1)
    )
    found = [(row[0], row[1]) for row in session.execute(statement)]
    return paging.cut(found, page.size, lambda row: [row[0].seq])


def votes_of(session: Session, account: int, posts: list[bytes]) -> dict[bytes, int]:
    """The votes of one account that stand on these posts, in hundredths of a per cent."""
    rows = session.execute(
        select(Vote.post, Vote.bps).where(
            Vote.account == account, Vote.post.in_(posts), Vote.bps != 0
        )
    )
    return dict(rows.all())


def _words(post: Post, content: Content | None) -> tuple[Content | None, str | None]:
    if post.removed:
        return None, "removed"
    if content is None or content.state == "missing":
        return None, "missing"
    if content.state != "ready":
        return None, (content.error or "unreadable").partition(":")[0]
    if content.profile is not None:
        return None, "document_is_profile"
    if content.parent != post.parent:
        return None, "document_wrong_parent"
    return content, None


def _payout(
    post: Post, beneficiaries: list[Beneficiary], day: Day | None, claims: int, pool: OpenPool
) -> Payout:
    if post.settled:
        others = {row.account: Part(row.liquid, row.vests) for row in beneficiaries}
        author = Part(post.liquid, post.vests)
        return Payout("paid", author, post.curation, post.returned, others)
    options = Options(
        post.max_accepted_payout,
        post.liquid_bps,
        post.allow_votes,
        post.allow_curation_rewards,
        tuple((row.account, row.bps) for row in beneficiaries),
    )
    net, weight = post.net_rshares, post.weight
    if day is not None:
        return closed(net, weight, day.claims, day.paid, pool.curve, options)
    return estimate(net, weight, claims, pool, options)


def _beneficiaries(
    session: Session, posts: list[Post]
) -> dict[bytes, list[tuple[Beneficiary, str]]]:
    """The beneficiaries of these posts with their handles, by rising account."""
    rows = session.execute(
        select(Beneficiary, Account.handle)
        .join(Account, Account.id == Beneficiary.account)
        .where(Beneficiary.post.in_([post.id for post in posts]))
        .order_by(Beneficiary.post, Beneficiary.account)
    )
    by_post = groupby(rows, key=lambda row: row[0].post)
    return {post: [(row, handle) for row, handle in group] for post, group in by_post}


def _closed_days(session: Session, deployment: Deployment, posts: list[Post]) -> dict[int, Day]:
    numbers = {p.cashout_at // deployment.day for p in posts if not p.settled}
    days = session.scalars(select(Day).where(Day.day.in_(numbers)))
    return {day.day: day for day in days}


def _open_claims(
    session: Session, deployment: Deployment, posts: list[Post], done: Iterable[int]
) -> dict[int, int]:
    """Claims so far of each day on which these posts will cash out; approximate, as SQL adds in floating point."""
    day = deployment.day
    numbers = {p.cashout_at // day for p in posts if not p.settled} - set(done)
    if not numbers:
        return {}
    s = float(int(deployment.parameters["curveConstant"]))
    net = cast(Post.net_rshares, Float)
    number = Post.cashout_at // day
    rows = session.execute(
        select(number, func.sum(net * (net + 2 * s) / (net + 4 * s)))
        .where(
            Post.settled.is_(False),
            Post.cashout_at >= min(numbers) * day,
            Post.cashout_at < (max(numbers) + 1) * day,
            Post.net_rshares > 0,
        )
        .group_by(number)
    )
    return {n: int(claims) for n, claims in rows}


def _root_titles(session: Session, posts: list[Post]) -> dict[bytes, str]:
    roots = {p.root for p in posts if p.depth}
    if not roots:
        return {}
    rows = session.execute(
        select(Post.id, Content.title)
        .join(Content, Content.digest == Post.current)
        .where(Post.id.in_(roots), Content.state == "ready", Content.parent.is_(None))
    )
    return dict(rows.all())


def _thread_sizes(session: Session, posts: list[Post]) -> dict[bytes, int]:
    """How many comments each of these posts has below it; comments and posts without any are left out."""
    roots = [p.id for p in posts if p.depth == 0 and p.children]
    if not roots:
        return {}
    rows = session.execute(
        select(Post.root, func.count())
        .where(Post.root.in_(roots), Post.depth > 0, Post.removed.is_(False))
        .group_by(Post.root)
    )
    return dict(rows.all())
