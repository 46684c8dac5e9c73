"""In which order xdist's workers take the tests, and which of them one worker takes together."""

import os

from xdist.scheduler import LoadFileScheduling

LONG = bool(os.environ.get("LAUREL_LONG"))

# The longest first, so that no worker is left alone with them at the end.
FIRST = [
    "tests/solidity/",
    "tests/browser/",
    "tests/indexer/test_rebuild.py",
    "tests/indexer/chain/test_source.py",
    "tests/backend/operator/",
    "tests/backend/test_browser.py",
    "tests/indexer/chain/test_startup.py",
    "tests/indexer/content/test_render.py",
    "tests/backend/deployment/",
    "tests/contracts/test_lockstep.py",
    "tests/indexer/test_",
    "tests/indexer/fold/",
    "tests/indexer/",
]


def place(nodeid: str) -> int:
    """Tests of a lower number come first."""
    return next((n for n, start in enumerate(FIRST) if nodeid.startswith(start)), len(FIRST))


class Schedule(LoadFileScheduling):
    """A file is one worker's, as what its tests share is made once; so are all flows in the browser, for which a whole
    node runs. Each of the two compilers of Solidity has a worker's whole time, and so has each test that is long
    under LAUREL_LONG=1."""

    def _split_scope(self, nodeid: str) -> str:
        if nodeid.startswith("tests/browser/"):
            return "tests/browser"
        alone = LONG or nodeid.startswith("tests/solidity/")
        return nodeid if alone else super()._split_scope(nodeid)
