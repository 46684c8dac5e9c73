"""Charts as the paths of an SVG of WIDTH × HEIGHT, which a page stretches to its own width; labels stand beside
it as text, evenly spaced, so that they stay readable at any width. Pure.

Values grow upwards, SVG's coordinates downwards.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import floor, log10

WIDTH, HEIGHT = 1000, 400
STEPS = 4
"""Parts that a linear axis is cut into."""
POWERS = 6
LEAST = 10.0**-POWERS
"""The least value on a logarithmic axis, which ends at 1; every second power of ten has its label."""
LABELS = 5
"""Labels below a chart at the most."""
_TOPS = (1, 1.2, 1.6, 2, 2.4, 3.2, 4, 6, 8, 10)
_GAP = 0.15
"""The part of a bar's room that stays empty on either side."""


@dataclass(frozen=True)
class Series:
    """One kind of thing: its name in the legend, the class that colours it, its path."""

    name: str
    kind: str
    path: str


@dataclass(frozen=True)
class Chart:
    """`grid`: the path of its lines. Labels: `y` from below to above, `x` from left to right."""

    series: list[Series]
    grid: str
    y: list[str]
    x: list[str]


def stacked(
    columns: Sequence[tuple[str, str, Sequence[float]]],
    x: Sequence[str],
    label: Callable[[float], str],
) -> Chart:
    """Bars upon each other. columns: (name, class, a value for each bar)."""
    count = len(x)
    heights = [sum(values[i] for _, _, values in columns) for i in range(count)]
    top = ceiling(max(heights, default=0))
    base = [0.0] * count
    series = []
    for name, kind, values in columns:
        bars = [_bar(i, count, 0, 1, base[i], base[i] + v, top) for i, v in enumerate(values)]
        series.append(Series(name, kind, "".join(bars)))
        base = [b + v for b, v in zip(base, values, strict=True)]
    return Chart(series, grid(STEPS), _scale(top, label), spaced(x))


def side_by_side(
    columns: Sequence[tuple[str, str, Sequence[float]]],
    x: Sequence[str],
    label: Callable[[float], str],
) -> Chart:
    """Bars beside each other. columns: as with `stacked`."""
    top = ceiling(max((v for _, _, values in columns for v in values), default=0))
    series = []
    for place, (name, kind, values) in enumerate(columns):
        bars = [_bar(i, len(x), place, len(columns), 0, v, top) for i, v in enumerate(values)]
        series.append(Series(name, kind, "".join(bars)))
    return Chart(series, grid(STEPS), _scale(top, label), spaced(x))


def curves(
    lines: Sequence[tuple[str, str, Sequence[tuple[float, float]]]], label: Callable[[float], str]
) -> Chart:
    """Lines within 0 to 1 both ways, and the diagonal. lines: (name, class, points)."""
    series = [Series("all alike", "even", f"M0 {HEIGHT}L{WIDTH} 0")]
    for name, kind, points in lines:
        steps = (f"{_n(px * WIDTH)} {_n(HEIGHT - py * HEIGHT)}" for px, py in points)
        series.append(Series(name, kind, "M" + "L".join(steps) if points else ""))
    marks = [label(i / STEPS) for i in range(STEPS + 1)]
    return Chart(series, grid(STEPS, STEPS), marks, marks)


def scatter(
    points: Sequence[tuple[float, float]], name: str, kind: str, label: Callable[[float], str]
) -> Chart:
    """Dots on axes of powers of ten from LEAST to 1, and the diagonal. Equal dots are drawn once, and dots
    below LEAST at the edge. All coordinates are above 0 and at most 1."""
    dots = sorted(
        {(round(_power(px) * WIDTH), round(HEIGHT - _power(py) * HEIGHT)) for px, py in points}
    )
    path = "".join(f"M{px} {py}h0" for px, py in dots)
    marks = [label(10.0**-power) for power in range(POWERS, -1, -2)]
    even = Series("the same on both", "even", f"M0 {HEIGHT}L{WIDTH} 0")
    return Chart([even, Series(name, kind, path)], grid(POWERS, POWERS), marks, marks)


def ceiling(value: float) -> float:
    """A round number that is no less than `value`, and that can be cut into STEPS parts."""
    if value <= 0:
        return 1.0
    unit = 10.0 ** floor(log10(value))
    return next(top * unit for top in _TOPS if top * unit >= value * (1 - 1e-9))


def grid(rows: int, columns: int = 0) -> str:
    """Lines that cut the chart into so many rows and columns."""
    across = (f"M0 {_n(HEIGHT * i / rows)}h{WIDTH}" for i in range(rows + 1))
    down = (f"M{_n(WIDTH * i / columns)} 0v{HEIGHT}" for i in range(columns + 1 if columns else 0))
    return "".join((*across, *down))


def spaced(labels: Sequence[str]) -> list[str]:
    """All labels; of more than LABELS, the first, the last and evenly spaced ones between."""
    last = len(labels) - 1
    if last < LABELS:
        return list(labels)
    return [labels[round(last * i / (LABELS - 1))] for i in range(LABELS)]


def _bar(i: int, count: int, place: int, places: int, low: float, high: float, top: float) -> str:
    """A bar in the `place`th of `places` parts of the room of the `i`th of `count`; an empty text for no height."""
    if high <= low:
        return ""
    room = WIDTH / count
    width = room * (1 - 2 * _GAP) / places
    left = room * (i + _GAP) + place * width
    height = (high - low) / top * HEIGHT
    return f"M{_n(left)} {_n(HEIGHT - high / top * HEIGHT)}h{_n(width)}v{_n(height)}h{_n(-width)}z"


def _power(value: float) -> float:
    """Where on a logarithmic axis a value stands, from 0 to 1."""
    return 1 + log10(max(value, LEAST)) / POWERS


def _scale(top: float, label: Callable[[float], str]) -> list[str]:
    return [label(top * i / STEPS) for i in range(STEPS + 1)]


def _n(value: float) -> str:
    """A coordinate to a tenth."""
    return f"{value:.1f}".rstrip("0").rstrip(".")
