"""One round of everything on a node as `make up` starts it: from joining to the claim, and then the mirror's proof."""

import json
import time
from collections.abc import Callable
from typing import Any

import pytest

from indexer.content.documents import canonical
from indexer.protocol.actions import Signed, sha256
from indexer.protocol.deployment import load
from tests.actors import Actor, Key
from tests.backend.operator.up.node import PATIENCE, Node
from tests.chain import Anvil
from tests.conftest import PROFILE

VESTS = 10**9  # micro-vests of an LRL
LRL = 10**18


def until(holds: Callable[[], Any]) -> Any:
    end = time.monotonic() + PATIENCE
    while not (answer := holds()):
        assert time.monotonic() < end, "it does not come to be"
        time.sleep(0.2)
    return answer


def finish(node: Node, ticket: str) -> None:
    """Waits until a ticket's action is done, and pages show it."""
    told = until(
        lambda: (t := node.get(f"/tickets/{ticket}"))["state"] not in ("queued", "sent") and t
    )
    assert told["state"] == "included", told
    until(lambda: node.get(f"/tickets/{ticket}")["indexed"])


def relay(node: Node, *batch: Signed) -> None:
    tickets = [
        node.post(
            "/relay",
            json.dumps(
                {
                    "kind": s.kind,
                    "action": "0x" + s.action.hex(),
                    "signature": "0x" + s.signature.hex(),
                }
            ).encode(),
        )["id"]
        for s in batch
    ]
    for ticket in tickets:
        finish(node, ticket)


def joined(node: Node, handle: str) -> Actor:
    """An account without a wallet or coin, to which the faucet has given 1,000 LRL of stake."""
    assert node.process is not None
    deployment = load(node.home / "deployments", 31337)
    anvil = Anvil(f"http://127.0.0.1:{node.rpc_port}", node.process)  # type: ignore[arg-type]
    actor = Actor(deployment, anvil, handle, posting=Key.p256())
    relay(node, actor.register())
    actor.account = node.get(f"/accounts/{handle}")["account"]
    until(lambda: node.get(f"/accounts/{handle}")["effective"] != "0")
    return actor


def forward(node: Node, days: float) -> None:
    node.post("/chain/forward", json.dumps({"days": days}).encode())


def claim(node: Node, handle: str) -> dict[str, Any]:
    finish(node, node.post(f"/accounts/{handle}/claim", b"{}")["id"])
    return dict(node.get(f"/accounts/{handle}"))


@pytest.mark.parametrize("chain", ["anvil", "hardhat"] if PROFILE == "long" else ["anvil"])
def test_from_joining_to_the_claim(node: Node, monkeypatch: pytest.MonkeyPatch, chain: str) -> None:
    monkeypatch.setenv("LAUREL_KEEPER_GRACE", "1000")  # nobody is paid who does not ask
    if chain == "hardhat":
        node.options, node.folder = ("--chain", "hardhat"), "hardhat"
    node.up()
    writer, reader = joined(node, "writer"), joined(node, "reader")
    forward(node, 5)  # new stake comes without mana

    sample = bytes.fromhex(node.get("/posts?feed=new&limit=1")["posts"][0]["id"][2:])
    document = {"v": 1, "type": "post", "title": "Hello", "body": "To *everybody*.", "parent": None}
    data = canonical(document | {"published": writer.anvil.now()})
    node.post("/documents", data)
    shared = {reader.account: 2_500}
    relay(node, writer.post_with_options(sha256(data), shared))
    post = writer.post_id(sha256(data))
    relay(
        node,
        reader.votes({post: 10_000, sample: 2_000}),
        reader.follow([writer.account]),
        reader.power_down(13 * VESTS),
        writer.delegate(reader.account, VESTS),
    )
    relay(node, writer.delegate(reader.account, 0))

    forward(node, 8)
    until(lambda: int(node.get("/accounts/reader")["balance"]) >= LRL)  # a part of the power down
    until(lambda: node.get("/accounts/writer")["returning"] == "0")
    paid = claim(node, "writer")
    assert int(paid["balance"]) > LRL and int(paid["own"]) > 1_000 * VESTS
    before = int(node.get("/accounts/reader")["own"])
    assert int(claim(node, "reader")["own"]) > before

    done = node.laurel("verify")
    assert done.exit_code == 0, done.stdout + done.stderr
    assert "The mirror agrees with the contracts." in done.stdout
