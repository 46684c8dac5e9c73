"""docs/api.md names every address that the site has for programs, and none that it has not."""

import re
from pathlib import Path

from backend.app import create_app
from backend.site.settings import SiteSettings
from indexer.settings import ROOT, Settings

PREFIXES = ("/api/", "/ipfs/", "/routing/")
_HEADING = re.compile(r"^### ([A-Z]+) (/\S+)$", re.MULTILINE)


def test_every_address_of_the_api_is_described_and_no_other(tmp_path: Path) -> None:
    app = create_app(Settings.from_env({"LAUREL_HOME": str(tmp_path)}), SiteSettings.from_env({}))
    rules = {
        (method, rule.rule)
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith(PREFIXES)
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    described = _HEADING.findall((ROOT / "docs" / "api.md").read_text())
    assert len(rules) > 20
    assert set(described) == rules
    assert len(described) == len(rules)
