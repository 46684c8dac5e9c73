"""What an account has earned and not been paid yet."""

from dataclasses import dataclass

from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import Session

from backend.posts.queries import pieces, read_pieces
from backend.relay.keeping.owed import stake_reward
from indexer.protocol.deployment import Deployment
from indexer.rewards import WEI_PER_VEST, curation_vests_down
from indexer.schema import Account, Beneficiary, Day, Post, Vote

MOST = 500
"""At most so many posts and so many votes are added up; the keeper pays out before more gather."""


@dataclass(frozen=True)
class Waiting:
    """`total`: wei earned by `posts` posts, by `votes` votes, and by stake (`stake` wei)."""

    total: int
    posts: int
    votes: int
    stake: int


def waiting(session: Session, deployment: Deployment, account: Account) -> Waiting:
    """Adds up the account's part of posts whose day is closed, the rewards of its votes on settled posts, and
    what its stake has earned."""
    closed = session.scalar(select(func.max(Day.day)))
    posts: list[int] = []
    if closed is not None:
        shares = exists().where(Beneficiary.post == Post.id, Beneficiary.account == account.id)
        statement = pieces().where(
            or_(Post.account == account.id, shares),
            Post.settled.is_(False),
            Post.net_rshares > 0,
            Post.cashout_at < (closed + 1) * deployment.day,
        )
        found = read_pieces(session, deployment, statement.limit(MOST))
        posts = [wei for p in found if (wei := p.payout.of(account.id, p.post.account))]
    votes = session.execute(
        select(Post.curation, Vote.weight, Post.weight)
        .join(Post, Post.id == Vote.post)
        .where(Vote.account == account.id, Vote.claimed.is_(False))
        .where(Vote.weight > 0, Post.settled)
        .limit(MOST)
    )
    rewards = [vests for row in votes if (vests := curation_vests_down(*row))]
    stake = stake_reward(session, account.id) * WEI_PER_VEST
    total = sum(posts) + sum(rewards) * WEI_PER_VEST + stake
    return Waiting(total, len(posts), len(rewards), stake)
