"""Gas of each action, compared with its limit and with other systems: `python -m benchmarks.gas`.

Measures the steady state: accounts that have acted before, nonzero slots, DAY = 86,400 s; "first" is the gas
when the same slots are written for the first time. Gas is the whole transaction's; a relayed action's is the
batch's gas divided by its size. Exits 1 when a row is over its limit.
"""

import itertools
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from backend.deployment.compile import BYTECODE_LIMIT, bytecode_size
from indexer.protocol.actions import Signed, sha256
from indexer.protocol.artifacts import contracts
from tests.actors import Actor, Key, join, stake
from tests.chain import Chain, deployed_on, running_anvil

DAY = 86_400
ETHER = 10**18

# Whole transactions, measured with the same compiler: see docs/architecture.md.
PEERS = {
    "post, direct": [("Lens v2 post", 169_558), ("Lens v3 post", 256_143)],
    "comment, direct": [("Lens v2 comment", 276_570), ("Lens v3 comment", 286_898)],
    "vote, direct": [("Nouns castVote", 82_974), ("Lens v2 collect", 175_519)],
    "follow, direct": [("Lens v2 follow", 117_959), ("Lens v3 follow", 117_282)],
    "add a posting key": [("Farcaster add key", 305_272)],
    "register": [("Farcaster register", 192_311)],
}


@dataclass(frozen=True)
class Row:
    action: str
    gas: int
    limit: int
    first: int | None = None


@dataclass
class Bench:
    """A chain with accounts that have acted before, and the rows measured there."""

    chain: Chain
    rows: list[Row] = field(default_factory=list)
    _documents: Iterator[int] = field(default_factory=itertools.count)

    def row(self, action: str, limit: int, gas: int, first: int | None = None) -> None:
        self.rows.append(Row(action, gas, limit, first))

    def digest(self) -> bytes:
        return sha256(b"document %d" % next(self._documents))

    def direct(self, call: Any, who: Actor) -> int:
        return int(self.chain.send(call, who.owner.address)["gasUsed"])

    def each(self, *batch: Signed, of: int = 0) -> int:
        """Gas of a batch divided by the number of its actions, or by `of`."""
        receipt = self.chain.relay(*batch)
        assert self.chain.skipped(receipt) == {}
        return int(receipt["gasUsed"]) // (of or len(batch))

    def posts(self, author: Actor, n: int) -> list[bytes]:
        digests = [self.digest() for _ in range(n)]
        self.each(*(author.post(d) for d in digests))
        return [author.post_id(d) for d in digests]


def measure(chain: Chain) -> list[Row]:
    """The rows of the gas table."""
    bench = Bench(chain)
    author, other, *voters = join(chain, "author", "other", *(f"voter{i:03}" for i in range(102)))
    (fast,) = join(chain, "webcrypto", p256=True)
    for person in [author, other, fast, *voters]:
        chain.impersonate(person.owner.address)
        stake(chain, person, 100_000 * ETHER)
    chain.anvil.forward(6 * DAY)
    chain.send(chain.core.functions.close(30))
    _warm(bench, author, other, [fast, *voters])

    _posting(bench, author, other)
    post = _voting(bench, author, fast, voters)
    _keys(bench)
    _following(bench, author, voters)
    _payouts(bench, author, voters, post)
    return bench.rows


def _warm(bench: Bench, author: Actor, other: Actor, voters: list[Actor]) -> None:
    """One vote and one payout each, so that every account and the totals have been written before."""
    f = bench.chain.core.functions
    posts = bench.posts(author, 1) + bench.posts(other, 1)
    everyone = [author, other, *voters]
    for some in _fifties(everyone):
        bench.each(*(v.vote(p, 10_000) for v in some for p in posts))
    bench.chain.anvil.forward(9 * DAY)
    bench.chain.send(f.close(30))
    bench.chain.send(f.settle(posts))
    for post in posts:
        for some in _fifties(everyone):
            bench.chain.send(f.claimOfPost(post, [v.account for v in some]))


def _fifties(people: list[Actor]) -> Iterator[list[Actor]]:
    return (people[i : i + 50] for i in range(0, len(people), 50))


def _posting(bench: Bench, author: Actor, other: Actor) -> None:
    f = bench.chain.core.functions
    call = f.post(author.account, bench.digest(), bytes(32), 0)
    bench.row("post, direct", 52_000, bench.direct(call, author))
    batch = [author.post(bench.digest()) for _ in range(100)]
    bench.row("post, relayed in 100", 39_000, bench.each(*batch))

    parents = bench.posts(author, 101)
    call = f.post(other.account, bench.digest(), parents[0], 0)
    bench.row("comment, direct", 58_000, bench.direct(call, other))
    batch = [other.post(bench.digest(), p) for p in parents[1:]]
    bench.row("comment, relayed in 100", 45_000, bench.each(*batch))


