"""`laurel up` on chains that it does not keep: Hardhat's, and those that run already."""

import json
import re
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from backend.deployment.deploy import Parameters, deploy
from indexer.protocol.deployment import path_for
from tests.backend.operator.up.node import Node
from tests.chain import DEV_KEY, Anvil, free_port, running_anvil
from tests.conftest import PROFILE

PUBLIC = 7_777_777  # a chain id that is nobody's development chain


@pytest.fixture
def public() -> Iterator[Anvil]:
    with running_anvil("--chain-id", str(PUBLIC)) as anvil:
        yield anvil


def test_hardhat_begins_anew_each_time(node: Node) -> None:
    node.options, node.folder = ("--chain", "hardhat", "--no-samples"), "hardhat"
    node.up()
    assert "a new one begins" not in node.output
    first = node.get("/chain")
    assert (first["chainId"], first["local"]) == (31337, True)
    moved = node.laurel("chain", "forward", "200")
    assert moved.exit_code == 0 and "12,000 seconds on" in moved.stdout
    if PROFILE == "long":
        assert node.stop(signal.SIGKILL) != 0
        node.wait_until_gone()
        node.up()
        assert "Hardhat's last chain is gone with its node: a new one begins" in node.output
        again = node.get("/chain")
        assert again["core"] == first["core"] and again["time"] < first["time"] + 12_000
    assert node.stop() == 0
    assert "Hardhat keeps nothing" in node.output


def test_on_a_public_chain_the_relayer_needs_coin(node: Node, public: Anvil) -> None:
    node.rpc, node.folder = public.url, f"chain-{PUBLIC}"
    recorded = node.env["LAUREL_DEPLOYMENTS"]
    made = deploy(public.url, DEV_KEY, Path(recorded), Parameters())
    node.up("Waiting for it")
    (address,) = re.findall("^  (0x[0-9a-fA-F]{40})$", node.output, re.MULTILINE)
    assert f"on chain {PUBLIC}, to" in node.output
    assert (node.home / "relayer.key").stat().st_mode & 0o777 == 0o600
    public.rpc("anvil_setBalance", address, hex(10**18))
    node.read_until("  Stop    Ctrl-C")

    told = node.get("/chain")
    assert (told["core"], told["chainId"], told["local"]) == (made.core, PUBLIC, False)
    assert "test key" not in node.output and "chain forward" not in node.output
    moved = node.laurel("chain", "forward", "2")
    assert moved.exit_code == 1 and f"is chain {PUBLIC}, not a local one" in moved.stderr
    assert node.get("/posts?feed=new&limit=50")["posts"] == []
    assert node.stop() == 0
    assert "The chain goes on without this node" in node.output
    assert public.rpc("eth_chainId") == hex(PUBLIC)


def test_a_local_chain_of_somebody_elses_is_furnished(node: Node, anvil: Anvil) -> None:
    node.rpc, node.folder, node.options = anvil.url, "chain-31337", ("--no-samples",)
    node.up()
    assert node.get("/chain")["local"] and "chain forward" in node.output
    assert node.laurel("chain", "forward", "1").exit_code == 0
    assert node.stop() == 0


def test_each_want_has_its_sentence(node: Node, public: Anvil) -> None:
    dead = node.laurel("up", "--rpc", f"http://127.0.0.1:{free_port()}")
    assert dead.exit_code == 1 and "cannot be reached" in dead.stderr
    none = node.laurel("up", *node.ports(), "--rpc", public.url)
    assert none.exit_code == 1
    assert f"No contracts are recorded for chain {PUBLIC}" in none.stderr
    # a deployment file of another chain, under this one's name
    folder = Path(node.env["LAUREL_DEPLOYMENTS"])
    with running_anvil() as other:
        deploy(other.url, DEV_KEY, folder)
    record = json.loads(path_for(folder, 31337).read_text()) | {"chain_id": PUBLIC}
    path_for(folder, PUBLIC).write_text(json.dumps(record))
    stray = node.laurel("up", *node.ports(), "--rpc", public.url)
    assert stray.exit_code == 1
    assert f"names a core at {record['core']}, but this chain has none there" in stray.stderr
    assert node.children() == {}
