"""Reading from nodes as they are: limited, forgetful, busy, or away."""

from pathlib import Path

import pytest

from indexer.content.cid import digest
from indexer.rpc import NodeUnreachable, Rpc, RpcError, TooManyResults
from indexer.source import ChainMoved, Source
from tests.actors import join
from tests.chain import Chain, free_port
from tests.indexer.mirrors import Mirror, document, mirror_of
from tests.indexer.proxy import provider


@pytest.fixture
def long_chain(deployed: Chain) -> Chain:
    """Three accounts and posts, among three hundred blocks."""
    for name in ("alice", "bob", "carol"):
        (actor,) = join(deployed, name)
        deployed.relay(actor.post(digest(document(name))))
        deployed.anvil.rpc("anvil_mine", hex(100), hex(3))
    return deployed


def test_ranges_shrink_to_what_a_provider_answers(long_chain: Chain, tmp_path: Path) -> None:
    with mirror_of(long_chain, tmp_path / "whole") as mirror:
        mirror.catch_up()
        whole = mirror.dump()
    with (
        provider(long_chain.anvil.url, longest=40) as limited,
        mirror_of(long_chain, tmp_path / "limited", limited.url) as mirror,
    ):
        mirror.catch_up()
        assert mirror.dump() == whole
        assert max(limited.ranges) > 40
        read = sum(n for n in limited.ranges if n <= 40)
        assert read == long_chain.w3.eth.block_number - long_chain.deployment.block + 1


def test_times_are_asked_for_where_logs_lack_them(long_chain: Chain, tmp_path: Path) -> None:
    with mirror_of(long_chain, tmp_path / "whole") as mirror:
        mirror.catch_up()
        whole = mirror.dump()
    with (
        provider(long_chain.anvil.url, strip_times=True) as other,
        mirror_of(long_chain, tmp_path / "other", other.url) as mirror,
    ):
        mirror.catch_up()
        assert mirror.dump() == whole


def test_a_block_too_large_to_be_read_stops_with_the_nodes_words(
    long_chain: Chain, tmp_path: Path
) -> None:
    with (
        provider(long_chain.anvil.url, longest=0) as mean,
        mirror_of(long_chain, tmp_path / "node", mean.url) as mirror,
        pytest.raises(TooManyResults, match="limited to 0"),
    ):
        mirror.catch_up()


def test_a_busy_node_is_asked_again(long_chain: Chain) -> None:
    with provider(long_chain.anvil.url, statuses=[503, 429]) as busy:
        assert Source(Rpc(busy.url), long_chain.deployment.core).lacking() == []
        assert busy.statuses == []


def test_retries_end(long_chain: Chain) -> None:
    with (
        provider(long_chain.anvil.url, statuses=[503] * 10) as busy,
        pytest.raises(NodeUnreachable, match="HTTP 503"),
    ):
        Rpc(busy.url).call(str, "eth_chainId")


def test_a_slow_node_is_given_up(long_chain: Chain) -> None:
    with (
        provider(long_chain.anvil.url, delay=1) as slow,
        pytest.raises(NodeUnreachable, match="in time"),
    ):
        Rpc(slow.url, timeout=0.1).call(str, "eth_chainId")


def test_nobody_there() -> None:
    with pytest.raises(NodeUnreachable, match="cannot be reached"):
        Rpc(f"http://127.0.0.1:{free_port()}").call(str, "eth_chainId")


def test_a_refusal_names_the_call(deployed: Chain) -> None:
    with pytest.raises(RpcError, match="refused eth_nothing"):
        Rpc(deployed.anvil.url).call(str, "eth_nothing")


def test_a_chain_that_moves_under_the_reader_is_noticed(mirror: Mirror) -> None:
    anvil, source = mirror.chain.anvil, mirror.source
    state = anvil.rpc("evm_snapshot")
    anvil.rpc("anvil_mine", hex(5))
    number = mirror.chain.w3.eth.block_number - 3
    head, after = source.head_and(number)
    assert after is not None and source.span(after, head.number, 0).last == head
    anvil.rpc("evm_revert", state)
    with pytest.raises(ChainMoved, match="shorter"):
        source.span(after, head.number, 0)
    anvil.forward(1000)
    anvil.rpc("anvil_mine", hex(5))
    with pytest.raises(ChainMoved, match="does not follow"):
        source.span(after, head.number, 0)
