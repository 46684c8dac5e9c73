"""What a gas may cost: tips by what others pay, the operator's bounds, and waiting while the chain is dear."""

import time
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.chain import fees
from backend.relay.leases import key_lease
from backend.relay.relayers import gwei
from backend.relay.sending import bids, transactions
from backend.relay.sending.transactions import Outbox
from backend.relay.settings import BadFee, RelaySettings
from indexer.mirror.lease import LeaseLost
from indexer.protocol.actions import sha256
from tests.actors import Actor, join
from tests.backend.relay.node import RELAYER, Node, running_node
from tests.backend.relay.test_batches import posted, take_nonce
from tests.chain import DEV, Chain
from tests.indexer.mirrors import until

GWEI = 10**9
ENV = {"LAUREL_RELAY_GATHER": "0", "LAUREL_MAX_FEE": "10", "LAUREL_MAX_TIP": "2"}


@pytest.fixture
def ann(deployed: Chain) -> Actor:
    return join(deployed, "ann")[0]


def base_fee(chain: Chain, gwei: int) -> None:
    """A block at this base fee; the next one's is an eighth less, as it is empty."""
    chain.anvil.rpc("anvil_setNextBlockBaseFeePerGas", hex(gwei * GWEI))
    chain.anvil.rpc("evm_mine")


def test_the_tip_is_what_half_of_the_latest_blocks_gave(node: Node, deployed: Chain) -> None:
    anvil = deployed.anvil
    anvil.rpc("evm_setAutomine", False)
    for tip in [3] * 6 + [5] * 6 + [7] * 5:
        fee = {"maxPriorityFeePerGas": hex(tip * GWEI), "maxFeePerGas": hex(100 * GWEI)}
        anvil.rpc("eth_sendTransaction", {"from": DEV, "to": DEV, **fee})
        anvil.rpc("evm_mine")
    for _ in range(3):
        anvil.rpc("evm_mine")  # nobody gave a tip there, for there was nobody
    until(lambda: fees.gas_price(node.connection).tip == 5 * GWEI)  # anvil takes a moment to count
    price = fees.gas_price(node.connection)
    latest = node.connection.number_of("latest", "baseFeePerGas")
    assert latest * 7 // 8 - 1 <= price.base < latest  # the next block's


def test_while_gas_is_dear_actions_wait_and_nothing_is_lost(
    ann: Actor, deployed: Chain, tmp_path: Path
) -> None:
    with running_node(deployed, tmp_path / "home", **ENV) as node:
        base_fee(deployed, 40)
        late = node.accept(ann.post(sha256(b"late"), deadline=ann.anvil.now() + 30))
        ticket = node.accept(ann.post(sha256(b"hello")))
        node.sender.send()
        assert node.transactions() == []
        told = node.ticket(ticket)
        assert told["state"] == "queued" and told["deadline"] > ann.anvil.now()
        assert told["waits"] == (
            "Gas costs 36 gwei at the moment, and this server pays at most 10. Actions wait until it is "
            "cheaper; each is sent until its deadline."
        )
        # A user can still hand actions in.
        node.accept(ann.post(sha256(b"while")))

        deployed.anvil.forward(60)
        node.sender.send()
        assert [node.state(late), node.state(ticket)] == ["expired", "queued"]
        base_fee(deployed, 9)
        node.deliver()
        assert node.state(ticket) == "included" and node.ticket(ticket)["waits"] is None
        (transaction,) = node.transactions()
        assert transaction.max_fee == 10 * GWEI and transaction.tip <= 2 * GWEI


def test_a_replacement_is_an_eighth_higher_in_both_and_ends_at_the_bound(
    ann: Actor, deployed: Chain, tmp_path: Path
) -> None:
    with running_node(deployed, tmp_path / "home", **ENV | {"LAUREL_RELAY_STUCK": "0"}) as node:
        anvil = deployed.anvil
        base_fee(deployed, 2)
        anvil.rpc("evm_setAutomine", False)
        ticket = node.accept(ann.post(sha256(b"hello")))
        node.sender.send()
        bids = [node.transactions()[0]]
        for _ in range(20):
            node.sender.follow()
            (bid,) = node.transactions()
            assert anvil.rpc("eth_getTransactionByHash", bid.hash), "the node refused it"
            if bid.hash != bids[-1].hash:
                bids.append(bid)
        assert len(bids) >= 4
        for before, after in zip(bids, bids[1:], strict=False):
            assert after.max_fee * 8 >= before.max_fee * 9 and after.tip * 8 >= before.tip * 9
        assert bids[-1].max_fee <= 10 * GWEI < bids[-1].max_fee * 9 / 8
        base_fee(deployed, 40)
        node.sender.follow()
        assert node.state(ticket) == "sent"
        base_fee(deployed, 3)
        node.sender.follow()  # a node may have forgotten what was too cheap
        anvil.rpc("evm_mine")
        node.sender.follow()
        assert node.state(ticket) == "included"
        assert posted(deployed, ann.post_id(sha256(b"hello"))) == 1


