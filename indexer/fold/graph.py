"""Follows, mutes, reblogs and profiles (the last statement counts), and tips."""

from typing import Any

from indexer.fold.rows import Place, Row, Rows
from indexer.fold.rule import Rule, account_place, content_place, want
from indexer.protocol.events import Collected, Event, Followed, Muted, ProfileSet, Reblogged, Tipped


def _followed(event: Followed | Muted, rows: Rows, day: int) -> None:
    row = {"account": event.account, "target": event.target, "seq": event.seq}
    _say(rows, _target_place(event), row, event.on)


def _reblogged(event: Reblogged, rows: Rows, day: int) -> None:
    row = {"account": event.account, "post": event.post, "seq": event.seq, "time": event.time}
    _say(rows, _reblog_place(event), row, event.on)


def _say(rows: Rows, place: Place, row: Row, on: bool) -> None:
    """Puts or removes the row. A repeated statement changes nothing: the first row stays."""
    if on != (rows.get(place) is not None):
        rows.put(place, row if on else None)


def _profile_set(event: ProfileSet, rows: Rows, day: int) -> None:
    rows.edit(account_place(event.account))["profile"] = event.digest
    if event.digest:
        want(rows, event.digest)


def _tipped(event: Tipped, rows: Rows, day: int) -> None:
    tip = {
        "seq": event.seq,
        "post": event.post,
        "sender": event.sender,
        "token": event.token,
        "amount": event.amount,
        "time": event.time,
    }
    rows.put(("tips", (event.seq,)), tip)
    place = _balance_place(_author(event.post), event.token)
    if rows.get(place) is None:
        rows.put(place, {"account": place[1][0], "token": event.token, "amount": 0})
    rows.edit(place)["amount"] += event.amount


def _collected(event: Collected, rows: Rows, day: int) -> None:
    if event.amount:  # at 0 there may be no row of that token
        rows.edit(_balance_place(event.account, event.token))["amount"] -= event.amount


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
