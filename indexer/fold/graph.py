"""What accounts say of one another (the last one said stands), and tips."""

from typing import Any

from indexer.events import Collected, Event, Followed, Muted, ProfileSet, Reblogged, Tipped
from indexer.fold.rule import (
    Rule,
    account_place,
    changed,
    content_place,
    existing,
    wanted,
)
from indexer.rows import Change, Look, Place, Row


def _followed(event: Followed | Muted, look: Look, day: int) -> list[Change]:
    row = {"account": event.account, "target": event.target, "seq": event.seq}
    return _said(look, _target_place(event), row, event.on)


def _reblogged(event: Reblogged, look: Look, day: int) -> list[Change]:
    row = {"account": event.account, "post": event.post, "seq": event.seq, "time": event.time}
    return _said(look, _reblog_place(event), row, event.on)


def _said(look: Look, place: Place, row: Row, on: bool) -> list[Change]:
    """The row stays as it was first said, until it is taken back."""
    old = look(place)
    if on == (old is not None):
        return []
    return [Change(place, old, row if on else None)]


def _profile_set(event: ProfileSet, look: Look, day: int) -> list[Change]:
    place = account_place(event.account)
    content = wanted(look, event.digest) if event.digest else []
    return [changed(look, place, profile=event.digest), *content]


def _tipped(event: Tipped, look: Look, day: int) -> list[Change]:
    tip = {
        "seq": event.seq,
        "post": event.post,
        "sender": event.sender,
        "token": event.token,
        "amount": event.amount,
        "time": event.time,
    }
    place = _balance_place(_author(event.post), event.token)
    old = look(place)
    held = {
        "account": place[1][0],
        "token": event.token,
        "amount": (old["amount"] if old else 0) + event.amount,
    }
    return [Change(("tips", (event.seq,)), None, tip), Change(place, old, held)]


def _collected(event: Collected, look: Look, day: int) -> list[Change]:
    if event.amount == 0:  # perhaps of a token that never came
        return []
    place = _balance_place(event.account, event.token)
    return [changed(look, place, amount=existing(look, place)["amount"] - event.amount)]


def _author(post: bytes) -> int:
    return int.from_bytes(post[:5])


def _target_place(event: Followed | Muted) -> Place:
    table = "follows" if isinstance(event, Followed) else "mutes"
    return table, (event.account, event.target)


def _reblog_place(event: Reblogged) -> Place:
    return "reblogs", (event.account, event.post)


def _balance_place(account: int, token: str) -> Place:
    return "tip_balances", (account, token)


def _places_of_profile(event: ProfileSet) -> list[Place]:
    content = [content_place(event.digest)] if event.digest else []
    return [account_place(event.account), *content]


RULES: dict[type[Event], Rule[Any]] = {
    Followed: Rule(lambda e: [_target_place(e)], _followed),
    Muted: Rule(lambda e: [_target_place(e)], _followed),
    Reblogged: Rule(lambda e: [_reblog_place(e)], _reblogged),
    ProfileSet: Rule(_places_of_profile, _profile_set),
    Tipped: Rule(lambda e: [_balance_place(_author(e.post), e.token)], _tipped),
    Collected: Rule(lambda e: [_balance_place(e.account, e.token)], _collected),
}
