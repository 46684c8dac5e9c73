"""How this node relays and keeps, from the environment."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from backend.chain.passphrase import passphrase_file
from backend.site.rate_limits import Limit
from indexer.errors import LaurelError
from indexer.rewards import ETHER

GWEI = 10**9
LIMITS = (
    "attempt=600/60,account=120/60,register=60/3600,claim=30/3600,"
    "newcomers=2000/86400,all=200000/86400"
)


class BadLimits(LaurelError):
    """LAUREL_RELAY_LIMITS is not understood."""


class BadFee(LaurelError):
    """A bound on fees, or the price of a coin, is not understood."""


@dataclass(frozen=True)
class Price:
    """What a coin (10^18 wei) is worth: so much of a currency, such as USD."""

    amount: Decimal
    currency: str


@dataclass(frozen=True)
class RelaySettings:
    """Keys, fees, limits and times of the relay and the keeper. docs/settings.md is made of this (`laurel settings`).

    key_file: file of the private key that pays gas, a keystore or plain hex (LAUREL_RELAYER_KEY_FILE; default
        `relayer.key` in LAUREL_HOME; read by relay).
    passphrase_file: file with the passphrase of that keystore (LAUREL_PASSPHRASE_FILE; default none: the terminal is
        asked; read by relay, up, deploy, key).
    faucet_key_file: file of the hex owner key of the account `faucet` of a local chain (LAUREL_FAUCET_KEY_FILE; default
        `faucet.key` in LAUREL_HOME; read by relay, site, import).
    faucet_grant: LRL of stake that the faucet gives a new account (LAUREL_FAUCET_LRL; default `1000`; read by relay).
        Kept in wei.
    limits: how many requests or actions in how many seconds (LAUREL_RELAY_LIMITS, `name=times/seconds,…`; default
        `attempt=600/60,account=120/60,register=60/3600,claim=30/3600,newcomers=2000/86400,all=200000/86400`;
        read by relay, site). Per client address `attempt`, `register`, `claim`; per `account` what is accepted; of
        everybody together `newcomers` (registrations) and `all` that is accepted, so that many addresses cannot drain
        the relayer either. A name that is left out keeps its default.
    batch_gas: gas of one transaction at the most (LAUREL_RELAY_GAS; default `12000000`; read by relay).
    stuck_seconds: seconds after which a transaction that is not mined is replaced at a higher fee (LAUREL_RELAY_STUCK;
        default `30`; read by relay).
    grace_days: DAYs that rewards wait to be claimed by hand before the keeper claims them (LAUREL_KEEPER_GRACE; default
        `1`; read by relay).
    max_fee: gwei per gas at the most, the tip included (LAUREL_MAX_FEE; default no bound; read by relay). While the
        base fee is not below it, nothing is sent. Kept in wei.
    max_tip: gwei per gas that the tip may be when a transaction is first sent (LAUREL_MAX_TIP; default no bound; read
        by relay). A replacement needs a higher tip, and takes it. Kept in wei.
    coin_price: what the chain's coin is worth, such as `2500 USD`, for people to read (LAUREL_COIN_PRICE; default none;
        read by site, status).
    gather_seconds: seconds that an action waits for others to go into the same transaction (LAUREL_RELAY_GATHER;
        default `0.15`; read by relay).
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
    passphrase_file: Path | None = None
    lost_seconds: float = (
        15.0  # for which a used nonce's receipt may be missing: nodes may lag so long
    )
    max_fee: int | None = None
    max_tip: int | None = None
    coin_price: Price | None = None

    @classmethod
    def from_env(cls, home: Path, env: Mapping[str, str] = os.environ) -> "RelaySettings":
        """The settings in the environment. Raises BadLimits, BadFee, and ValueError for a malformed number."""
        return cls(
            key_file=Path(env.get("LAUREL_RELAYER_KEY_FILE", home / "relayer.key")),
            passphrase_file=passphrase_file(env),
            faucet_key_file=Path(env.get("LAUREL_FAUCET_KEY_FILE", home / "faucet.key")),
            faucet_grant=int(env.get("LAUREL_FAUCET_LRL", "1000")) * ETHER,
            limits=_limits(LIMITS) | _limits(env.get("LAUREL_RELAY_LIMITS", "")),
            batch_gas=int(env.get("LAUREL_RELAY_GAS", "12000000")),
            stuck_seconds=float(env.get("LAUREL_RELAY_STUCK", "30")),
            grace_days=float(env.get("LAUREL_KEEPER_GRACE", "1")),
            gather_seconds=float(env.get("LAUREL_RELAY_GATHER", "0.15")),
            max_fee=_gwei(env, "LAUREL_MAX_FEE"),
            max_tip=_gwei(env, "LAUREL_MAX_TIP"),
            coin_price=_price(env.get("LAUREL_COIN_PRICE", "")),
        )

    def is_dear(self, base: int) -> bool:
        """Whether a base fee (wei per gas) leaves nothing for a tip below `max_fee`."""
        return self.max_fee is not None and base >= self.max_fee

    def cap(self, fee: int) -> int:
        """A fee (wei per gas, the tip included), or the most that is allowed if that is less."""
        return fee if self.max_fee is None else min(fee, self.max_fee)

    def cap_tip(self, tip: int) -> int:
        """A first sending's tip (wei per gas), or the most that is allowed if that is less."""
        return tip if self.max_tip is None else min(tip, self.max_tip)


def _gwei(env: Mapping[str, str], name: str) -> int | None:
    text = env.get(name, "").strip()
    if not text:
        return None
    if not re.fullmatch(r"\d+(\.\d{1,9})?", text) or not Decimal(text):
        raise BadFee(f"{name} is a number of gwei above 0, such as 50 or 0.02, not {text!r}.")
    return int(Decimal(text) * GWEI)


def _price(text: str) -> Price | None:
    if not text.strip():
        return None
    match = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s+([A-Z]{3,5})\s*", text)
    if match is None:
        raise BadFee(
            "LAUREL_COIN_PRICE is what a coin of the chain is worth, an amount and a currency, such as "
            f"2500 USD, not {text!r}."
        )
    return Price(Decimal(match[1]), match[2])


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
