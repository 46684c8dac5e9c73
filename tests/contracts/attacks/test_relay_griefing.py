"""One hostile item in a batch costs the others nothing, whatever its bytes."""

import itertools
from typing import Any

import pytest

from indexer.protocol.actions import Signed
from indexer.protocol.kinds import KINDS, KINDS_BY_NUMBER
from tests.actors import join
from tests.chain import DEV, Chain
from tests.contracts.attacks.hostile_token import Mode, hostile_token
from tests.contracts.attacks.one_of_each import DAY, Keys, set_scene

NUMBERS = KINDS_BY_NUMBER.keys()
UNKNOWN = {0, 255} | {n for number in NUMBERS for n in (number - 1, number + 1)} - NUMBERS
LONGER = {"a byte more", "a word more", "ten kilobytes"}


def word(n: int) -> bytes:
    return (n % 2**256).to_bytes(32)


def malformed(item: Signed) -> dict[str, Signed]:
    """One message, spoiled in every way that the bytes allow."""
    action, signature = item.action, item.signature
    spoiled = {
        "empty": b"",
        "one byte": b"\x01",
        "a byte less": action[:-1],
        "a byte more": action + b"\0",
        "a word less": action[:-32],
        "a word more": action + bytes(32),
        "all ones": b"\xff" * len(action),
        "all zeros": bytes(len(action)),
        "ten kilobytes": action + b"\xee" * 10_000,
    }
    # Every word in its turn as an offset, a length, a number: out of range, without end, to itself, negative.
    for i in range(len(action) // 32):
        for value in (2**256 - 1, 2**255, 2**64, 2**64 - 1, 2**32, 32 * i, -32):
            spoiled[f"word {i}: {value:#x}"] = (
                action[: 32 * i] + word(value) + action[32 * i + 32 :]
            )
    items = {name: Signed(item.kind, a, signature) for name, a in spoiled.items()}
    for name, other in {
        "no signature": b"",
        "half a signature": signature[:32],
        "zeros for a signature": bytes(65),
        "zeros for a P-256 signature": bytes(128),
        "ones for a signature": b"\xff" * 65,
        "ones for a P-256 signature": b"\xff" * 128,
        "a kilobyte of signature": b"\x01" * 1024,
    }.items():
        items[name] = Signed(item.kind, action, other)
    for kind in UNKNOWN:
        items[f"kind {kind}"] = Signed(kind, action, signature)
    return items


def harmless(name: str, kind: str) -> bool:
    """Spoilings that leave a message what it was, and so leave it valid: bytes that nobody reads."""
    return kind == "Restore" and (
        "signature" in name or name.startswith("word 3:") or name in LONGER | {"a byte less"}
    )


def send(chain: Chain, contract: Any, batch: list[Signed], gas: int) -> Any:
    call = contract.functions.relay([(s.kind, s.action, s.signature) for s in batch])
    return chain.w3.eth.wait_for_transaction_receipt(call.transact({"from": DEV, "gas": gas}))


def test_griefing_a_relay_batch_with_malformed_items(deployed: Chain):
    """Else one who pays nothing stops the actions of all who share a batch with him. Each kind is spoiled in
    each way in the middle of good ones; then, whole, it does what it says."""
    scene = set_scene(deployed, Keys.made())
    deployed.anvil.forward(5 * DAY)
    (bystander,) = join(deployed, "bystander")
    numbers = itertools.count()
    for kind, item in scene.actions():
        graph = KINDS[kind].contract == "graph"
        contract = deployed.graph if graph else deployed.core
        bad = [s for name, s in malformed(item).items() if not harmless(name, kind)]
        for part in (bad[:60], bad[60:]):
            good = [
                bystander.profile(bytes(32)) if graph else bystander.post(word(next(numbers) << 40))
                for _ in range(4)
            ]
            receipt = send(deployed, contract, [*good[:2], *part, *good[2:]], 29_000_000)
            assert receipt["status"] == 1, kind
            assert deployed.skipped(receipt).keys() == set(range(2, 2 + len(part))), kind
            assert receipt["gasUsed"] < 29_000_000 // 2
        assert deployed.skipped(deployed.relay(item)) == {}, kind


@pytest.mark.parametrize("size", [0, 200_000])
def test_a_tip_collected_in_a_token_that_burns_gas_or_answers_at_length(deployed: Chain, size: int):
    """Else one item, which costs its signer nothing, has every batch that it is in revert as a whole."""
    ada, mallory = join(deployed, "ada", "mallory")
    token = hostile_token(deployed)

    def batch() -> list[Signed]:
        bad = [mallory.collect(token.address, DEV, 0) for _ in range(3)]
        good = [ada.follow([mallory.account]) for _ in range(7)]
        return [*good[:3], *bad, *good[3:]]

    # As the relayer does: what the contract asks for each item before it, and some more.
    gas = 21_000 + 10 * 20_000 + (7 * (60_000 + 80 * 256) + 3 * 200_000) * 64 // 63
    honest = send(deployed, deployed.graph, batch(), gas)
    assert honest["status"] == 1 and deployed.skipped(honest) == {}
    deployed.send(token.functions.revertLong(size))
    if not size:
        deployed.send(token.functions.behave(Mode.BURNS_GAS))
    hostile = send(deployed, deployed.graph, batch(), gas)
    assert hostile["status"] == 1
    assert deployed.skipped(hostile).keys() == {3, 4, 5}


@pytest.mark.parametrize("count", [50, 600])
def test_votes_on_very_many_posts_in_the_middle_of_a_batch(deployed: Chain, count: int):
    """Else 38 kilobytes ask for more gas than a block has, and every batch that they are in reverts."""
    ada, mallory = join(deployed, "ada", "mallory")
    bad = mallory.votes({bytes([1 + n // 256, n % 256]) * 16: 1 for n in range(count)})
    batch = [ada.post(b"\x01" * 32), bad, ada.post(b"\x02" * 32)]
    receipt = send(deployed, deployed.core, batch, 29_000_000)
    assert receipt["status"] == 1
    assert deployed.skipped(receipt).keys() == {1}
