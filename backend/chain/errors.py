"""What the core's errors mean to a person: a stable code and a sentence for each selector."""

from dataclasses import dataclass

from eth_utils.crypto import keccak


@dataclass(frozen=True)
class Reason:
    """Why an action failed. `status` is the HTTP status of the refusal."""

    code: str
    status: int
    sentence: str


_KEY = "The key that signed has expired, or was revoked. Sign in again to make a new one."

# Selectors follow from the signatures; a test holds them against the ABI.
REASONS = {
    # what is wrong in itself
    "UnknownKind(uint8)": Reason("unknown_kind", 400, "No such kind of action."),
    "MalformedAction()": Reason(
        "malformed_action", 400, "The action does not have the fields of its kind."
    ),
    "MalformedHandle(bytes32)": Reason(
        "malformed_handle",
        400,
        "A handle has 3 to 16 characters: a-z, 0-9, '-' and '.', starting with a letter, "
        "with no doubled or trailing '-' or '.'.",
    ),
    "BadWeight(int16)": Reason("bad_weight", 400, "A vote's weight is between -100 % and 100 %."),
    "BadRole(uint8)": Reason("bad_role", 400, "No such role of a key."),
    "BadExpiry(uint40)": Reason("bad_expiry", 400, "The new key would have expired already."),
    "BadRecipient(address)": Reason("bad_recipient", 400, "Money cannot be sent to this address."),
    "AmountTooSmall(uint256)": Reason(
        "amount_too_small", 400, "The amount is too small: it must come to a micro-vest."
    ),
    # signatures and keys
    "MalformedSignature()": Reason(
        "bad_signature", 400, "A signature is 65 bytes (secp256k1) or 128 bytes (P-256)."
    ),
    "InvalidSignature()": Reason("bad_signature", 400, "The signature is not valid."),
    "NotPossessed(address)": Reason(
        "not_possessed", 400, "A key in this action did not sign it, so nobody showed to hold it."
    ),
    "MissingPrecompile(address)": Reason(
        "p256_unsupported", 400, "This chain cannot check P-256 keys. Use a wallet's key."
    ),
    "UnknownKey(address)": Reason("unknown_key", 400, "This key does not belong to the account."),
    "KeyVoid(address)": Reason("key_void", 400, _KEY),
    "RoleTooLow(address,uint8,uint8)": Reason(
        "wrong_role", 400, "This key may not do that: it takes a key with a higher role."
    ),
    # time
    "Expired(uint256)": Reason(
        "expired", 409, "It was signed too long ago. Sign it again, by the chain's clock."
    ),
    "DeadlineTooFar(uint256)": Reason(
        "deadline_too_far", 400, "A deadline is at most an hour ahead, by the chain's clock."
    ),
    "VoteFromFuture(uint256)": Reason(
        "vote_from_future", 400, "The vote was signed later than now, by the chain's clock."
    ),
    # replay
    "PostExists(bytes32)": Reason("already_used", 409, "This has been posted already."),
    "NonceUsed(uint40,uint256)": Reason("already_used", 409, "This message was used already."),
    "StaleVote(uint256,uint256)": Reason(
        "stale_vote", 409, "A vote signed at the same time or later stands already."
    ),
    "HandleTaken(bytes32)": Reason("handle_taken", 409, "This handle is taken. Choose another."),
    "KeyTaken(address)": Reason(
        "key_taken", 409, "This key serves, or served, an account already. Use a new one."
    ),
    # what it refers to
    "UnknownAccount(uint40)": Reason("unknown_account", 409, "There is no such account."),
    "UnknownPost(bytes32)": Reason("unknown_post", 409, "There is no such post on the chain."),
    "UnknownParent(bytes32)": Reason(
        "unknown_parent", 409, "The post that this replies to is not on the chain."
    ),
    "NothingToTakeBack(bytes32)": Reason(
        "nothing_to_take_back", 409, "There is no vote to take back."
    ),
    "VotingClosed(bytes32)": Reason("voting_closed", 409, "Voting on this post has ended."),
    "VoteLocked(bytes32)": Reason(
        "vote_locked", 409, "Shortly before the payout a vote cannot be changed any more."
    ),
    "NotEnoughMana(uint256,uint256)": Reason(
        "not_enough_mana", 409, "Not enough voting mana. It comes back within five days."
    ),
    "NotEnoughBalance(uint256,uint256)": Reason(
        "not_enough_balance", 409, "The balance is too small for this."
    ),
    "DayOpen(uint256)": Reason("day_open", 409, "The day of the payout is not closed yet."),
    "NotSettled(bytes32)": Reason("not_settled", 409, "The post has not been paid out yet."),
    # what no signed action can cause, unless something is broken
    "OnlySelf()": Reason("refused", 409, "Only the core itself may call this."),
    "TooLittleGas(uint256)": Reason("too_little_gas", 409, "The relay gave too little gas."),
    "BadParameter(bytes32)": Reason("refused", 409, "A parameter is out of bounds."),
    "InvalidShortString()": Reason("refused", 409, "The chain refused a text."),
    "StringTooLong(string)": Reason("refused", 409, "The chain refused a text."),
    "SafeCastOverflowedIntDowncast(uint8,int256)": Reason(
        "overflow", 409, "The chain cannot hold so large a number."
    ),
    "SafeCastOverflowedUintDowncast(uint8,uint256)": Reason(
        "overflow", 409, "The chain cannot hold so large a number."
    ),
    "Panic(uint256)": Reason("refused", 409, "The chain refused this: its arithmetic failed."),
    "Error(string)": Reason("refused", 409, "The chain refused this."),
}

WITHOUT_REASON = Reason("refused", 409, "The chain refused this without giving a reason.")

BY_SELECTOR = {keccak(text=signature)[:4]: reason for signature, reason in REASONS.items()}
BY_CODE = {reason.code: reason for reason in reversed(REASONS.values())}


def reason_of(data: bytes) -> Reason:
    """What revert data (or the four bytes of a Skipped event) means."""
    return BY_SELECTOR.get(data[:4], WITHOUT_REASON)
