"""The text that a person signs to sign in (EIP-4361), and who signed it."""

import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from eth_utils.address import is_address, to_checksum_address
from sqlalchemy import Engine, delete, insert

from backend.identity.tables import Challenge
from backend.site.problems import Problem
from indexer.mirror.database import writing
from indexer.protocol.actions import SECP256K1_ORDER, BadSignature, signer_of

CHALLENGE_SECONDS = 300
_STATEMENT = "Sign in to Laurel. This costs nothing and changes nothing on the chain."


@dataclass(frozen=True)
class Signer:
    """The site that asks for a signature: its origin and host as the browser knows them, and the chain."""

    host: str
    origin: str
    chain_id: int


def issue(engine: Engine, address: str, site: Signer) -> tuple[str, str]:
    """Stores a new challenge for a key's address; returns its id and text.

    Raises Problem 400 `bad_address`.
    """
    if not is_address(address) or not address.startswith("0x"):
        raise Problem(400, "bad_address", "`address` is 0x and 40 hexadecimal digits.")
    address = to_checksum_address(address)
    challenge = secrets.token_hex(16)
    now = time.time()
    message = text(address, site, challenge, now)
    with writing(engine) as connection:
        connection.execute(delete(Challenge).where(Challenge.until < now))
        values = {"id": challenge, "address": address, "message": message}
        connection.execute(insert(Challenge).values(**values, until=now + CHALLENGE_SECONDS))
    return challenge, message


def text(address: str, site: Signer, nonce: str, now: float) -> str:
    """EIP-4361's text. Its times are the wall clock's, which wallets compare with their own."""
    lines: Sequence[str] = [
        f"{site.host} wants you to sign in with your Ethereum account:",
        address,
        "",
        _STATEMENT,
        "",
        f"URI: {site.origin}",
        "Version: 1",
        f"Chain ID: {site.chain_id}",
        f"Nonce: {nonce}",
        f"Issued At: {_wall(now)}",
        f"Expiration Time: {_wall(now + CHALLENGE_SECONDS)}",
    ]
    return "\n".join(lines)


def redeem(engine: Engine, challenge: str, signature: bytes) -> str:
    """The address whose key signed a challenge, which is used up whatever the outcome.

    Raises Problem: 400 `unknown_challenge` or `bad_signature`.
    """
    with writing(engine) as connection:
        row = connection.execute(
            delete(Challenge)
            .where(Challenge.id == challenge)
            .returning(Challenge.address, Challenge.message, Challenge.until)
        ).one_or_none()
    if row is None or row.until < time.time():
        detail = "This sign-in text is unknown, used or older than 5 minutes. Ask for a new one."
        raise Problem(400, "unknown_challenge", detail)
    address: str = row.address
    if signer(row.message, signature) != address:
        raise Problem(400, "bad_signature", f"The signature was not made by {address}.")
    return address


def signer(message: str, signature: bytes) -> str | None:
    """Who signed: a wallet by EIP-191 (65 bytes), or a P-256 key (128 bytes r, s, x, y)."""
    data = message.encode()
    try:
        if len(signature) == 65:
            prefix = f"\x19Ethereum Signed Message:\n{len(data)}".encode()
            return signer_of(prefix + data, _canonical(signature))
        return signer_of(data, signature)
    except BadSignature:
        return None


def _canonical(signature: bytes) -> bytes:
    """r, s, v with a low s and v 27 or 28: wallets also say 0 or 1, or 35 and more (EIP-155), and may leave s high.

    Raises BadSignature.
    """
    s, v = int.from_bytes(signature[32:64]), signature[64]
    if not (v in (0, 1, 27, 28) or v >= 35):
        raise BadSignature(f"v is 0, 1, 27, 28 or 35 and more, not {v}.")
    parity = v if v < 2 else 1 - v % 2
    if SECP256K1_ORDER // 2 < s < SECP256K1_ORDER:
        s, parity = SECP256K1_ORDER - s, 1 - parity
    return signature[:32] + s.to_bytes(32) + bytes([27 + parity])


def _wall(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
