"""`laurel deploy`: once, recorded, and with a sentence for each thing that can be wrong."""

import json
import os
import subprocess
import sys

import pytest
from web3 import Web3
from web3.eth import Eth

from backend.deployment import deploy as deploy_module
from backend.deployment.compile import (
    BYTECODE_LIMIT,
    INITCODE_LIMIT,
    bytecode_size,
    initcode_size,
)
from backend.deployment.deploy import DeployError, Parameters, deploy
from indexer.protocol.artifacts import artifact, contracts
from indexer.protocol.deployment import NotDeployed, load, path_for, save
from tests.chain import DEV, DEV_KEY, as_found, free_port, running_anvil

ETHER = 10**18


def laurel_deploy(rpc, folder, key_file, *options):
    return subprocess.run(
        [sys.executable, "-m", "backend", "deploy", "--rpc", rpc, "--key-file", key_file, *options],
        env=os.environ | {"LAUREL_DEPLOYMENTS": str(folder)},
        capture_output=True,
        text=True,
    )


@pytest.fixture
def key_file(tmp_path):
    path = tmp_path / "key"
    path.write_text(DEV_KEY.hex())
    return path


def test_the_same_command_twice_changes_nothing(anvil, tmp_path, key_file):
    first = laurel_deploy(anvil.url, tmp_path, key_file, "--local")
    assert first.returncode == 0, first.stderr
    recorded = json.loads(path_for(tmp_path, 31337).read_text())
    block = anvil.rpc("eth_blockNumber")
    again = laurel_deploy(anvil.url, tmp_path, key_file)
    assert again.returncode == 0
    assert recorded["core"] in again.stdout
    assert json.loads(path_for(tmp_path, 31337).read_text()) == recorded
    assert anvil.rpc("eth_blockNumber") == block
    assert recorded["parameters"]["day"] == 60
    assert len(recorded["settings_hash"]) == 64


class Killed(BaseException):
    """Stands for a kill -9: nothing in the deployment may catch it."""


@pytest.mark.parametrize("number", [1, 2])
@pytest.mark.parametrize("sent", [False, True])
def test_killed_while_sending_it_goes_on(anvil, tmp_path, monkeypatch, number, sent):
    """Before or after the core (1) or the graph (2) has gone out."""
    send, calls = Eth.send_raw_transaction, []

    def cut(self, raw):
        calls.append(raw)
        if len(calls) < number:
            return send(self, raw)
        if sent:
            send(self, raw)
        raise Killed

    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(Eth, "send_raw_transaction", cut)
        deploy(anvil.url, DEV_KEY, tmp_path)
    check_whole(anvil, tmp_path, deploy(anvil.url, DEV_KEY, tmp_path))


@pytest.mark.parametrize("saved", [False, True])
def test_killed_while_recording_it_goes_on(anvil, tmp_path, monkeypatch, saved):
    def cut(folder, deployment):
        if saved:
            save(folder, deployment)
        raise Killed

    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(deploy_module, "save", cut)
        deploy(anvil.url, DEV_KEY, tmp_path)
    check_whole(anvil, tmp_path, deploy(anvil.url, DEV_KEY, tmp_path))


def check_whole(anvil, folder, made):
    """Two contracts were made, no more, and all is recorded."""
    assert anvil.rpc("eth_getTransactionCount", DEV, "latest") == "0x2"
    assert load(folder, 31337) == made == deploy(anvil.url, DEV_KEY, folder)
    assert [p.name for p in folder.iterdir()] == ["31337.json"]
    w3 = Web3(Web3.HTTPProvider(anvil.url))
    graph = w3.eth.contract(made.graph, abi=artifact("LaurelGraph")["abi"])
    core = w3.eth.contract(made.core, abi=artifact("LaurelCore")["abi"])
    assert graph.functions.CORE().call() == made.core
    assert core.functions.settings().call()[0] == made.token
    assert w3.eth.get_code(core.functions.EXTENSION().call())
    assert made.block == 1 and made.parameters["day"] == 86_400


