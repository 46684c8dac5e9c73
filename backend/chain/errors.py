"""What the contracts' errors mean to a person: a stable code, and a sentence that says what to do.

docs/errors.md shows the table; `laurel errors` writes it.
"""

from dataclasses import dataclass

from eth_utils.crypto import keccak


@dataclass(frozen=True)
class Reason:
    """Why an action failed. `status` is the HTTP status of the refusal."""

    code: str
    status: int
    sentence: str


# One code has one sentence, since a ticket stores the code alone.
REFUSED = Reason(
    "refused", 409, "The chain refused this. Nothing that you do should cause that: report it."
)
_OVERFLOW = Reason("overflow", 409, "The chain cannot hold so large a number. Choose a smaller.")
_SIGNATURE = Reason(
    "bad_signature",
    400,
    "The signature is not valid. Sign these very words again, for this chain "
    "(65 bytes with a secp256k1 key, 128 with a P-256 key).",
)
_USED = Reason(
    "already_used",
    409,
    "This is on the chain already. Sign a new message to do it once more, or change the words to post again.",
)
_EXPIRED = Reason(
    "expired", 409, "It was signed too long ago. Sign it again, by the chain's clock."
)
_RECIPIENT = Reason("bad_recipient", 400, "Money cannot be sent to this address. Choose another.")
_ALLOWANCE = Reason(
    "bad_allowance", 409, "That address can be given no allowance. Check the address."
)
_TOKEN = Reason(
    "token_refused",
    409,
    "The token refused the transfer. Check the token, your balance and allowance.",
)

