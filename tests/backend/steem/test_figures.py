"""The arithmetic and the geometry of the replay's page, with numbers worked by hand."""

from dataclasses import replace

import pytest

from backend.site.charts import ceiling, curves, grid, scatter, side_by_side, spaced, stacked
from backend.steem.pages.figures import gini, lorenz, newcomers, share, week_of, weeks
from backend.steem.pages.queries import Own, Replayed
from backend.steem.pages.report import report, returned
from backend.steem.pages.routes import day_label, percents

DAY = 86_400
MONDAY = 1_467_590_400  # 4 July 2016
VEST = 10**9


@pytest.mark.parametrize(
    ("values", "found"),
    [
        ([5, 5, 5, 5], 0.0),
        ([0, 0, 0, 8], 0.75),  # one of four has all: 1 - 1/4
        ([1, 3], 0.25),  # mean difference 2·2/4 = 1, over twice the mean of 2
        ([3, 1, 2], 2 / 9),  # differences: 8 over all nine pairs; 8/9 over twice the mean of 2
        ([7], 0.0),
        ([0, 0], None),
        ([], None),
    ],
)
def test_gini(values: list[int], found: float | None):
    assert gini(values) == (found if found is None else pytest.approx(found))


def test_gini_of_wei_is_exact_enough():
    assert gini([10**27, 3 * 10**27]) == pytest.approx(0.25)


def test_lorenz():
    assert lorenz([2, 1, 1]) == [(0, 0), (1 / 3, 0.25), (2 / 3, 0.5), (1, 1)]
    assert lorenz([0, 0]) == [] == lorenz([])
    many = lorenz(range(1000), points=4)
    assert [x for x, _ in many] == [0, 0.25, 0.5, 0.75, 1]
    assert many[2][1] == pytest.approx(sum(range(500)) / sum(range(1000)))


def test_weeks_begin_on_mondays():
    assert week_of(MONDAY, DAY) == week_of(MONDAY + 7 * DAY - 1, DAY) == MONDAY
    assert week_of(MONDAY - 1, DAY) == MONDAY - 7 * DAY
    assert weeks([MONDAY + 3, MONDAY + 15 * DAY], DAY) == [MONDAY + n * 7 * DAY for n in range(3)]
    assert weeks([], DAY) == []
    assert week_of(1000, 60) == 660  # 4 minutes, and a week of 7 of them


def test_newcomers():
    assert newcomers([{"a", "b"}, set(), {"b", "c"}, {"a", "c"}]) == [2, 0, 1, 0]
    assert share(1, 4) == 0.25 and share(1, 0) == 0


PIECE = Replayed(
    post=bytes(32),
    handle="ada",
    permlink="one",
    depth=0,
    created_at=MONDAY - 7 * DAY,
    cashout_at=MONDAY,
    seq=1,
    net_rshares=400,
    author=40,
    others=10,
    curators=50,
    steem_net_rshares=400,
    steem_paid=1000,
    steem_curators=250,
    votes=3,
    rshares=500,
    own=Own(100, 2),
)


@pytest.mark.parametrize(
    ("own", "net", "wei"),
    [
        (Own(100, 2), 400, 2 * VEST + 10),  # a quarter of the author's 40, and its curation
        (Own(500, 2), 400, 2 * VEST + 40),  # more than all that is left after votes against
        (Own(-100, 0), 400, 0),
        (Own(100, 0), -5, 0),
        (None, 400, 0),
    ],
)
def test_what_an_own_vote_returned(own: Own | None, net: int, wei: int):
    assert returned(replace(PIECE, own=own, net_rshares=net)) == wei


