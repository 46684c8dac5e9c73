"""A key belongs to an account only by its own signature over that very membership."""

from dataclasses import replace

from indexer.protocol.packed import key_slot
from tests.actors import Actor, Key, join
from tests.chain import Chain
from tests.contracts.attacks.direct import refused_by

ZERO = "0x" + "00" * 20
REGISTER_BYTES, ADD_KEY_BYTES = 7 * 32, 5 * 32


def account_of(chain: Chain, key: Key) -> int:
    return key_slot(chain.core.functions.keyOf(key.address).call()).account


def test_key_capture_by_registering_first(deployed: Chain):
    """Else whoever sees a registration wait takes its keys into an account of his own, where they serve for
    ever: the victim posts in the attacker's name, and can never register."""
    mallory = Key.secp256k1()
    for handle, posting in (("victim-a", Key.secp256k1()), ("victim-b", Key.p256())):
        victim = Actor(deployed.deployment, deployed.anvil, handle, posting=posting)
        waiting = victim.register()
        owners, postings = waiting.signature, waiting.action[REGISTER_BYTES:]
        thief = Actor(deployed.deployment, deployed.anvil, "thief", owner=mallory, posting=posting)
        mine = thief.register()
        fields = mine.action[:REGISTER_BYTES]
        attempts = [
            # the victim's posting key under the attacker's owner key, with the proof that the victim gave
            replace(mine, action=fields + postings),
            replace(mine, action=fields + mallory.sign(b"\x19\x01" + bytes(64))),
            replace(mine, action=fields),
            # the victim's registration with another handle, other keys, another recovery account
            replace(waiting, action=victim.register(handle="other").action[:224] + postings),
            replace(waiting, action=victim.register(recovery=0, postingExpiry=2**39).action),
            replace(waiting, action=fields + postings, signature=owners),
        ]
        refused = deployed.skipped(deployed.relay(*attempts))
        assert refused.keys() == set(range(len(attempts)))
        assert set(refused.values()) <= {"NotPossessed", "InvalidSignature", "MalformedSignature"}
        # Directly, where the caller needs no signature of its own.
        deployed.impersonate(mallory.address)
        deadline = deployed.anvil.now() + 600
        r = (b"thief".ljust(32, b"\0"), mallory.address, posting.address, 0, 0, 0, deadline)
        call = deployed.core.functions.register(r, b"", postings)
        assert refused_by(deployed, call, mallory.address) in ("NotPossessed", "InvalidSignature")
        r = (b"thief".ljust(32, b"\0"), victim.owner.address, ZERO, 0, 0, 0, deadline)
        call = deployed.core.functions.register(r, owners, b"")
        assert refused_by(deployed, call, mallory.address) == "NotPossessed"

        # What a stranger can do with the registration as it is, is to pay for it.
        assert deployed.skipped(deployed.relay(waiting)) == {}
        account = deployed.core.functions.accountCount().call()
        assert account_of(deployed, victim.owner) == account_of(deployed, posting) == account


def test_key_capture_by_adding_without_possession(deployed: Chain):
    """Else anybody puts anybody's key, or a contract wallet's address, under an account of his own."""
    ada, mallory = join(deployed, "ada", "mallory")
    for new in (Key.p256(), Key.secp256k1()):
        waiting = ada.add_key(new)
        proof = waiting.action[ADD_KEY_BYTES:]
        theirs = mallory.add_key(new)
        fields = theirs.action[:ADD_KEY_BYTES]
        attempts = [
            replace(theirs, action=fields + proof),
            replace(theirs, action=fields),
            replace(theirs, action=fields + mallory.owner.sign(bytes(66))),
            replace(theirs, action=fields + theirs.signature),
            # Ada's own grant, raised from posting to owner
            replace(waiting, action=ada.add_key(new, role=3).action[:ADD_KEY_BYTES] + proof),
            mallory.add_key(new, account=ada.account),
        ]
        refused = deployed.skipped(deployed.relay(*attempts))
        assert refused.keys() == set(range(len(attempts)))
        assert set(refused.values()) <= {
            "NotPossessed",
            "InvalidSignature",
            "MalformedSignature",
            "UnknownKey",
        }
        assert account_of(deployed, new) == 0
        assert deployed.skipped(deployed.relay(waiting)) == {}
        assert account_of(deployed, new) == ada.account


def test_key_capture_of_a_key_that_serves_already(deployed: Chain):
    """Else a key that was talked into a second signature moves, with all it may do, to another account."""
    ada, mallory = join(deployed, "ada", "mallory")
    newcomer = Actor(deployed.deployment, deployed.anvil, "newcomer", owner=ada.owner)
    other = Actor(deployed.deployment, deployed.anvil, "another", posting=ada.owner)
    refused = deployed.skipped(
        deployed.relay(mallory.add_key(ada.owner), newcomer.register(), other.register())
    )
    assert refused == dict.fromkeys(range(3), "KeyTaken")
    assert account_of(deployed, ada.owner) == ada.account
    assert deployed.skipped(deployed.relay(ada.post(b"\x01" * 32))) == {}


def test_key_capture_by_recovery(deployed: Chain):
    """Else a recovery account puts another account's key, or nobody's, into the account it recovers."""
    bob, victim = join(deployed, "bob", "victim")
    ada = Actor(deployed.deployment, deployed.anvil, "ada")
    assert deployed.skipped(deployed.relay(ada.register(recovery=bob.account))) == {}
    ada.account = victim.account + 1
    new, fresh = Key.secp256k1(), Key.secp256k1()
    honest = bob.request_recovery(ada.account, new)
    forged = replace(
        bob.request_recovery(ada.account, victim.owner), action=honest.action[:128] + bytes(65)
    )
    lifted = bob.request_recovery(ada.account, fresh)
    lifted = replace(lifted, action=lifted.action[:128] + honest.action[128:])
    unproven = replace(lifted, action=lifted.action[:128])
    refused = deployed.skipped(deployed.relay(forged, lifted, unproven))
    assert refused.keys() == {0, 1, 2}
    assert set(refused.values()) <= {"NotPossessed", "InvalidSignature", "MalformedSignature"} | {
        "UnknownKey"
    }
    assert deployed.skipped(deployed.relay(honest)) == {}
    deployed.anvil.forward(3 * 86_400)
    deployed.send(deployed.core.functions.completeRecovery(ada.account))
    assert account_of(deployed, new) == ada.account
    # One whose key has gone elsewhere in the meantime is not taken from there.
    assert deployed.skipped(deployed.relay(bob.request_recovery(ada.account, fresh))) == {}
    late = Actor(deployed.deployment, deployed.anvil, "late", owner=fresh)
    assert deployed.skipped(deployed.relay(late.register())) == {}
    deployed.anvil.forward(3 * 86_400)
    call = deployed.core.functions.completeRecovery(ada.account)
    assert refused_by(deployed, call) == "KeyTaken"
