"""Imports run one way: no circle of files, and no arrow up the layers that docs/architecture.md shows."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "architecture.md"

Arrows = dict[str, set[str]]
"""File -> files that it imports; paths from ROOT without suffix, with / between names."""

JS_IMPORT = re.compile(r"""(?:from|import)\s*\(?\s*['"](\.{1,2}/[^'"]+)\.js['"]""")


def layers() -> dict[str, list[list[str]]]:
    """Folder -> its lines from top to bottom, each a list of names of files or folders in it."""
    blocks = re.findall(r"^```layers (\S+)\n(.*?)^```", PAGE.read_text(), re.M | re.S)
    return {folder: [line.split() for line in lines.splitlines()] for folder, lines in blocks}


def python_arrows(*rooms: str) -> Arrows:
    files = {
        path.relative_to(ROOT).with_suffix("").as_posix().removesuffix("/__init__"): path
        for room in rooms
        for path in (ROOT / room).rglob("*.py")
        if "versions" not in path.parts
    }
    return {
        name: {
            "/".join(parts[:depth])
            for parts in _imported(ast.parse(path.read_text()))
            for depth in range(len(parts), 0, -1)
            if "/".join(parts[:depth]) in files
            and not any(
                "/".join(parts[:deeper]) in files for deeper in range(depth + 1, len(parts) + 1)
            )
        }
        - {name}
        for name, path in files.items()
    }


def _imported(tree: ast.Module) -> Iterator[list[str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0 and node.module, "imports name the whole path"
            for alias in node.names:
                yield [*node.module.split("."), alias.name]
        elif isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name.split(".")


def js_arrows(folder: str) -> Arrows:
    home = ROOT / folder
    files = {p.relative_to(ROOT).with_suffix("").as_posix(): p for p in home.rglob("*.js")}
    arrows = {}
    for name, path in files.items():
        found = {
            (path.parent / f"{target}.js").resolve().relative_to(ROOT).with_suffix("").as_posix()
            for target in _js_imports(path.read_text())
        }
        assert found <= files.keys(), f"{name} imports what is not there: {found - files.keys()}"
        arrows[name] = found
    return arrows


def _js_imports(source: str) -> set[str]:
    """What a module imports, and what it loads when asked: `main` has a table of these."""
    table = re.findall(r"""^\s*'[a-z-]+': ['"](\.{1,2}/[^'"]+)\.js['"]""", source, re.M)
    return {*JS_IMPORT.findall(source), *table}


@cache
def all_arrows() -> Arrows:
    return python_arrows("indexer", "backend") | js_arrows("frontend/js")


def circle(arrows: Arrows) -> list[str]:
    """The files of one circle, or none."""
    left = dict(arrows)
    while leaves := [name for name, to in left.items() if not to & left.keys()]:
        for name in leaves:
            del left[name]
    # Whoever only leads to a circle is not in it.
    while roots := [name for name in left if not any(name in to for to in left.values())]:
        for name in roots:
            del left[name]
    return sorted(left)


def place(lines: list[list[str]], inside: str) -> tuple[int, str]:
    """The line on which a path inside the folder stands, and the name there: its own, or a folder's around it.

    Raises KeyError if it stands nowhere.
    """
    parts = inside.split("/")
    places = {name: number for number, names in enumerate(lines) for name in names}
    found = ["/".join(parts[:depth]) for depth in range(len(parts), 0, -1)]
    name = next((name for name in found if name in places), inside)
    return places[name], name


def faults(folder: str, lines: list[list[str]], arrows: Arrows) -> list[str]:
    """Each arrow within the folder that runs up or sideways, in words."""
    found = []
    for source, targets in arrows.items():
        if not source.startswith(f"{folder}/"):
            continue
        start = source.removeprefix(f"{folder}/")
        for target in targets:
            if not target.startswith(f"{folder}/"):
                continue
            end = target.removeprefix(f"{folder}/")
            (above, one), (below, other) = place(lines, start), place(lines, end)
            if one != other and above >= below:
                found.append(f"{source} imports {target}, which does not stand below it")
    return sorted(found)


def test_no_files_import_each_other_in_a_circle():
    assert circle(all_arrows()) == []


@pytest.mark.parametrize("folder", layers())
def test_no_arrow_runs_up(folder: str):
    assert faults(folder, layers()[folder], all_arrows()) == []


@pytest.mark.parametrize("folder", layers())
def test_every_file_stands_in_a_layer(folder: str):
    lines = layers()[folder]
    inside = [n.removeprefix(f"{folder}/") for n in all_arrows() if n.startswith(f"{folder}/")]
    every = [name for names in lines for name in names]
    assert sorted(set(every)) == sorted(every)
    assert {place(lines, path)[1] for path in inside} == set(every)


def test_the_indexer_knows_nothing_of_the_backend():
    indexer = {
        n: to for n, to in python_arrows("indexer", "backend").items() if n.startswith("indexer")
    }
    assert [n for n, to in indexer.items() if any(t.startswith("backend") for t in to)] == []


def test_what_is_wrong_is_found():
    """The checks above can fail."""
    arrows = {"a/x": {"a/y"}, "a/y": {"a/z"}, "a/z": {"a/y"}}
    assert circle(arrows) == ["a/y", "a/z"]
    assert faults("a", [["x"], ["z"], ["y"]], arrows) == [
        "a/y imports a/z, which does not stand below it"
    ]
    assert faults("a", [["x", "y"], ["z"]], {"a/x": {"a/y"}}) != []
    assert _js_imports("import { a } from './b.js';\nawait import('./c.js')") == {"./b", "./c"}
