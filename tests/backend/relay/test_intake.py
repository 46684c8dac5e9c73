"""What the relay refuses before anything is paid, each with its code."""

from dataclasses import replace
from pathlib import Path

import pytest

from indexer.protocol.actions import Signed, sha256
from tests.actors import Actor, Key, join, signed, stake
from tests.backend.relay.node import Node, running_node
from tests.chain import DEV, Chain, deployed_on, running_anvil

HOUR = 3600
UNKNOWN = b"\x00\x00\x00\x00\x01" + b"\x07" * 27


@pytest.fixture
def ann(deployed: Chain) -> Actor:
    return join(deployed, "ann", posting=True)[0]


def test_bodies_that_are_no_action(node: Node) -> None:
    def code(body: object) -> str:
        answer = node.client.post("/api/laurel/v1/relay", json=body)
        assert answer.status_code in (400, 413)
        return str(answer.json["code"])

    assert code({"kind": 5}) == "malformed_request"
    assert code({"kind": "5", "action": "0x", "signature": "0x"}) == "malformed_request"
    assert code({"kind": 5, "action": "00", "signature": "0x"}) == "malformed_request"
    assert code({"kind": 5, "action": "0xzz", "signature": "0x"}) == "malformed_request"
    assert code([1]) == "malformed_request"
    assert code({"kind": 5, "action": "0x" + "00" * 5000, "signature": "0x"}) == "too_large"
    assert code({"kind": 99, "action": "0x", "signature": "0x"}) == "unknown_kind"
    assert code({"kind": 5, "action": "0x00", "signature": "0x"}) == "malformed_action"
    not_json = node.client.post("/api/laurel/v1/relay", data=b"{", content_type="application/json")
    assert not_json.json["code"] == "malformed_request"


def test_actions_that_do_not_hold_together(node: Node, ann: Actor) -> None:
    vote = ann.vote(UNKNOWN, 100)
    wide = bytes([1]) + vote.action[1:]  # an account number of more than 40 bits
    assert node.refusal(replace(vote, action=wide)) == "malformed_action"
    assert node.refusal(replace(vote, action=vote.action + bytes(32))) == "malformed_action"
    register = Actor(ann.deployment, ann.anvil, "bob").register()
    assert node.refusal(replace(register, action=register.action + bytes(500))) == (
        "malformed_action"
    )


def test_signatures_that_are_not_the_accounts(node: Node, ann: Actor) -> None:
    post = ann.post(sha256(b"hello"))
    assert node.refusal(replace(post, signature=post.signature[:64])) == "bad_signature"
    assert node.refusal(replace(post, signature=bytes(65))) == "bad_signature"
    other_words = ann.post(sha256(b"bye"))
    assert node.refusal(replace(post, signature=other_words.signature)) == "bad_signature"
    stranger = replace(ann, posting=Key.secp256k1())
    assert node.refusal(stranger.post(sha256(b"hello"))) == "bad_signature"
    high_s = bytearray(Key.p256().sign(bytes(66)))
    high_s[32:64] = b"\xff" * 32
    assert node.refusal(replace(post, signature=bytes(high_s))) == "bad_signature"


def test_a_foreign_chain_is_named_as_a_likely_cause(node: Node, ann: Actor) -> None:
    foreign = replace(ann, deployment=replace(ann.deployment, chain_id=1))
    answer = node.submit(foreign.post(sha256(b"hello")))
    assert (answer.status_code, answer.json["code"]) == (400, "bad_signature")
    assert "another chain: this is chain 31337" in answer.json["detail"]
    answer = node.submit(replace(foreign, handle="bob").register())
    assert "another chain: this is chain 31337" in answer.json["detail"]


def test_keys_that_may_not(node: Node, ann: Actor, deployed: Chain) -> None:
    (bob,) = join(deployed, "bob", posting=True)
    assert node.refusal(replace(ann, posting=bob.posting).post(sha256(b"x"))) == "unknown_key"
    assert ann.posting is not None
    by_posting_key = replace(ann, owner=ann.posting)
    assert node.refusal(by_posting_key.power_up(ann.account, 10**18)) == "wrong_role"
    assert node.refusal(by_posting_key.withdraw(DEV, 1)) == "wrong_role"
    node.accept(ann.revoke_key(ann.posting.address))
    node.deliver()
    assert node.refusal(ann.post(sha256(b"x"))) == "key_void"


