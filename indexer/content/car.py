"""Many blocks in one stream: CARv1, read and written a block at a time.

A CAR begins with a header in dag-cbor that names the roots; then come the blocks, each after its length
and its CID. Source: https://ipld.io/specs/transport/car/carv1/.
"""

from collections.abc import Iterable, Iterator, Sequence

import libipld

from indexer.content import varint
from indexer.content.cid import CID_BYTES, BadCid, binary, cid_of, digest, from_binary
from indexer.content.errors import ContentError
from indexer.content.store import MAX_BLOCK

MEDIA_TYPE = "application/vnd.ipld.car"
MAX_HEADER = 64 * 1024
"""Bytes of a header, at most: some 1,500 roots."""

_PIECE = 64 * 1024


class BadCar(ContentError):
    """The stream is no CAR, or a block in it does not hash to its CID: use no more of it."""

    code = "bad_car"


class CutCar(ContentError):
    """The stream ended within a block. All blocks before it are good."""

    code = "car_cut"


def write_car(roots: Sequence[str], blocks: Iterable[tuple[str, bytes]]) -> Iterator[bytes]:
    """The CAR of `blocks`, each a CID and its bytes, some 64 KiB at a time. Raises `BadCid`."""
    header = libipld.encode_dag_cbor({"roots": [binary(root) for root in roots], "version": 1})
    piece = bytearray(varint.encode(len(header)) + header)
    for cid, data in blocks:
        piece += varint.encode(CID_BYTES + len(data)) + binary(cid) + data
        if len(piece) >= _PIECE:
            yield bytes(piece)
            piece.clear()
    yield bytes(piece)


def read_car(chunks: Iterable[bytes]) -> Iterator[tuple[str, bytes]]:
    """Each block's CID and bytes, once its hash was checked, from a CAR that comes in `chunks`.

    At most one block and one chunk are in memory. The same block may come more than once. Raises
    `BadCar`, or `CutCar` at the end of a stream that is too short.
    """
    stream = _Stream(chunks)
    _check_header(stream.section(MAX_HEADER))
    while not stream.ended():
        section = stream.section(CID_BYTES + MAX_BLOCK)
        try:
            codec, expected = from_binary(section[:CID_BYTES])
        except BadCid as error:
            raise BadCar(f"The CAR holds a block that cannot be checked: {error}") from error
        data = section[CID_BYTES:]
        if digest(data) != expected:
            raise BadCar(f"The CAR holds other bytes under the name of {cid_of(expected, codec)}.")
        yield cid_of(expected, codec), data


def _check_header(data: bytes) -> None:
    try:
        header = libipld.decode_dag_cbor(data)
    except (ValueError, RecursionError) as error:
        raise BadCar("This is not a CAR: its header is not dag-cbor.") from error
    version = header.get("version") if isinstance(header, dict) else None
    if version != 1:
        raise BadCar(f"This is not a CAR of version 1, but of {version!r:.20}.")


class _Stream:
    """The bytes of `chunks`, in sections that each begin with their length."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks = iter(chunks)
        self._held = bytearray()

    def ended(self) -> bool:
        return not self._fill(1)

    def section(self, limit: int) -> bytes:
        """The next section, of at most `limit` bytes."""
        size = self._length()
        if size > limit:
            raise BadCar(f"The CAR has a part of {size:,} bytes; at most {limit:,} are allowed.")
        if not self._fill(size):
            raise CutCar("The CAR ends within a block: it was cut short.")
        return self._take(size)

    def _length(self) -> int:
        number = bytearray()
        while not number or (number[-1] >= 0x80 and len(number) < varint.MAX_BYTES):
            if not self._fill(1):
                raise CutCar("The CAR ends where a length should be: it was cut short.")
            number += self._take(1)
        try:
            return varint.decode(bytes(number), 0)[0]
        except ValueError as error:
            raise BadCar("The CAR has a length that is no number.") from error

    def _fill(self, size: int) -> bool:
        """Reads on until `size` bytes are held. False if the stream ends before."""
        while len(self._held) < size:
            chunk = next(self._chunks, None)
            if chunk is None:
                return False
            self._held += chunk
        return True

    def _take(self, size: int) -> bytes:
        found = bytes(self._held[:size])
        del self._held[:size]
        return found
