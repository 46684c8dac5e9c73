"""The status of each relayer, in the database: its coin, the fees that it meets, and whether it keeps."""

import logging
import time
from dataclasses import dataclass, field

from sqlalchemy import Connection, Engine, select
from sqlalchemy.orm import Session

from backend.relay.settings import GWEI, RelaySettings
from backend.relay.tables import RelayStatus
from indexer.mirror.database import writing

log = logging.getLogger("laurel.relay")

LEAST_GAS = 500_000  # a relayer that cannot pay for this much is empty
TELL_SECONDS = 10.0  # between two writings that say nothing new
AWAY_SECONDS = 60.0  # after which a relayer that says nothing counts as away


@dataclass
class Purse:
    """A relayer's coin, as the process with its key knows it. Writes the relayer's status."""

    engine: Engine
    sender: str
    settings: RelaySettings
    keeps: bool = False
    _needed: int = field(default=0, init=False)  # wei for what could not be sent
    _balance: int = field(default=0, init=False)
    _fee: int = field(default=0, init=False)
    _told: tuple[bool, bool, bool] | None = field(default=None, init=False)
    _told_at: float = field(default=float("-inf"), init=False)  # time.monotonic()

    def look(self, balance: int, fee: int, data_fee: int, max_fee: int, dear: bool) -> None:
        """Takes a quote's numbers (balance, data_fee: wei; fee, max_fee: wei per gas), and writes the status if
        that is new, or TELL_SECONDS old."""
        self._balance, self._fee = balance, fee
        least = LEAST_GAS * max_fee + data_fee
        self._tell(empty=balance < max(least, self._needed), dear=dear)

    def refused(self, needed: int) -> None:
        """Notes that something costs `needed` wei, more than there is, and nothing in flight will free any."""
        self._needed = needed
        self._tell(empty=True, dear=bool(self._told and self._told[1]))

    def freed(self) -> None:
        """Notes that something was sent or has ended, so that the coin may suffice now."""
        self._needed = 0

    def _tell(self, empty: bool, dear: bool) -> None:
        now, before = (empty, dear, self.keeps), self._told
        if now == before and time.monotonic() - self._told_at < TELL_SECONDS:
            return
        if before is None or before[0] != empty:
            if empty:
                log.error("the relayer %s is out of coin: send it some", self.sender)
            elif before is not None:
                log.warning("the relayer %s has coin again", self.sender)
        if dear and not (before and before[1]):
            log.warning("the base fee is above LAUREL_MAX_FEE: waiting until it falls")
        with writing(self.engine) as connection, Session(connection) as session:
            session.merge(
                RelayStatus(
                    address=self.sender,
                    empty=empty,
                    dear=dear,
                    keeps=self.keeps,
                    balance=self._balance,
                    fee=self._fee,
                    most=self.settings.max_fee,
                    seen=time.time(),
                )
            )
            session.commit()
        self._told, self._told_at = now, time.monotonic()


def relayers(connection: Connection, now: float | None = None) -> list[RelayStatus]:
    """The relayers whose status is younger than AWAY_SECONDS; if there are none, the one that wrote last."""
    with Session(connection, expire_on_commit=False) as session:
        found = list(session.scalars(select(RelayStatus).order_by(RelayStatus.seen.desc())))
    present = [r for r in found if r.seen > (time.time() if now is None else now) - AWAY_SECONDS]
    return present or found[:1]


def why_waiting(relayers: list[RelayStatus], now: float | None = None) -> tuple[str, str] | None:
    """Why no action is sent now, as a code and a sentence for people; None if actions are sent."""
    present = [r for r in relayers if r.seen > (time.time() if now is None else now) - AWAY_SECONDS]
    if not present:
        return (
            "relayer_away",
            "No relayer is at work on this server at the moment; actions wait for one.",
        )
    if any(not (r.empty or r.dear) for r in present):
        return None
    dear = next((r for r in present if r.dear and not r.empty), None)
    if dear is not None:
        return "gas_dear", (
            f"Gas costs {gwei(dear.fee)} gwei at the moment, and this server pays at most "
            f"{gwei(dear.most or 0)}. Actions wait until it is cheaper; each is sent until its deadline."
        )
    return "relayer_empty", (
        f"This server's relayer ({present[0].address}) has run out of coin for gas. Actions wait until it "
        "has some; each is sent until its deadline."
    )


def gwei(wei: int) -> str:
    """Wei per gas as gwei, to three significant digits: 0.0123, 4.56, 1,230."""
    value = wei / GWEI
    return f"{float(f'{value:.3g}'):,.12f}".rstrip("0").rstrip(".")
