"""What can be read from the API, page by page, and what it says when asked wrongly."""

import json

import pytest
from sqlalchemy import select

from indexer.content.cid import cid_of
from indexer.schema import Post
from tests.web.conftest import Site
from tests.web.world import BODY, DAY, ETHER, HOSTILE

SWIFTS = "The swifts are back on our street"


def post(site: Site, name: str) -> str:
    return "/api/v1/posts/0x" + site.world.posts[name].hex()


def walk(site: Site, path: str, key: str) -> list[str]:
    """The ids of all pages of a list, in order."""
    found: list[str] = []
    cursor = None
    while True:
        answer = site.get(path + (f"&cursor={cursor}" if cursor else "")).json
        found += [row["id"] for row in answer[key]]
        cursor = answer["next"]
        if cursor is None:
            return found


def test_the_chain(site: Site):
    chain = site.get("/api/v1/chain").json
    assert (chain["chainId"], chain["day"], chain["local"]) == (31337, DAY, True)
    assert chain["block"] == 42
    assert chain["actions"]["kinds"]["Vote"]["kind"] == 5
    assert site.world.now - 60 < chain["latest"] <= chain["time"] < site.world.now + 600


def test_a_post_with_its_words_numbers_and_payout(site: Site):
    row = site.get(post(site, SWIFTS)).json
    assert row["title"] == SWIFTS
    assert row["author"] == {"account": 1, "handle": "ada"}
    assert row["cid"] == cid_of(bytes.fromhex(row["digest"][2:]))
    assert row["html"].startswith('<p><img src="/ipfs/bafkrei')
    assert (row["depth"], row["parent"], row["root"]) == (0, None, row["id"])
    assert (row["votes"], row["children"], row["comments"]) == (3, 4, 10)
    assert row["netRshares"] == str(3 * 10**10)
    assert row["cashoutAt"] - row["createdAt"] == 7 * DAY
    payout = row["payout"]
    assert payout["state"] == "pending"
    total = int(payout["liquid"]) + int(payout["vests"]) * 10**9 + int(payout["curation"])
    assert int(payout["total"]) == total > 0


def test_a_settled_post_says_what_it_paid(site: Site):
    payout = site.get(post(site, "Counting the swifts of 2025")).json["payout"]
    assert payout == {
        "state": "paid",
        "total": str(84 * ETHER),
        "liquid": str(21 * ETHER),
        "vests": str(21 * 10**9),
        "curation": str(42 * ETHER),
    }


@pytest.mark.parametrize(
    ("name", "state", "trouble"),
    [
        ("Lost words", "missing", "missing"),
        ("Broken words", "unreadable", "document_not_canonical"),
        ("Foreign words", "unreadable", "document_wrong_parent"),
    ],
)
def test_posts_without_words_say_why(site: Site, name: str, state: str, trouble: str):
    row = site.get(post(site, name)).json
    assert (row["state"], row["trouble"], row["title"]) == (state, trouble, "")
    assert "html" not in row


def test_comments_are_the_direct_replies(site: Site):
    rows = site.get(post(site, SWIFTS) + "/comments?limit=3").json
    assert [r["parent"] for r in rows["comments"]] == ["0x" + site.world.posts[SWIFTS].hex()] * 3
    rest = site.get(post(site, SWIFTS) + f"/comments?limit=3&cursor={rows['next']}").json
    assert [len(rest["comments"]), rest["next"]] == [1, None]
    assert rest["comments"][0]["html"] == (
        "<p>Ours came on the 4th. Two pairs so far, under the <strong>north</strong> eaves.</p>\n"
    )
    assert rest["comments"][0]["children"] == 1


def test_votes_that_stand(site: Site):
    rows = site.get(post(site, SWIFTS) + "/votes").json["votes"]
    assert [(r["handle"], r["bps"]) for r in rows] == [
        ("dora-1", 100),
        ("cleo", 5_000),
        ("ben.k", 10_000),
    ]


@pytest.mark.parametrize("feed", ["new", "hot", "trending"])
def test_feeds_in_order_page_by_page(site: Site, feed: str):
    key = {"new": Post.seq, "hot": Post.hot, "trending": Post.trending}[feed]
    statement = select(Post.id).where(Post.depth == 0).order_by(key.desc(), Post.seq.desc())
    with site.engine.connect() as connection:
        expected = ["0x" + found.hex() for found in connection.scalars(statement)]
    assert walk(site, f"/api/v1/posts?feed={feed}&limit=3", "posts") == expected
    assert len(expected) > 9


def test_what_is_posted_meanwhile_moves_no_page(site: Site):
    first = site.get("/api/v1/posts?limit=4").json
    before = site.get(f"/api/v1/posts?limit=4&cursor={first['next']}").json
    site.world.post("Only just now", "dora-1", 0)
    site.world.save(site.engine)
    assert site.get(f"/api/v1/posts?limit=4&cursor={first['next']}").json == before
    assert site.get("/api/v1/posts?limit=4").json["posts"][0]["title"] == "Only just now"


def test_the_posts_and_comments_of_an_account(site: Site):
    posts = site.get("/api/v1/accounts/ben.k/posts").json["posts"]
    assert [p["state"] for p in posts] == ["unreadable", "missing"]
    comments = site.get("/api/v1/accounts/ben.k/posts?kind=comments").json["posts"]
    assert [c["depth"] for c in comments] == [5, 3, 1]


