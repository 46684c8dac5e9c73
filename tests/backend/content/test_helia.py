"""Helia's verified-fetch, a stranger that believes nothing, reads from a node over HTTP alone."""

import io
import json
import subprocess
import urllib.request
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

from indexer.content import open_store, unixfs
from indexer.content.cid import cid_of, digest
from tests.backend.conftest import Site
from tests.backend.world import picture
from tests.indexer.content.files import Keystream
from tests.indexer.content.serving import serving

ROOT = Path(__file__).parents[3]
FILE = Keystream("five megabytes", 5_000_000).read()


@pytest.fixture(scope="module")
def cids(site: Site) -> Iterator[dict[str, str]]:
    """A post, a picture and a file of five pieces, with their bytes as the site gives them."""
    store = open_store(site.settings.home / "content")
    row = site.get("/api/laurel/v1/posts/" + site.world.posts["First day here"].hex()).json
    made = site.post("/api/laurel/v1/media", picture(), Content_Type="image/png").json
    yield {"post": row["cid"], "picture": made["cid"], "file": unixfs.add(io.BytesIO(FILE), store)}
    store.close()


def helia(url: str, *requests: str) -> list[dict[str, Any]]:
    """What each request came to, of a new Helia that knows nobody but `url`."""
    node = ROOT / "node_modules" / ".bin" / "node"
    script = ROOT / "tests" / "peers" / "fetch.mjs"
    command = [str(node), str(script), url, *requests]
    done = subprocess.run(command, capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def whole(data: bytes, status: int = 200) -> dict[str, Any]:
    return {"status": status, "sha256": digest(data).hex(), "size": len(data)}


def test_a_post_a_picture_a_file_and_ranges(site: Site, cids: dict[str, str]):
    file, absent = cids["file"], cid_of(digest(b"nobody has this"))
    ranges = {"bytes=1048570-1048585": FILE[1048570:1048586], "bytes=-7": FILE[-7:]}
    found = helia(site.url, *cids.values(), *[f"{file} {asked}" for asked in ranges], absent)
    assert found[:3] == [whole(site.get(f"/ipfs/{cid}").body) for cid in cids.values()]
    assert found[2] == whole(FILE)
    assert found[3:5] == [whole(data, 206) for data in ranges.values()]
    assert "error" in found[5] or found[5]["status"] >= 400


def test_tampered_blocks_are_refused(site: Site, cids: dict[str, str]):
    """Through a proxy that changes one bit of some blocks, and leaves the others as they are."""
    third = cid_of(digest(FILE[2 * 2**20 : 3 * 2**20]))
    tampered = {cids["post"], third}
    asked: list[str] = []

    def pass_on(handler: BaseHTTPRequestHandler) -> None:
        # Under the proxy's own name, which is then the one that the node's router tells.
        headers = {name: handler.headers[name] for name in ("Host", "Accept")}
        request = urllib.request.Request(site.url + handler.path, headers=headers)
        with urllib.request.urlopen(request, timeout=120) as answer:
            data = bytearray(answer.read())
            kind = answer.headers["Content-Type"]
        name = handler.path.removeprefix("/ipfs/").partition("?")[0]
        if name in tampered:
            asked.append(name)
            data[len(data) // 2] ^= 1
        handler.send_response(200)
        handler.send_header("Content-Type", kind)
        handler.send_header("Content-Length", str(len(data)))
        handler.end_headers()
        handler.wfile.write(data)

    with serving(pass_on) as (url, _):
        post, shown, file, before, across = helia(
            url,
            *cids.values(),
            f"{cids['file']} bytes=0-9",
            f"{cids['file']} bytes=2097150-2097160",
        )
    assert set(asked) == tampered
    assert shown == whole(site.get(f"/ipfs/{cids['picture']}").body)
    assert before == whole(FILE[:10], 206)
    assert [post.get("status"), file.get("status"), across.get("status")] == [502, None, None]
    assert file["size"] <= 2 * 2**20 and across["size"] <= 2  # nothing of the changed block
