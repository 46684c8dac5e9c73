"""What a post page weighs on the wire: a promise that is kept in bytes."""

import re

from tests.web.conftest import Site

PAGE = 20 * 1024
SCRIPTS = 15 * 1024


def _size(site: Site, path: str) -> int:
    answer = site.get(path, Accept_Encoding="gzip")
    assert answer.status == 200, path
    return answer.size


def _scripts(site: Site, tree: str, names: list[str]) -> set[str]:
    """These modules and all that they import, at once or later only if their element is there."""
    found: set[str] = set()
    while names:
        path = f"/s/{tree}/js/{names.pop()}"
        if path in found:
            continue
        found.add(path)
        source = site.get(path).text
        names += re.findall(r"^import .*?'\./([^']+)'", source, re.MULTILINE | re.DOTALL)
    return found


def test_a_post_page_and_all_that_it_loads(site: Site):
    path = "/post/" + site.world.posts["The swifts are back on our street"].hex()
    page = site.get(path).text
    tree = page.split("/s/", 1)[1].split("/", 1)[0]
    main = site.get(f"/s/{tree}/js/main.js").text
    elements = dict(re.findall(r"'(laurel-\w+)': '\./([^']+)'", main))
    needed = [module for element, module in elements.items() if f"<{element}" in page]
    assert "vote.js" in needed
    files = _scripts(site, tree, ["main.js", *needed])
    files |= set(re.findall(r'(?:src|href)="(/s/[^"#]+)', page))
    assert len(files) > 5
    sizes = {file: _size(site, file) for file in [path, *sorted(files)]}
    print(sizes)
    assert sum(sizes.values()) <= PAGE, sizes
    assert sum(size for file, size in sizes.items() if file.endswith(".js")) <= SCRIPTS