def _voting(bench: Bench, author: Actor, fast: Actor, voters: list[Actor]) -> bytes:
    """Returns the post that more than a hundred accounts have voted for."""
    f = bench.chain.core.functions
    parent, *posts = bench.posts(author, 111)
    # The first vote writes the day's claims; the second finds the post's slot warm too.
    first = bench.direct(f.vote(voters[100].account, parent, 10_000), voters[100])
    gas = bench.direct(f.vote(voters[101].account, parent, 10_000), voters[101])
    bench.row("vote, direct", 69_000, gas, first)
    batch = [v.vote(parent, 10_000) for v in voters[:100]]
    bench.row("vote, relayed in 100 (secp256k1)", 51_000, bench.each(*batch))
    bench.each(*(voters[100].vote(p, 100) for p in posts))
    batch = [fast.vote(p, 100) for p in posts[:100]]
    bench.row("vote, relayed in 100 (P-256)", 56_000, bench.each(*batch))
    many = voters[0].votes(dict.fromkeys(posts[100:], 100))
    bench.row("vote, each of 10 under one signature", 40_000, bench.each(many, of=10))
    return parent


def _keys(bench: Bench) -> None:
    (person,) = join(bench.chain, "keykeeper")
    bench.row("add a posting key", 70_000, bench.each(person.add_key(Key.secp256k1())))
    newcomer = Actor(bench.chain.deployment, bench.chain.anvil, "newcomer", posting=Key.secp256k1())
    bench.row("register", 150_000, bench.each(newcomer.register()))


def _following(bench: Bench, author: Actor, voters: list[Actor]) -> None:
    """One nonce word serves 256 actions, so in the steady state it has been written before."""
    call = bench.chain.graph.functions.follow(voters[0].account, author.account)
    bench.row("follow, direct", 31_000, bench.direct(call, voters[0]))

    def follows(nonce: int) -> list[Signed]:
        return [v.follow([author.account], nonce=nonce) for v in voters[:100]]

    first = bench.each(*follows(0))
    bench.row("follow, relayed in 100", 24_000, bench.each(*follows(1)), first)


def _payouts(bench: Bench, author: Actor, voters: list[Actor], post: bytes) -> None:
    chain, f = bench.chain, bench.chain.core.functions
    posts = bench.posts(author, 20)
    for person in voters[:4]:
        chain.send(chain.token.functions.approve(chain.core.address, ETHER))
        chain.send(f.deposit(person.account, ETHER))
    shared = [_with_beneficiaries(bench, author, group) for group in ([], voters[:4])]
    novices = join(chain, *(f"novice{i}" for i in range(4)))
    fresh = _with_beneficiaries(bench, author, novices)
    (debutant,) = join(chain, "debutant")
    (debut,) = bench.posts(debutant, 1)
    for some in (posts, [*shared, fresh, debut]):
        bench.each(*(voters[0].vote(p, 2_000) for p in some))
    chain.anvil.forward(9 * DAY)
    chain.send(f.close(30))

    def settle(*ids: bytes) -> int:
        return int(chain.send(f.settle(list(ids)))["gasUsed"])

    gas = settle(post)
    bench.row("settle and author claim", 85_000, gas, settle(debut))
    plain, four = (settle(p) for p in shared)
    bench.row("each beneficiary", 30_000, (four - plain) // 4, (settle(fresh) - plain) // 4)
    settle(*posts)
    one = chain.send(f.claimAsVoter(voters[0].account, posts))["gasUsed"]
    bench.row("curator claim, one voter over 20 posts", 12_000, one // 20)
    fifty = chain.send(f.claimOfPost(post, [v.account for v in voters[1:51]]))["gasUsed"]
    bench.row("curator claim, 50 voters of one post", 20_000, fifty // 50)


def _with_beneficiaries(bench: Bench, author: Actor, people: list[Actor]) -> bytes:
    digest = bench.digest()
    shares = {p.account: 1_000 for p in people}
    bench.each(author.post_with_options(digest, shares, maxAcceptedPayout=10**6 * ETHER))
    return author.post_id(digest)


def main() -> int:
    with running_anvil() as anvil, tempfile.TemporaryDirectory() as folder:
        rows = measure(deployed_on(anvil, Path(folder)))
    table = Table("action", "gas", "limit", "of limit", "first", "beside", "of theirs")
    table.columns[0].no_wrap = table.columns[5].no_wrap = True
    for r in rows:
        peers = PEERS.get(r.action, [])
        table.add_row(
            r.action,
            f"{r.gas:,}",
            f"{r.limit:,}",
            f"{r.gas / r.limit:.0%}",
            f"{r.first:,}" if r.first else "",
            "\n".join(f"{name} {gas:,}" for name, gas in peers),
            "\n".join(f"{r.gas / gas:.0%}" for _, gas in peers),
        )
    Console().print(table)
    for contract in contracts():
        size = bytecode_size(contract)
        print(f"{contract}: {size:,} bytes deployed, {BYTECODE_LIMIT - size:,} below the limit")
    over = [r.action for r in rows if r.gas > r.limit]
    worst = max(r.gas / r.limit for r in rows)
    largest = max(bytecode_size(contract) for contract in contracts())
    print(f"RESULT worst_of_limit={worst:.3f} over={len(over)} bytecode={largest}")
    return 1 if over else 0


if __name__ == "__main__":
    sys.exit(main())
