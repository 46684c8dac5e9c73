"""Lost and stolen owner keys. What thieves try is in attacks/test_stolen_owner_key.py."""

from dataclasses import replace

import pytest
from eth_abi.abi import decode as abi_decode

from indexer.protocol import actions
from indexer.protocol.actions import Signed
from indexer.protocol.kinds import KINDS
from indexer.protocol.packed import KeySlot, account_slot, key_slot
from tests.actors import Actor, Key, join
from tests.chain import DEV, Chain
from tests.contracts.attacks.direct import refused_by

DAY = 86_400
ZERO = "0x" + "00" * 20


@pytest.fixture
def people(deployed: Chain) -> list[Actor]:
    """Ada; Bob, her recovery account; Cleo."""
    bob, cleo = join(deployed, "bob", "cleo")
    ada = Actor(deployed.deployment, deployed.anvil, "ada", posting=Key.p256())
    assert deployed.skipped(deployed.relay(ada.register(recovery=bob.account))) == {}
    ada.account = cleo.account + 1
    return [ada, bob, cleo]


def done(chain: Chain, *batch: Signed) -> int:
    """Relays what must succeed; returns when."""
    receipt = chain.relay(*batch)
    assert chain.skipped(receipt) == {}
    return chain.moment(receipt)


def refused(chain: Chain, item: Signed, moment: int | None = None) -> str | None:
    """What an action is refused with, in a block of that moment."""
    if moment is not None:
        chain.anvil.next_block_at(moment)
    return chain.skipped(chain.relay(item)).get(0)


def wait_until(chain: Chain, moment: int) -> None:
    chain.anvil.next_block_at(moment)
    chain.anvil.rpc("evm_mine")


def owned_by(ada: Actor, key: Key) -> Actor:
    return replace(ada, owner=key, posting=None)


# ---------------------------------------------------------------- a lost key


def test_a_lost_key(deployed, people):
    ada, bob, _ = people
    f, new = deployed.core.functions, Key.p256()
    receipt = deployed.relay(bob.request_recovery(ada.account, new))
    ready = deployed.moment(receipt) + 3 * DAY
    assert deployed.events(receipt, "RecoveryRequested") == [
        {"account": ada.account, "newOwner": new.address, "readyAt": ready}
    ]
    assert f.recoveryRequestOf(ada.account).call() == [new.address, ready]
    done(deployed, ada.post(b"\1" * 32))  # until then, nothing has changed

    wait_until(deployed, ready - 1)
    assert refused_by(deployed, f.completeRecovery(ada.account)) == "TooEarly"
    deployed.anvil.next_block_at(ready)
    receipt = deployed.send(f.completeRecovery(ada.account), gas=500_000)  # by anyone
    assert deployed.moment(receipt) == ready
    assert deployed.events(receipt, "Recovered") == [
        {"account": ada.account, "newOwner": new.address, "keyEpoch": 1}
    ]
    assert f.recoveryRequestOf(ada.account).call() == [ZERO, 0]
    assert refused_by(deployed, f.completeRecovery(ada.account)) == "NoRequest"

    # Every older key is void, and the new one is the owner's.
    assert account_slot(f.accountState(ada.account).call()).key_epoch == 1
    assert key_slot(f.keyOf(new.address).call()) == KeySlot(ada.account, 3, 0, 1, 0)
    assert refused(deployed, ada.post(b"\2" * 32)) == "KeyVoid"
    assert refused(deployed, ada.add_key(Key.p256())) == "KeyVoid"
    again = owned_by(ada, new)
    assert refused(deployed, again.add_key(ada.posting)) == "KeyTaken"
    done(deployed, again.post(b"\2" * 32), again.add_key(Key.p256()))


def test_who_may_not_ask(deployed, people):
    ada, bob, cleo = people
    new = Key.secp256k1()
    assert refused(deployed, cleo.request_recovery(ada.account, new)) == "UnknownKey"
    assert refused(deployed, ada.request_recovery(ada.account, new)) == "UnknownKey"
    # Nobody was named for Bob, and account 99 is nobody's.
    assert refused(deployed, cleo.request_recovery(bob.account, new)) == "NoRecovery"
    assert refused(deployed, cleo.request_recovery(99, new)) == "NoRecovery"
    active = Key.p256()
    done(deployed, bob.add_key(active, role=2))
    by_active = owned_by(bob, active)
    assert refused(deployed, by_active.request_recovery(ada.account, new)) == "RoleTooLow"
    unproven = bob.act("RequestRecovery", bob.owner, cleo.owner, account=3, newOwner=new.address)
    assert refused(deployed, unproven) == "NotPossessed"
    late = bob.request_recovery(ada.account, new, deadline=deployed.anvil.now() - 1)
    assert refused(deployed, late) == "Expired"
    assert deployed.core.functions.recoveryRequestOf(ada.account).call() == [ZERO, 0]


