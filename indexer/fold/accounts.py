"""Accounts, their keys, and how they are recovered."""

from typing import Any

from indexer.fold.rows import Place, Row, Rows, new_account
from indexer.fold.rule import Rule, account_place
from indexer.protocol.events import (
    Event,
    KeyAdded,
    KeyRevoked,
    Recovered,
    RecoveryCancelled,
    RecoveryRequested,
    RecoverySet,
    Registered,
)
from indexer.protocol.recovery import recovery_at


def _registered(event: Registered, rows: Rows, day: int) -> None:
    row = new_account(event.account, event.handle, event.time, event.recovery)
    rows.put(account_place(event.account), row)


def _key_added(event: KeyAdded, rows: Rows, day: int) -> None:
    row = {
        "address": event.key,
        "account": event.account,
        "role": event.role,
        "expiry": event.expiry,
        "epoch": rows.existing(account_place(event.account))["key_epoch"],
        "revoked_at": 0,
        "added_at": event.time,
    }
    rows.put(_key_place(event.key), row)


def _key_revoked(event: KeyRevoked, rows: Rows, day: int) -> None:
    rows.edit(_key_place(event.key))["revoked_at"] = event.time


def _recovery_set(event: RecoverySet, rows: Rows, day: int) -> None:
    row = rows.edit(account_place(event.account))
    row |= {
        "recovery": _recovery_now(row, event.time),
        "next_recovery": event.recovery,
        "recovery_at": event.effective_at,
    }


def _recovery_requested(event: RecoveryRequested, rows: Rows, day: int) -> None:
    row = rows.edit(account_place(event.account))
    row |= {"request_owner": event.new_owner, "request_ready_at": event.ready_at}


def _recovery_cancelled(event: RecoveryCancelled, rows: Rows, day: int) -> None:
    row = rows.edit(account_place(event.account))
    row |= {"request_owner": None, "request_ready_at": 0}


def _recovered(event: Recovered, rows: Rows, day: int) -> None:
    """The new owner's KeyAdded came just before, but its key is already of the epoch that this event names."""
    row = rows.edit(account_place(event.account))
    row |= {
        "key_epoch": event.key_epoch,
        "recovery": _recovery_now(row, event.time),
        "next_recovery": 0,
        "recovery_at": 0,
        "request_owner": None,
        "request_ready_at": 0,
    }
    rows.edit(_key_place(event.new_owner))["epoch"] = event.key_epoch


def _recovery_now(row: Row, time: int) -> int:
    now, _, _ = recovery_at(row["recovery"], row["next_recovery"], row["recovery_at"], time)
    return now


def _key_place(address: str) -> Place:
    return "keys", (address,)


RULES: dict[type[Event], Rule[Any]] = {
    Registered: Rule(lambda e: [account_place(e.account)], _registered),
    KeyAdded: Rule(lambda e: [account_place(e.account), _key_place(e.key)], _key_added),
    KeyRevoked: Rule(lambda e: [_key_place(e.key)], _key_revoked),
    RecoverySet: Rule(lambda e: [account_place(e.account)], _recovery_set),
    RecoveryRequested: Rule(lambda e: [account_place(e.account)], _recovery_requested),
    RecoveryCancelled: Rule(lambda e: [account_place(e.account)], _recovery_cancelled),
    Recovered: Rule(lambda e: [account_place(e.account), _key_place(e.new_owner)], _recovered),
}
