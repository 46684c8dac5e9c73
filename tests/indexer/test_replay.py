"""The replayed chain is one that the indexer reads like any other."""

from itertools import islice
from pathlib import Path

import httpx
import pytest

from indexer.chain.rpc import BadAnswer
from indexer.follow import Behind, State
from tests.indexer.mirrors import MIRRORED, mirror_of
from tests.indexer.replay import happenings, replaying


def test_is_indexed_and_forks(tmp_path: Path) -> None:
    steps = happenings(1)
    with replaying() as chain, mirror_of(chain, tmp_path / "node") as mirror:
        chain.extend(islice(steps, 300))
        mirror.catch_up()
        assert [name for name in MIRRORED if not mirror.rows(name)] == []
        left = mirror.dump()
        chain.fork(64, islice(steps, 70))
        told = mirror.catch_up()
        assert [status.state for status in told].count(State.REORGANISED) == 1
        assert told[-1].block == chain.head == 306
        assert mirror.dump() != left
        with mirror_of(chain, tmp_path / "fresh") as fresh:
            fresh.catch_up()
            assert fresh.dump() == mirror.dump()


def test_blocks_follow_one_another_and_refusals_are_errors() -> None:
    with replaying() as chain:
        chain.extend(islice(happenings(2), 20))
        before = chain.blocks[-1].hash
        chain.fork(3, [[]] * 3)
        assert chain.blocks[-1].hash != before
        pairs = zip(chain.blocks[:-1], chain.blocks[1:], strict=True)
        assert all(after.header["parentHash"] == block.hash for block, after in pairs)
        calls = [
            ("eth_getLogs", [{"fromBlock": "0x1", "toBlock": "0x20"}]),
            ("eth_getBlockByNumber", ["0x20", False]),
            ("eth_getBlockReceipts", ["0x1"]),
        ]
        body = [{"id": n, "method": m, "params": p} for n, (m, p) in enumerate(calls)]
        beyond, nothing, receipts = httpx.post(chain.url, json=body).json()
        assert "beyond current head" in beyond["error"]["message"]
        assert nothing["result"] is None
        assert [log for receipt in receipts["result"] for log in receipt["logs"]] == chain.blocks[
            1
        ].logs


def test_a_node_that_fell_far_behind_is_waited_for(tmp_path: Path) -> None:
    """Further than can be undone; its blocks are the mirror's own."""
    steps = happenings(3)
    with replaying() as chain, mirror_of(chain, tmp_path) as mirror:
        chain.extend(islice(steps, 200))
        mirror.catch_up()
        ahead, chain.blocks[20:] = chain.blocks[20:], []
        with pytest.raises(Behind, match="is at block 19, behind this mirror's 200"):
            mirror.indexer.step()
        chain.blocks += ahead
        assert mirror.catch_up()[-1].block == 200


def test_an_event_that_nobody_knows_is_waited_out(tmp_path: Path) -> None:
    with replaying() as chain, mirror_of(chain, tmp_path) as mirror:
        chain.extend(islice(happenings(4), 30))
        block = next(block for block in chain.blocks if block.logs)
        block.header["logsBloom"] = "0x" + "00" * 256  # filled in by nobody, it tells nothing
        log = block.logs[0]
        known, log["topics"][0] = log["topics"][0], "0x" + "ab" * 32
        with pytest.raises(BadAnswer, match="does not know"):
            mirror.catch_up()
        log["topics"][0] = known
        mirror.catch_up()
