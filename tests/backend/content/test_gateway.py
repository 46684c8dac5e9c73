"""The gateway: blocks, CARs and files for anybody, in whole and in part, and nothing that is not here."""

import http.client
import io
import json
from collections.abc import Iterator
from urllib.parse import urlsplit

import base58
import pytest

from backend.content.providers import address
from indexer.content import open_store, unixfs
from indexer.content.car import read_car
from indexer.content.cid import DAG_PB, binary, cid_of, digest, parse
from indexer.content.dagpb import Link, encode
from indexer.content.store import MAX_BLOCK, Store
from tests.backend.conftest import Site
from tests.backend.world import picture
from tests.indexer.content.files import Keystream

SIZE = 3 * 2**20 + 7
FILM = b"\0\0\0\x20ftypisom" + Keystream("a film", SIZE - 12).read()
RAW, CAR = "application/vnd.ipld.raw", "application/vnd.ipld.car"
ABSENT = cid_of(digest(b"nobody has this"))
LEGACY = "QmYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWKvvqA"


@pytest.fixture(scope="module")
def store(site: Site) -> Iterator[Store]:
    """The content store of the site."""
    opened = open_store(site.settings.home / "content")
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def film(store: Store) -> str:
    return unixfs.add(io.BytesIO(FILM), store)


def document(site: Site) -> str:
    found = site.get("/api/laurel/v1/posts/" + site.world.posts["First day here"].hex()).json
    return str(found["cid"])


