"""Posts, their options, edits and ends, and the votes on them."""

from typing import Any

from indexer.events import Edited, Event, OptionsSet, Posted, Removed, Voted
from indexer.fold.rule import (
    Rule,
    account_place,
    changed,
    content_place,
    existing,
    post_place,
    wanted,
)
from indexer.ranking import hot, trending
from indexer.rewards import CASHOUT_DAYS
from indexer.rows import Change, Look, Place, new_post
from indexer.slots import AccountSlot


def _posted(event: Posted, look: Look, day: int) -> list[Change]:
    parent = existing(look, post_place(event.parent)) if event.parent else None
    cashout = event.time + CASHOUT_DAYS * day
    row = new_post(
        event.post, event.account, event.digest, event.time, cashout, event.seq, event.tx
    )
    row["community"] = event.community
    author = account_place(event.account)
    changes = [
        Change(post_place(event.post), None, row),
        changed(look, author, posts=existing(look, author)["posts"] + 1),
        *wanted(look, event.digest),
    ]
    if parent:
        row |= {"parent": parent["id"], "root": parent["root"], "depth": parent["depth"] + 1}
        replies = parent["children"] + 1
        changes.append(changed(look, post_place(parent["id"]), children=replies, replied=True))
    return changes


def _options_set(event: OptionsSet, look: Look, day: int) -> list[Change]:
    shares = [
        {"post": event.post, "account": account, "bps": bps, "liquid": 0, "vests": 0}
        for account, bps in event.beneficiaries
    ]
    return [
        changed(
            look,
            post_place(event.post),
            max_accepted_payout=event.max_accepted_payout,
            liquid_bps=event.liquid_bps,
            allow_votes=event.allow_votes,
            allow_curation_rewards=event.allow_curation_rewards,
        ),
        *(Change(("beneficiaries", (row["post"], row["account"])), None, row) for row in shares),
    ]


def _edited(event: Edited, look: Look, day: int) -> list[Change]:
    place = post_place(event.post)
    return [
        changed(look, place, current=event.digest, edited_at=event.time),
        *wanted(look, event.digest),
    ]


def _removed(event: Removed, look: Look, day: int) -> list[Change]:
    post = existing(look, post_place(event.post))
    author = account_place(post["account"])
    changes = [
        changed(look, post_place(event.post), removed=True),
        changed(look, author, posts=existing(look, author)["posts"] - 1),
    ]
    if post["parent"]:
        parent = post_place(post["parent"])
        changes.append(changed(look, parent, children=existing(look, parent)["children"] - 1))
    return changes


def _voted(event: Voted, look: Look, day: int) -> list[Change]:
    post = existing(look, post_place(event.post))
    place = _vote_place(event)
    old, vote = look(place), event.vote
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
    before = old or {"rshares": 0, "weight": 0, "bps": 0}
    net = post["net_rshares"] - before["rshares"] + vote.rshares
    return [
        Change(place, old, row),
        changed(
            look,
            post_place(event.post),
            net_rshares=net,
            weight=post["weight"] - before["weight"] + vote.weight,
            votes=post["votes"] - (before["bps"] != 0) + (vote.bps != 0),
            hot=hot(net, post["created_at"]),
            trending=trending(net, post["created_at"]),
        ),
        changed(look, account_place(event.account), **slot(event.state)),
    ]


def slot(state: AccountSlot) -> dict[str, int]:
    """The columns of the hot slot."""
    return {
        "effective": state.effective,
        "mana": state.mana,
        "down_mana": state.down_mana,
        "updated_at": state.updated_at,
        "key_epoch": state.key_epoch,
    }


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
