"""A thief has the owner key. The victim has the same key, and a friend: the recovery account."""

from dataclasses import replace

import pytest
from eth_abi.abi import encode as abi_encode

from indexer.protocol.packed import account_slot
from tests.actors import Actor, Key, join
from tests.chain import Chain
from tests.contracts.attacks.direct import refused_by

DAY = 86_400


@pytest.fixture
def people(deployed: Chain) -> tuple[Actor, Actor, Actor]:
    """Ada; Bob, her recovery account; the thief, who has an account too."""
    bob, thief = join(deployed, "bob", "thief")
    ada = Actor(deployed.deployment, deployed.anvil, "ada", posting=Key.p256())
    assert deployed.skipped(deployed.relay(ada.register(recovery=bob.account))) == {}
    ada.account = thief.account + 1
    return ada, bob, thief


def restored_at(chain: Chain, ada: Actor, bob: Actor, moment: int) -> str | None:
    """What `restore` would be refused with in a block of that moment; the chain goes no further."""
    snapshot = chain.anvil.rpc("evm_snapshot")
    chain.anvil.rpc("evm_setNextBlockTimestamp", moment - 1)
    chain.anvil.rpc("evm_mine")
    item = ada.restore(ada.owner, bob.owner, Key.secp256k1())
    chain.anvil.rpc("evm_setNextBlockTimestamp", moment)
    receipt = chain.relay(item)
    assert chain.w3.eth.get_block(receipt["blockNumber"])["timestamp"] == moment
    chain.anvil.rpc("evm_revert", snapshot)
    return chain.skipped(receipt).get(0)


def stamp(chain: Chain, receipt) -> int:
    return chain.w3.eth.get_block(receipt["blockNumber"])["timestamp"]


def test_stolen_owner_key_against_recovery(deployed: Chain, people):
    """Else who steals an owner key once has the account for ever: with keys of his own, the victim's revoked,
    and a recovery account of his own."""
    ada, bob, thief = people
    with_her_key = replace(ada)
    keys = {role: Key.secp256k1() for role in (1, 2, 3)}
    receipt = deployed.relay(
        *(with_her_key.add_key(k, role=role) for role, k in keys.items()),
        with_her_key.set_recovery(thief.account),
    )
    assert deployed.skipped(receipt) == {}
    with_own = replace(ada, owner=keys[3], posting=None)
    receipt = deployed.relay(
        with_own.revoke_key(ada.owner.address), with_own.revoke_key(ada.posting.address)
    )
    assert deployed.skipped(receipt) == {}
    # His account may not recover yet, whatever he signs.
    refused = deployed.skipped(
        deployed.relay(
            thief.request_recovery(ada.account, Key.secp256k1()),
            ada.restore(keys[3], thief.owner, Key.secp256k1()),
            ada.restore(ada.owner, thief.owner, Key.secp256k1()),
            ada.restore(ada.owner, keys[3], Key.secp256k1()),
        )
    )
    assert refused == dict.fromkeys(range(4), "UnknownKey")

    deployed.anvil.forward(29 * DAY)
    new = Key.secp256k1()
    restoring = ada.restore(ada.owner, bob.owner, new)
    # He sees it wait, and cannot void it.
    last = with_own.add_key(Key.secp256k1(), role=3), with_own.set_recovery(thief.account)
    assert deployed.skipped(deployed.relay(*last, restoring)) == {}

    back = replace(ada, owner=new, posting=None)
    refused = deployed.skipped(
        deployed.relay(
            with_own.post(b"\x01" * 32),
            with_own.transfer(thief.account, 1),
            with_own.add_key(Key.secp256k1()),
            with_own.set_recovery(thief.account),
            with_own.revoke_key(new.address),
            with_own.cancel_recovery(),
            replace(ada, posting=keys[1]).post(b"\x01" * 32),
            replace(ada, owner=keys[2]).transfer(thief.account, 1),
            ada.post(b"\x01" * 32),
            restoring,
            back.post(b"\x01" * 32),
        )
    )
    assert refused == dict.fromkeys(range(9), "KeyVoid") | {9: "KeyTaken"}
    # The recovery account that he set has gone with his keys, also when its day would have come.
    assert deployed.core.functions.recoveryOf(ada.account).call() == [bob.account, 0, 0]
    deployed.anvil.forward(31 * DAY)
    receipt = deployed.relay(
        thief.request_recovery(ada.account, Key.secp256k1()),
        ada.restore(keys[3], bob.owner, Key.secp256k1()),
        ada.restore(keys[3], thief.owner, Key.secp256k1()),
        back.post(b"\x02" * 32),
    )
    names = deployed.skipped(receipt)
    assert names == {0: "UnknownKey", 1: "NotFormerOwner", 2: "NotFormerOwner"}
    word = deployed.core.functions.accountState(ada.account).call()
    assert account_slot(word).key_epoch == 1