def test_possession_is_proved(node: Node, ann: Actor) -> None:
    fields = {
        "account": ann.account,
        "key": Key.secp256k1().address,
        "role": 1,
        "expiry": 0,
        "deadline": ann.anvil.now() + 60,
    }
    by_another = signed(ann.deployment, "AddKey", fields, ann.owner, Key.secp256k1())
    assert node.refusal(by_another) == "not_possessed"
    bob = Actor(ann.deployment, ann.anvil, "bob", posting=Key.p256())
    theft = bob.register(postingKey=Key.p256().address)
    assert node.refusal(theft) == "not_possessed"
    assert node.refusal(ann.add_key(Key.p256(), role=0)) == "bad_role"
    assert node.refusal(ann.add_key(Key.p256(), expiry=1)) == "bad_expiry"


def test_times_outside_the_chains_window(node: Node, ann: Actor) -> None:
    now = ann.anvil.now()
    assert node.refusal(ann.post(sha256(b"x"), deadline=now - 1)) == "expired"
    assert node.refusal(ann.post(sha256(b"x"), deadline=now + HOUR + 60)) == "deadline_too_far"
    assert node.refusal(ann.vote(UNKNOWN, 1, at=now + 60)) == "vote_from_future"
    assert node.refusal(ann.vote(UNKNOWN, 1, at=now - HOUR - 60)) == "expired"


def test_handles_and_keys_that_are_taken_or_malformed(node: Node, ann: Actor) -> None:
    def register(handle: str, **keys: Key) -> Signed:
        return Actor(ann.deployment, ann.anvil, handle, **keys).register()

    for handle in ("ab", "Ann", "1ann", "ann-", "an--n", "a" * 17, "a b c", "", "an\0n"):
        assert node.refusal(register(handle)) == "malformed_handle", handle
    assert node.refusal(register("ann")) == "handle_taken"
    assert node.refusal(register("bob", owner=ann.owner)) == "key_taken"
    node.accept(register("cat"))
    assert node.refusal(register("cat")) == "handle_taken"  # while the first is on its way
    assert node.refusal(ann.add_key(ann.key)) == "key_taken"
    unknown = Actor(ann.deployment, ann.anvil, "dan").register(recovery=77)
    assert node.refusal(unknown) == "unknown_account"


def test_messages_that_were_used(node: Node, ann: Actor, deployed: Chain) -> None:
    stake(deployed, ann, 10**21)
    deployed.send(deployed.token.functions.approve(deployed.core.address, 10**18))
    deployed.send(deployed.core.functions.deposit(ann.account, 10**18))
    deployed.anvil.forward(86_400)
    digest = sha256(b"hello")
    post, power_up = ann.post(digest), ann.power_up(ann.account, 10**9)
    first = node.accept(post)
    assert node.accept(post) == first  # asked again while on its way: the same ticket
    node.accept(power_up)
    other = ann.power_up(ann.account, 2 * 10**9, nonce=int.from_bytes(power_up.action[96:128]))
    assert node.refusal(other) == "already_used"  # that nonce is on its way
    node.deliver()
    assert node.refusal(post) == "already_used"
    assert node.refusal(power_up) == "already_used"
    vote = ann.vote(ann.post_id(digest), 100)
    node.accept(vote)
    node.deliver()
    assert node.refusal(vote) == "stale_vote"
    assert node.refusal(ann.vote(ann.post_id(digest), 50, at=ann.anvil.now() - 60)) == "stale_vote"


