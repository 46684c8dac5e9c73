"""Signed actions: their EIP-712 hashes, their encoding for `relay(Signed[])`, and who signed them.

contracts/actions.json lists the kinds; the contracts and the browser hold the same list. secp256k1 keys
sign keccak-256, and P-256 keys sha-256, of the 66 bytes 0x1901 || domain separator || struct hash.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import coincurve
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils
from eth_abi.abi import encode as abi_encode
from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak

ACTIONS = json.loads((Path(__file__).parent.parent / "contracts" / "actions.json").read_text())

P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
SECP256K1_ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141


class BadSignature(ValueError):
    """The signature is malformed, has a high s, or does not verify."""


class MalformedAction(ValueError):
    """The kind is unknown, or the action's bytes are not that kind's words."""


@dataclass(frozen=True)
class Kind:
    """One kind of action: its number, EIP-712 fields as (name, type), and whether a proof of possession follows."""

    name: str
    number: int
    role: str
    proof: bool
    fields: tuple[tuple[str, str], ...]

    @property
    def type_string(self) -> str:
        """EIP-712 encodeType, for example `RevokeKey(uint40 account,address key,uint40 deadline)`."""
        return f"{self.name}({','.join(f'{t} {n}' for n, t in self.fields)})"

    @property
    def size(self) -> int:
        """Bytes of the fields' words in `Signed.action`; a proof may follow them."""
        return 32 * len(self.fields)


KINDS = {
    name: Kind(name, k["kind"], k["role"], k["proof"], tuple((n, t) for n, t in k["fields"]))
    for name, k in ACTIONS["kinds"].items()
}
KINDS_BY_NUMBER = {kind.number: kind for kind in KINDS.values()}


@dataclass(frozen=True)
class Signed:
    """One element of `relay(Signed[])`."""

    kind: int
    action: bytes
    signature: bytes


@cache
def domain_separator(chain_id: int, core: str) -> bytes:
    """EIP-712 domain separator (32 bytes) of the core at address `core`."""
    domain = ACTIONS["domain"]
    type_hash = keccak(
        text="EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"
    )
    return keccak(
        abi_encode(
            ["bytes32", "bytes32", "bytes32", "uint256", "address"],
            [
                type_hash,
                keccak(text=domain["name"]),
                keccak(text=domain["version"]),
                chain_id,
                core,
            ],
        )
    )


@cache
def _type_hash(kind: Kind) -> bytes:
    return keccak(text=kind.type_string)


def encode(kind: Kind, fields: Mapping[str, Any]) -> bytes:
    """The fields as words, in order. A string (the handle) is left-aligned ASCII of at most 32 bytes.

    Raises MalformedAction when a field is missing or does not fit its type.
    """
    try:
        types = ["bytes32" if t == "string" else t for _, t in kind.fields]
        values = [fields[n].encode("ascii") if t == "string" else fields[n] for n, t in kind.fields]
        return abi_encode(types, values)
    except Exception as error:  # eth_abi raises many kinds; each means that a value does not fit
        raise MalformedAction(f"{kind.name}: {error}") from error


def decode(kind: Kind, action: bytes) -> dict[str, Any]:
    """The fields of an action: int, checksummed address, bytes (32) or str (the handle).

    Raises MalformedAction when the length is wrong or a value has bits outside its type.
    """
    if len(action) < kind.size or (len(action) > kind.size and not kind.proof):
        raise MalformedAction(f"{kind.name} takes {kind.size} bytes, not {len(action)}")
    fields: dict[str, Any] = {}
    for i, (name, kind_type) in enumerate(kind.fields):
        fields[name] = _decode_word(f"{kind.name}.{name}", kind_type, action[32 * i : 32 * i + 32])
    return fields


def _decode_word(where: str, kind_type: str, word: bytes) -> Any:
    if kind_type == "bytes32":
        return word
    if kind_type == "string":
        try:
            return word.rstrip(b"\0").decode("ascii")
        except UnicodeDecodeError as error:
            raise MalformedAction(f"{where} is not ASCII") from error
    if kind_type == "address":
        if any(word[:12]):
            raise MalformedAction(f"{where} is not an address")
        return to_checksum_address(word[12:])
    signed = kind_type.startswith("int")
    bits = int(kind_type.removeprefix("u").removeprefix("int"))
    value = int.from_bytes(word, signed=signed)
    low, high = (-(1 << (bits - 1)), 1 << (bits - 1)) if signed else (0, 1 << bits)
    if not low <= value < high:
        raise MalformedAction(f"{where} does not fit {kind_type}")
    return value


