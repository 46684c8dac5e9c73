"""Reading, sorting out and writing anew, without a chain."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from backend.steem.documents import document, tags, title
from backend.steem.plan import (
    BAD_HANDLE,
    BAD_SHARES,
    NOT_A_LINE,
    ORPHAN,
    TWICE,
    TWICE_VOTED,
    plan,
    rounds,
    stake_for,
    weight_for,
)
from backend.steem.read import (
    PLAIN,
    Ballot,
    NotAnImport,
    Options,
    Outcome,
    SteemPost,
    Unread,
    piece,
    read_posts,
)
from indexer.content.documents import MAX_BODY, parse
from indexer.rewards import DUST, rshares_down, used_up

FIXTURE = Path(__file__).parent / "fixture.jsonl"


def line(**changes: Any) -> bytes:
    made = {
        "author": "oak",
        "permlink": "leaves",
        "parent_author": "",
        "parent_permlink": "trees",
        "created": "2016-04-01T12:00:00",
        "title": "Leaves",
        "body": "Green.",
        "category": "trees",
        "tags": ["trees"],
        "votes": [],
    }
    return json.dumps(made | changes).encode()


def made(**changes: Any) -> SteemPost:
    found = piece(line(**changes))
    assert isinstance(found, SteemPost)
    return found


def test_the_fixture_is_sorted_out() -> None:
    found = plan(read_posts(FIXTURE))
    assert len(found.pieces) == 55
    assert sum(p.parent is None for p in found.pieces) == 25
    assert (len(found.handles), len(found.stakes), found.votes) == (70, 70, 380)
    assert found.skipped == {
        ("posts", NOT_A_LINE): 1,
        ("posts", TWICE): 1,
        ("posts", BAD_HANDLE): 1,
        ("comments", ORPHAN): 2,
        ("votes", "their post is not imported"): 3,
        ("votes", BAD_HANDLE): 1,
        ("votes", TWICE_VOTED): 1,
        ("beneficiaries", BAD_HANDLE): 1,
    }
    for earlier, later in zip(found.pieces, found.pieces[1:], strict=False):
        assert earlier.created <= later.created
    assert [len(group) for group in rounds(found)] == [55]


def test_gzip_and_limit(tmp_path: Path) -> None:
    packed = tmp_path / "posts.gz"
    packed.write_bytes(gzip.compress(FIXTURE.read_bytes()))
    assert list(read_posts(packed)) == list(read_posts(FIXTURE))
    assert len(list(read_posts(packed, 7))) == 7
    packed.write_bytes(packed.read_bytes()[:900])
    *whole, cut = read_posts(packed)
    assert whole == list(read_posts(FIXTURE))[: len(whole)] and len(whole) > 0
    assert isinstance(cut, Unread) and cut.line == len(whole) + 1
    assert "cut short" in cut.why
    with pytest.raises(NotAnImport, match="cannot be read"):
        list(read_posts(tmp_path))


@pytest.mark.parametrize(
    "bad",
    [b"", b"[]", b'{"author": "oak"', line(created="yesterday"), line(author=""), line(body=None)],
)
def test_a_line_that_is_no_post(bad: bytes) -> None:
    found = piece(bad, 7)
    assert isinstance(found, Unread) and found.line == 7 and found.why


def test_votes_go_by_rshares_not_by_percent() -> None:
    votes = [
        {"voter": "a01", "percent": "10000", "rshares": 7},
        {"voter": "a02", "percent": 0, "rshares": 9, "time": None},
        {"voter": "a03", "percent": None, "rshares": -5},
        {"voter": "a04", "percent": "-100", "rshares": 0},
        {"voter": "a05", "percent": 100, "rshares": 0},
    ]
    assert made(votes=votes).votes == (
        Ballot("a01", 7, False),
        Ballot("a02", 9, False),
        Ballot("a03", 5, True),
        Ballot("a04", 0, True),
        Ballot("a05", 0, False),
    )


@pytest.mark.parametrize(
    ("line_of", "options"),
    [
        ({}, PLAIN),
        ({"max_accepted_payout": "1000000.000 HBD", "percent_liquid": 10_000}, PLAIN),
        ({"max_accepted_payout": "0.000 HBD"}, Options(cap=0)),
        ({"max_accepted_payout": "2.5 SBD"}, Options(cap=25 * 10**17)),
        (
            {"max_accepted_payout": {"amount": "1500", "precision": 3, "nai": "@@000000013"}},
            Options(cap=15 * 10**17),
        ),
        ({"percent_liquid": 0}, Options(liquid_bps=0)),
        ({"percent_liquid": 5_000}, Options(liquid_bps=2_500)),
        (
            {"beneficiaries": [{"account": "elm", "weight": 400}]},
            Options(shares=(("elm", 400),)),
        ),
    ],
)
def test_options(line_of: dict[str, Any], options: Options) -> None:
    assert made(**line_of).options == options


def test_an_amount_that_is_none_is_no_post() -> None:
    for bad in ("much HBD", " ", "NaN HBD"):
        assert isinstance(piece(line(max_accepted_payout=bad)), Unread)


@pytest.mark.parametrize(
    "shares",
    [
        [("elm", 5_000), ("fir", 5_001)],
        [("elm", 1), ("elm", 1)],
        [("elm", 0)],
        [(f"elm{n}", 1) for n in range(9)],
    ],
)
def test_shares_that_no_post_can_have_stay_the_authors(shares: list[tuple[str, int]]) -> None:
    found = plan([made(beneficiaries=[{"account": a, "weight": w} for a, w in shares])])
    assert found.pieces[0].options == PLAIN and found.handles == ("oak",)
    assert found.skipped == {("beneficiaries", BAD_SHARES): len(shares)}


def test_a_beneficiary_gets_an_account() -> None:
    shares = [{"account": "elm", "weight": 9_000}, {"account": "fir", "weight": 1_000}]
    found = plan([made(beneficiaries=shares)])
    assert found.handles == ("oak", "elm", "fir") and not found.skipped


@given(st.integers(0, 10**14), st.integers(0, 10**14))
def test_a_vote_comes_to_its_rshares(largest: int, other: int) -> None:
    """The largest vote exactly; any other to half of a basis point of the bar, and the least that there is."""
    rshares = min(largest, other)
    stake = stake_for(largest)
    assert weight_for(Ballot("v", largest, False), stake) == 10_000
    assert rshares_down(used_up(stake, 10_000), 10**6, 86_400) == largest
    bps = weight_for(Ballot("v", rshares, True), stake)
    assert -10_000 <= bps <= -1
    got = rshares_down(used_up(stake, -bps), 10**6, 86_400)
    assert abs(got - rshares) <= (largest + DUST) // 10_000 + 1


def test_rounds_let_nobody_spend_more_than_half_a_bar() -> None:
    votes = [{"voter": "whale", "percent": 100, "rshares": 10**12}]
    pieces = [made(permlink=f"leaf-{n}", votes=votes) for n in range(60)]
    groups = list(rounds(plan(pieces)))
    assert [len(group) for group in groups] == [25, 25, 10]


def test_a_piece_is_left_out_with_all_that_answers_it() -> None:
    long = made(body="x" * (MAX_BODY + 1))
    answer = made(author="elm", permlink="re", parent_author="oak", parent_permlink="leaves")
    found = plan([long, answer])
    assert found.pieces == ()
    assert found.skipped == {
        ("posts", "no document can hold it (document_too_large)"): 1,
        ("comments", ORPHAN): 1,
    }


@pytest.mark.parametrize(
    ("found", "kept"),
    [
        (("n/a", "", "Five-person"), ("n-a", "five-person")),
        (("two words", "three_3", "FOUR!"), ("two-words", "three-3", "four")),
        (("日本語", "берёза", "ＷＩＤＥ"), ("日本語", "берёза", "wide")),
        (("--", "\u0301", "<b>"), ("b",)),
        (("a" * 40, "same", "Same"), ("a" * 32, "same")),
        (tuple("abcdefghijklm"), tuple("abcdefghij")),
    ],
)
def test_tags(found: tuple[str, ...], kept: tuple[str, ...]) -> None:
    assert tags(found) == kept


def test_titles() -> None:
    assert title(made(title="Winter\twalk\nin two lines")) == "Winter walk in two lines"
    assert title(made(title=" ", permlink="winter-walk")) == "winter walk"
    assert title(made(title="", permlink="---")) == "untitled"
    assert len(title(made(title="x" * 300))) == 256


@given(st.text(), st.text(), st.lists(st.text(max_size=50), max_size=15), st.booleans())
@example("a\0b", "\0", ["\0"], False)
def test_any_words_make_a_document_that_the_indexer_takes(
    heading: str, body: str, labels: list[str], answer: bool
) -> None:
    original = SteemPost("oak", "leaf", None, 1_460_000_000, heading, body, tuple(labels), ())
    read_back = parse(document(original, bytes(32) if answer else None))
    assert read_back.published == 1_460_000_000
    assert read_back.canonical == "https://steemit.com/@oak/leaf"
    assert (read_back.parent is None) is not answer


@pytest.mark.parametrize(
    ("payout", "curators", "mills"),
    [
        (0.942, "0.471 HBD", (942, 471)),  # all that was paid
        (3, "0.000 HBD", (3000, 0)),
        ("0.471 HBD", "0.471 HBD", (942, 471)),  # the authors' part
        ({"amount": "3000", "precision": 3}, {"amount": "990", "precision": 3}, (3990, 990)),
        ("2.000 SBD", None, (2000, None)),
        (None, "0.000 HBD", (None, 0)),
    ],
)
def test_what_steem_paid_in_all(payout: Any, curators: Any, mills: tuple[int | None, ...]) -> None:
    assert made(payout=payout, curator_payout=curators).outcome == Outcome(None, *mills)
