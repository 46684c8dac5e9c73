"""The right to a relayer's key, and the right to keep: each has one holder at a time, on whichever machine."""

from sqlalchemy import Engine

from backend.relay.tables import RelayLease
from indexer.mirror.database import Turn
from indexer.mirror.lease import Lease, LeaseLost

KEEPER = "keeper"
_LEASES = RelayLease.metadata.tables[RelayLease.__tablename__]


def key_lease(engine: Engine, address: str) -> Lease:
    """The right to send with a relayer's key."""
    return _lease(engine, address)


def keeper_lease(engine: Engine) -> Lease:
    """The right to keep: to close days, pay out, and give what the faucet gives."""
    return _lease(engine, KEEPER)


def holds(lease: Lease) -> bool:
    """Whether this process has the lease; takes it if it is free."""
    try:
        lease.keep()
    except LeaseLost:
        return lease.acquire() is None
    return True


def _lease(engine: Engine, key: str) -> Lease:
    return Lease(engine, of=_LEASES, key=key, turn=Turn.NODE)
