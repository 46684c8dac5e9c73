"""Many blocks from another node in one answer. The node is not trusted: every block is hashed first.

A node is asked for at most `MOST_CIDS` blocks; it sends those that it has, in the order asked for,
in a CAR of some `MOST_BYTES` (backend/content/bulk.py).
"""

from collections.abc import Iterator, Sequence

import httpx

from indexer.content.car import MEDIA_TYPE, BadCar, CutCar, read_car
from indexer.content.errors import ContentError
from indexer.content.store import MAX_BLOCK
from indexer.fetching.deadline import Deadline, TimeUp

MOST_CIDS = 2000
MOST_BYTES = 16 * 1024 * 1024
"""An answer ends after so many bytes of blocks."""
DEADLINE_SECONDS = 120.0
"""For one answer. A slow line brings part of it in that time; the rest is asked for again."""
LONGEST_WAIT_SECONDS = 900.0
"""The longest that a node's Retry-After is waited for."""

_PATH = "/api/laurel/v1/content/blocks"
_HEADERS = {"Accept": MEDIA_TYPE, "Accept-Encoding": "identity"}
_HEADERS["Connection"] = "close"  # each request has a connection of its own, which can be cut


class NodeTrouble(ContentError):
    """An answer is not complete. The blocks that came are good."""

    code = "node_trouble"


class NodeRefused(NodeTrouble):
    """The node refuses, or sends what was not asked for; it is not asked again."""

    code = "node_refused"


class NodeAway(NodeTrouble):
    """The node cannot be reached, or its answer broke off."""

    code = "node_away"


class NodeBusy(NodeTrouble):
    """The node wants to be asked again in `seconds`."""

    code = "node_busy"

    def __init__(self, base: str, seconds: float) -> None:
        self.seconds = seconds
        super().__init__(f"{base} wants to be asked again in {seconds:.0f} seconds.")


def ask(
    base: str, cids: Sequence[str], client: httpx.Client, deadline: float = DEADLINE_SECONDS
) -> Iterator[tuple[str, bytes]]:
    """Asks the node at `base`, a URL, for the blocks `cids`. Yields CID and bytes of each that it gives.

    deadline: seconds for the whole answer. Raises NodeRefused, NodeAway, NodeBusy, also after some blocks.
    """
    clock = Deadline(deadline)
    try:
        with client.stream(
            "POST",
            base.rstrip("/") + _PATH,
            json={"cids": list(cids)},
            headers=_HEADERS,
            timeout=min(deadline, 30.0),
            extensions={"trace": clock.trace},
            follow_redirects=False,
        ) as response:
            _check_status(base, response)
            yield from _wanted(base, cids, read_car(_timed(response, clock)))
    except BadCar as error:
        raise NodeRefused(f"{base} is not asked any more: {error}") from error
    except (CutCar, TimeUp) as error:
        raise NodeAway(f"The answer of {base} broke off: {clock.why() or error}") from error
    except httpx.InvalidURL as error:
        raise NodeRefused(f"{base} is not an address: {error}.") from error
    except (httpx.HTTPError, UnicodeError) as error:  # UnicodeError: a name that DNS cannot hold
        why = clock.why() or f"{type(error).__name__}: {error}"
        raise NodeAway(f"{base} does not answer ({why}).") from error
    finally:
        clock.stop()


def _check_status(base: str, response: httpx.Response) -> None:
    status = response.status_code
    if status == 429:
        wait = response.headers.get("Retry-After", "")
        seconds = float(wait) if wait.isascii() and wait.isdecimal() else 60.0
        raise NodeBusy(base, min(seconds, LONGEST_WAIT_SECONDS))
    if status in (404, 405):
        raise NodeRefused(f"{base} gives out no blocks in bulk: is it a Laurel node, and of today?")
    if status >= 500:
        raise NodeAway(f"{base} has trouble of its own (status {status}).")
    if status != 200:
        raise NodeRefused(f"{base} does not want to be asked (status {status}).")
    if not response.headers.get("Content-Type", "").startswith(MEDIA_TYPE):
        raise NodeRefused(f"{base} answers with something else than blocks: is it a Laurel node?")


def _wanted(
    base: str, cids: Sequence[str], blocks: Iterator[tuple[str, bytes]]
) -> Iterator[tuple[str, bytes]]:
    """`blocks`, as they come. Raises NodeRefused for one not asked for, one sent twice, and too many bytes."""
    wanted, size = set(cids), 0
    for cid, data in blocks:
        if cid not in wanted:
            raise NodeRefused(f"{base} is not asked any more: it sent {cid} unasked, or twice.")
        if size > MOST_BYTES + MAX_BLOCK:
            raise NodeRefused(f"{base} is not asked any more: its answer has no end.")
        wanted.discard(cid)
        size += len(data)
        yield cid, data


def _timed(response: httpx.Response, clock: Deadline) -> Iterator[bytes]:
    for chunk in response.iter_raw():  # raw: a compressed answer must not unfold in memory
        clock.check()
        yield chunk
