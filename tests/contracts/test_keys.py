"""Accounts, handles, and which key may do what."""

import pytest
from web3 import Web3

from indexer.slots import account_slot, post_slot, vote_slot
from tests.actors import Actor, Key, join, signed, stake
from tests.chain import DEV

DAY = 86_400
ETHER = 10**18
ZERO = "0x" + "00" * 20


@pytest.mark.parametrize("handle", ["abc", "a1b", "ada.lovelace", "a-b.c-d", "x" * 16])
def test_well_formed_handles(deployed, handle):
    (actor,) = join(deployed, handle)
    found, recovery = deployed.core.functions.identityOf(actor.account).call()
    assert (found.rstrip(b"\0").decode(), recovery) == (handle, 0)
    assert deployed.core.functions.accountOf(handle.encode().ljust(32, b"\0")).call() == 1


@pytest.mark.parametrize(
    "handle",
    [
        "",
        "ab",
        "x" * 17,
        "Abc",
        "1abc",
        "-abc",
        "abc-",
        "abc.",
        "a--b",
        "a.-b",
        "a_b",
        "a b",
        "a\0bc",
    ],
)
def test_malformed_handles(deployed, handle):
    actor = Actor(deployed.deployment, deployed.anvil, handle)
    assert deployed.skipped(deployed.relay(actor.register())) == {0: "MalformedHandle"}


def test_a_handle_and_a_key_serve_once(deployed):
    (ada,) = join(deployed, "ada")
    taken = Actor(deployed.deployment, deployed.anvil, "ada")
    again = Actor(deployed.deployment, deployed.anvil, "bob", owner=ada.owner)
    receipt = deployed.relay(taken.register(), again.register())
    assert deployed.skipped(receipt) == {0: "HandleTaken", 1: "KeyTaken"}
    assert deployed.core.functions.accountCount().call() == 1


def test_nobody_is_registered_with_a_key_that_did_not_sign(deployed):
    victim, thief = Key.secp256k1(), Key.secp256k1()
    actor = Actor(deployed.deployment, deployed.anvil, "thief", owner=thief, posting=victim)
    fields = {
        "handle": "thief",
        "ownerKey": thief.address,
        "postingKey": victim.address,
        "postingExpiry": 0,
        "recovery": 0,
        "maxFee": 0,
        "deadline": deployed.anvil.now() + 60,
    }
    captured = signed(deployed.deployment, "Register", fields, thief, proof=thief)
    nobodys = signed(deployed.deployment, "Register", fields | {"ownerKey": ZERO}, thief, victim)
    assert deployed.skipped(deployed.relay(captured, nobodys)) == {
        0: "NotPossessed",
        1: "NotPossessed",
    }
    assert deployed.skipped(deployed.relay(actor.register())) == {}


def test_a_contract_wallet_registers_and_acts_by_calling(deployed):
    wallet = Web3.to_checksum_address("0x" + "c0de" * 10)
    deployed.impersonate(wallet)
    f = deployed.core.functions
    deadline = deployed.anvil.now() + 60
    registration = (b"wallet".ljust(32, b"\0"), wallet, ZERO, 0, 0, 0, deadline)
    deployed.send(f.register(registration, b"", b""), wallet)
    deployed.send(f.post(1, b"\x07" * 32, bytes(32), 0), wallet)
    with pytest.raises(Exception, match="0x"):
        deployed.send(f.post(1, b"\x08" * 32, bytes(32), 0), DEV)


def test_both_curves_register_post_and_vote(deployed):
    ada, bob = join(deployed, "ada", p256=True)[0], join(deployed, "bob")[0]
    receipt = deployed.relay(ada.post(b"\x01" * 32))
    receipt2 = deployed.relay(
        ada.vote(ada.post_id(b"\x01" * 32), 100),
        bob.vote(ada.post_id(b"\x01" * 32), 100),
    )
    assert deployed.skipped(receipt) == deployed.skipped(receipt2) == {}


