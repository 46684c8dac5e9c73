"""Accounts, their keys, and how they are recovered."""

from typing import Any

from indexer.events import (
    Event,
    KeyAdded,
    KeyRevoked,
    Recovered,
    RecoveryCancelled,
    RecoveryRequested,
    RecoverySet,
    Registered,
)
from indexer.fold.rule import Rule, account_place, changed, existing
from indexer.recovery import recovery_at
from indexer.rows import Change, Look, Place, new_account


def _registered(event: Registered, look: Look, day: int) -> list[Change]:
    row = new_account(event.account, event.handle, event.time, event.recovery)
    return [Change(account_place(event.account), None, row)]


def _key_added(event: KeyAdded, look: Look, day: int) -> list[Change]:
    place = _key_place(event.key)
    row = {
        "address": event.key,
        "account": event.account,
        "role": event.role,
        "expiry": event.expiry,
        "epoch": existing(look, account_place(event.account))["key_epoch"],
        "revoked_at": 0,
        "added_at": event.time,
    }
    return [Change(place, look(place), row)]


def _key_revoked(event: KeyRevoked, look: Look, day: int) -> list[Change]:
    return [changed(look, _key_place(event.key), revoked_at=event.time)]


def _recovery_set(event: RecoverySet, look: Look, day: int) -> list[Change]:
    return [
        changed(
            look,
            account_place(event.account),
            recovery=_recovery_now(event, look),
            next_recovery=event.recovery,
            recovery_at=event.effective_at,
        )
    ]


def _recovery_requested(event: RecoveryRequested, look: Look, day: int) -> list[Change]:
    request = {"request_owner": event.new_owner, "request_ready_at": event.ready_at}
    return [changed(look, account_place(event.account), **request)]


def _recovery_cancelled(event: RecoveryCancelled, look: Look, day: int) -> list[Change]:
    place = account_place(event.account)
    return [changed(look, place, request_owner=None, request_ready_at=0)]


def _recovered(event: Recovered, look: Look, day: int) -> list[Change]:
    """The new owner key was added just before, already under the epoch that is told here."""
    return [
        changed(
            look,
            account_place(event.account),
            key_epoch=event.key_epoch,
            recovery=_recovery_now(event, look),
            next_recovery=0,
            recovery_at=0,
            request_owner=None,
            request_ready_at=0,
        ),
        changed(look, _key_place(event.new_owner), epoch=event.key_epoch),
    ]


def _recovery_now(event: RecoverySet | Recovered, look: Look) -> int:
    row = existing(look, account_place(event.account))
    now, _, _ = recovery_at(row["recovery"], row["next_recovery"], row["recovery_at"], event.time)
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
