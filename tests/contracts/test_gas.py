"""Gas does not grow unnoticed, the relay leaves each kind enough of it, and the code fits."""

from pathlib import Path

import pytest

from backend.deployment.compile import BYTECODE_LIMIT, bytecode_size
from benchmarks.gas import measure
from indexer.protocol.actions import Signed, sha256
from indexer.protocol.artifacts import contracts
from indexer.protocol.kinds import KINDS, KINDS_BY_NUMBER
from tests.actors import Actor, Key, join, stake

DAY = 86_400
ETHER = 10**18


def test_the_gas_table(deployed):
    rows = measure(deployed)
    assert {row.action: row.gas for row in rows if row.gas > row.limit} == {}
    assert len(rows) == 16


def test_the_contracts_fit():
    assert max(map(bytecode_size, contracts())) < BYTECODE_LIMIT - 3_000


def test_what_the_relay_gives_is_enough_at_the_worst(deployed):
    """First-time slots, P-256 keys, full arrays, and eight days to close before a change of stake."""
    chain, f = deployed, deployed.core.functions
    ada, bob, eve = join(chain, "ada", "bob", "eve", p256=True)
    for person in (ada, bob, eve):  # from here on they act with the dear key alone
        chain.relay(person.add_key(key := Key.p256(), role=3))
        person.owner = person.posting = key
    stake(chain, ada, 1_000 * ETHER)
    stake(chain, eve, 1_000 * ETHER)
    chain.send(chain.token.functions.approve(chain.core.address, 10 * ETHER))
    chain.send(f.deposit(ada.account, 10 * ETHER))
    used: dict[str, list[int]] = {}

    def measured(item: Signed) -> None:
        kind = KINDS_BY_NUMBER[item.kind]
        receipt = chain.relay(item)
        assert chain.skipped(receipt) == {}, kind.name
        given = kind.gas.reserved(len(item.action))
        used.setdefault(kind.name, []).append(int(receipt["gasUsed"]) - 21_000)
        assert used[kind.name][-1] <= given, used

    def eight_days_open() -> None:
        """Eight days over and not closed, each with a claim."""
        first = chain.anvil.now() // DAY
        for _ in range(8):
            digest = sha256(b"%d" % chain.anvil.now())
            vote = [eve.post(digest), eve.vote(eve.post_id(digest), 10_000)]
            assert chain.skipped(chain.relay(*vote)) == {}
            chain.anvil.forward(DAY)
        chain.send(f.close(first + 7 - f.poolState().call()[2]))
        chain.anvil.forward((first + 15) * DAY - chain.anvil.now())
        assert all(f.dayState(first + 7 + n).call()[0] for n in range(8))

    newcomer = Actor(chain.deployment, chain.anvil, "x" * 16, owner=Key.p256(), posting=Key.p256())
    measured(newcomer.register(recovery=ada.account))
    newcomer.account = f.accountCount().call()
    measured(newcomer.add_key(spare := Key.p256()))
    measured(newcomer.revoke_key(spare.address))
    measured(newcomer.set_recovery(bob.account))
    measured(ada.request_recovery(newcomer.account, Key.p256()))
    measured(newcomer.cancel_recovery())
    measured(newcomer.restore(newcomer.owner, ada.owner, Key.p256()))

    measured(ada.post(b"\x01" * 32))
    measured(ada.post(b"\x02" * 32, ada.post_id(b"\x01" * 32)))
    others = [p.account for p in join(chain, *(f"other{n}" for n in range(8)))]
    measured(ada.post_with_options(b"\x03" * 32, beneficiaries=dict.fromkeys(others, 1_000)))
    measured(ada.edit(ada.post_id(b"\x03" * 32), b"\x04" * 32))
    measured(ada.remove(ada.post_id(b"\x03" * 32)))
    posts = [sha256(b"post %d" % n) for n in range(51)]
    chain.relay(*(bob.post(d) for d in posts))
    chain.anvil.forward(6 * DAY)
    measured(ada.vote(bob.post_id(posts[50]), 1_000))
    measured(ada.votes({bob.post_id(d): 100 for d in posts[:50]}))

    measured(ada.delegate(newcomer.account, 10**9))
    measured(ada.transfer(newcomer.account, ETHER, b"\x05" * 32))
    measured(ada.withdraw(Key.secp256k1().address, ETHER))
    eight_days_open()
    measured(ada.power_up(newcomer.account, ETHER))
    eight_days_open()
    measured(ada.power_down(13 * 10**9))
    chain.anvil.forward(DAY)
    eight_days_open()
    measured(ada.power_down(10**9))

    measured(ada.follow(list(range(2**40 - 50, 2**40))))
    measured(bob.mute(list(range(2**40 - 50, 2**40))))
    measured(eve.reblog([sha256(b"%d" % n) for n in range(50)]))
    measured(ada.profile(b"\x06" * 32, nonce=2**200))
    chain.send(chain.token.functions.approve(chain.graph.address, ETHER))
    chain.send(chain.graph.functions.tip(bob.post_id(posts[0]), chain.token.address, ETHER))
    measured(bob.collect(chain.token.address, Key.secp256k1().address, ETHER))
    assert used.keys() == KINDS.keys(), f"not measured here: {KINDS.keys() - used.keys()}"


@pytest.mark.parametrize("name", KINDS)
def test_type_strings_are_those_of_the_contracts(name):
    """The relay's tests sign every kind; this names the field when one differs."""
    file = {"core": "Kinds.sol", "graph": "GraphKinds.sol"}[KINDS[name].contract]
    source = (Path(__file__).parents[2] / "contracts" / "libraries" / file).read_text()
    assert f'"{KINDS[name].type_string}"' in source
