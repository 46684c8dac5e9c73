"""All the JavaScript that the site can send, as it is sent."""

from backend.assets import Assets
from indexer.settings import ROOT

ALL = 15 * 1024
KECCAK = 3 * 1024


def test_all_modules_together() -> None:
    packed = {n: len(d) for n, d in Assets(ROOT / "frontend").packed.items() if n.endswith(".js")}
    assert len(packed) > 10
    assert packed["js/vendor/keccak.js"] <= KECCAK
    assert sum(packed.values()) <= ALL, packed
