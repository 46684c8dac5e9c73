"""The events of the core and the graph as typed values: ICoreBase.sol and IGraph.sol, field by field.

Amounts are wei where the ABI says so, else micro-vests; times are seconds of the chain's clock. `seq` is
block << LOG_BITS | log index: the chain's own order.
"""

import msgspec

from indexer.protocol.packed import AccountSlot, StakeSlot, VoteSlot

LOG_BITS = 20


class Event(msgspec.Struct, frozen=True, gc=False):
    """What all events have: their place in the chain's order, time, and transaction hash (32 bytes)."""

    seq: int
    time: int
    tx: bytes

    @property
    def block(self) -> int:
        return self.seq >> LOG_BITS


class BallotSkipped(Event, frozen=True, gc=False):
    """One vote of a Votes action was passed over. reason: the error's selector, 4 bytes."""

    post: bytes
    account: int
    reason: bytes


class Skipped(Event, frozen=True, gc=False):
    """The action at `index` of a relay batch failed. reason: the error's selector, 4 bytes."""

    index: int
    reason: bytes


# ---------------------------------------------------------------- accounts and keys


class Registered(Event, frozen=True, gc=False):
    account: int
    handle: str
    recovery: int


class KeyAdded(Event, frozen=True, gc=False):
    account: int
    key: str
    role: int
    expiry: int


class KeyRevoked(Event, frozen=True, gc=False):
    account: int
    key: str


class RecoverySet(Event, frozen=True, gc=False):
    account: int
    recovery: int
    effective_at: int


class RecoveryRequested(Event, frozen=True, gc=False):
    account: int
    new_owner: str
    ready_at: int


class RecoveryCancelled(Event, frozen=True, gc=False):
    account: int


class Recovered(Event, frozen=True, gc=False):
    account: int
    new_owner: str
    key_epoch: int


# ---------------------------------------------------------------- posts and votes


class Posted(Event, frozen=True, gc=False):
    account: int
    digest: bytes
    parent: bytes | None
    community: int

    @property
    def post(self) -> bytes:
        """The id: the account, then the first 27 bytes of the digest."""
        return self.account.to_bytes(5) + self.digest[:27]


class OptionsSet(Event, frozen=True, gc=False):
    post: bytes
    max_accepted_payout: int
    liquid_bps: int
    allow_votes: bool
    allow_curation_rewards: bool
    beneficiaries: tuple[tuple[int, int], ...]  # account, basis points


class Edited(Event, frozen=True, gc=False):
    post: bytes
    digest: bytes


class Removed(Event, frozen=True, gc=False):
    post: bytes


class Voted(Event, frozen=True, gc=False):
    post: bytes
    account: int
    vote: VoteSlot
    state: AccountSlot


# ---------------------------------------------------------------- the reward pool


class DayClosed(Event, frozen=True, gc=False):
    day: int
    claims: int
    paid: int
    pool: int
    recent: int
    index: int


class Settled(Event, frozen=True, gc=False):
    post: bytes
    account: int
    liquid: int
    vests: int
    curation: int
    returned: int


class BeneficiaryPaid(Event, frozen=True, gc=False):
    post: bytes
    account: int
    liquid: int
    vests: int


class CurationClaimed(Event, frozen=True, gc=False):
    post: bytes
    account: int
    vests: int


# ---------------------------------------------------------------- balance and stake


class Deposited(Event, frozen=True, gc=False):
    account: int
    sender: str
    amount: int


class Withdrawn(Event, frozen=True, gc=False):
    account: int
    to: str
    amount: int


class Transferred(Event, frozen=True, gc=False):
    account: int
    to: int
    amount: int
    memo: bytes | None


class PoweredUp(Event, frozen=True, gc=False):
    account: int
    to: int
    vests: int


class PowerDownSet(Event, frozen=True, gc=False):
    account: int
    vests: int
    due_at: int


class PowerDownReleased(Event, frozen=True, gc=False):
    account: int
    vests: int


class Delegated(Event, frozen=True, gc=False):
    account: int
    to: int
    vests: int
    returning: int
    return_at: int


class Returned(Event, frozen=True, gc=False):
    account: int
    vests: int


class StakeRewardClaimed(Event, frozen=True, gc=False):
    account: int
    amount: int


class StakeChanged(Event, frozen=True, gc=False):
    account: int
    state: AccountSlot
    stake: StakeSlot


# ---------------------------------------------------------------- the graph


class Followed(Event, frozen=True, gc=False):
    account: int
    target: int
    on: bool


class Muted(Event, frozen=True, gc=False):
    account: int
    target: int
    on: bool


class Reblogged(Event, frozen=True, gc=False):
    account: int
    post: bytes
    on: bool


class ProfileSet(Event, frozen=True, gc=False):
    account: int
    digest: bytes | None  # None: taken back


class Tipped(Event, frozen=True, gc=False):
    post: bytes
    sender: str
    token: str
    amount: int


class Collected(Event, frozen=True, gc=False):
    account: int
    token: str
    to: str
    amount: int
