"""The contracts' packed words, unpacked. Bit layouts: contracts/types/*.sol.

Functions called `…_slot` take a word as a number, those called `…_of` as 32 bytes.
"""

from struct import Struct

import msgspec

_MASK40 = (1 << 40) - 1
_MASK64 = (1 << 64) - 1


class AccountSlot(msgspec.Struct, frozen=True, gc=False):
    """effective, mana, down_mana: micro-vests; updated_at: seconds; see AccountState.sol."""

    effective: int
    mana: int
    down_mana: int
    updated_at: int
    key_epoch: int


class StakeSlot(msgspec.Struct, frozen=True, gc=False):
    """Micro-vests, and the stakers' index (2^64 times micro-vests per micro-vest); see StakeState.sol."""

    own: int
    accrued: int
    index: int


class VoteSlot(msgspec.Struct, frozen=True, gc=False):
    """rshares, curation weight, seconds and basis points; see VoteState.sol."""

    rshares: int
    weight: int
    signed_at: int
    bps: int


class PostSlot(msgspec.Struct, frozen=True, gc=False):
    """Seconds, rshares, curation weight and, once settled, micro-vests for curators; see PostState.sol.

    `has_options`: a payout cap, another liquid share or beneficiaries are stored.
    """

    created_at: int
    net_rshares: int
    weight: int
    curation: int
    settled: bool
    replied: bool
    removed: bool
    votes_declined: bool
    curation_declined: bool
    has_options: bool


class KeySlot(msgspec.Struct, frozen=True, gc=False):
    """role: 1 posting, 2 active, 3 owner; expiry, revoked_at: seconds, 0 = never; see Key.sol."""

    account: int
    role: int
    expiry: int
    epoch: int
    revoked_at: int

    @property
    def revoked(self) -> bool:
        return self.revoked_at != 0


# `struct` has no 5-byte number: times are read as 1 + 4 bytes. It is the fastest way, and votes come by the million.
_ACCOUNT = Struct(">xHBIQQQ")
_VOTE = Struct(">9xhBIQq")


def account_of(word: bytes) -> AccountSlot:
    key_epoch, high, low, down_mana, mana, effective = _ACCOUNT.unpack(word)
    return AccountSlot(effective, mana, down_mana, high << 32 | low, key_epoch)


def account_slot(word: int) -> AccountSlot:
    return account_of(word.to_bytes(32))


def stake_slot(word: int) -> StakeSlot:
    return StakeSlot(own=word & _MASK64, accrued=word >> 64 & _MASK64, index=word >> 128)


def vote_of(word: bytes) -> VoteSlot:
    bps, high, low, weight, rshares = _VOTE.unpack(word)
    return VoteSlot(rshares, weight, high << 32 | low, bps)


def vote_slot(word: int) -> VoteSlot:
    return vote_of(word.to_bytes(32))


def post_slot(word: int) -> PostSlot:
    return PostSlot(
        created_at=word & _MASK40,
        net_rshares=_signed(word >> 40, 64),
        weight=word >> 104 & _MASK64,
        curation=word >> 168 & _MASK64,
        settled=bool(word >> 232 & 1),
        replied=bool(word >> 233 & 1),
        removed=bool(word >> 234 & 1),
        votes_declined=bool(word >> 235 & 1),
        curation_declined=bool(word >> 236 & 1),
        has_options=bool(word >> 237 & 1),
    )


def key_slot(word: int) -> KeySlot:
    return KeySlot(
        account=word & _MASK40,
        role=word >> 40 & 0xFF,
        expiry=word >> 48 & _MASK40,
        epoch=word >> 88 & 0xFFFF,
        revoked_at=word >> 104 & _MASK40,
    )


def _signed(word: int, bits: int) -> int:
    value = word & ((1 << bits) - 1)
    return value - (1 << bits) if value >> (bits - 1) else value
