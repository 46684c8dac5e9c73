"""Lost and stolen keys: from transactions to rows."""

from indexer.protocol.recovery import recovery_at
from tests.actors import Key, join
from tests.indexer.mirrors import Mirror

DAY = 86_400


def test_who_may_recover_is_as_the_chain_says_it() -> None:
    assert recovery_at(3, 0, 0, 100) == (3, 0, 0)
    assert recovery_at(3, 4, 101, 100) == (3, 4, 101)
    assert recovery_at(3, 4, 100, 100) == (4, 0, 0)
    assert recovery_at(3, 0, 100, 101) == (0, 0, 0)


def test_a_lost_key_is_replaced(mirror: Mirror) -> None:
    chain = mirror.chain
    alice, bob, carol = join(chain, "alice", "bob", "carol")
    chain.relay(alice.set_recovery(bob.account))
    row = check(mirror)
    assert (row["recovery"], row["next_recovery"]) == (0, bob.account)
    assert row["recovery_at"] == chain.anvil.now() + 30 * DAY
    chain.anvil.forward(30 * DAY)
    check(mirror)

    new, refused = Key.p256(), Key.secp256k1()
    assert chain.skipped(chain.relay(bob.request_recovery(alice.account, refused))) == {}
    row = check(mirror)
    assert row["request_owner"] == refused.address
    assert row["request_ready_at"] == chain.anvil.now() + 3 * DAY
    chain.relay(alice.cancel_recovery(), alice.set_recovery(carol.account))
    row = check(mirror)
    assert (row["request_owner"], row["request_ready_at"]) == (None, 0)
    assert (row["recovery"], row["next_recovery"]) == (bob.account, carol.account)

    chain.relay(bob.request_recovery(alice.account, new))
    chain.anvil.forward(3 * DAY)
    chain.send(chain.core.functions.completeRecovery(alice.account))
    row = check(mirror)
    assert (row["recovery"], row["next_recovery"], row["recovery_at"]) == (bob.account, 0, 0)
    assert (row["request_owner"], row["key_epoch"]) == (None, 1)
    epochs = {key["address"]: (key["epoch"], key["role"]) for key in mirror.rows("keys")}
    assert epochs[alice.owner.address] == (0, 3)
    assert epochs[new.address] == (1, 3)


def test_a_stolen_account_is_restored_and_keys_come_and_go(mirror: Mirror) -> None:
    chain = mirror.chain
    (helper,) = join(chain, "helper")
    (alice,) = join(chain, "alice")
    chain.relay(alice.set_recovery(helper.account))
    chain.anvil.forward(31 * DAY)
    thief, new, later = Key.secp256k1(), Key.secp256k1(), Key.p256()
    chain.relay(alice.add_key(thief, role=3))
    chain.relay(alice.revoke_key(alice.owner.address, by=thief))
    revoked = chain.anvil.now()
    chain.anvil.forward(DAY)
    restore = alice.restore(alice.owner, helper.owner, new)
    assert chain.skipped(chain.relay(restore)) == {}
    alice.owner = new
    assert chain.skipped(chain.relay(alice.add_key(later, role=2))) == {}
    mirror.catch_up()
    assert mirror.verify().first == []
    keys = {key["address"]: key for key in mirror.rows("keys")}
    assert [keys[k.address]["epoch"] for k in (thief, new, later)] == [0, 1, 1]
    assert sorted(key["revoked_at"] for key in keys.values())[-2:] == [0, revoked]
    assert mirror.rows("accounts")[1]["key_epoch"] == 1


def check(mirror: Mirror) -> dict[str, object]:
    """Alice's row, once the mirror has caught up with the chain and agrees with it."""
    mirror.catch_up()
    assert mirror.verify().first == []
    return mirror.rows("accounts")[0]
