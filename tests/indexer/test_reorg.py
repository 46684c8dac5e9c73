"""The chain takes blocks back; the mirror follows, or says why it cannot."""

from pathlib import Path

import pytest

from indexer.chain.startup import DifferentChain
from indexer.content.cid import digest
from indexer.follow import Behind, State
from indexer.mirror import store
from tests.actors import Actor, join, stake
from tests.chain import Chain, deployed_on, running_anvil
from tests.indexer.mirrors import Mirror, document, mirror_of

LRL = 10**18
COMMON, LEFT, RIGHT = document("Common"), document("Left"), document("Right")


@pytest.fixture
def fork(mirror: Mirror) -> tuple[Actor, Actor, bytes]:
    """Two people with stake, and a post with a vote: what both sides of the fork share."""
    chain = mirror.chain
    alice, bob = join(chain, "alice", "bob")
    stake(chain, alice, 1000 * LRL)
    stake(chain, bob, 500 * LRL)
    chain.anvil.forward(86_400)
    post = alice.post_id(digest(COMMON))
    mirror.content.put(COMMON)
    chain.relay(alice.post(digest(COMMON)), alice.vote(post, 1000))
    mirror.catch_up()
    return alice, bob, post


def fresh(mirror: Mirror, home: Path) -> dict[str, object]:
    """What a mirror that never saw the other side holds."""
    with mirror_of(mirror.chain, home) as other:
        for data in (COMMON, LEFT, RIGHT):
            other.content.put(data)
        other.catch_up()
        return other.dump()


def test_posts_and_votes_on_both_sides(
    mirror: Mirror, fork: tuple[Actor, Actor, bytes], tmp_path: Path
) -> None:
    alice, bob, post = fork
    chain = mirror.chain
    mirror.content.put(LEFT)
    mirror.content.put(RIGHT)
    common, state = mirror.dump(), chain.anvil.rpc("evm_snapshot")
    chain.anvil.forward(60)
    chain.relay(bob.post(digest(LEFT)), bob.vote(post, 10_000), alice.vote(post, -500))
    chain.relay(*[a.register() for a in (Actor(chain.deployment, chain.anvil, "left-only"),)])
    mirror.catch_up()
    left = mirror.dump()
    assert len(left["accounts"]) == 3

    assert chain.anvil.rpc("evm_revert", state)
    chain.anvil.forward(90)
    reply = document("", parent=post)
    mirror.content.put(reply)
    chain.relay(bob.post(digest(RIGHT)), bob.vote(post, -10_000), bob.post(digest(reply), post))
    chain.anvil.rpc("anvil_mine", hex(5))
    told = mirror.catch_up()
    assert [status.state for status in told].count(State.REORGANISED) == 1
    right = mirror.dump()
    assert len(right["accounts"]) == 2 and right != common
    assert {c["title"] for c in right["contents"]} == {"Common", "Right", ""}
    assert [v["bps"] for v in right["votes"] if v["account"] == bob.account] == [-10_000]
    assert mirror.verify().same
    for name, rows in fresh(mirror, tmp_path / "fresh").items():
        if name != "contents":
            assert rows == right[name]


def test_a_shorter_chain_is_a_reorganisation(
    mirror: Mirror, fork: tuple[Actor, Actor, bytes]
) -> None:
    alice, bob, post = fork
    chain = mirror.chain
    before, state = mirror.dump(), chain.anvil.rpc("evm_snapshot")
    for bps in (100, 200, 300):
        chain.anvil.forward(10)
        chain.relay(bob.vote(post, bps))
    mirror.catch_up()
    assert mirror.dump() != before
    assert chain.anvil.rpc("evm_revert", state)
    mirror.catch_up()
    assert mirror.dump() == before
    assert mirror.verify().same


