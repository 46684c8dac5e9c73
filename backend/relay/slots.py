"""What a signed action occupies on the chain, so that it can happen once, and whether it did."""

from collections.abc import Mapping
from typing import Any

from backend.chain.connection import Chain
from indexer.actions import Kind, post_id
from indexer.slots import key_slot, vote_slot

VOTE_SECONDS = 3600  # a vote may be included so long after it was signed

# A code that means "this slot is taken": by this very action, perhaps.
REPLAYED = {"already_used", "handle_taken", "key_taken", "stale_vote", "key_void"}

Fields = Mapping[str, Any]


def slot_of(kind: Kind, fields: Fields) -> str:
    """A name for what the action occupies."""
    match kind.name:
        case "Register":
            return f"handle:{fields['handle']}"
        case "AddKey":
            return f"key:{fields['key']}"
        case "RevokeKey":
            return f"revoke:{fields['key']}"
        case "Post":
            return post_slot(post_id(fields["account"], fields["digest"]))
        case "Vote":
            return f"vote:{fields['post'].hex()}:{fields['account']}:{fields['at']}"
        case _:
            return f"nonce:{fields['account']}:{fields['nonce']:x}"


def post_slot(post: bytes) -> str:
    """The slot of a post."""
    return f"post:{post.hex()}"


def deadline_of(kind: Kind, fields: Fields) -> int:
    """The last second, by the chain's clock, at which the action can be included."""
    return int(fields["at"]) + VOTE_SECONDS if kind.name == "Vote" else int(fields["deadline"])


def awaited_slot(code: str, fields: Fields) -> str | None:
    """The slot that has to be occupied first, if that is why the chain refused with `code`."""
    if code == "unknown_parent":
        return post_slot(fields["parent"])
    if code == "unknown_post":
        return post_slot(fields["post"])
    return None


def is_done(chain: Chain, kind: Kind, fields: Fields) -> bool:
    """Whether the chain shows the action as done, whoever brought it there."""
    match kind.name:
        case "Register":
            account, _, _ = _key(chain, fields["ownerKey"])
            handle = fields["handle"].encode().ljust(32, b"\0")
            return account != 0 and bool(chain.view("identityOf", account)[0] == handle)
        case "AddKey":
            return _key(chain, fields["key"])[:2] == (fields["account"], fields["role"])
        case "RevokeKey":
            account, _, revoked = _key(chain, fields["key"])
            return account == fields["account"] and revoked
        case "Post":
            post = post_id(fields["account"], fields["digest"])
            return bool(chain.view("postState", post)[0] != 0)
        case "Vote":
            (word,) = chain.view("voteState", fields["post"], fields["account"])
            vote = vote_slot(word)
            return (vote.signed_at, vote.bps) == (fields["at"], fields["weight"])
        case _:
            return bool(chain.view("nonceUsed", fields["account"], fields["nonce"])[0])


def _key(chain: Chain, address: str) -> tuple[int, int, bool]:
    """Account, role and whether revoked, of a key."""
    (word,) = chain.view("keyOf", address)
    key = key_slot(word)
    return key.account, key.role, key.revoked


def account_of_key(chain: Chain, address: str) -> int:
    """The account that a key was added to, live or not; 0 for none."""
    return _key(chain, address)[0]
