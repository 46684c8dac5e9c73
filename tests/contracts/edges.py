"""Signatures at the edges, in the manner of Wycheproof: by name, the bytes, and whether they are a signature."""

from tests.contracts.curves import P256, SECP256K1, Point

Cases = dict[str, tuple[bytes, bool]]


def row(*numbers: int) -> bytes:
    return b"".join(n.to_bytes(32) for n in numbers)


def p256(digest: int) -> Cases:
    """r, s, x, y. The keys of some are made for this digest."""
    c, n, p = P256, P256.n, P256.p
    key = c.times(7, c.g)
    r, s = c.sign(7, 11, digest)
    s = min(s, n - s)
    good = row(r, s, *key)
    small, beyond = c.first_from(1), c.first_from(n)

    def over(point: Point, s: int) -> bytes:
        """Of the key that makes it valid but for a high s."""
        return row(point.x % n, s, *c.key_of(point, s, digest))

    # The verifier adds digest/s of the generator and r/s of the key: here the same point, and there its opposite.
    same = c.times(2 * digest * pow(s, -1, n), c.g).x % n
    same_key = c.times(digest * pow(same, -1, n), c.g)
    opposite_key = c.times(-digest * pow(r, -1, n), c.g)
    return {
        "plain": (good, True),
        "r is small, s is 1": (over(small, 1), True),
        "s is the highest low one": (over(small, n // 2), True),
        "s is the lowest high one": (over(small, n // 2 + 1), False),
        "s is n - 1": (over(small, n - 1), False),
        "s is n more": (over(small, 1 + n), False),
        "s is high": (row(r, n - s, *key), False),
        "the nonce's point is beyond n": (over(beyond, 2), True),
        "r is beyond n, not reduced": (row(beyond.x) + over(beyond, 2)[32:], False),
        "the sum is of equal points": (row(same, s, *same_key), True),
        "the sum is infinity": (row(r, s, *opposite_key), False),
        "another's key": (row(r, s, *c.g), False),
        "the opposite key": (row(r, s, key.x, p - key.y), False),
        "x and y swapped": (row(r, s, key.y, key.x), False),
        "r and s swapped": (row(s, r, *key), False),
        "not on the curve": (row(r, s, key.x, key.y + 1), False),
        "on the curve of another b": (row(r, s, *c.times(7, Point(c.g.x, c.g.y + 1))), False),
        "a key of secp256k1": (row(r, s, *SECP256K1.g), False),
        "the key is zeros": (row(r, s, 0, 0), False),
        "y is 0": (row(r, s, key.x, 0), False),
        "x is p": (row(r, s, p, key.y), False),
        "y is p": (row(r, s, key.x, p), False),
        "x is beyond p": (row(r, s, small.x + p, small.y), False),
        "all is zeros": (bytes(128), False),
        "all is ones": (b"\xff" * 128, False),
        "a byte less": (good[:-1], False),
        "a byte more": (good + b"\0", False),
        "without the key": (good[:64], False),
        "a byte 4 before the key": (good[:64] + b"\4" + good[64:], False),
        "twice": (good * 2, False),
        "nothing": (b"", False),
    }


def secp256k1(digest: int) -> Cases:
    """r, s, v. Whatever recovers to a key is valid, if not of whom one thinks."""
    c, n, p = SECP256K1, SECP256K1.n, SECP256K1.p
    point = c.times(11, c.g)
    r, s = c.sign(7, 11, digest)
    v = 27 + (point.y % 2 ^ (s > n // 2))
    s = min(s, n - s)
    good = row(r, s)
    small = c.first_from(1).x
    nowhere = next(x for x in range(1, 100) if c.lift(x) is None)
    # digest/s of the generator is the nonce's point itself, which leaves infinity for the key.
    none = digest * pow(11, -1, n) % n
    none, parity = (none, point.y % 2) if none <= n // 2 else (n - none, 1 - point.y % 2)

    def with_v(signature: bytes, v: int = v) -> bytes:
        return signature + bytes([v])

    return {
        "plain": (with_v(good), True),
        "the other v": (with_v(good, 55 - v), True),
        "r is small, s is 1": (with_v(row(small, 1)), True),
        "s is the highest low one": (with_v(row(small, n // 2)), True),
        "s is the lowest high one": (with_v(row(small, n // 2 + 1)), False),
        "s is n more": (with_v(row(small, 1 + n)), False),
        "s is high": (with_v(row(r, n - s), 55 - v), False),
        "r is no point's x": (with_v(row(nowhere, s)), False),
        "r is beyond n": (with_v(row(c.first_from(n).x, s)), False),
        "r is p": (with_v(row(p, s)), False),
        "the key is infinity": (with_v(row(r, none), 27 + parity), False),
        "zeros with a v": (with_v(bytes(64)), False),
        "all is zeros": (bytes(65), False),
        "all is ones": (b"\xff" * 65, False),
        "a byte less": (good, False),
        "a byte more": (with_v(good) + b"\0", False),
        "v in 32 bytes": (good + row(v), False),
        "v before r": (bytes([v]) + good, False),
        "compact, of EIP-2098": (row(r, s | (v - 27) << 255), False),
    } | {
        f"v is {wrong}": (with_v(good, wrong), False)
        for wrong in (0, 1, 2, 3, 26, 29, 30, 31, 35, 36, 255)
    }
