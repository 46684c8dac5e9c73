"""Whose signature the contracts take, and Python too: on both curves, to the edges of what is a signature."""

from collections.abc import Callable, Iterator
from itertools import product

import pytest
from eth_utils.crypto import keccak

from indexer.protocol import actions
from indexer.protocol.actions import BadSignature, Signed
from indexer.protocol.kinds import KINDS
from tests.actors import Actor, Key, join
from tests.chain import DEV, START, Chain, deployed_on, running_anvil
from tests.contracts import edges
from tests.contracts.curves import P256, SECP256K1, Curve
from tests.contracts.edges import Cases, row
from tests.contracts.verdicts import verdict

# An action of an account that does not exist, so that whoever has signed is told by the refusal.
KIND = KINDS["RevokeKey"]
ACTION = actions.encode(KIND, {"account": 99, "key": DEV, "deadline": START + 3000})
PRECOMPILE = "0x0000000000000000000000000000000000000100"

on_both_curves = pytest.mark.parametrize(
    ("hashed", "cases"),
    [(actions.sha256, edges.p256), (keccak, edges.secp256k1)],
    ids=["p256", "secp256k1"],
)


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chain]:
    with running_anvil() as anvil:
        yield deployed_on(anvil, tmp_path_factory.mktemp("deployments"))


@pytest.fixture(scope="module")
def data(chain: Chain) -> bytes:
    """What is signed."""
    domain = actions.domain_separator(chain.deployment.chain_id, chain.core.address)
    return actions.message(domain, KIND, ACTION)


def _signer(data: bytes, signature: bytes) -> str | None:
    """What Python says."""
    try:
        return actions.signer_of(data, signature)
    except BadSignature:
        return None


def _relayed(chain: Chain, signatures: list[bytes]) -> list[bool]:
    """Of each whether the core takes it for a signature, in one transaction."""
    batch = [(KIND.number, ACTION, signature) for signature in signatures]
    receipt = chain.send(chain.core.functions.relay(batch), gas=29_000_000)
    skipped = chain.skipped(receipt)
    assert len(skipped) == len(signatures)
    assert set(skipped.values()) <= {"UnknownKey", "InvalidSignature", "MalformedSignature"}
    return [skipped[i] == "UnknownKey" for i in range(len(signatures))]


@on_both_curves
def test_edges(chain: Chain, data: bytes, hashed: Callable[[bytes], bytes], cases: Cases):
    made = cases(int.from_bytes(hashed(data)))
    for name, (signature, valid) in made.items():
        signer = _signer(data, signature)
        refused = "InvalidSignature" if len(signature) in (65, 128) else "MalformedSignature"
        expected = ("UnknownKey", signer) if valid else (refused, "")
        assert valid == (signer is not None), name
        assert verdict(chain, Signed(KIND.number, ACTION, signature)) == expected, name
    signatures = [signature for signature, _ in made.values()]
    assert _relayed(chain, signatures) == [valid for _, valid in made.values()]


def test_p256_where_r_and_s_end(chain: Chain, data: bytes):
    good = Key.p256().sign(data)
    made = [row(r, s) + good[64:] for r, s in _ends(P256, good)]
    found = _relayed(chain, made)
    assert found == [_signer(data, signature) is not None for signature in made]
    assert [signature for signature, valid in zip(made, found, strict=True) if valid] == [good]


@pytest.mark.parametrize("v", [0, 1, 26, 27, 28, 29, 255])
def test_secp256k1_where_r_and_s_end(chain: Chain, data: bytes, v: int):
    good = Key.secp256k1().sign(data)
    made = [row(r, s) + bytes([v]) for r, s in _ends(SECP256K1, good)]
    found = _relayed(chain, made)
    assert found == [_signer(data, signature) is not None for signature in made]
    assert any(found) == (v in (27, 28))