def message(domain: bytes, kind: Kind, action: bytes) -> bytes:
    """The 66 bytes that a key signs: 0x1901 || domain || hashStruct(action)."""
    words = action[: kind.size]
    if kind.fields[0][1] == "string":
        words = keccak(words[:32].rstrip(b"\0")) + words[32:]
    return b"\x19\x01" + domain + keccak(_type_hash(kind) + words)


def sign_secp256k1(private_key: bytes, data: bytes) -> bytes:
    """65 bytes r || s || v (v is 27 or 28) over keccak-256 of `data`, with low s."""
    raw = coincurve.PrivateKey(private_key).sign_recoverable(keccak(data), hasher=None)
    return raw[:64] + bytes([27 + raw[64]])


def sign_p256(private_key: ec.EllipticCurvePrivateKey, data: bytes) -> bytes:
    """128 bytes r || s || x || y over sha-256 of `data`, with low s."""
    r, s = utils.decode_dss_signature(private_key.sign(data, ec.ECDSA(hashes.SHA256())))
    s = min(s, P256_ORDER - s)
    point = private_key.public_key().public_numbers()
    return b"".join(n.to_bytes(32) for n in (r, s, point.x, point.y))


def p256_address(x: int, y: int) -> str:
    """The key address of a P-256 public key: the last 20 bytes of keccak256("P256" || x || y)."""
    return to_checksum_address(keccak(b"P256" + x.to_bytes(32) + y.to_bytes(32))[12:])


def secp256k1_address(private_key: bytes) -> str:
    """The Ethereum address of a secp256k1 private key."""
    public = coincurve.PrivateKey(private_key).public_key.format(compressed=False)
    return to_checksum_address(keccak(public[1:])[12:])


def signer_of(data: bytes, signature: bytes) -> str:
    """The checksummed key address that signed `data` (66 bytes). Raises BadSignature."""
    if len(signature) == 65:
        return _recover_secp256k1(data, signature)
    if len(signature) == 128:
        return _verify_p256(data, signature)
    raise BadSignature(
        "A signature is 65 bytes (secp256k1: r, s, v) or 128 bytes (P-256: r, s, x, y)."
    )


def _recover_secp256k1(data: bytes, signature: bytes) -> str:
    s, v = int.from_bytes(signature[32:64]), signature[64]
    if v not in (27, 28) or s > SECP256K1_ORDER // 2:
        raise BadSignature("The signature has v other than 27 or 28, or a high s.")
    try:
        public = coincurve.PublicKey.from_signature_and_message(
            signature[:64] + bytes([v - 27]), keccak(data), hasher=None
        )
    except Exception as error:  # coincurve raises plain Exception for a point off the curve
        raise BadSignature("The signature does not recover to a key.") from error
    return to_checksum_address(keccak(public.format(compressed=False)[1:])[12:])


def _verify_p256(data: bytes, signature: bytes) -> str:
    r, s, x, y = (int.from_bytes(signature[i : i + 32]) for i in range(0, 128, 32))
    if not 0 < r < P256_ORDER or not 0 < s <= P256_ORDER // 2:
        raise BadSignature("The signature has r or s out of range, or a high s.")
    try:
        key = ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()
        key.verify(utils.encode_dss_signature(r, s), data, ec.ECDSA(hashes.SHA256()))
    except (ValueError, InvalidSignature) as error:
        raise BadSignature("The P-256 signature does not verify.") from error
    return p256_address(x, y)


def post_id(account: int, digest: bytes) -> bytes:
    """The id of a post: account (40 bits), then the first 216 bits of the digest."""
    return account.to_bytes(5) + digest[:27]


def sha256(data: bytes) -> bytes:
    """sha-256 of a document's exact bytes: its digest."""
    return hashlib.sha256(data).digest()