# Selectors follow from the signatures; a test holds them against the ABIs.
REASONS = {
    # ---------------------------------------------------------------- wrong in any state of the chain
    "UnknownKind(uint8)": Reason(
        "unknown_kind", 400, "There is no such kind of action. Update the program that signed it."
    ),
    "MalformedAction()": Reason(
        "malformed_action",
        400,
        "The action does not have the fields of its kind. Update the program that signed it.",
    ),
    "MalformedHandle(bytes32)": Reason(
        "malformed_handle",
        400,
        "A handle has 3 to 16 characters: a-z, 0-9, '-' and '.', starting with a letter, "
        "with no doubled or trailing '-' or '.'.",
    ),
    "BadWeight(int16)": Reason(
        "bad_weight", 400, "A vote's weight is between -100 % and 100 %. Choose one of these."
    ),
    "BadRole(uint8)": Reason(
        "bad_role", 400, "A key's role is posting, active or owner. Choose one of these."
    ),
    "BadExpiry(uint40)": Reason(
        "bad_expiry", 400, "The new key would have expired already. Choose a later time."
    ),
    "BadRecipient(address)": _RECIPIENT,
    "AmountTooSmall(uint256)": Reason(
        "amount_too_small",
        400,
        "The amount is too small. Send more than nothing; stake at least 0.000000001 LRL.",
    ),
    "BadOptions(bytes32)": Reason(
        "bad_options",
        400,
        "A post's options allow up to 50 % liquid, and up to 8 beneficiaries, each once and by "
        "rising account number, with 100 % in all at the most. Correct the options.",
    ),
    "BadBatch(uint256)": Reason(
        "bad_batch", 400, "One action takes 1 to 50 votes, accounts or posts. Split it."
    ),
    "SelfDelegation(uint40)": Reason(
        "self_delegation", 400, "An account cannot delegate to itself. Choose another account."
    ),
    # ---------------------------------------------------------------- signatures and keys
    "MalformedSignature()": _SIGNATURE,
    "InvalidSignature()": _SIGNATURE,
    "NotPossessed(address)": Reason(
        "not_possessed",
        400,
        "A new key in this action did not sign it. Sign with the new key too, to show that you hold it.",
    ),
    "MissingPrecompile(address)": Reason(
        "p256_unsupported", 400, "This chain cannot check P-256 keys. Use a wallet's key."
    ),
    "UnknownKey(address)": Reason(
        "unknown_key", 400, "This key does not belong to the account. Sign with one that does."
    ),
    "KeyVoid(address)": Reason(
        "key_void",
        400,
        "The key that signed has expired, or was revoked. Sign in again to make a new one.",
    ),
    "RoleTooLow(address,uint8,uint8)": Reason(
        "wrong_role", 400, "This key may not do that. Sign with a key of a higher role."
    ),
    # ---------------------------------------------------------------- time
    "Expired(uint256)": _EXPIRED,
    "DeadlineTooFar(uint256)": Reason(
        "deadline_too_far",
        400,
        "A deadline is at most an hour ahead, by the chain's clock. Sign again with an earlier one.",
    ),
    "VoteFromFuture(uint256)": Reason(
        "vote_from_future",
        400,
        "The vote was signed later than now. Sign it again, by the chain's clock.",
    ),
    # ---------------------------------------------------------------- replay
    "PostExists(bytes32)": _USED,
    "NonceUsed(address,uint256)": _USED,
    "StaleVote(uint256,uint256)": Reason(
        "stale_vote",
        409,
        "A vote signed at the same time or later stands already. To change it, vote again.",
    ),
    "HandleTaken(bytes32)": Reason("handle_taken", 409, "This handle is taken. Choose another."),
    "KeyTaken(address)": Reason(
        "key_taken", 409, "This key serves, or served, an account already. Use a new one."
    ),
    # ---------------------------------------------------------------- accounts and recovery
    "UnknownAccount(uint40)": Reason(
        "unknown_account", 409, "There is no such account. Check its name."
    ),
    "FeeTooHigh(uint256,uint256)": Reason(
        "fee_too_high",
        409,
        "Registering costs more than you agreed to. Sign again with a higher limit.",
    ),
    "NoRecovery(uint40)": Reason(
        "no_recovery",
        409,
        "Nobody can recover this account: it named no recovery account. Name one while an owner key is left.",
    ),
    "NoRequest(uint40)": Reason(
        "no_request", 409, "Nobody has asked to recover this account. There is nothing to do."
    ),
    "TooEarly(uint256)": Reason(
        "too_early",
        409,
        "The owner may still object to the recovery. Wait three days from its request.",
    ),
    "NotFormerOwner(address)": Reason(
        "not_former_owner",
        400,
        "That key was no owner key of the account in the last 30 days. Sign with one that was.",
    ),
    # ---------------------------------------------------------------- posts and votes
    "UnknownPost(bytes32)": Reason(
        "unknown_post", 409, "There is no such post on the chain. Check its address."
    ),
    "UnknownParent(bytes32)": Reason(
        "unknown_parent",
        409,
        "The post that this replies to is not on the chain. Wait for it, or answer another.",
    ),
    "PostRemoved(bytes32)": Reason(
        "post_removed", 409, "The post was removed by its author. Nothing more can be done with it."
    ),
    "NotAuthor(bytes32,uint40)": Reason(
        "not_author", 400, "Only its author can change a post. Sign with the author's key."
    ),
    "NotRemovable(bytes32)": Reason(
        "not_removable",
        409,
        "A post with a vote in favour or a reply, or with its voting over, stays. Edit it instead.",
    ),
    "VotesDeclined(bytes32)": Reason(
        "votes_declined", 409, "The author wants no votes on this post. Vote on another."
    ),
    "NothingToTakeBack(bytes32)": Reason(
        "nothing_to_take_back", 409, "You have no vote on this post. There is nothing to take back."
    ),
    "VotingClosed(bytes32)": Reason(
        "voting_closed", 409, "Voting on this post has ended. Vote on a newer one."
    ),
    "VoteLocked(bytes32)": Reason(
        "vote_locked",
        409,
        "In the half day before the payout a vote cannot be changed any more: yours stands.",
    ),
    "NotEnoughMana(uint256,uint256)": Reason(
        "not_enough_mana",
        409,
        "Not enough voting mana. Vote with less weight, or wait: it comes back within five days.",
    ),
    # ---------------------------------------------------------------- balance, stake and rewards
    "NotEnoughBalance(uint256,uint256)": Reason(
        "not_enough_balance", 409, "The balance is too small for this. Choose a smaller amount."
    ),
    "NotEnoughStake(uint256,uint256)": Reason(
        "not_enough_stake",
        409,
        "Less stake is free: what is delegated, returning or powering down is not. Choose less.",
    ),
    "NothingDue(uint40)": Reason(
        "nothing_due", 409, "Nothing is due to this account yet. Try again later."
    ),
    "NotEnoughTips(uint256,uint256)": Reason(
        "not_enough_tips", 409, "Fewer tips than that are waiting. Choose a smaller amount."
    ),
    "NoTip()": Reason("no_tip", 400, "Nothing of the token arrived. Tip more than nothing."),
    "TransferFailed(address)": Reason(
        "transfer_failed",
        409,
        "The token refused to be paid out. Ask its issuer, or name another recipient.",
    ),
    "DayOpen(uint256)": Reason(
        "day_open", 409, "The day of the payout is not closed yet. Try again in a while."
    ),
    "CloseFirst(uint256)": Reason(
        "close_first",
        409,
        "Days of the reward pool have to be closed first; this server does that. Try again in a minute.",
    ),
    "NotSettled(bytes32)": Reason(
        "not_settled", 409, "The post has not been paid out yet. Settle it first."
    ),
    # ---------------------------------------------------------------- ERC-20: what a wallet may meet
    "ERC20InsufficientBalance(address,uint256,uint256)": Reason(
        "not_enough_tokens", 409, "The address holds too little LRL. Choose a smaller amount."
    ),
    "ERC20InsufficientAllowance(address,uint256,uint256)": Reason(
        "not_enough_allowance", 409, "Allow the contract to take so much LRL first, then try again."
    ),
    "ERC20InvalidReceiver(address)": _RECIPIENT,
    "ERC20InvalidSender(address)": _RECIPIENT,
    "ERC20InvalidApprover(address)": _ALLOWANCE,
    "ERC20InvalidSpender(address)": _ALLOWANCE,
    "ERC2612ExpiredSignature(uint256)": _EXPIRED,
    "ERC2612InvalidSigner(address,address)": _SIGNATURE,
    "InvalidAccountNonce(address,uint256)": _USED,
    "ECDSAInvalidSignature()": _SIGNATURE,
    "ECDSAInvalidSignatureLength(uint256)": _SIGNATURE,
    "ECDSAInvalidSignatureS(bytes32)": _SIGNATURE,
    "SafeERC20FailedOperation(address)": _TOKEN,
    # ---------------------------------------------------------------- only if something is broken
    "TooLittleGas(uint256)": Reason(
        "too_little_gas", 409, "The relay gave too little gas. Try again."
    ),
    "OnlySelf()": REFUSED,
    "NotMinter(address)": REFUSED,
    "ReentrancyGuardReentrantCall()": _TOKEN,
    "BadParameter(bytes32)": Reason(
        "bad_parameter", 400, "A parameter of the deployment is out of bounds. Correct it."
    ),
    "InvalidShortString()": REFUSED,
    "StringTooLong(string)": REFUSED,
    "SafeCastOverflowedIntDowncast(uint8,int256)": _OVERFLOW,
    "SafeCastOverflowedUintDowncast(uint8,uint256)": _OVERFLOW,
    "Panic(uint256)": REFUSED,
    "Error(string)": REFUSED,
}

BUILT_IN = frozenset({"Panic(uint256)", "Error(string)"})
"""Solidity's own errors, which no ABI declares."""

BY_SELECTOR = {keccak(text=signature)[:4]: reason for signature, reason in REASONS.items()}
BY_CODE = {reason.code: reason for reason in REASONS.values()}


def reason_of(data: bytes) -> Reason:
    """What revert data (or the four bytes of a Skipped event) means; REFUSED if it gives no reason."""
    return BY_SELECTOR.get(data[:4], REFUSED)
