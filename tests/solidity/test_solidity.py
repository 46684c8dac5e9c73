"""The Solidity tests beside this file, by forge and by Hardhat: each must run every one of them, Hardhat under
LAUREL_LONG=1."""

import fcntl
import json
import os
import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from backend.deployment.compile import compile_contracts
from indexer.protocol.artifacts import artifact
from indexer.settings import ROOT

HERE = Path(__file__).parent
LONG = bool(os.environ.get("LAUREL_LONG"))
PROFILE = "long" if LONG else "default"  # in foundry.toml and hardhat.config.js
RUNS = {"testFuzz": 10_000, "invariant": 1_000} if LONG else {"testFuzz": 1_000, "invariant": 100}
PATIENCE = 3600  # seconds: what else the machine does says nothing about the contracts
SMOKE = ["Deployment.t.sol"]  # of the tests: what Hardhat compiles and runs in the quick run

# Not the one in node_modules/.bin: that loses the exit status.
FORGE = next((ROOT / "node_modules" / "@foundry-rs").glob("forge-*/bin/forge"))


def run(*command: str | Path) -> tuple[int, str]:
    """Exit status and all output."""
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=os.environ
        | {
            # What npx puts first in the path: among the packages is the Node that Hardhat needs.
            "PATH": f"{ROOT / 'node_modules' / '.bin'}:{os.environ['PATH']}",
            "FOUNDRY_PROFILE": PROFILE,
            "HARDHAT_DISABLE_TELEMETRY_PROMPT": "true",
            "NO_COLOR": "1",
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=PATIENCE,
    )
    return done.returncode, done.stdout


def sources() -> list[Path]:
    return [path for path in HERE.rglob("*.t.sol") if "proofs" not in path.parts]


def declared(paths: list[Path]) -> list[str]:
    """Names of the tests in the sources."""
    return sorted(
        name
        for path in paths
        for name in re.findall(r"function ((?:test|invariant)\w+)", path.read_text())
    )


def check(status: int, output: str, passed: str, failing: str, paths: list[Path]) -> None:
    """That each test of these files has passed. Else the tool's own report of what failed, with counterexamples and
    the seed."""
    if status != 0:
        report = re.search(failing, output)
        pytest.fail(output[report.start() if report else 0 :], pytrace=False)
    assert sorted(re.findall(passed, output)) == declared(paths)
    for kind, runs in re.findall(r"(testFuzz|invariant)\w*\(.*\(runs: (\d+)", output):
        assert int(runs) >= RUNS[kind]


def check_bytecode(artifacts: Path, key: Callable[[dict[str, Any]], str]) -> None:
    """What the tool compiled, and so tested, is to the byte what `laurel compile` makes."""
    compile_contracts()
    for name in ("LaurelCore", "LaurelToken", "LaurelGraph"):
        made = json.loads((artifacts / f"{name}.sol" / f"{name}.json").read_text())
        assert key(made) == "0x" + artifact(name)["bytecode"], name


@pytest.fixture(autouse=True)
def turn(request: pytest.FixtureRequest) -> Iterator[None]:
    """Two runs on one checkout take turns, for a tool has but one folder for what it builds."""
    (ROOT / "build").mkdir(exist_ok=True)
    with (ROOT / "build" / f"{request.node.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def test_by_forge() -> None:
    status, output = run(FORGE, "test")
    check(status, output, r"\[PASS\] (\w+)\(", r"\nFailing tests:", sources())
    check_bytecode(ROOT / "build/forge/out", lambda made: made["bytecode"]["object"])


def test_by_hardhat() -> None:
    paths = sources() if LONG else [HERE / name for name in SMOKE]
    files = [] if LONG else paths
    status, output = run("hardhat", "build", "--no-tests")
    assert status == 0, output
    status, output = run("hardhat", "test", "solidity", "--test-profile", PROFILE, *files)
    check(status, output, r"✔ (\w+)\(", r"\n +\d+ failing", paths)
    check_bytecode(ROOT / "artifacts/contracts", lambda made: made["bytecode"])
