"""Two real nodes on one chain: the second copies all that the first has, and serves it without it."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import httpx
import pytest

from indexer.content import open_store
from indexer.content.cid import cid_of, digest
from indexer.content.unixfs import read_file
from indexer.settings import ROOT
from tests.actors import join
from tests.chain import Chain, free_port
from tests.indexer.fetching.homes import FACE, FILM, PICTURE, all_blocks, fill
from tests.indexer.mirrors import environment, laurel_index, until


@contextmanager
def node(chain: Chain, home: Path) -> Iterator[httpx.Client]:
    """`laurel index` and `laurel site` with a home of their own, given only the chain."""
    port = free_port()
    with ExitStack() as stack:
        stack.enter_context(laurel_index(chain, home))
        site = subprocess.Popen(
            [sys.executable, "-m", "backend", "site", "--port", str(port)],
            cwd=ROOT,
            env=os.environ | environment(chain, home),
        )
        stack.callback(site.wait, 30)
        stack.callback(site.terminate)
        http = stack.enter_context(
            httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30, trust_env=False)
        )
        until(lambda: answers(http, site), 120)
        yield http


def answers(http: httpx.Client, site: "subprocess.Popen[bytes]") -> bool:
    assert site.poll() is None
    try:
        return http.get("/about").status_code == 200
    except httpx.HTTPError:
        return False


def titles(http: httpx.Client) -> list[str]:
    posts = http.get("/api/laurel/v1/posts?feed=new&limit=50").json()["posts"]
    return sorted(post["title"] for post in posts)


def test_the_second_node_serves_everything_without_the_first(
    deployed: Chain, tmp_path: Path
) -> None:
    first_home, second_home = tmp_path / "first", tmp_path / "second"
    first_home.mkdir()
    with closing(open_store(first_home / "content")) as store:
        documents = fill(store)
    (ada,) = join(deployed, "ada")
    *posts, profile = documents
    deployed.relay(*(ada.post(digest(data)) for data in posts))
    deployed.relay(ada.profile(digest(profile)))
    wanted = sorted(["With a picture and a film", *(f"Number {n}" for n in range(len(posts) - 1))])

    with node(deployed, second_home) as second:
        with node(deployed, first_home) as first:
            until(lambda: titles(first) == wanted)
            until(lambda: titles(second) == [""] * len(wanted))
            done = subprocess.run(
                [sys.executable, "-m", "backend", "sync", str(first.base_url)],
                cwd=ROOT,
                env=os.environ | environment(deployed, second_home),
                capture_output=True,
                text=True,
                timeout=120,
            )
            assert done.returncode == 0, done.stdout + done.stderr
            assert f"{len(all_blocks(documents))} blocks" in done.stdout
        with pytest.raises(httpx.ConnectError):
            httpx.get(f"{first.base_url}/about")
        until(lambda: titles(second) == wanted)
        for data in (*documents, PICTURE, FACE):
            assert second.get(f"/ipfs/{cid_of(digest(data))}?format=raw").content == data

        def block(cid: str) -> bytes:
            answer = second.get(f"/ipfs/{cid}?format=raw")
            assert answer.status_code == 200
            return answer.content

        film = next(cid for cid in all_blocks([]) if cid.startswith("bafybei"))
        assert b"".join(read_file(block, film)) == FILM
