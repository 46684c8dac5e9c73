"""Gas of each action on a warm chain, beside the limits and other systems: `python -m benchmarks.gas`.

Steady state: warm accounts, nonzero slots, at DAY = 86,400. Whole-transaction gas; a relayed action's share is
the batch's gas divided by its size. Exits 1 when a row is over its limit.
"""

import itertools
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from backend.deployment.compile import BYTECODE_LIMIT, bytecode_size
from indexer.actions import sha256
from tests.actors import Actor, Key, join, stake
from tests.chain import Chain, deployed_on, running_anvil

DAY = 86_400
ETHER = 10**18

# Measured with the same compiler and whole transactions, as the limits are: see docs/architecture.md.
PEERS = {
    "post, direct": ("Lens v3 post", 256_143),
    "comment, direct": ("Lens v3 comment", 286_898),
    "vote, direct": ("Nouns castVote", 82_974),
    "add a posting key": ("Farcaster add key", 305_272),
    "register": ("Farcaster register", 192_311),
}


@dataclass(frozen=True)
class Row:
    action: str
    gas: int
    limit: int


def measure(chain: Chain) -> list[Row]:
    """The rows of the gas table that the contracts have so far, in gas."""
    f = chain.core.functions
    author, other, *voters = join(chain, "author", "other", *(f"voter{i:03}" for i in range(102)))
    (fast,) = join(chain, "webcrypto", p256=True)
    for person in [author, other, fast, *voters]:
        chain.impersonate(person.owner.address)
        stake(chain, person, 1000 * ETHER)
    chain.anvil.forward(6 * DAY)
    _warm(chain, author, other, fast, voters)

    digests = (sha256(b"document %d" % i) for i in itertools.count())
    rows: list[Row] = []

    def row(action: str, gas: int, limit: int) -> None:
        rows.append(Row(action, gas, limit))

    def direct(call: object, who: Actor) -> int:
        return int(chain.send(call, who.owner.address)["gasUsed"])

    def each(*batch: object) -> int:
        receipt = chain.relay(*batch)
        assert chain.skipped(receipt) == {}
        return int(receipt["gasUsed"]) // len(batch)

    first = next(digests)
    parent = author.post_id(first)
    row(
        "post, direct",
        direct(f.post(author.account, first, bytes(32), 0), author),
        52_000,
    )
    row(
        "post, relayed in 100",
        each(*(author.post(next(digests)) for _ in range(100))),
        39_000,
    )

    parents = [next(digests) for _ in range(101)]
    chain.relay(*(author.post(d) for d in parents))
    call = f.post(other.account, next(digests), author.post_id(parents[0]), 0)
    row("comment, direct", direct(call, other), 58_000)
    batch = [other.post(next(digests), author.post_id(d)) for d in parents[1:]]
    row("comment, relayed in 100", each(*batch), 45_000)

    # The day's claims, and the post's slot, are warm after a first vote.
    chain.relay(voters[100].vote(parent, 10_000))
    row(
        "vote, direct",
        direct(f.vote(voters[101].account, parent, 10_000), voters[101]),
        69_000,
    )
    row(
        "vote, relayed in 100 (secp256k1)",
        each(*(v.vote(parent, 10_000) for v in voters[:100])),
        51_000,
    )
    chain.relay(*(voters[100].vote(author.post_id(d), 100) for d in parents[:100]))
    row(
        "vote, relayed in 100 (P-256)",
        each(*(fast.vote(author.post_id(d), 100) for d in parents[:100])),
        56_000,
    )

    (keeper,) = join(chain, "keykeeper")
    row("add a posting key", each(keeper.add_key(Key.secp256k1())), 70_000)
    newcomer = Actor(chain.deployment, chain.anvil, "newcomer", posting=Key.secp256k1())
    row("register", each(newcomer.register()), 150_000)

    rows += _payouts(chain, author, voters, parent)
    return rows


def _warm(chain: Chain, author: Actor, other: Actor, fast: Actor, voters: list[Actor]) -> None:
    """One vote and one payout each, so that every account and the day's totals have been written before."""
    f = chain.core.functions
    digest = b"\x01" * 32
    chain.relay(author.post(digest), other.post(digest))
    posts = [author.post_id(digest), other.post_id(digest)]
    everyone = [author, other, fast, *voters]
    for i in range(0, len(everyone), 50):
        chain.relay(*(v.vote(p, 10_000) for v in everyone[i : i + 50] for p in posts))
    chain.anvil.forward(9 * DAY)
    chain.send(f.close(30))
    chain.send(f.settle(posts))
    for post in posts:
        for i in range(0, len(everyone), 50):
            chain.send(f.claimOfPost(post, [v.account for v in everyone[i : i + 50]]))


def _payouts(chain: Chain, author: Actor, voters: list[Actor], parent: bytes) -> list[Row]:
    f = chain.core.functions
    digests = [sha256(b"paid %d" % i) for i in range(20)]
    posts = [author.post_id(d) for d in digests]
    chain.relay(*(author.post(d) for d in digests))
    chain.relay(*(voters[0].vote(p, 5_000) for p in posts))
    chain.anvil.forward(9 * DAY)
    chain.send(f.close(30))
    settle = chain.send(f.settle([parent]))["gasUsed"]
    chain.send(f.settle(posts))
    voter = chain.send(f.claimAsVoter(voters[0].account, posts))["gasUsed"]
    fifty = chain.send(f.claimOfPost(parent, [v.account for v in voters[1:51]]))["gasUsed"]
    return [
        Row("settle and author claim", settle, 85_000),
        Row("curator claim, one voter over 20 posts", voter // 20, 12_000),
        Row("curator claim, 50 voters of one post", fifty // 50, 20_000),
    ]


def main() -> int:
    with running_anvil() as anvil, tempfile.TemporaryDirectory() as folder:
        rows = measure(deployed_on(anvil, Path(folder)))
    table = Table("action", "gas", "limit", "of limit", "peer", "peer's gas", "of peer")
    for r in rows:
        peer, gas = PEERS.get(r.action, ("", 0))
        of_peer = f"{r.gas / gas:.0%}" if gas else ""
        table.add_row(
            r.action,
            f"{r.gas:,}",
            f"{r.limit:,}",
            f"{r.gas / r.limit:.0%}",
            peer,
            f"{gas:,}" if gas else "",
            of_peer,
        )
    Console().print(table)
    size = bytecode_size()
    print(f"LaurelCore: {size:,} bytes deployed, {BYTECODE_LIMIT - size:,} below the limit")
    over = [r.action for r in rows if r.gas > r.limit]
    worst = max(r.gas / r.limit for r in rows)
    print(f"RESULT worst_of_limit={worst:.3f} over={len(over)} bytecode={size}")
    return 1 if over else 0


if __name__ == "__main__":
    sys.exit(main())
