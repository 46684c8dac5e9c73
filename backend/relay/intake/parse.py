"""What the bytes of a signed action say: its kind and fields, in their one canonical form, and who signed."""

from dataclasses import dataclass
from typing import Any

from eth_abi.abi import decode as abi_decode
from eth_abi.abi import encode as abi_encode
from eth_abi.exceptions import DecodingError

from backend.chain.connection import Chain
from backend.chain.errors import BY_CODE, Reason
from backend.site.problems import Problem
from indexer.protocol.actions import (
    BadSignature,
    MalformedAction,
    Signed,
    decode,
    encode,
    signer_of,
)
from indexer.protocol.kinds import KINDS_BY_NUMBER, Kind
from indexer.protocol.packed import key_slot

MAX_SIGNATURE = 128
MOST_BENEFICIARIES = 8  # Authoring.sol
MOST_IN_A_BATCH = 50  # SignedActions.sol


@dataclass(frozen=True)
class Action:
    """An action's kind and fields, the key that signed it, and that key's account (None: a Register).

    `account` is the one whose limits the action uses. For both kinds of recovery that is the recovery account:
    whoever holds a stolen key can use up the limits of the stolen account, but not these.
    """

    kind: Kind
    fields: dict[str, Any]
    signer: str
    account: int | None

    @property
    def uses(self) -> int:
        """How often the action counts against a limit: once for each vote in it, and at least once."""
        return len(self.fields.get("votes", ())) or 1


def parse_signed(chain: Chain, signed: Signed) -> Action:
    """What was signed, and by whom. Asks the chain only for the account of a key that signed a recovery.

    Raises Problem: unknown_kind, malformed_action, bad_batch, bad_options, bad_signature.
    """
    kind = KINDS_BY_NUMBER.get(signed.kind)
    if kind is None:
        known = ", ".join(f"{number} {k.name}" for number, k in KINDS_BY_NUMBER.items())
        raise Problem(400, "unknown_kind", f"No such kind of action. There are: {known}.")
    try:
        fields = decode(kind, signed.action)
        if "\0" in fields.get("handle", ""):  # a character that PostgreSQL does not store
            raise refusal(BY_CODE["malformed_handle"])
        _check_lists(kind, fields)
        if encode(kind, fields) != words_of(kind, signed.action):
            raise MalformedAction(f"{kind.name}: the fields are not as abi.encode lays them")
        if kind.proofs == 1 and len(signed.action) > kind.size + MAX_SIGNATURE:
            raise MalformedAction(f"{kind.name}: {len(signed.action)} bytes are too many")
        signer = _signer(chain, kind, signed)
    except MalformedAction as error:
        raise Problem(400, "malformed_action", f"{error}.") from error
    except BadSignature as error:
        raise Problem(400, "bad_signature", str(error)) from error
    if fields.get("ownerKey", signer) != signer:
        raise foreign(chain, kind, fields["ownerKey"])
    if kind.role == "recovery":
        return Action(kind, fields, signer, account_of_key(chain, signer))
    return Action(kind, fields, signer, fields.get("account"))


def words_of(kind: Kind, action: bytes) -> bytes:
    """The part of an action that holds its fields: proofs may follow."""
    return action if kind.dynamic else action[: kind.size]


def account_of_key(chain: Chain, address: str) -> int:
    """The account that a key was added to, live or not; 0 for none."""
    return key_slot(chain.view("keyOf(address)", int(address, 16))[0]).account


def refusal(reason: Reason) -> Problem:
    """The problem to answer with when the chain would refuse an action, or did."""
    return Problem(reason.status, reason.code, reason.sentence)


def foreign(chain: Chain, kind: Kind, whose: str) -> Problem:
    """The problem to answer with when the signature is not by `whose`."""
    return Problem(
        400,
        "bad_signature",
        f"The signature is not by {whose}. It may have been made for other words, or for another "
        f"chain: this is chain {chain.deployment.chain_id}, {kind.contract} "
        f"{chain.address(kind.contract)}.",
    )


def _check_lists(kind: Kind, fields: dict[str, Any]) -> None:
    for name, field_type in kind.fields:
        if field_type == "Beneficiary[]":
            if len(fields[name]) > MOST_BENEFICIARIES:
                raise refusal(BY_CODE["bad_options"])
        elif field_type.endswith("[]") and not 1 <= len(fields[name]) <= MOST_IN_A_BATCH:
            raise refusal(BY_CODE["bad_batch"])


def _signer(chain: Chain, kind: Kind, signed: Signed) -> str:
    signature = _proofs(kind, signed.action)[1] if kind.proofs == 2 else signed.signature
    return signer_of(chain.message(kind, signed.action), signature)


def _proofs(kind: Kind, action: bytes) -> tuple[bytes, bytes, bytes]:
    """Restore's three signatures: of a former owner key, of the recovery account, of the new owner key."""
    tail = action[kind.size :]
    try:
        (proofs,) = abi_decode(["bytes[3]"], tail)
    except (DecodingError, OverflowError) as error:
        raise MalformedAction(f"{kind.name}: {error}") from error
    if abi_encode(["bytes[3]"], [proofs]) != tail or max(map(len, proofs)) > MAX_SIGNATURE:
        raise MalformedAction(f"{kind.name}: three signatures follow, as abi.encode lays them")
    first, second, third = proofs
    return first, second, third
