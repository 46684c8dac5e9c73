"""Takes over transactions of relayers whose lease has expired: follows them without those relayers' keys, and
puts the actions of stuck ones back into the queue.

Whoever takes over holds the lease for a moment each time; a relayer that comes back takes its own lease again.
"""

import logging
from dataclasses import dataclass, field

from sqlalchemy import Engine, func, or_, select

from backend.chain.connection import Chain
from backend.relay.leases import key_lease
from backend.relay.sending.batches import Sender
from backend.relay.sending.transactions import Outbox
from backend.relay.settings import RelaySettings
from backend.relay.tables import SENT, RelayTransaction
from indexer.mirror.lease import Lease

log = logging.getLogger("laurel.relay")

RECENT = 1000  # last transactions; a relayer that sent none of these is past reorganisations


@dataclass
class Heir:
    """Lets the relayer `sender` look after the transactions of others."""

    engine: Engine
    chain: Chain
    settings: RelaySettings
    sender: str
    _others: dict[str, tuple[Lease, Sender]] = field(default_factory=dict, init=False)

    def step(self) -> None:
        """Follows the transactions of every relayer whose lease has expired."""
        for address in self._addresses():
            if address not in self._others:
                self._others[address] = self._other(address)
            lease, sender = self._others[address]
            if lease.acquire() is not None:
                continue
            try:
                sender.look_back()
                sender.follow()
                if handed := sender.hand_back():
                    log.warning("%s is gone: %s of its actions are sent again", address, handed)
            finally:
                lease.release()

    def _addresses(self) -> list[str]:
        last = select(func.max(RelayTransaction.id)).scalar_subquery()
        recent = or_(RelayTransaction.state == SENT, RelayTransaction.id > last - RECENT)
        others = select(RelayTransaction.sender).where(
            RelayTransaction.sender != self.sender, recent
        )
        with self.engine.connect() as connection:
            return list(connection.scalars(others.distinct()))

    def _other(self, address: str) -> tuple[Lease, Sender]:
        lease = key_lease(self.engine, address)
        outbox = Outbox(self.engine, self.chain, address, self.settings, lease)
        return lease, Sender(self.engine, self.chain, outbox, self.settings)
