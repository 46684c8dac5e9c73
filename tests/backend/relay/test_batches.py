"""From the queue to the chain and back: batches, fates, fees, reorganisations."""

from pathlib import Path

import pytest
from eth_account import Account

from backend.chain import fees
from backend.relay.sending import batches
from indexer.protocol.actions import post_id, sha256
from indexer.protocol.kinds import Gas
from tests.actors import Actor, join, stake
from tests.backend.relay.node import RELAYER, RELAYER_KEY, Node, running_node
from tests.chain import Chain

DAY = 86_400


@pytest.fixture
def ann(deployed: Chain) -> Actor:
    return join(deployed, "ann", posting=True)[0]


def posted(chain: Chain, post: bytes) -> int:
    """How many Posted events the chain has for a post."""
    logs = chain.core.events.Posted().get_logs(from_block=0)
    return sum(post_id(e["args"]["account"], e["args"]["digest"]) == post for e in logs)


def test_one_transaction_for_what_arrives_together(node: Node, ann: Actor, deployed: Chain) -> None:
    """Items that went wrong after they were accepted hold nobody up, and say why."""
    (bob,) = join(deployed, "bob", posting=True)
    stake(deployed, bob, 10**21)
    deployed.anvil.forward(DAY)
    deployed.relay(ann.post(sha256(b"old")))
    assert bob.posting is not None
    fine = ann.post(sha256(b"fine"))
    brought_by_another = ann.post(sha256(b"brought"))
    vote = bob.vote(ann.post_id(sha256(b"old")), 100)
    handle = Actor(ann.deployment, ann.anvil, "cat").register()
    short = ann.post(sha256(b"late"), deadline=ann.anvil.now() + 30)
    signed = (fine, brought_by_another, vote, handle, short)
    tickets = [node.accept(s) for s in signed]
    assert node.state(tickets[0]) == "queued"

    deployed.relay(brought_by_another)
    deployed.relay(Actor(ann.deployment, ann.anvil, "cat").register())
    deployed.relay(bob.revoke_key(bob.posting.address))
    deployed.anvil.forward(60)
    node.deliver()

    ends = [(t["state"], t["reason"]) for t in map(node.ticket, tickets)]
    assert ends == [
        ("included", None),
        ("included", None),  # by whom does not matter
        ("skipped", "key_void"),
        ("skipped", "handle_taken"),
        ("expired", "expired"),
    ]
    assert len(node.transactions()) == 1
    assert posted(deployed, ann.post_id(sha256(b"brought"))) == 1
    assert posted(deployed, ann.post_id(sha256(b"late"))) == 0


def test_a_ticket_tells_where_its_action_is(node: Node, ann: Actor) -> None:
    deadline = ann.anvil.now() + 1000
    ticket = node.accept(ann.post(sha256(b"hello"), deadline=deadline))
    assert node.ticket(ticket) == {
        "id": ticket,
        "state": "queued",
        "waits": "No relayer is at work on this server at the moment; actions wait for one.",
        "deadline": deadline,
        "reason": None,
        "detail": None,
        "tx": None,
        "block": None,
        "indexed": False,
    }
    node.deliver()
    (transaction,) = node.transactions()
    told = node.ticket(ticket)
    assert (told["state"], told["tx"], told["block"]) == (
        "included",
        transaction.hash,
        transaction.block,
    )
    assert not told["indexed"]
    node.mirror()
    assert node.ticket(ticket)["indexed"]
    assert node.client.get("/api/laurel/v1/tickets/nothing").json["code"] == "unknown_ticket"


def test_a_batch_has_its_bound_in_gas_and_the_order_of_arrival(
    ann: Actor, deployed: Chain, tmp_path: Path
) -> None:
    env = {"LAUREL_RELAY_GATHER": "0", "LAUREL_RELAY_GAS": "300000"}
    with running_node(deployed, tmp_path / "home", **env) as node:
        digests = [sha256(b"%d" % i) for i in range(5)]
        parent, tickets = bytes(32), []
        for digest in digests:  # a thread, each a reply to the one before
            tickets.append(node.accept(ann.post(digest, parent)))
            parent = ann.post_id(digest)
        while any(node.state(t) == "queued" for t in tickets):
            node.sender.send()
        node.deliver()
        assert [node.state(t) for t in tickets] == ["included"] * 5
        assert len(node.transactions()) == 3
        assert all(t.gas <= 300_000 for t in node.transactions())


def test_company_is_waited_for_but_not_long(ann: Actor, deployed: Chain, tmp_path: Path) -> None:
    with running_node(deployed, tmp_path / "home", LAUREL_RELAY_GATHER="1000") as node:
        node.accept(ann.post(sha256(b"hello")))
        node.sender.send()
        assert node.transactions() == []


