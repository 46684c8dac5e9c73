"""The pace of a long run as a picture."""

from collections.abc import Sequence

WIDTH, HEIGHT, LEFT, TOP = 720, 320, 70, 40


def rates(marks: Sequence[tuple[float, int]], parts: int) -> list[float]:
    """Events a second in each of `parts` equal shares of all events. marks: seconds, events so far."""
    total, found, index = marks[-1][1], [], 0
    began, had = 0.0, 0
    for part in range(1, parts + 1):
        while marks[index][1] < total * part / parts:
            index += 1
        seconds, events = marks[index]
        found.append((events - had) / (seconds - began))
        began, had = seconds, events
    return found


def drawn(each: Sequence[float], events: int, title: str) -> str:
    """An SVG: a bar for the rate of each equal share of `events`."""
    top, step = max(each) * 1.1, (WIDTH - LEFT - 10) / len(each)
    bars, lines = [], []
    for number, rate in enumerate(each):
        high = (HEIGHT - 2 * TOP) * rate / top
        x, y = LEFT + number * step, HEIGHT - TOP - high
        bars.append(
            f'<rect x="{x + 2:.1f}" y="{y:.1f}" width="{step - 4:.1f}" height="{high:.1f}"/>'
            f'<text x="{x + step / 2:.1f}" y="{y - 5:.1f}" text-anchor="middle">{rate:,.0f}</text>'
            f'<text x="{x + step / 2:.1f}" y="{HEIGHT - TOP + 16}" text-anchor="middle">'
            f"{events * (number + 1) / len(each) / 1e6:g} M</text>"
        )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'font-family="system-ui, sans-serif" font-size="11"><title>{title}</title>'
        "<style>:root{color-scheme:light dark}text{fill:#555}rect{fill:#2f7d4f}"
        "@media(prefers-color-scheme:dark){text{fill:#bbb}rect{fill:#6fbf8f}}</style>"
        f'<text x="{LEFT}" y="20" font-size="14">{title}</text>{"".join(bars + lines)}</svg>\n'
    )
