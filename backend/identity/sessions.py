"""Who is signed in: the cookie has a secret, the database its sha-256 and a key, which must be live."""

import secrets
import time
from dataclasses import dataclass
from hashlib import sha256

from flask import g, request
from sqlalchemy import Engine, delete, insert, select
from sqlalchemy.orm import Session

from backend.identity.keys import live_key
from backend.identity.tables import SignedIn
from backend.site.database import session
from backend.site.security import SESSION_COOKIE
from indexer.mirror.database import writing

SESSION_SECONDS = 30 * 86_400


@dataclass(frozen=True)
class Person:
    """The account that is signed in, and the key that signed. recovered_at: when somebody else's request for
    a new owner key takes effect, in seconds; 0 for none."""

    account: int
    handle: str
    address: str
    role: int
    recovered_at: int


def open_session(engine: Engine, account: int, address: str) -> str:
    """Stores a session and returns the cookie's secret."""
    secret = secrets.token_urlsafe(32)
    now = time.time()
    with writing(engine) as connection:
        connection.execute(delete(SignedIn).where(SignedIn.until < now))
        values = {"account": account, "address": address, "until": now + SESSION_SECONDS}
        connection.execute(insert(SignedIn).values(secret=_digest(secret), **values))
    return secret


def close(engine: Engine, secret: str) -> None:
    """Forgets a session."""
    with writing(engine) as connection:
        connection.execute(delete(SignedIn).where(SignedIn.secret == _digest(secret)))


def signed_in(now: int) -> Person | None:
    """The person whom the request's cookie signs in, if the key is live at the chain's moment `now`.

    Asks the primary database, not a replica, so that a new session counts at once.
    """
    secret = request.cookies.get(SESSION_COOKIE)
    if not secret:
        return None
    if "person" not in g:
        g.person = _find(session(fresh=True), secret, now)
    found: Person | None = g.person
    return found


def _find(database: Session, secret: str, now: int) -> Person | None:
    address = database.scalar(
        select(SignedIn.address).where(
            SignedIn.secret == _digest(secret), SignedIn.until > time.time()
        )
    )
    live = live_key(database, address, now) if address else None
    if live is None:
        return None
    key, account = live
    return Person(account.id, account.handle, key.address, key.role, account.request_ready_at)


def _digest(secret: str) -> bytes:
    return sha256(secret.encode()).digest()
