"""Signed actions: their EIP-712 hashes, their encoding for `relay(Signed[])`, and who signed them.

indexer/protocol/kinds.py has the kinds. secp256k1 keys sign keccak-256, and P-256 keys sha-256, of the 66 bytes
0x1901 || domain separator || struct hash.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import coincurve
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils
from eth_abi.abi import decode as abi_decode
from eth_abi.abi import encode as abi_encode
from eth_abi.exceptions import DecodingError
from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak

from indexer.protocol.kinds import ACTIONS, TYPES, Kind, struct_string

P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
SECP256K1_ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141


class BadSignature(ValueError):
    """The signature is malformed, has a high s, or does not verify."""


class MalformedAction(ValueError):
    """The kind is unknown, or the action's bytes are not that kind's words."""


@dataclass(frozen=True)
class Signed:
    """One element of `relay(Signed[])`."""

    kind: int
    action: bytes
    signature: bytes


@cache
def domain_separator(chain_id: int, address: str, contract: str = "core") -> bytes:
    """EIP-712 domain separator (32 bytes) of the core or the graph at `address`."""
    domain = ACTIONS["domains"][contract]
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
                address,
            ],
        )
    )


@cache
def _type_hash(type_string: str) -> bytes:
    return keccak(text=type_string)


def encode(kind: Kind, fields: Mapping[str, Any]) -> bytes:
    """abi.encode of the fields, in order. A string (the handle) is left-aligned ASCII of at most 32 bytes; an
    element of an array of structs is a mapping.

    Raises MalformedAction when a field is missing or does not fit its type.
    """
    try:
        return abi_encode(_abi_types(kind), [_abi_value(t, fields[n]) for n, t in kind.fields])
    except Exception as error:  # eth_abi raises many kinds; each means that a value does not fit
        raise MalformedAction(f"{kind.name}: {error}") from error


def _abi_types(kind: Kind) -> list[str]:
    """As abi.encode takes them: a string (the handle) is a bytes32."""
    return [_abi_type(t) for _, t in kind.fields]


def _abi_type(field_type: str) -> str:
    if field_type.endswith("[]"):
        return _abi_type(field_type[:-2]) + "[]"
    if field_type in TYPES:
        return f"({','.join(t for _, t in TYPES[field_type])})"
    return "bytes32" if field_type == "string" else field_type


def _abi_value(field_type: str, value: Any) -> Any:
    if field_type.endswith("[]"):
        return [_abi_value(field_type[:-2], v) for v in value]
    if field_type in TYPES:
        return tuple(value[n] for n, _ in TYPES[field_type])
    return value.encode("ascii") if field_type == "string" else value


def decode(kind: Kind, action: bytes) -> dict[str, Any]:
    """The fields of an action: int, bool, checksummed address, bytes (32), str (the handle), or a list of these
    or of mappings.

    Raises MalformedAction when the length is wrong or a value has bits outside its type.
    """
    if len(action) < kind.size or (
        len(action) > kind.size and not kind.proofs and not kind.dynamic
    ):
        raise MalformedAction(f"{kind.name} takes {kind.size} bytes, not {len(action)}")
    try:
        values = abi_decode(_abi_types(kind), action if kind.dynamic else action[: kind.size])
        return {name: _value(t, v) for (name, t), v in zip(kind.fields, values, strict=True)}
    except (DecodingError, UnicodeDecodeError, OverflowError) as error:
        raise MalformedAction(f"{kind.name}: {error}") from error


def _value(field_type: str, value: Any) -> Any:
    if field_type.endswith("[]"):
        return [_value(field_type[:-2], v) for v in value]
    if field_type in TYPES:
        return {n: _value(t, v) for (n, t), v in zip(TYPES[field_type], value, strict=True)}
    if field_type == "string":
        return value.rstrip(b"\0").decode("ascii")
    return to_checksum_address(value) if field_type == "address" else value


def message(domain: bytes, kind: Kind, action: bytes) -> bytes:
    """The 66 bytes that a key signs: 0x1901 || domain || hashStruct(action)."""
    return b"\x19\x01" + domain + keccak(_type_hash(kind.type_string) + _struct_words(kind, action))


def _struct_words(kind: Kind, action: bytes) -> bytes:
    if kind.dynamic:
        values = abi_decode(_abi_types(kind), action)
        return b"".join(_hash_word(t, v) for (_, t), v in zip(kind.fields, values, strict=True))
    words = action[: kind.size]
    if kind.fields[0][1] == "string":
        return keccak(words[:32].rstrip(b"\0")) + words[32:]
    return words


def _hash_word(field_type: str, value: Any) -> bytes:
    """EIP-712 encodeData of one value: an array is the hash of its elements' words, a struct its hashStruct."""
    if field_type.endswith("[]"):
        return keccak(b"".join(_hash_word(field_type[:-2], v) for v in value))
    if field_type in TYPES:
        fields = TYPES[field_type]
        words = (_hash_word(t, v) for (_, t), v in zip(fields, value, strict=True))
        return keccak(_type_hash(struct_string(field_type, fields)) + b"".join(words))
    return abi_encode([field_type], [value])


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
