"""The replay guard of each kind of action: the slot that only one action can have, and whether it is taken."""

from collections.abc import Mapping
from typing import Any

from backend.chain.connection import Chain
from backend.relay.intake.parse import Action
from indexer.protocol.actions import encode, post_id, sha256
from indexer.protocol.packed import KeySlot, VoteSlot, key_slot, post_slot, vote_slot

VOTE_SECONDS = 3600  # a vote may be included so long after it was signed
OWNER = 3  # role

# Codes of refusal that mean "the slot is taken", perhaps by this very action.
REPLAYED = {
    "already_used",
    "handle_taken",
    "key_taken",
    "key_void",
    "post_removed",
    "stale_vote",
}
# Guard -> the code with which the chain refuses a second action that has the same slot.
TAKEN = {"handle": "handle_taken", "key": "key_taken", "vote": "stale_vote"}


def slot_of(action: Action) -> str:
    """The name of the action's slot."""
    fields = action.fields
    match action.kind.guard:
        case "handle":
            return f"handle:{fields['handle']}"
        case "key":
            return f"key:{_added(fields)[0]}"
        case "revocation":
            return f"revoke:{fields['key']}"
        case "post":
            return _post(post_id(fields["account"], fields["digest"]))
        case "removal":
            return f"remove:{fields['post'].hex()}"
        case "vote":
            return f"vote:{fields['post'].hex()}:{fields['account']}:{fields['at']}"
        case "votes":
            return f"votes:{sha256(encode(action.kind, fields)).hex()}"
        case "nonce":
            return f"nonce:{action.kind.contract}:{action.signer}:{fields['nonce']:x}"


def deadline_of(action: Action) -> int:
    """The last second, by the chain's clock, at which the action can be included."""
    fields = action.fields
    return int(fields["at"]) + VOTE_SECONDS if "at" in fields else int(fields["deadline"])


def awaited_slots(code: str, fields: Mapping[str, Any]) -> list[str]:
    """The slots of which the chain lacks one, if `code` says that it does; else none."""
    if code == "unknown_parent":
        return [_post(fields["parent"])]
    if code == "unknown_post":
        return [_post(each["post"]) for each in fields.get("votes", (fields,))]
    return []


def needed_slots(fields: Mapping[str, Any]) -> list[str]:
    """The slots that must be taken before the action can be done: those of the posts that it names."""
    if "parent" in fields:
        return [_post(fields["parent"])] if any(fields["parent"]) else []
    return [_post(each["post"]) for each in fields.get("votes", (fields,)) if "post" in each]


def is_done(chain: Chain, action: Action) -> bool:
    """Whether the chain shows the action as done, whoever brought it there."""
    fields = action.fields
    match action.kind.guard:
        case "handle":
            account = _key(chain, fields["ownerKey"]).account
            handle = int.from_bytes(fields["handle"].encode().ljust(32, b"\0"))
            return account != 0 and bool(chain.view("handleOf(uint40)", account)[0] == handle)
        case "key":
            address, role = _added(fields)
            key = _key(chain, address)
            return (key.account, key.role) == (fields["account"], role)
        case "revocation":
            key = _key(chain, fields["key"])
            return key.account == fields["account"] and key.revoked
        case "post":
            post = post_id(fields["account"], fields["digest"])
            return bool(chain.view("postState(bytes32)", post)[0] != 0)
        case "removal":
            return post_slot(chain.view("postState(bytes32)", fields["post"])[0]).removed
        case "vote" | "votes":
            return all(_stands(chain, fields, each) for each in fields.get("votes", (fields,)))
        case "nonce":
            used = chain.view(
                "nonceUsed(address,uint256)",
                int(action.signer, 16),
                fields["nonce"],
                contract=action.kind.contract,
            )
            return bool(used[0])


def is_stale(chain: Chain, action: Action) -> bool:
    """Whether a vote of many is stale in each of its ballots; the core passes over such a ballot without refusing."""
    return action.kind.guard == "votes" and all(
        _vote(chain, action.fields, ballot).signed_at >= action.fields["at"]
        for ballot in action.fields["votes"]
    )


def _post(post: bytes) -> str:
    return f"post:{post.hex()}"


def _added(fields: Mapping[str, Any]) -> tuple[str, int]:
    """The address and the role of the key that an action adds; one that restores an account adds an owner key."""
    if "newOwner" in fields:
        return fields["newOwner"], OWNER
    return fields["key"], fields["role"]


def _key(chain: Chain, address: str) -> KeySlot:
    return key_slot(chain.view("keyOf(address)", int(address, 16))[0])


def _stands(chain: Chain, fields: Mapping[str, Any], ballot: Mapping[str, Any]) -> bool:
    vote = _vote(chain, fields, ballot)
    return (vote.signed_at, vote.bps) == (fields["at"], ballot["weight"])


def _vote(chain: Chain, fields: Mapping[str, Any], ballot: Mapping[str, Any]) -> VoteSlot:
    return vote_slot(chain.view("voteState(bytes32,uint40)", ballot["post"], fields["account"])[0])
