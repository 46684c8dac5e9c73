"""Accounts, handles, and which key may do what."""

from enum import IntEnum

import pytest
from web3 import Web3

from indexer.protocol.actions import decode
from indexer.protocol.kinds import KINDS
from indexer.protocol.packed import KeySlot, account_slot, key_slot, post_slot, vote_slot
from tests.actors import Actor, Key, join, signed, stake
from tests.chain import DEV, Chain, deployed_on, running_anvil
from tests.contracts.attacks.direct import refused_by
from tests.contracts.attacks.one_of_each import Keys, set_scene
from tests.contracts.verdicts import verdict

DAY = 86_400
ETHER = 10**18
ZERO = "0x" + "00" * 20


class Role(IntEnum):
    """As Key.sol has them."""

    POSTING = 1
    ACTIVE = 2
    OWNER = 3


@pytest.mark.parametrize("handle", ["abc", "a1b", "ada.lovelace", "a-b.c-d", "x" * 16])
def test_well_formed_handles(deployed, handle):
    (actor,) = join(deployed, handle)
    f, word = deployed.core.functions, handle.encode().ljust(32, b"\0")
    assert f.handleOf(actor.account).call() == word
    assert f.recoveryOf(actor.account).call() == [0, 0, 0]
    assert f.accountOf(word).call() == actor.account == 1


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


def test_each_kind_needs_a_role_and_takes_no_lesser(deployed):
    """Register and Restore, which name the keys that sign them, are in tests of their own."""
    scene = set_scene(deployed, Keys.made())
    deployed.anvil.forward(5 * DAY)
    proofs = {"AddKey": scene.keys.added, "RequestRecovery": scene.keys.requested}
    held = {person.handle: _one_of_each_role(deployed, person) for person in (scene.ada, scene.bob)}
    needed = {role.name.lower(): role for role in Role} | {"recovery": Role.OWNER}
    for name, item in scene.actions():
        kind = KINDS[name]
        if name not in ("Register", "Restore"):
            fields = decode(kind, item.action)
            for has, key in held["bob" if kind.role == "recovery" else "ada"].items():
                by_key = signed(deployed.deployment, name, fields, key, proofs.get(name))
                error, _ = verdict(deployed, by_key) or ("", "")
                assert (error == "RoleTooLow") == (has < needed[kind.role]), (name, has, error)
        assert deployed.skipped(deployed.relay(item)) == {}, name


def _one_of_each_role(chain: Chain, person: Actor) -> dict[Role, Key]:
    keys = {Role.POSTING: Key.p256(), Role.ACTIVE: Key.secp256k1(), Role.OWNER: Key.p256()}
    added = [person.add_key(key, role=role) for role, key in keys.items()]
    assert chain.skipped(chain.relay(*added)) == {}
    return keys


def test_an_active_key_moves_value(deployed):
    ada, bob = join(deployed, "ada", "bob")
    stake(deployed, ada, ETHER)
    active = Key.p256()
    deployed.relay(ada.add_key(active, role=2))
    by_active = Actor(ada.deployment, ada.anvil, "ada", owner=active, account=ada.account)
    receipt = deployed.relay(
        by_active.power_down(10**9),
        by_active.delegate(bob.account, 0),
        by_active.post(b"\1" * 32),
        by_active.set_recovery(bob.account),
    )
    assert deployed.skipped(receipt) == {3: "RoleTooLow"}


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


def test_a_key_is_void_from_the_second_of_its_expiry_on(deployed):
    (ada,) = join(deployed, "ada")
    short = Key.p256()
    expiry = deployed.anvil.now() + 500
    assert deployed.skipped(deployed.relay(ada.add_key(short, expiry=expiry))) == {}
    by_short = Actor(ada.deployment, ada.anvil, "ada", posting=short, account=ada.account)
    for moment, refused in ((expiry - 1, {}), (expiry, {0: "KeyVoid"})):
        item = by_short.post(moment.to_bytes(32, "little"))
        deployed.anvil.next_block_at(moment)
        receipt = deployed.relay(item)
        assert deployed.moment(receipt) == moment
        assert deployed.skipped(receipt) == refused


