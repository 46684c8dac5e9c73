"""Random reorganisations: whatever the chain took back, the mirror is what a fresh one would be."""

import random
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from indexer.chain.source import ChainMoved
from indexer.content.cid import digest
from indexer.follow import State
from indexer.mirror import store
from indexer.protocol.actions import Signed
from tests.actors import Actor, join, stake
from tests.chain import DEV, Chain
from tests.conftest import PROFILE
from tests.indexer.histories import WORDS, Step
from tests.indexer.mirrors import Mirror, mirror_of
from tests.indexer.replay import Replay, happenings, replaying

SEEDS = range(100) if PROFILE == "long" else range(1)
FORKS = 8 if PROFILE == "long" else 4  # of each history
DEEPEST = 64


@pytest.fixture
def chain() -> Iterator[Replay]:
    with replaying() as chain:
        yield chain


@pytest.fixture
def mirror(chain: Replay, tmp_path: Path, tables: str) -> Iterator[Mirror]:
    with mirror_of(chain, tmp_path / "node", database=tables) as mirror:
        yield mirror


@pytest.mark.postgresql
@pytest.mark.parametrize("seed", SEEDS)
def test_random_forks(seed: int, chain: Replay, mirror: Mirror, tmp_path: Path) -> None:
    """Depths from 1 to 64 at all stages of indexing, while content arrives."""
    rng, steps = random.Random(seed), happenings(seed)
    words = rng.sample(WORDS, len(WORDS))
    chain.longest = rng.choice([7, 50, 1000])
    chain.extend(islice(steps, 140))
    depths = [rng.choice([rng.randint(1, 5), rng.randint(1, DEEPEST)]) for _ in range(FORKS)]
    arrived: list[bytes] = []
    for number, depth in enumerate(depths):
        for _ in range(rng.choice([0, 1, 3, 100])):  # indexed so far of what will be taken back
            with suppress(ChainMoved):
                if mirror.indexer.step().state is State.LIVE:
                    break
            arrived += arrive(rng, words, mirror)
        if rng.random() < 0.3:  # between two requests of one step
            at = chain.requests + rng.randint(1, 4)
            chain.asked = lambda n, at=at, depth=depth: n == at and change(rng, chain, depth, steps)
        else:
            change(rng, chain, depth, steps)
        mirror.catch_up()
        chain.asked = None
        mirror.catch_up()
        arrived += arrive(rng, words, mirror)
        found, wanted = mirror.dump(), fresh(chain, tmp_path / f"fresh-{number}", arrived)
        assert found == wanted, f"seed {seed}, fork {number} of depths {depths}"
        kept = [(n, "0x" + hash_.hex()) for n, hash_ in store.kept(mirror.engine)]
        assert kept == [(n, chain.blocks[n].hash) for n, _ in kept]
    print(f"seed {seed}: forks of depths {depths}, {chain.head} blocks")


def change(rng: random.Random, chain: Replay, depth: int, steps: Iterator[list[Step]]) -> None:
    """Other blocks take the place of the last `depth`: fewer, as many, or more. A chain that became shorter is not
    taken back to where the mirror could not follow."""
    depth = min(depth, chain.head - max(1, chain.highest - store.KEPT))
    length = max(1, depth + rng.choice([-rng.randint(0, depth), 0, 1, rng.randint(1, 20)]))
    chain.fork(depth, islice(steps, length))


def arrive(rng: random.Random, words: list[bytes], mirror: Mirror) -> list[bytes]:
    """Some content comes to the mirror, which is or is not asked for already."""
    some = [words.pop() for _ in range(rng.randint(0, 2)) if words]
    mirror.content.put_many(some)
    mirror.indexer.fetcher.sweep()
    return some


def fresh(chain: Replay, home: Path, content: list[bytes]) -> dict[str, list[dict[str, Any]]]:
    """What a mirror holds that saw nothing but the chain as it is."""
    longest, chain.longest = chain.longest, 10**9
    with mirror_of(chain, home) as mirror:
        mirror.content.put_many(content)
        mirror.catch_up()
        mirror.indexer.fetcher.sweep()
        chain.longest = longest
        return mirror.dump()


