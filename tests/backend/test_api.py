"""What can be read from the API, page by page, and what it says when asked wrongly."""

import json
import re

import pytest
from sqlalchemy import select

from indexer.content.cid import cid_of
from indexer.schema import Post
from tests.backend.conftest import Site
from tests.backend.world import BODY, DAY, ETHER, GONE, HOSTILE, INDEX, QUIET, SHARED, VEST

SWIFTS = "The swifts are back on our street"


def post(site: Site, name: str) -> str:
    return "/api/laurel/v1/posts/0x" + site.world.posts[name].hex()


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
    chain = site.get("/api/laurel/v1/chain").json
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
    power = int(payout["vests"]) + int(payout["curation"])
    total = int(payout["liquid"]) + power * 10**9
    assert int(payout["total"]) == total > 0


def test_a_settled_post_says_what_it_paid(site: Site):
    payout = site.get(post(site, "Counting the swifts of 2025")).json["payout"]
    assert payout == {
        "state": "paid",
        "total": str(84 * ETHER),
        "liquid": str(21 * ETHER),
        "vests": str(21 * 10**9),
        "curation": str(42 * 10**9),
        "returned": "0",
        "beneficiaries": [],
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
    statement = select(Post.id).where(Post.depth == 0, Post.removed.is_(False))
    statement = statement.order_by(key.desc(), Post.seq.desc())
    with site.engine.connect() as connection:
        expected = ["0x" + found.hex() for found in connection.scalars(statement)]
    assert walk(site, f"/api/laurel/v1/posts?feed={feed}&limit=3", "posts") == expected
    assert len(expected) > 9


def test_what_is_posted_meanwhile_moves_no_page(site: Site):
    first = site.get("/api/laurel/v1/posts?limit=4").json
    before = site.get(f"/api/laurel/v1/posts?limit=4&cursor={first['next']}").json
    site.world.post("Only just now", "dora-1", 0)
    site.world.save(site.engine)
    assert site.get(f"/api/laurel/v1/posts?limit=4&cursor={first['next']}").json == before
    assert site.get("/api/laurel/v1/posts?limit=4").json["posts"][0]["title"] == "Only just now"


def test_the_posts_and_comments_of_an_account(site: Site):
    posts = site.get("/api/laurel/v1/accounts/ben.k/posts").json["posts"]
    assert [p["state"] for p in posts] == ["unreadable", "missing"]
    comments = site.get("/api/laurel/v1/accounts/ben.k/posts?kind=comments").json["posts"]
    assert [c["depth"] for c in comments] == [5, 3, 1]


def test_an_account(site: Site):
    account = site.get("/api/laurel/v1/accounts/ada").json
    assert (account["account"], account["handle"]) == (1, "ada")
    assert account["balance"] == "12345678000000000000"
    assert int(account["mana"]) <= int(account["votingMana"]) <= int(account["effective"])
    assert account["downvoteMana"] == str(270 * VEST)


def test_an_accounts_stake_and_where_it_is(site: Site):
    account = site.get("/api/laurel/v1/accounts/ada").json
    lrl = {k: int(account[k]) // VEST for k in ("own", "delegated", "returning", "leaving", "part")}
    assert lrl == {"own": 1180, "delegated": 250, "returning": 40, "leaving": 110, "part": 10}
    assert int(account["free"]) == (1180 - 250 - 40 - 110) * VEST
    assert int(account["effective"]) == int(account["free"]) + int(account["received"])
    assert account["received"] == str(300 * VEST)
    assert account["dueAt"] == site.world.now + 5 * DAY // 2
    assert account["returnAt"] == site.world.now + 7 * DAY // 2
    assert account["stakeReward"] == str((1180 * VEST * INDEX >> 64) * 10**9)
    idle = site.get("/api/laurel/v1/accounts/dora-1").json
    assert (idle["dueAt"], idle["returnAt"], idle["free"]) == (None, None, "0")


def test_who_may_recover_an_account(site: Site):
    ada, ben, cleo = (
        site.get(f"/api/laurel/v1/accounts/{h}").json for h in ("ada", "ben.k", "cleo")
    )
    assert ada["recovery"] == {"account": 3, "handle": "cleo"}
    change = {"at": site.world.now + 20 * DAY, "account": 2, "handle": "ben.k"}
    assert (ada["recoveryChange"], ada["recoveryRequest"]) == (change, None)
    assert (ben["recovery"], ben["recoveryChange"]) == (None, None)
    assert cleo["recoveryRequest"]["readyAt"] == site.world.now + 2 * DAY
    assert re.fullmatch("0x[0-9a-fA-F]{40}", cleo["recoveryRequest"]["newOwner"])


def test_delegations_both_ways_page_by_page(site: Site):
    path = "/api/laurel/v1/accounts/ada/delegations"
    first = site.get(f"{path}?limit=1").json
    rest = site.get(f"{path}?limit=1&cursor={first['next']}").json
    assert [first["delegations"], rest["delegations"], rest["next"]] == [
        [{"account": 4, "handle": "dora-1", "vests": str(50 * VEST)}],
        [{"account": 2, "handle": "ben.k", "vests": str(200 * VEST)}],
        None,
    ]
    received = site.get(f"{path}?direction=in").json["delegations"]
    assert received == [{"account": 3, "handle": "cleo", "vests": str(300 * VEST)}]


def test_wallet_history(site: Site):
    first = site.get("/api/laurel/v1/accounts/ada/entries?limit=3").json
    rest = site.get(f"/api/laurel/v1/accounts/ada/entries?cursor={first['next']}").json
    kinds = [e["kind"] for e in first["entries"] + rest["entries"]]
    assert kinds == [
        *("power-down-release", "stake-reward", "transfer-out"),
        *("curation", "author", "power-up", "deposit"),
    ]
    assert first["entries"][2]["wei"] == str(-25 * ETHER)
    assert first["entries"][2]["other"] == {"account": 2, "handle": "ben.k"}
    assert first["entries"][1]["other"] is None


def test_keys(site: Site):
    keys = site.get("/api/laurel/v1/accounts/ada/keys").json["keys"]
    assert sorted((k["role"], k["state"]) for k in keys) == [
        ("owner", "live"),
        ("posting", "expired"),
        ("posting", "live"),
        ("posting", "revoked"),
        ("posting", "void"),
    ]
    assert all(k["live"] == (k["state"] == "live") for k in keys)
    assert [k["revokedAt"] for k in keys if k["revoked"]] == [site.world.now - 3600]
    address = site.world.keys["ada"].address
    key = site.get(f"/api/laurel/v1/keys/{address.lower()}").json
    assert (key["handle"], key["account"], key["role"]) == ("ada", 1, "owner")


def test_options_beneficiaries_and_an_edit(site: Site):
    row = site.get(post(site, SHARED)).json
    assert row["options"] == {
        "maxAcceptedPayout": str(500 * ETHER),
        "liquidBps": 0,
        "allowVotes": True,
        "allowCurationRewards": False,
    }
    payout = row["payout"]
    shares = payout["beneficiaries"]
    assert [(s["handle"], s["bps"], s["liquid"]) for s in shares] == [
        ("ben.k", 3000, "0"),
        ("dora-1", 1250, "0"),
    ]
    assert [int(s["vests"]) for s in shares] == [75 * VEST, 31_250_000_000]
    assert (int(payout["vests"]), payout["curation"]) == (143_750_000_000, "0")
    assert int(payout["returned"]) > 250 * ETHER  # above the cap, and the voters' half
    assert row["editedAt"] == site.world.now - 600
    assert (row["digest"] != row["current"]) and row["title"] == SHARED
    assert row["cid"] == cid_of(bytes.fromhex(row["current"][2:]))
    assert site.get(post(site, SWIFTS)).json["editedAt"] is None


def test_a_removed_post_is_gone_everywhere(site: Site):
    for tail in ("", "/comments", "/votes"):
        answer = site.get(post(site, GONE) + tail)
        assert (answer.status, answer.json["code"]) == (410, "post_removed")
    for feed in ("/api/laurel/v1/posts?limit=100", "/api/laurel/v1/accounts/ada/posts?limit=100"):
        titles = [row["title"] for row in site.get(feed).json["posts"]]
        assert QUIET in titles and GONE not in titles
    gone = site.get(post(site, "c11"))
    assert gone.status == 410
    comments = site.get(post(site, SWIFTS) + "/comments?limit=100").json["comments"]
    assert gone.json["code"] and "0x" + site.world.posts["c11"].hex() not in [
        c["id"] for c in comments
    ]


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/api/laurel/v1/posts?feed=best", 400, "unknown_feed"),
        ("/api/laurel/v1/posts?limit=0", 400, "bad_limit"),
        ("/api/laurel/v1/posts?limit=101", 400, "bad_limit"),
        ("/api/laurel/v1/posts?limit=²", 400, "bad_limit"),
        ("/api/laurel/v1/posts?limit=000000001000000", 400, "bad_limit"),
        ("/api/laurel/v1/posts?limit=00000000120", 400, "bad_limit"),
        ("/api/laurel/v1/posts?limit=" + "1" * 5000, 400, "bad_limit"),
        ("/api/laurel/v1/posts?cursor=x", 400, "bad_cursor"),
        ("/api/laurel/v1/posts?cursor=1.5_7", 400, "bad_cursor"),
        ("/api/laurel/v1/posts?cursor=99999999999999999999", 400, "bad_cursor"),
        ("/api/laurel/v1/posts?feed=hot&cursor=7", 400, "bad_cursor"),
        ("/api/laurel/v1/posts/0x12", 404, "unknown_post"),
        ("/api/laurel/v1/posts/" + "ab" * 32, 404, "unknown_post"),
        ("/api/laurel/v1/accounts/nobody", 404, "unknown_account"),
        ("/api/laurel/v1/accounts/ada%00", 404, "not_found"),
        ("/api/laurel/v1/tickets/%00", 404, "not_found"),
        ("/api/laurel/v1/accounts/ada/posts?kind=all", 400, "bad_kind"),
        ("/api/laurel/v1/accounts/ada/delegations?direction=up", 400, "bad_direction"),
        ("/api/laurel/v1/accounts/ada/delegations?cursor=x", 400, "bad_cursor"),
        ("/api/laurel/v1/accounts/nobody/delegations", 404, "unknown_account"),
        ("/api/laurel/v1/keys/0x12", 404, "unknown_key"),
        ("/api/laurel/v1/keys/" + "0x" + "11" * 20, 404, "unknown_key"),
        ("/api/laurel/v1/nothing", 404, "not_found"),
    ],
)
def test_problems_have_stable_codes(site: Site, path: str, status: int, code: str):
    answer = site.get(path.replace("²", "%C2%B2"))
    problem = answer.json
    assert (answer.status, problem["code"], problem["status"]) == (status, code, status)
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert set(problem) == {"type", "title", "status", "detail", "code"}


