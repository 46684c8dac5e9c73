"""The arithmetic of the replay's page. Pure."""

from collections.abc import Iterable, Sequence

WEEK_DAYS = 7
_MONDAY = 4
"""Days from 1 January 1970, a Thursday, to a Monday."""


def gini(values: Iterable[float]) -> float | None:
    """Gini's coefficient of amounts that are not negative: 0 where all have the same, near 1 where one has all.

    None where there is nothing to share. (G = 2 Σ i·x_i / (n Σ x) - (n + 1) / n, with x rising and i from 1.)
    """
    rising = sorted(values)
    total = sum(rising)
    if not total:
        return None
    n = len(rising)
    weighted = sum(i * value for i, value in enumerate(rising, 1))
    return 2 * weighted / (n * total) - (n + 1) / n


def lorenz(values: Iterable[float], points: int = 100) -> list[tuple[float, float]]:
    """Lorenz's curve: (share of the people, the poorest first; share of all that they have), from (0, 0) to
    (1, 1), in `points` steps at the most. Empty where there is nothing to share."""
    rising = sorted(values)
    total = sum(rising)
    if not total:
        return []
    n = len(rising)
    marks = {n * step // points for step in range(1, points + 1)}
    curve, have = [(0.0, 0.0)], 0.0
    for i, value in enumerate(rising, 1):
        have += value
        if i in marks:
            curve.append((i / n, have / total))
    return curve


def week_of(time: int, day: int) -> int:
    """The beginning of the week of 7 DAY that `time` is in, in seconds; with real days, its Monday in UTC."""
    offset = _MONDAY * day
    return (time - offset) // (WEEK_DAYS * day) * WEEK_DAYS * day + offset


def weeks(times: Iterable[int], day: int) -> list[int]:
    """The beginnings of all weeks from the first of these times to the last."""
    found = {week_of(time, day) for time in times}
    return list(range(min(found), max(found) + 1, WEEK_DAYS * day)) if found else []


def share(part: float, whole: float) -> float:
    """How much of `whole` is `part`; 0 if `whole` is 0."""
    return part / whole if whole else 0.0


def newcomers(active: Sequence[set[str]]) -> list[int]:
    """For each period, in order of time: how many of those active in it were not active before."""
    known: set[str] = set()
    found = []
    for people in active:
        found.append(len(people - known))
        known |= people
    return found
