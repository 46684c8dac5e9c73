import pytest

from backend.site import formats
from indexer.rewards import ETHER


@pytest.mark.parametrize(
    ("wei", "text"),
    [
        (0, "0"),
        (1, "< 0.001"),
        (10**15, "0.001"),
        (1_999_999 * 10**12, "1.999"),
        (1234 * ETHER + ETHER // 2, "1,234.5"),
        (-3 * ETHER, "−3"),
    ],
)
def test_wei_are_rounded_towards_zero(wei, text):
    assert formats.lrl(wei) == text


def test_an_estimate_has_no_needless_decimals():
    assert [formats.about(n * ETHER // 1000) for n in (1_234_567, 1_234, 123)] == [
        "1,234",
        "1.23",
        "0.123",
    ]


@pytest.mark.parametrize(
    ("time", "text"),
    [
        (995, "just now"),
        (1045, "in 45 s"),
        (1000 + 6 * 60 + 5, "in 6 min"),
        (1000 - 3 * 3600, "3 h ago"),
        (1000 - 86_400, "1 day ago"),
        (1000 - 2 * 86_400, "2 days ago"),
        (1000 - 31 * 86_400, "1 Dec 1969"),
    ],
)
def test_times_are_told_from_the_chains_present(time, text):
    assert formats.ago(time, 1000) == text


def test_a_full_bar_is_only_said_of_a_full_bar():
    assert [formats.percent(part, 1000) for part in (0, 999, 1000)] == ["0 %", "99 %", "100 %"]
    assert formats.percent(0, 0) == "0 %"
