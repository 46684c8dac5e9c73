"""Headers on every answer, and requests that come from elsewhere."""

import time

import pytest
from flask.testing import FlaskClient
from sqlalchemy import delete, insert

from backend.app import create_app
from backend.site.address_limits import LIMITS
from backend.site.security import CSP
from backend.site.settings import BadProxies, SiteSettings
from backend.site.tables import RelayUse
from indexer.mirror.database import writing
from tests.backend.conftest import Site
from tests.chain import free_port

COOKIE = "laurel_session=guess"


@pytest.mark.parametrize("path", ["/", "/about", "/nothing", "/api/laurel/v1/chain", "/new.atom"])
def test_headers_are_on_every_answer(site: Site, path: str):
    headers = site.get(path).headers
    assert headers["Content-Security-Policy"] == CSP
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "unsafe" not in CSP and "require-trusted-types-for 'script'" in CSP


def test_another_sites_page_cannot_change_anything(site: Site):
    for headers in (
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://["},
    ):
        answer = site.post("/api/laurel/v1/render", {"body": "x"}, **headers)
        assert (answer.status, answer.json["code"]) == (403, "cross_origin")


def test_a_session_without_an_origin_is_refused_and_a_program_without_either_is_not(site: Site):
    json = {"Content_Type": "application/json"}
    body = b'{"body": "x"}'
    assert site.ask("/api/laurel/v1/render", body, Cookie=COOKIE, **json).status == 403
    assert site.ask("/api/laurel/v1/render", body, **json).status == 200


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"]
)
def test_what_a_form_could_send_is_not_taken(site: Site, kind: str):
    answer = site.post("/api/laurel/v1/documents", b"{}", Content_Type=kind)
    assert (answer.status, answer.json["code"]) == (415, "unsupported_media_type")


def test_files_are_immutable_under_the_hash_of_the_tree_and_nowhere_else(site: Site):
    page = site.get("/about").text
    path = page.split('<link rel="stylesheet" href="')[1].split('"')[0]
    answer = site.get(path)
    assert answer.headers["Content-Type"] == "text/css; charset=utf-8"
    assert "immutable" in answer.headers["Cache-Control"]
    tree = path.split("/")[2]
    for wrong in (path.replace(tree, "0" * 16), f"/s/{tree}/../app.py", f"/s/{tree}/css"):
        assert site.get(wrong).status == 404


def test_a_page_that_has_not_changed_is_not_sent_again(site: Site):
    first = site.get("/about", Accept_Encoding="gzip")
    assert first.headers["Content-Encoding"] == "gzip"
    second = site.get("/about", If_None_Match=first.headers["ETag"])
    # The chain's clock is on the page, so that a second may make it another.
    assert second.status in (200, 304)
    assert "Cookie" in first.headers["Vary"]


def test_requests_that_cannot_be_are_problems_too(site: Site):
    wrong = site.ask(
        "/api/laurel/v1/chain", b"{}", Content_Type="application/json", Origin=site.url
    )
    assert (wrong.status, wrong.json["code"]) == (405, "method_not_allowed")


def reached(site: Site, **env: str) -> FlaskClient:
    """A client of another process of the same node, with these variables set."""
    return create_app(site.settings, SiteSettings.from_env(env)).test_client()


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "[", "a@b", "[::2]:80"])
def test_a_name_that_is_not_this_sites_is_refused(site: Site, host: str):
    asked = site.post("/api/laurel/v1/session/challenge", {"address": "0x" + "11" * 20}, Host=host)
    assert (asked.status, asked.json["code"]) == (400, "unknown_host")
    assert "LAUREL_HOSTS" in site.get("/about", Host=host).text


def test_the_names_of_this_machine_and_those_that_are_set(site: Site):
    for host in ("localhost:1", "LocalHost", "127.0.0.1", "[::1]:8000", "[::1]"):
        assert site.get("/about", Host=host).status == 200
    public = reached(site, LAUREL_HOSTS="laurel.example, [2001:db8::1]")
    for host, status in (("laurel.example", 200), ("[2001:db8::1]:80", 200), ("localhost", 400)):
        assert public.get("/about", headers={"Host": host}).status_code == status


