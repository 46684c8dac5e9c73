"""Options, edits and tombstones as pages show them, and who may edit."""

import json
import re
from html import unescape

import pytest

from backend.identity.sessions import open_session
from tests.backend.conftest import Answer, Site
from tests.backend.test_pages import Tags, path
from tests.backend.world import GONE, HOSTILE, QUIET, SHARED

SWIFTS = "The swifts are back on our street"


def words(answer: Answer) -> str:
    return " ".join(Tags(answer.text).text.split())


def as_person(site: Site, handle: str, page: str) -> Answer:
    secret = open_session(site.engine, site.world.accounts[handle], site.world.keys[handle].address)
    return site.get(page, Cookie=f"laurel_session={secret}")


def test_what_is_not_plain_about_a_post_is_said_beside_the_votes(site: Site):
    text = words(site.get(path(site, SHARED)))
    for term in (
        "3 h ago , edited 10 min ago",
        "and corrected it.",
        "Earns 500 LRL at most",
        "Author is paid 0 % liquid, the rest as power",
        "Voters earn nothing",
        "30 % of the author’s part to @ben.k",
        "12.5 % of the author’s part to @dora-1",
        "ben.k , 30 % 75 LRL",
        "Back to the pool",
    ):
        assert term in text, term
    plain = words(site.get(path(site, SWIFTS)))
    assert "at most" not in plain and "author’s part" not in plain and "Back to" not in plain


def test_a_post_without_payout_or_votes(site: Site):
    page = site.get(path(site, QUIET))
    text = words(page)
    assert "Payout declined" in text and "Its author wants no votes on it." in text
    assert "<laurel-vote" not in page.text


def test_a_removed_post_leaves_a_tombstone(site: Site):
    for name, back in ((GONE, "More by @ada"), ("c11", "To the thread")):
        answer = site.get(path(site, name))
        text = words(answer)
        assert answer.status == 410
        assert "Its author removed this." in text and back in text
        assert "taken back" not in text and "Never mind" not in text
    assert "Never mind" not in site.get(path(site, SWIFTS)).text
    assert "10 comments" in words(site.get(path(site, SWIFTS)))
    for page in ("/new", "/@ada", "/@ada.atom"):
        assert GONE not in site.get(page).text


def test_an_author_may_edit_always_and_remove_what_nobody_touched(site: Site):
    for name, edit, remove in ((QUIET, True, True), (SWIFTS, True, False), (SHARED, True, False)):
        page = as_person(site, "ada", path(site, name)).text
        assert (f'href="{path(site, name)}/edit"' in page) == edit
        assert ('value="remove"' in page) == remove
    other = as_person(site, "ben.k", path(site, QUIET)).text
    assert "laurel-own" not in other and "/edit" not in other


def test_the_editor_has_the_words_and_keeps_the_rest(site: Site):
    page = as_person(site, "ada", path(site, SWIFTS) + "/edit").text
    assert f'value="{SWIFTS}"' in page and 'value="birds nature street"' in page
    rest = json.loads(unescape(re.findall(r"data-rest='([^']+)'", page)[0]))
    assert set(rest) == {"v", "type", "parent", "published", "media"}
    assert rest["media"][0]["alt"] == "Hills under a low sun"
    assert "Payout options" not in page
    reply = as_person(site, "ada", path(site, "c2") + "/edit").text
    assert "Two pairs already! Do you keep a list?</textarea>" in reply
    assert 'name="title"' not in reply and f'data-parent="0x{path(site, "c1")[6:]}"' in reply


def test_hostile_words_stay_words_in_the_editor(site: Site):
    page = as_person(site, "cleo", path(site, HOSTILE) + "/edit").text
    tags = Tags(page).tags
    fields = {a["name"]: a.get("value") for tag, a in tags if tag == "input" and "name" in a}
    assert (fields["title"], fields["tags"]) == (HOSTILE, "a" * 32 + " 日本語")
    assert [a["src"] for tag, a in tags if tag == "script"] == [
        a["src"] for tag, a in Tags(site.get("/new").text).tags if tag == "script"
    ]
    assert "onerror" not in {name for _, attributes in tags for name in attributes}


@pytest.mark.parametrize(
    ("handle", "name", "status", "code"),
    [
        ("ben.k", SWIFTS, 403, "not_author"),
        ("ada", GONE, 410, "post_removed"),
        ("ben.k", "Lost words", 409, "words_missing"),
        ("ben.k", "Broken words", 409, "words_missing"),
    ],
)
def test_what_cannot_be_edited(site: Site, handle: str, name: str, status: int, code: str):
    answer = as_person(site, handle, path(site, name) + "/edit")
    assert answer.status == status and code in answer.text
    assert site.get(path(site, SWIFTS) + "/edit").status == 403
    assert site.get("/post/" + "ab" * 32 + "/edit").status == 404
