"""Whom to write to about this server: on its page for people, and where RFC 9116 wants it."""

from datetime import UTC, datetime, timedelta

import pytest

from backend.site.settings import BadContact, SiteSettings
from tests.backend.conftest import Site
from tests.backend.site.test_security import reached


def test_a_server_without_a_contact_names_none(site: Site) -> None:
    assert site.get("/.well-known/security.txt").status == 404
    assert "can be reached at" not in site.get("/about").text


@pytest.mark.parametrize(
    ("set_", "url", "shown"),
    [
        ("help@laurel.example", "mailto:help@laurel.example", ">help@laurel.example<"),
        ("https://laurel.example/help", "https://laurel.example/help", ">https://laurel.example"),
    ],
)
def test_where_whoever_runs_it_is_reached(site: Site, set_: str, url: str, shown: str) -> None:
    client = reached(site, LAUREL_CONTACT=set_)
    page = client.get("/about").text
    assert f'href="{url}"' in page and shown in page
    answer = client.get("/.well-known/security.txt")
    assert answer.content_type == "text/plain; charset=utf-8"
    contact, expires = answer.text.splitlines()
    assert contact == f"Contact: {url}"
    until = datetime.fromisoformat(expires.removeprefix("Expires: "))
    assert timedelta(days=29) < until - datetime.now(UTC) < timedelta(days=365)


@pytest.mark.parametrize(
    "text", ["me", "javascript:alert(1)", "mailto:me", "https://a\nExpires: 2099-01-01T00:00:00Z"]
)
def test_what_is_no_contact_is_refused(text: str) -> None:
    with pytest.raises(BadContact, match="LAUREL_CONTACT is a mail address or"):
        SiteSettings.from_env({"LAUREL_CONTACT": text})
