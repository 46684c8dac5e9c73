"""The modules, as they are sent. What a page may load of them, tests/backend/test_budgets.py measures."""

import re

from backend.site.assets import Assets
from indexer.settings import ROOT

KECCAK = 3 * 1024


def test_the_vendored_file_is_small() -> None:
    assert len(Assets(ROOT / "frontend").packed["js/vendor/keccak.js"]) <= KECCAK


def test_no_module_is_left_over() -> None:
    files = {n: d.decode() for n, d in Assets(ROOT / "frontend").files.items() if n[-3:] == ".js"}
    named = {name for text in files.values() for name in re.findall(r"'\./([\w/-]+\.js)'", text)}
    assert {f"js/{name}" for name in named} | {"js/main.js"} == set(files)
