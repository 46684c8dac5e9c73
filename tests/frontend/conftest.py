"""The page's modules, run by Node."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

import pytest

ROOT = Path(__file__).parent.parent.parent


class Js(Protocol):
    def __call__(self, function: str, **arguments: Any) -> Any: ...


class JsError(Exception):
    """The JavaScript function threw; the message is its own."""


@pytest.fixture(scope="session")
def js() -> Iterator[Js]:
    """Calls a function of modules.mjs with keyword arguments; raises JsError where it throws."""
    node = subprocess.Popen(
        [ROOT / "node_modules" / ".bin" / "node", Path(__file__).parent / "modules.mjs"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert node.stdin is not None and node.stdout is not None
    stdin, stdout = node.stdin, node.stdout

    def call(function: str, **arguments: Any) -> Any:
        stdin.write(json.dumps({"function": function, **arguments}) + "\n")
        stdin.flush()
        answer = json.loads(stdout.readline())
        if "error" in answer:
            raise JsError(answer["error"])
        return answer["result"]

    yield call
    stdin.close()
    node.wait(timeout=60)
