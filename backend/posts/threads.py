"""The comments below a post as a tree, most rshares first, up to what one page shows."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.posts.queries import Piece, pieces, read_pieces
from indexer.protocol.deployment import Deployment
from indexer.schema import Post

LEVELS = 6
"""Levels of comments on one page; deeper ones are shown at the page of the comment above them."""
MOST = 400
"""Comments on one page."""


@dataclass
class Branch:
    """A comment and the replies shown below it; `more` is how many direct ones are not shown."""

    piece: Piece
    replies: list["Branch"] = field(default_factory=list)

    @property
    def more(self) -> int:
        return max(0, self.piece.post.children - len(self.replies))


def thread(session: Session, deployment: Deployment, top: Post) -> list[Branch]:
    """The branches below `top`, a post or a comment."""
    chosen = below(
        top.id,
        session.execute(
            select(Post.id, Post.parent)
            .where(Post.root == top.root, Post.depth > top.depth)
            .where(Post.depth <= top.depth + LEVELS, Post.removed.is_(False))
            .order_by(Post.depth, Post.net_rshares.desc(), Post.seq)
        ),
        MOST,
    )
    if not chosen:
        return []
    found = read_pieces(session, deployment, pieces(whole=True).where(Post.id.in_(chosen)))
    branches = {piece.post.id: Branch(piece) for piece in found}
    tops = []
    for post in chosen:  # in the order of the query, so that siblings are sorted
        branch = branches[post]
        parent = branch.piece.post.parent
        if parent == top.id:
            tops.append(branch)
        elif parent is not None:
            branches[parent].replies.append(branch)
    return tops


def below(top: bytes, rows: Iterable[tuple[bytes, bytes | None]], most: int) -> list[bytes]:
    """The first `most` ids that descend from `top`; in `rows`, parents precede their children."""
    known = {top}
    found: list[bytes] = []
    for post, parent in rows:
        if parent in known and len(found) < most:
            known.add(post)
            found.append(post)
    return found
