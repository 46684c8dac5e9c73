"""The relay's gas is what the contracts ask for, by their source and by what they do."""

import re

import pytest
from web3.exceptions import ContractCustomError

from backend.chain.gas import gas_of, item_gas
from indexer.protocol.actions import Signed
from indexer.protocol.kinds import KINDS, Kind
from indexer.settings import ROOT
from tests.actors import Actor, join
from tests.chain import DEV, Chain


def asked(kind: Kind, size: int) -> int:
    """What the library's gasOf returns for an action of so many bytes."""
    library = "GraphKinds" if kind.contract == "graph" else "Kinds"
    source = (ROOT / "contracts" / "libraries" / f"{library}.sol").read_text()
    returns = dict(re.findall(r"(?:if \(kind == (\w+)\) )?return (\d[^;]*);", source))
    formula = returns.get(kind.constant) or returns[""]
    return int(eval(formula.replace("Math.min", "min"), {"size": size, "min": min}))


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_as_the_source_has_it(kind: Kind) -> None:
    for size in (0, kind.size, 1_700, 5_000):
        assert kind.gas.reserved(size) == asked(kind, size)


def test_a_batch_is_given_enough_and_no_less_would_do(deployed: Chain) -> None:
    """With `gas_of` every item is performed; without the last one's reserve the relay refuses as a whole."""
    (ann, bob) = join(deployed, "ann", "bob")

    def batch(word: int) -> list[Signed]:
        return [
            ann.post(bytes([word]) * 32),
            Actor(ann.deployment, ann.anvil, f"cat{word}").register(),
            bob.edit(ann.post_id(bytes([word]) * 32), bytes(32)),
        ]

    def data(signed: list[Signed]) -> bytes:
        items = [(s.kind, s.action, s.signature) for s in signed]
        return bytes.fromhex(deployed.core.encode_abi("relay", [items])[2:])

    first, second = batch(1), batch(2)
    enough = gas_of(((s, 1) for s in first), data(first))
    relayed = deployed.send(
        deployed.core.functions.relay([(s.kind, s.action, s.signature) for s in first]),
        gas=enough,
    )
    assert deployed.skipped(relayed) == {2: "NotAuthor"}
    short = relayed["gasUsed"] + item_gas(second[-1]) // 2
    with pytest.raises(ContractCustomError):
        deployed.core.functions.relay([(s.kind, s.action, s.signature) for s in second]).call(
            {"from": DEV, "gas": short}
        )
