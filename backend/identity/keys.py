"""The keys of an account, as the mirror has them."""

from typing import Any, Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from indexer.schema import Account, Key

ROLES = {1: "posting", 2: "active", 3: "owner"}
KeyState = Literal["live", "revoked", "void", "expired"]


def keys(session: Session, account: int) -> list[Key]:
    """All keys that an account ever had, the latest first."""
    statement = select(Key).where(Key.account == account).order_by(Key.added_at.desc(), Key.address)
    return list(session.scalars(statement))


def key_state(key: Key, account: Account, now: int) -> KeyState:
    """The state of a key at the chain's moment `now`. A recovery of the account makes its earlier keys void."""
    if key.revoked_at:
        return "revoked"
    if key.epoch != account.key_epoch:
        return "void"
    return "expired" if key.expiry and now >= key.expiry else "live"


def live_key(session: Session, address: str, now: int) -> tuple[Key, Account] | None:
    """The key at a checksummed address and its account, if it may sign now."""
    row = session.execute(
        select(Key, Account).join(Account, Account.id == Key.account).where(Key.address == address)
    ).one_or_none()
    return (row[0], row[1]) if row and key_state(*row, now) == "live" else None


def keys_json(session: Session, account: int, now: int) -> list[dict[str, Any]]:
    """All keys of an account, the latest first, as JSON, with their states at the chain's moment `now`."""
    owner = session.get_one(Account, account)
    return [key_json(found, owner, now) for found in keys(session, account)]


def key_json(found: Key, owner: Account, now: int) -> dict[str, Any]:
    """A key of `owner` as JSON."""
    state = key_state(found, owner, now)
    return {
        "address": found.address,
        "role": ROLES.get(found.role, "none"),
        "expiry": found.expiry,
        "state": state,
        "live": state == "live",
        "revoked": state == "revoked",
        "revokedAt": found.revoked_at or None,
        "addedAt": found.added_at,
    }
