"""Numbers and times in words for people. Pure; times are the chain's seconds."""

from datetime import UTC, datetime

from indexer.rewards import ETHER, WEI_PER_VEST


def lrl(wei: int, places: int = 3) -> str:
    """Wei as LRL, rounded towards zero to `places`: 1,234.5; a smaller amount than they show is < 0.001."""
    if wei < 0:
        return "−" + lrl(-wei, places)
    unit = 10 ** (18 - places)
    if 0 < wei < unit:
        return f"< {1 / 10**places:.{places}f}"
    whole, part = divmod(wei // unit, 10**places)
    decimals = f"{part:0{places}d}".rstrip("0")
    return f"{whole:,}" + (f".{decimals}" if decimals else "")


def about(wei: int) -> str:
    """Wei as LRL with as many decimals as an estimate or a headline deserves."""
    return lrl(wei, 0 if wei >= 1000 * ETHER else 2 if wei >= ETHER else 3)


def power(vests: int) -> str:
    """Micro-vests as the LRL that they stand for."""
    return lrl(vests * WEI_PER_VEST)


def percent(part: int, whole: int) -> str:
    """How much of `whole` is `part`: 87 %, never rounded up to 100 %."""
    return f"{100 * part // whole if whole else 0} %"


def iso(time: int) -> str:
    """A time by RFC 3339, in UTC."""
    return datetime.fromtimestamp(time, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def day(time: int) -> str:
    """2026-11-14, in UTC."""
    return datetime.fromtimestamp(time, UTC).strftime("%Y-%m-%d")


def moment(time: int) -> str:
    """14 Nov 2026, 09:30 UTC"""
    return datetime.fromtimestamp(time, UTC).strftime("%-d %b %Y, %H:%M UTC")


def ago(time: int, now: int) -> str:
    """just now, 5 min ago, 3 h ago, 2 days ago, in 6 min; beyond 30 days the date."""
    distance = abs(now - time)
    if distance >= 30 * 86_400:
        return datetime.fromtimestamp(time, UTC).strftime("%-d %b %Y")
    if time > now:
        return f"in {span(distance)}"
    return "just now" if distance < 10 else f"{span(distance)} ago"


def span(seconds: int) -> str:
    """45 s, 6 min, 3 h, 2 days."""
    if seconds < 60:
        return f"{seconds} s"
    if seconds < 3600:
        return f"{seconds // 60} min"
    if seconds < 86_400:
        return f"{seconds // 3600} h"
    days = seconds // 86_400
    return f"{days} day{'' if days == 1 else 's'}"


def count(number: int, one: str, many: str | None = None) -> str:
    """1 vote, 1,234 votes."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def hex0x(data: bytes) -> str:
    """0x and two hexadecimal digits for each byte."""
    return "0x" + data.hex()
