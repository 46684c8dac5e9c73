"""What the backend is told when a node refuses, reverts, says nonsense or nothing."""

from typing import Any

import pytest

from backend.chain.clock import Clock
from backend.chain.wire import ChainUnreachable, Refused, Reverted, wire_to
from tests.backend.deployment.proxy import lying
from tests.chain import Anvil, free_port


def told(said: Any) -> Exception:
    """What asking raises when a node says this."""
    with lying("", {"eth_call": said}) as url, pytest.raises(Exception) as raised:
        wire_to(url).ask("eth_call", {}, "latest")
    return raised.value


@pytest.mark.parametrize(
    ("error", "data"),
    [
        ({"code": 3, "message": "execution reverted", "data": "0x12345678"}, b"\x12\x34\x56\x78"),
        ({"code": -32000, "message": "VM Exception: reverted", "data": {"data": "0x12"}}, b""),
        ({"code": 3, "message": "too many requests: quota exceeded"}, b""),
    ],
)
def test_a_revert_with_its_data(error: dict[str, Any], data: bytes) -> None:
    reverted = told({"error": error})
    assert type(reverted) is Reverted and reverted.data == data


@pytest.mark.parametrize("message", ["insufficient funds", "too many requests", "limit exceeded"])
def test_a_refusal_is_in_the_nodes_words(message: str) -> None:
    """Whatever they mean to the indexer, which would ask again."""
    refused = told({"error": {"code": -32005, "message": message}})
    assert type(refused) is Refused and str(refused) == message


@pytest.mark.parametrize("said", [None, {"id": 1_000_000, "result": "0x1"}, {}])
def test_no_answer_to_what_was_asked(said: dict[str, Any] | None) -> None:
    assert type(told(said)) is ChainUnreachable


def test_nobody_there() -> None:
    url = f"http://127.0.0.1:{free_port()}/key"
    with pytest.raises(
        ChainUnreachable, match=rf"^The chain at {url} does not answer: .*refused\.$"
    ):
        wire_to(url).ask("eth_chainId")


def test_a_clock_that_is_refused(anvil: Anvil) -> None:
    refusal = {"error": {"code": -32601, "message": "no such method"}}
    with (
        lying(anvil.url, {"eth_getBlockByNumber": refusal}) as url,
        pytest.raises(ChainUnreachable, match="The chain refused eth_getBlockByNumber: no such"),
    ):
        Clock(url).now()
