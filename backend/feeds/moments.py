"""`?at=`: the moment of the past for which a list is requested."""

import re
from datetime import UTC, datetime

from flask import request

from backend.site.formats import moment
from backend.site.now import present
from backend.site.problems import Problem


def asked() -> int | None:
    """The request's `at` in the chain's seconds; None for the present.

    Raises Problem 400 `bad_moment`, `future_moment`.
    """
    text = request.args.get("at", "").strip()
    if not text:
        return None
    found = seconds(text)
    if found is None:
        detail = "`at` is a day (2016-07-04), a time in UTC (2016-07-04T18:00) or Unix seconds."
        raise Problem(400, "bad_moment", detail)
    now = present().time
    if found > now:
        detail = f"That moment is still to come: the chain’s clock says {moment(now)}."
        raise Problem(400, "future_moment", detail)
    return found


def seconds(text: str) -> int | None:
    """Unix seconds of a day (its beginning), an ISO 8601 time (UTC unless it says otherwise) or a number
    of seconds; None for anything else. What was before 1970 is 0: there was nothing then."""
    if re.fullmatch("[0-9]{1,15}", text):
        return int(text)
    if not re.match("[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        return None
    try:
        time = datetime.fromisoformat(text)
        return max(0, int((time if time.tzinfo else time.replace(tzinfo=UTC)).timestamp()))
    except (ValueError, OverflowError):
        return None


def written(time: int) -> str:
    """A time as the shortest text that `seconds` reads: 2016-07-04, 2016-07-04T18:00:00."""
    text = datetime.fromtimestamp(time, UTC).strftime("%Y-%m-%dT%H:%M:%S")
    return text.removesuffix("T00:00:00")
