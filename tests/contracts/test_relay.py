"""The relay: one bad item stops nothing, and no message serves twice."""

from dataclasses import replace

import pytest

from backend.deployment.deploy import Parameters, deploy
from indexer.protocol.actions import P256_ORDER, SECP256K1_ORDER
from tests.actors import Actor, Key, join, stake
from tests.chain import DEV, DEV_KEY
from tests.contracts.attacks.direct import refused_by
from tests.contracts.verdicts import verdict

DAY = 86_400
ETHER = 10**18
DIGEST = b"\x07" * 32


def test_a_batch_of_good_and_bad(deployed):
    ada, bob = join(deployed, "ada", "bob")
    good = ada.post(DIGEST)
    receipt = deployed.relay(
        replace(good, signature=good.signature[:64]),
        replace(good, signature=b"\1" * 65),
        replace(good, kind=99),
        replace(good, action=good.action[:-1]),
        replace(good, action=good.action + bytes(32)),
        replace(bob.post(DIGEST), action=good.action),
        good,
        good,
        bob.post(b"\1" * 32, parent=b"\2" * 32),
        bob.post(b"\1" * 32, parent=ada.post_id(DIGEST)),
    )
    assert deployed.skipped(receipt) == {
        0: "MalformedSignature",
        1: "InvalidSignature",
        2: "UnknownKind",
        3: "MalformedAction",
        4: "MalformedAction",
        5: "UnknownKey",
        7: "PostExists",
        8: "UnknownParent",
    }


@pytest.mark.parametrize(("ahead", "error"), [(-1, "Expired"), (3700, "DeadlineTooFar")])
def test_deadlines(deployed, ahead, error):
    (ada,) = join(deployed, "ada")
    late = ada.post(DIGEST, deadline=deployed.anvil.now() + ahead)
    assert deployed.skipped(deployed.relay(late)) == {0: error}


def test_the_moment_of_a_vote(deployed):
    ada, bob = join(deployed, "ada", "bob")
    other = b"\x08" * 32
    deployed.relay(ada.post(DIGEST), ada.post(other))
    post = ada.post_id(DIGEST)
    now = deployed.anvil.now()
    receipt = deployed.relay(
        bob.vote(post, 100, at=now + 600),
        bob.vote(post, 100, at=now - 3601),
        bob.vote(post, 0, at=now),
        bob.vote(post, 100, at=now),
        bob.vote(post, 100, at=now),
        bob.vote(ada.post_id(other), 10_001, at=now),
        bob.vote(b"\1" * 32, 100, at=now),
    )
    assert deployed.skipped(receipt) == {
        0: "VoteFromFuture",
        1: "Expired",
        2: "NothingToTakeBack",
        4: "StaleVote",
        5: "BadWeight",
        6: "UnknownPost",
    }