def test_the_preview_is_what_the_page_will_show(site: Site):
    assert site.post("/api/laurel/v1/render", {"body": "# A *b*\n\n<b>c"}).json == {
        "html": "<h2>A <em>b</em></h2>\n<p>&lt;b&gt;c</p>\n"
    }
    table = site.post("/api/laurel/v1/render", {"body": "|a|\n|-|\n|b|"}).json["html"]
    assert table.startswith('<div class="scroll" tabindex="0"') and table.endswith("</div>\n")
    too_long = site.post("/api/laurel/v1/render", {"body": "x" * 65_537})
    assert (too_long.status, too_long.json["code"]) == (413, "document_too_large")
    escaped = site.post("/api/laurel/v1/render", {"body": "\1" * 65_536})
    assert escaped.status == 200
    for wrong in ({}, {"body": 7}, [1]):
        assert site.post("/api/laurel/v1/render", wrong).status == 400


def document(**changes: object) -> bytes:
    words = {"v": 1, "type": "post", "title": "T", "body": BODY, "parent": None, "published": 5}
    return json.dumps(
        words | changes, sort_keys=True, separators=(",", ":"), ensure_ascii=False
    ).encode()


def test_a_document_is_stored_byte_for_byte(site: Site):
    data = document(title=HOSTILE)
    answer = site.post("/api/laurel/v1/documents", data)
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
    answer = site.post("/api/laurel/v1/documents", data)
    assert (answer.status, answer.json["code"]) == (status, code)
