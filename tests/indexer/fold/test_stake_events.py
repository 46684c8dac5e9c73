"""Stake lent, leaving, returning and earning, and money between accounts: from transactions to rows."""

import pytest

from indexer.content.cid import digest
from tests.actors import Actor, join, stake
from tests.chain import Chain
from tests.indexer.mirrors import Mirror

LRL = 10**18
VESTS = 10**9  # micro-vests of 1 LRL
DAY = 86_400


@pytest.fixture
def people(mirror: Mirror) -> list[Actor]:
    """Alice and Bob with 1,000 LRL of stake each, a bar of mana later."""
    alice, bob, carol = join(mirror.chain, "alice", "bob", "carol")
    for actor in (alice, bob):
        stake(mirror.chain, actor, 1000 * LRL)
    mirror.chain.anvil.forward(5 * DAY)
    return [alice, bob, carol]


def done(chain: Chain, *batch: object) -> None:
    """Relays, and none is skipped."""
    assert chain.skipped(chain.relay(*batch)) == {}  # type: ignore[arg-type]


def check(mirror: Mirror) -> list[dict[str, object]]:
    """The accounts' rows, once the mirror has caught up with the chain and agrees with it."""
    mirror.catch_up()
    assert mirror.verify().first == []
    accounts = mirror.rows("accounts")
    for row in accounts:
        entries = [entry for entry in mirror.rows("entries") if entry["account"] == row["id"]]
        assert row["balance"] == sum(entry["wei"] for entry in entries)
        assert row["own"] == sum(entry["vests"] for entry in entries)
    return accounts


def test_transfers_carry_a_memo(mirror: Mirror, people: list[Actor]) -> None:
    alice, bob, _ = people
    chain, memo = mirror.chain, digest(b"for the swifts")
    chain.send(chain.token.functions.approve(chain.core.address, 10 * LRL))
    chain.send(chain.core.functions.deposit(alice.account, 10 * LRL))
    done(chain, alice.transfer(bob.account, 3 * LRL, memo), alice.transfer(alice.account, LRL))
    done(chain, bob.transfer(alice.account, LRL), bob.power_up(alice.account, 2 * LRL))
    rows = check(mirror)
    assert [row["balance"] for row in rows] == [8 * LRL, 0, 0]
    lines = [e for e in mirror.rows("entries") if e["other"] is not None]
    assert [(e["account"], e["kind"], e["wei"], e["other"], e["memo"]) for e in lines] == [
        (1, "transfer-out", -3 * LRL, 2, memo),
        (2, "transfer-in", 3 * LRL, 1, memo),
        (1, "transfer-in", LRL, 2, None),
        (2, "transfer-out", -LRL, 1, None),
        (1, "power-up", 0, 2, None),
        (2, "power-up", -2 * LRL, 1, None),
    ]


def test_delegations_grow_shrink_and_come_back(mirror: Mirror, people: list[Actor]) -> None:
    alice, bob, carol = people
    chain = mirror.chain
    done(chain, alice.delegate(bob.account, 300 * VESTS), alice.delegate(carol.account, 5 * VESTS))
    rows = check(mirror)
    assert [row["effective"] for row in rows] == [695 * VESTS, 1300 * VESTS, 5 * VESTS]
    assert [(r["delegated"], r["returning"]) for r in rows][0] == (305 * VESTS, 0)

    chain.anvil.forward(60)
    done(chain, alice.delegate(bob.account, 100 * VESTS), alice.delegate(carol.account, 0))
    first = check(mirror)[0]
    assert (first["delegated"], first["returning"]) == (100 * VESTS, 205 * VESTS)
    assert [(d["account"], d["to"], d["vests"]) for d in mirror.rows("delegations")] == [
        (alice.account, bob.account, 100 * VESTS)
    ]
    assert first["return_at"] == chain.anvil.now() + 5 * DAY

    chain.anvil.forward(5 * DAY)
    chain.send(chain.core.functions.completeReturn(alice.account))
    first = check(mirror)[0]
    assert (first["effective"], first["returning"], first["return_at"]) == (900 * VESTS, 0, 0)

    chain.anvil.forward(60)
    done(chain, alice.delegate(bob.account, 90 * VESTS))
    chain.anvil.forward(6 * DAY)
    done(chain, alice.delegate(bob.account, 70 * VESTS))  # what was due comes back first
    first = check(mirror)[0]
    assert (first["delegated"], first["returning"]) == (70 * VESTS, 20 * VESTS)
    assert first["effective"] == 910 * VESTS


def test_a_power_down_leaves_in_parts(mirror: Mirror, people: list[Actor]) -> None:
    alice, _, _ = people
    chain = mirror.chain
    done(chain, alice.power_down(100 * VESTS + 1))
    row = check(mirror)[0]
    part = -(-(100 * VESTS + 1) // 13)
    assert (row["leaving"], row["part"]) == (100 * VESTS + 1, part)
    assert row["due_at"] == chain.anvil.now() + 7 * DAY
    assert (row["own"], row["effective"]) == (1000 * VESTS, 900 * VESTS - 1)

    core = chain.core.functions
    for days, released in ((7, 1), (20, 3), (80, 13)):  # also several at once, and the rest
        chain.anvil.forward(days * DAY)
        chain.send(core.close(1000))
        chain.send(core.releasePowerDown(alice.account))
        row = check(mirror)[0]
        left = max(0, 100 * VESTS + 1 - released * part)
        assert (row["leaving"], row["own"]) == (left, 900 * VESTS - 1 + left)
    assert row["balance"] == (100 * VESTS + 1) * 10**9
    assert {e["kind"] for e in mirror.rows("entries")} == {
        *("deposit", "power-up", "power-down-release")
    }


def test_a_new_power_down_replaces_the_old_one_and_zero_stops_it(
    mirror: Mirror, people: list[Actor]
) -> None:
    alice, _, _ = people
    chain = mirror.chain
    done(chain, alice.power_down(130 * VESTS))
    chain.anvil.forward(8 * DAY)
    done(chain, alice.power_down(50 * VESTS))  # the part that was due is paid first
    row = check(mirror)[0]
    assert (row["leaving"], row["own"]) == (50 * VESTS, 990 * VESTS)
    assert row["balance"] == 10 * LRL
    done(chain, alice.power_down(0))
    row = check(mirror)[0]
    assert (row["leaving"], row["part"], row["due_at"]) == (0, 0, 0)
    assert row["effective"] == 990 * VESTS


def test_stake_earns_and_is_claimed(mirror: Mirror, people: list[Actor]) -> None:
    alice, bob, _ = people
    chain = mirror.chain
    core = chain.core.functions
    chain.send(core.close(100))
    earned = core.stakeRewardOf(alice.account).call()
    chain.send(core.claimStakeReward(alice.account))
    chain.send(chain.token.functions.approve(chain.core.address, LRL))
    chain.send(chain.core.functions.deposit(bob.account, LRL))
    done(chain, bob.power_up(bob.account, LRL))  # keeps what was earned before
    rows = check(mirror)
    assert rows[0]["balance"] == earned > 0
    assert rows[0]["accrued"] == 0 < rows[1]["accrued"]
    pool, last = mirror.one("pool"), mirror.rows("days")[-1]
    assert rows[0]["index"] == rows[1]["index"] == pool["index"] == last["index"] > 0
    assert [e["wei"] for e in mirror.rows("entries") if e["kind"] == "stake-reward"] == [earned]
