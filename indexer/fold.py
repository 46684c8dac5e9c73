"""What each event changes in the mirror: pure functions from an event and rows to new rows."""

from typing import Any

from indexer.decode import (
    CurationClaimed,
    DayClosed,
    Deposited,
    Event,
    KeyAdded,
    KeyRevoked,
    Posted,
    PoweredUp,
    Registered,
    Settled,
    StakeChanged,
    Voted,
    Withdrawn,
)
from indexer.ranking import hot, trending
from indexer.rewards import CASHOUT_DAYS, WEI_PER_VEST
from indexer.rows import Change, Look, Place, Row, missing_content
from indexer.slots import AccountSlot


class Incomplete(Exception):
    """An event builds on a row that the mirror does not have."""


def places(event: Event) -> list[Place]:
    """The rows to have at hand for `fold`."""
    match event:
        case Registered() | StakeChanged() | Deposited() | Withdrawn():
            return [_account(event.account)]
        case KeyAdded() | KeyRevoked():
            return [_account(event.account), ("keys", (event.key,))]
        case Posted():
            parent = [_post(event.parent)] if event.parent else []
            return [_account(event.account), ("contents", (event.digest,)), *parent]
        case Voted():
            return [_account(event.account), _post(event.post), _vote(event.post, event.account)]
        case Settled():
            return [_account(event.account), _post(event.post)]
        case CurationClaimed():
            return [_vote(event.post, event.account)]
        case PoweredUp():
            return [_account(event.account)]
    return []


def fold(event: Event, look: Look, day: int) -> list[Change]:
    """The changes that `event` makes, where a DAY has `day` seconds. Raises Incomplete."""
    match event:
        case Registered():
            return [Change(_account(event.account), None, _new_account(event))]
        case KeyAdded():
            return [_key_added(event, look)]
        case KeyRevoked():
            return [_with(look, ("keys", (event.key,)), revoked=True)]
        case Posted():
            return _posted(event, look, day)
        case Voted():
            return _voted(event, look)
        case DayClosed():
            names = ("day", "claims", "paid", "pool", "recent")
            row = {name: getattr(event, name) for name in names}
            return [Change(("days", (event.day,)), None, row)]
        case Settled():
            return _settled(event, look)
        case CurationClaimed():
            place = _vote(event.post, event.account)
            return [
                _with(look, place, claimed=True, vests=event.vests),
                *_entry(event, "curation", vests=event.vests, post=event.post),
            ]
        case Deposited():
            return [
                _paid(look, event.account, event.amount),
                *_entry(event, "deposit", wei=event.amount),
            ]
        case Withdrawn():
            return [
                _paid(look, event.account, -event.amount),
                *_entry(event, "withdraw", wei=-event.amount),
            ]
        case PoweredUp():
            return _powered_up(event, look)
        case StakeChanged():
            return [_with(look, _account(event.account), **_slot(event.state))]
    return []


def _new_account(event: Registered) -> Row:
    return {
        "id": event.account,
        "handle": event.handle,
        "recovery": event.recovery,
        "registered_at": event.time,
        "balance": 0,
        "effective": 0,
        "mana": 0,
        "down_mana": 0,
        "updated_at": 0,
        "key_epoch": 0,
        "posts": 0,
    }


def _key_added(event: KeyAdded, look: Look) -> Change:
    place = ("keys", (event.key,))
    row = {
        "address": event.key,
        "account": event.account,
        "role": event.role,
        "expiry": event.expiry,
        "epoch": _existing(look, _account(event.account))["key_epoch"],
        "revoked": False,
        "added_at": event.time,
    }
    return Change(place, look(place), row)


