"""`laurel errors`: what the contracts can refuse, as a table in docs/errors.md."""

from typing import Any

import click

from backend.chain.errors import BUILT_IN, REASONS
from backend.deployment.compile import compile_contracts
from indexer.protocol.artifacts import artifact
from indexer.settings import ROOT

PAGE = ROOT / "docs" / "errors.md"
DECLARING = {"LaurelCore": "core", "LaurelGraph": "graph", "LaurelToken": "token"}
_HEAD = """\
# What the contracts refuse, and why

Made by `laurel errors` from the contracts' ABIs and `backend/chain/errors.py`. The relay answers with the code and
the sentence; a wallet shows the error. An address, an account or a post in the arguments is the one at fault.

| error | from | code | what it means, and what to do |
|---|---|---|---|
"""


@click.command()
def errors() -> None:
    """Write docs/errors.md."""
    compile_contracts()
    PAGE.write_text(table())
    click.echo(f"{PAGE}: {len(REASONS)} errors.")


def declared() -> dict[str, tuple[str, list[str]]]:
    """Signature -> the error with its arguments' names, and which contracts declare it (core, graph, token)."""
    found: dict[str, tuple[str, list[str]]] = {}
    for contract, place in DECLARING.items():
        for entry in artifact(contract)["abi"]:
            if entry["type"] == "error":
                _, places = found.setdefault(_written(entry, False), (_written(entry, True), []))
                places.append(place)
    return found


def table() -> str:
    """The page, in the order of `REASONS`. Raises KeyError for a reason that no contract declares."""
    found = declared()
    lines = []
    for signature, reason in REASONS.items():
        if signature in BUILT_IN:
            error, places = signature, ["Solidity"]
        else:
            error, places = found[signature]
        lines.append(f"| `{error}` | {', '.join(places)} | `{reason.code}` | {reason.sentence} |\n")
    return _HEAD + "".join(lines)


def _written(entry: dict[str, Any], names: bool) -> str:
    arguments = (
        f"{i['type']} {i['name']}".strip() if names else i["type"] for i in entry["inputs"]
    )
    return f"{entry['name']}({(', ' if names else ',').join(arguments)})"
