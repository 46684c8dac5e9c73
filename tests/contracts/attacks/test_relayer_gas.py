"""A relayer who gives too little gas burns nobody's message, and makes none fail that would have done."""

from typing import Any

import pytest

from indexer.protocol.actions import Signed
from indexer.protocol.kinds import KINDS_BY_NUMBER
from tests.actors import Actor, Key, join
from tests.chain import DEV, Chain
from tests.contracts.attacks.one_of_each import DAY, ETHER, Keys, set_scene

CLOSED_BY_ITSELF = 8  # days, by a change of stake


def relay_call(chain: Chain, *batch: Signed) -> Any:
    graph = KINDS_BY_NUMBER[batch[0].kind].contract == "graph"
    contract = chain.graph if graph else chain.core
    return contract.functions.relay([(s.kind, s.action, s.signature) for s in batch])


def least_gas(chain: Chain, *batch: Signed) -> int:
    """With a unit less, the relay refuses as a whole."""
    call = relay_call(chain, *batch).build_transaction({"from": DEV, "gas": 1})
    low, high = 21_000, 29_000_000
    while high - low > 1:
        gas = (low + high) // 2
        try:
            request = {"from": DEV, "to": call["to"], "data": call["data"], "gas": hex(gas)}
            chain.anvil.rpc("eth_call", request, "latest")
            high = gas
        except RuntimeError:
            low = gas
    return high


def starved(chain: Chain, *batch: Signed) -> tuple[dict[int, str], int, int]:
    """Relays with the least gas that the relay takes: what was skipped, the gas given, and the gas used."""
    gas = least_gas(chain, *batch)
    call = relay_call(chain, *batch)
    refused = call.transact({"from": DEV, "gas": gas - 200})
    receipt = chain.w3.eth.wait_for_transaction_receipt(refused)
    assert receipt["status"] == 0 and receipt["logs"] == []
    receipt = chain.send(call, gas=gas)
    return chain.skipped(receipt), gas, receipt["gasUsed"]


def test_a_relayer_giving_too_little_gas(deployed: Chain):
    """Else a relayer who dislikes a message has it fail, and its author believe that the chain refused it."""
    scene = set_scene(deployed, Keys.made())
    deployed.anvil.forward(5 * DAY)
    for name, item in scene.actions():
        assert starved(deployed, item)[0] == {}, name


def test_a_relayer_giving_too_little_gas_for_the_last_of_a_batch(deployed: Chain):
    """Else the last in a batch pay for those before them."""
    ada, bob = join(deployed, "ada", "bob")
    for batch in (
        [ada.post(bytes([n]) * 32) for n in range(20)],
        [bob.vote(ada.post_id(bytes([n]) * 32), 100) for n in range(20)],
        [ada.follow([bob.account] * 50) for _ in range(5)],
    ):
        skipped, gas, _ = starved(deployed, *batch)
        assert skipped == {}
        # Nor does the relay ask for many times what is used.
        assert gas < 21_000 + 200_000 * len(batch)


@pytest.fixture
def dear(deployed: Chain) -> tuple[Actor, Actor, Actor]:
    """Ada, with stake; a newcomer; and Bob, Ada's recovery account: the first three of eight accounts. All their
    keys are P-256. Eight days are open, each with claims."""
    bob = Actor(deployed.deployment, deployed.anvil, "bob", Key.p256(), account=1)
    ada = Actor(deployed.deployment, deployed.anvil, "ada", Key.p256(), account=2)
    new = Actor(deployed.deployment, deployed.anvil, "new", Key.p256(), account=3)
    items = bob.register(), ada.register(recovery=1), new.register()
    assert deployed.skipped(deployed.relay(*items)) == {}
    join(deployed, *(f"other{n}" for n in range(5)))
    f = deployed.core.functions
    deployed.send(deployed.token.functions.approve(deployed.core.address, 2000 * ETHER))
    deployed.send(f.deposit(ada.account, 2000 * ETHER))
    assert deployed.skipped(deployed.relay(ada.power_up(ada.account, 1000 * ETHER))) == {}
    deployed.anvil.forward(5 * DAY)
    assert deployed.skipped(deployed.relay(ada.power_down(10**11))) == {}
    for n in range(CLOSED_BY_ITSELF):
        assert deployed.skipped(deployed.relay(ada.post(bytes([n + 1]) * 32))) == {}
        vote = ada.vote(ada.post_id(bytes([n + 1]) * 32), 10_000)
        assert deployed.skipped(deployed.relay(vote)) == {}
        if n < CLOSED_BY_ITSELF - 1:
            deployed.anvil.forward(DAY)
    # The first of them cashes out today; what is before is closed, and then all eight are over.
    deployed.send(f.close(99))
    deployed.anvil.forward(CLOSED_BY_ITSELF * DAY)
    assert deployed.anvil.now() // DAY - f.poolState().call()[2] == CLOSED_BY_ITSELF
    return ada, new, bob


def test_a_relayer_giving_too_little_gas_where_most_is_needed(deployed: Chain, dear):
    """Else a change of stake that finds eight open days fails for want of gas, or a long list does."""
    ada, new, bob = dear
    keys = [Key.p256() for _ in range(4)]
    f = deployed.core.functions
    posts = [ada.post_id(bytes([n + 100]) * 32) for n in range(50)]
    assert (
        deployed.skipped(deployed.relay(*(ada.post(bytes([n + 100]) * 32) for n in range(50))))
        == {}
    )
    everyone = dict.fromkeys(range(1, 9), 100)
    friend = Actor(deployed.deployment, deployed.anvil, "dear", keys[0], keys[1])
    closing = {
        "PowerUp": lambda: ada.power_up(new.account, ETHER),
        "PowerDown": lambda: ada.power_down(10**10),
        "Delegate": lambda: ada.delegate(new.account, 10**10),
    }
    dearest = {
        "Register": lambda: friend.register(recovery=1),
        "AddKey": lambda: ada.add_key(keys[2], role=3),
        "PostWithOptions": lambda: new.post_with_options(
            b"\x50" * 32, everyone, parent=posts[0], maxAcceptedPayout=ETHER
        ),
        "Votes": lambda: ada.votes(dict.fromkeys(posts, 100)),
        "Vote": lambda: new.vote(posts[0], 100),
        "Reblog": lambda: ada.reblog(posts),
        "Mute": lambda: ada.mute([new.account] * 50),
        "Withdraw": lambda: ada.withdraw(keys[0].address, ETHER),
        "Transfer": lambda: ada.transfer(new.account, ETHER),
        "Restore": lambda: ada.restore(ada.owner, bob.owner, keys[3]),
    }
    gas: dict[str, list[int]] = {}
    for name, make in closing.items():
        snapshot = deployed.anvil.rpc("evm_snapshot")
        skipped, *gas[name] = starved(deployed, make())
        assert skipped == {}, name
        if name != "Delegate":
            assert f.poolState().call()[2] == deployed.anvil.now() // DAY
        deployed.anvil.rpc("evm_revert", snapshot)
    for name, make in dearest.items():
        skipped, *gas[name] = starved(deployed, make())
        assert skipped == {}, name
    print({name: f"given {given:,}, used {used:,}" for name, (given, used) in gas.items()})
    assert all(used < given for given, used in gas.values())
