"""The signed actions of imported accounts, whose keys are derived from one secret: whoever has it has them all."""

import hashlib
import hmac
from typing import Any

from backend.chain.connection import Chain
from backend.local.accounts import WINDOW, Owner
from backend.local.batches import signed
from backend.steem.read import PLAIN, SteemPost
from indexer.protocol.actions import Signed, sha256


def key_of(secret: bytes, handle: str) -> bytes:
    """The owner key of an imported account."""
    return hmac.digest(secret, b"steem:" + handle.encode(), hashlib.sha256)


def post_action(
    chain: Chain,
    owner: Owner,
    piece: SteemPost,
    data: bytes,
    parent: bytes | None,
    shares: list[tuple[int, int]],
    now: int,
) -> Signed:
    """A post of the document `data`. shares: (account, basis points) of its beneficiaries."""
    fields: dict[str, Any] = {
        "account": owner.account,
        "digest": sha256(data),
        "parent": parent or bytes(32),
        "community": 0,
        "deadline": now + WINDOW,
    }
    if piece.options == PLAIN:
        return signed(chain, "Post", owner.key, fields)
    options = {
        "maxAcceptedPayout": piece.options.cap,
        "liquidBps": piece.options.liquid_bps,
        "allowVotes": True,
        "allowCurationRewards": True,
        # By rising account number, as the core wants them.
        "beneficiaries": [{"account": n, "bps": bps} for n, bps in sorted(shares)],
    }
    return signed(chain, "PostWithOptions", owner.key, fields | options)


def vote_action(chain: Chain, voter: Owner, post: bytes, bps: int, now: int) -> Signed:
    """A vote of `bps` basis points, signed."""
    fields = {"account": voter.account, "post": post, "weight": bps, "at": now}
    return signed(chain, "Vote", voter.key, fields)
