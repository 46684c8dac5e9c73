"""When everything of a plan happens on a chain of its own: the chain's blocks, one after the other. Pure.

The chain begins ten days before the first post. Accounts and stake come first, so that everybody's mana is
full at their first vote. A post stands in a block of its own second, as does a vote whose time is
known. Of other votes nothing is known but their order: they are spread over the first hour after their post,
in blocks a quarter of an hour apart. Each midnight closes a day, settles what it pays, and pays the curators.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from backend.steem.plan import Plan
from backend.steem.read import Ballot, Piece
from indexer.rewards import CASHOUT_DAYS

LEAD_DAYS = 10
OPENING = 3600  # seconds from the chain's beginning to its first accounts
BREATH = 60  # seconds between blocks that follow one another
AT_ONCE = 1000  # accounts in a block
HOUR, GRID = 3600, 900  # seconds
TOO_LATE = "cast after the payout"


@dataclass
class Step:
    """One block. `votes`: on what, and the ballot; `settle`: what may be paid, now that its day can be closed;
    `claim`: what was settled in the step before."""

    at: int
    accounts: Sequence[str] = ()
    stakes: Sequence[str] = ()
    pieces: list[Piece] = field(default_factory=list)
    votes: list[tuple[Piece, Ballot]] = field(default_factory=list)
    midnight: bool = False
    settle: Sequence[Piece] = ()
    claim: Sequence[Piece] = ()


@dataclass(frozen=True)
class Timeline:
    """`begin`: the chain's first second; `steps` by rising time; `late`: votes that came after the payout."""

    begin: int
    steps: tuple[Step, ...]
    late: int


def begin_of(plan: Plan, day: int) -> int:
    """Ten days before the first post, at midnight."""
    return (min(piece.created for piece in plan.pieces) // day - LEAD_DAYS) * day


def timeline(plan: Plan, day: int) -> Timeline:
    """The same for the same plan. `day`: seconds. The plan has at least one piece."""
    begin = begin_of(plan, day)
    steps: dict[int, Step] = {}

    def step(at: int) -> Step:
        return steps.setdefault(at, Step(at))

    at = begin + OPENING
    for group in _groups(plan.handles):
        step(at).accounts = group
        at += BREATH
    for group in _groups(tuple(plan.stakes)):
        step(at).stakes = group
        at += BREATH
    posted = _posted(plan)
    late = 0
    due: dict[int, list[Piece]] = defaultdict(list)
    for piece in plan.pieces:
        moment = posted[piece.name]
        step(moment).pieces.append(piece)
        due[moment // day + CASHOUT_DAYS].append(piece)
        for when, ballot in _moments(piece, moment):
            if when >= moment + CASHOUT_DAYS * day:
                late += 1
            else:
                step(when).votes.append((piece, ballot))
    for number in range(begin // day, max(due) + 1):
        midnight = (number + 1) * day + BREATH
        closing = step(midnight)
        closing.midnight, closing.settle = True, due[number]
        if due[number]:
            step(midnight + BREATH).claim = due[number]
    return Timeline(begin, tuple(steps[at] for at in sorted(steps)), late)


def _groups(handles: Sequence[str]) -> Iterator[Sequence[str]]:
    return (handles[first : first + AT_ONCE] for first in range(0, len(handles), AT_ONCE))


def _posted(plan: Plan) -> dict[tuple[str, str], int]:
    """When each piece is posted: not before what it answers, whatever the data says."""
    posted: dict[tuple[str, str], int] = {}
    for piece in plan.pieces:
        before = posted[piece.parent] if piece.parent else 0
        posted[piece.name] = max(piece.created, before)
    return posted


def _moments(piece: Piece, posted: int) -> Iterator[tuple[int, Ballot]]:
    """When each vote is cast: as the data says, else evenly over the hour, at the next quarter of an hour."""
    unknown = sum(ballot.time is None for ballot in piece.votes)
    seen = 0
    for ballot in piece.votes:
        if ballot.time is not None:
            yield max(ballot.time, posted), ballot
            continue
        seen += 1
        moment = posted + (HOUR - GRID) * seen // unknown
        yield -(-moment // GRID) * GRID, ballot