def test_a_report():
    second = replace(
        PIECE,
        handle="ben",
        permlink="two",
        created_at=MONDAY,
        cashout_at=MONDAY + 7 * DAY,
        seq=2,
        depth=1,
        author=300,
        others=0,
        curators=0,
        steem_paid=3000,
        steem_curators=0,
        own=None,
    )
    third = replace(second, permlink="three", seq=3, handle="ada", author=100, steem_paid=None)
    fourth = replace(second, permlink="four", seq=4, handle="cleo", author=0, steem_paid=0)
    found = report([PIECE, second, third, fourth], [(1, 3), (2, 1)], DAY)
    assert (found.pieces, found.posts, found.known) == (4, 1, 3)
    one, two = found.payouts
    assert (one.start, one.pieces, one.authors, one.curators) == (MONDAY, 1, 50, 50)
    assert (one.known, one.steem_authors, one.steem_curators) == (100, 750, 250)
    assert (one.votes, one.rshares, one.own_votes, one.own_rshares) == (3, 500, 1, 100)
    assert one.own_wei == 2 * VEST + 10
    assert (two.pieces, two.paid, two.known, two.steem) == (3, 400, 300, 3000)
    assert (found.total("paid"), found.total("steem")) == (500, 4000)
    assert [(w.authors, w.first) for w in found.writing] == [(1, 1), (3, 2)]
    # ada 50 + 100, ben 300, cleo 0; of the known pieces 50, 300, 0; on Steem 750, 3000, 0
    assert (found.authors.people, found.authors.paid) == (3, 2)
    assert found.authors.gini == pytest.approx(4 / 9)
    assert found.authors.gini_paid == pytest.approx(1 / 6)
    assert found.known_authors.gini == pytest.approx(2 * (2 * 50 + 3 * 300) / (3 * 350) - 4 / 3)
    assert found.steem_authors.gini == pytest.approx(2 * (2 * 750 + 3 * 3000) / (3 * 3750) - 4 / 3)
    assert found.curators.gini == pytest.approx(0.25)
    assert found.spearman == pytest.approx(1.0)
    assert [(r.piece.permlink, r.rank, r.steem_rank) for r in found.top] == [
        ("two", 1, 1),
        ("one", 2, 2),
    ]
    assert found.points == [(0.25, 0.25), (0.75, 0.75)]
    assert (found.paid_by_both, found.paid_by_us_alone, found.paid_by_steem_alone) == (2, 0, 0)


def test_bars_upon_each_other():
    made = stacked([("a", "first", [1, 0]), ("b", "second", [3, 2])], ["x", "y"], "{:g}".format)
    assert made.y == ["0", "1", "2", "3", "4"] and made.x == ["x", "y"]
    # Each bar has 500 of room and 15 % of it free on either side; 4 is the whole height of 400.
    assert made.series[0].path == "M75 300h350v100h-350z"
    assert made.series[1].path == "M75 0h350v300h-350zM575 200h350v200h-350z"


def test_bars_beside_each_other():
    made = side_by_side([("a", "first", [1]), ("b", "second", [0.5])], ["x"], "{:g}".format)
    assert [s.path for s in made.series] == ["M150 0h350v400h-350z", "M500 200h350v200h-350z"]


def test_curves_within_one():
    made = curves([("a", "first", [(0, 0), (0.5, 0.25), (1, 1)]), ("b", "second", [])], percents)
    assert made.series[0].path == "M0 400L1000 0"
    assert made.series[1].path == "M0 400L500 300L1000 0" and made.series[2].path == ""
    assert made.x == made.y == ["0 %", "25 %", "50 %", "75 %", "100 %"]


def test_dots_on_powers_of_ten():
    points = [(1, 1), (1e-3, 1e-6), (1e-9, 1e-3), (1.0000001e-3, 1e-6)]
    made = scatter(points, "a", "first", percents)
    assert made.series[1].path == "M0 200h0M500 400h0M1000 0h0"
    assert made.y == ["0.0001 %", "0.01 %", "1 %", "100 %"]
    assert scatter([], "a", "first", percents).series[1].path == ""


def test_axes():
    tops = [ceiling(v) for v in (0, 1, 1.1, 9, 11, 320, 0.07)]
    assert tops == pytest.approx([1, 1, 1.2, 10, 12, 320, 0.08])
    assert grid(2) == "M0 0h1000M0 200h1000M0 400h1000"
    assert grid(1, 1) == "M0 0h1000M0 400h1000M0 0v400M1000 0v400"
    assert spaced(list("abcde")) == list("abcde")
    assert spaced([str(n) for n in range(29)]) == ["0", "7", "14", "21", "28"]
    assert spaced([str(n) for n in range(24)]) == ["0", "6", "12", "17", "23"]
    assert spaced([]) == []
    assert day_label(MONDAY) == "4 Jul"
    assert [percents(x) for x in (0, 0.5, 1e-6, 1)] == ["0 %", "50 %", "0.0001 %", "100 %"]
