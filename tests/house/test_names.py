"""Whatever names a file of this repository names one that is there."""

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROOMS = "backend|benchmarks|contracts|docs|frontend|indexer|tests"
MADE = ("build", "node_modules", "var", "deployments", "cache", "artifacts")
NAMED = re.compile(
    rf"(?<![\w/.@-])((?:{ROOMS})(?:/[\w-]+)+(?:\.(?:py|md|js|mjs|sol|json|jsonl|html|css|yml|toml))?)\b"
)
JOINED = re.compile(r'\bROOT((?: / "[\w./@-]+")+)')
# Examples of what somebody would add, and what is elsewhere.
EXAMPLES = {"docs/developing.md", "tests/house/test_names.py"}


def texts() -> dict[str, str]:
    """Path -> text of each file under version control that people write."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    names = [
        n
        for n in listed.split("\0")
        if re.search(r"\.(py|md|js|mjs|sol|toml|yml|html)$|^Makefile$", n)
    ]
    return {n: (ROOT / n).read_text() for n in names if (ROOT / n).exists() and n not in EXAMPLES}


def missing(text: str) -> list[str]:
    """The paths that a text names and that are not there."""
    joined = ["/".join(re.findall(r'"([^"]+)"', parts)) for parts in JOINED.findall(text)]
    named = [*NAMED.findall(text), *(path for path in joined if not path.startswith(MADE))]
    return sorted({path for path in named if not _there(path)})


def _there(path: str) -> bool:
    """A file, a folder, or how the names of some begin."""
    found = ROOT / path
    return found.exists() or any(found.parent.glob(f"{found.name}*"))


def test_paths_that_are_named_are_there():
    assert {name: found for name, text in texts().items() if (found := missing(text))} == {}


def test_what_is_missing_is_found():
    assert missing("see indexer/chain/rpc.py and backend/nowhere.py") == ["backend/nowhere.py"]
    assert missing('ROOT / "tests" / "steem" / "fixture.jsonl"') == ["tests/steem/fixture.jsonl"]
