"""What a block's logsBloom says, beside the blocks of a real chain and an account of it written apart."""

from indexer.chain.blooms import Watched, bits, filled_in, holds
from indexer.protocol.decode import LAYOUTS, topic
from tests.actors import join
from tests.chain import Chain
from tests.indexer.logs import bloom_of

TRANSFER = topic("Transfer(address,address,uint256)")


def test_the_bits_are_the_chains(deployed: Chain) -> None:
    d = deployed.deployment
    join(deployed, "alice")
    made = deployed.anvil.rpc("eth_getBlockByNumber", hex(d.block), False)
    joined = deployed.anvil.rpc("eth_getBlockByNumber", "latest", False)
    blooms = [filled_in(block["logsBloom"]) for block in (made, joined)]
    assert blooms[0] is not None and blooms[1] is not None
    assert holds(blooms[0], d.token, TRANSFER)
    assert not holds(blooms[0], d.core, topic("Registered(uint40,bytes32,uint40)"))
    assert holds(blooms[1], d.core, topic("Registered(uint40,bytes32,uint40)"))
    assert not holds(blooms[1], d.token)


def test_every_bit_of_a_log_and_no_other() -> None:
    address, topics = "0x" + "ab" * 20, [TRANSFER, "0x" + "00" * 32]
    expected = int(bloom_of([{"address": address, "topics": topics}]), 16)
    assert bits(address) | bits(topics[0]) | bits(topics[1]) == expected


def test_what_a_block_may_hold(deployed: Chain) -> None:
    d = deployed.deployment
    watched = Watched([d.core, d.graph], map(topic, LAYOUTS))
    voted = topic("Voted(bytes32,uint40,uint256,uint256)")
    assert watched.may_hold(bits(d.graph) | bits(voted)) == {voted}
    assert watched.may_hold(bits(d.token) | bits(voted)) == frozenset()
    assert watched.may_hold(bits(d.core)) == frozenset()
    assert len(watched.may_hold((1 << 2048) - 1)) == len(LAYOUTS)


def test_what_a_node_does_not_fill_in_says_nothing() -> None:
    assert [filled_in(b) for b in (None, "0x", "0x" + "00" * 256, "0x" + "ff" * 256)] == [None] * 4
