"""Feeds as they stood at a moment of the past, against what the votes themselves say."""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser
from sqlalchemy import delete, select, update

from backend.feeds import past
from backend.feeds.moments import seconds, written
from indexer.content.store import Store
from indexer.fold import ranking
from indexer.schema import Cursor, Post, Vote
from tests.backend.conftest import Site, serving
from tests.backend.test_browser import AXE, SMALL_TARGETS, violations
from tests.backend.test_pages import Tags
from tests.backend.world import DAY, DEPLOYMENT, World

VOTERS = [f"voter{n}" for n in range(20)]
POSTS, VOTES = 60, 500
AGES = [0, 3600, DAY, 2 * DAY + 777, 6 * DAY, 8 * DAY, 15 * DAY, 22 * DAY, 29 * DAY]


@dataclass(frozen=True)
class Cast:
    """A vote as it went in; `at` is seconds before the present."""

    post: str
    rshares: int
    at: int


def month(now: int, store: Store) -> World:
    """A month of posts with votes that come within their weeks; the ranks are as the indexer has them."""
    random = Random(20160704)
    world = World(now, store)
    for handle in VOTERS:
        world.account(handle)
    ages = sorted((random.randrange(30 * DAY) for _ in range(POSTS)), reverse=True)
    nets = dict.fromkeys(ages, 0)
    for age in ages:
        world.post(f"Post {age}", random.choice(VOTERS), age, body="Words.")
    pairs = [(age, voter) for age in ages for voter in VOTERS]
    for age, voter in random.sample(pairs, VOTES):
        rshares = int(10 ** random.uniform(6, 13)) * random.choice((1, 1, 1, 1, -1))
        signed = max(0, age - random.randrange(7 * DAY))
        bps = 10_000 if rshares > 0 else -10_000
        world.vote(f"Post {age}", voter, bps, rshares, signed_at=now - signed)
        nets[age] += rshares
    for age, net in nets.items():
        created = now - age
        world.change(
            f"Post {age}",
            net_rshares=net,
            hot=ranking.hot(net, created),
            trending=ranking.trending(net, created),
            settled=age > 8 * DAY,
        )
    head = {"block": 42, "hash": bytes(32), "timestamp": now}
    world.add(Cursor, id=1, chain_id=31337, core=DEPLOYMENT.core, **head)
    return world


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with serving(tmp_path_factory.mktemp("past"), month) as found:
        yield found


def expected(site: Site, feed: str, at: int) -> list[tuple[str, str, int]]:
    """(id, net rshares, votes), worked out from all rows."""
    with site.engine.connect() as connection:
        posts = connection.execute(
            select(Post.id, Post.seq, Post.created_at).where(Post.created_at <= at)
        ).all()
        votes = connection.execute(
            select(Vote.post, Vote.rshares, Vote.bps).where(Vote.signed_at <= at)
        ).all()
    rows = []
    for post in posts:
        cast = [vote for vote in votes if vote.post == post.id]
        net = sum(vote.rshares for vote in cast)
        score = 0.0 if feed == "new" else getattr(ranking, feed)(net, post.created_at)
        rows.append((score, post.seq, post.id, net, sum(vote.bps != 0 for vote in cast)))
    return [("0x" + i.hex(), str(net), count) for _, _, i, net, count in sorted(rows, reverse=True)]


def walk(site: Site, feed: str, at: int, limit: int) -> list[tuple[str, str, int]]:
    found, cursor = [], ""
    while cursor is not None:
        path = f"/api/laurel/v1/posts?feed={feed}&at={at}&limit={limit}"
        answer = site.get(path + (f"&cursor={cursor}" if cursor else "")).json
        assert answer["at"] == at
        for row in answer["posts"]:
            found.append((row["id"], row["then"]["netRshares"], row["then"]["votes"]))
        cursor = answer["next"]
    return found


@pytest.mark.parametrize("feed", ["hot", "trending", "new"])
def test_every_past_moment_is_what_its_votes_say(site: Site, feed: str):
    orders = set()
    for age in AGES:
        at = site.world.now - age
        found = walk(site, feed, at, 7)
        assert found == expected(site, feed, at), age
        assert len(found) >= (1 if age == AGES[-1] else 10)
        orders.add(tuple(row[0] for row in found))
    assert len(orders) > 6


@pytest.mark.parametrize("feed", ["hot", "trending", "new"])
def test_the_present_is_the_past_of_now(site: Site, feed: str):
    now = site.get(f"/api/laurel/v1/posts?feed={feed}&limit=100").json["posts"]
    assert [row["id"] for row in now] == [i for i, _, _ in walk(site, feed, site.world.now, 100)]


def test_the_order_of_the_past_is_not_todays(site: Site):
    """Votes that came later change ranks: what is asked for is more than today's list from a day on."""
    at = site.world.now - 8 * DAY
    today = [
        row["id"] for row in site.get("/api/laurel/v1/posts?feed=trending&limit=100").json["posts"]
    ]
    then = [found for found, _, _ in walk(site, "trending", at, 100)]
    assert then != [found for found in today if found in then]


