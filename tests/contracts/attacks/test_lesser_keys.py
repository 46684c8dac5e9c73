"""Each kind of action, signed by every key that may not."""

import pytest

from indexer.protocol.actions import Signed, decode
from indexer.protocol.kinds import KINDS
from tests.actors import Key, join, signed
from tests.chain import DEV, Chain
from tests.contracts.attacks.direct import refused_by
from tests.contracts.attacks.one_of_each import DAY, Keys, Scene, set_scene

ACTIVE, OWNER = 2, 3


@pytest.fixture
def scene(deployed: Chain) -> Scene:
    """Ada has been restored: her first owner key and its posting key are of an older epoch."""
    scene = set_scene(deployed, Keys.made())
    ada, new = scene.ada, Key.secp256k1()
    restoring = ada.restore(ada.owner, scene.bob.owner, new)
    assert deployed.skipped(deployed.relay(restoring)) == {}
    ada.owner, ada.posting = new, Key.p256()
    assert deployed.skipped(deployed.relay(ada.add_key(ada.posting))) == {}
    deployed.anvil.forward(5 * DAY)
    return scene


def test_a_key_that_may_not(scene: Scene):
    """Else a stolen phone, a page's posting key, or a key that was taken back years ago, moves money or speaks."""
    chain, ada, bob, keys = scene.chain, scene.ada, scene.bob, scene.keys
    active, revoked, expired = Key.secp256k1(), Key.p256(), Key.secp256k1()
    receipt = chain.relay(
        ada.add_key(active, role=ACTIVE),
        ada.add_key(revoked, role=OWNER),
        ada.add_key(expired, role=OWNER, expiry=chain.anvil.now() + 100),
        ada.revoke_key(revoked.address),
    )
    assert chain.skipped(receipt) == {}
    chain.anvil.forward(100)
    void = {"KeyVoid": [revoked, expired, keys.ada, keys.posting]}
    strangers = {"UnknownKey": [Key.secp256k1(), Key.p256(), bob.owner]}
    lesser = {"posting": [], "active": [ada.posting], "owner": [ada.posting, active]}
    done = set()
    for name, item in scene.actions():
        role = KINDS[name].role
        if (
            role not in lesser
        ):  # Register and Restore have no one signer; RequestRecovery has another account's
            if name != "Restore":
                assert chain.skipped(chain.relay(item)) == {}
            continue
        fields = decode(KINDS[name], item.action)
        proof = keys.added if name == "AddKey" else None
        attempts: list[tuple[Signed, str]] = []
        for error, bad in (void | strangers | {"RoleTooLow": lesser[role]}).items():
            attempts += [(signed(chain.deployment, name, fields, key, proof), error) for key in bad]
        refused = chain.skipped(chain.relay(*(forged for forged, _ in attempts)))
        assert refused == {i: error for i, (_, error) in enumerate(attempts)}, name
        assert chain.skipped(chain.relay(item)) == {}, name
        done.add(name)
    assert KINDS.keys() - done == {"Register", "RequestRecovery", "Restore"}


def test_account_zero(scene: Scene):
    """Else a key that nobody has registered, whose slot is empty, acts for the account whose number is 0, which
    everybody then is."""
    chain, ada = scene.chain, scene.ada
    nobody = Key.secp256k1()
    for name, item in scene.actions():
        kind = KINDS[name]
        if "account" not in dict(kind.fields) or name == "Restore":
            assert chain.skipped(chain.relay(item)).get(0) in (None, "NotFormerOwner")
            continue
        fields = decode(kind, item.action) | {"account": 0}
        proof = {"AddKey": scene.keys.added, "RequestRecovery": scene.keys.requested}.get(name)
        forged = signed(chain.deployment, name, fields, nobody, proof)
        refused = chain.skipped(chain.relay(forged))
        assert refused[0] in ("RoleTooLow", "NoRecovery"), name  # its slot has no role
        assert chain.skipped(chain.relay(item)) == {}, name
    f = chain.core.functions
    for call in (
        f.post(0, b"\x01" * 32, bytes(32), 0),
        f.transfer(0, ada.account, 1, bytes(32)),
        f.setRecovery(0, 1),
        chain.graph.functions.setProfile(0, bytes(32)),
    ):
        assert refused_by(chain, call) == "RoleTooLow"
    assert f.balanceOf(0).call() == f.accountState(0).call() == 0


def test_a_key_that_revokes_more_than_itself(deployed: Chain):
    """Else a posting key that was stolen locks its owner out."""
    ada, mallory = join(deployed, "ada", "mallory", posting=True)
    first, second = Key.p256(), Key.secp256k1()
    assert deployed.skipped(deployed.relay(ada.add_key(first), ada.add_key(second, role=2))) == {}
    f = deployed.core.functions
    deployed.impersonate(ada.posting.address)
    own = f.revokeKey(ada.account, ada.posting.address)
    for other in (ada.owner, first, second, mallory.owner):
        call = f.revokeKey(ada.account, other.address)
        assert refused_by(deployed, call, ada.posting.address) == "RoleTooLow"
    refused = deployed.skipped(
        deployed.relay(
            ada.revoke_key(mallory.owner.address),
            ada.revoke_key(Key.p256().address),
            mallory.revoke_key(ada.owner.address),
            ada.revoke_key(ada.owner.address, by=second),
            ada.revoke_key(first.address, by=first),
        )
    )
    assert refused == {0: "UnknownKey", 1: "UnknownKey", 2: "UnknownKey", 3: "RoleTooLow"}
    assert refused_by(deployed, own, ada.posting.address) is None
    assert refused_by(deployed, own, DEV) == "UnknownKey"


def test_a_posting_key_using_up_the_nonce_of_an_owner_s_message(deployed: Chain):
    """Else who has stolen a posting key, and sees the owner's messages wait, voids each of them before it lands:
    a transfer, or the refusal of a recovery."""
    bob, ada = join(deployed, "bob", "ada", posting=True)
    post = ada.post_id(b"\x01" * 32)
    assert deployed.skipped(deployed.relay(ada.post(b"\x01" * 32))) == {}
    waiting = ada.set_recovery(bob.account, nonce=5)
    stolen = ada.posting
    assert isinstance(stolen, Key)
    first = ada.act("Edit", stolen, post=post, digest=bytes(32), nonce=5)
    assert deployed.skipped(deployed.relay(first)) == {}
    assert deployed.skipped(deployed.relay(waiting)) == {}
