"""Compiles contracts/ with py-solc-x, which runs npm's solc, into build/contracts.json."""

import json
import os
import shutil
from hashlib import sha256
from pathlib import Path
from typing import Any

import solcx
from solcx.exceptions import SolcError

from indexer.errors import LaurelError
from indexer.protocol.artifacts import BUILD, artifact
from indexer.settings import ROOT

CONTRACTS = ROOT / "contracts"
SOLC_JSON = CONTRACTS / "solc.json"
# What goes on a chain, and ICore for its ABI; all else is compiled as part of these.
DEPLOYED = (
    "LaurelCore.sol",
    "LaurelCoreExtension.sol",
    "LaurelGraph.sol",
    "LaurelToken.sol",
    "interfaces/ICore.sol",
)
BYTECODE_LIMIT = 24_576  # EIP-170: bytes of deployed code
INITCODE_LIMIT = 49_152  # EIP-3860: bytes of a creating transaction's data, arguments included
WRAPPER = ROOT / "backend" / "deployment" / "solc.mjs"


class CompilerMissing(LaurelError):
    """Node, or npm's solc, is not installed."""


class CompileError(LaurelError):
    """The contracts do not compile; the message is the compiler's."""


def settings_hash() -> str:
    """sha-256 of contracts/solc.json."""
    return sha256(SOLC_JSON.read_bytes()).hexdigest()


def evm_version() -> str:
    """The EVM version that the contracts are compiled for."""
    version: str = json.loads(SOLC_JSON.read_text())["settings"]["evmVersion"]
    return version


def compile_contracts(force: bool = False) -> bool:
    """Compiles the contracts into BUILD, unless it is newer than every source, than solc.json and than this file.

    Returns whether it compiled.

    Raises CompilerMissing, CompileError.
    """
    sources = sorted(CONTRACTS.rglob("*.sol"))
    newest = max(p.stat().st_mtime for p in [*sources, SOLC_JSON, Path(__file__)])
    if not force and BUILD.exists() and BUILD.stat().st_mtime > newest:
        return False
    output = _solc(
        {
            "language": "Solidity",
            "sources": {str(p.relative_to(ROOT)): {"content": p.read_text()} for p in sources},
            "settings": {
                **json.loads(SOLC_JSON.read_text())["settings"],
                "outputSelection": {
                    f"contracts/{path}": {
                        "*": [
                            "abi",
                            "evm.bytecode.object",
                            "evm.deployedBytecode.object",
                            "evm.deployedBytecode.immutableReferences",
                        ]
                    }
                    for path in DEPLOYED
                },
            },
        }
    )
    artifacts = {
        name: {
            "abi": made["abi"],
            "bytecode": made["evm"]["bytecode"]["object"],
            "deployedBytecode": made["evm"]["deployedBytecode"]["object"],
            "immutables": [
                [[place["start"], place["length"]] for place in places]
                for places in made["evm"]["deployedBytecode"]["immutableReferences"].values()
            ],
        }
        for source, contracts in output["contracts"].items()
        for name, made in contracts.items()
    }
    # The extension's functions are called at the core's address, so the core's ABI has them too.
    core = artifacts["LaurelCore"]["abi"]
    core += [entry for entry in artifacts.pop("ICore")["abi"] if entry not in core]
    BUILD.parent.mkdir(exist_ok=True)
    partial = BUILD.with_suffix(f".{os.getpid()}")
    partial.write_text(json.dumps(artifacts))
    partial.replace(BUILD)
    return True


def bytecode_size(contract: str = "LaurelCore") -> int:
    """Bytes of a contract's deployed code."""
    return len(artifact(contract)["deployedBytecode"]) // 2


def initcode_size(contract: str = "LaurelCore") -> int:
    """Bytes of data of the transaction that creates a contract. The core's include the token's and extension's."""
    made = artifact(contract)
    arguments = [i for e in made["abi"] if e["type"] == "constructor" for i in e["inputs"]]
    return len(made["bytecode"]) // 2 + 32 * _words(arguments)


def _words(inputs: list[dict[str, Any]]) -> int:
    """How many words static arguments take: a struct's fields stand in a row."""
    return sum(_words(i["components"]) if "components" in i else 1 for i in inputs)


def _solc(request: dict[str, Any]) -> dict[str, Any]:
    if shutil.which("node") is None:
        raise CompilerMissing("Node is missing. Install Node 20 or later, then run this again.")
    if not (ROOT / "node_modules" / "solc").exists():
        raise CompilerMissing("npm's solc is missing. Run `npm ci`, then run this again.")
    try:
        output: dict[str, Any] = solcx.compile_standard(request, solc_binary=WRAPPER)
    except SolcError as error:
        raise CompileError(error.stderr_data or str(error)) from error
    return output
