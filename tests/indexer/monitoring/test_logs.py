"""Made-up logs are what a node would give: eth_abi and our own decoding read them as they were meant."""

import time
from typing import Any

import msgspec
import pytest
from eth_abi.abi import encode
from hypothesis import given, settings
from hypothesis import strategies as st
from web3 import Web3

from indexer.protocol.artifacts import artifact
from indexer.protocol.decode import Log, decode, topic
from indexer.protocol.events import Voted
from indexer.protocol.packed import AccountSlot, VoteSlot
from tests.chain import Chain
from tests.indexer.histories import World, histories
from tests.indexer.logs import CORE, GRAPH, bloom_of, log_of
from tests.indexer.protocol.test_decode import EVENTS, abi_type, values_of

HASH = "0x" + "bb" * 32
USED_BITS = {"vote": 184, "state": 248}  # the rest of these words is always zero
GRAPHS_OWN = {
    entry["name"]
    for entry in artifact("LaurelGraph")["abi"]
    if entry["type"] == "event" and entry not in artifact("LaurelCore")["abi"]
}


def read(log: dict[str, Any]) -> Log:
    return msgspec.convert(log, Log)


@pytest.mark.parametrize("signature", sorted(EVENTS))
@settings(max_examples=20)
@given(data=st.data())
def test_spells_each_event_as_eth_abi_does(signature: str, data: st.DataObject) -> None:
    inputs, name = EVENTS[signature]["inputs"], EVENTS[signature]["name"]
    values = [data.draw(values_of(i), label=i["name"]) for i in inputs]
    for n, argument in enumerate(inputs):
        if argument["name"] in USED_BITS:
            values[n] &= (1 << USED_BITS[argument["name"]]) - 1
    arguments = [(abi_type(i), v, i["indexed"]) for i, v in zip(inputs, values, strict=True)]
    rest = [(kind, v) for kind, v, indexed in arguments if not indexed]
    log = Log(
        topics=[topic(signature)]
        + ["0x" + encode([kind], [v]).hex() for kind, v, indexed in arguments if indexed],
        data="0x" + encode([kind for kind, _ in rest], [v for _, v in rest]).hex(),
        block_number="0x10",
        block_hash=HASH,
        log_index="0x3",
        transaction_hash="0x" + "22" * 32,
        block_timestamp="0x4d2",
        address=GRAPH if name in GRAPHS_OWN else CORE,
    )
    assert read(log_of(decode(log, 1234), HASH)) == log


@settings(max_examples=20)
@given(history=histories)
def test_whole_histories_come_back(history: list[list[Any]]) -> None:
    world = World()
    for number, steps in enumerate(history, 1):
        events = world.block(number, steps)
        logs = [read(log_of(event, HASH)) for event in events]
        assert [decode(log, int(log.block_timestamp or "", 16)) for log in logs] == events


def test_the_bloom_is_the_chains(deployed: Chain) -> None:
    blocks = [
        deployed.anvil.rpc("eth_getBlockByNumber", hex(number), False)
        for number in range(deployed.w3.eth.block_number + 1)
    ]
    blooms = []
    for block in blocks:
        logs = deployed.anvil.rpc("eth_getLogs", {"blockHash": block["hash"]})
        blooms.append(bloom_of(logs))
    assert blooms == [block["logsBloom"] for block in blocks]
    assert len(set(blooms)) > 1


def test_quick_enough_for_large_chains() -> None:
    state, vote = AccountSlot(1, 2, 3, 4, 5), VoteSlot(-5, 0, 1000, -100)
    posts = [Web3.keccak(number) for number in range(1000)]
    started = time.process_time()
    for n in range(20_000):
        event = Voted(n, 1000, bytes(32), posts[n % 1000], n % 500, vote, state)
        bloom_of([log_of(event, HASH)])
    assert time.process_time() - started < 3  # a seventh of it on an idle machine
