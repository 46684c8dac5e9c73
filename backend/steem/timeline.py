"""When everything of a plan happens on a chain of its own: the chain's blocks, one after the other. Pure.

The chain begins ten days before the first post. Accounts come, and are given stake, six days before they are
needed, so that their mana is full at their first vote. A post stands in a block of its own second, as does a
vote whose time is known. Of other votes nothing is known but their order: they are spread over the first hour
after their post, in the next block that is there anyway, or else at the next quarter of an hour. Each midnight
closes a day, settles what it pays, and pays the curators.
"""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from backend.steem.plan import Plan
from backend.steem.read import Ballot, SteemPost
from indexer.rewards import CASHOUT_DAYS

LEAD_DAYS, ARRIVAL_DAYS = 10, 6
BREATH = 60  # seconds between blocks that follow one another
HOUR, GRID = 3600, 900  # seconds
TOO_LATE = "cast after the payout"
NEVER = "all they did was to vote after a payout"


@dataclass
class Step:
    """One block. `votes`: on what, and the ballot; `settle`: what may be paid, now that its day can be closed;
    `claim`: what was settled in the step before, and who voted for it."""

    at: int
    accounts: list[str] = field(default_factory=list)
    stakes: list[str] = field(default_factory=list)
    pieces: list[SteemPost] = field(default_factory=list)
    votes: list[tuple[SteemPost, Ballot]] = field(default_factory=list)
    midnight: bool = False
    settle: Sequence[SteemPost] = ()
    claim: Sequence[tuple[SteemPost, list[str]]] = ()


@dataclass(frozen=True)
class Timeline:
    """`begin`: the chain's first second; `steps` by rising time; `skipped`: (what, why) -> how many."""

    begin: int
    steps: tuple[Step, ...]
    skipped: Counter[tuple[str, str]]


def begin_of(plan: Plan, day: int) -> int:
    """The chain's first second: midnight, ten days before the first post."""
    return (min(piece.created for piece in plan.pieces) // day - LEAD_DAYS) * day


def timeline(plan: Plan, day: int) -> Timeline:
    """The steps of a plan, which has at least one piece: the same for the same plan. day: seconds."""
    begin = begin_of(plan, day)
    steps: dict[int, Step] = {}

    def step(at: int) -> Step:
        return steps.setdefault(at, Step(at))

    posted = _posted(plan)
    midnights = range(begin // day, max(posted.values()) // day + CASHOUT_DAYS + 1)
    exact = sorted({*posted.values(), *_known(plan)})
    needed: dict[str, int] = {}
    late = 0
    due: dict[int, list[tuple[SteemPost, list[str]]]] = defaultdict(list)
    for piece in plan.pieces:
        moment = posted[piece.name]
        step(moment).pieces.append(piece)
        voters: list[str] = []
        due[moment // day + CASHOUT_DAYS].append((piece, voters))
        for handle in (piece.author, *(handle for handle, _ in piece.options.shares)):
            needed[handle] = min(moment, needed.get(handle, moment))
        for when, ballot in _moments(piece, moment, exact):
            if when >= moment + CASHOUT_DAYS * day:
                late += 1
            else:
                needed[ballot.voter] = min(when, needed.get(ballot.voter, when))
                step(when).votes.append((piece, ballot))
                voters += [] if ballot.against else [ballot.voter]
    for handle in needed:
        arrival = (needed[handle] // day - ARRIVAL_DAYS) * day + BREATH
        step(arrival).accounts.append(handle)
        if handle in plan.stakes:
            step(arrival + BREATH).stakes.append(handle)
    for number in midnights:
        midnight = (number + 1) * day + BREATH
        closing = step(midnight)
        closing.midnight, closing.settle = True, [piece for piece, _ in due[number]]
        if due[number]:
            step(midnight + BREATH).claim = due[number]
    skipped = Counter(
        {("votes", TOO_LATE): late, ("accounts", NEVER): len(plan.handles) - len(needed)}
    )
    return Timeline(begin, tuple(steps[at] for at in sorted(steps)), +skipped)


def _known(plan: Plan) -> Iterator[int]:
    return (b.time for piece in plan.pieces for b in piece.votes if b.time is not None)


def _posted(plan: Plan) -> dict[tuple[str, str], int]:
    """When each piece is posted: not before what it answers, whatever the data says."""
    posted: dict[tuple[str, str], int] = {}
    for piece in plan.pieces:
        before = posted[piece.parent] if piece.parent else 0
        posted[piece.name] = max(piece.created, before)
    return posted


def _moments(piece: SteemPost, posted: int, exact: Sequence[int]) -> Iterator[tuple[int, Ballot]]:
    """When each vote is cast. exact: the times of blocks that are there anyway, rising."""
    unknown = sum(ballot.time is None for ballot in piece.votes)
    seen = 0
    for ballot in piece.votes:
        if ballot.time is not None:
            yield max(ballot.time, posted), ballot
            continue
        seen += 1
        moment = posted + (HOUR - GRID) * seen // unknown
        following = bisect_left(exact, moment)
        if following < len(exact) and exact[following] <= posted + HOUR:
            yield exact[following], ballot
        else:
            yield -(-moment // GRID) * GRID, ballot
