"""The made-up history that the indexer is timed with is one that the contracts could have written."""

import json

from benchmarks.index.history import EVENTS as IN_A_BLOCK
from benchmarks.index.history import History
from indexer.protocol.decode import topic
from tests.indexer.protocol.test_decode import EVENTS


def test_logs_are_laid_out_as_the_abi_says() -> None:
    history = History(1000)
    by_topic = {topic(signature): abi for signature, abi in EVENTS.items()}
    seen = set()
    for number in (1, 6, 400, 777):
        logs = json.loads(b"[" + history.logs(number) + b"]")
        assert len(logs) == IN_A_BLOCK
        for log in logs:
            abi = by_topic[log["topics"][0]]
            indexed = [argument["indexed"] for argument in abi["inputs"]]
            assert len(log["topics"]) == 1 + sum(indexed), abi["name"]
            assert len(log["data"]) == 2 + 64 * indexed.count(False), abi["name"]
            seen.add(abi["name"])
    assert {"Registered", "KeyAdded", "Posted", "Voted", "Followed", "CurationClaimed"} == seen
