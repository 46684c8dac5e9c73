"""`POST /api/laurel/v1/content/blocks`: what may be asked, and where an answer ends."""

from collections.abc import Iterator

import httpx
import pytest

from backend.content import bulk as serving
from indexer.content.car import read_car
from indexer.content.cid import DAG_PB, cid_of, digest
from indexer.content.store import MAX_BLOCK, Store
from indexer.fetching import bulk
from indexer.fetching.bulk import MOST_CIDS, NodeTrouble
from tests.indexer.fetching.homes import site

ABSENT = cid_of(digest(b"nobody has this"))


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Store]]:
    with site(tmp_path_factory.mktemp("serving") / "home") as found:
        yield found


def ask(url: str, body: object) -> httpx.Response:
    return httpx.post(f"{url}/api/laurel/v1/content/blocks", json=body, trust_env=False, timeout=60)


def test_what_is_here_comes_in_the_order_asked(node: tuple[str, Store]) -> None:
    url, store = node
    first, second = store.put_many([b"first", b"second"])
    as_node = cid_of(digest(b"first"), DAG_PB)  # by either of its names
    answer = ask(url, {"cids": [second, ABSENT, first, as_node]})
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/vnd.ipld.car; version=1"
    assert answer.headers["Cache-Control"] == "no-store"
    blocks = list(read_car([answer.content]))
    assert blocks == [(second, b"second"), (first, b"first"), (as_node, b"first")]
    assert list(read_car([ask(url, {"cids": [ABSENT]}).content])) == []


def test_an_answer_ends_after_so_many_bytes(node: tuple[str, Store]) -> None:
    url, store = node
    cids = store.put_many(bytes([n]) * MAX_BLOCK for n in range(10))
    assert [cid for cid, _ in read_car([ask(url, {"cids": cids}).content])] == cids[:8]


def test_a_store_that_is_too_slow_breaks_off(
    node: tuple[str, Store], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else it would look like a node that has nothing."""
    monkeypatch.setattr(serving, "MOST_SECONDS", -1.0)
    with httpx.Client(trust_env=False) as client, pytest.raises(NodeTrouble):
        list(bulk.ask(node[0], [ABSENT], client))


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"cids": []}, 400, "bad_json"),
        ({"cids": [ABSENT] * (MOST_CIDS + 1)}, 400, "bad_json"),
        ({"cids": ["../../etc/passwd"]}, 400, "bad_cid"),
        ({"cids": [ABSENT, "Qm" + "a" * 44]}, 400, "bad_cid"),
        ({"cids": "all"}, 400, "bad_json"),
        ([], 400, "bad_json"),
        ({"cids": ["x" * 200] * MOST_CIDS}, 413, "too_large"),
    ],
)
def test_what_may_not_be_asked(
    node: tuple[str, Store], body: object, status: int, code: str
) -> None:
    answer = ask(node[0], body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
