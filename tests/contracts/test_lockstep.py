"""Lives of several accounts, made up by Hypothesis, on the contracts and on the Python model of their rules.

A failure prints the shortest script that it can find, with people by handle, posts by author and number, amounts in
LRL and times in DAY.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ClassVar

import pytest
from eth_utils.address import to_checksum_address
from hypothesis import seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test

from backend.deployment.deploy import Parameters
from indexer.protocol.kinds import KINDS
from indexer.rewards import ETHER
from tests.chain import deployed_on, running_anvil
from tests.contracts.lockstep import Lockstep, key
from tests.contracts.society import EVERYBODY, PEOPLE, Society

LONG = bool(os.environ.get("LAUREL_LONG"))
LIVES, STEPS = (400, 50) if LONG else (20, 50)

TREASURY = to_checksum_address("0x" + "7e" * 20)
WORLDS = {
    "straight curve": Parameters(seed=10**12, treasury=TREASURY),
    "convergent curve, a minute's day, a fee": Parameters(
        day=61, seed=10**12, curve_constant=2 * 10**12, handle_fee=3 * ETHER, treasury=TREASURY
    ),
}
KEYS = ["owner", "active", "posting", "new", "newer"]
FUNCTIONS = {
    "close",
    "settle",
    "claimAsVoter",
    "claimOfPost",
    "deposit",
    "releasePowerDown",
    "completeReturn",
    "claimStakeReward",
    "completeRecovery",
}
ACTS = {kind.name for kind in KINDS.values() if kind.contract == "core"} | FUNCTIONS


class Act:
    """A call of a method of Society that reads as it is written."""

    def __init__(self, name: str, arguments: dict[str, Any]) -> None:
        self.name, self.arguments = name, arguments

    def __repr__(self) -> str:
        return f"{self.name}({', '.join(f'{n}={v!r}' for n, v in self.arguments.items())})"


def acts(name: str, /, **arguments: st.SearchStrategy[Any]) -> st.SearchStrategy[Act]:
    drawn = st.fixed_dictionaries(arguments)
    return drawn.map(lambda values: Act(name, {n: values[n] for n in arguments}))


def of_now(choices: Callable[[Society], list[Any]]) -> st.SearchStrategy[Any]:
    """One of what there is at the moment: few acts would find their object by chance."""
    return st.runner().flatmap(lambda lives: st.sampled_from(choices(lives.society)))


people = st.sampled_from(PEOPLE)
everybody = st.sampled_from(EVERYBODY)
helpers = st.sampled_from(["ada", "ada", "ada", "bob"])  # at first it is ada who helps the others
keys = st.sampled_from(KEYS)
posts = of_now(lambda they: [*they.posts(), *they.posts(), "eve/9"])
votable = st.one_of(of_now(lambda they: they.votable() or ["ada/1"]), posts)
unsettled = of_now(lambda they: they.unsettled() or ["ada/1"])
lenders = of_now(lambda they: they.lent() or [("ada", "bob")])
due = of_now(lambda they: they.due())
leaving = of_now(lambda they: [who for what, who in they.due() if what == "part"] or PEOPLE)
asked = of_now(lambda they: they.asked() or PEOPLE)
some_posts = st.lists(posts, max_size=3)
parents = st.one_of(st.just(""), st.just(""), posts)
weights = st.sampled_from([10_000, 10_000, 10_000, 5_000, 100, -10_000, -700, 0, 10_001])
lrls = st.sampled_from(["0", "0.0000000015", "7.5", "250", "1000", "all", "more"])
rarely = st.sampled_from([False] * 5 + [True])
mostly = st.sampled_from([True] * 3 + [False])
signed_by = {
    "by": st.sampled_from(["owner"] * 7 + ["posting"] * 2 + ["active"] * 2 + ["new", "another's"]),
    "how": st.sampled_from(["call"] * 4 + ["relay"] * 4 + ["later"] * 2 + ["ahead"]),
}


class Lives(RuleBasedStateMachine):
    """The rules are few, and each takes one of several acts: Hypothesis leaves rules out of an example at random,
    and so makes each a tale of its own kind."""

    sides: ClassVar[Lockstep]
    restore: ClassVar[Callable[[], None]]

    def __init__(self) -> None:
        super().__init__()
        self.restore()
        self.society = Society(self.sides)

    @rule()
    def an_hour_passes(self) -> None:
        """What Hypothesis tries first, at every step of its simplest example: it costs nothing."""
        self.sides.forward(self.sides.day // 24)

    @rule(
        act=st.one_of(
            acts("pass_time", days=st.sampled_from([0.3, 0.7, 1, 2, 5, 7, 8, 9, 31])),
            acts("pass_time", days=st.sampled_from([1, 3, 5])),
            acts("close", days=st.sampled_from([1, 3, 50])),
        )
    )
    def time(self, act: Act) -> None:
        self.do(act)

    @rule(
        act=st.one_of(
            acts("post", who=people, parent=parents, again=rarely, **signed_by),
            acts(
                "post_with_options",
                who=people,
                cap=st.sampled_from(["any", "0", "0.000004", "0.5"]),
                liquid=st.sampled_from([5000, 0, 1234, 5001]),
                votes=mostly,
                curation=mostly,
                shares=st.dictionaries(
                    everybody, st.sampled_from([1, 2500, 3333, 10_000]), max_size=3
                ),
                **signed_by,
            ),
            acts("edit", post=posts, who=st.sampled_from(["its author", "bob"]), **signed_by),
            acts("remove", post=posts, **signed_by),
        )
    )
    def author(self, act: Act) -> None:
        self.do(act)

    @rule(
        act=st.one_of(
            acts("vote", who=people, post=votable, weight=weights, **signed_by),
            acts("vote", who=people, post=votable, weight=weights, **signed_by),
            acts(
                "vote_many",
                who=people,
                ballots=st.lists(st.tuples(votable, weights), max_size=3),
                **signed_by,
            ),
            acts(
                "vote_at",
                who=people,
                post=votable,
                age=st.sampled_from([1, 3, 6.5, 6.5, 6.7, 6.9999, 7]),
                weight=weights,
            ),
        )
    )
    def curate(self, act: Act) -> None:
        self.do(act)

    @rule(post=votable, weights=st.lists(weights, min_size=4, max_size=4))
    def all_vote(self, post: str, weights: list[int]) -> None:
        self.society.all_vote(post, weights)

    @rule(
        act=st.one_of(
            acts("payday", post=unsettled),
            acts("payday", post=unsettled),
            acts("settle", posts=some_posts),
            acts("claim_as_voter", who=everybody, posts=some_posts),
            acts("claim_of_post", post=posts, whose=st.lists(everybody, max_size=4)),
        )
    )
    def pay(self, act: Act) -> None:
        self.do(act)

    @rule(
        act=st.one_of(
            acts("deposit", to=everybody, lrl=st.sampled_from(["0", "7.5", "1000"])),
            acts(
                "withdraw",
                who=people,
                to=st.sampled_from(["wallet"] * 6 + ["core", "nobody"]),
                lrl=lrls,
                **signed_by,
            ),
            acts("transfer", who=people, to=everybody, lrl=lrls, **signed_by),
            acts("power_up", who=people, to=everybody, lrl=lrls, **signed_by),
        )
    )
    def spend(self, act: Act) -> None:
        self.do(act)

    @rule(
        act=st.one_of(
            acts("delegate", who=people, to=everybody, lrl=lrls, **signed_by),
            acts("take_back", pair=lenders, lrl=st.sampled_from(["0", "0", "7.5"]), **signed_by),
            acts("power_down", who=people, lrl=lrls, **signed_by),
            acts("power_down", who=leaving, lrl=lrls, **signed_by),
            acts("collect", what=due, wait=st.sampled_from([0, 5, 7, 30])),
            acts("collect", what=due, wait=st.sampled_from([0, 5, 7, 30])),
        )
    )
    def stake(self, act: Act) -> None:
        self.do(act)

    @rule(
        act=st.one_of(
            acts(
                "register",
                handle=st.sampled_from(["eve", "eve", "ada", "-e"]),
                recovery=st.sampled_from(["", *EVERYBODY]),
                max_fee=st.sampled_from([3, 3, 2]),
                how=signed_by["how"],
            ),
            acts(
                "add_key",
                who=people,
                name=keys,
                role=st.integers(0, 3),
                days=st.sampled_from([0, 0, 1, 5]),
                **signed_by,
            ),
            acts("revoke_key", who=people, name=keys, **signed_by),
        )
    )
    def admit(self, act: Act) -> None:
        self.do(act)

    @rule(
        act=st.one_of(
            acts("set_recovery", who=people, to=st.sampled_from(["", *EVERYBODY]), **signed_by),
            acts("request_recovery", who=people, helper=helpers, new=keys, **signed_by),
            acts("request_recovery", who=people, helper=helpers, new=keys, **signed_by),
            acts("cancel_recovery", who=people, **signed_by),
            acts("complete_recovery", who=asked, wait=st.sampled_from([0, 3])),
            acts("restore_account", who=people, helper=helpers, new=keys, **signed_by),
        )
    )
    def recover(self, act: Act) -> None:
        self.do(act)

    @precondition(lambda self: self.society.outbox)
    @rule()
    def send(self) -> None:
        self.society.send()

    @precondition(lambda self: self.society.sent)
    @rule(back=st.integers(1, 9))
    def send_again(self, back: int) -> None:
        self.society.send_again(back)

    def do(self, act: Act) -> None:
        getattr(self.society, act.name)(**act.arguments)


@contextmanager
def world_of(parameters: Parameters, folder: Path) -> Iterator[type[Lives]]:
    """Lives begin where four people have stake, mana, balance and three keys each, posts, votes and a comment."""
    with running_anvil() as anvil:
        chain = deployed_on(anvil, folder, parameters)
        sides = Lockstep(chain, [key(who, name) for who in EVERYBODY for name in KEYS])
        start = Society(sides)
        start.pass_time(2)
        start.close(50)  # while nobody has stake
        for who in PEOPLE:
            start.register(who, "" if who == "ada" else "ada", 3, "relay")
            start.add_key(who, "active", 2, 0, "owner", "relay")
            start.deposit(who, "1000")
            start.deposit(who, "1000")
            start.power_up(who, who, "1000", "active", "relay")
        start.pass_time(5)
        start.close(50)
        for who, cap, curation, shares in (
            ("ada", "any", True, {}),
            ("bob", "any", True, {"ada": 2500, "dan": 3333}),
            ("cleo", "0.5", True, {"bob": 10_000}),
            ("dan", "any", False, {}),
        ):
            start.post_with_options(who, cap, 5000, True, curation, shares, "posting", "relay")
            start.all_vote(f"{who}/1", [10_000, 10_000, 5_000, -700])
        start.post("ada", "", False, "owner", "relay")
        start.post("bob", "ada/2", False, "owner", "relay")
        Lives.sides, Lives.restore = sides, staticmethod(sides.save())
        yield Lives


@pytest.mark.parametrize(("world", "first"), [*zip(WORLDS, (1, 1001), strict=True)])
def test_lives_agree_to_the_last_unit(tmp_path: Path, world: str, first: int) -> None:
    """One life for each seed from the first on: more examples of one seed would be variations of one life."""
    with world_of(WORLDS[world], tmp_path) as lives:
        for number in range(first, first + LIVES):
            print(f"seed {number}")
            run_state_machine_as_test(
                seed(number)(lives),
                # The first is always the simplest.
                settings=settings(max_examples=2, stateful_step_count=STEPS),
            )
    outcomes = lives.sides.outcomes
    print(f"{world}: {outcomes.total()} acts in {LIVES} lives of {STEPS} steps")
    for (what, how), n in sorted(outcomes.items()):
        print(f"{n:6} {what}: {how or 'done'}")
    done = {what.removesuffix(", relayed") for what, how in outcomes if how == ""}
    assert done <= ACTS
    assert len(done) >= (len(ACTS) if LONG else 22), ACTS - done
