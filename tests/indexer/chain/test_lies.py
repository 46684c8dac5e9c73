"""Random faults in front of a real chain while a mirror catches up: it writes nothing that is not so, and
gets there."""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.chain import rpc
from indexer.chain.rpc import NodeUnreachable, Rpc, RpcError
from indexer.chain.source import ChainMoved, Source
from indexer.content.cid import digest
from indexer.follow import State
from indexer.mirror import store
from tests.actors import join, stake
from tests.chain import Chain, deployed_on, running_anvil
from tests.conftest import PROFILE
from tests.indexer.faults import Fault
from tests.indexer.mirrors import Mirror, document, mirror_of
from tests.indexer.proxy import Provider, provider

Dump = dict[str, list[dict[str, Any]]]
TRIES = 300  # many more than there are faults


@pytest.fixture(scope="module")
def eventful(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chain]:
    """Two hundred blocks, so that the first are final: a third of them with posts and votes."""
    with running_anvil() as anvil:
        chain = deployed_on(anvil, tmp_path_factory.mktemp("deployments"))
        people = join(chain, "alice", "bob", "carol")
        for actor in people:
            stake(chain, actor, 1000 * 10**18)
        for number in range(18):
            chain.anvil.rpc("anvil_mine", hex(9), hex(60))
            author = people[number % 3]
            data = document(f"Number {number}")
            post = author.post_id(digest(data))
            chain.relay(author.post(digest(data)))
            chain.relay(*[actor.vote(post, 100 * (number + 1)) for actor in people])
        yield chain


@pytest.fixture(scope="module")
def truth(eventful: Chain, tmp_path_factory: pytest.TempPathFactory) -> dict[int, Dump]:
    """The tables of an undisturbed mirror, after each block."""
    dumps: dict[int, Dump] = {}
    with mirror_of(eventful, tmp_path_factory.mktemp("whole")) as mirror:
        mirror.indexer.step()
        before = eventful.deployment.block - 1
        dumps[before] = mirror.dump()
        for block in range(before + 1, eventful.w3.eth.block_number + 1):
            events = mirror.indexer.step(until=block).events
            dumps[block] = mirror.dump() if events else dumps[block - 1]
    assert len(dumps) > store.KEPT + 50
    return dumps


@pytest.fixture(scope="module")
def lying(eventful: Chain) -> Iterator[Provider]:
    with provider(eventful.anvil.url) as between:
        yield between


@pytest.fixture(scope="module")
def suspicious(
    eventful: Chain, lying: Provider, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Mirror]:
    """A mirror behind the provider; its Rpc waits for nothing long."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rpc, "FIRST_WAIT", 0.001)
        with mirror_of(eventful, tmp_path_factory.mktemp("node"), lying.url) as mirror:
            yield mirror


def disturbed(mirror: Mirror, lying: Provider, truth: dict[int, Dump]) -> None:
    """Catches up from nothing, and looks after each step whether the tables are as of that block."""
    chain = mirror.chain
    store.empty(mirror.engine, mirror.indexer.lease)
    node = Rpc(lying.url, timeout=0.3)
    mirror.indexer._source = source = Source(node, chain.deployment.core, chain.deployment.graph)
    source._range = 40  # so that there are some steps
    here = None
    for _ in range(TRIES):
        try:
            status = mirror.indexer.step()
        except (ChainMoved, NodeUnreachable, RpcError):
            status = None
        before, here = here, store.position(mirror.engine)
        if here is not None and here != before:
            assert mirror.dump() == truth[here.block]
        if status is not None and status.state is State.LIVE:
            break
    else:
        raise AssertionError("it does not get there")
    assert here is not None and here.block == max(truth)
    node.close()


@settings(max_examples=5 if PROFILE == "quick" else 400)
@given(
    faults=st.lists(st.none() | st.sampled_from(Fault), max_size=30),
    longest=st.lists(st.sampled_from([8, 30, 60, 10**9]), min_size=1, max_size=5),
)
def test_whatever_the_node_says(
    faults: list[Fault | None],
    longest: list[int],
    suspicious: Mirror,
    lying: Provider,
    truth: dict[int, Dump],
) -> None:
    lying.faults, limits = list(faults), list(longest)

    def moving_limit(call: dict[str, Any], result: dict[str, Any]) -> dict[str, Any]:
        lying.longest = limits[0]
        limits.append(limits.pop(0))
        return result

    lying.lies = {"eth_getLogs": moving_limit}
    disturbed(suspicious, lying, truth)


@pytest.mark.parametrize("fault", Fault, ids=lambda fault: fault.name.lower())
def test_each_way_of_lying(
    fault: Fault, suspicious: Mirror, lying: Provider, truth: dict[int, Dump]
) -> None:
    """At every third request for half of the way, and twice in a row."""
    lying.lies, lying.longest = {}, 10**9
    lying.faults = [None, None, fault, None, fault, fault, None, None, fault, None, fault] * 2
    disturbed(suspicious, lying, truth)
