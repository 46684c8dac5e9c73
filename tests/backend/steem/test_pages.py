"""The page of a replayed history: real posts' stand-ins on a real chain, paid out and claimed, mirrored and served."""

import threading
from collections import defaultdict
from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest
from playwright.sync_api import Browser
from sqlalchemy import delete, insert
from werkzeug.serving import make_server

from backend.app import create_app
from backend.site.database import migrate_node
from backend.steem.documents import document
from backend.steem.plan import Plan, plan
from backend.steem.read import read_posts
from backend.steem.record import finish, keep
from backend.steem.tables import SteemPiece
from backend.steem.tally import Counts
from indexer.content.cid import cid_of
from indexer.protocol.actions import post_id, sha256
from indexer.rewards import WEI_PER_VEST
from tests.backend.conftest import Site
from tests.backend.steem.node import furnished, run
from tests.backend.steem.test_import import FIXTURE
from tests.backend.test_browser import AXE, OPEN_REST, SMALL_TARGETS, violations
from tests.backend.test_pages import Tags
from tests.chain import running_anvil
from tests.indexer.mirrors import mirror_of, rows

PAGE = 20 * 1024
RUN = {
    "began": 1_458_432_000,
    "ended": 1_475_000_000,
    "counts": {"made": {"votes": 380}, "gas": {}, "skipped": [["votes", "<b>late</b>", 3]]},
    "gas": 31_000_000,
    "seconds": 61.5,
    "rate": 9.4,
    "spearman": 0.987,
    "sizes": {"chain": 3_400_000, "database": 1_200_000, "content": 90_000},
    "verified": True,
    "verification": {"posts": 55},
}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """All of the fixture, imported, settled and claimed; what Steem paid beside it."""
    with running_anvil() as anvil:
        settings, chain = furnished(anvil, tmp_path_factory.mktemp("replay"))
        planned = plan(read_posts(FIXTURE))
        run(settings, planned)
        chain.anvil.forward(8 * 60)
        chain.send(chain.core.functions.close(400))
        with mirror_of(chain, settings.home) as mirror:
            mirror.catch_up()
            votes: dict[bytes, list[int]] = defaultdict(list)
            for vote in mirror.rows("votes"):
                votes[vote["post"]].append(vote["account"])
            chain.send(chain.core.functions.settle([row["id"] for row in mirror.rows("posts")]))
            for post, voters in votes.items():
                chain.send(chain.core.functions.claimOfPost(post, voters))
            mirror.catch_up()
            mirror.indexer.fetcher.sweep()
            migrate_node(mirror.engine)
            keep(mirror.engine, [(1, Counts(), 0.0)], ids(planned, mirror.rows("accounts")).items())
            finish(mirror.engine, RUN)
            server = make_server("127.0.0.1", 0, create_app(settings), threaded=True)
            thread = threading.Thread(target=server.serve_forever)
            thread.start()
            url = f"http://127.0.0.1:{server.port}"
            yield Site(url, mirror.engine, settings, None, server)  # type: ignore[arg-type]
            server.shutdown()
            thread.join()
            server.server_close()


def ids(planned: Plan, accounts: list[dict[str, Any]]) -> dict[bytes, Any]:
    """The plan's pieces by the ids that they have here."""
    numbers = {row["handle"]: row["id"] for row in accounts}
    found: dict[tuple[str, str], bytes] = {}
    for piece in planned.pieces:
        data = document(piece, found.get(piece.parent) if piece.parent else None)
        assert cid_of(sha256(data))
        found[piece.name] = post_id(numbers[piece.author], sha256(data))
    return {found[piece.name]: piece for piece in planned.pieces}


def spread(values: list[int]) -> float:
    """Gini's coefficient by its definition: the mean difference of all pairs over twice the mean."""
    pairs = sum(abs(a - b) for a, b in product(values, values))
    return pairs / (2 * len(values) * sum(values))


