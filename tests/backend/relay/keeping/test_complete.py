"""What falls due to an account, and anyone may complete: power downs, returning stake, recoveries, rewards."""

from dataclasses import replace

import pytest
from sqlalchemy.orm import Session

from backend.relay.keeping.keeper import Keeper
from backend.relay.keeping.owed import Due, to_complete
from indexer.protocol.packed import stake_slot
from indexer.schema import Account
from tests.actors import Actor, Key, join, stake
from tests.backend.relay.node import RELAYER, Node
from tests.chain import Chain

DAY = 86_400
LRL = 10**18
VESTS = 10**9  # micro-vests of an LRL


@pytest.fixture
def ann(chain: Chain) -> Actor:
    """1,000 LRL of stake, with mana."""
    (ann,) = join(chain, "ann")
    stake(chain, ann, 1_000 * LRL)
    chain.anvil.forward(6 * DAY)
    return ann


def purposes(node: Node) -> list[str]:
    return [t.purpose for t in node.transactions() if t.purpose != "close"]


def balance(chain: Chain, actor: Actor) -> int:
    return int(chain.core.functions.balanceOf(actor.account).call())


def due(node: Node) -> list[Due]:
    with Session(node.engine) as session:
        return to_complete(session, node.connection.now(), 10)


def test_a_power_down_is_paid_part_by_part(node: Node, chain: Chain, ann: Actor) -> None:
    assert chain.skipped(chain.relay(ann.power_down(13 * VESTS))) == {}
    chain.anvil.forward(7 * DAY - 60)
    node.keep()
    assert balance(chain, ann) == 0 and purposes(node) == []
    chain.anvil.forward(60)
    node.keep()
    assert balance(chain, ann) == LRL
    chain.anvil.forward(3 * 7 * DAY)  # three parts at once
    node.keep()
    assert balance(chain, ann) == 4 * LRL
    assert purposes(node) == ["complete"] * 2
    assert {t.state for t in node.transactions()} == {"mined"}


def test_stake_that_was_lent_comes_back(node: Node, chain: Chain, ann: Actor) -> None:
    (bob,) = join(chain, "bob")
    assert chain.skipped(chain.relay(ann.delegate(bob.account, 100 * VESTS))) == {}
    assert chain.skipped(chain.relay(ann.delegate(bob.account, 0))) == {}
    chain.anvil.forward(5 * DAY)
    node.mirror()
    assert due(node) == [Due("completeReturn", ann.account)]
    node.keep()
    effective = chain.core.functions.accountState(ann.account).call() & (2**64 - 1)
    assert effective == 1_000 * VESTS
    assert purposes(node) == ["complete"] and due(node) == []


def test_a_recovery_is_completed_unless_it_was_cancelled(
    node: Node, chain: Chain, ann: Actor
) -> None:
    wards = []
    for handle in ("lost", "calm"):
        ward = Actor(chain.deployment, chain.anvil, handle)
        chain.relay(ward.register(recovery=ann.account))
        wards.append(replace(ward, account=chain.core.functions.accountCount().call()))
    lost, calm = wards
    new = Key.secp256k1()
    requests = [ann.request_recovery(lost.account, new)]
    requests.append(ann.request_recovery(calm.account, Key.secp256k1()))
    assert chain.skipped(chain.relay(*requests)) == {}
    chain.relay(calm.cancel_recovery())
    chain.anvil.forward(3 * DAY)
    node.keep()
    assert purposes(node) == ["complete"]
    with Session(node.engine) as session:
        epochs = [session.get_one(Account, w.account).key_epoch for w in wards]
    assert epochs == [1, 0]
    assert chain.skipped(chain.relay(replace(lost, owner=new).power_down(0))) == {}


def test_what_somebody_else_completed_meanwhile_stops_nothing(
    node: Node, chain: Chain, ann: Actor
) -> None:
    (bob,) = join(chain, "bob")
    stake(chain, bob, 1_000 * LRL)
    for actor in (ann, bob):
        assert chain.skipped(chain.relay(actor.power_down(13 * VESTS))) == {}
    chain.anvil.forward(7 * DAY)
    chain.send(chain.core.functions.close(8))
    node.mirror()
    chain.send(chain.core.functions.releasePowerDown(ann.account))
    assert node.keeper.step()  # from a mirror that does not know of it yet
    node.deliver()
    node.keep()
    assert [balance(chain, actor) for actor in (ann, bob)] == [LRL, LRL]
    assert purposes(node) == ["complete"]
    assert {t.state for t in node.transactions()} == {"mined"}


def test_a_keeper_that_begins_anew_sends_nothing_twice(
    node: Node, chain: Chain, ann: Actor
) -> None:
    chain.relay(ann.power_down(13 * VESTS))
    chain.anvil.forward(7 * DAY)
    node.keep()
    node.keeper = Keeper(node.engine, node.connection, node.outbox, node.relay)
    assert node.keep() == 0
    assert purposes(node) == ["complete"]


def test_a_claim_brings_the_stakers_part_of_the_emission_too(
    node: Node, chain: Chain, ann: Actor
) -> None:
    node.keep()
    earned = chain.core.functions.stakeRewardOf(ann.account).call()
    assert earned > 0
    answer = node.client.post("/api/laurel/v1/accounts/ann/claim", json={})
    assert answer.status_code == 202
    node.keep()
    told = node.ticket(answer.json["id"])
    assert (told["state"], told["reason"]) == ("included", None)
    assert balance(chain, ann) == earned
    assert stake_slot(chain.core.functions.stakeState(ann.account).call()).accrued == 0
    again = node.client.post("/api/laurel/v1/accounts/ann/claim", json={})
    assert (again.status_code, again.json["code"]) == (409, "nothing_to_claim")


def test_an_empty_purse_is_no_error(node: Node, chain: Chain, ann: Actor) -> None:
    chain.relay(ann.power_down(13 * VESTS))
    chain.anvil.forward(7 * DAY)
    chain.anvil.rpc("anvil_setBalance", RELAYER, "0x0")
    node.keep()
    assert node.transactions() == []
    chain.anvil.rpc("anvil_setBalance", RELAYER, hex(LRL))
    node.keep()
    assert balance(chain, ann) == LRL
