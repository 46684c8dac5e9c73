"""Files made of a seed, of any size, that are never whole in memory; and stores of blocks in memory."""

import hashlib
import io

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms

from indexer.content.cid import cid_of, digest, parse
from indexer.content.store import Missing


class Keystream(io.RawIOBase):
    """`size` bytes of the ChaCha20 keystream of a seed, as the vectors of IPIP-0499 have them."""

    def __init__(self, seed: str, size: int) -> None:
        key = hashlib.sha256(seed.encode()).digest()
        self._cipher = Cipher(algorithms.ChaCha20(key, bytes(16)), None).encryptor()
        self._left = size

    def read(self, size: int = -1) -> bytes:
        size = self._left if size < 0 else min(size, self._left)
        self._left -= size
        return self._cipher.update(bytes(size))


class Blocks(dict[bytes, bytes]):
    """Blocks by digest; which CIDs were asked for is in `asked`."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []

    def keep(self, block: bytes, codec: int) -> str:
        self[digest(block)] = block
        return cid_of(digest(block), codec)

    def get_block(self, cid: str) -> bytes:
        self.asked.append(cid)
        try:
            return self[parse(cid).digest]
        except KeyError:
            raise Missing(f"{cid} is not here.") from None