def test_a_note_of_another_chain_is_not_waited_for(anvil, tmp_path):
    note = path_for(tmp_path, 31337).with_suffix(".pending")
    for text in (json.dumps({"core": "0x" + "11" * 32, "graph": "0x" + "22" * 32}), '{"core'):
        note.write_text(text)
        with as_found(anvil):
            check_whole(anvil, tmp_path, deploy(anvil.url, DEV_KEY, tmp_path))
        path_for(tmp_path, 31337).unlink()


def test_what_is_deployed_fits_and_the_margins_are_printed(tmp_path):
    """EIP-170 bounds a contract's code, and EIP-3860 the data that creates it."""
    said = subprocess.run(
        [sys.executable, "-m", "backend", "compile"], capture_output=True, text=True, check=True
    ).stdout
    assert set(contracts()) == {"LaurelCore", "LaurelCoreExtension", "LaurelGraph", "LaurelToken"}
    for contract in contracts():
        size, initcode = bytecode_size(contract), initcode_size(contract)
        assert size <= BYTECODE_LIMIT and initcode <= INITCODE_LIMIT
        assert f"{contract}: {size:,} bytes, {BYTECODE_LIMIT - size:,} below the limit" in said
        assert f"to create it {initcode:,}, {INITCODE_LIMIT - initcode:,} below" in said


def test_initcode_is_the_data_of_the_transaction(anvil, tmp_path):
    deploy(anvil.url, DEV_KEY, tmp_path)
    for number, contract in enumerate(("LaurelCore", "LaurelGraph"), start=1):
        block = anvil.rpc("eth_getBlockByNumber", hex(number), True)
        (transaction,) = block["transactions"]
        assert len(transaction["input"]) // 2 - 1 == initcode_size(contract)


@pytest.mark.parametrize(
    "bad", [{"day": 59}, {"day": 8 * 86_400}, {"seed": 0}, {"genesis_supply": 10**27 + 1}]
)
def test_parameters_have_bounds(anvil, tmp_path, bad):
    with pytest.raises(DeployError, match="refuse these parameters"):
        deploy(anvil.url, DEV_KEY, tmp_path, Parameters(**bad))


def test_a_record_of_another_chain_is_not_trusted(tmp_path):
    with running_anvil() as one:
        deploy(one.url, DEV_KEY, tmp_path)
    with running_anvil() as other, pytest.raises(DeployError, match="remove that file"):
        deploy(other.url, DEV_KEY, tmp_path)


def test_a_damaged_record_says_so(anvil, tmp_path):
    path_for(tmp_path, 31337).write_text('{"chain_id": 31337, "co')
    with pytest.raises(NotDeployed, match="damaged"):
        load(tmp_path, 31337)
    with pytest.raises(NotDeployed, match="damaged"):
        deploy(anvil.url, DEV_KEY, tmp_path)


def test_a_record_under_another_chains_name_says_so(anvil, tmp_path):
    with running_anvil("--chain-id", "10") as other:
        deploy(other.url, DEV_KEY, tmp_path)
    path_for(tmp_path, 10).rename(path_for(tmp_path, 31337))
    with pytest.raises(NotDeployed, match="is the record of chain 10, not of chain 31337"):
        deploy(anvil.url, DEV_KEY, tmp_path)
    assert anvil.rpc("eth_blockNumber") == "0x0"


def test_each_want_has_its_sentence(anvil, tmp_path, key_file):
    nobody = laurel_deploy(f"http://127.0.0.1:{free_port()}", tmp_path, key_file)
    assert "No chain answers" in nobody.stderr
    mistyped = laurel_deploy(anvil.url, tmp_path, key_file, "--treasury", DEV.swapcase()[:-1])
    assert "is no address" in mistyped.stderr
    poor = tmp_path / "poor"
    poor.write_text("11" * 32)
    assert "has 0 coin to pay for gas" in laurel_deploy(anvil.url, tmp_path, poor).stderr
    assert "cannot be read" in laurel_deploy(anvil.url, tmp_path, tmp_path / "none").stderr
    poor.write_text("not a key")
    assert "holds no private key" in laurel_deploy(anvil.url, tmp_path, poor).stderr
