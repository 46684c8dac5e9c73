"""contracts/README.md names for each invariant the tests that hold it, and each of them exists."""

import re

from indexer.settings import ROOT

README = (ROOT / "contracts" / "README.md").read_text()
_NAMED = re.compile(r"`(tests/[^:`]+)::(\w+)`")


def test_every_invariant_names_its_tests() -> None:
    tables = re.findall(r"\| invariant \| held by \|\n\|---\|---\|\n((?:\|.*\n)+)", README)
    assert len(tables) == 2  # the core's and the graph's
    for row in "".join(tables).splitlines():
        _, invariant, held_by, _ = row.split("|")
        assert _NAMED.search(held_by), invariant


def test_every_named_test_exists() -> None:
    named = _NAMED.findall(README)
    assert named
    for file, name in named:
        source = (ROOT / file).read_text()
        if file.endswith(".py"):
            assert re.search(rf"^def {name}\(", source, re.MULTILINE), (file, name)
            assert name.startswith("test_")
        else:
            assert f"function {name}(" in source, (file, name)
            assert _is_run(name, source), (file, name)


def _is_run(name: str, source: str) -> bool:
    """Whether forge runs a function: as a test, or from `invariant_all`."""
    if name.startswith(("test", "invariant_", "check_")):
        return True
    campaign = re.search(r"function invariant_all\(\)[^{]*\{(.*?)\}", source, re.DOTALL)
    return campaign is not None and f" {name}();" in campaign[1]
