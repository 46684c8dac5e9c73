"""Whom this node sponsors, from the environment."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, cast, get_args

from backend.chain.gas import item_gas
from indexer.errors import LaurelError
from indexer.protocol.actions import Signed
from indexer.protocol.kinds import KINDS
from indexer.rewards import ETHER, WEI_PER_VEST

Join = Literal["open", "invitation", "work"]
QUOTA = "100 + 100/1000 LRL"
WORK_BITS = "13"
MOST_BITS = 32

ACTION_GAS = item_gas(Signed(KINDS["Vote"].number, b"", b""))
"""Gas of a vote, which is the unit of LAUREL_QUOTA. Other kinds count in proportion to their gas."""


class BadSponsoring(LaurelError):
    """LAUREL_JOIN, LAUREL_WORK_BITS or LAUREL_QUOTA is not understood."""


@dataclass(frozen=True)
class Quota:
    """Sponsored actions a day: `base` for each account, and `more` for each `per` micro-vests of its power."""

    base: int
    more: int
    per: int

    def gas(self, effective: int) -> int:
        """The gas that is sponsored a day, for an account with so many micro-vests of power."""
        return ACTION_GAS * self.base + ACTION_GAS * self.more * effective // self.per


@dataclass(frozen=True)
class SponsorSettings:
    """Who may make an account here, and how much an account may do. docs/settings.md is made of this
    (`laurel settings`).

    join: who may make an account (LAUREL_JOIN; default `open`; read by site, invite). `open`: anybody; `invitation`:
        whoever has a link of `laurel invite`; `work`: whoever shows proof of work.
    work_bits: leading zero bits of the hash that proof of work has to find (LAUREL_WORK_BITS; default `13`; read by
        site). One more doubles the work.
    quota: sponsored actions a day, None for no bound (LAUREL_QUOTA; default `100 + 100/1000 LRL`; read by site). The
        default means a hundred for everybody and a hundred more for each 1000 LRL of power; `off`: no bound.
    """

    join: Join
    work_bits: int
    quota: Quota | None

    @property
    def says(self) -> str:
        """Who may join and what this server pays, in words for people without an account here."""
        door = {
            "open": "Anybody can make an account here",
            "invitation": "Accounts are made by invitation",
            "work": "Anybody whose browser does some seconds of work can make an account here",
        }[self.join]
        if self.quota is None:
            return f"{door}, and this server pays the gas of all that it does."
        return (
            f"{door}. This server pays the gas of about {self.quota.base:,} votes or posts a day for each, and of "
            f"{self.quota.more:,} more for each {self.quota.per * WEI_PER_VEST // ETHER:,} LRL of power; "
            "a wallet can pay for more."
        )

    @classmethod
    def from_env(cls, env: Mapping[str, str] = os.environ) -> "SponsorSettings":
        """The settings in the environment. Raises BadSponsoring."""
        join = env.get("LAUREL_JOIN") or "open"
        if join not in get_args(Join):
            raise BadSponsoring(f"LAUREL_JOIN is open, invitation or work, not {join!r}.")
        bits = env.get("LAUREL_WORK_BITS") or WORK_BITS
        if not re.fullmatch("[0-9]{1,2}", bits) or not 1 <= int(bits) <= MOST_BITS:
            raise BadSponsoring(f"LAUREL_WORK_BITS is a number from 1 to {MOST_BITS}.")
        return cls(cast(Join, join), int(bits), _quota(env.get("LAUREL_QUOTA") or QUOTA))


def _quota(text: str) -> Quota | None:
    if text.strip() == "off":
        return None
    match = re.fullmatch(r"\s*(\d{1,9})\s*\+\s*(\d{1,9})\s*/\s*(\d{1,9})\s*LRL\s*", text)
    if match is None or not int(match[3]):
        raise BadSponsoring(
            f"LAUREL_QUOTA does not read as a quota: {text!r}. Write it as {QUOTA!r} "
            "(actions a day for each account, and more of them for so much power), or `off`."
        )
    base, more, lrl = (int(number) for number in match.groups())
    return Quota(base, more, lrl * ETHER // WEI_PER_VEST)
