"""What pages weigh on the wire: a promise that is kept in bytes."""

import re

import pytest

from backend.identity.sessions import open_session
from tests.backend.conftest import Site

PAGE = 20 * 1024
SCRIPTS = 15 * 1024
SWIFTS = "The swifts are back on our street"


def _size(site: Site, path: str) -> int:
    answer = site.get(path, Accept_Encoding="gzip")
    assert answer.status == 200, path
    return answer.size


def _scripts(site: Site, page: str, later: bool) -> set[str]:
    """The modules that a page's elements need, with all that these import; with `later`, also when used."""
    base = page.split('/js/main.js"', 1)[0].rsplit('"', 1)[1] + "/js/"
    main = site.get(base + "main.js").text
    elements = dict(re.findall(r"'(laurel-\w+)': '\./([^']+)'", main))
    names = ["main.js", *(module for tag, module in elements.items() if f"<{tag}" in page)]
    found: set[str] = set()
    while names:
        name = names.pop()
        if base + name not in found:
            found.add(base + name)
            source = site.get(base + name).text
            names += re.findall(r"\bimport [^(;']*?'\./([^']+)'", source)
            names += re.findall(r"\bimport\('\./([^']+)'", source) if later else []
    return found


def test_a_post_page_and_all_that_it_loads(site: Site):
    path = "/post/" + site.world.posts[SWIFTS].hex()
    page = site.get(path).text
    files = _scripts(site, page, later=False)
    assert any(file.endswith("/vote.js") for file in files)
    files |= set(re.findall(r'(?:src|href)="(/s/[^"#]+)', page))
    assert len(files) > 5
    sizes = {file: _size(site, file) for file in [path, *sorted(files)]}
    print(sizes, sum(sizes.values()))
    assert sum(sizes.values()) <= PAGE, sizes
    assert sum(size for file, size in sizes.items() if file.endswith(".js")) <= SCRIPTS


@pytest.mark.parametrize(
    "path",
    ["/new", "/write", "/post/{}", "/post/{}/edit", "/@ada/wallet", "/keys", "/join"]
    + ["/signin", "/recover", "/about", "/status"],
)
def test_the_scripts_of_every_page_for_who_is_signed_in(site: Site, path: str):
    secret = open_session(site.engine, 1, site.world.keys["ada"].address)
    path = path.format(site.world.posts[SWIFTS].hex())
    page = site.get(path, Cookie=f"laurel_session={secret}").text
    sizes = {file: _size(site, file) for file in _scripts(site, page, later=True)}
    print(path, sum(sizes.values()))
    assert len(sizes) > 5
    assert sum(sizes.values()) <= SCRIPTS, sizes
