"""docs/settings.md is what the code says, names every variable that is read, and tells true defaults."""

import ast
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from backend.operator.settings_command import NAME, PAGE, ROOMS, described, markdown, of_class
from backend.relay.settings import RelaySettings
from backend.relay.sponsor.settings import SponsorSettings
from backend.site.settings import SiteSettings
from indexer.settings import ROOT, Settings

Env = Mapping[str, str]
READ: dict[type, Callable[[Env], Any]] = {
    Settings: Settings.from_env,
    SiteSettings: SiteSettings.from_env,
    RelaySettings: lambda env: RelaySettings.from_env(Path("/home"), env),
    SponsorSettings: SponsorSettings.from_env,
}


def test_the_page_is_up_to_date() -> None:
    assert PAGE.read_text() == markdown(), "Run `laurel settings`."


def test_every_variable_that_the_code_reads_is_described_and_no_other() -> None:
    """A variable is read by its name as a literal: anything else that asks an environment fails here."""
    read = {name for room in ("indexer", "backend") for name in _read_in(ROOT / room)}
    others = (ROOT / "docs" / "operations", ROOT / "hardhat.config.js", ROOT / "tests")
    named = read.union(*(_named_in(place) for place in others))
    names = [setting.name for setting in described()]
    assert read and not read - set(names)
    assert len(names) == len(set(names))
    assert not set(names) - named


@pytest.mark.parametrize("kind", READ)
def test_the_defaults_are_true(kind: type) -> None:
    """Of each setting whose default is a value in backquotes: setting it changes nothing."""
    assert set(READ) == set(ROOMS.values())
    without = READ[kind]({})
    values = [(s.name, m[1]) for s in of_class(kind) if (m := re.fullmatch("`(.*)`", s.default))]
    assert values
    for name, value in values:
        assert READ[kind]({name: value}) == without, name


def _read_in(folder: Path) -> Iterator[str]:
    """Names of variables that the Python below a folder mentions or asks an environment for."""
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            asked: ast.expr | None = None
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                if re.fullmatch(NAME, node.value):
                    yield node.value
            elif isinstance(node, ast.Subscript) and _is_env(node.value):
                asked = node.slice
            elif isinstance(node, ast.Call) and _asks(node.func):
                asked = node.args[0]
            if isinstance(asked, ast.Constant) and isinstance(asked.value, str):
                yield asked.value


def _asks(function: ast.expr) -> bool:
    return (
        isinstance(function, ast.Attribute)
        and function.attr in ("get", "getenv")
        and _is_env(function.value)
    )


def _is_env(node: ast.expr) -> bool:
    return ast.unparse(node) in ("env", "os.environ", "environ", "os", "setup.env", "self.env")


def _named_in(place: Path) -> set[str]:
    files = place.rglob("*") if place.is_dir() else [place]
    own = [path for path in files if path.is_file() and "node_modules" not in path.parts]
    return {name for path in own for name in re.findall(NAME, path.read_text(errors="replace"))}
