"""Our slicing against eth_abi, on every event of the contracts' ABIs."""

from typing import Any

import msgspec
import pytest
from eth_abi.abi import encode
from eth_utils.address import to_checksum_address
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.deployment.compile import compile_contracts
from indexer.protocol.actions import post_id
from indexer.protocol.artifacts import artifact
from indexer.protocol.decode import LAYOUTS, Log, UnknownEvent, decode, topic
from indexer.protocol.events import Posted
from indexer.protocol.packed import account_slot, post_slot, stake_slot, vote_slot

compile_contracts()


def abi_type(argument: dict[str, Any]) -> str:
    """An argument's type as a signature has it: a struct as the list of its fields'."""
    if not argument["type"].startswith("tuple"):
        return str(argument["type"])
    fields = ",".join(abi_type(field) for field in argument["components"])
    return f"({fields}){argument['type'].removeprefix('tuple')}"


EVENTS = {
    f"{e['name']}({','.join(abi_type(i) for i in e['inputs'])})": e
    for contract in ("LaurelCore", "LaurelGraph")
    for e in artifact(contract)["abi"]
    if e["type"] == "event" and e["name"] != "EIP712DomainChanged"  # OpenZeppelin's; never emitted
}
OPTIONAL = {"parent", "memo"}  # no such thing when zero
HANDLES = st.text("abcdefghijklmnopqrstuvwxyz0123456789-", min_size=1, max_size=16)


def values_of(argument: dict[str, Any]) -> st.SearchStrategy[Any]:
    kind, name = argument["type"], argument["name"]
    if name == "handle":
        return HANDLES.map(lambda t: t.encode().ljust(32, b"\0"))
    if kind == "tuple[]":
        fields = st.tuples(*map(values_of, argument["components"]))
        return st.lists(fields, max_size=8).map(tuple)
    if kind == "tuple":
        return st.tuples(*map(values_of, argument["components"]))
    if kind == "address":
        return st.binary(min_size=20, max_size=20).map(to_checksum_address)
    if kind == "bool":
        return st.booleans()
    if kind.startswith("bytes"):
        size = int(kind[5:])
        return st.just(bytes(size)) | st.binary(min_size=size, max_size=size)
    return st.integers(0, 2 ** int(kind[4:]) - 1)


def expected(event: str, name: str, value: Any) -> list[Any]:
    """What the event holds for an argument of the ABI."""
    if name == "handle":
        return [value.rstrip(b"\0").decode()]
    if name == "options":
        return list(value)
    unpack = {"vote": vote_slot, "state": account_slot, "stake": stake_slot}.get(name)
    if unpack:
        return [unpack(value)]
    optional = name in OPTIONAL or (event, name) == ("ProfileSet", "digest")
    return [None if optional and value == bytes(32) else value]


# Two events of the graph are one of the mirror's, with a yes or a no.
SAID = {
    f"{no}{verb if not no else verb.lower()}": (verb, not no)
    for verb in ("Followed", "Muted", "Reblogged")
    for no in ("", "Un")
}


def test_these_are_all_events_of_the_core_and_the_graph() -> None:
    missing = set(EVENTS) - set(LAYOUTS)
    assert set(LAYOUTS) == set(EVENTS), f"indexer/protocol/decode.py does not read {missing}"


@pytest.mark.parametrize("signature", sorted(EVENTS))
@settings(max_examples=50, deadline=None, derandomize=True)
@given(data=st.data())
def test_agrees_with_eth_abi(signature: str, data: st.DataObject) -> None:
    inputs, name = EVENTS[signature]["inputs"], EVENTS[signature]["name"]
    values = [data.draw(values_of(i), label=i["name"]) for i in inputs]
    arguments = [(abi_type(i), v, i["indexed"]) for i, v in zip(inputs, values, strict=True)]
    indexed = [encode([kind], [v]) for kind, v, is_indexed in arguments if is_indexed]
    rest = [(kind, v) for kind, v, is_indexed in arguments if not is_indexed]
    log = Log(
        topics=[topic(signature)] + ["0x" + w.hex() for w in indexed],
        data="0x" + encode([kind for kind, _ in rest], [v for _, v in rest]).hex(),
        block_number="0x10",
        block_hash="0x" + "11" * 32,
        log_index="0x3",
        transaction_hash="0x" + "22" * 32,
    )
    event = decode(log, 1234)
    assert (event.seq, event.block, event.time, event.tx) == (16 << 20 | 3, 16, 1234, b"\x22" * 32)
    found = list(msgspec.structs.asdict(event).values())[3:]
    wanted = [expected(name, i["name"], v) for i, v in zip(inputs, values, strict=True)]
    said = SAID.get(name)
    assert found == [value for part in wanted for value in part] + ([said[1]] if said else [])
    assert type(event).__name__ == (said[0] if said else name)


def test_a_post_is_named_by_its_author_and_its_words() -> None:
    event = Posted(0, 0, b"", 7, b"\xab" * 32, None, 0)
    assert event.post == post_id(7, event.digest)


def test_slots_keep_their_signs() -> None:
    vote = vote_slot((2**64 - 5) | 7 << 64 | 9 << 128 | (2**16 - 10_000) << 168)
    assert (vote.rshares, vote.weight, vote.signed_at, vote.bps) == (-5, 7, 9, -10_000)


def test_flags_of_a_post_are_told_apart() -> None:
    """In the order of PostState.sol's bits; the numbers beside them stay what they are."""
    flags = ["settled", "replied", "removed", "votes_declined", "curation_declined", "has_options"]
    for bit, flag in enumerate(flags, 232):
        post = msgspec.structs.asdict(post_slot((2**64 - 1) << 168 | 3 | 1 << bit))
        assert [name for name in flags if post[name]] == [flag]
        assert (post["created_at"], post["curation"]) == (3, 2**64 - 1)


def test_a_list_cut_short_is_refused() -> None:
    words = [bytes(32)] * 7 + [(2).to_bytes(32)] + [bytes(32)] * 2
    signature = next(s for s in LAYOUTS if s.startswith("OptionsSet"))
    data = "0x" + b"".join(words[1:]).hex()
    log = Log([topic(signature), "0x" + "00" * 32], data, "0x1", "0x", "0x0", "0x" + "00" * 32)
    with pytest.raises(ValueError, match="cut short"):
        decode(log, 0)


def test_an_event_from_elsewhere_is_refused() -> None:
    log = Log(["0x" + "ab" * 32], "0x", "0x1", "0x", "0x0", "0x" + "00" * 32)
    with pytest.raises(UnknownEvent, match="update Laurel"):
        decode(log, 0)
