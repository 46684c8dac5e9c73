"""The contracts against the Python model of the same rules."""

import json
import os
import random
from pathlib import Path

import pytest

from backend.deployment.deploy import Parameters
from indexer.slots import account_slot, post_slot, vote_slot
from tests.actors import join, stake
from tests.chain import deployed_on
from tests.contracts.lockstep import Lockstep

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "rewards.json").read_text())
DAY = 86_400
ETHER = 10**18
SEEDS = range(1, 21 if os.environ.get("LAUREL_LONG") else 4)
HANDLES = ["ada", "bob", "cleo", "dan"]


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("curve_constant", [0, 2 * 10**12])
def test_random_lives_agree_to_the_last_unit(anvil, tmp_path, seed, curve_constant):
    parameters = Parameters(seed=10**12, curve_constant=curve_constant)
    chain = deployed_on(anvil, tmp_path, parameters)
    sides = Lockstep.start(chain, HANDLES, 10_000 * ETHER)
    choose = random.Random(seed)
    refusals: set[str | None] = set()
    for step in range(120):
        person, other = choose.sample(sides.people, 2)
        post = choose.choice(sides.posts) if sides.posts else b""
        what = choose.choices(
            ["post", "vote", "power", "forward", "close", "settle", "claim"],
            [3, 10, 2, 3, 2, 4, 6],
        )[0]
        refused: str | None = None
        if what == "post":
            refused = sides.post(person, bytes([step + 1]) * 32)
        elif what == "vote" and post:
            bps = choose.choice([10_000, 10_000, 2_500, -10_000, -700, 0])
            refused = sides.vote(person, post, bps)
        elif what == "power":
            refused = sides.power_up(person, other, choose.choice([1, 10**9 + 1, 900 * ETHER]))
        elif what == "forward":
            sides.forward(choose.choice([60, DAY // 3, DAY, 2 * DAY, 6 * DAY]))
        elif what == "close":
            refused = sides.close(choose.choice([1, 2, 30]))
        elif what == "settle" and post:
            refused = sides.settle(post)
        elif what == "claim" and post:
            refused = sides.claim(post, person, of_post=choose.random() < 0.5)
        refusals.add(refused)
        if step % 30 == 29:
            sides.compare()
    assert sides.model.minted > 0
    assert len(refusals - {None}) >= 3


@pytest.mark.parametrize("v", VECTORS["votes"])
def test_votes_from_outside(deployed, v):
    (author, voter) = join(deployed, "ada", "bob")
    stake(deployed, voter, v["effective"] * 10**9)
    deployed.anvil.forward(6 * DAY)
    deployed.relay(author.post(b"\x01" * 32))
    post = author.post_id(b"\x01" * 32)
    created = post_slot(deployed.core.functions.postState(post).call()).created_at
    vote_at = max(created + 7 * DAY - v["left"], created + 1)
    signed = voter.vote(post, v["bps"], at=vote_at)
    deployed.anvil.rpc("evm_setNextBlockTimestamp", vote_at)
    assert deployed.skipped(deployed.relay(signed)) == {}
    vote = vote_slot(deployed.core.functions.voteState(post, voter.account).call())
    mana = account_slot(deployed.core.functions.accountState(voter.account).call()).mana
    assert v["effective"] - mana == v["used"]
    assert vote.rshares == v["rshares"]


def test_five_equal_votes_share_curation_equally(deployed):
    author, *voters = join(deployed, "ada", "bob", "cleo", "dan", "eve", "fay")
    for voter in voters:
        stake(deployed, voter, 1000 * ETHER)
    deployed.anvil.forward(6 * DAY)
    deployed.relay(author.post(b"\x01" * 32))
    post = author.post_id(b"\x01" * 32)
    deployed.relay(*(voter.vote(post, 10_000) for voter in voters))
    deployed.anvil.forward(9 * DAY)
    f = deployed.core.functions
    deployed.send(f.close(40))
    deployed.send(f.settle([post]))
    deployed.send(f.claimOfPost(post, [voter.account for voter in voters]))
    rewards = {account_slot(f.accountState(v.account).call()).effective - 10**12 for v in voters}
    payout = f.payoutOf(post).call()
    assert payout >= ETHER // 50
    assert rewards == {payout // 2 // 5 // 10**9}


def test_forty_nine_or_fifty_full_votes_from_a_full_bar_then_refusal(deployed):
    author, voter = join(deployed, "ada", "bob")
    stake(deployed, voter, 1000 * ETHER)
    deployed.anvil.forward(6 * DAY)
    digests = [bytes([i]) * 32 for i in range(1, 60)]
    deployed.relay(*(author.post(d) for d in digests))
    receipt = deployed.relay(*(voter.vote(author.post_id(d), 10_000) for d in digests))
    skipped = deployed.skipped(receipt)
    assert len(digests) - len(skipped) in (49, 50)
    assert set(skipped.values()) == {"NotEnoughMana"}
    assert min(skipped) == len(digests) - len(skipped)


def test_a_silence_of_a_year_closes_in_bounded_steps(deployed):
    deployed.anvil.forward(365 * DAY)
    f = deployed.core.functions
    receipts = [deployed.send(f.close(50)) for _ in range(8)]
    assert max(r["gasUsed"] for r in receipts) < 1_000_000
    assert f.poolState().call()[2] == deployed.anvil.now() // DAY
    assert f.close(50).call() == 0
