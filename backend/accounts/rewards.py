"""What an account has earned and not been handed yet."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend.posts.queries import pieces, read
from indexer.deployment import Deployment
from indexer.rewards import WEI_PER_VEST
from indexer.schema import Account, Day, Post, Vote

MOST = 500
"""Posts and votes that are looked at; the keeper hands out more often than these gather."""


@dataclass(frozen=True)
class Waiting:
    """`total` in wei, from so many posts and votes."""

    total: int
    posts: int
    votes: int


def waiting(session: Session, deployment: Deployment, account: Account) -> Waiting:
    """The author's part of posts whose day is closed, and the rewards of votes on settled posts."""
    closed = session.scalar(select(func.max(Day.day)))
    posts = []
    if closed is not None:
        statement = pieces().where(
            Post.account == account.id,
            Post.settled.is_(False),
            Post.cashout_at < (closed + 1) * deployment.day,
        )
        posts = [p for p in read(session, deployment, statement.limit(MOST)) if p.payout.author]
    votes = session.execute(
        select(Vote.weight, Post.weight, Post.curation)
        .join(Post, Post.id == Vote.post)
        .where(Vote.account == account.id, Vote.claimed.is_(False))
        .where(Vote.weight > 0, Post.settled)
        .limit(MOST)
    )
    rewards = [curation * mine // all_ // WEI_PER_VEST for mine, all_, curation in votes]
    found = [vests for vests in rewards if vests]
    total = sum(p.payout.author for p in posts) + sum(found) * WEI_PER_VEST
    return Waiting(total, len(posts), len(found))