def test_one_that_the_node_dropped_is_no_gap(
    node: Node, ann: Actor, deployed: Chain, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Three are on their way, and the node forgets the first: the others wait for it, and come after it."""
    monkeypatch.setattr(transactions, "LOOK_SECONDS", 0.0)
    anvil = deployed.anvil
    anvil.rpc("evm_setAutomine", False)
    tickets = []
    for number in range(3):
        tickets.append(node.accept(ann.post(sha256(b"%d" % number))))
        node.sender.send()
    raw = [t.raw for t in node.transactions()]
    anvil.rpc("anvil_dropTransaction", node.transactions()[0].hash)
    anvil.rpc("evm_mine")
    assert anvil.rpc("eth_getTransactionCount", RELAYER, "latest") == "0x0"
    node.sender.follow()
    anvil.rpc("evm_mine")
    node.sender.follow()
    assert [node.state(t) for t in tickets] == ["included"] * 3
    assert [t.raw for t in node.transactions()] == raw


def test_a_receipt_that_one_node_does_not_have_yet_is_waited_for(
    node: Node, ann: Actor, deployed: Chain
) -> None:
    """Behind one address may be several nodes: a used nonce alone does not say that ours was not mined."""
    deployed.anvil.rpc("evm_setAutomine", False)
    ticket = node.accept(ann.post(sha256(b"hello")))
    node.sender.send()
    take_nonce(node)
    patient = Outbox(
        node.engine, node.connection, RELAYER, replace(node.relay, lost_seconds=0.5), node.held
    )
    sender = replace(node.sender, outbox=patient)
    sender.follow()
    assert node.state(ticket) == "sent"
    time.sleep(0.5)
    sender.follow()
    assert node.state(ticket) == "queued"


def test_who_has_lost_the_key_sends_nothing(node: Node, ann: Actor) -> None:
    """A process that was stopped for long finds another in its place: what it would have sent is not kept."""
    ticket = node.accept(ann.post(sha256(b"hello")))
    key_lease(node.engine, RELAYER).take_over()
    with pytest.raises(LeaseLost):
        node.sender.send()
    assert node.state(ticket) == "queued" and node.transactions() == []


def test_a_purse_too_small_for_what_is_next_says_so(
    node: Node, ann: Actor, deployed: Chain
) -> None:
    """There is coin for a post, but not for a vote of many; what a transaction may take at the most is
    promised, and is not missing."""
    posts = [sha256(b"post %d" % number) for number in range(40)]
    deployed.relay(*(ann.post(digest) for digest in posts))
    many = node.accept(ann.votes({ann.post_id(digest): 100 for digest in posts}))
    quote = node.outbox.quote()
    little = hex(1_000_000 * quote.max_fee)
    deployed.anvil.rpc("anvil_setBalance", RELAYER, little)
    node.sender.send()
    assert node.state(many) == "queued"
    assert "has run out of coin for gas" in node.ticket(many)["waits"]
    assert node.refusal(ann.post(sha256(b"more"))) == "relayer_empty"
    node.sender.send()
    assert node.refusal(ann.post(sha256(b"more"))) == "relayer_empty"

    deployed.anvil.rpc("anvil_setBalance", RELAYER, hex(10**18))
    node.deliver()
    assert node.state(many) == "included"
    deployed.anvil.rpc("anvil_setBalance", RELAYER, little)
    deployed.anvil.rpc("evm_setAutomine", False)
    node.accept(ann.post(sha256(b"one")))
    node.sender.send()
    node.outbox.quote()  # nearly all is promised now
    assert node.submit(ann.post(sha256(b"two"))).status_code == 202


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("LAUREL_MAX_FEE", "50 gwei"),
        ("LAUREL_MAX_FEE", "0"),
        ("LAUREL_MAX_TIP", "-1"),
        ("LAUREL_COIN_PRICE", "2500"),
        ("LAUREL_COIN_PRICE", "USD 2500"),
    ],
)
def test_settings_that_are_not_understood(tmp_path: Path, name: str, text: str) -> None:
    with pytest.raises(BadFee, match=f"{name} is .*, such as .*, not {text!r}"):
        RelaySettings.from_env(tmp_path, {name: text})


def test_gwei_in_words() -> None:
    assert [gwei(wei) for wei in (0, 12_345_678, 4_560_000_000, 1_234 * GWEI)] == [
        "0",
        "0.0123",
        "4.56",
        "1,230",
    ]


PLAIN = RelaySettings.from_env(Path("."), {})
CAPPED = RelaySettings.from_env(Path("."), {"LAUREL_MAX_FEE": "10", "LAUREL_MAX_TIP": "2"})


@given(
    base=st.integers(0, 100 * GWEI),
    tip=st.integers(0, 100 * GWEI),
    later=st.lists(st.tuples(st.integers(0, 100 * GWEI), st.integers(0, 100 * GWEI)), max_size=30),
    settings=st.sampled_from([PLAIN, CAPPED]),
)
def test_whatever_the_chain_asks_a_bid_stays_in_bounds(
    base: int, tip: int, later: list[tuple[int, int]], settings: RelaySettings
) -> None:
    bid = bids.first(fees.GasPrice(base, tip), settings)
    assert bid.tip <= bid.max_fee == settings.cap(bid.max_fee)
    assert bid.tip <= settings.cap_tip(bid.tip)
    for price in later:
        now = bids.first(fees.GasPrice(*price), settings)
        if (more := bids.raised(bid, now, settings)) is None:
            continue
        assert more.tip <= more.max_fee == settings.cap(more.max_fee)
        assert more.max_fee * 8 >= bid.max_fee * 9 and more.tip * 8 >= bid.tip * 9
        bid = more
