"""Random but possible histories of the contracts' events, for tests of folding without a chain."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from hashlib import sha256

from eth_utils.address import to_checksum_address
from hypothesis import strategies as st

from indexer.chain.source import Header, Span
from indexer.content import cid
from indexer.content.documents import canonical
from indexer.protocol.actions import post_id
from indexer.protocol.events import (
    BallotSkipped,
    BeneficiaryPaid,
    Collected,
    CurationClaimed,
    DayClosed,
    Delegated,
    Deposited,
    Edited,
    Event,
    Followed,
    KeyAdded,
    KeyRevoked,
    Muted,
    OptionsSet,
    Posted,
    PowerDownReleased,
    PowerDownSet,
    PoweredUp,
    ProfileSet,
    Reblogged,
    Recovered,
    RecoveryCancelled,
    RecoveryRequested,
    RecoverySet,
    Registered,
    Removed,
    Returned,
    Settled,
    Skipped,
    StakeChanged,
    StakeRewardClaimed,
    Tipped,
    Transferred,
    Voted,
    Withdrawn,
)
from indexer.protocol.packed import AccountSlot, StakeSlot, VoteSlot

Step = tuple[str, int, int, int]
KINDS = (
    *("register", "key", "revoke", "set-recovery", "request", "cancel", "recover"),
    *("post", "reply", "options", "edit", "remove", "vote", "unvote", "pass-over"),
    *("close", "settle", "claim", "deposit", "withdraw", "transfer", "power", "stake", "skip"),
    *("power-down", "release", "delegate", "take-back", "return", "reward"),
    *("follow", "unfollow", "mute", "reblog", "unreblog", "profile", "tip", "collect"),
)
TOKEN = "0x" + "22" * 20
TRANSACTION = sha256(b"tx").digest()
POST = {"v": 1, "type": "post", "body": "Words.", "parent": None, "published": 1_700_000_000}
WORDS = (
    *(canonical(POST | {"title": f"Number {n}"}) for n in range(40)),
    canonical({"v": 1, "type": "profile", "name": "Alice"}),
    b"no document",
)
"""What posts, edits and profiles name: several of them may share one."""

steps = st.tuples(
    st.sampled_from(KINDS), st.integers(0, 9), st.integers(0, 9), st.integers(-(10**12), 10**12)
)
histories = st.lists(st.lists(steps, max_size=10), min_size=2, max_size=8)
"""For each block, what happens in it."""

Make = Callable[[int, int, bytes], Event]
"""An event, once seq, time and transaction are known."""


def hash_of(number: int) -> bytes:
    return sha256(b"block %d" % number).digest()


def header(number: int) -> Header:
    return Header(number, hash_of(number), hash_of(number - 1), 1000 + 3 * number)


def span(blocks: list[list[Event]], first: int, last: int) -> Span:
    """Blocks `first` to `last`, numbered from 1, as one reversible span."""
    events = tuple(event for block in blocks[first - 1 : last] for event in block)
    return Span(first - 1, tuple(header(n) for n in range(first, last + 1)), events, True)


def document(number: int) -> bytes:
    """The digest of one of `WORDS`."""
    return cid.digest(WORDS[number % len(WORDS)])


def author_of(post: bytes) -> int:
    return int.from_bytes(post[:5])


class World:
    """Turns steps into events that the contracts could emit, and keeps the sums that must come out."""

    def __init__(self) -> None:
        self.accounts = 0
        self.keys: list[tuple[int, str]] = []
        self.posts: list[bytes] = []  # that were not removed
        self.replied: set[bytes] = set()
        self.shares: dict[bytes, list[int]] = {}
        self.settled: set[bytes] = set()
        self.votes: list[tuple[bytes, int]] = []
        self.days = 0
        self.pool = 0
        self.own: dict[int, int] = defaultdict(int)
        self.epochs: dict[int, int] = defaultdict(int)
        self.tips: dict[int, int] = defaultdict(int)
        self.documents: set[bytes] = set()

    def block(
        self, number: int, happenings: list[Step], time: int = 0, tx: bytes = TRANSACTION
    ) -> list[Event]:
        """The events of a block. `time`: in seconds, when it is not `header`'s."""
        events: list[Event] = []
        for kind, a, b, amount in happenings:
            for make in self._happen(kind, a, b, amount):
                seq = number << 20 | len(events)
                events.append(make(seq, time or header(number).timestamp, tx))
        return events

    def _happen(self, kind: str, a: int, b: int, amount: int) -> Iterator[Make]:
        if kind == "register" or not self.accounts:
            self.accounts += 1
            yield event(Registered, self.accounts, f"account-{self.accounts}", a % self.accounts)
            yield self._key(self.accounts, 3)
            return
        account, other = a % self.accounts + 1, b % self.accounts + 1
        yield from self._keys(kind, account, other, b)
        yield from self._posts(kind, account, b, amount)
        yield from self._pays(kind, a, b, amount)
        yield from self._moves(kind, account, other, amount)
        yield from self._says(kind, account, other, b, amount)
        if kind == "skip":
            yield event(Skipped, a, b"\1\2\3\4")

    def _keys(self, kind: str, account: int, other: int, b: int) -> Iterator[Make]:
        new = "0x" + "33" * 20
        match kind:
            case "key":
                yield self._key(account, b % 3 + 1)
            case "revoke":
                yield event(KeyRevoked, *self.keys[b % len(self.keys)])
            case "set-recovery":
                yield event(RecoverySet, account, other, 1000 + 4 * b)  # some come into force
            case "request":
                yield event(RecoveryRequested, account, new, 2000 + b)
            case "cancel":
                yield event(RecoveryCancelled, account)
            case "recover":
                self.epochs[account] += 1
                yield self._key(account, 3)
                yield event(Recovered, account, self.keys[-1][1], self.epochs[account])

    def _posts(self, kind: str, account: int, b: int, amount: int) -> Iterator[Make]:
        found = self.posts[-1 - b % len(self.posts)] if self.posts else b""  # of the newest
        match kind:
            case "post" | "reply" | "options":
                parent = found if kind == "reply" and found else None
                digest = document(amount)
                post = post_id(account, digest)
                if post in self.posts or post in self.shares:
                    return
                self.posts.append(post)
                self.documents.add(digest)
                self.shares[post] = []
                if parent:
                    self.replied.add(parent)
                yield event(Posted, account, digest, parent, b)
                if kind == "options":
                    shares = tuple((n, 1000) for n in range(1, self.accounts + 1))[:b]
                    self.shares[post] = [n for n, _ in shares]
                    flags = bool(b & 1), bool(b & 2)
                    yield event(OptionsSet, post, abs(amount), b * 500, *flags, shares)
            case "edit" if found:
                self.documents.add(document(amount))
                yield event(Edited, found, document(amount))
            case "remove" if found and found not in self.replied | self.settled:
                self.posts.remove(found)
                yield event(Removed, found)
            case "vote" | "unvote" if found:
                taken_back = kind == "unvote"
                rshares, bps = (0, 0) if taken_back else (amount, 100 + b)
                vote = VoteSlot(rshares, max(rshares, 0), 900 + b, bps)
                self.votes.append((found, account))
                yield event(Voted, found, account, vote, self._slot(account, amount))
            case "pass-over" if found:
                yield event(BallotSkipped, found, account, b"\1\2\3\4")

    def _pays(self, kind: str, a: int, b: int, amount: int) -> Iterator[Make]:
        match kind:
            case "close":
                self.days, self.pool = self.days + 1, 2**90 + b
                yield event(DayClosed, self.days, abs(amount) * 10**18, a, self.pool, b, 2**127)
            case "settle" if self.days and self.posts:
                post = self.posts[b % len(self.posts)]
                if post in self.settled:
                    return
                self.settled.add(post)
                for account in self.shares[post]:
                    yield event(BeneficiaryPaid, post, account, a * 10**9, a)
                    yield self._staked(account, a)
                self.pool += abs(amount)
                liquid, vests = abs(amount) * 10**12, abs(amount)
                yield event(Settled, post, author_of(post), liquid, vests, a, abs(amount))
                yield self._staked(author_of(post), vests)
            case "claim" if self.votes:
                post, voter = self.votes[a % len(self.votes)]
                yield event(CurationClaimed, post, voter, abs(amount))
                yield self._staked(voter, abs(amount))

    def _moves(self, kind: str, account: int, other: int, amount: int) -> Iterator[Make]:
        size = abs(amount)
        match kind:
            case "deposit":
                yield event(Deposited, account, "0x" + "11" * 20, size * 10**9)
            case "withdraw":
                yield event(Withdrawn, account, "0x" + "11" * 20, size)
            case "transfer":
                memo = document(amount) if amount > 0 else None
                yield event(Transferred, account, other, size, memo)
            case "power":
                yield event(PoweredUp, account, other, size)
                yield self._staked(other, size)
            case "stake":
                yield self._staked(account, 0)
            case "power-down":
                yield event(PowerDownSet, account, size, 900 if size else 0)
                yield self._staked(account, 0)
            case "release":
                vests = min(size, self.own[account])
                yield event(PowerDownReleased, account, vests)
                yield self._staked(account, -vests)
            case "delegate" | "take-back" if account != other:
                vests = size if kind == "delegate" else 0
                yield event(Delegated, account, other, vests, size // 2, 1005)
                yield self._staked(other, 0)
            case "return":
                yield event(Returned, account, size)
                yield self._staked(account, 0)
            case "reward":
                yield event(StakeRewardClaimed, account, size)
                yield self._staked(account, 0)

    def _says(self, kind: str, account: int, other: int, b: int, amount: int) -> Iterator[Make]:
        post = self.posts[b % len(self.posts)] if self.posts else post_id(other, bytes(32))
        match kind:
            case "follow" | "unfollow":
                yield event(Followed, account, other, kind == "follow")
            case "mute":
                yield event(Muted, account, other, amount > 0)
            case "reblog" | "unreblog":
                yield event(Reblogged, account, post, kind == "reblog")
            case "profile":
                digest = document(amount) if b else None
                self.documents |= {digest} if digest else set()
                yield event(ProfileSet, account, digest)
            case "tip":
                self.tips[author_of(post)] += abs(amount)
                yield event(Tipped, post, "0x" + "11" * 20, TOKEN, abs(amount))
            case "collect" if self.tips[account]:
                part = self.tips[account] // (b + 1)
                self.tips[account] -= part
                yield event(Collected, account, TOKEN, "0x" + "11" * 20, part)

    def _staked(self, account: int, vests: int) -> Make:
        self.own[account] += vests
        stake = StakeSlot(self.own[account], abs(vests), 2**100 + abs(vests))
        return event(StakeChanged, account, self._slot(account, vests), stake)

    def _slot(self, account: int, amount: int) -> AccountSlot:
        size = abs(amount)
        return AccountSlot(size + account, size, account, 500 + account, self.epochs[account])

    def _key(self, account: int, role: int) -> Make:
        address = to_checksum_address(sha256(b"key %d" % len(self.keys)).digest()[:20])
        self.keys.append((account, address))
        return event(KeyAdded, account, address, role, 0)


def event(kind: type[Event], *values: object) -> Make:
    return lambda seq, time, tx: kind(seq, time, tx, *values)