def test_a_posting_key_does_not_move_value_or_keys(deployed):
    (ada,) = join(deployed, "ada", posting=True)
    stake(deployed, ada, ETHER)
    sneaky = Actor(
        deployed.deployment,
        deployed.anvil,
        "ada",
        owner=ada.posting,
        account=ada.account,
    )
    receipt = deployed.relay(
        sneaky.power_up(ada.account, 1),
        sneaky.withdraw(DEV, 1),
        sneaky.add_key(Key.secp256k1()),
        sneaky.revoke_key(ada.owner.address),
    )
    assert deployed.skipped(receipt) == dict.fromkeys(range(4), "RoleTooLow")


def test_an_expired_a_revoked_and_a_foreign_key_are_refused(deployed):
    (ada, bob) = join(deployed, "ada", "bob")
    short, lost = Key.secp256k1(), Key.p256()
    expiry = deployed.anvil.now() + 500
    receipt = deployed.relay(ada.add_key(short, expiry=expiry), ada.add_key(lost))
    assert deployed.skipped(receipt) == {}
    by_short = Actor(ada.deployment, ada.anvil, "ada", posting=short, account=ada.account)
    by_lost = Actor(ada.deployment, ada.anvil, "ada", posting=lost, account=ada.account)
    by_bob = Actor(ada.deployment, ada.anvil, "ada", posting=bob.owner, account=ada.account)
    assert (
        deployed.skipped(deployed.relay(by_short.post(b"\1" * 32), by_lost.post(b"\2" * 32))) == {}
    )

    # A key revokes itself; an owner key revokes any; nobody else's does.
    receipt = deployed.relay(
        bob.revoke_key(short.address),
        ada.revoke_key(lost.address, by=lost),
        ada.revoke_key(lost.address),
    )
    assert deployed.skipped(receipt) == {0: "UnknownKey", 2: "KeyVoid"}
    deployed.anvil.forward(500)
    receipt = deployed.relay(
        by_short.post(b"\3" * 32), by_lost.post(b"\4" * 32), by_bob.post(b"\5" * 32)
    )
    assert deployed.skipped(receipt) == {0: "KeyVoid", 1: "KeyVoid", 2: "UnknownKey"}
    # The slot of a revoked key stays.
    assert deployed.skipped(deployed.relay(ada.add_key(lost))) == {0: "KeyTaken"}


def test_a_key_cannot_be_added_with_no_role_or_an_expiry_in_the_past(deployed):
    (ada,) = join(deployed, "ada")
    receipt = deployed.relay(
        ada.add_key(Key.secp256k1(), role=0),
        ada.add_key(Key.secp256k1(), expiry=deployed.anvil.now()),
        ada.add_key(Key.secp256k1(), account=99),
    )
    assert deployed.skipped(receipt) == {0: "BadRole", 1: "BadExpiry", 2: "UnknownKey"}


def test_the_year_2106_is_like_any_other(deployed):
    """Where 32 bits of seconds end, no time may spill into the field beside it."""
    (ada,) = join(deployed, "ada")
    deployed.anvil.forward(2**32 - deployed.anvil.now())
    stake(deployed, ada, ETHER)
    deployed.anvil.forward(DAY)
    deployed.relay(ada.post(b"\x01" * 32))
    post = ada.post_id(b"\x01" * 32)
    assert deployed.skipped(deployed.relay(ada.vote(post, 0), ada.vote(post, 100))) == {
        0: "NothingToTakeBack"
    }
    f = deployed.core.functions
    account = account_slot(f.accountState(ada.account).call())
    assert (account.key_epoch, account.updated_at >> 32) == (0, 1)
    assert post_slot(f.postState(post).call()).created_at >> 32 == 1
    assert vote_slot(f.voteState(post, ada.account).call()).signed_at >> 32 == 1
