"""While something is missing, reading goes on where it can, and what waits says so."""

from dataclasses import replace
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from backend.app import create_app
from indexer.settings import Settings
from tests.backend.conftest import Site
from tests.chain import free_port, running_anvil
from tests.tables import migrated_node


def client(settings: Settings) -> FlaskClient:
    return create_app(settings).test_client()


@pytest.fixture
def nowhere() -> str:
    return f"http://127.0.0.1:{free_port()}"


def test_reading_goes_on_without_the_chain(site: Site, nowhere: str):
    reader = client(site.settings.asking(nowhere))
    page = reader.get("/new")
    assert page.status_code == 200
    assert "The chain does not answer. You see it as of block 42" in page.text
    assert "The swifts are back on our street" in page.text
    chain = reader.get("/api/laurel/v1/chain")
    assert (chain.status_code, chain.json["code"]) == (503, "chain_unreachable")
    assert chain.headers["Retry-After"] == "5"


def test_a_clock_that_was_moved_is_told_at_once(site: Site):
    with running_anvil() as chain:
        reader = client(site.settings.asking(chain.url))
        before = reader.get("/api/laurel/v1/chain").json
        moved = reader.post("/api/laurel/v1/chain/forward", json={"days": 2})
        after = reader.get("/api/laurel/v1/chain").json
    assert moved.status_code == 200
    assert after["time"] >= moved.json["time"] > before["time"] + before["day"]


def test_ready_only_near_the_head(site: Site, tmp_path: Path, nowhere: str):
    """By whatever name it is asked. (The town's mirror is at block 42, the chain at its first.)"""
    near = site.get("/health", Host="10.0.0.7:8000")
    assert (near.status, near.json["ready"], near.json["block"]) == (200, True, 42)
    away = client(site.settings.asking(nowhere)).get("/health")
    assert (away.status_code, away.json["reason"]) == (200, "The chain does not answer.")
    nothing = client(empty(tmp_path / "new", site.settings.rpc)).get("/health")
    assert (nothing.status_code, nothing.json["ready"]) == (503, False)
    none = client(replace(site.settings, database=f"sqlite:///{tmp_path / 'none.db'}")).get(
        "/health"
    )
    assert none.status_code == 503
    with running_anvil() as ahead:
        ahead.rpc("anvil_mine", hex(48))
        behind = client(site.settings.asking(ahead.url)).get("/health")
    assert behind.status_code == 503
    assert behind.json["reason"] == "The mirror is 6 blocks behind (at most 5)."


def empty(home: Path, rpc: str) -> Settings:
    settings = Settings.from_env({"LAUREL_HOME": str(home)}).asking(rpc)
    migrated_node(settings.database).dispose()
    return replace(settings, deployments=home / "deployments")


def test_before_the_chain_was_ever_reached(tmp_path: Path, nowhere: str):
    reader = client(empty(tmp_path, nowhere))
    page = reader.get("/", headers={"Accept": "text/html"})
    assert page.status_code == 503
    assert "This is not ready yet" in page.text and "does not answer" in page.text
    assert reader.get("/about").status_code == 200


def test_before_the_contracts_are_there(tmp_path: Path, site: Site):
    reader = client(empty(tmp_path, site.settings.rpc))
    answer = reader.get("/api/laurel/v1/posts")
    assert (answer.status_code, answer.json["code"]) == (503, "not_deployed")
    assert "laurel deploy" in answer.json["detail"]


def test_before_the_database_is_made(tmp_path: Path, nowhere: str):
    settings = Settings.from_env({"LAUREL_HOME": str(tmp_path)}).asking(nowhere)
    answer = client(settings).get("/api/laurel/v1/posts")
    assert (answer.status_code, answer.json["code"]) == (503, "database_unavailable")


def test_before_anything_was_posted(tmp_path: Path, site: Site):
    settings = replace(empty(tmp_path, site.settings.rpc), deployments=site.settings.deployments)
    page = client(settings).get("/")
    assert page.status_code == 200
    assert "Nothing has been posted yet" in page.text and 'href="/write"' in page.text
