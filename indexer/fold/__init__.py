"""What each event changes in the mirror: pure functions from an event and rows to new rows."""

from typing import Any

from indexer.events import Event
from indexer.fold import accounts, graph, payouts, posts, stake
from indexer.fold.rule import Incomplete, Rule
from indexer.rows import Change, Look, Place

__all__ = ["Incomplete", "fold", "places"]

_RULES: dict[type[Event], Rule[Any]] = {
    **accounts.RULES,
    **posts.RULES,
    **payouts.RULES,
    **stake.RULES,
    **graph.RULES,
}
"""An event without a rule (Skipped) changes nothing."""


def places(event: Event) -> list[Place]:
    """The rows that `fold` will look at, as far as the event alone tells."""
    rule = _RULES.get(type(event))
    return rule.places(event) if rule else []


def fold(event: Event, look: Look, day: int) -> list[Change]:
    """The changes that `event` makes, where a DAY has `day` seconds. Raises Incomplete."""
    rule = _RULES.get(type(event))
    return rule.fold(event, look, day) if rule else []
