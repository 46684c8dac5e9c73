"""Whole numbers as protobuf and CAR write them: seven bits to a byte, the lowest first."""

MAX_BYTES = 9
"""Bytes of a number, at most: https://github.com/multiformats/unsigned-varint."""


def encode(number: int) -> bytes:
    """`number`, which is not negative, in as few bytes as it takes."""
    out = bytearray()
    while number >= 0x80:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*out, number])


def decode(data: bytes, at: int) -> tuple[int, int]:
    """The number that begins at `at`, and where it ends. Raises ValueError if none does."""
    number = 0
    for place, byte in enumerate(data[at : at + MAX_BYTES]):
        number |= (byte & 0x7F) << 7 * place
        if byte < 0x80:
            return number, at + place + 1
    raise ValueError(f"no number is at byte {at}.")