def test_a_direct_request(deployed, people):
    ada, bob, cleo = people
    f, new = deployed.core.functions, Key.secp256k1()
    item = bob.request_recovery(ada.account, new)
    kind = KINDS["RequestRecovery"]
    fields = actions.decode(kind, item.action)
    call = f.requestRecovery(*fields.values(), item.action[kind.size :])
    for key in (bob.owner, cleo.owner):
        deployed.impersonate(key.address)
    assert refused_by(deployed, call, cleo.owner.address) == "UnknownKey"
    deployed.send(call, bob.owner.address)
    assert f.recoveryRequestOf(ada.account).call()[0] == new.address
    # The nonce is the caller's, and has been used: for the relayed form too.
    assert f.nonceUsed(bob.owner.address, fields["nonce"]).call()
    assert refused(deployed, item) == "NonceUsed"
    assert refused_by(deployed, call, bob.owner.address) == "NonceUsed"


def test_an_owner_cancels(deployed, people):
    ada, bob, _ = people
    f, new = deployed.core.functions, Key.secp256k1()
    assert refused(deployed, ada.cancel_recovery()) == "NoRequest"
    done(deployed, bob.request_recovery(ada.account, new))
    assert refused(deployed, ada.act("CancelRecovery", ada.posting)) == "RoleTooLow"
    assert refused(deployed, bob.act("CancelRecovery", bob.owner, account=3)) == "UnknownKey"
    receipt = deployed.relay(ada.cancel_recovery())
    assert deployed.events(receipt, "RecoveryCancelled") == [{"account": ada.account}]
    deployed.anvil.forward(4 * DAY)
    assert refused_by(deployed, f.completeRecovery(ada.account)) == "NoRequest"

    done(deployed, bob.request_recovery(ada.account, new))
    deployed.impersonate(ada.owner.address)
    deployed.send(f.cancelRecovery(ada.account), ada.owner.address)
    assert refused_by(deployed, f.cancelRecovery(ada.account), ada.owner.address) == "NoRequest"
    done(deployed, ada.post(b"\1" * 32))


def test_a_request_that_is_ready_can_still_be_cancelled(deployed, people):
    ada, bob, _ = people
    done(deployed, bob.request_recovery(ada.account, Key.secp256k1()))
    deployed.anvil.forward(10 * DAY)
    done(deployed, ada.cancel_recovery())


def test_a_second_request_replaces_the_first_and_its_three_days(deployed, people):
    ada, bob, _ = people
    f, first, second = deployed.core.functions, Key.secp256k1(), Key.p256()
    asked = done(deployed, bob.request_recovery(ada.account, first))
    deployed.anvil.forward(2 * DAY)
    again = done(deployed, bob.request_recovery(ada.account, second))
    wait_until(deployed, asked + 3 * DAY)
    assert refused_by(deployed, f.completeRecovery(ada.account)) == "TooEarly"
    wait_until(deployed, again + 3 * DAY)
    deployed.send(f.completeRecovery(ada.account))
    assert key_slot(f.keyOf(second.address).call()).account == ada.account
    assert key_slot(f.keyOf(first.address).call()).account == 0


def test_a_key_that_was_taken_meanwhile_is_asked_for_in_vain(deployed, people):
    ada, bob, cleo = people
    f, new = deployed.core.functions, Key.secp256k1()
    done(deployed, bob.request_recovery(ada.account, new), cleo.add_key(new))
    deployed.anvil.forward(3 * DAY)
    assert refused_by(deployed, f.completeRecovery(ada.account)) == "KeyTaken"
    done(deployed, bob.request_recovery(ada.account, Key.secp256k1()))
    deployed.anvil.forward(3 * DAY)
    deployed.send(f.completeRecovery(ada.account))


# ---------------------------------------------------------------- a stolen key


