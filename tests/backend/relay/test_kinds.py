"""Every kind of action, for the core and for the graph, through the relay."""

from dataclasses import replace
from pathlib import Path

import pytest
from eth_abi.abi import encode as abi_encode
from sqlalchemy import select
from sqlalchemy.orm import Session
from web3 import Web3

from backend.deployment.deploy import Parameters
from backend.relay.tables import RelayTicket
from backend.site.tables import RelayUse
from indexer.protocol.actions import Signed, sha256
from indexer.protocol.kinds import KINDS, KINDS_BY_NUMBER
from indexer.protocol.packed import vote_slot
from tests.actors import Actor, Key, join, stake
from tests.backend.relay.node import RELAYER, Node, running_node
from tests.chain import Chain
from tests.conftest import DeployedWith
from tests.contracts.attacks.hostile_token import Mode, hostile_token

DAY = 86_400
LRL = 10**18


@pytest.fixture
def ann(deployed: Chain) -> Actor:
    """With stake, mana, a balance, and two posts: `old` and `other`."""
    (ann,) = join(deployed, "ann", posting=True)
    stake(deployed, ann, 1_000 * LRL)
    deployed.send(deployed.token.functions.approve(deployed.core.address, LRL))
    deployed.send(deployed.core.functions.deposit(ann.account, LRL))
    deployed.anvil.forward(DAY)
    deployed.relay(ann.post(sha256(b"old")), ann.post(sha256(b"other")))
    return ann


def ward(chain: Chain, handle: str, recovery: Actor) -> Actor:
    """An account that `recovery` may restore."""
    actor = Actor(chain.deployment, chain.anvil, handle)
    assert chain.skipped(chain.relay(actor.register(recovery=recovery.account))) == {}
    return replace(actor, account=chain.core.functions.accountCount().call())


def every_kind(chain: Chain, ann: Actor) -> list[Signed]:
    """One action of each, which can all be done in this order; core first."""
    bob = Actor(ann.deployment, ann.anvil, "bob", posting=Key.p256())
    lost, calm, stolen = (ward(chain, handle, ann) for handle in ("lost", "calm", "stolen"))
    chain.relay(ann.request_recovery(calm.account, Key.secp256k1()))
    old, other = ann.post_id(sha256(b"old")), ann.post_id(sha256(b"other"))
    spare = Key.p256()
    chain.relay(ann.add_key(spare))
    token = chain.token.address
    return [
        bob.register(),
        ann.add_key(Key.secp256k1()),
        ann.revoke_key(spare.address),
        ann.post(sha256(b"new")),
        ann.vote(old, -100),
        ann.votes({other: 100, ann.post_id(sha256(b"new")): 50}),
        ann.power_up(ann.account, 10**9),
        ann.withdraw(RELAYER, 10**9),
        ann.post_with_options(sha256(b"shared"), {lost.account: 5_000}, liquidBps=0),
        ann.edit(old, sha256(b"better")),
        ann.remove(ann.post_id(sha256(b"shared"))),
        ann.transfer(lost.account, 10**9),
        ann.power_down(10**9),
        ann.delegate(lost.account, 10**9),
        ann.set_recovery(lost.account),
        ann.request_recovery(lost.account, Key.p256()),
        calm.cancel_recovery(),
        stolen.restore(stolen.owner, ann.owner, Key.p256()),
        ann.follow([lost.account, 7]),
        ann.mute([calm.account]),
        ann.reblog([old, other]),
        ann.profile(sha256(b"me")),
        ann.collect(token, RELAYER, 0),
    ]


def contract_of(signed: Signed) -> str:
    return next(k.contract for k in KINDS.values() if k.number == signed.kind)


def test_all_are_taken_and_done_in_a_batch_for_each_contract(
    node: Node, ann: Actor, deployed: Chain
) -> None:
    signed = every_kind(deployed, ann)
    numbers = {s.kind for s in signed}
    missing = [name for name, kind in KINDS.items() if kind.number not in numbers]
    assert numbers == KINDS_BY_NUMBER.keys(), (
        f"every_kind() in tests/backend/relay/test_kinds.py lacks {missing}"
    )
    tickets = [node.accept(s) for s in signed]
    assert [node.accept(s) for s in signed] == tickets  # asked again while on their way
    node.deliver()
    ends = [(t["state"], t["reason"]) for t in map(node.ticket, tickets)]
    assert ends == [("included", None)] * len(signed)
    done = node.transactions()
    assert [t.to for t in done] == [deployed.deployment.core, deployed.deployment.graph]
    assert all(t.gas <= node.relay.batch_gas for t in done)
    again = {node.refusal(s) for s in signed}
    assert again <= {
        "already_used",
        "handle_taken",
        "key_taken",
        "key_void",
        "post_removed",
        "stale_vote",
    }


