"""What a node can do wrong with one request, and what the caller is told."""

import time
from collections.abc import Iterator
from typing import Any

import pytest

from indexer.chain import rpc
from indexer.chain.rpc import (
    BadAnswer,
    BadStatus,
    NodeUnreachable,
    RateLimited,
    Rpc,
    RpcError,
    TimedOut,
    TooManyResults,
    quantity,
)
from tests.chain import Chain
from tests.indexer.faults import Fault
from tests.indexer.proxy import SLOW_SECONDS, Provider, provider, refusal

PASSING = {
    Fault.DROPPED: NodeUnreachable,
    Fault.TRUNCATED: NodeUnreachable,
    Fault.PAGE_403: BadStatus,
    Fault.PAGE_502: BadStatus,
    Fault.PAGE_503: BadStatus,
    Fault.PAGE_504: BadStatus,
    Fault.PAGE_200: BadAnswer,
    Fault.BUSY: RateLimited,
    Fault.CUT: BadAnswer,
    Fault.EMPTY: BadAnswer,
    Fault.TWICE: BadAnswer,
    Fault.ONE_LESS: BadAnswer,
    Fault.FOREIGN_ID: BadAnswer,
    Fault.REPLAYED: BadAnswer,
    Fault.RATE_LIMITED: RateLimited,
}
CALLS: list[tuple[str, list[Any]]] = [("eth_chainId", []), ("eth_blockNumber", [])]


@pytest.fixture
def between(deployed: Chain, monkeypatch: pytest.MonkeyPatch) -> Iterator[Provider]:
    monkeypatch.setattr(rpc, "FIRST_WAIT", 0.001)
    with provider(deployed.anvil.url) as provided:
        yield provided


@pytest.fixture
def node(between: Provider) -> Iterator[Rpc]:
    node = Rpc(between.url)
    yield node
    node.close()


@pytest.mark.parametrize("fault", PASSING, ids=lambda fault: fault.name.lower())
def test_what_passes_is_asked_again(fault: Fault, between: Provider, node: Rpc) -> None:
    right = [bytes(raw) for raw in node.batch(CALLS)]
    between.faults = [fault] * rpc.RETRIES
    assert [bytes(raw) for raw in node.batch(CALLS)] == right
    assert node.errors == {PASSING[fault].kind: rpc.RETRIES}


@pytest.mark.parametrize("fault", PASSING, ids=lambda fault: fault.name.lower())
def test_what_stays_is_said(fault: Fault, between: Provider, node: Rpc) -> None:
    node.batch(CALLS)
    between.faults = [fault] * (rpc.RETRIES + 1)
    with pytest.raises(PASSING[fault], match=r"^[A-Zh].*127\.0\.0\.1.*\.$"):
        node.batch(CALLS)
    assert not between.faults
    node.batch(CALLS)


def test_another_order_is_no_fault(between: Provider, node: Rpc) -> None:
    right = [bytes(raw) for raw in node.batch(CALLS)]
    between.faults = [Fault.SHUFFLED]
    assert [bytes(raw) for raw in node.batch(CALLS)] == right
    assert not node.errors


def test_a_slow_answer_is_not_asked_for_again_by_itself(between: Provider) -> None:
    node = Rpc(between.url, timeout=SLOW_SECONDS / 2)
    between.faults = [Fault.SLOW]
    with pytest.raises(TimedOut):
        node.batch(CALLS)
    assert node.errors == {"timeout": 1}
    node.close()


def test_an_answer_that_drips_without_end_is_left(
    between: Provider, node: Rpc, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rpc, "ANSWER_SECONDS", 0.0)
    with pytest.raises(TimedOut):
        node.batch(CALLS)


@pytest.mark.parametrize("fault", [Fault.NULLS, Fault.GARBLED], ids=lambda fault: fault.name)
def test_a_result_of_another_type(fault: Fault, between: Provider, node: Rpc) -> None:
    between.faults = [fault]
    with pytest.raises(BadAnswer, match="answered eth_chainId with what cannot be read"):
        node.call(str, "eth_chainId")


def test_a_number_that_is_none(between: Provider, node: Rpc) -> None:
    between.lies["eth_chainId"] = lambda call, answer: answer | {"result": "soon"}
    with pytest.raises(BadAnswer, match="'soon', which is no number"):
        quantity(node, "eth_chainId")


def test_retry_after_is_honoured(between: Provider, node: Rpc) -> None:
    between.statuses, between.retry_after = [429], "0.3"
    started = time.monotonic()
    node.batch(CALLS)
    assert time.monotonic() - started >= 0.3


def test_a_long_retry_after_is_left_to_the_caller(between: Provider, node: Rpc) -> None:
    between.statuses, between.retry_after = [503], "3600"
    with pytest.raises(RateLimited, match="wants no requests for (59|60) s"):
        node.batch(CALLS)
    with pytest.raises(RateLimited):
        node.batch(CALLS)
    assert not between.asked  # it was left alone, for a minute at most


@pytest.mark.parametrize(
    ("code", "message", "kind"),
    [
        (-32005, "query returned more than 10000 results", TooManyResults),
        (-32005, "limit exceeded", TooManyResults),
        (-32005, "over it", TooManyResults),
        (-32000, "exceed maximum block range: 5000", TooManyResults),
        (-32602, "Log response size exceeded. You can make requests with up to 2K", TooManyResults),
        (-32005, "daily request count exceeded, request rate limited", RateLimited),
        (-32005, "project ID request rate exceeded", RateLimited),
        (429, "Your app has exceeded its compute units per second capacity.", RateLimited),
        (-32016, "Too many requests", RateLimited),
        (-32601, "the method eth_getLogs does not exist", RpcError),
        (-32000, "missing trie node", RpcError),
    ],
)
def test_refusals_are_told_apart(
    code: int, message: str, kind: type[Exception], between: Provider, node: Rpc
) -> None:
    between.lies["eth_getLogs"] = lambda call, answer: refusal(call, code, message)
    with pytest.raises(kind, match=message[:12]) as refused:
        node.call(list, "eth_getLogs", {"fromBlock": "0x0", "toBlock": "0x1"})
    assert refused.type is kind


def test_a_limit_on_what_has_no_size_is_one_of_requests(between: Provider, node: Rpc) -> None:
    between.lies["eth_chainId"] = lambda call, answer: refusal(call, -32005, "limit exceeded")
    with pytest.raises(RateLimited):
        node.call(str, "eth_chainId")


def test_what_is_secret_in_an_address_is_not_said() -> None:
    assert Rpc("https://me:word@node.example:8545/v2/key?key=1").name == "https://node.example:8545"