@pytest.mark.parametrize(
    ("kind", "path", "body"),
    [
        ("sign-in", "/api/laurel/v1/session/challenge", {"address": "0x" + "11" * 20}),
        ("sign-in", "/api/laurel/v1/session", {"id": "x", "signature": "0x11"}),
        ("preview", "/api/laurel/v1/render", {"body": "x"}),
    ],
)
def test_one_address_asks_only_so_much(site: Site, kind: str, path: str, body: dict[str, str]):
    uses = [{"bucket": f"{kind}:127.0.0.1", "at": time.time()}] * LIMITS[kind].times
    with writing(site.engine) as connection:
        connection.execute(insert(RelayUse), uses)
    try:
        answer = site.post(path, body)
        assert (answer.status, answer.json["code"]) == (429, "rate_limited")
        assert 0 < int(answer.headers["Retry-After"]) <= 600
    finally:
        with writing(site.engine) as connection:
            connection.execute(delete(RelayUse))
    assert site.post(path, body).status in (200, 400)


def counted(site: Site, client: FlaskClient, forwarded: str, peer: str = "127.0.0.1") -> str:
    """The bucket that one preview was counted in."""
    with writing(site.engine) as connection:
        connection.execute(delete(RelayUse))
    answer = client.post(
        "/api/laurel/v1/render",
        json={"body": "x"},
        headers={"X-Forwarded-For": forwarded},
        environ_base={"REMOTE_ADDR": peer},
    )
    assert answer.status_code == 200
    with site.engine.connect() as connection:
        return str(connection.exec_driver_sql("SELECT bucket FROM relay_uses").scalar_one())


def test_who_is_counted(site: Site):
    direct = reached(site)
    assert counted(site, direct, "203.0.113.9") == "preview:127.0.0.1"
    assert counted(site, direct, "", "2001:db8:1:2:3::4") == "preview:2001:db8:1:2::/64"
    assert counted(site, direct, "", "::ffff:203.0.113.9") == "preview:203.0.113.9"
    proxied = reached(site, LAUREL_TRUSTED_PROXIES="1")
    assert counted(site, proxied, "198.51.100.1, 203.0.113.9") == "preview:203.0.113.9"
    assert counted(site, proxied, "2001:db8:1:2::9") == "preview:2001:db8:1:2::/64"


def test_behind_a_proxy_the_cookie_is_for_https(site: Site):
    headers = {"X-Forwarded-Proto": "https", "Origin": "https://localhost"}
    for proxies, secure in (("0", False), ("1", True)):
        client = reached(site, LAUREL_TRUSTED_PROXIES=proxies)
        flags = client.delete("/api/laurel/v1/session", headers=headers).headers["Set-Cookie"]
        assert ("Secure" in flags) is secure


def test_a_number_of_proxies_that_is_none():
    with pytest.raises(BadProxies, match="'many'"):
        SiteSettings.from_env({"LAUREL_TRUSTED_PROXIES": "many"})


def test_the_nodes_own_rpc_is_told_to_nobody(site: Site, monkeypatch: pytest.MonkeyPatch):
    assert reached(site).get("/api/laurel/v1/chain").json["rpc"] == site.settings.rpc
    secret = f"http://127.0.0.1:{free_port()}/secret"
    closed = create_app(site.settings.asking(secret), SiteSettings.from_env({})).test_client()
    answer = closed.get("/api/laurel/v1/chain")
    assert answer.status_code == 503 and "secret" not in answer.text
    monkeypatch.setattr("indexer.protocol.deployment.LOCAL_CHAINS", frozenset())
    assert reached(site).get("/api/laurel/v1/chain").json["rpc"] is None
    assert site.settings.rpc not in reached(site).get("/about").text
    open_to_all = reached(site, LAUREL_PUBLIC_RPC="https://rpc.example")
    assert open_to_all.get("/api/laurel/v1/chain").json["rpc"] == "https://rpc.example"
    assert "https://rpc.example" in open_to_all.get("/about").text