def _posted(event: Posted, look: Look, day: int) -> list[Change]:
    parent = _existing(look, _post(event.parent)) if event.parent else None
    row = {
        "id": event.post,
        "account": event.account,
        "digest": event.digest,
        "parent": event.parent,
        "root": parent["root"] if parent else event.post,
        "depth": parent["depth"] + 1 if parent else 0,
        "community": event.community,
        "seq": event.seq,
        "tx": event.tx,
        "created_at": event.time,
        "cashout_at": event.time + CASHOUT_DAYS * day,
        "net_rshares": 0,
        "weight": 0,
        "votes": 0,
        "children": 0,
        "hot": hot(0, event.time),
        "trending": trending(0, event.time),
        "settled": False,
        "liquid": 0,
        "vests": 0,
        "curation": 0,
    }
    author = _account(event.account)
    changes = [
        Change(_post(event.post), None, row),
        _with(look, author, posts=_existing(look, author)["posts"] + 1),
    ]
    if parent:
        changes.append(_with(look, _post(parent["id"]), children=parent["children"] + 1))
    content = ("contents", (event.digest,))
    if look(content) is None:
        changes.append(Change(content, None, missing_content(event.digest)))
    return changes


def _voted(event: Voted, look: Look) -> list[Change]:
    post = _existing(look, _post(event.post))
    place = _vote(event.post, event.account)
    old, vote = look(place), event.vote
    row = {
        "post": event.post,
        "account": event.account,
        "rshares": vote.rshares,
        "weight": vote.weight,
        "signed_at": vote.signed_at,
        "bps": vote.bps,
        "claimed": vote.claimed,
        "vests": 0,
        "seq": event.seq,
    }
    before = old or {"rshares": 0, "weight": 0, "bps": 0}
    net = post["net_rshares"] - before["rshares"] + vote.rshares
    return [
        Change(place, old, row),
        _with(
            look,
            _post(event.post),
            net_rshares=net,
            weight=post["weight"] - before["weight"] + vote.weight,
            votes=post["votes"] - (before["bps"] != 0) + (vote.bps != 0),
            hot=hot(net, post["created_at"]),
            trending=trending(net, post["created_at"]),
        ),
        _with(look, _account(event.account), **_slot(event.state)),
    ]


def _settled(event: Settled, look: Look) -> list[Change]:
    paid = {"liquid": event.liquid, "vests": event.vests, "curation": event.curation}
    return [
        _with(look, _post(event.post), settled=True, **paid),
        _paid(look, event.account, event.liquid),
        *_entry(event, "author", wei=event.liquid, vests=event.vests, post=event.post),
    ]


def _powered_up(event: PoweredUp, look: Look) -> list[Change]:
    """The stake itself follows in a StakeChanged."""
    wei = event.vests * WEI_PER_VEST
    changes = [_paid(look, event.account, -wei)]
    if event.to == event.account:
        return changes + _entry(event, "power-up", wei=-wei, vests=event.vests)
    changes += _entry(event, "power-up", wei=-wei)
    return changes + _entry(event, "power-up", vests=event.vests, account=event.to)


def _entry(
    event: Settled | CurationClaimed | Deposited | Withdrawn | PoweredUp,
    kind: str,
    wei: int = 0,
    vests: int = 0,
    post: bytes | None = None,
    account: int | None = None,
) -> list[Change]:
    """A line of wallet history, unless nothing moved."""
    if wei == 0 and vests == 0:
        return []
    owner = event.account if account is None else account
    row = {
        "seq": event.seq,
        "account": owner,
        "kind": kind,
        "wei": wei,
        "vests": vests,
        "post": post,
        "time": event.time,
    }
    return [Change(("entries", (event.seq, owner)), None, row)]


def _paid(look: Look, account: int, wei: int) -> Change:
    place = _account(account)
    return _with(look, place, balance=_existing(look, place)["balance"] + wei)


def _with(look: Look, place: Place, **values: Any) -> Change:
    old = _existing(look, place)
    return Change(place, old, {**old, **values})


def _existing(look: Look, place: Place) -> Row:
    row = look(place)
    if row is None:
        table, key = place
        name = ", ".join(part.hex() if isinstance(part, bytes) else str(part) for part in key)
        raise Incomplete(f"The mirror has no row {name} in {table}. Run `laurel rebuild`.")
    return row


def _slot(state: AccountSlot) -> Row:
    return {
        "effective": state.effective,
        "mana": state.mana,
        "down_mana": state.down_mana,
        "updated_at": state.updated_at,
        "key_epoch": state.key_epoch,
    }


def _account(number: int) -> Place:
    return "accounts", (number,)


def _post(post: bytes) -> Place:
    return "posts", (post,)


def _vote(post: bytes, account: int) -> Place:
    return "votes", (post, account)
