"""Gas does not grow unnoticed, the relay leaves each kind enough of it, and the code fits."""

from pathlib import Path

import pytest

from backend.deployment.compile import BYTECODE_LIMIT, bytecode_size
from benchmarks.gas import measure
from indexer.actions import KINDS
from tests.actors import Actor, Key, join, stake

# Rows of the gas table that do not meet their limit yet, and what they cost now.
NOT_YET = {
    "post, direct": 52_300,
    "add a posting key": 72_900,
    "register": 151_200,
    "curator claim, one voter over 20 posts": 13_100,
}
# contracts/libraries/Kinds.sol gasOf
RESERVED = {"Vote": 130_000, "Post": 100_000, "Register": 220_000}
OTHER_RESERVED = 130_000
ETHER = 10**18


def test_the_gas_table(deployed):
    rows = {r.action: r for r in measure(deployed)}
    assert {name: r.gas for name, r in rows.items() if r.gas > NOT_YET.get(name, r.limit)} == {}
    assert {name for name, r in rows.items() if r.gas > r.limit} == set(NOT_YET)


def test_the_core_fits():
    assert bytecode_size() < BYTECODE_LIMIT - 8_000


def test_what_the_relay_reserves_is_enough_the_first_time(deployed):
    """First-time slots, and P-256 keys, are the dear case."""
    (ada,) = join(deployed, "ada", p256=True)
    owner = Key.p256()
    spare = Key.p256()
    dear = Actor(deployed.deployment, deployed.anvil, "x" * 16, owner=owner, posting=Key.p256())
    stake(deployed, ada, 10 * ETHER)
    deployed.send(deployed.token.functions.approve(deployed.core.address, ETHER))
    deployed.send(deployed.core.functions.deposit(ada.account, ETHER))
    used = {}

    def measured(name, item):
        receipt = deployed.relay(item)
        assert deployed.skipped(receipt) == {}
        used[name] = receipt["gasUsed"] - 21_000

    measured("Register", dear.register())
    dear.account = deployed.core.functions.accountCount().call()
    measured("Post", ada.post(b"\x01" * 32))
    parent = ada.post_id(b"\x01" * 32)
    measured("Post", ada.post(b"\x02" * 32, parent))
    deployed.anvil.forward(86_400)
    measured("Vote", ada.vote(parent, 10_000))
    measured("AddKey", dear.add_key(spare))
    measured("RevokeKey", dear.revoke_key(spare.address))
    measured("PowerUp", ada.power_up(dear.account, ETHER // 2))
    measured("Withdraw", ada.withdraw(Key.secp256k1().address, ETHER // 4))
    assert used.keys() == KINDS.keys()
    over = {n: g for n, g in used.items() if g > RESERVED.get(n, OTHER_RESERVED)}
    assert over == {}, used


@pytest.mark.parametrize("name", KINDS)
def test_type_strings_are_those_of_the_contracts(name):
    """The relay's tests sign every kind; this names the field when one differs."""
    source = (Path(__file__).parents[2] / "contracts" / "libraries" / "Kinds.sol").read_text()
    assert f'"{KINDS[name].type_string}"' in source
