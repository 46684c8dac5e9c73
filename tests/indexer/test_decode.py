"""Our slicing against eth_abi, on every event of the core's ABI."""

from typing import Any

import msgspec
import pytest
from eth_abi.abi import encode
from eth_utils.address import to_checksum_address
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.deployment.compile import compile_contracts
from indexer.artifacts import artifact
from indexer.decode import LAYOUTS, Log, UnknownEvent, decode, topic
from indexer.slots import account_slot, vote_slot

compile_contracts()
EVENTS = {
    f"{e['name']}({','.join(i['type'] for i in e['inputs'])})": e
    for e in artifact("LaurelCore")["abi"]
    if e["type"] == "event" and e["name"] != "EIP712DomainChanged"  # OpenZeppelin's; never emitted
}


def values_of(kind: str, name: str) -> st.SearchStrategy[Any]:
    if name == "handle":
        text = st.text("abcdefghijklmnopqrstuvwxyz0123456789-", min_size=1, max_size=16)
        return text.map(lambda t: t.encode().ljust(32, b"\0"))
    if kind == "address":
        return st.binary(min_size=20, max_size=20).map(to_checksum_address)
    if kind.startswith("bytes"):
        return st.binary(min_size=int(kind[5:]), max_size=int(kind[5:]))
    return st.integers(0, 2 ** int(kind[4:]) - 1)


def expected(name: str, value: Any) -> Any:
    """What the event holds for an argument of the ABI."""
    if name == "handle":
        return value.rstrip(b"\0").decode()
    if name == "vote":
        return vote_slot(value)
    if name == "state":
        return account_slot(value)
    if name == "parent" and value == bytes(32):
        return None
    return value


def test_these_are_all_events_of_the_core() -> None:
    assert set(LAYOUTS) == set(EVENTS)


@pytest.mark.parametrize("signature", sorted(EVENTS))
@settings(max_examples=50, deadline=None, derandomize=True)
@given(data=st.data())
def test_agrees_with_eth_abi(signature: str, data: st.DataObject) -> None:
    inputs = EVENTS[signature]["inputs"]
    values = [data.draw(values_of(i["type"], i["name"]), label=i["name"]) for i in inputs]
    words = [encode([i["type"]], [v]) for i, v in zip(inputs, values, strict=True)]
    indexed = [w for i, w in zip(inputs, words, strict=True) if i["indexed"]]
    rest = [w for i, w in zip(inputs, words, strict=True) if not i["indexed"]]
    log = Log(
        topics=[topic(signature)] + ["0x" + w.hex() for w in indexed],
        data="0x" + b"".join(rest).hex(),
        block_number="0x10",
        block_hash="0x" + "11" * 32,
        log_index="0x3",
        transaction_hash="0x" + "22" * 32,
    )
    event = decode(log, 1234)
    assert (event.seq, event.block, event.time, event.tx) == (16 << 20 | 3, 16, 1234, b"\x22" * 32)
    found = list(msgspec.structs.asdict(event).values())[3:]
    assert found == [expected(i["name"], v) for i, v in zip(inputs, values, strict=True)]
    assert type(event).__name__ == EVENTS[signature]["name"]


def test_slots_keep_their_signs() -> None:
    word = (2**64 - 5) | 7 << 64 | 9 << 128 | (2**16 - 10_000) << 168 | 1 << 184
    vote = vote_slot(word)
    assert (vote.rshares, vote.weight, vote.signed_at, vote.bps, vote.claimed) == (
        -5,
        7,
        9,
        -10_000,
        True,
    )


def test_an_event_from_elsewhere_is_refused() -> None:
    log = Log(["0x" + "ab" * 32], "0x", "0x1", "0x", "0x0", "0x" + "00" * 32)
    with pytest.raises(UnknownEvent, match="Update Laurel"):
        decode(log, 0)