def test_what_is_stuck_is_sent_again_at_a_higher_fee(
    ann: Actor, deployed: Chain, tmp_path: Path
) -> None:
    env = {"LAUREL_RELAY_GATHER": "0", "LAUREL_RELAY_STUCK": "0"}
    with running_node(deployed, tmp_path / "home", **env) as node:
        anvil = deployed.anvil
        anvil.rpc("evm_setAutomine", False)
        ticket = node.accept(ann.post(sha256(b"hello")))
        node.sender.send()
        (first,) = node.transactions()
        anvil.rpc("anvil_setNextBlockBaseFeePerGas", hex(3 * first.max_fee))
        anvil.rpc("evm_mine")
        assert node.state(ticket) == "sent"  # the fee was too low

        node.sender.follow()
        (second,) = node.transactions()
        assert (second.nonce, second.earlier) == (first.nonce, [first.hash])
        assert second.max_fee * 8 >= first.max_fee * 9 and second.tip * 8 >= first.tip * 9
        anvil.rpc("evm_mine")
        node.sender.follow()
        assert node.state(ticket) == "included"
        assert node.ticket(ticket)["tx"] == second.hash
        assert posted(deployed, ann.post_id(sha256(b"hello"))) == 1


def test_the_replaced_one_may_win_all_the_same(ann: Actor, deployed: Chain, tmp_path: Path) -> None:
    env = {"LAUREL_RELAY_GATHER": "0", "LAUREL_RELAY_STUCK": "0"}
    with running_node(deployed, tmp_path / "home", **env) as node:
        deployed.anvil.rpc("evm_setAutomine", False)
        ticket = node.accept(ann.post(sha256(b"hello")))
        node.sender.send()
        (first,) = node.transactions()
        node.sender.follow()
        deployed.anvil.rpc("anvil_dropAllTransactions")
        deployed.anvil.rpc("eth_sendRawTransaction", "0x" + first.raw.hex())
        deployed.anvil.rpc("evm_mine")
        node.sender.follow()
        assert node.state(ticket) == "included"
        assert node.ticket(ticket)["tx"] == first.hash


def test_a_fee_is_not_bid_up_for_ever_on_a_chain_that_stands_still(
    ann: Actor, deployed: Chain, tmp_path: Path
) -> None:
    env = {"LAUREL_RELAY_GATHER": "0", "LAUREL_RELAY_STUCK": "0"}
    with running_node(deployed, tmp_path / "home", **env) as node:
        deployed.anvil.rpc("evm_setAutomine", False)
        node.accept(ann.post(sha256(b"hello")))
        node.sender.send()
        (first,) = node.transactions()
        for _ in range(30):
            node.sender.follow()
        assert node.transactions()[0].max_fee <= 10 * first.max_fee


def test_an_empty_relayer_says_so_and_goes_on_when_it_has_coin(
    node: Node, ann: Actor, deployed: Chain
) -> None:
    ticket = node.accept(ann.post(sha256(b"before")))
    deployed.anvil.rpc("anvil_setBalance", RELAYER, hex(1000))
    node.sender.send()
    assert node.state(ticket) == "queued"
    answer = node.submit(ann.post(sha256(b"while")))
    assert (answer.status_code, answer.json["code"]) == (503, "relayer_empty")
    assert RELAYER in answer.json["detail"]

    deployed.anvil.rpc("anvil_setBalance", RELAYER, hex(10**18))
    node.deliver()
    assert node.state(ticket) == "included"
    node.accept(ann.post(sha256(b"after")))


def test_a_chain_that_takes_no_fees(
    node: Node, ann: Actor, deployed: Chain, monkeypatch: pytest.MonkeyPatch
) -> None:
    deployed.anvil.rpc("anvil_setNextBlockBaseFeePerGas", "0x0")
    deployed.anvil.rpc("evm_mine")
    # anvil takes transactions without a tip, but always suggests one
    monkeypatch.setattr(fees, "gas_price", lambda chain: fees.GasPrice(0, 0))
    ticket = node.accept(ann.post(sha256(b"hello")))
    node.deliver()
    assert node.state(ticket) == "included"
    assert node.connection.number("eth_getBalance", RELAYER, "latest") == 10**18


