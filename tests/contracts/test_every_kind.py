"""Each kind of signed action is in every file that docs/developing.md names. Without a chain, so it is told soon."""

import re
from collections.abc import Iterator

import pytest

from backend.deployment.kinds import LIBRARIES
from indexer.protocol.kinds import KINDS, Kind
from indexer.settings import ROOT

DEVELOPING = (ROOT / "docs" / "developing.md").read_text()
SECTION = DEVELOPING.partition("## Add a kind of signed action\n")[2].partition("\n## ")[0]
FUNCTIONS = {"Profile": "setProfile", "Votes": "voteMany"}
"""Direct calls that do not have their kind's name."""
ACTS = {"Restore": "restore_account", "Votes": "vote_many"}
"""Methods of Society that do not have it."""

INTERFACES = {
    "core": ("contracts/interfaces/ICoreMain.sol", "contracts/interfaces/ICoreExtension.sol"),
    "graph": ("contracts/interfaces/IGraph.sol",),
}
PERFORMING = {
    "core": ("contracts/main/Actions.sol", "contracts/extension/ExtendedActions.sol"),
    "graph": ("contracts/LaurelGraph.sol",),
}


def places(kind: Kind) -> Iterator[tuple[tuple[str, ...], str, str]]:
    """Files of which one has to have it, a pattern that finds it there, and what it is there for."""
    library = LIBRARIES[kind.contract]
    function = FUNCTIONS.get(kind.name, kind.name[0].lower() + kind.name[1:])
    method = rf"\.{kind.constant.lower()}\("
    yield (
        (f"contracts/libraries/{library}.sol",),
        f"{kind.constant} = {kind.number};",
        "run `laurel kinds`",
    )
    yield INTERFACES[kind.contract], rf"function {function}\(", "declare the direct call"
    yield PERFORMING[kind.contract], f"{library}.{kind.constant}\\b", "perform it"
    yield (
        ("tests/vectors/eip712.json",),
        f'"kind": "{kind.name}"',
        "add a case and run `python -m tests.frontend.vectors`",
    )
    yield ("tests/actors.py",), f'"{kind.name}"', "say how an actor signs it"
    yield (
        ("tests/contracts/attacks/one_of_each.py",),
        f'yield "{kind.name}"',
        "yield one, for all attacks",
    )
    yield ("tests/contracts/test_gas.py",), method, "measure it at the worst"
    yield ("tests/backend/relay/test_kinds.py",), method, "make one, for the relay"
    yield ("tests/solidity/Relayed.t.sol",), f"{library}.{kind.constant}\\b", "relay it twice"
    if kind.contract == "core":
        yield ("tests/contracts/model.py",), f'"{kind.name}"', "say what it does, and by whom"
        yield ("tests/contracts/society.py",), f'"{kind.name}"', "have people do it"
        act = ACTS.get(kind.name, kind.constant.lower())
        yield ("tests/contracts/test_lockstep.py",), rf'acts\(\s*"{act}"', "have it done at random"
    else:
        yield ("tests/contracts/test_graph.py",), f'(?i)"{kind.name}"', "test what it does"


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_it_is_everywhere(kind: Kind) -> None:
    for files, pattern, what in places(kind):
        found = [file for file in files if re.search(pattern, (ROOT / file).read_text())]
        assert found, f"{kind.name} is missing in {' and in '.join(files)}: {what}"


def test_the_section_names_these_files() -> None:
    named = {file for kind in KINDS.values() for files, _, _ in places(kind) for file in files}
    assert [file for file in sorted(named) if f"`{file}`" not in SECTION] == []


def test_the_readme_has_each_event() -> None:
    readme = (ROOT / "contracts" / "README.md").read_text()
    for interface in sorted((ROOT / "contracts" / "interfaces").glob("*.sol")):
        for event in re.findall(r"\bevent (\w+)\(", interface.read_text()):
            said = re.search(rf"`{event}`", readme)
            assert said, f"contracts/README.md does not say when {interface.name} emits {event}"