def test_voting_ends_at_cashout_and_the_last_half_day_takes_first_votes_only(deployed):
    ada, bob, cleo = join(deployed, "ada", "bob", "cleo")
    deployed.relay(ada.post(DIGEST))
    post = ada.post_id(DIGEST)
    deployed.relay(bob.vote(post, 100))
    deployed.anvil.forward(7 * DAY - DAY // 4)
    receipt = deployed.relay(bob.vote(post, 0), bob.vote(post, 200), cleo.vote(post, 100))
    assert deployed.skipped(receipt) == {0: "VoteLocked", 1: "VoteLocked"}
    deployed.anvil.forward(DAY // 4)
    assert deployed.skipped(deployed.relay(ada.vote(post, 100))) == {0: "VotingClosed"}


def test_high_s_is_refused_on_both_curves(deployed):
    ada, bob = join(deployed, "ada", "bob", p256=True)
    bob = replace(bob, posting=None)

    def flipped(item, order):
        s = order - int.from_bytes(item.signature[32:64])
        tail = item.signature[64:]
        if len(item.signature) == 65:
            tail = bytes([27 + 28 - tail[0]])
        return replace(item, signature=item.signature[:32] + s.to_bytes(32) + tail)

    receipt = deployed.relay(
        flipped(ada.post(DIGEST), P256_ORDER),
        flipped(bob.post(DIGEST), SECP256K1_ORDER),
    )
    assert deployed.skipped(receipt) == {0: "InvalidSignature", 1: "InvalidSignature"}


def test_a_message_of_another_chain_or_contract_is_nobodys(deployed, tmp_path):
    ada, *_ = join(deployed, "ada")
    elsewhere = deploy(deployed.anvil.url, DEV_KEY, tmp_path / "other", Parameters())
    foreign = Actor(elsewhere, ada.anvil, "ada", ada.owner, account=ada.account)
    other_chain = replace(ada, deployment=replace(ada.deployment, chain_id=1))
    receipt = deployed.relay(foreign.post(DIGEST), other_chain.post(DIGEST))
    assert deployed.skipped(receipt) == {0: "UnknownKey", 1: "UnknownKey"}


def test_too_little_gas_burns_nobodys_message(deployed):
    (ada,) = join(deployed, "ada")
    item = ada.post(DIGEST)
    call = deployed.core.functions.relay([(item.kind, item.action, item.signature)])
    tx = call.transact({"from": DEV, "gas": 110_000})
    assert deployed.w3.eth.wait_for_transaction_receipt(tx)["status"] == 0
    assert deployed.skipped(deployed.relay(item)) == {}


def test_money_moves_once_per_nonce(deployed):
    (ada,) = join(deployed, "ada")
    stake(deployed, ada, ETHER)
    f = deployed.core.functions
    deployed.send(deployed.token.functions.approve(deployed.core.address, 5 * ETHER))
    deployed.send(f.deposit(ada.account, 5 * ETHER))
    item = ada.power_up(ada.account, ETHER, nonce=2**200)
    to = Key.secp256k1().address
    receipt = deployed.relay(item, item, ada.withdraw(to, ETHER), ada.withdraw(to, 9 * ETHER))
    assert deployed.skipped(receipt) == {1: "NonceUsed", 3: "NotEnoughBalance"}
    assert f.balanceOf(ada.account).call() == 3 * ETHER
    assert deployed.token.functions.balanceOf(to).call() == ETHER
    assert f.nonceUsed(ada.owner.address, 2**200).call()
    receipt = deployed.relay(
        ada.withdraw(deployed.core.address, 1),
        ada.power_up(99, ETHER),
        ada.power_up(1, 10**9 - 1),
    )
    assert deployed.skipped(receipt) == {
        0: "BadRecipient",
        1: "UnknownAccount",
        2: "AmountTooSmall",
    }


def test_only_core_and_graph_themselves_perform(deployed):
    """Else a caller names another as who pays for a registration, and goes around the reserve of gas."""
    (ada,) = join(deployed, "ada")
    for contract, item in ((deployed.core, ada.post(DIGEST)), (deployed.graph, ada.follow([1]))):
        call = contract.functions.perform(item.kind, item.action, item.signature, DEV)
        assert refused_by(deployed, call) == "OnlySelf"
        assert verdict(deployed, item) is None


def test_an_empty_batch_does_nothing(deployed):
    for contract in (deployed.core, deployed.graph):
        assert deployed.send(contract.functions.relay([]))["logs"] == []


def test_each_contract_takes_its_own_kinds_only(deployed):
    (ada,) = join(deployed, "ada")
    post, follow = ada.post(DIGEST), ada.follow([1])
    for contract, item in ((deployed.graph, post), (deployed.core, follow)):
        receipt = deployed.send(
            contract.functions.relay([(item.kind, item.action, item.signature)])
        )
        assert deployed.skipped(receipt) == {0: "UnknownKind"}


def test_an_array_stands_where_abi_encode_puts_it(deployed):
    """So that what was signed has one form: an offset elsewhere, a number that is not that of the elements and
    words behind them are refused."""
    ada, *_ = join(deployed, "ada")
    deployed.relay(ada.post(DIGEST))
    votes = ada.votes({ada.post_id(DIGEST): 100})
    for item, head, at in (
        (votes, 3, 1),
        (ada.follow([1, 2]), 5, 1),
        (ada.mute([1, 2]), 5, 1),
        (ada.reblog([DIGEST]), 5, 1),
    ):
        words = [item.action[i : i + 32] for i in range(0, len(item.action), 32)]
        assert int.from_bytes(words[at]) == 32 * head

        def changed(i: int, value: int, words: list[bytes] = words) -> bytes:
            return b"".join([*words[:i], value.to_bytes(32), *words[i + 1 :]])

        number = int.from_bytes(words[head])
        forms = [
            changed(at, 32 * head + 32),
            changed(at, 0),
            changed(at, 2**256 - 32),
            changed(head, number + 1),
            changed(head, number - 1),
            changed(head, 2**255),
            item.action + bytes(32),
            item.action + b"\0",
            item.action[:-1],
            item.action[: 32 * head],
            b"",
        ]
        receipt = deployed.relay(*(replace(item, action=form) for form in forms))
        assert deployed.skipped(receipt) == dict.fromkeys(range(len(forms)), "MalformedAction")
        assert deployed.skipped(deployed.relay(item)) == {}


def test_payouts_wait_for_their_day(deployed):
    ada, *_ = join(deployed, "ada")
    deployed.relay(ada.post(DIGEST))
    post = ada.post_id(DIGEST)
    f = deployed.core.functions
    assert refused_by(deployed, f.settle([post])) == "DayOpen"
    assert refused_by(deployed, f.payoutOf(post)) == "DayOpen"
    assert refused_by(deployed, f.claimOfPost(post, [1])) == "NotSettled"
    assert refused_by(deployed, f.claimAsVoter(1, [post])) == "NotSettled"
    assert refused_by(deployed, f.settle([DIGEST])) == "UnknownPost"
    deployed.anvil.forward(7 * DAY)
    deployed.send(f.close(30))
    assert refused_by(deployed, f.settle([post])) == "DayOpen"
    deployed.anvil.forward(DAY)
    deployed.send(f.close(30))
    deployed.send(f.settle([post, post]))
