"""/api/v1/accounts and /api/v1/keys. Wei, vests and mana are decimal strings."""

from typing import Any

from eth_utils.address import is_address, to_checksum_address
from flask import Blueprint
from sqlalchemy import select

from backend import paging
from backend.accounts import history
from backend.accounts.queries import ROLES, by_handle, is_live, keys, mana
from backend.database import session
from backend.formats import hex0x
from backend.node import current_node
from backend.present import present
from backend.problems import Problem
from indexer.schema import Account, Entry, Key

bp = Blueprint("accounts-api", __name__, url_prefix="/api/v1")


@bp.get("/accounts/<handle>")
def account(handle: str) -> dict[str, Any]:
    found = by_handle(session(), handle)
    now = present().time
    bar = mana(found, now, current_node().deployment.day)
    return {
        "account": found.id,
        "handle": found.handle,
        "recovery": found.recovery,
        "registeredAt": found.registered_at,
        "posts": found.posts,
        "balance": str(found.balance),
        "effective": str(found.effective),
        "mana": str(found.mana),  # at updatedAt, as the chain keeps them
        "downMana": str(found.down_mana),
        "updatedAt": found.updated_at,
        "votingMana": str(bar.voting),  # at `time`
        "downvoteMana": str(bar.downvote),
        "time": now,
    }


@bp.get("/accounts/<handle>/entries")
def entries(handle: str) -> dict[str, Any]:
    found = by_handle(session(), handle)
    rows, cursor = history.entries(session(), found.id, paging.limit())
    return {"entries": [_entry(row) for row in rows], "next": cursor}


@bp.get("/accounts/<handle>/keys")
def account_keys(handle: str) -> dict[str, Any]:
    return {"keys": keys_of(by_handle(session(), handle).id)}


@bp.get("/keys/<address>")
def key(address: str) -> dict[str, Any]:
    row = None
    if address.startswith("0x") and is_address(address):
        row = (
            session()
            .execute(
                select(Key, Account)
                .join(Account, Account.id == Key.account)
                .where(Key.address == to_checksum_address(address))
            )
            .one_or_none()
        )
    if row is None:
        raise Problem(404, "unknown_key", "This address is not a key of any account here.")
    found, owner = row
    return {"account": owner.id, "handle": owner.handle, **_key(found, owner)}


def keys_of(account: int) -> list[dict[str, Any]]:
    """All keys of an account as JSON."""
    owner = session().get_one(Account, account)
    return [_key(found, owner) for found in keys(session(), account)]


def _key(found: Key, owner: Account) -> dict[str, Any]:
    return {
        "address": found.address,
        "role": ROLES.get(found.role, "none"),
        "expiry": found.expiry,
        "revoked": found.revoked,
        "addedAt": found.added_at,
        "live": is_live(found, owner, present().time),
    }


def _entry(row: Entry) -> dict[str, Any]:
    return {
        "kind": row.kind,
        "wei": str(row.wei),
        "vests": str(row.vests),
        "post": hex0x(row.post) if row.post else None,
        "time": row.time,
    }