def test_all_are_recognised_as_done_by_somebody_else(
    node: Node, ann: Actor, deployed: Chain
) -> None:
    signed = every_kind(deployed, ann)
    tickets = [node.accept(s) for s in signed]
    for contract in ("core", "graph"):
        batch = [s for s in signed if contract_of(s) == contract]
        assert deployed.skipped(deployed.relay(*batch)) == {}
    node.deliver()
    assert [node.state(t) for t in tickets] == ["included"] * len(signed)
    passed_over = {
        Web3.keccak(text=event)
        for event in ("Skipped(uint256,bytes4)", "BallotSkipped(bytes32,uint40,bytes4)")
    }
    for transaction in node.transactions():
        receipt = deployed.w3.eth.get_transaction_receipt(transaction.hash)
        assert {log["topics"][0] for log in receipt["logs"]} <= passed_over


def test_what_the_graph_skips_says_why(node: Node, ann: Actor, deployed: Chain) -> None:
    assert ann.posting is not None
    fine, late = ann.follow([1]), ann.mute([2])
    by_posting_key = ann.reblog([bytes(32)])
    tickets = [node.accept(s) for s in (fine, by_posting_key)]
    deployed.relay(ann.revoke_key(ann.posting.address))
    node.deliver()
    assert [node.ticket(t)["reason"] for t in tickets] == ["key_void", "key_void"]
    assert [node.state(t) for t in tickets] == ["skipped", "skipped"]
    assert node.refusal(late) == "key_void"


def with_list(signed: Signed, old: bytes, new: bytes) -> Signed:
    assert signed.action.count(old) == 1
    return replace(signed, action=signed.action.replace(old, new))


def test_an_array_has_one_form(node: Node, ann: Actor) -> None:
    """What the contract would read the same, but others hash differently, is refused before it costs."""
    votes = ann.votes({ann.post_id(sha256(b"old")): 100})
    shifted = abi_encode(["uint40", "uint256", "uint40"], [ann.account, 128, ann.anvil.now()])
    gap = replace(votes, action=shifted + bytes(32) + votes.action[96:])
    assert node.refusal(gap) == "malformed_action"
    for signed in (votes, ann.follow([1, 2]), ann.post_with_options(sha256(b"x"))):
        assert node.refusal(replace(signed, action=signed.action + bytes(32))) == "malformed_action"
        assert node.refusal(replace(signed, action=signed.action[:-32])) == "malformed_action"
    wide = with_list(ann.follow([2**40 - 1]), b"\x00" + b"\xff" * 5, b"\x01" + b"\xff" * 5)
    assert node.refusal(wide) == "malformed_action"


def test_lists_have_their_bounds(node: Node, ann: Actor) -> None:
    posts = [ann.post_id(sha256(b"%d" % i)) for i in range(51)]
    assert node.refusal(ann.votes(dict.fromkeys(posts, 1))) == "bad_batch"
    assert node.refusal(ann.votes({})) == "bad_batch"
    assert node.refusal(ann.follow([])) == "bad_batch"
    assert node.refusal(ann.follow(list(range(51)))) == "bad_batch"
    assert node.refusal(ann.reblog(posts)) == "bad_batch"
    shares = dict.fromkeys(range(1, 10), 1)
    assert node.refusal(ann.post_with_options(sha256(b"x"), shares)) == "bad_options"
    assert node.refusal(ann.post_with_options(sha256(b"x"), {1: 10_001})) == "bad_options"
    assert node.refusal(ann.votes(dict.fromkeys(posts[:50], 1))) == "unknown_post"
    node.accept(ann.reblog(posts[:50]))


def test_a_vote_of_fifty_goes_through(node: Node, ann: Actor, deployed: Chain) -> None:
    posts = [ann.post(sha256(b"%d" % i)) for i in range(50)]
    assert deployed.skipped(deployed.relay(*posts)) == {}
    ids = [ann.post_id(sha256(b"%d" % i)) for i in range(50)]
    ticket = node.accept(ann.votes(dict.fromkeys(ids, 10)))
    node.deliver()
    assert node.state(ticket) == "included"


def test_votes_follow_posts_that_are_on_their_way(node: Node, ann: Actor) -> None:
    new = ann.post_id(sha256(b"new"))
    ballots = {ann.post_id(sha256(b"old")): 10, new: 10}
    assert node.refusal(ann.votes(ballots)) == "unknown_post"
    tickets = [node.accept(ann.post(sha256(b"new"))), node.accept(ann.votes(ballots))]
    tickets.append(node.accept(ann.edit(new, sha256(b"newer"))))
    node.deliver()
    assert [node.state(t) for t in tickets] == ["included"] * 3