@pytest.mark.parametrize("depth", [2, 33])
def test_anvil_reorganises_what_the_contracts_said(
    depth: int, deployed: Chain, tmp_path: Path, tables: str
) -> None:
    """Posts, votes, an edit and an account on both sides, in blocks of their own."""
    alice, bob = join(deployed, "alice", "bob")
    stake(deployed, alice, 1000 * 10**18)
    deployed.anvil.forward(86_400)
    first, second, third = map(digest, WORDS[:3])
    post = alice.post_id(first)
    deployed.relay(alice.post(first), alice.vote(post, 1000))
    carol, dave = (Actor(deployed.deployment, deployed.anvil, name) for name in ("carol", "dave"))
    left = [
        [bob.post(second), alice.vote(post, -500)],
        [alice.edit(post, second), carol.register()],
    ]
    right = [[dave.register(), bob.post(third)], [alice.vote(bob.post_id(third), 700)]]
    with mirror_of(deployed, tmp_path / "node", database=tables) as mirror:
        mirror.content.put_many(WORDS[:3])
        for actions in left:
            deployed.relay(*actions)
        deployed.anvil.rpc("anvil_mine", hex(depth - len(left)))
        mirror.catch_up()
        assert {row["handle"] for row in mirror.rows("accounts")} == {"alice", "bob", "carol"}
        fork = [[transaction(deployed, actions), n] for n, actions in enumerate(right)]
        deployed.anvil.rpc("anvil_reorg", depth, fork)
        told = mirror.catch_up()
        assert [status.state for status in told].count(State.REORGANISED) == 1
        assert {row["handle"] for row in mirror.rows("accounts")} == {"alice", "bob", "dave"}
        assert {row["id"] for row in mirror.rows("posts")} == {post, bob.post_id(third)}
        mirror.indexer.fetcher.sweep()
        assert {row["title"] for row in mirror.rows("contents")} == {"Number 0", "Number 2"}
        assert mirror.verify().same
        with mirror_of(deployed, tmp_path / "fresh") as other:
            other.content.put_many(WORDS[:3])
            other.catch_up()
            other.indexer.fetcher.sweep()
            assert mirror.dump() == other.dump()


def transaction(chain: Chain, actions: list[Signed]) -> dict[str, str]:
    """What relays these actions to the core."""
    relayed = [(action.kind, action.action, action.signature) for action in actions]
    data = chain.core.encode_abi("relay", [relayed])
    return {"from": DEV, "to": chain.core.address, "data": data, "gas": hex(3_000_000)}


def test_content_that_is_here_stays_when_a_later_block_goes(chain: Replay, mirror: Mirror) -> None:
    mirror.content.put_many(WORDS)
    chain.extend([[("register", 0, 0, 0)], [("post", 0, 0, 7)], [("deposit", 0, 0, 5)]])
    mirror.catch_up()
    before = mirror.rows("contents")
    assert [row["title"] for row in before] == ["Number 7"]
    chain.fork(1, [[("deposit", 0, 0, 6)]])
    mirror.catch_up()
    assert mirror.rows("contents") == before


def test_as_deep_as_is_kept_and_no_deeper(chain: Replay, mirror: Mirror, tmp_path: Path) -> None:
    steps = happenings(7)
    chain.extend(islice(steps, 200))
    mirror.catch_up()
    chain.fork(store.KEPT, islice(steps, store.KEPT))
    told = mirror.catch_up()
    assert [s.block for s in told if s.state is State.REORGANISED] == [200 - store.KEPT]
    before = mirror.dump()
    assert before == fresh(chain, tmp_path / "fresh", [])

    chain.fork(store.KEPT + 1, islice(steps, store.KEPT + 1))
    with pytest.raises(store.TooDeep, match="run `laurel rebuild`"):
        mirror.catch_up()
    assert mirror.dump() == before
