"""Rate limits by sliding windows, counted in SQL so that all of a site's workers share them."""

import math
import time
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, delete, func, insert, or_, select

from backend.site.problems import Problem
from backend.site.tables import RelayUse
from indexer.mirror.database import writing


@dataclass(frozen=True)
class Limit:
    """At most `times` in any `seconds` of the wall clock."""

    times: int
    seconds: int


def take(connection: Connection, bucket: str, limit: Limit, uses: int = 1) -> None:
    """Counts uses of `bucket`, in a database transaction that holds the write lock.

    More uses at once than the limit allows count as the whole limit.

    Raises Problem 429 `rate_limited`, with `until` (wall-clock seconds) and Retry-After: when there
    is room again. The caller's transaction then rolls back, and nothing was counted.
    """
    now = time.time()
    mine = RelayUse.bucket == bucket
    connection.execute(delete(RelayUse).where(mine, RelayUse.at <= now - limit.seconds))
    used = connection.scalar(select(func.count()).where(mine)) or 0
    uses = max(1, min(uses, limit.times))
    if used + uses > limit.times:
        older = used + uses - limit.times - 1  # index of the last use that has to leave the window
        oldest = select(RelayUse.at).where(mine).order_by(RelayUse.at).offset(older).limit(1)
        until = (connection.scalar(oldest) or now) + limit.seconds
        wait = max(1, math.ceil(until - now))
        raise Problem(
            429,
            "rate_limited",
            f"Too many requests: at most {limit.times} in {limit.seconds} seconds. "
            f"There is room again in {wait} seconds.",
            {"Retry-After": str(wait)},
            until=math.ceil(until),
        )
    connection.execute(insert(RelayUse), [{"bucket": bucket, "at": now}] * uses)


def forget(engine: Engine, limits: Mapping[str, Limit]) -> None:
    """Deletes uses that are older than their limit's window.

    A bucket's name is its limit's, which may be followed by a colon and an account or an address.
    """
    with writing(engine) as connection:
        for name, limit in limits.items():
            named = or_(RelayUse.bucket == name, RelayUse.bucket.startswith(f"{name}:"))
            old = RelayUse.at <= time.time() - limit.seconds
            connection.execute(delete(RelayUse).where(named, old))
