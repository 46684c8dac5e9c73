"""Records a replay in the node's own tables as it goes, so that a run that was killed loses nothing."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Engine, delete, insert, select

from backend.steem.read import SteemPost
from backend.steem.tables import SteemPiece, SteemRun, SteemStep
from backend.steem.tally import Counts
from indexer.mirror.database import writing

RUN = 1
"""The id of the one row of steem_runs."""


def recorded(engine: Engine) -> set[int]:
    """The times of the steps that are recorded."""
    with engine.connect() as connection:
        return set(connection.scalars(select(SteemStep.at)))


def keep(
    engine: Engine,
    steps: Sequence[tuple[int, Counts, float]],
    pieces: Iterable[tuple[bytes, SteemPost]],
) -> None:
    """Records steps (time, what they did, seconds of work) and the pieces that they posted, by their ids."""
    rows = [
        {"at": at, "counts": counts.as_json(), "seconds": seconds} for at, counts, seconds in steps
    ]
    said = [_row(post, piece) for post, piece in pieces]
    with writing(engine) as connection:
        connection.execute(delete(SteemStep).where(SteemStep.at.in_([row["at"] for row in rows])))
        connection.execute(insert(SteemStep), rows)
        if said:
            posts = [row["post"] for row in said]
            connection.execute(delete(SteemPiece).where(SteemPiece.post.in_(posts)))
            connection.execute(insert(SteemPiece), said)


def _row(post: bytes, piece: SteemPost) -> dict[str, Any]:
    return {
        "post": post,
        "author": piece.author,
        "permlink": piece.permlink,
        "created": piece.created,
        "net_rshares": piece.outcome.net_rshares,
        "payout_mills": piece.outcome.payout_mills,
        "curator_mills": piece.outcome.curator_mills,
    }


def totals(engine: Engine) -> tuple[Counts, float]:
    """What all steps together did, and their seconds of work."""
    counts, seconds = Counts(), 0.0
    with engine.connect() as connection:
        for said, spent in connection.execute(select(SteemStep.counts, SteemStep.seconds)):
            counts.add(Counts.of_json(said))
            seconds += spent
    return counts, seconds


def ended(engine: Engine) -> int | None:
    """The chain's time at which a replay came to its end; None if none did."""
    with engine.connect() as connection:
        return connection.scalar(select(SteemRun.ended).where(SteemRun.id == RUN))


def finish(engine: Engine, row: Mapping[str, Any]) -> None:
    """Records the row about the whole replay: the columns of `SteemRun` without the id."""
    with writing(engine) as connection:
        connection.execute(delete(SteemRun).where(SteemRun.id == RUN))
        connection.execute(insert(SteemRun), {"id": RUN, **row})
