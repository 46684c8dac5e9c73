"""`laurel deploy`: once, recorded, and with a sentence for each thing that can be wrong."""

import json
import os
import subprocess
import sys

import pytest

from backend.deployment.deploy import DeployError, Parameters, deploy
from indexer.deployment import NotDeployed, load, path_for
from tests.chain import DEV_KEY, free_port, running_anvil

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
    assert set(recorded["libraries"]) == {"KeyManagement"}
    assert len(recorded["settings_hash"]) == 64


def test_killed_before_recording_it_records_what_it_sent(anvil, tmp_path):
    made = deploy(anvil.url, DEV_KEY, tmp_path)
    transaction = anvil.rpc("eth_getBlockByNumber", hex(made.block), False)["transactions"][0]
    path_for(tmp_path, 31337).unlink()
    note = {"tx": transaction, "parameters": made.parameters, "libraries": made.libraries}
    path_for(tmp_path, 31337).with_suffix(".pending").write_text(json.dumps(note))
    assert deploy(anvil.url, DEV_KEY, tmp_path) == made
    assert sorted(p.name for p in tmp_path.iterdir()) == ["31337.json"]


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


def test_each_want_has_its_sentence(anvil, tmp_path, key_file):
    nobody = laurel_deploy(f"http://127.0.0.1:{free_port()}", tmp_path, key_file)
    assert "No chain answers" in nobody.stderr
    poor = tmp_path / "poor"
    poor.write_text("11" * 32)
    assert "no coin" in laurel_deploy(anvil.url, tmp_path, poor).stderr
    assert "cannot be read" in laurel_deploy(anvil.url, tmp_path, tmp_path / "none").stderr
    poor.write_text("not a key")
    assert "64 hexadecimal digits" in laurel_deploy(anvil.url, tmp_path, poor).stderr
