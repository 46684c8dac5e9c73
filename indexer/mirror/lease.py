"""The right to write the mirror: one process at a time, by a lease that a dead process loses."""

import os
import secrets
import socket
import time
from collections.abc import Callable

from sqlalchemy import ColumnElement, Connection, Engine, Table, delete, insert, select, update

from indexer.errors import LaurelError
from indexer.mirror.bulk import table
from indexer.mirror.database import Turn, writing
from indexer.schema import Writer

LEASE_SECONDS = 10.0
MIRROR = table(Writer.__tablename__)


class LeaseLost(LaurelError):
    """Another process has taken over the mirror: this one renewed its lease too late, or a rebuild took it."""


class Lease:
    """One process's lease on the mirror, or on anything else that has a row with `owner` and `until`.

    of, key: the row's table and id; turn: the group of its writers.

    Both clocks are in seconds. `now` is the wall clock, for people to read: it jumps, and differs between
    machines. Whether a lease has expired is measured by `elapsed`, which only goes forward.
    """

    def __init__(
        self,
        engine: Engine,
        now: Callable[[], float] = time.time,
        elapsed: Callable[[], float] = time.monotonic,
        of: Table = MIRROR,
        key: int | str = 1,
        turn: Turn = Turn.MIRROR,
    ) -> None:
        self.owner = f"{socket.gethostname()[:40]}:{os.getpid()}:{secrets.token_hex(4)}"
        self._engine = engine
        self._of = of
        self._key = key
        self._turn = turn
        self._now = now
        self._elapsed = elapsed
        self._renewed = 0.0
        self._watched: tuple[str, float] | None = None  # another's lease, as last seen
        self._watched_since = 0.0

    def acquire(self) -> str | None:
        """Takes the lease if it is free, if its holder is dead, or if it stayed unchanged for LEASE_SECONDS.

        Only repeated calls can see that it stayed unchanged. Returns who else holds it, or None.
        """
        with writing(self._engine, self._turn) as connection:
            row = connection.execute(
                select(self._of.c.owner, self._of.c.until).where(self._of.c.id == self._key)
            ).first()
            if row is None:
                connection.execute(insert(self._of).values(id=self._key, **self._mine()))
            elif row.owner == self.owner or _is_dead(row.owner) or self._ran_out(*row):
                connection.execute(
                    update(self._of).where(self._of.c.id == self._key).values(**self._mine())
                )
            else:
                return str(row.owner)
        return None

    def take_over(self) -> None:
        """Takes the lease from its holder, whose next write then fails, since each write renews the lease."""
        with writing(self._engine, self._turn) as connection:
            connection.execute(delete(self._of).where(self._of.c.id == self._key))
            connection.execute(insert(self._of).values(id=self._key, **self._mine()))

    def renew(self, connection: Connection) -> None:
        """Renews the lease within the caller's transaction. Raises LeaseLost."""
        renewed = connection.execute(update(self._of).where(*self._held()).values(**self._mine()))
        if renewed.rowcount == 0:
            raise LeaseLost("Another process has taken this database over.")

    def keep(self) -> None:
        """Renews the lease in a transaction of its own, if half of it is over. Raises LeaseLost."""
        if self._elapsed() > self._renewed + LEASE_SECONDS / 2:
            with writing(self._engine, self._turn) as connection:
                self.renew(connection)

    def release(self) -> None:
        """Gives the lease back, if it is still ours."""
        with writing(self._engine, self._turn) as connection:
            connection.execute(delete(self._of).where(*self._held()))

    def _held(self) -> tuple[ColumnElement[bool], ...]:
        return self._of.c.id == self._key, self._of.c.owner == self.owner

    def _ran_out(self, owner: str, until: float) -> bool:
        """Whether another's lease has not changed for LEASE_SECONDS: each renewal changes it."""
        if self._watched != (owner, until):
            self._watched, self._watched_since = (owner, until), self._elapsed()
        return self._elapsed() >= self._watched_since + LEASE_SECONDS

    def _mine(self) -> dict[str, object]:
        self._renewed = self._elapsed()
        return {"owner": self.owner, "until": self._now() + LEASE_SECONDS}


def _is_dead(owner: str) -> bool:
    """Whether the owner was a process of this machine that has ended: then nobody need wait."""
    host, pid, _ = owner.rsplit(":", 2)
    if host != socket.gethostname()[:40]:
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except PermissionError:  # of another user, and alive
        return False
    return False
