"""Spearman's rank correlation."""

from collections.abc import Sequence
from statistics import correlation


def spearman(ours: Sequence[float], theirs: Sequence[float]) -> float | None:
    """Pearson's correlation of the ranks, ties ranked by their mean; None where one side is all the same."""
    if len(set(ours)) < 2 or len(set(theirs)) < 2:
        return None
    return correlation(ranks(ours), ranks(theirs))


def ranks(values: Sequence[float]) -> list[float]:
    """The rank of each value, from 1; equal values share the mean of their ranks."""
    order = sorted(range(len(values)), key=values.__getitem__)
    found = [0.0] * len(values)
    first = 0
    while first < len(order):
        last = first
        while last + 1 < len(order) and values[order[last + 1]] == values[order[first]]:
            last += 1
        for place in order[first : last + 1]:
            found[place] = (first + last) / 2 + 1
        first = last + 1
    return found