def test_what_a_rolled_back_chain_forgot_is_sent_again(
    node: Node, ann: Actor, deployed: Chain
) -> None:
    kept = node.accept(ann.post(sha256(b"kept")))
    node.deliver()
    snapshot = deployed.anvil.rpc("evm_snapshot")
    tickets = [node.accept(ann.post(sha256(b"a")))]
    node.deliver()
    tickets.append(node.accept(ann.post(sha256(b"b"), ann.post_id(sha256(b"a")))))
    node.deliver()
    before = [t.raw for t in node.transactions()]
    assert deployed.anvil.rpc("evm_revert", snapshot)

    node.sender.look_back()
    assert [node.state(t) for t in tickets] == ["sent", "sent"]
    assert node.state(kept) == "included"
    node.deliver()
    assert [node.state(t) for t in tickets] == ["included", "included"]
    assert [t.raw for t in node.transactions()] == before
    for word in (b"kept", b"a", b"b"):
        assert posted(deployed, ann.post_id(sha256(word))) == 1


def take_nonce(node: Node) -> None:
    """Forgets what waits to be mined, and uses the nonce of the first of it for something else."""
    anvil = node.chain.anvil
    anvil.rpc("anvil_dropAllTransactions")
    foreign = Account.from_key(RELAYER_KEY).sign_transaction(
        {
            "to": RELAYER,
            "value": 0,
            "gas": 21_000,
            "gasPrice": 10**10,
            "nonce": int(anvil.rpc("eth_getTransactionCount", RELAYER, "latest"), 16),
            "chainId": 31337,
        }
    )
    anvil.rpc("eth_sendRawTransaction", "0x" + foreign.raw_transaction.hex())
    anvil.rpc("evm_mine")
    anvil.rpc("evm_setAutomine", True)


def test_a_nonce_that_went_elsewhere_costs_nothing(node: Node, ann: Actor, deployed: Chain) -> None:
    deployed.anvil.rpc("evm_setAutomine", False)
    ticket = node.accept(ann.post(sha256(b"hello")))
    node.sender.send()
    take_nonce(node)
    node.sender.follow()
    assert node.state(ticket) == "queued"
    node.deliver()
    assert node.state(ticket) == "included"
    assert [t.state for t in node.transactions()] == ["lost", "mined"]


@pytest.mark.parametrize(("most_tries", "end"), [(3, "included"), (1, "skipped")])
def test_a_reply_waits_for_a_parent_that_is_sent_again(
    node: Node,
    ann: Actor,
    deployed: Chain,
    monkeypatch: pytest.MonkeyPatch,
    most_tries: int,
    end: str,
) -> None:
    monkeypatch.setattr(batches, "MOST_TRIES", most_tries)
    deployed.anvil.rpc("evm_setAutomine", False)
    parent = node.accept(ann.post(sha256(b"parent")))
    node.sender.send()
    reply = node.accept(ann.post(sha256(b"reply"), parent=ann.post_id(sha256(b"parent"))))
    node.sender.send()
    second = node.transactions()[1]
    take_nonce(node)
    deployed.anvil.rpc("eth_sendRawTransaction", "0x" + second.raw.hex())
    node.deliver()
    node.deliver()
    assert [node.state(parent), node.state(reply)] == ["included", end]
    assert node.ticket(reply)["reason"] == (None if end == "included" else "unknown_parent")


def test_a_vote_waits_for_a_post_whose_batch_reverted(
    node: Node, ann: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as short:
        short.setattr(Gas, "reserved", lambda gas, size: 1000)
        post = node.accept(ann.post(sha256(b"post")))
        node.sender.send()
    vote = node.accept(ann.vote(ann.post_id(sha256(b"post")), 100))
    node.deliver()
    assert [t.state for t in node.transactions()] == ["reverted", "mined"]
    node.deliver()
    assert [node.state(post), node.state(vote)] == ["included", "included"]


def test_what_another_brought_in_a_lost_transactions_stead_is_indexed(
    node: Node, ann: Actor, deployed: Chain
) -> None:
    deployed.anvil.rpc("evm_setAutomine", False)
    post = ann.post(sha256(b"hello"))
    ticket = node.accept(post)
    node.sender.send()
    take_nonce(node)
    deployed.relay(post)
    node.sender.follow()
    told = node.ticket(ticket)
    assert (told["state"], told["indexed"]) == ("included", False)
    assert told["block"] == node.connection.number("eth_blockNumber")
    node.mirror()
    assert node.ticket(ticket)["indexed"]


def test_a_transaction_that_reverts_is_tried_with_more_gas_and_then_given_up(
    node: Node, ann: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Gas, "reserved", lambda gas, size: 1000)
    ticket = node.accept(ann.post(sha256(b"hello")))
    for _ in range(3):
        assert node.state(ticket) == "queued"
        node.deliver()
    assert [t.state for t in node.transactions()] == ["reverted"] * 3
    told = node.ticket(ticket)
    assert (told["state"], told["reason"]) == ("skipped", "too_little_gas")