def test_stolen_owner_key_restored_after_thirty_days_is_too_late(deployed: Chain, people):
    """Else a key that was revoked long ago, and is found on an old disk, is good for a restoration. The last
    second counts, and the one after it does not."""
    ada, bob, thief = people
    second = Key.secp256k1()
    adding = ada.add_key(second, role=3)
    assert deployed.skipped(deployed.relay(adding)) == {}
    revoked = stamp(deployed, deployed.relay(ada.revoke_key(ada.owner.address, by=second)))
    assert restored_at(deployed, ada, bob, revoked + 30 * DAY - 1) is None
    assert restored_at(deployed, ada, bob, revoked + 30 * DAY) == "NotFormerOwner"
    del thief


def test_stolen_owner_key_and_a_changed_recovery_account(deployed: Chain, people):
    """Else a thief's change of the recovery account works at once. It takes 30 days, of which each new change
    begins anew, while the old account may restore; then it has taken effect."""
    ada, bob, thief = people
    first = stamp(deployed, deployed.relay(ada.set_recovery(thief.account)))
    assert restored_at(deployed, ada, bob, first + 30 * DAY - 1) is None
    assert restored_at(deployed, ada, bob, first + 30 * DAY) == "UnknownKey"
    assert restored_at(deployed, ada, thief, first + 30 * DAY - 1) == "UnknownKey"
    assert restored_at(deployed, ada, thief, first + 30 * DAY) is None

    deployed.anvil.forward(29 * DAY)
    again = stamp(deployed, deployed.relay(ada.set_recovery(0), ada.set_recovery(thief.account)))
    assert restored_at(deployed, ada, bob, again + 30 * DAY - 1) is None
    assert restored_at(deployed, ada, thief, again + 30 * DAY - 1) == "UnknownKey"
    # Its owner, who has noticed, takes the change back.
    deployed.anvil.forward(29 * DAY)
    assert deployed.skipped(deployed.relay(ada.set_recovery(bob.account))) == {}
    deployed.anvil.forward(31 * DAY)
    assert deployed.core.functions.recoveryOf(ada.account).call() == [bob.account, 0, 0]


def test_recovery_account_against_its_friend(deployed: Chain, people):
    """Else a recovery account that has turned bad takes the account over: an owner key has three days to say
    no, a no is final, and nothing is completed before."""
    ada, bob, thief = people
    f = deployed.core.functions
    evil = Key.secp256k1()
    request = bob.request_recovery(ada.account, evil)
    requested = stamp(deployed, deployed.relay(request))
    ready = requested + 3 * DAY
    assert f.recoveryRequestOf(ada.account).call() == [evil.address, ready]

    def completed_at(moment: int) -> str | None:
        snapshot = deployed.anvil.rpc("evm_snapshot")
        deployed.anvil.forward(moment - deployed.anvil.now())
        refused = refused_by(deployed, f.completeRecovery(ada.account))
        deployed.anvil.rpc("evm_revert", snapshot)
        return refused

    # `call` runs in the next block's time, one second later at the most.
    assert completed_at(ready - 5) == "TooEarly"
    assert completed_at(ready) is None

    refusals = (
        replace(ada, owner=ada.posting).cancel_recovery(),
        thief.cancel_recovery(account=ada.account),
    )
    assert deployed.skipped(deployed.relay(*refusals)) == {0: "RoleTooLow", 1: "UnknownKey"}
    cancelling = ada.cancel_recovery()
    refused = deployed.skipped(deployed.relay(cancelling, request, cancelling))
    assert refused == {1: "NonceUsed", 2: "NonceUsed"}
    assert completed_at(ready) == "NoRequest"
    # The same signatures, called directly with the nonce that is gone.
    deployed.impersonate(bob.owner.address)
    nonce = int.from_bytes(request.action[64:96])
    deadline = int.from_bytes(request.action[96:128])
    call = f.requestRecovery(ada.account, evil.address, nonce, deadline, request.action[128:])
    assert refused_by(deployed, call, bob.owner.address) == "NonceUsed"
    # A new message of Bob's is a new request; of nobody else's.
    for who in (thief, ada):
        names = deployed.skipped(deployed.relay(who.request_recovery(ada.account, evil)))
        assert names == {0: "UnknownKey"}
    assert deployed.skipped(deployed.relay(bob.request_recovery(ada.account, evil))) == {}
    deployed.anvil.forward(3 * DAY)
    deployed.send(f.completeRecovery(ada.account))
    assert refused_by(deployed, f.completeRecovery(ada.account)) == "NoRequest"
    assert deployed.skipped(deployed.relay(ada.post(b"\x01" * 32))) == {0: "KeyVoid"}


