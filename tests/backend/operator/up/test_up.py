"""A node's life: begun, in use, stopped, killed, damaged, and going on with the same chain each time."""

import os
import signal
import socket
import urllib.error
import urllib.request
from pathlib import Path

from tests.backend.operator.up.node import Node
from tests.chain import free_port


def forward(node: Node, body: bytes) -> int:
    request = urllib.request.Request(
        f"http://127.0.0.1:{node.port}/api/laurel/v1/chain/forward",
        body,
        {"Content-Type": "application/json"},
    )
    try:
        return int(urllib.request.urlopen(request, timeout=20).status)
    except urllib.error.HTTPError as error:
        return error.code


def test_a_node_begins_stops_dies_and_goes_on(node: Node) -> None:
    node.up()
    assert f"http://127.0.0.1:{node.port}" in node.output
    first = node.get("/chain")
    assert (first["chainId"], first["day"], first["local"]) == (31337, 60, True)
    posts = node.get("/posts?feed=new&limit=50")["posts"]
    assert len(posts) == 4
    assert {p["author"]["handle"] for p in posts} == {"sample-ada", "sample-ben", "sample-cleo"}
    assert all(p["state"] == "ready" and p["createdAt"] <= first["time"] for p in posts)
    assert sum(p["votes"] for p in posts) == 6
    (pictured,) = [p for p in posts if p["picture"]]
    picture = f"http://127.0.0.1:{node.port}/ipfs/{pictured['picture']}"
    assert urllib.request.urlopen(picture, timeout=20).headers["Content-Type"] == "image/webp"

    # a second one in the same folder
    second = node.laurel("up", *Node(node.home).ports())
    assert second.exit_code == 1
    assert f"already up in {node.home} (process {node.process.pid})" in second.stderr  # type: ignore[union-attr]

    # the clock, from the terminal and from the page
    moved = node.laurel("chain", "forward", "2")
    assert moved.exit_code == 0 and "120 seconds on" in moved.stdout
    assert forward(node, b'{"days": 1}') == 200
    assert forward(node, b'{"days": 0}') == forward(node, b'{"days": true}') == 400
    ahead = node.get("/chain")
    assert ahead["time"] >= first["time"] + 179

    assert node.stop(signal.SIGINT) == 0
    assert "stopped" in node.output
    node.wait_until_gone()

    # again: the same chain, whose clock does not fall back
    node.up()
    again = node.get("/chain")
    assert again["core"] == first["core"]
    assert again["block"] >= ahead["block"] and again["time"] > ahead["time"]
    assert [p["id"] for p in node.get("/posts?feed=new&limit=50")["posts"]] == [
        p["id"] for p in posts
    ]

    # killed, and the chain's file left half-written
    node.stop(signal.SIGKILL)
    node.wait_until_gone()
    state = node.home / "chain.json"
    state.write_bytes(state.read_bytes()[: state.stat().st_size // 2])
    node.up()
    assert "half-written" in node.output
    assert node.get("/chain")["core"] == first["core"]
    assert len(node.get("/posts?feed=new&limit=50")["posts"]) == 4

    # one of its processes dies: all end, and it says which
    os.kill(node.children()["relay"], signal.SIGKILL)
    assert node.process is not None
    out, _ = node.process.communicate(timeout=60)
    assert node.process.returncode == 1
    assert "The relay has stopped by itself (killed by signal 9)" in out
    node.wait_until_gone()


def test_a_port_in_use_is_named_with_another(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        node = Node(tmp_path / "home", port=free_port(), rpc_port=port)
        refused = node.laurel("up", *node.ports())
    assert refused.exit_code == 1
    assert f"Port {port}, meant for the chain, is in use by another program." in refused.stderr
    assert "make up RPC_PORT=" in refused.stderr
    assert node.children() == {}
