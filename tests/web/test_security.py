"""Headers on every answer, and requests that come from elsewhere."""

import pytest

from backend.security import CSP
from tests.web.conftest import Site

COOKIE = "laurel_session=guess"


@pytest.mark.parametrize("path", ["/", "/about", "/nothing", "/api/v1/chain", "/new.atom"])
def test_headers_are_on_every_answer(site: Site, path: str):
    headers = site.get(path).headers
    assert headers["Content-Security-Policy"] == CSP
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "unsafe" not in CSP and "require-trusted-types-for 'script'" in CSP


def test_another_sites_page_cannot_change_anything(site: Site):
    for headers in ({"Origin": "https://evil.example"}, {"Origin": "null"}):
        answer = site.post("/api/v1/render", {"body": "x"}, **headers)
        assert (answer.status, answer.json["code"]) == (403, "cross_origin")


def test_a_session_without_an_origin_is_refused_and_a_program_without_either_is_not(site: Site):
    json = {"Content_Type": "application/json"}
    body = b'{"body": "x"}'
    assert site.ask("/api/v1/render", body, Cookie=COOKIE, **json).status == 403
    assert site.ask("/api/v1/render", body, **json).status == 200


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"]
)
def test_what_a_form_could_send_is_not_taken(site: Site, kind: str):
    answer = site.post("/api/v1/documents", b"{}", Content_Type=kind)
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
    wrong = site.ask("/api/v1/chain", b"{}", Content_Type="application/json", Origin=site.url)
    assert (wrong.status, wrong.json["code"]) == (405, "method_not_allowed")