def test_an_account(site: Site):
    account = site.get("/api/v1/accounts/ada").json
    assert (account["account"], account["handle"]) == (1, "ada")
    assert account["balance"] == "12345678000000000000"
    assert account["effective"] == str(1200 * 10**9)
    assert int(account["mana"]) <= int(account["votingMana"]) <= int(account["effective"])
    assert account["downvoteMana"] == str(300 * 10**9)


def test_wallet_history(site: Site):
    first = site.get("/api/v1/accounts/ada/entries?limit=3").json
    rest = site.get(f"/api/v1/accounts/ada/entries?limit=3&cursor={first['next']}").json
    kinds = [e["kind"] for e in first["entries"] + rest["entries"]]
    assert kinds == ["curation", "author", "power-up", "deposit"]
    assert first["entries"][2]["wei"] == str(-400 * ETHER)


def test_keys(site: Site):
    keys = site.get("/api/v1/accounts/ada/keys").json["keys"]
    assert sorted((k["role"], k["live"]) for k in keys) == [("owner", True), ("posting", True)]
    address = site.world.keys["ada"].address
    key = site.get(f"/api/v1/keys/{address.lower()}").json
    assert (key["handle"], key["account"], key["role"]) == ("ada", 1, "owner")


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/api/v1/posts?feed=best", 400, "unknown_feed"),
        ("/api/v1/posts?limit=0", 400, "bad_limit"),
        ("/api/v1/posts?limit=101", 400, "bad_limit"),
        ("/api/v1/posts?limit=²", 400, "bad_limit"),
        ("/api/v1/posts?limit=000000001000000", 400, "bad_limit"),
        ("/api/v1/posts?limit=00000000120", 400, "bad_limit"),
        ("/api/v1/posts?limit=" + "1" * 5000, 400, "bad_limit"),
        ("/api/v1/posts?cursor=x", 400, "bad_cursor"),
        ("/api/v1/posts?cursor=1.5_7", 400, "bad_cursor"),
        ("/api/v1/posts?cursor=99999999999999999999", 400, "bad_cursor"),
        ("/api/v1/posts?feed=hot&cursor=7", 400, "bad_cursor"),
        ("/api/v1/posts/0x12", 404, "unknown_post"),
        ("/api/v1/posts/" + "ab" * 32, 404, "unknown_post"),
        ("/api/v1/accounts/nobody", 404, "unknown_account"),
        ("/api/v1/accounts/ada%00", 404, "not_found"),
        ("/api/v1/tickets/%00", 404, "not_found"),
        ("/api/v1/accounts/ada/posts?kind=all", 400, "bad_kind"),
        ("/api/v1/keys/0x12", 404, "unknown_key"),
        ("/api/v1/keys/" + "0x" + "11" * 20, 404, "unknown_key"),
        ("/api/v1/nothing", 404, "not_found"),
    ],
)
def test_problems_have_stable_codes(site: Site, path: str, status: int, code: str):
    answer = site.get(path.replace("²", "%C2%B2"))
    problem = answer.json
    assert (answer.status, problem["code"], problem["status"]) == (status, code, status)
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert set(problem) == {"type", "title", "status", "detail", "code"}


def test_the_preview_is_what_the_page_will_show(site: Site):
    assert site.post("/api/v1/render", {"body": "# A *b*\n\n<b>c"}).json == {
        "html": "<h2>A <em>b</em></h2>\n<p>&lt;b&gt;c</p>\n"
    }
    too_long = site.post("/api/v1/render", {"body": "x" * 65_537})
    assert (too_long.status, too_long.json["code"]) == (413, "document_too_large")
    escaped = site.post("/api/v1/render", {"body": "\1" * 65_536})
    assert escaped.status == 200
    for wrong in ({}, {"body": 7}, [1]):
        assert site.post("/api/v1/render", wrong).status == 400


def document(**changes: object) -> bytes:
    words = {"v": 1, "type": "post", "title": "T", "body": BODY, "parent": None, "published": 5}
    return json.dumps(
        words | changes, sort_keys=True, separators=(",", ":"), ensure_ascii=False
    ).encode()


def test_a_document_is_stored_byte_for_byte(site: Site):
    data = document(title=HOSTILE)
    answer = site.post("/api/v1/documents", data)
    assert answer.status == 201
    assert answer.json["cid"] == cid_of(bytes.fromhex(answer.json["digest"][2:]))
    assert site.get("/ipfs/" + answer.json["cid"]).body == data


@pytest.mark.parametrize(
    ("data", "status", "code"),
    [
        (b"\xff\xd8", 400, "document_not_json"),
        (b"[]", 400, "document_not_json"),
        (document(title="a\0b"), 400, "document_not_json"),
        (document() + b"\n", 400, "document_not_canonical"),
        (document(v=2), 400, "document_breaks_schema"),
        (document(title=""), 400, "document_breaks_schema"),
        (document(type="comment"), 400, "document_breaks_schema"),
        (document(tags=["Über"]), 400, "document_breaks_schema"),
        (document(body="x" * 65_537), 413, "document_too_large"),
        (b" " * (256 * 1024 + 1), 413, "document_too_large"),
    ],
)
def test_other_documents_are_refused(site: Site, data: bytes, status: int, code: str):
    answer = site.post("/api/v1/documents", data)
    assert (answer.status, answer.json["code"]) == (status, code)
