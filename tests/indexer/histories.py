"""Random but possible histories of the core's events, for tests of folding without a chain."""

from collections.abc import Iterator
from hashlib import sha256

from hypothesis import strategies as st

from indexer.actions import post_id
from indexer.decode import (
    CurationClaimed,
    DayClosed,
    Deposited,
    Event,
    KeyAdded,
    KeyRevoked,
    Posted,
    PoweredUp,
    Registered,
    Settled,
    Skipped,
    StakeChanged,
    Voted,
    Withdrawn,
)
from indexer.slots import AccountSlot, VoteSlot
from indexer.source import Header, Span

Step = tuple[str, int, int, int]
KINDS = ("register", "key", "revoke", "post", "reply", "vote", "unvote", "close", "settle") + (
    *("claim", "deposit", "withdraw", "power", "stake", "skip"),
)

steps = st.tuples(
    st.sampled_from(KINDS), st.integers(0, 9), st.integers(0, 9), st.integers(-(10**12), 10**12)
)
histories = st.lists(st.lists(steps, max_size=8), min_size=2, max_size=8)
"""For each block, what happens in it."""


def hash_of(number: int) -> bytes:
    return sha256(b"block %d" % number).digest()


def header(number: int) -> Header:
    return Header(number, hash_of(number), hash_of(number - 1), 1000 + 3 * number)


def span(blocks: list[list[Event]], first: int, last: int) -> Span:
    """Blocks `first` to `last`, numbered from 1, as one reversible span."""
    events = tuple(event for block in blocks[first - 1 : last] for event in block)
    return Span(first - 1, tuple(header(n) for n in range(first, last + 1)), events, True)


class World:
    """Turns steps into events that the core could emit."""

    def __init__(self) -> None:
        self.accounts = 0
        self.keys: list[tuple[int, str]] = []
        self.posts: list[bytes] = []
        self.votes: list[tuple[bytes, int]] = []
        self.days = 0

    def block(self, number: int, happenings: list[Step]) -> list[Event]:
        events: list[Event] = []
        time = header(number).timestamp
        for step in happenings:
            for make in self._happen(*step):
                events.append(make(number << 20 | len(events), time, sha256(b"tx").digest()))
        return events

    def _happen(self, kind: str, a: int, b: int, amount: int) -> Iterator[type[Event]]:
        def event(cls: type[Event], *values: object) -> type[Event]:
            return lambda seq, time, tx: cls(seq, time, tx, *values)  # type: ignore[return-value]

        if kind == "register" or not self.accounts:
            self.accounts += 1
            yield event(Registered, self.accounts, f"account-{self.accounts}", 0)
            yield self._key(event, self.accounts, 3)
            return
        account, other = a % self.accounts + 1, b % self.accounts + 1
        slot = AccountSlot(abs(amount) + a, abs(amount), b, 500 + a, 0)
        match kind:
            case "key":
                yield self._key(event, account, b % 3 + 1)
            case "revoke":
                yield event(KeyRevoked, *self.keys[a % len(self.keys)])
            case "post" | "reply":
                parent = self.posts[b % len(self.posts)] if kind == "reply" and self.posts else None
                digest = sha256(b"%d" % (amount % 4)).digest()  # two authors may share a document
                post = post_id(account, digest)
                if post not in self.posts:
                    self.posts.append(post)
                    yield event(Posted, post, account, parent, digest, 0)
            case "vote" | "unvote" if self.posts:
                post = self.posts[b % len(self.posts)]
                taken_back = kind == "unvote"
                rshares, bps = (0, 0) if taken_back else (amount, 100 + a)
                vote = VoteSlot(rshares, max(rshares, 0), 900 + a, bps, False)
                self.votes.append((post, account))
                yield event(Voted, post, account, vote, slot)
            case "close":
                self.days += 1
                yield event(DayClosed, self.days, abs(amount) * 10**18, a, b, 2**127)
            case "settle" if self.posts:
                post = self.posts[b % len(self.posts)]
                author = int.from_bytes(post[:5])
                yield event(Settled, post, author, abs(amount) * 10**12, abs(amount), a)
                yield event(StakeChanged, author, slot)
            case "claim" if self.votes:
                post, voter = self.votes[a % len(self.votes)]
                yield event(CurationClaimed, post, voter, abs(amount))
                yield event(StakeChanged, voter, slot)
            case "deposit":
                yield event(Deposited, account, "0x" + "11" * 20, abs(amount) * 10**9)
            case "withdraw":
                yield event(Withdrawn, account, "0x" + "11" * 20, abs(amount))
            case "power":
                yield event(PoweredUp, account, other, abs(amount))
                yield event(StakeChanged, other, slot)
            case "stake":
                yield event(StakeChanged, account, slot)
            case "skip":
                yield event(Skipped, a, b"\1\2\3\4")

    def _key(self, event: object, account: int, role: int) -> type[Event]:
        address = "0x" + sha256(b"key %d" % len(self.keys)).hexdigest()[:40]
        self.keys.append((account, address))
        return event(KeyAdded, account, address, role, 0)  # type: ignore[operator, no-any-return]
