"""How this node relays and keeps, from the environment."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from indexer.errors import LaurelError

ETHER = 10**18
LIMITS = (
    "attempt=600/60,account=120/60,register=60/3600,claim=30/3600,"
    "newcomers=2000/86400,all=200000/86400"
)


class BadLimits(LaurelError):
    """LAUREL_RELAY_LIMITS is not understood."""


@dataclass(frozen=True)
class Limit:
    """At most `times` in any `seconds` (of the wall's clock: this is about load)."""

    times: int
    seconds: int


@dataclass(frozen=True)
class RelaySettings:
    """Where the keys are, and how much, how often and how soon.

    key_file: hex private key that pays gas (LAUREL_RELAYER_KEY_FILE).
    faucet_key_file: hex owner key of the local chain's account `faucet` (LAUREL_FAUCET_KEY_FILE).
    faucet_grant: wei that a new account is given as stake (LAUREL_FAUCET_LRL, in LRL).
    limits: per client address `attempt`, `register`, `claim`; per `account` what is accepted; of
        everyone together `newcomers` (registrations) and `all` that is accepted, so that many
        addresses cannot drain the relayer either (LAUREL_RELAY_LIMITS, "name=times/seconds,…").
    batch_gas: most gas of one transaction (LAUREL_RELAY_GAS).
    stuck_seconds: after so long a transaction is replaced at a higher fee (LAUREL_RELAY_STUCK).
    grace_days: how long, in DAY, rewards wait to be claimed by hand (LAUREL_KEEPER_GRACE).
    gather_seconds: what arrives within this moment goes into one transaction (LAUREL_RELAY_GATHER).
    """

    key_file: Path
    faucet_key_file: Path
    faucet_grant: int
    limits: Mapping[str, Limit]
    batch_gas: int
    stuck_seconds: float
    grace_days: float
    gather_seconds: float
    batch_items: int = 100
    in_flight: int = 8  # transactions sent and not yet mined, at the most

    @classmethod
    def from_env(cls, home: Path, env: Mapping[str, str] = os.environ) -> "RelaySettings":
        return cls(
            key_file=Path(env.get("LAUREL_RELAYER_KEY_FILE", home / "relayer.key")),
            faucet_key_file=Path(env.get("LAUREL_FAUCET_KEY_FILE", home / "faucet.key")),
            faucet_grant=int(env.get("LAUREL_FAUCET_LRL", "1000")) * ETHER,
            limits=_limits(LIMITS) | _limits(env.get("LAUREL_RELAY_LIMITS", "")),
            batch_gas=int(env.get("LAUREL_RELAY_GAS", "12000000")),
            stuck_seconds=float(env.get("LAUREL_RELAY_STUCK", "30")),
            grace_days=float(env.get("LAUREL_KEEPER_GRACE", "1")),
            gather_seconds=float(env.get("LAUREL_RELAY_GATHER", "0.15")),
        )


def _limits(text: str) -> dict[str, Limit]:
    limits = {}
    for part in filter(None, text.split(",")):
        match = re.fullmatch(
            r"\s*(attempt|account|register|claim|newcomers|all)=(\d+)/(\d+)\s*", part
        )
        if match is None:
            raise BadLimits(
                f"LAUREL_RELAY_LIMITS does not read as limits at {part!r}. Write them as {LIMITS}."
            )
        limits[match[1]] = Limit(int(match[2]), int(match[3]))
    return limits