def test_of_a_week_with_too_many_posts_the_best_of_today_are_weighed(
    site: Site, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(past, "MOST", 3)
    at = site.world.now - 8 * DAY
    found = walk(site, "trending", at, 100)
    full = expected(site, "trending", at)
    young = {row[0] for row in expected(site, "new", at)} - {
        row[0] for row in expected(site, "new", at - 7 * DAY)
    }
    assert len(young) > 3 and len(full) - len(found) == len(young) - 3
    assert found == [row for row in full if row in found]


def test_what_was_removed_is_missing_and_a_vote_taken_back_does_not_count(site: Site):
    at = site.world.now - 3 * DAY
    gone, other = (bytes.fromhex(i[2:]) for i, _, _ in expected(site, "new", at)[:2])
    with site.engine.begin() as connection:
        connection.execute(update(Post).where(Post.id == gone).values(removed=True))
        connection.execute(
            update(Vote).where(Vote.post == other).values(rshares=0, weight=0, bps=0)
        )
    found = {i: (net, votes) for i, net, votes in walk(site, "hot", at, 100)}
    assert "0x" + gone.hex() not in found and found["0x" + other.hex()] == ("0", 0)
    with site.engine.begin() as connection:
        connection.execute(delete(Vote).where(Vote.post == gone))
        connection.execute(delete(Post).where(Post.id == gone))


def test_a_moment_before_the_first_post(site: Site):
    assert site.get("/api/laurel/v1/posts?at=2016-01-01").json == {
        "posts": [],
        "next": None,
        "at": 1451606400,
    }
    for at in ("0", "0001-01-01T00:00:00+14:00", "2016-07-04"):
        page = site.get(f"/trending?at={at}".replace("+", "%2B"))
        assert page.status == 200 and "Nothing had been posted yet" in page.text, at


@pytest.mark.parametrize(
    "at",
    ["soon", "2016-07", "2016-13-01", "2016-07-04Tea", "-1", "1e9", "٣", "9" * 16, "2016-W27-1"],
)
def test_nonsense_is_refused_with_what_to_write(site: Site, at: str):
    answer = site.get(f"/api/laurel/v1/posts?at={quote(at)}")
    assert (answer.status, answer.json["code"]) == (400, "bad_moment")
    assert "2016-07-04T18:00" in answer.json["detail"]
    assert site.get(f"/trending?at={quote(at)}").status == 400


def test_the_future_is_refused(site: Site):
    for at in (site.world.now + 10 * DAY, "9999-12-31", 999_999_999_999_999):
        answer = site.get(f"/api/laurel/v1/posts?feed=hot&at={at}")
        assert (answer.status, answer.json["code"]) == (400, "future_moment")
    page = site.get("/hot?at=9999-12-31")
    assert page.status == 400 and "still to come" in page.text


def test_wrong_feeds_and_cursors(site: Site):
    assert site.get("/api/laurel/v1/posts?feed=loud&at=0").json["code"] == "unknown_feed"
    for cursor in ("x", "1", "1.0_2_3"):
        answer = site.get(f"/api/laurel/v1/posts?feed=hot&at=0&cursor={cursor}")
        assert answer.json["code"] == "bad_cursor"
    assert site.get("/api/laurel/v1/posts?feed=hot&at=0&cursor=nan_1").json["posts"] == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("2016-07-04", 1467590400),
        ("2016-07-04T18:00", 1467655200),
        ("2016-07-04 18:00:30", 1467655230),
        ("2016-07-04T18:00Z", 1467655200),
        ("2016-07-04T18:00+02:00", 1467648000),
        ("1467590400", 1467590400),
        ("1969-12-31", 0),
        ("20160704T18", None),
    ],
)
def test_moments(text: str, found: int | None):
    assert seconds(text) == found
    if found:
        assert seconds(written(found)) == found


def test_moments_are_written_short():
    assert [written(t) for t in (1467590400, 1467655230)] == ["2016-07-04", "2016-07-04T18:00:30"]


def test_the_page_says_which_moment_it_shows_and_leads_on(site: Site):
    at = site.world.now - 10 * DAY
    page = site.get(f"/trending?at={at}")
    text = " ".join(Tags(page.text).text.split())
    assert "Trending posts as they stood on" in text and "then," in text and "LRL now" in text
    assert f'href="/hot?at={written(at)}"' in page.text
    assert f'href="/trending?at={written(at - DAY)}"' in page.text
    assert f'href="/trending?at={written(at + DAY)}"' in page.text
    assert f'href="?at={written(at)}&amp;cursor=' in page.text
    front = site.get(f"/?at={at}")
    assert "Hot posts as they stood on" in " ".join(Tags(front.text).text.split())


def test_without_javascript_one_looks_back_by_a_form(chromium: Browser, site: Site):
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(site.url + "/trending")
    day = written((site.world.now - 9 * DAY) // DAY * DAY)
    page.get_by_label("Day", exact=True).fill(day)
    page.get_by_role("button", name="Show").click()
    assert page.url == f"{site.url}/trending?at={day}"
    assert page.get_by_role("heading", level=1).inner_text().startswith("Trending posts as they")
    shown = page.locator("article h2 a").evaluate_all("links => links.map(a => a.pathname)")
    answer = site.get(f"/api/laurel/v1/posts?feed=trending&at={day}").json["posts"]
    assert shown == ["/post/" + row["id"][2:] for row in answer]
    page.get_by_role("link", name="Older posts").click()
    assert f"at={day}" in page.url
    page.get_by_role("link", name="Now", exact=True).click()
    assert page.url == f"{site.url}/trending"
    context.close()


@pytest.mark.parametrize(("scheme", "width"), [("light", 320), ("dark", 1280)])
def test_axe_finds_nothing_and_nothing_overflows(
    chromium: Browser, site: Site, scheme: str, width: int
):
    context = chromium.new_context(
        viewport={"width": width, "height": 800},
        color_scheme="dark" if scheme == "dark" else "light",
        reduced_motion="reduce",
        bypass_csp=True,
    )
    page = context.new_page()
    for at in (site.world.now - 9 * DAY, 0):
        page.goto(f"{site.url}/hot?at={at}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.evaluate(SMALL_TARGETS) == []
        page.add_script_tag(path=AXE)
        assert violations(page) == []
    context.close()
