"""The two curves by their equation y^2 = x^3 + ax + b, to make signatures that no library makes."""

from dataclasses import dataclass
from typing import NamedTuple


class Point(NamedTuple):
    x: int
    y: int


@dataclass(frozen=True)
class Curve:
    """Of prime order `n` over the integers modulo the prime `p`. None stands for the point at infinity."""

    p: int
    a: int
    b: int
    n: int
    g: Point

    def add(self, one: Point | None, other: Point | None) -> Point | None:
        if one is None or other is None:
            return one or other
        if one.x == other.x and (one.y + other.y) % self.p == 0:
            return None
        if one == other:
            slope = (3 * one.x**2 + self.a) * pow(2 * one.y, -1, self.p)
        else:
            slope = (other.y - one.y) * pow(other.x - one.x, -1, self.p)
        x = (slope**2 - one.x - other.x) % self.p
        return Point(x, (slope * (one.x - x) - one.y) % self.p)

    def times(self, factor: int, point: Point | None) -> Point | None:
        whole = None
        for bit in bin(factor % self.n)[2:]:
            whole = self.add(whole, whole)
            if bit == "1":
                whole = self.add(whole, point)
        return whole

    def lift(self, x: int) -> Point | None:
        """The point with this x and an even y, if there is one. Both primes are 3 modulo 4."""
        square = (x**3 + self.a * x + self.b) % self.p
        y = pow(square, (self.p + 1) // 4, self.p)
        return Point(x, y if y % 2 == 0 else self.p - y) if y * y % self.p == square else None

    def first_from(self, x: int) -> Point:
        """The point with the least x from `x` on."""
        while (point := self.lift(x)) is None:
            x += 1
        return point

    def key_of(self, nonce_point: Point, s: int, digest: int) -> Point | None:
        """The public key whose signature of `digest` is (nonce_point.x mod n, s)."""
        r = pow(nonce_point.x % self.n, -1, self.n)
        return self.add(self.times(r * s, nonce_point), self.times(-r * digest, self.g))

    def sign(self, private_key: int, nonce: int, digest: int) -> tuple[int, int]:
        """r and s, which may be high."""
        point = self.times(nonce, self.g)
        assert point is not None
        r = point.x % self.n
        return r, pow(nonce, -1, self.n) * (digest + r * private_key) % self.n


P256 = Curve(
    p=2**256 - 2**224 + 2**192 + 2**96 - 1,
    a=-3,
    b=0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B,
    n=0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551,
    g=Point(
        0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296,
        0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5,
    ),
)

SECP256K1 = Curve(
    p=2**256 - 2**32 - 977,
    a=0,
    b=7,
    n=0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141,
    g=Point(
        0x79BE667EF9DCBBAC55A06295CE870B07029BFCDB2DCE28D959F2815B16F81798,
        0x483ADA7726A3C4655DA4FBFC0E1108A8FD17B448A68554199C47D08FFB10D4B8,
    ),
)
