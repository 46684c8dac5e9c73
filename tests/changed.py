"""Which tests are those of what changed: `make check` runs them.

Changed is what differs from where the branch left `main` (on `main` itself: from the last commit), and what git does
not know yet. A module's tests are the folder that stands in tests/ where the module stands, or the nearest above it;
a test file's are its own. What other rooms' tests would notice, `make test` finds.
"""

import subprocess
from pathlib import Path, PurePosixPath

ROOT = Path(__file__).parents[1]
# Of folders that tests/ does not mirror.
ELSEWHERE = {
    "contracts": ["tests/solidity", "tests/contracts", "tests/indexer/protocol", "tests/frontend"],
    "frontend": ["tests/frontend", "tests/browser"],
    "docs/operations": ["tests/operations"],
    "tests/vectors": ["tests/contracts", "tests/frontend", "tests/solidity"],
    "tests/peers": ["tests/backend/content", "tests/indexer/content"],
}


def tests_of(path: str) -> list[str]:
    """The test files and folders of one file, which may be gone."""
    for start, folders in ELSEWHERE.items():
        if path.startswith(start + "/"):
            return folders
    file = PurePosixPath(path)
    if file.parts[0] == "tests":
        if file.name.startswith("test_") and file.suffix == ".py":
            return [path] if (ROOT / path).exists() else []
        return [_nearest(file.parent)]
    if file.parts[0] in ("indexer", "backend"):
        return [_nearest("tests" / file.parent)]
    return []


def _nearest(folder: PurePosixPath) -> str:
    """The folder, or the first above it, in which there are tests."""
    while not any((ROOT / folder).rglob("test_*.py")):
        folder = folder.parent
    return str(folder)


def changed() -> list[str]:
    base = _git("merge-base", "HEAD", "main") or ["HEAD"]
    return _git("diff", "--name-only", base[0]) + _git("ls-files", "--others", "--exclude-standard")


def _git(*words: str) -> list[str]:
    """The lines that git says; none where it fails, as without a branch `main`."""
    done = subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True)
    return done.stdout.splitlines() if done.returncode == 0 else []


def main() -> None:
    found = {test for path in changed() for test in tests_of(path)}
    inside = {test for test in found if any(test.startswith(f"{other}/") for other in found)}
    print(*sorted(found - inside))


if __name__ == "__main__":
    main()
