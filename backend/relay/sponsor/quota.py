"""An account's quota: how much gas this server still pays for it. It comes back evenly over a day, like mana.

Gas is counted as the relay has to provide for it (backend.chain.gas). A day is 24 hours of the wall's clock.
"""

import math
import time
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, case, insert, select, update
from sqlalchemy.orm import Session

from backend.chain.gas import item_gas
from backend.relay.sponsor.settings import ACTION_GAS, Quota
from backend.relay.sponsor.tables import Used
from backend.site.formats import count, span
from backend.site.problems import Problem
from indexer.protocol.actions import Signed
from indexer.protocol.kinds import KINDS, KINDS_BY_NUMBER
from indexer.schema import Account

DAY_SECONDS = 86_400
LOW = 5  # less than a fifth left is low
POST_GAS = item_gas(Signed(KINDS["Post"].number, b"", b""))
SAVING = ("owner", "recovery")
"""Kinds of these roles may use a second quota, so that a stolen posting key cannot use up what revokes it."""


@dataclass(frozen=True)
class Standing:
    """An account's quota now. full: gas that is sponsored a day; used: how much of it has not come back yet."""

    full: int
    used: int

    @property
    def left(self) -> int:
        return max(0, self.full - self.used)

    @property
    def votes(self) -> int:
        return self.left // ACTION_GAS

    @property
    def posts(self) -> int:
        return self.left // POST_GAS

    @property
    def low(self) -> bool:
        """Whether so little is left that the user should be told."""
        return self.left * LOW < self.full or not self.full

    def wait(self, gas: int, quotas: int = 1) -> int:
        """Seconds until there is room for `gas` within so many `quotas`; with a quota of 0, one day."""
        lacking = self.used + min(gas, self.full) - quotas * self.full
        if not self.full:
            return DAY_SECONDS
        return max(0, math.ceil(lacking * DAY_SECONDS / self.full))

    @property
    def says(self) -> str:
        """What is left, in words."""
        if not self.full:
            return (
                "This server pays gas for accounts with power only. Power up, or pay with a wallet."
            )
        if not self.votes:
            return (
                "The gas that this server pays for you is used up for now. There is room for a vote again in "
                f"{span(self.wait(ACTION_GAS))}; a wallet of yours can pay at any time."
            )
        return (
            f"This server pays the gas of about {count(self.votes, 'more vote')} or "
            f"{count(self.posts, 'post')} for you. It comes back within a day."
        )

    def as_json(self) -> dict[str, Any]:
        return {
            "unit": "gas",
            "full": self.full,
            "left": self.left,
            "low": self.low,
            "fullIn": self.wait(self.full),  # seconds
            "votes": self.votes,
            "posts": self.posts,
            "says": self.says,
        }

    def headers(self) -> dict[str, str]:
        """Response headers by draft-ietf-httpapi-ratelimit-headers-10."""
        return {
            "RateLimit-Policy": f'"quota";q={self.full};w={DAY_SECONDS};qu="gas"',
            "RateLimit": f'"quota";r={self.left};t={self.wait(self.full)}',
        }


def standing(database: Session | Connection, quota: Quota, account: int) -> Standing:
    """An account's quota now."""
    effective = database.scalar(select(Account.effective).where(Account.id == account)) or 0
    row = database.execute(select(Used.gas, Used.at).where(Used.account == account)).one_or_none()
    full = quota.gas(effective)
    if row is None:
        return Standing(full, 0)
    return Standing(full, remaining(row.gas, full, time.time() - row.at))


def remaining(used: int, full: int, seconds: float) -> int:
    """What of `used` gas has not come back after so many seconds."""
    return max(0, used - int(full * max(0.0, seconds) / DAY_SECONDS))


def spend(connection: Connection, quota: Quota, account: int, signed: Signed) -> Standing:
    """Counts an action, in a transaction that holds the write lock.

    An action that needs more gas than a whole quota uses all of it. Raises Problem 429 `quota_used`, with `until`
    (wall-clock seconds), `quota` and Retry-After; nothing was counted then.
    """
    now = standing(connection, quota, account)
    gas = min(item_gas(signed), now.full)
    quotas = 2 if KINDS_BY_NUMBER[signed.kind].role in SAVING else 1
    if now.used + gas > quotas * now.full or not now.full:
        wait = max(1, now.wait(gas, quotas))
        room = f"There is room for this in {span(wait)}" if now.full else "Power up to get some"
        raise Problem(
            429,
            "quota_used",
            f"The gas that this server pays for you is used up for now. {room}, or use a wallet, which pays for "
            "itself.",
            {"Retry-After": str(wait)} | now.headers(),
            until=math.ceil(time.time() + wait),
            quota=now.as_json(),
        )
    after = Standing(now.full, now.used + gas)
    values = {"gas": after.used, "at": time.time()}
    changed = connection.execute(update(Used).where(Used.account == account).values(values))
    if not changed.rowcount:
        connection.execute(insert(Used).values(account=account, **values))
    return after


def give_back(connection: Connection, account: int | None, signed: Signed) -> None:
    """Takes back what `spend` counted for an action that was never sent."""
    less = Used.gas - item_gas(signed)
    rest = case((less > 0, less), else_=0)
    connection.execute(update(Used).where(Used.account == account).values(gas=rest))