def test_one_that_is_larger_than_a_batch_goes_alone(
    node: Node, ann: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    node.sender.settings = replace(node.relay, batch_gas=200_000)
    signed = [ann.power_down(10**9), ann.profile(sha256(b"me")), ann.post(sha256(b"x"))]
    tickets = [node.accept(s) for s in signed]
    node.deliver()
    node.deliver()
    assert [node.state(t) for t in tickets] == ["included"] * 3
    assert len(node.transactions()) == 3


# ---------------------------------------------------------------- recovery, and whose limits it uses


def test_proofs_of_a_restoring_are_three_signatures(
    node: Node, ann: Actor, deployed: Chain
) -> None:
    stolen = ward(deployed, "stolen", ann)
    new = Key.p256()
    fine = stolen.restore(stolen.owner, ann.owner, new)
    size = KINDS["Restore"].size
    for tail in (b"", fine.action[size:-32], fine.action[size:] + bytes(32)):
        assert node.refusal(replace(fine, action=fine.action[:size] + tail)) == "malformed_action"
    two = abi_encode(["bytes[3]"], [[b"", b"", b""]])
    assert node.refusal(replace(fine, action=fine.action[:size] + two)) == "bad_signature"
    assert node.refusal(stolen.restore(ann.owner, ann.owner, new)) == "not_former_owner"
    assert node.refusal(stolen.restore(stolen.owner, stolen.owner, new)) == "unknown_key"
    assert node.refusal(stolen.restore(stolen.owner, ann.owner, ann.owner)) == "key_taken"
    node.accept(fine)
    other = replace(ann, owner=ann.owner).add_key(new)
    assert node.refusal(other) == "key_taken"  # while the first is on its way
    node.deliver()
    assert node.refusal(ann.vote(bytes(32), 1)) == "unknown_post"  # ann's own keys still serve
    assert node.refusal(replace(stolen, posting=None).post(sha256(b"thief"))) == "key_void"


def test_a_stolen_accounts_limits_do_not_hold_its_recovery_up(
    node: Node, ann: Actor, deployed: Chain
) -> None:
    stolen = ward(deployed, "stolen", ann)
    node.restart(LAUREL_RELAY_LIMITS="account=2/60")
    for word in (b"spam", b"more spam"):
        node.accept(stolen.post(sha256(word)))
    assert node.refusal(stolen.post(sha256(b"and more"))) == "rate_limited"
    tickets = [
        node.accept(ann.request_recovery(stolen.account, Key.p256())),
        node.accept(stolen.restore(stolen.owner, ann.owner, Key.p256())),
    ]
    with Session(node.engine) as session:
        owners = session.scalars(select(RelayTicket.account).where(RelayTicket.id.in_(tickets)))
        assert set(owners) == {ann.account}
    assert node.refusal(ann.post(sha256(b"x"))) == "rate_limited"


def test_a_vote_of_many_counts_as_often_as_it_votes(node: Node, ann: Actor) -> None:
    node.restart(LAUREL_RELAY_LIMITS="account=3/60,all=4/60")
    ballots = {ann.post_id(sha256(b"old")): 10, ann.post_id(sha256(b"other")): 10}
    node.accept(ann.votes(ballots))
    assert node.refusal(ann.votes(ballots, at=ann.anvil.now() - 1)) == "rate_limited"
    node.accept(ann.follow([1]))
    with Session(node.engine) as session:
        assert [use for use in session.scalars(select(RelayUse.bucket)) if use == "all"] == [
            "all"
        ] * 3


def test_a_token_that_burns_gas_hurts_no_other(node: Node, ann: Actor, deployed: Chain) -> None:
    token = hostile_token(deployed)
    signed = [ann.follow([1]), ann.collect(token.address, RELAYER, 0), ann.mute([2])]
    tickets = [node.accept(s) for s in signed]
    deployed.send(token.functions.behave(Mode.BURNS_GAS))
    node.deliver()
    assert [node.state(t) for t in tickets] == ["included", "skipped", "included"]
    assert len(node.transactions()) == 1


def test_votes_of_which_one_comes_too_late(node: Node, ann: Actor, deployed: Chain) -> None:
    """The others count; once all stand or are overtaken, the relay pays for it no more."""
    old, other = ann.post_id(sha256(b"old")), ann.post_id(sha256(b"other"))
    many = ann.votes({old: 100, other: 100}, at=ann.anvil.now() - 1)
    deployed.relay(ann.vote(old, -50))
    ticket = node.accept(many)
    node.deliver()
    assert node.state(ticket) == "included"
    weights = [
        vote_slot(deployed.core.functions.voteState(post, ann.account).call()).bps
        for post in (old, other)
    ]
    assert weights == [-50, 100]
    assert node.refusal(many) == "stale_vote"


# ---------------------------------------------------------------- where handles cost something


def test_the_relayer_pays_the_fee_of_a_handle(deployed_with: DeployedWith, tmp_path: Path) -> None:
    chain = deployed_with(Parameters(handle_fee=LRL))
    with running_node(chain, tmp_path / "home", LAUREL_RELAY_GATHER="0") as node:
        node.outbox.quote()  # so that the site knows who pays
        ann = Actor(chain.deployment, chain.anvil, "ann")
        assert node.refusal(ann.register(maxFee=LRL - 1)) == "fee_too_high"
        assert node.refusal(ann.register(maxFee=LRL)) == "no_handle_fee"
        chain.send(chain.token.functions.transfer(RELAYER, 2 * LRL))
        assert node.refusal(ann.register(maxFee=LRL)) == "no_handle_fee"
        chain.impersonate(RELAYER)
        chain.send(chain.token.functions.approve(chain.core.address, 2 * LRL), RELAYER)
        ticket = node.accept(ann.register(maxFee=LRL))
        node.deliver()
        assert node.state(ticket) == "included"
        assert chain.token.functions.balanceOf(RELAYER).call() == LRL
