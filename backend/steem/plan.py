"""What an import will do, worked out from the pieces alone: who needs an account, how much stake, what is left out."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from backend.local.accounts import FAUCET
from backend.relay.intake.parse import MOST_BENEFICIARIES
from backend.steem.documents import document
from backend.steem.read import Ballot, SteemPost, Unread
from indexer.content.errors import ContentError
from indexer.rewards import BPS, DUST, VOTES_PER_BAR

HANDLE = re.compile(r"(?=.{3,16}\Z)[a-z]([a-z0-9]|[-.](?=[a-z0-9]))*")
"""As contracts/libraries/Handles.sol has it."""

NOT_A_LINE = "the line is not a post"
TWICE = "the same post twice"
ORPHAN = "what it answers is not among those imported"
BAD_HANDLE = "the handle is none that Laurel allows"
BAD_SHARES = "more than 8 of them, one twice, or more than all"
TWICE_VOTED = "an earlier vote of the same voter on the same post"

ROUND_PIECES, ROUND_VOTES = 60, 800
ROUND_BAR = 2
"""In a round, a voter spends at most this part (a half) of the mana bar, which comes back soon."""


@dataclass(frozen=True)
class Plan:
    """`pieces` in order, each after what it answers; `stakes`: micro-vests that each voter needs;
    `handles`: everybody, in order of appearance; `skipped`: (what, why) -> how many; `notes`: sentences about
    single lines of the file."""

    pieces: tuple[SteemPost, ...]
    handles: tuple[str, ...]
    stakes: dict[str, int]
    skipped: Counter[tuple[str, str]]
    notes: tuple[str, ...] = ()

    @property
    def votes(self) -> int:
        return sum(len(piece.votes) for piece in self.pieces)


def plan(found: Iterable[SteemPost | Unread]) -> Plan:
    """Chooses the pieces that can be imported. A comment that stands before what it answers is put after it."""
    kept: dict[tuple[str, str], SteemPost] = {}
    waiting: dict[tuple[str, str], list[SteemPost]] = {}
    known: set[tuple[str, str]] = set()
    skipped: Counter[tuple[str, str]] = Counter()
    notes: list[str] = []
    for each in found:
        if isinstance(each, Unread):
            skipped["posts", NOT_A_LINE] += 1
            notes.append(f"Line {each.line} is left out: {each.why}.")
        elif reason := _trouble(each, known):
            _skip(each, reason, skipped)
        else:
            known.add(each.name)
            if each.parent is not None and each.parent not in kept:
                waiting.setdefault(each.parent, []).append(each)
            else:
                _keep(each, kept, waiting, notes, skipped)
    for answers in waiting.values():
        for answer in answers:
            _skip(answer, ORPHAN, skipped)
    pieces = tuple(kept.values())
    handles: dict[str, None] = {}
    stakes: dict[str, int] = {}
    for piece in pieces:
        handles[piece.author] = None
        handles |= dict.fromkeys(handle for handle, _ in piece.options.shares)
        for ballot in piece.votes:
            handles[ballot.voter] = None
            stakes[ballot.voter] = max(stakes.get(ballot.voter, 0), stake_for(ballot.rshares))
    return Plan(pieces, tuple(handles), stakes, +skipped, tuple(notes))


def _keep(
    piece: SteemPost,
    kept: dict[tuple[str, str], SteemPost],
    waiting: dict[tuple[str, str], list[SteemPost]],
    notes: list[str],
    skipped: Counter[tuple[str, str]],
) -> None:
    """Keeps a piece, and the comments that have waited for it."""
    ready = [piece]
    while ready:
        found = ready.pop(0)
        if found is not piece:
            notes.append(f"Line {found.line} answers a later line: it is put after that.")
        options = replace(found.options, shares=_shares(found, skipped))
        kept[found.name] = replace(found, votes=_ballots(found, skipped), options=options)
        ready = waiting.pop(found.name, []) + ready


def _skip(piece: SteemPost, reason: str, skipped: Counter[tuple[str, str]]) -> None:
    skipped["posts" if piece.parent is None else "comments", reason] += 1
    skipped["votes", "their post is not imported"] += len(piece.votes)


def stake_for(rshares: int) -> int:
    """Micro-vests of stake whose full vote gives these rshares."""
    return VOTES_PER_BAR * (rshares + DUST)


def weight_for(ballot: Ballot, effective: int) -> int:
    """Basis points, signed, with which `effective` micro-vests give the ballot's rshares; at least 1."""
    bps = (stake_for(ballot.rshares) * BPS + effective // 2) // effective
    bps = min(BPS, max(1, bps))
    return -bps if ballot.against else bps


def rounds(plan: Plan) -> Iterator[Sequence[SteemPost]]:
    """The pieces in groups: what is posted and voted on together, before the chain's clock moves on."""
    group: list[SteemPost] = []
    spent: Counter[str] = Counter()
    votes = 0
    for piece in plan.pieces:
        cost = {b.voter: b.rshares + DUST for b in piece.votes}
        over = any(spent[v] + c > plan.stakes[v] // ROUND_BAR for v, c in cost.items())
        if group and (over or len(group) == ROUND_PIECES or votes + len(piece.votes) > ROUND_VOTES):
            yield group
            group, spent, votes = [], Counter(), 0
        group.append(piece)
        spent.update(cost)
        votes += len(piece.votes)
    if group:
        yield group


def _allowed(handle: str) -> bool:
    return handle != FAUCET and HANDLE.fullmatch(handle) is not None


def _trouble(piece: SteemPost, known: set[tuple[str, str]]) -> str:
    if not _allowed(piece.author):
        return BAD_HANDLE
    if piece.name in known:
        return TWICE
    try:
        document(piece, None if piece.parent is None else bytes(32))
    except ContentError as error:
        return f"no document can hold it ({error.code})"
    return ""


def _shares(piece: SteemPost, skipped: Counter[tuple[str, str]]) -> tuple[tuple[str, int], ...]:
    """The beneficiaries that a post can have; the share of any other is left to the author."""
    shares = [(handle, bps) for handle, bps in piece.options.shares if _allowed(handle)]
    bad = len(piece.options.shares) - len(shares)
    parts = [bps for _, bps in shares]
    fits = len(shares) == len(dict(shares)) <= MOST_BENEFICIARIES
    if not (fits and sum(parts) <= BPS and all(bps > 0 for bps in parts)):
        skipped["beneficiaries", BAD_SHARES] += len(shares)
        shares = []
    skipped["beneficiaries", BAD_HANDLE] += bad
    return tuple(shares)


def _ballots(piece: SteemPost, skipped: Counter[tuple[str, str]]) -> tuple[Ballot, ...]:
    ballots: dict[str, Ballot] = {}
    for ballot in piece.votes:
        if not _allowed(ballot.voter):
            skipped["votes", BAD_HANDLE] += 1
            continue
        if ballot.voter in ballots:
            skipped["votes", TWICE_VOTED] += 1
        ballots[ballot.voter] = ballot
    return tuple(ballots.values())