def test_an_account_without_recovery_is_nobodys_to_recover(deployed: Chain, people):
    """Else account 0, or an account that was never named, recovers whoever named none."""
    ada, bob, thief = people
    f = deployed.core.functions
    new = Key.secp256k1()
    assert f.recoveryOf(thief.account).call() == [0, 0, 0]
    receipt = deployed.relay(
        bob.request_recovery(thief.account, new),
        bob.request_recovery(0, new),
        bob.request_recovery(99, new),
        bob.request_recovery(bob.account, new),
        thief.restore(thief.owner, bob.owner, new),
        thief.restore(thief.owner, thief.owner, new),
        ada.restore(ada.owner, bob.owner, new, account=0),
        ada.restore(ada.posting, bob.owner, new),
        ada.restore(bob.owner, bob.owner, new),
        ada.restore(ada.owner, bob.owner, new),
    )
    assert deployed.skipped(receipt) == dict.fromkeys(range(6), "NoRecovery") | dict.fromkeys(
        range(6, 9), "NotFormerOwner"
    )


def test_restore_with_hostile_offsets_of_its_signatures(deployed: Chain, people):
    """Else a signature that one of the three gave for something stands in for another's, or an empty one for
    that of the relay's caller."""
    ada, bob, thief = people
    new = Key.secp256k1()
    honest = ada.restore(ada.owner, bob.owner, new)
    size = 3 * 32
    fields, proofs = honest.action[:size], honest.action[size:]

    def word(n: int) -> bytes:
        return (n % 2**256).to_bytes(32)

    third = proofs[-32 * 4 :]  # the last signature, with its length

    hostile = [
        b"",
        proofs[:32],
        proofs[:-32],  # of the last signature's 65 bytes, 64
        proofs[:64] + word(2**255) + proofs[96:],
        proofs[:64] + word(2**64) + proofs[96:],
        proofs[:64] + word(-64) + proofs[96:],
        proofs[:64] + word(-(2**255)) + proofs[96:],
        proofs[:64] + word(0) + proofs[96:],
        # all three the same signature
        proofs[:32] + proofs[32:64] * 3 + proofs[128:],
        # lengths without end, and none
        proofs[:128] + word(2**256 - 1) + proofs[160:],
        proofs[:128] + word(2**64 - 1) + proofs[160:],
        proofs[:128] + word(0) + proofs[160:],
        # no former owner, no recovery account, no new owner
        word(32) + word(96) + word(128) + word(160) + word(0) * 2 + third,
        word(32) + word(96) * 3 + third,
        bytes(32 * 10),
        b"\xff" * len(proofs),
    ]
    items = [replace(honest, action=fields + p) for p in hostile]
    receipt = deployed.relay(*items, ada.post(b"\x01" * 32))
    assert deployed.skipped(receipt).keys() == set(range(len(items)))
    # Nobody's key, which nobody needs to sign for.
    nobody = {"newOwner": "0x" + "00" * 20}
    two_of_three = [ada.act("Restore", k, **nobody) for k in (ada.owner, bob.owner)]
    proofs = abi_encode(["bytes[3]"], [[*(s.signature for s in two_of_three), b""]])
    item = replace(two_of_three[0], action=two_of_three[0].action + proofs, signature=b"")
    assert deployed.skipped(deployed.relay(item)) == {0: "NotPossessed"}
    # Directly, an empty signature is the caller's: it stands for one of the three only.
    deployed.impersonate(bob.owner.address)
    deployed.impersonate(thief.owner.address)
    f = deployed.core.functions
    deadline = int.from_bytes(fields[64:])
    one, two, three = (
        ada.act("Restore", k, newOwner=new.address, deadline=deadline).signature
        for k in (ada.owner, bob.owner, new)
    )
    for signatures, sender, error in (
        ([b"", two, three], bob, "NotFormerOwner"),
        ([one, b"", three], thief, "UnknownKey"),
        ([one, two, b""], bob, "NotPossessed"),
        ([b"", b"", three], bob, "NotFormerOwner"),
        ([b"", b"", b""], bob, "NotFormerOwner"),
        ([one, b"", b""], bob, "NotPossessed"),
        ([one, b"", three], bob, None),
    ):
        call = f.restore(ada.account, new.address, deadline, signatures)
        assert refused_by(deployed, call, sender.owner.address) == error
    assert deployed.skipped(deployed.relay(honest)) == {}
