"""An L2's fee for data, with small contracts of the test's own where the chain's would be."""

import pytest
from eth_utils.crypto import keccak

from backend.chain import fees
from backend.relay.sending import transactions
from backend.relay.sending.costs import recent
from indexer.protocol.actions import sha256
from tests.actors import Actor, join
from tests.backend.relay.node import RELAYER, Node
from tests.chain import Chain

EACH, FIXED = 10**12, 10**14


@pytest.fixture(autouse=True)
def asked_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transactions, "DATA_FEE_SECONDS", 0.0)


@pytest.fixture
def ann(deployed: Chain) -> Actor:
    return join(deployed, "ann")[0]


def answering(**functions: int) -> str:
    """Code that answers FIXED + EACH * a word of its calldata (a number, or the length of bytes), and reverts
    for any other function; `functions`: 8 digits of a selector after `x` -> where that word is."""
    head, body = bytes.fromhex("5f3560e01c"), b""  # the selector
    start = len(head) + 11 * len(functions) + 3
    for selector, place in functions.items():
        jump = start + len(body)
        head += bytes.fromhex("8063" + selector[1:] + "1461") + jump.to_bytes(2) + b"\x57"
        body += b"\x5b\x60" + bytes([place]) + b"\x35"  # that word
        body += b"\x67" + EACH.to_bytes(8) + b"\x02\x67" + FIXED.to_bytes(8) + b"\x01"
        body += bytes.fromhex("5f5260205ff3")
    return "0x" + (head + bytes.fromhex("5f5ffd") + body).hex()


def selector(signature: str) -> str:
    return "x" + keccak(text=signature)[:4].hex()


BOUND = {selector("getL1FeeUpperBound(uint256)"): 4}
EXACT = {selector("getL1Fee(bytes)"): 36}
ARBITRUM = {selector("gasEstimateL1Component(address,bool,bytes)"): 100}


def test_a_chain_without_one(node: Node) -> None:
    assert fees.data_fee(node.connection) == fees.DataFee()


@pytest.mark.parametrize("functions", [BOUND | EXACT, EXACT], ids=["Fjord", "before"])
def test_an_op_stack_chain(
    node: Node, ann: Actor, deployed: Chain, functions: dict[str, int]
) -> None:
    """It is asked for before sending, with a margin, and is part of what an action has cost."""
    deployed.anvil.rpc("anvil_setCode", fees.ORACLE, answering(**functions))
    line = fees.data_fee(node.connection).wei
    for size in (256, 1_000, 10_000):
        assert 1.24 < line.at(size) / (FIXED + EACH * size) < 1.26

    tickets = [node.accept(ann.post(sha256(b"%d" % number))) for number in range(20)]
    raw_size = 500 * 20  # bytes of the batch, about
    deployed.anvil.rpc("anvil_setBalance", RELAYER, hex(line.at(raw_size)))
    node.sender.send()  # there is coin for some, if gas took nothing; so for fewer
    (first,) = node.transactions()
    sent = [ticket for ticket in tickets if node.state(ticket) == "sent"]
    assert 0 < len(sent) < 20
    deployed.anvil.rpc("anvil_setBalance", RELAYER, hex(10**18))
    node.deliver()
    assert {node.state(ticket) for ticket in tickets} == {"included"}

    done = node.transactions()[0]
    assert done.data_fee == FIXED + EACH * len(first.raw)
    receipt = deployed.anvil.rpc("eth_getTransactionReceipt", done.hash)
    assert (done.gas_used, done.price) == (
        int(receipt["gasUsed"], 16),
        int(receipt["effectiveGasPrice"], 16),
    )
    with node.engine.connect() as connection:
        (cost,) = recent(connection)
    bills = [t.gas_used * t.price + t.data_fee for t in node.transactions()]  # type: ignore[operator]
    assert (cost.what, cost.actions) == ("Post", 20)
    assert cost.wei * 20 == pytest.approx(sum(bills))


def test_too_little_for_the_data_is_too_little(node: Node, ann: Actor, deployed: Chain) -> None:
    deployed.anvil.rpc("anvil_setCode", fees.ORACLE, answering(**BOUND))
    ticket = node.accept(ann.post(sha256(b"hello")))
    deployed.anvil.rpc("anvil_setBalance", RELAYER, hex(FIXED))
    node.sender.send()
    assert node.state(ticket) == "queued"
    assert "has run out of coin" in node.ticket(ticket)["waits"]


def test_arbitrum_takes_it_as_gas(node: Node, ann: Actor, deployed: Chain) -> None:
    ticket = node.accept(ann.post(sha256(b"without")))
    node.deliver()
    code = answering(**ARBITRUM).replace(f"{EACH:016x}", f"{300:016x}")
    deployed.anvil.rpc(
        "anvil_setCode", fees.NODE_INTERFACE, code.replace(f"{FIXED:016x}", f"{9000:016x}")
    )
    data = fees.data_fee(node.connection)
    assert data.wei == fees.Line() and data.gas.at(1_000) >= 300 * 1_000 + 9_000
    ticket = node.accept(ann.post(sha256(b"with")))
    node.deliver()
    assert node.state(ticket) == "included"
    without, with_ = node.transactions()
    assert with_.gas - without.gas >= 300 * len(with_.raw) + 9_000


def test_a_receipt_that_has_it_is_believed(node: Node) -> None:
    receipt = {"gasUsed": "0x5208", "effectiveGasPrice": "0x2", "l1Fee": "0x7"}
    assert fees.paid(node.connection, receipt, b"", fees.DataFee()) == fees.Paid(21_000, 2, 7)
    assert fees.Paid(21_000, 2, 7).wei == 42_007