def test_what_the_chain_tells_of_a_key(deployed):
    (ada,) = join(deployed, "ada", posting=True)
    f = deployed.core.functions
    expiry = deployed.anvil.now() + DAY
    active = Key.p256()
    deployed.relay(ada.add_key(active, role=2, expiry=expiry))
    revoked = deployed.moment(deployed.relay(ada.revoke_key(ada.posting.address)))

    def slot(key: Key) -> KeySlot:
        return key_slot(f.keyOf(key.address).call())

    assert slot(ada.owner) == KeySlot(ada.account, 3, 0, 0, 0)
    assert slot(active) == KeySlot(ada.account, 2, expiry, 0, 0)
    assert slot(ada.posting) == KeySlot(ada.account, 1, 0, 0, revoked)
    assert slot(Key.p256()) == KeySlot(0, 0, 0, 0, 0)


def test_direct_calls_by_the_key_itself(deployed):
    ada, bob = join(deployed, "ada", "bob", posting=True)
    for key in (ada.owner, ada.posting, bob.owner):
        deployed.impersonate(key.address)
    f, new = deployed.core.functions, Key.p256()
    item = ada.add_key(new, role=2)
    fields = decode(KINDS["AddKey"], item.action)
    grant = tuple(fields.values())
    proof = item.action[KINDS["AddKey"].size :]
    add = f.addKey(grant, proof)
    assert refused_by(deployed, add, ada.posting.address) == "RoleTooLow"
    assert refused_by(deployed, add, bob.owner.address) == "UnknownKey"
    assert refused_by(deployed, f.addKey(grant, b""), ada.owner.address) == "MalformedSignature"
    assert refused_by(deployed, add, ada.owner.address) is None
    deployed.send(add, ada.owner.address)
    assert key_slot(f.keyOf(new.address).call()).role == 2

    revoke = f.revokeKey(ada.account, ada.posting.address)
    assert refused_by(deployed, revoke, bob.owner.address) == "UnknownKey"
    assert refused_by(deployed, revoke, DEV) == "UnknownKey"
    deployed.send(revoke, ada.posting.address)
    assert refused_by(deployed, revoke, ada.posting.address) == "KeyVoid"
    assert refused_by(deployed, revoke, ada.owner.address) == "KeyVoid"
    theirs = f.revokeKey(ada.account, bob.owner.address)
    assert refused_by(deployed, theirs, ada.owner.address) == "UnknownKey"


def test_who_recovers_a_new_account_exists(deployed):
    (bob,) = join(deployed, "bob")
    ada = Actor(deployed.deployment, deployed.anvil, "ada")
    assert deployed.skipped(deployed.relay(ada.register(recovery=2))) == {0: "UnknownAccount"}
    assert deployed.skipped(deployed.relay(ada.register(recovery=bob.account))) == {}
    assert deployed.core.functions.recoveryOf(2).call() == [bob.account, 0, 0]


def test_a_key_cannot_be_added_with_no_role_or_an_expiry_in_the_past(deployed):
    (ada,) = join(deployed, "ada")
    receipt = deployed.relay(
        ada.add_key(Key.secp256k1(), role=0),
        ada.add_key(Key.secp256k1(), expiry=deployed.anvil.now()),
        ada.add_key(Key.secp256k1(), account=99),
    )
    assert deployed.skipped(receipt) == {0: "BadRole", 1: "BadExpiry", 2: "UnknownKey"}


def test_the_year_2106_is_like_any_other(tmp_path):
    """Where 32 bits of seconds end, no time may spill into the field beside it."""
    with running_anvil(timestamp=2**32 - DAY // 2) as anvil:
        deployed = deployed_on(anvil, tmp_path)
        (ada,) = join(deployed, "ada")
        stake(deployed, ada, ETHER)
        anvil.forward(DAY)
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