def test_what_is_not_there_or_not_open(node: Node, ann: Actor, deployed: Chain) -> None:
    assert node.refusal(ann.post(sha256(b"x"), parent=UNKNOWN)) == "unknown_parent"
    assert node.refusal(ann.vote(UNKNOWN, 100)) == "unknown_post"
    assert node.refusal(ann.vote(UNKNOWN, 0)) == "nothing_to_take_back"
    digest = sha256(b"hello")
    node.accept(ann.post(digest))
    node.deliver()
    post = ann.post_id(digest)
    assert node.refusal(ann.vote(post, 10_001)) == "bad_weight"
    assert node.refusal(ann.power_up(ann.account, 10**18)) == "not_enough_balance"
    assert node.refusal(ann.power_up(ann.account, 1)) == "amount_too_small"
    assert node.refusal(ann.power_up(99, 10**18)) == "unknown_account"
    assert node.refusal(ann.withdraw(deployed.core.address, 1)) == "bad_recipient"
    stake(deployed, ann, 10**21)
    assert node.refusal(ann.vote(post, 10_000)) == "not_enough_mana"
    deployed.anvil.forward(7 * 86_400 - 3600)
    node.accept(ann.vote(post, 100))
    node.deliver()
    deployed.anvil.forward(1)
    assert node.refusal(ann.vote(post, 50)) == "vote_locked"
    deployed.anvil.forward(3600)
    assert node.refusal(ann.vote(post, 100)) == "voting_closed"


def test_a_reply_may_follow_its_parent_while_that_is_on_its_way(node: Node, ann: Actor) -> None:
    stake_free_vote = ann.vote(ann.post_id(sha256(b"parent")), 100)
    assert node.refusal(stake_free_vote) == "unknown_post"
    parent = node.accept(ann.post(sha256(b"parent")))
    reply = node.accept(ann.post(sha256(b"reply"), parent=ann.post_id(sha256(b"parent"))))
    vote = node.accept(ann.vote(ann.post_id(sha256(b"reply")), 100))
    node.deliver()
    assert [node.state(t) for t in (parent, reply, vote)] == ["included"] * 3
    assert len(node.transactions()) == 1


def test_nothing_is_checked_by_a_chain_that_is_gone(tmp_path: Path) -> None:
    with running_anvil() as anvil:
        chain = deployed_on(anvil, tmp_path / "deployments")
        (ann,) = join(chain, "ann")
        post = ann.post(sha256(b"hello"))
        with running_node(chain, tmp_path / "home", LAUREL_RELAY_GATHER="0") as node:
            anvil.process.terminate()
            anvil.process.wait()
            answer = node.submit(post)
    assert (answer.status_code, answer.json["code"]) == (503, "chain_unreachable")
    assert answer.headers["Retry-After"]


def test_limits_say_when_there_is_room_again(node: Node, ann: Actor) -> None:
    limits = "attempt=8/60,account=2/60,register=1/3600"
    node.restart(LAUREL_RELAY_LIMITS=limits)
    for word in (b"1", b"2"):
        node.accept(ann.post(sha256(word)))
    answer = node.submit(ann.post(sha256(b"3")), address="192.0.2.2")
    assert (answer.status_code, answer.json["code"]) == (429, "rate_limited")
    assert 55 <= int(answer.headers["Retry-After"]) <= 60
    assert answer.json["until"] > 1_700_000_000

    node.accept(Actor(ann.deployment, ann.anvil, "bob").register())
    cat = Actor(ann.deployment, ann.anvil, "cat").register()
    answer = node.submit(cat)
    assert (answer.status_code, answer.json["code"]) == (429, "rate_limited")
    assert int(answer.headers["Retry-After"]) > 3500
    assert node.submit(cat, address="192.0.2.3").status_code == 202  # limits are each client's

    answers = [node.submit(Signed(99, b"", b"")) for _ in range(6)]
    assert [a.status_code for a in answers].count(429) == 2  # four were made, eight are allowed


def test_what_all_clients_together_may_spend_has_its_bound(node: Node, ann: Actor) -> None:
    node.restart(LAUREL_RELAY_LIMITS="newcomers=1/86400,all=3/86400")
    newcomers = [Actor(ann.deployment, ann.anvil, handle).register() for handle in ("bob", "cat")]
    posts = [ann.post(sha256(b"%d" % i)) for i in range(3)]
    clients = (f"192.0.2.{i}" for i in range(1, 99))
    answers = [node.submit(signed, address=next(clients)) for signed in newcomers + posts]
    assert [a.status_code for a in answers] == [202, 429, 202, 202, 429]
    for refused in (answers[1], answers[4]):
        assert refused.json["code"] == "rate_limited"
        assert 86_000 < int(refused.headers["Retry-After"]) <= 86_400
        assert refused.json["until"] > 1_700_000_000
