"""The few RPC calls of a Kubo daemon that are needed here. It is not trusted: what it returns is checked.

`ipfshttpclient` has no maintainer, so no other module uses it. `Client(addr)` is used and not
`connect()`, which refuses current daemons by their version number.

Blocks are named by their raw CID, and each has a direct pin of its own: no block is kept for another's
sake, and the direct pins are the blocks that our nodes have put there.
"""

import io
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import ipfshttpclient
from ipfshttpclient import exceptions

from indexer.content.car import write_car
from indexer.content.cid import CID_PATTERN, BadCid, cid_of, parse
from indexer.content.store import Corrupt, Missing, StoreUnavailable, checked

TIMEOUT_SECONDS = 5.0
"""For connecting, and for each read: the daemon is near, and pages wait for it."""
BULK_SECONDS = 120.0
"""For each read of a call about many blocks."""
SEARCH = "1s"
"""How long a daemon may search the network for a block: js-ipfs ignores `offline`, and would go on for ever."""

_RAW_CID = re.compile(CID_PATTERN)
_PINS = 100  # in one call, whose URL holds their CIDs
_BIG = {"allow-big-block": "true"}  # blocks may have 2 MiB; Kubo takes 1 MiB unless told


class Daemon:
    """The daemon at the multiaddress `api`. Every call may raise `StoreUnavailable`; the constructor
    makes no call."""

    def __init__(self, api: str, timeout: float | None = None) -> None:
        timeout = TIMEOUT_SECONDS if timeout is None else timeout
        self.api = api
        self._bulk = max(timeout, BULK_SECONDS)
        with self._clear_errors():
            self._client: Any = ipfshttpclient.Client(api, timeout=timeout)

    def version(self) -> str:
        """The daemon's version, as it reports it."""
        with self._clear_errors():
            return str(self._client.version()["Version"])

    def put(self, cid: str, data: bytes) -> None:
        """Stores a block. Raises `Corrupt` if the daemon names it other than by the raw `cid`."""
        # `format` and not `cid-codec`: all of Kubo and js-ipfs understand it.
        options = {"format": "raw", "mhtype": "sha2-256"} | _BIG | _names()
        with self._clear_errors():
            found = self._client.block.put(io.BytesIO(data), opts=options)["Key"]
        if found != cid:
            raise Corrupt(f"The IPFS daemon calls the block {cid} {found!r:.100}.")

    def put_many(self, blocks: Sequence[tuple[str, bytes]]) -> None:
        """Stores blocks, each with its raw CID, in one call. Check with `get` or `pin` that they arrived."""
        car = b"".join(write_car([blocks[0][0]], blocks)) if blocks else b""
        with (
            self._clear_errors(),
            self._client.dag.imprt(
                io.BytesIO(car), opts={"pin-roots": "false"} | _BIG, stream=True, timeout=self._bulk
            ) as lines,
        ):
            for _ in lines:
                pass

    def get(self, cid: str) -> bytes:
        """The block, checked. Raises `Missing`, `Corrupt`."""
        if not self.has(cid):
            raise Missing(f"The IPFS daemon does not hold the block {cid}.")
        return self.get_held(cid)

    def get_held(self, cid: str) -> bytes:
        """As `get`, for a block that is known to be there. Raises `Corrupt`."""
        with self._clear_errors():
            data: bytes = self._client.block.get(_raw(cid), offline=True)
        return checked(data, cid)

    def has(self, cid: str) -> bool:
        """Whether the daemon itself holds the block."""
        name = _raw(cid)
        with self._clear_errors():
            try:
                self._client.block.stat(name, offline=True, opts={"timeout": SEARCH})
            except exceptions.ErrorResponse as error:
                told = str(error)
                if any(w in told for w in ("not found", "could not find", "request timed out")):
                    return False
                raise
        return True

    def pin(self, cids: Sequence[str]) -> None:
        """Pins blocks that the daemon holds, each with a direct pin."""
        for first in range(0, len(cids), _PINS):
            self._pin([_raw(cid) for cid in cids[first : first + _PINS]])

    def unpin(self, cid: str) -> None:
        """Takes the pin away; without effect if there is none."""
        with self._clear_errors():
            try:
                self._client.pin.rm(_raw(cid))
            except exceptions.ErrorResponse as error:
                if "not pinned" not in str(error):
                    raise

    def pinned(self) -> set[bytes]:
        """The digests of all blocks that have a direct pin, and of raw blocks that have a recursive one.

        A raw block links to nothing, so a recursive pin that somebody else has set does the same as ours.
        (js-ipfs writes the CIDs of recursive pins in another base, so there they are left out.)
        """
        with self._clear_errors():
            found = self._client.pin.ls(type="direct", opts=_names(), timeout=self._bulk)
            theirs = self._client.pin.ls(type="recursive", timeout=self._bulk)
            names = [*found["Keys"], *(cid for cid in theirs["Keys"] if _RAW_CID.fullmatch(cid))]
            return {digest for digest in map(_digest, names) if digest is not None}

    def _pin(self, cids: list[str]) -> None:
        with self._clear_errors():
            try:
                # `offline`: a pin on what the daemon lacks would make it search the network.
                self._client.pin.add(
                    *cids, recursive=False, offline=True, opts=_names(), timeout=self._bulk
                )
            except exceptions.ErrorResponse as error:
                if "already pinned recursively" not in str(error):
                    raise
                if len(cids) > 1:  # one of them is pinned already: pin the others one by one
                    for cid in cids:
                        self._pin([cid])

    @contextmanager
    def _clear_errors(self) -> Iterator[None]:
        # Besides its own errors, the client raises those of `requests` (an OSError) when an answer
        # breaks off, and AssertionError, LookupError or TypeError for an answer it does not expect.
        try:
            yield
        except (exceptions.Error, OSError, AssertionError, LookupError, TypeError) as error:
            raise StoreUnavailable(
                f"The IPFS daemon at {self.api} failed: {_why(error)}"
            ) from error


def _names() -> dict[str, str]:
    """The option for CIDs in base32: js-ipfs has another default. (A new dict each time: the client
    adds to it.)"""
    return {"cid-base": "base32"}


def _raw(cid: str) -> str:
    """The raw CID of the same digest, under which every block is stored."""
    return cid_of(parse(cid).digest)


def _digest(cid: str) -> bytes | None:
    try:
        return parse(cid).digest
    except BadCid:  # of another form: not one of ours
        return None


def _why(error: Exception) -> str:
    match error:
        case exceptions.TimeoutError():
            return "it did not answer in time."
        case exceptions.ConnectionError():
            return "nobody answers there. Start it; nothing here is lost."
        case exceptions.ErrorResponse():
            return f"it says {str(error)!r:.300}."
        case exceptions.StatusError():
            return (
                "it does not know a call of the RPC. Is it a Kubo daemon's RPC address, and is the "
                f"daemon not too old (0.5 or later)? ({error})"
            )
        case exceptions.ProtocolError() | OSError():
            return f"its answer broke off ({type(error).__name__})."
        case exceptions.Error():
            return f"{error}."
    return "its answer is none of a Kubo daemon."
