"""What the contracts hash is what Python, eth_account, viem and the browser hash.

tests/frontend/test_actions.py compares those with the vectors, and this the contracts with the same ones.
"""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from eth_abi.abi import encode as abi_encode

from indexer.protocol.actions import Signed
from indexer.protocol.kinds import KINDS
from tests.actors import Key, join
from tests.chain import Chain, deployed_on, running_anvil
from tests.contracts.verdicts import verdict

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "eip712.json").read_text())
# The second of anvil's well-known accounts: the owner key of the vectors' registrations.
SECOND = Key(bytes.fromhex("59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d"))
THIRD = Key(bytes.fromhex("5de4111afa1a4b94908f83103eb1f1706367c2e68ca870fc3fb9a804cdab365a"))
ZERO = "0x" + "00" * 20


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chain]:
    """The vectors' chain, with as many accounts as they name beneficiaries."""
    with running_anvil() as anvil:
        chain = deployed_on(anvil, tmp_path_factory.mktemp("deployments"))
        join(chain, *(f"account{i}" for i in range(1, 9)))
        yield chain


def test_the_vectors_are_for_this_chain(chain: Chain):
    assert (chain.deployment.core, chain.deployment.graph) == (VECTORS["core"], VECTORS["graph"])
    kinds = {case["kind"] for case in VECTORS["cases"] if case["chainId"] == 31337}
    missing = KINDS.keys() - kinds
    assert kinds == KINDS.keys(), f"eip712.json has no case of chain 31337 for {missing}"


@pytest.mark.parametrize("key", [Key.secp256k1(), Key.p256()], ids=["secp256k1", "p256"])
@pytest.mark.parametrize(
    "case",
    [c for c in VECTORS["cases"] if c["chainId"] == 31337 and c["kind"] != "Register"],
    ids=lambda case: case["kind"],
)
def test_the_contracts_find_who_signed_the_vector(chain: Chain, case: dict, key: Key):
    """Another hash would have another signer on secp256k1, and none on P-256."""
    kind, action = KINDS[case["kind"]], bytes.fromhex(case["action"][2:])
    signature = key.sign(bytes.fromhex(case["message"][2:]))
    if kind.name == "Restore":
        action += abi_encode(["bytes[3]"], [[signature] * 3])
        signature = b""
    found = verdict(chain, Signed(kind.number, action, signature))
    if kind.contract == "graph" and [] in case["values"].values():
        assert found == ("BadBatch", "")  # for which the graph needs no signer
    elif kind.name == "RequestRecovery":
        assert found == (
            "NoRecovery",
            "",
        )  # nor here the core; test_recovery.py has such as it accepts
    else:
        # Of account 99 nobody was ever owner.
        names = {"Restore": "NotFormerOwner"}
        assert found == (names.get(kind.name, "UnknownKey"), key.address)


@pytest.mark.parametrize(
    "case",
    [c for c in VECTORS["cases"] if c["chainId"] == 31337 and c["kind"] == "Register"],
    ids=lambda case: case["values"]["handle"],
)
def test_the_core_registers_who_signed_the_vector(chain: Chain, case: dict):
    message = bytes.fromhex(case["message"][2:])
    posting = case["values"]["postingKey"]
    assert case["values"]["ownerKey"] == SECOND.address and posting in (ZERO, THIRD.address)
    proof = b"" if posting == ZERO else THIRD.sign(message)
    action = bytes.fromhex(case["action"][2:]) + proof
    assert verdict(chain, Signed(1, action, SECOND.sign(message))) is None
    stranger = Key.p256()
    assert verdict(chain, Signed(1, action, stranger.sign(message))) == (
        "NotPossessed",
        SECOND.address,
    )