def test_a_file_as_it_is(site: Site, film: str):
    answer = site.get(f"/ipfs/{film}")
    assert (answer.status, answer.body) == (200, FILM)
    headers = answer.headers
    assert headers["Content-Length"] == str(SIZE)
    assert headers["Content-Type"] == "video/mp4"
    assert headers["Accept-Ranges"] == "bytes"
    assert headers["ETag"] == f'"{film}"'
    assert "immutable" in headers["Cache-Control"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Ipfs-Path"] == f"/ipfs/{film}"
    assert headers["X-Ipfs-Roots"] == film
    assert headers["Vary"] == "Accept"


def test_what_is_no_picture_is_for_saving_and_nothing_in_it_runs(site: Site, store: Store):
    page = store.put(b"<script>alert(1)</script>")
    for query in ("", "?format=raw", "?format=car"):
        headers = site.get(f"/ipfs/{page}{query}").headers
        assert headers["Content-Disposition"].startswith(f'attachment; filename="{page}.')
        assert headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert "html" not in headers["Content-Type"]


@pytest.mark.parametrize(
    ("asked", "start", "stop"),
    [
        ("bytes=0-0", 0, 1),
        ("bytes=1048570-1048585", 1048570, 1048586),
        ("bytes=2097152-", 2097152, SIZE),
        ("bytes=-5", SIZE - 5, SIZE),
        (f"bytes=-{SIZE + 1}", 0, SIZE),
        (f"bytes=5-{2**62}", 5, SIZE),
    ],
)
def test_a_range(site: Site, film: str, asked: str, start: int, stop: int):
    answer = site.get(f"/ipfs/{film}", Range=asked)
    assert (answer.status, answer.body) == (206, FILM[start:stop])
    assert answer.headers["Content-Range"] == f"bytes {start}-{stop - 1}/{SIZE}"
    assert answer.headers["Content-Length"] == str(stop - start)


@pytest.mark.parametrize("asked", [f"bytes={SIZE}-", f"bytes={2**64}-{2**65}"])
def test_a_range_beyond_the_file(site: Site, film: str, asked: str):
    answer = site.ask(f"/ipfs/{film}", Range=asked, Accept="application/json")
    assert (answer.status, answer.json["code"]) == (416, "range_not_satisfiable")
    assert answer.headers["Content-Range"] == f"bytes */{SIZE}"


@pytest.mark.parametrize(
    "asked", ["bytes=0-1,5-6", "lines=0-5", "bytes=9-3", "bytes=x", "nonsense"]
)
def test_other_ranges_are_passed_over(site: Site, film: str, asked: str):
    answer = site.get(f"/ipfs/{film}", Range=asked)
    assert (answer.status, len(answer.body)) == (200, SIZE)


def test_a_range_of_another_version_is_not_given(site: Site, film: str):
    asked = {"Range": "bytes=0-4"}
    same = site.get(f"/ipfs/{film}", If_Range=f'"{film}"', **asked)
    assert (same.status, same.body) == (206, FILM[:5])
    assert site.get(f"/ipfs/{film}", If_Range='"another"', **asked).status == 200


def test_a_block(site: Site, film: str):
    for ask in ({"path": f"/ipfs/{film}?format=raw"}, {"path": f"/ipfs/{film}", "Accept": RAW}):
        answer = site.ask(**ask)
        assert (answer.status, answer.headers["Content-Type"]) == (200, RAW)
        assert digest(answer.body) == parse(film).digest
        assert answer.headers["ETag"] == f'"{film}.raw"'
        assert answer.headers["Content-Disposition"] == f'attachment; filename="{film}.bin"'


def test_a_car_has_every_block_once(site: Site, store: Store, film: str):
    answer = site.ask(f"/ipfs/{film}", Accept=f"{CAR}; version=1; order=dfs, */*;q=0.1")
    assert answer.headers["Content-Type"] == f"{CAR}; version=1; order=dfs; dups=n"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{film}.car"'
    blocks = list(read_car([answer.body]))
    assert [cid for cid, _ in blocks] == [cid for cid, _ in unixfs.blocks_under(store.get, film)]
    assert b"".join(data for cid, data in blocks[1:]) == FILM
    one = site.ask(f"/ipfs/{film}?format=car&dag-scope=block")
    assert list(read_car([one.body])) == blocks[:1]
    assert len({a.headers["ETag"] for a in (answer, one, site.get(f"/ipfs/{film}"))}) == 3
    post = document(site)
    assert [cid for cid, _ in read_car([site.ask(f"/ipfs/{post}?format=car").body])] == [post]


def test_the_query_says_more_than_the_header(site: Site, film: str):
    assert site.ask(f"/ipfs/{film}?format=raw", Accept=CAR).headers["Content-Type"] == RAW
    assert "Vary" not in site.ask(f"/ipfs/{film}?format=raw").headers
    assert site.get(f"/ipfs/{film}", Accept=f"text/html, {RAW};q=0.5").body == FILM


@pytest.mark.parametrize("query", ["", "?format=raw", "?format=car"])
def test_what_the_asker_has_is_not_sent_again(site: Site, film: str, query: str):
    path = f"/ipfs/{film}{query}"
    tag = site.get(path).headers["ETag"]
    for known in (tag, f'W/{tag}, "other"', "*"):
        answer = site.get(path, If_None_Match=known)
        assert (answer.status, answer.body) == (304, b"")
        assert answer.headers["ETag"] == tag
        assert "immutable" in answer.headers["Cache-Control"]
    assert site.get(path, If_None_Match='"other"').status == 200
    gone = site.ask(f"/ipfs/{ABSENT}{query}", If_None_Match="*", Accept="application/json")
    assert gone.status == 404


@pytest.mark.parametrize("query", ["", "?format=raw", "?format=car"])
def test_head(site: Site, film: str, query: str):
    whole, head = (site.ask(f"/ipfs/{film}{query}", method=m) for m in ("GET", "HEAD"))
    assert (head.status, head.body) == (200, b"")
    for name in ("Content-Length", "Content-Type", "ETag", "Cache-Control", "X-Ipfs-Roots"):
        assert head.headers[name] == whole.headers[name]
    assert site.ask(f"/ipfs/{ABSENT}{query}", method="HEAD").status == 404


def test_pages_of_other_sites_may_read_it(site: Site, film: str):
    other = {"Origin": "https://elsewhere.example"}
    for path in (f"/ipfs/{film}", f"/ipfs/{ABSENT}", f"/routing/v1/providers/{film}"):
        headers = site.get(path, **other).headers
        assert headers["Access-Control-Allow-Origin"] == "*"
        assert "X-Ipfs-Roots" in headers["Access-Control-Expose-Headers"]
        before = site.ask(path, method="OPTIONS", Access_Control_Request_Method="GET", **other)
        assert before.status == 200
        assert "Range" in before.headers["Access-Control-Allow-Headers"]


def test_what_is_not_here(site: Site):
    for path, status, code in (
        (f"/ipfs/{ABSENT}?format=raw", 404, "block_missing"),
        (f"/ipfs/{ABSENT}?format=car", 404, "block_missing"),
        (f"/ipfs/{cid_of(digest(b'nobody'), DAG_PB)}?format=raw", 404, "block_missing"),
        (f"/ipfs/{LEGACY}?format=raw", 404, "bad_cid"),
        (
            "/ipfs/bafyreigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi?format=raw",
            404,
            "bad_cid",
        ),
        ("/ipfs/login?format=raw", 404, "bad_cid"),
        (f"/ipfs/{ABSENT}?format=tar", 406, "unsupported_format"),
        (f"/ipfs/{document(site)}?format=car&dag-scope=everything", 400, "bad_scope"),
    ):
        answer = site.ask(path)
        assert (answer.status, answer.json["code"]) == (status, code)
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert answer.json["detail"].endswith(".")
        assert "immutable" not in answer.headers["Cache-Control"]


def sent(site: Site, target: str) -> int:
    """The status of a request for `target` exactly as it is written."""
    connection = http.client.HTTPConnection(urlsplit(site.url).netloc, timeout=60)
    connection.request("GET", target, headers={"Accept": "application/json"})
    status = connection.getresponse().status
    connection.close()
    return status


def test_paths_that_climb_out(site: Site, film: str):
    for tail in (
        "/../../login",
        "/..%2f..%2flogin",
        "%2f..%2flogin",
        "/login",
        "%00",
        "%0d%0aX:y",
    ):
        assert sent(site, f"/ipfs/{film}{tail}") == 404


def test_a_directory_is_given_as_a_block_only(site: Site, store: Store):
    cid = cid_of(parse(store.put(b"\x0a\x02\x08\x01")).digest, DAG_PB)  # an empty one
    for query in ("", "?format=car"):
        answer = site.ask(f"/ipfs/{cid}{query}", Accept="application/json")
        assert (answer.status, answer.json["code"]) == (422, "bad_node")
        assert "of a directory" in answer.json["detail"] and "?format=raw" in answer.json["detail"]
    assert site.ask(f"/ipfs/{cid}?format=raw").body == b"\x0a\x02\x08\x01"
    assert site.ask(f"/ipfs/{cid}?format=car&dag-scope=block").status == 200


def test_a_bomb_is_refused_before_it_is_unfolded(site: Site, store: Store):
    name, size = store.put(b"leaf"), 4
    for _ in range(4):
        block = encode([Link(binary(name), size, size)] * 1000)
        name, size = cid_of(parse(store.put(block)).digest, DAG_PB), size * 1000
    answer = site.ask(f"/ipfs/{name}", Accept="application/json")
    assert (answer.status, answer.json["code"]) == (422, "bad_node")
    assert len(site.ask(f"/ipfs/{name}?format=car").body) < 5 * 60_000  # five blocks, each once


def test_an_incomplete_file_is_not_given_as_a_whole_one(site: Site, store: Store):
    data = Keystream("incomplete", 3 * 2**20).read()
    cid = unixfs.add(io.BytesIO(data), store)
    remove(store, data[2**20 : 2**21])
    for query in ("", "?format=car"):
        with pytest.raises(http.client.IncompleteRead):
            site.ask(f"/ipfs/{cid}{query}")
    assert site.get(f"/ipfs/{cid}", Range=f"bytes={2**21}-").body == data[2**21 :]
    missing = site.ask(f"/ipfs/{cid}", Range=f"bytes={2**20}-", Accept="application/json")
    assert (missing.status, missing.json["code"]) == (404, "block_missing")


def remove(store: Store, block: bytes) -> None:
    cid = cid_of(digest(block))
    store.unpin(cid)
    store.delete(cid)


def test_the_largest_block(site: Site, store: Store):
    cid = store.put(bytes(MAX_BLOCK))
    assert len(site.ask(f"/ipfs/{cid}?format=raw").body) == MAX_BLOCK


def test_a_picture_is_shown(site: Site):
    made = site.post("/api/laurel/v1/media", picture(), Content_Type="image/png").json
    headers = site.get(f"/ipfs/{made['cid']}").headers
    assert headers["Content-Type"] == "image/webp" and "Content-Disposition" not in headers
    assert site.get(f"/ipfs/{made['cid']}?format=raw").headers["Content-Type"] == RAW


def test_who_has_it(site: Site, film: str):
    answer = site.ask(f"/routing/v1/providers/{film}")
    (found,) = answer.json["Providers"]
    assert (found["Schema"], found["Protocols"]) == ("peer", ["transport-ipfs-gateway-http"])
    assert found["Addrs"] == [f"/ip4/127.0.0.1/tcp/{urlsplit(site.url).port}/http"]
    assert base58.b58decode(found["ID"])[:2] == b"\x12\x20"
    lines = site.ask(
        f"/routing/v1/providers/{film}", Accept="application/x-ndjson, application/json;q=0.8"
    )
    assert lines.headers["Content-Type"] == "application/x-ndjson"
    assert [json.loads(line) for line in lines.text.splitlines()] == [found]
    for other in (ABSENT, LEGACY, "nonsense"):
        nobody = site.ask(f"/routing/v1/providers/{other}")
        assert (nobody.status, nobody.json) == (200, {"Providers": []})


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("https://laurel.example/", "/dns/laurel.example/tcp/443/https"),
        ("http://laurel.example:8000/", "/dns/laurel.example/tcp/8000/http"),
        ("http://192.0.2.7/", "/ip4/192.0.2.7/tcp/80/http"),
        ("http://[2001:db8::1]:8000/", "/ip6/2001:db8::1/tcp/8000/http"),
    ],
)
def test_addresses(url: str, found: str):
    assert address(url) == found
