"""One message by one key has one valid signature's form, so that whoever sees it cannot make another."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from indexer.protocol.actions import P256_ORDER, SECP256K1_ORDER, Signed
from tests.actors import Actor, Key, join
from tests.chain import Chain, deployed_on, running_anvil
from tests.contracts.attacks.direct import refused_by

P256_PRIME = 2**256 - 2**224 + 2**192 + 2**96 - 1
WRONG = {"InvalidSignature", "MalformedSignature", "UnknownKey", "NotPossessed", "NotFormerOwner"}


def words(*numbers: int) -> bytes:
    return b"".join((n % 2**256).to_bytes(32) for n in numbers)


def split(signature: bytes) -> list[int]:
    return [int.from_bytes(signature[i : i + 32]) for i in range(0, len(signature) // 32 * 32, 32)]


def twisted_secp256k1(signature: bytes) -> dict[str, bytes]:
    """What others could make of r, s, v without the key."""
    (r, s), v = split(signature), signature[64]
    n = SECP256K1_ORDER
    return {
        "high s": words(r, n - s) + bytes([55 - v]),
        "high s, same v": words(r, n - s) + bytes([v]),
        "v of 0 or 1": words(r, s) + bytes([v - 27]),
        "v of 29 or 30": words(r, s) + bytes([v + 2]),
        "v of EIP-155": words(r, s) + bytes([37 + v - 27]),
        "the other v": words(r, s) + bytes([55 - v]),
        "compact, EIP-2098": words(r, s | (v - 27) << 255),
        "r and s alone": words(r, s),
        "r above the order": words(r + n, s) + bytes([v]),
        "s above the order": words(r, s + n) + bytes([v]),
        "zeros": bytes(65),
        "one byte more": signature + b"\0",
        "v as a word": words(r, s, v),
        "nothing": b"",
    }


def twisted_p256(signature: bytes) -> dict[str, bytes]:
    r, s, x, y = split(signature)
    n = P256_ORDER
    return {
        "high s": words(r, n - s, x, y),
        "s above the order": words(r, s + n, x, y),
        "r above the order": words(r + n, s, x, y),
        "negative r": words(n - r, s, x, y),
        "the mirrored point": words(r, s, x, P256_PRIME - y),
        "high s, the mirrored point": words(r, n - s, x, P256_PRIME - y),
        "x above the prime": words(r, s, x + P256_PRIME, y),
        "y above the prime": words(r, s, x, y + P256_PRIME),
        "x and y exchanged": words(r, s, y, x),
        "without the point": words(r, s),
        "zeros": bytes(128),
        "one byte more": signature + b"\0",
        "one byte less": signature[:-1],
    }


CURVES: dict[str, tuple[Callable[[], Key], Callable[[bytes], dict[str, bytes]]]] = {
    "secp256k1": (Key.secp256k1, twisted_secp256k1),
    "P-256": (Key.p256, twisted_p256),
}


@pytest.mark.parametrize("curve", CURVES)
def test_signature_malleability(deployed: Chain, curve: str):
    """Else whoever sees a signed action makes a second signature over it, under which a list of signatures
    seen would let it pass again; and pages disagree on whether a message is the same."""
    made, twisted = CURVES[curve]
    (ada,) = join(deployed, "ada")
    key = made()
    assert deployed.skipped(deployed.relay(ada.add_key(key))) == {}
    item = replace(ada, posting=key).post(b"\x01" * 32)
    bad = twisted(item.signature)
    receipt = deployed.relay(*(replace(item, signature=s) for s in bad.values()))
    refused = dict(zip(bad, deployed.skipped(receipt).values(), strict=True))
    assert len(deployed.skipped(receipt)) == len(bad) and set(refused.values()) <= WRONG, refused
    assert deployed.skipped(deployed.relay(item)) == {}
    # When it has served, its other forms find the same guard as itself: the slot, not the signature.
    receipt = deployed.relay(item, *(replace(item, signature=s) for s in bad.values()))
    assert len(deployed.skipped(receipt)) == 1 + len(bad)


@pytest.mark.parametrize("curve", CURVES)
def test_signature_malleability_of_proofs(deployed: Chain, curve: str):
    """Else a key that never agreed, the mirror of one that did, is put under an account."""
    made, twisted = CURVES[curve]
    (bob,) = join(deployed, "bob")
    ada = Actor(deployed.deployment, deployed.anvil, "ada", owner=made(), posting=made())
    registering = ada.register(recovery=bob.account)
    size = 7 * 32

    def with_proof(item: Signed, fields: int, proof: bytes) -> Signed:
        return replace(item, action=item.action[:fields] + proof)

    tails = twisted(registering.action[size:])
    heads = twisted(registering.signature)
    # No proof at all would be in order where there were no posting key; here there is one.
    items = [with_proof(registering, size, t) for t in tails.values()]
    items += [replace(registering, signature=h) for h in heads.values()]
    refused = deployed.skipped(deployed.relay(*items))
    assert len(refused) == len(items) and set(refused.values()) <= WRONG
    assert deployed.skipped(deployed.relay(registering)) == {}
    ada.account = bob.account + 1

    new = made()
    adding = ada.add_key(new)
    asking = bob.request_recovery(ada.account, made())
    for item, fields in ((adding, 5 * 32), (asking, 4 * 32)):
        items = [with_proof(item, fields, t) for t in twisted(item.action[fields:]).values()]
        refused = deployed.skipped(deployed.relay(*items))
        assert len(refused) == len(items) and set(refused.values()) <= WRONG
        assert deployed.skipped(deployed.relay(item)) == {}


@pytest.mark.parametrize("curve", CURVES)
def test_signature_malleability_of_a_restoration(deployed: Chain, curve: str):
    """Else one of the three who must sign is somebody else."""
    made, twisted = CURVES[curve]
    bob = Actor(deployed.deployment, deployed.anvil, "bob", owner=made(), account=1)
    ada = Actor(deployed.deployment, deployed.anvil, "ada", owner=made(), account=2)
    assert deployed.skipped(deployed.relay(bob.register(), ada.register(recovery=1))) == {}
    new = made()
    deadline = deployed.anvil.now() + 600
    fields = {"newOwner": new.address, "deadline": deadline}
    honest = [ada.act("Restore", k, **fields).signature for k in (ada.owner, bob.owner, new)]
    f = deployed.core.functions
    for i in range(3):
        for name, signature in twisted(honest[i]).items():
            three = [*honest[:i], signature, *honest[i + 1 :]]
            call = f.restore(ada.account, new.address, deadline, three)
            assert refused_by(deployed, call) in WRONG, (i, name)
    call = f.restore(ada.account, new.address, deadline, honest)
    assert refused_by(deployed, call) is None


def test_a_chain_without_the_p256_precompile(tmp_path: Path):
    """Else, where nothing answers at 0x100, everything is a valid signature of every P-256 key."""
    with running_anvil("--hardfork", "prague") as old:
        chain = deployed_on(old, tmp_path)
        bob = Actor(chain.deployment, old, "bob")
        ada = Actor(chain.deployment, old, "ada", owner=Key.p256())
        both = Actor(chain.deployment, old, "both", posting=Key.p256())
        items = [ada.register(), both.register(), bob.register()]
        items.insert(0, replace(items[0], signature=bytes(96) + items[0].signature[96:]))
        missing = "MissingPrecompile"
        assert chain.skipped(chain.relay(*items)) == {0: "InvalidSignature", 1: missing, 2: missing}
        bob.account = chain.core.functions.accountCount().call()
        assert chain.skipped(chain.relay(bob.add_key(Key.p256()))) == {0: missing}
        assert chain.skipped(chain.relay(bob.post(b"\x01" * 32))) == {}