def test_the_figures_are_what_the_mirror_says(site: Site):
    found = site.get("/api/laurel/v1/steem").json
    posts, votes = rows(site.engine, "posts"), rows(site.engine, "votes")
    others: dict[bytes, int] = defaultdict(int)
    for row in rows(site.engine, "beneficiaries"):
        others[row["post"]] += row["liquid"] + row["vests"] * WEI_PER_VEST
    authors: dict[int, int] = defaultdict(int)
    for row in posts:
        authors[row["account"]] += row["liquid"] + row["vests"] * WEI_PER_VEST + others[row["id"]]
    weeks = found["payouts"]
    assert (found["pieces"], found["posts"]) == (55, 25)
    assert sum(week["pieces"] for week in weeks) == 55
    assert sum(int(week["authors"]) for week in weeks) == sum(authors.values()) > 0
    curation = sum(row["curation"] for row in posts) * WEI_PER_VEST
    assert sum(int(week["curators"]) for week in weeks) == curation > 0
    assert sum(week["votes"] for week in weeks) == len(votes) == 380
    favour = sum(row["rshares"] for row in votes if row["rshares"] > 0)
    assert sum(int(week["rshares"]) for week in weeks) == favour
    curators: dict[int, int] = defaultdict(int)
    for row in votes:
        curators[row["account"]] += row["vests"]
    assert found["spread"]["authors"]["people"] == len(authors)
    assert found["spread"]["authors"]["gini"] == pytest.approx(spread(list(authors.values())))
    assert found["spread"]["curators"]["people"] == len(curators)
    assert found["spread"]["curators"]["gini"] == pytest.approx(spread(list(curators.values())))
    assert sum(curators.values()) > 0
    assert found["writing"][0]["first"] == found["writing"][0]["authors"] > 0
    assert sum(week["first"] for week in found["writing"]) == len(authors)


def test_what_steem_paid_is_what_the_file_says(site: Site):
    found = site.get("/api/laurel/v1/steem").json
    pieces = plan(read_posts(FIXTURE)).pieces
    known = [p.outcome for p in pieces if p.outcome.payout_mills is not None]
    assert 0 < found["knownOnSteem"] == len(known) < 55
    steem = [week["steem"] for week in found["payouts"]]
    paid = sum(week["authors"] + week["curators"] for week in steem)
    assert paid == sum(o.payout_mills or 0 for o in known) > 0
    assert sum(week["curators"] for week in steem) == sum(o.curator_mills or 0 for o in known)
    top = found["compared"]["top"]
    assert [row["steem"]["paid"] for row in top] == sorted(
        (row["steem"]["paid"] for row in top), reverse=True
    )
    assert top[0]["steem"]["paid"] == max(o.payout_mills or 0 for o in known)
    counts = [found["compared"][name] for name in ("both", "hereAlone", "steemAlone")]
    assert 0 < sum(counts) <= len(known)


def test_votes_for_oneself(site: Site):
    weeks = site.get("/api/laurel/v1/steem").json["payouts"]
    posts = {row["id"]: row for row in rows(site.engine, "posts")}
    own = [v for v in rows(site.engine, "votes") if v["account"] == posts[v["post"]]["account"]]
    own = [vote for vote in own if vote["rshares"] > 0]
    assert sum(week["own"]["votes"] for week in weeks) == len(own)
    assert sum(int(week["own"]["rshares"]) for week in weeks) == sum(v["rshares"] for v in own)
    least = sum(vote["vests"] for vote in own) * WEI_PER_VEST
    assert sum(int(week["own"]["returned"]) for week in weeks) >= least