def test_anvils_own_reorganisation(mirror: Mirror, fork: tuple[Actor, Actor, bytes]) -> None:
    _, bob, post = fork
    chain = mirror.chain
    chain.relay(bob.vote(post, 100))
    chain.relay(bob.post(digest(LEFT)))
    mirror.catch_up()
    chain.anvil.rpc("anvil_reorg", 2, [])
    told = mirror.catch_up()
    assert [status.state for status in told].count(State.REORGANISED) == 1
    assert [row["id"] for row in mirror.rows("posts")] == [post]
    assert [vote["account"] for vote in mirror.rows("votes")] == [1]
    assert mirror.verify().same


def test_further_back_than_is_kept(mirror: Mirror) -> None:
    chain = mirror.chain
    state = chain.anvil.rpc("evm_snapshot")
    chain.anvil.rpc("anvil_mine", hex(store.KEPT + 20))
    mirror.catch_up()
    chain.anvil.rpc("evm_revert", state)
    chain.anvil.forward(1000)
    with pytest.raises(Behind):
        mirror.catch_up()
    chain.anvil.rpc("anvil_mine", hex(store.KEPT + 20))
    with pytest.raises(store.TooDeep, match="laurel rebuild"):
        mirror.catch_up()


def test_a_long_absence_is_not_a_reorganisation(
    mirror: Mirror, fork: tuple[Actor, Actor, bytes]
) -> None:
    """Blocks too old to be undone are written without images, and the newest with them."""
    _, bob, post = fork
    chain = mirror.chain
    chain.anvil.rpc("anvil_mine", hex(200))
    # Not anvil_reorg: of so deep a block it loses the state at times.
    state = chain.anvil.rpc("evm_snapshot")
    chain.anvil.rpc("anvil_mine", hex(100))
    chain.relay(bob.vote(post, 100))
    head = chain.w3.eth.block_number
    mirror.catch_up()
    assert [number for number, _ in store.kept(mirror.engine)] == list(
        range(head, head - store.KEPT - 1, -1)
    )
    assert {row["block"] for row in mirror.rows("undo")} == {head}
    assert chain.anvil.rpc("evm_revert", state)
    chain.anvil.forward(60)
    chain.anvil.rpc("anvil_mine", hex(110))
    mirror.catch_up()
    assert len(mirror.rows("votes")) == 1
    assert mirror.verify().same


def test_another_chain_in_its_place(deployed: Chain, tmp_path: Path) -> None:
    """A local chain that was deleted and deployed anew has the same id and the same addresses."""
    join(deployed, "alice")
    with mirror_of(deployed, tmp_path / "node") as mirror:
        mirror.catch_up()
        mirror.indexer.lease.release()
    with running_anvil(timestamp=1_800_000_000) as anvil:
        other = deployed_on(anvil, tmp_path / "other")
        assert other.deployment.core == deployed.deployment.core
        with mirror_of(other, tmp_path / "node") as mirror:
            mirror.indexer.check()
            with pytest.raises(store.TooDeep, match="laurel rebuild"):
                mirror.catch_up()


def test_other_contracts_are_refused(deployed: Chain, tmp_path: Path) -> None:
    home = tmp_path / "node"
    with mirror_of(deployed, home) as mirror:
        mirror.catch_up()
        mirror.indexer.lease.release()
    again = deployed_on(deployed.anvil, tmp_path / "again")
    assert again.deployment.core != deployed.deployment.core
    with (
        mirror_of(again, home) as mirror,
        pytest.raises(DifferentChain, match="LAUREL_DATABASE to another database"),
    ):
        mirror.indexer.check()


def test_a_chain_without_the_contracts_is_refused(deployed: Chain, tmp_path: Path) -> None:
    with (
        running_anvil() as empty,
        mirror_of(deployed, tmp_path / "node", empty.url) as mirror,
        pytest.raises(DifferentChain, match="laurel deploy"),
    ):
        mirror.indexer.check()


def test_another_chain_id_is_refused(deployed: Chain, tmp_path: Path) -> None:
    with (
        running_anvil("--chain-id", "7") as other,
        mirror_of(deployed, tmp_path / "node", other.url) as mirror,
        pytest.raises(DifferentChain, match="Set LAUREL_RPC"),
    ):
        mirror.indexer.check()