def _ends(curve: Curve, good: bytes) -> Iterator[tuple[int, int]]:
    """r and s of a signature, and at the ends of their ranges and beyond."""
    n = curve.n
    ends = [0, 1, n // 2, n // 2 + 1, n - 1, n, n + 1, 2**256 - 1]
    r, s = (int.from_bytes(good[i : i + 32]) for i in (0, 32))
    return product([r, *ends], [s, *ends])


def test_another_message_is_not_signed(chain: Chain, data: bytes):
    for key in (Key.p256(), Key.secp256k1()):
        other = bytearray(data)
        other[65] ^= 1
        found = verdict(chain, Signed(KIND.number, ACTION, key.sign(bytes(other))))
        assert found is not None and found[1] != key.address


@pytest.mark.parametrize("curve", ["p256", "secp256k1"])
def test_each_curve_has_its_own_hash(chain: Chain, data: bytes, curve: str):
    """A signature by the one curve over the other's hash is nobody's, or a stranger's."""
    if curve == "p256":
        r, s = P256.sign(7, 11, int.from_bytes(keccak(data)))
        signature = row(r, min(s, P256.n - s), *P256.times(7, P256.g))
    else:
        r, s = SECP256K1.sign(7, 11, int.from_bytes(actions.sha256(data)))
        signature = row(r, min(s, SECP256K1.n - s)) + b"\x1b"
    signer = _signer(data, signature)
    assert signer != actions.secp256k1_address((7).to_bytes(32))
    found = verdict(chain, Signed(KIND.number, ACTION, signature))
    assert found == (("InvalidSignature", "") if curve == "p256" else ("UnknownKey", signer))


# ---------------------------------------------------------------- registering such keys


def _registration(chain: Chain, x: int, y: int, posting: bool) -> Signed:
    """By the key (x, y), without knowing its private key."""
    owner = Key.secp256k1()
    address, zero = actions.p256_address(x, y), "0x" + "00" * 20
    fields = {
        "handle": "nobody",
        "ownerKey": owner.address if posting else address,
        "postingKey": address if posting else zero,
        "postingExpiry": 0,
        "recovery": 0,
        "maxFee": 0,
        "deadline": START + 3000,
    }
    kind = KINDS["Register"]
    action = actions.encode(kind, fields)
    domain = actions.domain_separator(chain.deployment.chain_id, chain.core.address)
    data = actions.message(domain, kind, action)
    r, s = P256.sign(7, 11, int.from_bytes(actions.sha256(data)))
    forged = row(r, min(s, P256.n - s), x, y)
    return Signed(
        kind.number, action + (forged if posting else b""), owner.sign(data) if posting else forged
    )


@pytest.mark.parametrize("posting", [False, True])
def test_no_key_without_an_owner_is_registered(chain: Chain, posting: bool):
    p, g = P256.p, P256.g
    points = [(0, 0), (0, 1), (p, p), (g.x, g.y + 1), (g.x, g.y), (2**256 - 1, 2**256 - 1)]
    receipt = chain.relay(*(_registration(chain, x, y, posting) for x, y in points))
    assert chain.skipped(receipt) == dict.fromkeys(range(len(points)), "InvalidSignature")
    assert chain.core.functions.accountCount().call() == 0


def test_on_a_chain_without_the_precompile_a_p256_key_is_refused_by_name(tmp_path):
    """There, wallets' keys do all the same."""
    with running_anvil("--hardfork", "cancun") as anvil:
        chain = deployed_on(anvil, tmp_path / "deployments")
        actor = Actor(chain.deployment, anvil, "ada", posting=Key.p256())
        assert verdict(chain, actor.register()) == ("MissingPrecompile", PRECOMPILE)
        (bob,) = join(chain, "bob")
        receipt = chain.relay(actor.register(), bob.add_key(Key.p256()), bob.post(b"\1" * 32))
        assert chain.skipped(receipt) == {0: "MissingPrecompile", 1: "MissingPrecompile"}
        assert chain.core.functions.accountCount().call() == 1
