"""What each event changes in the mirror: a rule for each class of event, which changes rows in memory."""

from collections.abc import Iterable
from typing import Any

from indexer.fold import accounts, graph, payouts, posts, stake
from indexer.fold.rows import Place, Rows
from indexer.fold.rule import Rule
from indexer.protocol.events import Event

__all__ = ["fold", "places"]

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


def fold(events: Iterable[Event], rows: Rows, day: int) -> None:
    """Applies events to `rows`: those of one block, or of a span of final blocks, which keeps no undo images.

    day: seconds in a DAY. Raises Incomplete.
    """
    for event in events:
        rule = _RULES.get(type(event))
        if rule:
            rule.fold(event, rows, day)
    for place in rows.touched:  # once for each post, however many votes it got
        if place[0] == "posts":
            posts.rank(rows.edit(place))