def test_a_stolen_key_is_answered_at_once(deployed, people):
    ada, bob, cleo = people
    f, new, thiefs = deployed.core.functions, Key.p256(), Key.p256()
    # The thief has the owner key, adds his own, revokes hers and names his own recovery account.
    done(deployed, ada.add_key(thiefs, role=3), ada.set_recovery(cleo.account))
    thief = owned_by(ada, thiefs)
    done(deployed, thief.revoke_key(ada.owner.address))
    done(deployed, bob.request_recovery(ada.account, Key.secp256k1()))

    receipt = deployed.relay(ada.restore(ada.owner, bob.owner, new))
    assert deployed.skipped(receipt) == {}
    assert deployed.events(receipt, "Recovered") == [
        {"account": ada.account, "newOwner": new.address, "keyEpoch": 1}
    ]
    assert refused(deployed, thief.set_recovery(0)) == "KeyVoid"
    # What the thief could have prepared is taken back.
    assert f.recoveryOf(ada.account).call() == [bob.account, 0, 0]
    assert f.recoveryRequestOf(ada.account).call() == [ZERO, 0]
    deployed.anvil.forward(31 * DAY)
    assert f.recoveryOf(ada.account).call() == [bob.account, 0, 0]
    done(deployed, owned_by(ada, new).post(b"\1" * 32))


@pytest.mark.parametrize("caller", ["former", "recovery", "anyone"])
def test_a_direct_restoration(deployed, people, caller):
    """Who calls need not sign: a contract wallet cannot."""
    ada, bob, _ = people
    new = Key.secp256k1()
    item = ada.restore(ada.owner, bob.owner, new)
    kind = KINDS["Restore"]
    signatures = list(abi_decode(["bytes[3]"], item.action[kind.size :])[0])
    sender = {"former": ada.owner.address, "recovery": bob.owner.address, "anyone": DEV}[caller]
    deployed.impersonate(sender)
    if caller != "anyone":
        signatures[["former", "recovery"].index(caller)] = b""
    words = actions.decode(kind, item.action).values()
    deployed.send(deployed.core.functions.restore(*words, signatures), sender)
    done(deployed, owned_by(ada, new).post(b"\1" * 32))


def test_who_may_not_restore(deployed, people):
    ada, bob, cleo = people
    new, active = Key.secp256k1(), Key.p256()
    done(deployed, bob.add_key(active, role=2))
    assert refused(deployed, ada.restore(cleo.owner, bob.owner, new)) == "NotFormerOwner"
    assert refused(deployed, ada.restore(ada.posting, bob.owner, new)) == "NotFormerOwner"
    assert refused(deployed, ada.restore(new, bob.owner, new)) == "NotFormerOwner"
    assert refused(deployed, ada.restore(ada.owner, cleo.owner, new)) == "UnknownKey"
    assert refused(deployed, ada.restore(ada.owner, ada.owner, new)) == "UnknownKey"
    assert refused(deployed, ada.restore(ada.owner, active, new)) == "RoleTooLow"
    assert refused(deployed, ada.restore(ada.owner, bob.owner, ada.owner)) == "KeyTaken"
    theirs = cleo.restore(ada.owner, bob.owner, new)  # of Cleo's account
    assert refused(deployed, theirs) == "NotFormerOwner"
    late = deployed.anvil.now() - 1
    assert refused(deployed, ada.restore(ada.owner, bob.owner, new, deadline=late)) == "Expired"
    assert refused(deployed, bob.restore(bob.owner, cleo.owner, new)) == "NoRecovery"


@pytest.mark.parametrize("end", ["revoked", "expired", "of an older epoch"])
def test_a_key_was_the_owners_in_the_last_thirty_days(deployed, people, end):
    ada, bob, _ = people
    key, other = Key.p256(), Key.secp256k1()
    expiry = deployed.anvil.now() + DAY if end == "expired" else 0
    done(deployed, ada.add_key(key, role=3, expiry=expiry))
    if end == "expired":
        ended = expiry
    elif end == "revoked":
        ended = done(deployed, ada.revoke_key(key.address))
    else:
        ended = done(deployed, ada.restore(ada.owner, bob.owner, other))
    snapshot = deployed.anvil.rpc("evm_snapshot")
    for moment, error in ((ended + 30 * DAY - 1, None), (ended + 30 * DAY, "NotFormerOwner")):
        wait_until(deployed, moment - 1)
        item = ada.restore(key, bob.owner, Key.secp256k1())
        assert refused(deployed, item, moment) == error
        deployed.anvil.rpc("evm_revert", snapshot)
        snapshot = deployed.anvil.rpc("evm_snapshot")


