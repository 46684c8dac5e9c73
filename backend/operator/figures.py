"""What the status page shows, gathered from the database; the chain is asked for its head alone."""

import time
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from backend.chain.wire import ChainUnreachable
from backend.relay.relayers import relayers, why_waiting
from backend.relay.sending.costs import Cost, DayCosts, actions_left, by_day, recent
from backend.relay.settings import Price, RelaySettings
from backend.relay.tables import LIVE, QUEUED, RelayStatus, RelayTicket
from backend.site.database import session
from backend.site.node import Node
from indexer.mirror.counts import contents_by_state
from indexer.schema import Cursor

DAYS = 14  # in the chart


@dataclass(frozen=True)
class Queue:
    """Tickets that are queued and sent, and seconds for which the oldest queued one has waited (None: none)."""

    queued: int
    sent: int
    oldest: float | None


@dataclass(frozen=True)
class Figures:
    """`head`: the chain's last block, None while it does not answer. `waits`: why nothing is sent, as code and
    sentence. `left`: for about how many actions there is coin, None while that is not known. `contents`:
    documents by state."""

    chain_id: int | None
    block: int
    head: int | None
    queue: Queue
    relayers: list[RelayStatus]
    waits: tuple[str, str] | None
    left: int | None
    costs: list[Cost]
    days: list[DayCosts]
    price: Price | None
    contents: dict[str, int]

    @property
    def behind(self) -> int | None:
        """Blocks that the mirror is behind the chain."""
        return None if self.head is None else max(self.head - self.block, 0)


def gather(node: Node) -> Figures:
    """The figures now. Raises what reading the database raises."""
    mirror, own = session().connection(), session(fresh=True).connection()
    cursor = mirror.execute(select(Cursor.chain_id, Cursor.block)).first()
    found, costs = relayers(own), recent(own)
    # A relayer that waits, for coin or for cheaper gas, may soon send again, so its coin counts too.
    balance = sum(relayer.balance for relayer in found)
    return Figures(
        chain_id=cursor.chain_id if cursor else None,
        block=cursor.block if cursor else 0,
        head=_head(node),
        queue=_queue(own),
        relayers=found,
        waits=why_waiting(found),
        left=actions_left(balance, costs),
        costs=costs,
        days=by_day(own, DAYS),
        price=node.settings_of(RelaySettings).coin_price,
        contents=contents_by_state(mirror),
    )


def _head(node: Node) -> int | None:
    try:
        return node.clock.head()
    except ChainUnreachable:
        return None


def _queue(connection: Connection) -> Queue:
    counted = select(RelayTicket.state, func.count(), func.min(RelayTicket.created))
    live = counted.where(RelayTicket.state.in_(LIVE)).group_by(RelayTicket.state)
    rows = {state: (number, oldest) for state, number, oldest in connection.execute(live)}
    queued, oldest = rows.pop(QUEUED, (0, None))
    waited = None if oldest is None else max(0.0, time.time() - oldest)
    return Queue(queued, sum(number for number, _ in rows.values()), waited)
