"""/api/laurel/v1/accounts and /api/laurel/v1/keys. Wei, vests and mana are decimal strings."""

from typing import Any

from eth_utils.address import is_address, to_checksum_address
from flask import Blueprint, request
from sqlalchemy import select

from backend.accounts import history, stake
from backend.identity.accounts import by_handle, guardian, mana
from backend.identity.keys import key_json, keys_json
from backend.relay.keeping.owed import stake_reward
from backend.site import paging
from backend.site.api import API
from backend.site.database import session
from backend.site.formats import hex0x
from backend.site.node import current_node
from backend.site.now import present
from backend.site.problems import Problem
from indexer.rewards import WEI_PER_VEST
from indexer.schema import Account, Entry, Key

bp = Blueprint("accounts-api", __name__, url_prefix=API)


@bp.get("/accounts/<handle>")
def account(handle: str) -> dict[str, Any]:
    """An account's balance, stake and mana: `balance` and `stakeReward` in wei, all other amounts in micro-vests.

    Times are seconds of the chain's clock. Problem 404 `unknown_account`.
    """
    found = by_handle(session(), handle)
    now = present().time
    bar = mana(found, now, current_node().deployment.day)
    who = guardian(session(), found, now)
    change = {"at": who.at, **_name(who.later)} if who.at else None
    return {
        "account": found.id,
        "handle": found.handle,
        "registeredAt": found.registered_at,
        "posts": found.posts,
        "balance": str(found.balance),
        "own": str(found.own),
        "free": str(stake.free(found)),
        "delegated": str(found.delegated),
        "received": str(stake.received(found)),
        "returning": str(found.returning),
        "returnAt": found.return_at or None,
        "leaving": str(found.leaving),  # powering down
        "part": str(found.part),
        "dueAt": found.due_at or None,
        "stakeReward": str(stake_reward(session(), found.id) * WEI_PER_VEST),  # wei
        "effective": str(found.effective),
        "mana": str(found.mana),  # at updatedAt, as the chain keeps them
        "downMana": str(found.down_mana),
        "updatedAt": found.updated_at,
        "votingMana": str(bar.voting),  # at `time`
        "downvoteMana": str(bar.downvote),
        "time": now,
        "recovery": _name(who.now) if who.now else None,
        "recoveryChange": change,
        "recoveryRequest": request_of(found),
    }


@bp.get("/accounts/<handle>/entries")
def entries(handle: str) -> dict[str, Any]:
    found = by_handle(session(), handle)
    rows, cursor = history.entries(session(), found.id, paging.api_request())
    return {"entries": [_entry(*row) for row in rows], "next": cursor}


@bp.get("/accounts/<handle>/delegations")
def delegations(handle: str) -> dict[str, Any]:
    """`direction` is out (the default) for delegations by the account, or in for those to it."""
    direction = request.args.get("direction", "out")
    if direction not in ("out", "in"):
        raise Problem(400, "bad_direction", "`direction` is out or in.")
    found = by_handle(session(), handle)
    page = paging.api_request()
    rows, cursor = stake.loans(session(), found.id, page, received=direction == "in")
    loans = [{"account": r.account, "handle": r.handle, "vests": str(r.vests)} for r in rows]
    return {"delegations": loans, "next": cursor}


@bp.get("/accounts/<handle>/keys")
def account_keys(handle: str) -> dict[str, Any]:
    return {"keys": keys_json(session(), by_handle(session(), handle).id, present().time)}


@bp.get("/keys/<address>")
def key(address: str) -> dict[str, Any]:
    """The account of a key, and the key's role and state. Problem 404 `unknown_key`."""
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
    return {"account": owner.id, "handle": owner.handle, **key_json(found, owner, present().time)}


def request_of(account: Account) -> dict[str, Any] | None:
    """The recovery account's pending request: the new owner key, and when it takes effect (seconds); None
    without one."""
    if not account.request_ready_at:
        return None
    return {"newOwner": account.request_owner, "readyAt": account.request_ready_at}


def _name(account: Account | None) -> dict[str, Any]:
    return {"account": account.id if account else 0, "handle": account.handle if account else None}


def _entry(row: Entry, other: str | None) -> dict[str, Any]:
    return {
        "kind": row.kind,
        "wei": str(row.wei),
        "vests": str(row.vests),
        "post": hex0x(row.post) if row.post else None,
        "other": {"account": row.other, "handle": other} if row.other else None,
        "memo": hex0x(row.memo) if row.memo else None,
        "time": row.time,
    }
