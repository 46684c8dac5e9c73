"""Posts, their options, edits and removals, and the votes on them."""

from typing import Any

from indexer.fold.ranking import hot, trending
from indexer.fold.rows import Place, Row, Rows, new_post
from indexer.fold.rule import Rule, account_place, content_place, post_place, want
from indexer.protocol.events import Edited, Event, OptionsSet, Posted, Removed, Voted
from indexer.protocol.packed import AccountSlot
from indexer.rewards import CASHOUT_DAYS

_NO_VOTE = {"rshares": 0, "weight": 0, "bps": 0}


def _posted(event: Posted, rows: Rows, day: int) -> None:
    cashout = event.time + CASHOUT_DAYS * day
    row = new_post(
        event.post, event.account, event.digest, event.time, cashout, event.seq, event.tx
    )
    row["community"] = event.community
    if event.parent:
        parent = rows.edit(post_place(event.parent))
        parent["children"] += 1
        parent["replied"] = True
        row |= {"parent": parent["id"], "root": parent["root"], "depth": parent["depth"] + 1}
    rows.put(post_place(event.post), row)
    rows.edit(account_place(event.account))["posts"] += 1
    want(rows, event.digest)


def _options_set(event: OptionsSet, rows: Rows, day: int) -> None:
    post = rows.edit(post_place(event.post))
    post |= {
        "max_accepted_payout": event.max_accepted_payout,
        "liquid_bps": event.liquid_bps,
        "allow_votes": event.allow_votes,
        "allow_curation_rewards": event.allow_curation_rewards,
    }
    for account, bps in event.beneficiaries:
        row = {"post": event.post, "account": account, "bps": bps, "liquid": 0, "vests": 0}
        rows.put(("beneficiaries", (event.post, account)), row)


def _edited(event: Edited, rows: Rows, day: int) -> None:
    post = rows.edit(post_place(event.post))
    post |= {"current": event.digest, "edited_at": event.time}
    want(rows, event.digest)


def _removed(event: Removed, rows: Rows, day: int) -> None:
    post = rows.edit(post_place(event.post))
    post["removed"] = True
    rows.edit(account_place(post["account"]))["posts"] -= 1
    if post["parent"]:
        rows.edit(post_place(post["parent"]))["children"] -= 1


def _voted(event: Voted, rows: Rows, day: int) -> None:
    post, place, vote = rows.edit(post_place(event.post)), _vote_place(event), event.vote
    old = rows.get(place) or _NO_VOTE
    post["net_rshares"] += vote.rshares - old["rshares"]
    post["weight"] += vote.weight - old["weight"]
    post["votes"] += (vote.bps != 0) - (old["bps"] != 0)
    row = {
        "post": event.post,
        "account": event.account,
        "rshares": vote.rshares,
        "weight": vote.weight,
        "signed_at": vote.signed_at,
        "bps": vote.bps,
        "claimed": False,
        "vests": 0,
        "seq": event.seq,
    }
    rows.put(place, row)
    set_slot(rows.edit(account_place(event.account)), event.state)


def rank(post: Row) -> None:
    """Sets a post's scores in the feeds by its net rshares."""
    net, created = post["net_rshares"], post["created_at"]
    post |= {"hot": hot(net, created), "trending": trending(net, created)}


def set_slot(account: Row, state: AccountSlot) -> None:
    """Copies the hot slot (AccountState.sol) into an account's row."""
    account["effective"] = state.effective
    account["mana"] = state.mana
    account["down_mana"] = state.down_mana
    account["updated_at"] = state.updated_at
    account["key_epoch"] = state.key_epoch


def _places_of_posted(event: Posted) -> list[Place]:
    parent = [post_place(event.parent)] if event.parent else []
    return [account_place(event.account), content_place(event.digest), *parent]


def _vote_place(event: Voted) -> Place:
    return "votes", (event.post, event.account)


RULES: dict[type[Event], Rule[Any]] = {
    Posted: Rule(_places_of_posted, _posted),
    OptionsSet: Rule(lambda e: [post_place(e.post)], _options_set),
    Edited: Rule(lambda e: [post_place(e.post), content_place(e.digest)], _edited),
    Removed: Rule(lambda e: [post_place(e.post)], _removed),
    Voted: Rule(
        lambda e: [account_place(e.account), post_place(e.post), _vote_place(e)],
        _voted,
    ),
}
