"""Many at once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

Result = TypeVar("Result")


def at_once(number: int, work: Callable[[int], Result]) -> list[Result]:
    """What `work` returns for 0 … number - 1, all begun at the same moment, in threads of their own."""
    gate = Barrier(number)

    def begin(i: int) -> Result:
        gate.wait(30)
        return work(i)

    with ThreadPoolExecutor(number) as pool:
        return list(pool.map(begin, range(number)))