def test_every_piece_page_by_page(site: Site):
    found, cursor = [], ""
    while cursor is not None:
        more = f"&cursor={cursor}" if cursor else ""
        answer = site.get(f"/api/laurel/v1/steem/posts?limit=20{more}").json
        found += answer["posts"]
        cursor = answer["next"]
    assert len(found) == len({row["id"] for row in found}) == 55
    sums = site.get("/api/laurel/v1/steem").json["payouts"]
    assert sum(int(row["authors"]) for row in found) == sum(int(w["authors"]) for w in sums)
    for row in found[:3]:
        post = site.get(f"/api/laurel/v1/posts/{row['id']}").json
        assert post["author"]["handle"] == row["handle"]
        assert post["netRshares"] == row["netRshares"]
    assert site.get("/api/laurel/v1/steem/posts?cursor=x").json["code"] == "bad_cursor"


def test_the_page_has_a_table_beside_each_chart(site: Site):
    page = site.get("/steem", Accept_Encoding="gzip")
    assert page.status == 200 and page.size <= PAGE
    tags = Tags(page.text).tags
    names = [tag for tag, _ in tags]
    assert names.count("h1") == 1 and names.count("figure") == names.count("figcaption") == 6
    charts = [a for tag, a in tags if tag == "svg" and a.get("role") == "img"]
    assert len(charts) == 6 and all(chart["aria-label"] for chart in charts)
    assert names.count("table") == 8
    assert not any(name.startswith("on") or name == "style" for _, a in tags for name in a)
    text = " ".join(Tags(page.text).text.split())
    for words in ("Six months of Steem, replayed", "25 posts and 30 comments", "0.9870"):
        assert words in text
    assert "<b>Late</b>" in text or "<b>late</b>" in text  # as text, never as markup
    assert 'href="/steem"' in site.get("/about").text


def test_the_figures_follow_what_is_known(site: Site):
    """They are worked out once, until there are more pieces."""
    before = site.get("/api/laurel/v1/steem").json["pieces"]
    gone = rows_of_pieces(site)[0]
    with site.engine.begin() as connection:
        connection.execute(delete(SteemPiece).where(SteemPiece.post == gone["post"]))
    assert site.get("/api/laurel/v1/steem").json["pieces"] == before - 1
    with site.engine.begin() as connection:
        connection.execute(insert(SteemPiece), gone)
    assert site.get("/api/laurel/v1/steem").json["pieces"] == before


def rows_of_pieces(site: Site) -> list[dict[str, Any]]:
    with site.engine.connect() as connection:
        return [dict(row) for row in connection.execute(SteemPiece.__table__.select()).mappings()]


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 360)])
def test_axe_finds_nothing(chromium: Browser, site: Site, scheme: str, width: int):
    context = chromium.new_context(
        viewport={"width": width, "height": 800},
        color_scheme="dark" if scheme == "dark" else "light",
        reduced_motion="reduce",
        bypass_csp=True,
    )
    page = context.new_page()
    page.goto(site.url + "/steem")
    page.evaluate(OPEN_REST)
    page.add_script_tag(path=AXE)
    assert violations(page) == []
    context.close()


def test_at_320_pixels_nothing_overflows_and_labels_are_legible(chromium: Browser, site: Site):
    context = chromium.new_context(viewport={"width": 320, "height": 800})
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda m: said.append(m.text) if m.type in ("error", "warning") else None)
    page.goto(site.url + "/steem")
    for step in ("0", OPEN_REST):
        page.evaluate(step)
        assert page.evaluate("document.documentElement.scrollWidth") <= 320
        assert page.evaluate(SMALL_TARGETS) == []
    labels = page.locator(".plot li")
    assert (
        labels.evaluate_all(
            "all => Math.min(...all.map(e => parseFloat(getComputedStyle(e).fontSize)))"
        )
        >= 12
    )
    overlaps = page.locator(".plot .x").evaluate_all(
        """axes => axes.filter((axis) => {
          const boxes = [...axis.children].map((e) => {
            const words = document.createRange();
            words.selectNodeContents(e);
            return words.getBoundingClientRect();
          });
          return boxes.some((box, i) => i && box.left < boxes[i - 1].right);
        }).length"""
    )
    assert overlaps == 0 and said == []
    context.close()