def test_each_recovery_begins_an_epoch(deployed, people):
    ada, bob, _ = people
    f, keys = deployed.core.functions, [ada.owner, Key.p256(), Key.secp256k1(), Key.p256()]
    for epoch, (former, new) in enumerate(zip(keys, keys[1:], strict=False), 1):
        done(deployed, ada.restore(former, bob.owner, new))
        assert account_slot(f.accountState(ada.account).call()).key_epoch == epoch
        assert key_slot(f.keyOf(new.address).call()).epoch == epoch
    for key in keys[:-1]:
        assert refused(deployed, owned_by(ada, key).post(b"\1" * 32)) == "KeyVoid"
    done(deployed, owned_by(ada, keys[-1]).post(b"\1" * 32))


# ---------------------------------------------------------------- the recovery account


def test_another_recovery_account_in_thirty_days(deployed, people):
    ada, bob, cleo = people
    f, new = deployed.core.functions, Key.secp256k1()
    receipt = deployed.relay(ada.set_recovery(cleo.account))
    effective = deployed.moment(receipt) + 30 * DAY
    expected = {"account": ada.account, "recovery": cleo.account, "effectiveAt": effective}
    assert deployed.events(receipt, "RecoverySet") == [expected]
    pending = [bob.account, cleo.account, effective]
    assert f.recoveryOf(ada.account).call() == pending

    wait_until(deployed, effective - 2)
    assert f.recoveryOf(ada.account).call() == pending
    item, theirs = (who.request_recovery(ada.account, new) for who in (bob, cleo))
    assert refused(deployed, theirs, effective - 1) == "UnknownKey"
    assert refused(deployed, item, effective) == "UnknownKey"
    assert f.recoveryOf(ada.account).call() == [cleo.account, 0, 0]
    assert refused(deployed, theirs) is None


def test_another_change_begins_its_thirty_days_anew(deployed, people):
    ada, bob, cleo = people
    f = deployed.core.functions
    done(deployed, ada.set_recovery(cleo.account))
    deployed.anvil.forward(20 * DAY)
    effective = done(deployed, ada.set_recovery(0)) + 30 * DAY
    assert f.recoveryOf(ada.account).call() == [bob.account, 0, effective]
    wait_until(deployed, effective)
    assert f.recoveryOf(ada.account).call() == [0, 0, 0]
    new = Key.secp256k1()
    for who in (bob, cleo, ada):
        assert refused(deployed, who.request_recovery(ada.account, new)) == "NoRecovery"
    effective = done(deployed, ada.set_recovery(cleo.account)) + 30 * DAY
    assert f.recoveryOf(ada.account).call() == [0, cleo.account, effective]


def test_who_may_not_name_one(deployed, people):
    ada, bob, cleo = people
    assert refused(deployed, ada.set_recovery(99)) == "UnknownAccount"
    mine = ada.act("SetRecovery", ada.posting, recovery=cleo.account)
    assert refused(deployed, mine) == "RoleTooLow"
    theirs = bob.act("SetRecovery", bob.owner, account=ada.account, recovery=bob.account)
    assert refused(deployed, theirs) == "UnknownKey"
    f = deployed.core.functions
    for address in (ada.owner.address, bob.owner.address):
        deployed.impersonate(address)
    direct = f.setRecovery(ada.account, cleo.account)
    assert refused_by(deployed, direct, bob.owner.address) == "UnknownKey"
    deployed.send(direct, ada.owner.address)
    assert f.recoveryOf(ada.account).call()[:2] == [bob.account, cleo.account]


def test_the_new_owner_itself_calls_restore(deployed):
    """ICoreExtension: 'for the caller itself an empty signature will do'; so a contract wallet can be the new owner."""
    (bob,) = join(deployed, "bob")
    ada = Actor(deployed.deployment, deployed.anvil, "ada")
    deployed.relay(ada.register(recovery=bob.account))
    ada.account = 2
    new = Key.secp256k1()
    deployed.impersonate(new.address)
    item = ada.restore(ada.owner, bob.owner, new)
    kind = KINDS["Restore"]
    signatures = list(abi_decode(["bytes[3]"], item.action[kind.size :])[0])
    signatures[2] = b""
    call = deployed.core.functions.restore(*actions.decode(kind, item.action).values(), signatures)
    assert refused_by(deployed, call, new.address) is None
