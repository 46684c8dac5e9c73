"""Deploying where others are: the plan and its cost, what a chain must be, encrypted keys, and the code compared."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from eth_account import Account

from backend.chain import fees
from backend.chain.wire import wire_to
from backend.deployment.code import OtherCode, check_code, difference
from backend.deployment.compile import initcode_size
from backend.deployment.deploy import DeployError, Parameters, deploy
from backend.deployment.plan import NoP256, Plan, TooPoor, plan
from backend.deployment.survey import WrongChain, chain_id_of, has_p256
from indexer.protocol.artifacts import artifact
from indexer.protocol.deployment import load
from tests.backend.deployment.proxy import lying
from tests.backend.relay.test_data_fee import ARBITRUM, BOUND, EACH, FIXED, answering
from tests.chain import DEV, DEV_KEY, Anvil, running_anvil

PASSPHRASE = "a day of laurels"
PUBLIC = 7_777_777  # a chain id that is nobody's development chain


@pytest.fixture
def public() -> Iterator[Anvil]:
    with running_anvil("--chain-id", str(PUBLIC)) as anvil:
        yield anvil


@pytest.fixture
def keystore(tmp_path: Path) -> Path:
    path = tmp_path / "dev.json"
    path.write_text(json.dumps(Account.encrypt(DEV_KEY, PASSPHRASE, iterations=2)))
    (tmp_path / "passphrase").write_text(PASSPHRASE + "\n")
    return path


def laurel(folder: Path, *words: str | Path) -> subprocess.CompletedProcess[str]:
    env = {k: v for k, v in os.environ.items() if k != "LAUREL_PASSPHRASE_FILE"}
    return subprocess.run(
        [sys.executable, "-m", "backend", "deploy", *map(str, words)],
        env=env | {"LAUREL_DEPLOYMENTS": str(folder / "deployments")},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )


def planned(chain: Anvil, parameters: Parameters = Parameters()) -> Plan:
    return plan(wire_to(chain.url), PUBLIC, DEV, parameters.for_deployer(DEV), None)


def test_from_the_dry_run_to_the_check(public: Anvil, tmp_path: Path, keystore: Path) -> None:
    on = ("--rpc", public.url, "--chain-id", str(PUBLIC))
    key = ("--key-file", keystore, "--passphrase-file", tmp_path / "passphrase")

    dry = laurel(tmp_path, *on, "--key-file", keystore, "--dry-run")  # which opens no keystore
    assert dry.returncode == 0, dry.stderr
    for words in (
        f"Chain {PUBLIC}, deployed by {DEV}",
        "86,400 seconds",
        "100,000,000 LRL",
        "LaurelCore ",
        f"{initcode_size('LaurelGraph'):,} bytes to create it",
        "cost             about 0.0",
        "deployer has     10,000 coin",
        "the chain checks them",
        "Nothing was sent.",
    ):
        assert words in dry.stdout
    unasked = laurel(tmp_path, *on, *key)
    assert unasked.returncode == 1 and "deploy --yes` says yes" in unasked.stderr
    assert f"Chain {PUBLIC}, deployed by {DEV}" in unasked.stdout
    assert public.rpc("eth_blockNumber") == "0x0"

    (tmp_path / "wrong").write_text("another day")
    refused = laurel(tmp_path, *on, *key[:2], "--passphrase-file", tmp_path / "wrong", "--yes")
    assert refused.returncode == 1 and "does not open" in refused.stderr
    (tmp_path / "plain").write_text(DEV_KEY.hex())
    refused = laurel(tmp_path, *on, "--key-file", tmp_path / "plain", "--yes")
    assert refused.returncode == 1 and "not encrypted" in refused.stderr
    assert public.rpc("eth_blockNumber") == "0x0"

    done = laurel(tmp_path, *on, *key, "--yes")
    assert done.returncode == 0, done.stderr
    made = load(tmp_path / "deployments", PUBLIC)
    assert made.parameters["day"] == 86_400 and f"core {made.core}" in done.stdout
    checked = laurel(tmp_path, *on, "--check")
    assert checked.returncode == 0, checked.stderr
    for contract in ("LaurelCore", "LaurelCoreExtension", "LaurelGraph", "LaurelToken"):
        line = f"{contract} at 0x"
        assert line in done.stdout and line in checked.stdout


def test_the_plan_is_what_it_then_costs(public: Anvil, tmp_path: Path) -> None:
    told = planned(public)
    assert told.most > told.likely > 0 and told.data_fee == told.data_gas == 0
    deploy(public.url, DEV_KEY, tmp_path)
    spent = 10_000 * 10**18 - int(public.rpc("eth_getBalance", DEV, "latest"), 16)
    used = [
        int(public.rpc("eth_getBlockByNumber", hex(number), False)["gasUsed"], 16)
        for number in (1, 2)
    ]
    for gas, was in zip(told.gas.values(), used, strict=True):
        assert was <= gas < was * 1.05
    assert 0.7 * told.likely < spent < told.most


def test_what_an_l2_takes_for_data_is_in_it(public: Anvil) -> None:
    size = initcode_size("LaurelCore") + initcode_size("LaurelGraph")
    plain = planned(public)
    public.rpc("anvil_setCode", fees.ORACLE, answering(**BOUND))
    told = planned(public)
    assert 1.2 < told.data_fee / (2 * FIXED + EACH * size) < 1.3
    assert told.most - plain.most == pytest.approx(told.data_fee, rel=0.01)
    assert any("OP stack" in line for line in told.lines())
    public.rpc("anvil_setCode", fees.ORACLE, "0x")
    public.rpc("anvil_setCode", fees.NODE_INTERFACE, answering(**ARBITRUM))
    told = planned(public)
    assert (
        told.data_gas > 0 and told.most == plain.most
    )  # it is within the gas that the node estimates
    assert any("Arbitrum" in line for line in told.lines())


def test_a_deployer_without_enough_coin_is_told_how_much(public: Anvil) -> None:
    public.rpc("anvil_setBalance", DEV, hex(10**15))
    with pytest.raises(TooPoor, match=f"{DEV} has 0.001 coin .* may need 0.0.* Send it 0.0"):
        planned(public).check(without_p256=False)


def test_coin_that_runs_out_half_way_loses_nothing(public: Anvil, tmp_path: Path) -> None:
    refusal = {"error": {"code": -32003, "message": "insufficient funds for gas * price + value"}}
    with (
        lying(public.url, {"eth_sendRawTransaction": refusal}) as url,
        pytest.raises(DeployError, match="insufficient funds .* send some more"),
    ):
        deploy(url, DEV_KEY, tmp_path)
    deploy(public.url, DEV_KEY, tmp_path)
    assert public.rpc("eth_getTransactionCount", DEV, "latest") == "0x2"


def test_a_node_that_goes_away_half_way_loses_nothing(public: Anvil, tmp_path: Path) -> None:
    with (
        lying(public.url, {"eth_getTransactionReceipt": None}) as url,
        pytest.raises(DeployError, match="does not answer any more .* run this again"),
    ):
        deploy(url, DEV_KEY, tmp_path)
    deploy(public.url, DEV_KEY, tmp_path)
    assert public.rpc("eth_getTransactionCount", DEV, "latest") == "0x2"


def test_a_chain_without_the_precompile(monkeypatch: pytest.MonkeyPatch) -> None:
    with running_anvil("--chain-id", str(PUBLIC), "--hardfork", "cancun") as old:
        assert not has_p256(wire_to(old.url))
        told = planned(old)
    with pytest.raises(NoP256, match="without a wallet.* --without-p256"):
        told.check(without_p256=False)
    told.check(without_p256=True)


def test_a_chain_that_cannot_run_the_contracts() -> None:
    with (
        running_anvil("--chain-id", str(PUBLIC), "--hardfork", "london") as old,
        pytest.raises(DeployError, match="does not take LaurelCore.* cancun"),
    ):
        planned(old)
    with (
        running_anvil("--chain-id", str(PUBLIC), "--code-size-limit", "10000") as small,
        pytest.raises(DeployError, match="of up to 24,576 bytes"),
    ):
        planned(small)


def test_parameters_are_refused_before_anything_is_paid(public: Anvil) -> None:
    with pytest.raises(DeployError, match="refuse these parameters"):
        planned(public, Parameters(day=59))


def test_a_node_that_lies_about_its_chain(public: Anvil) -> None:
    wire = wire_to(public.url)
    assert chain_id_of(wire) == chain_id_of(wire, PUBLIC) == PUBLIC
    with pytest.raises(WrongChain, match=f"is on chain {PUBLIC}, not on chain 10"):
        chain_id_of(wire, 10)
    with (
        lying(public.url, {"eth_chainId": {"result": "0xa"}}) as url,
        pytest.raises(WrongChain, match=f"says .* chain 10, but code .* chain {PUBLIC}"),
    ):
        chain_id_of(wire_to(url), 10)
    refusal = {"error": {"code": -32602, "message": "no recipient"}}
    lies = {"eth_chainId": {"result": "0xa"}, "eth_call": refusal}
    with lying(public.url, lies) as url:
        with pytest.raises(WrongChain, match=f"in network {PUBLIC}.* --chain-id 10"):
            chain_id_of(wire_to(url))
        assert chain_id_of(wire_to(url), 10) == 10


def test_a_lie_that_only_sending_brings_to_light(
    public: Anvil, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The chain itself refuses what is signed for another."""
    with (
        lying(public.url, {"eth_chainId": {"result": "0xa"}}) as url,
        pytest.raises(DeployError, match="refuses: .*chain.*says which chain it is on"),
    ):
        deploy(url, DEV_KEY, tmp_path)
    assert public.rpc("eth_blockNumber") == "0x0"


def test_code_that_is_not_the_sources(public: Anvil, tmp_path: Path) -> None:
    made = deploy(public.url, DEV_KEY, tmp_path)
    wire = wire_to(public.url)
    assert len(check_code(wire, made)) == 4
    whole = bytes.fromhex(public.rpc("eth_getCode", made.graph, "latest")[2:])
    places = artifact("LaurelGraph")["immutables"]
    several = next(p for p in places if len(p) > 1)
    for at, words in (
        (0, "1 bytes differ, the first at 0"),
        (len(whole) - 1, "1 bytes differ"),
        (several[0][0], "one of its constants has two values"),
    ):
        other = bytearray(whole)
        other[at] ^= 1
        public.rpc("anvil_setCode", made.graph, "0x" + other.hex())
        with pytest.raises(OtherCode, match=f"at {made.graph} is not what .*{words}"):
            check_code(wire, made)
    assert difference("LaurelGraph", whole + b"\0") == (
        f"it has {len(whole) + 1:,} bytes, not {len(whole):,}"
    )
    assert difference("LaurelGraph", b"") == "there is none"
    public.rpc("anvil_setCode", made.core, "0x00")
    with pytest.raises(OtherCode):
        check_code(wire, made)
