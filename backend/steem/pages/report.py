"""The replay's figures, worked out from its pieces and voters. Pure.

Money here is in wei, on Steem in thousandths of a Steem dollar. Only pieces whose payout on Steem is known
("known") are compared with Steem, in shares of each side's total, as the two coins have no unit in common.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from backend.steem.correlation import ranks, spearman
from backend.steem.pages.figures import gini, lorenz, newcomers, share, week_of, weeks
from backend.steem.pages.queries import Replayed
from indexer.rewards import WEI_PER_VEST

TOP = 20


@dataclass(frozen=True)
class PayoutWeek:
    """What was paid for the pieces whose cashout was in the week that begins at `start`.

    known: wei to authors and curators together, for pieces whose payout on Steem is known. own_votes: pieces that
    their authors voted for; own_rshares: what these votes have of all `rshares` in favour; own_wei: what these
    votes brought their authors (see `returned`).
    """

    start: int
    pieces: int
    authors: int
    curators: int
    known: int
    steem_authors: int
    steem_curators: int
    votes: int
    rshares: int
    own_votes: int
    own_rshares: int
    own_wei: int

    @property
    def paid(self) -> int:
        return self.authors + self.curators

    @property
    def steem(self) -> int:
        return self.steem_authors + self.steem_curators


@dataclass(frozen=True)
class AuthorWeek:
    """Who wrote in a week, and how many of them had written nothing before."""

    start: int
    authors: int
    first: int


@dataclass(frozen=True)
class Spread:
    """How evenly something is shared among `people`, of whom `paid` got anything.

    gini_paid: Gini's coefficient among those who got anything. curve: Lorenz's.
    """

    people: int
    paid: int
    gini: float | None
    gini_paid: float | None
    curve: list[tuple[float, float]]


@dataclass(frozen=True)
class Ranked:
    """A piece with its rank by payout on either side, from 1; equal payouts share the mean of their ranks."""

    piece: Replayed
    rank: float
    steem_rank: float


@dataclass(frozen=True)
class Report:
    """All that the page shows of the pieces. spearman: of our payouts against Steem's, over known pieces.

    top: the known pieces that Steem paid most. points: (Steem's share, our share) of those that both paid.
    """

    pieces: int
    posts: int
    known: int
    payouts: list[PayoutWeek]
    writing: list[AuthorWeek]
    authors: Spread
    curators: Spread
    known_authors: Spread
    steem_authors: Spread
    spearman: float | None
    top: list[Ranked]
    points: list[tuple[float, float]]
    paid_by_both: int
    paid_by_us_alone: int
    paid_by_steem_alone: int

    def total(self, name: str) -> int:
        """The sum of a column of the weeks' payouts."""
        return sum(getattr(week, name) for week in self.payouts)


def report(pieces: Sequence[Replayed], voters: Iterable[tuple[int, int]], day: int) -> Report:
    """The report on a replay. voters: (account, micro-vests of curation reward); day: the chain's DAY in seconds."""
    known = [piece for piece in pieces if piece.steem_paid is not None]
    ours, theirs = [p.paid for p in known], [p.steem_paid or 0 for p in known]
    total, steem_total = sum(ours), sum(theirs)
    both = [(t, o) for t, o in zip(theirs, ours, strict=True) if t and o]
    return Report(
        pieces=len(pieces),
        posts=sum(piece.depth == 0 for piece in pieces),
        known=len(known),
        payouts=_payouts(pieces, day),
        writing=_writing(pieces, day),
        authors=spread(_by_author(pieces, lambda p: p.author + p.others)),
        curators=spread([vests * WEI_PER_VEST for _, vests in voters]),
        known_authors=spread(_by_author(known, lambda p: p.author + p.others)),
        steem_authors=spread(_by_author(known, lambda p: (p.steem_paid or 0) - p.steem_curators)),
        spearman=spearman(ours, theirs),
        top=_top(known, ranks([-o for o in ours]), ranks([-t for t in theirs])),
        points=[(share(t, steem_total), share(o, total)) for t, o in both],
        paid_by_both=len(both),
        paid_by_us_alone=sum(1 for t, o in zip(theirs, ours, strict=True) if o and not t),
        paid_by_steem_alone=sum(1 for t, o in zip(theirs, ours, strict=True) if t and not o),
    )


def returned(piece: Replayed) -> int:
    """Wei that an author's own vote brought the author: its curation reward, and the part of the author's reward
    that corresponds to the vote's part of the piece's net rshares."""
    if piece.own is None or piece.own.rshares <= 0 or piece.net_rshares <= 0:
        return 0
    counted = min(piece.own.rshares, piece.net_rshares)
    return piece.own.vests * WEI_PER_VEST + piece.author * counted // piece.net_rshares


def spread(amounts: Sequence[int]) -> Spread:
    """How evenly amounts are shared: one for each person, 0 for a person who got nothing."""
    paid = [amount for amount in amounts if amount > 0]
    return Spread(len(amounts), len(paid), gini(amounts), gini(paid), lorenz(amounts))


def _payouts(pieces: Sequence[Replayed], day: int) -> list[PayoutWeek]:
    by_week: defaultdict[int, list[Replayed]] = defaultdict(list)
    for piece in pieces:
        by_week[week_of(piece.cashout_at, day)].append(piece)
    return [_week(start, by_week[start]) for start in weeks((p.cashout_at for p in pieces), day)]


def _week(start: int, pieces: Sequence[Replayed]) -> PayoutWeek:
    known = [piece for piece in pieces if piece.steem_paid is not None]
    own = [p.own.rshares for p in pieces if p.own and p.own.rshares > 0]
    steem_curators = sum(p.steem_curators for p in known)
    return PayoutWeek(
        start=start,
        pieces=len(pieces),
        authors=sum(p.author + p.others for p in pieces),
        curators=sum(p.curators for p in pieces),
        known=sum(p.paid for p in known),
        steem_authors=sum(p.steem_paid or 0 for p in known) - steem_curators,
        steem_curators=steem_curators,
        votes=sum(p.votes for p in pieces),
        rshares=sum(p.rshares for p in pieces),
        own_votes=len(own),
        own_rshares=sum(own),
        own_wei=sum(returned(p) for p in pieces),
    )


def _writing(pieces: Sequence[Replayed], day: int) -> list[AuthorWeek]:
    active: defaultdict[int, set[str]] = defaultdict(set)
    for piece in pieces:
        active[week_of(piece.created_at, day)].add(piece.handle)
    starts = weeks((piece.created_at for piece in pieces), day)
    people = [active[start] for start in starts]
    return [
        AuthorWeek(start, len(here), first)
        for start, here, first in zip(starts, people, newcomers(people), strict=True)
    ]


def _by_author(pieces: Iterable[Replayed], amount: Callable[[Replayed], int]) -> list[int]:
    sums: defaultdict[str, int] = defaultdict(int)
    for piece in pieces:
        sums[piece.handle] += amount(piece)
    return list(sums.values())


def _top(
    known: Sequence[Replayed], rank: Sequence[float], steem_rank: Sequence[float]
) -> list[Ranked]:
    rows = [Ranked(*row) for row in zip(known, rank, steem_rank, strict=True)]
    rows.sort(key=lambda row: (row.steem_rank, row.piece.seq))
    return [row for row in rows[:TOP] if row.piece.steem_paid]
