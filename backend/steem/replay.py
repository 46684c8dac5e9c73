"""Performs a timeline on a chain of its own: a step is a block, mined at the step's second.

All that a step sends follows from the plan and from the chain before it, so every run makes the same blocks.
The time of the chain's latest block tells which steps are done: a run that was killed goes on with the next one.
"""

import hashlib
import hmac
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

import msgspec
from eth_account import Account
from eth_account.signers.local import LocalAccount

from backend.chain.calls import encoded
from backend.chain.connection import Chain
from backend.local.accounts import Owner, bytes_of, grant, registration
from backend.local.batches import CLOSE_AT_ONCE, MOST_GAS, NotMined, encoded_relays, raw_transaction
from backend.local.views import views
from backend.steem.actions import key_of, post_action, vote_action
from backend.steem.documents import document
from backend.steem.plan import Plan, weight_for
from backend.steem.read import SteemPost
from backend.steem.tally import RECEIPTS, Counts, Receipt, block_at, counted, receipts_of
from backend.steem.timeline import Step, Timeline
from indexer.chain.rpc import Rpc
from indexer.content.store import Store
from indexer.protocol.actions import post_id, sha256
from indexer.protocol.calls import call_data
from indexer.protocol.packed import account_slot, post_slot
from indexer.rewards import WEI_PER_VEST

T = TypeVar("T")

SETTLE_AT_ONCE, SETTLE_GAS = 50, 250_000
CLAIM_AT_ONCE, CLAIM_GAS = 200, 60_000
"""Posts, and votes, in a transaction at most, and gas that each of them cannot exceed."""
CALL_GAS = 200_000

Encoded = tuple[bytes, int]
"""A call of the core: calldata and gas."""
Done = Callable[[Step, Counts, float, dict[bytes, SteemPost]], None]
"""Told of each step: what it did, in how many seconds, and the pieces that it posted, by their ids."""


class Replay:
    """One replay on one chain, on which nobody else acts meanwhile."""

    def __init__(
        self, chain: Chain, rpc: Rpc, store: Store, faucet: Owner, secret: bytes, payer: bytes
    ) -> None:
        self._chain, self._rpc, self._store = chain, rpc, store
        self._faucet, self._secret = faucet, secret
        self._payer: LocalAccount = Account.from_key(payer)
        self._contracts = (chain.deployment.core.lower(),)
        self._owners: dict[str, Owner] = {}
        self._ids: dict[tuple[str, str], bytes] = {}
        self._pieces: dict[tuple[str, str], SteemPost] = {}
        self._nonce = self._base_fee = 0

    def run(self, plan: Plan, steps: Timeline, recorded: set[int], done: Done) -> None:
        """Performs the steps that are not done yet. recorded: the times of steps of which `done` was told before.

        Raises NotMined, NodeUnreachable, RpcError, ContentError, and what `done` raises.
        """
        self._rpc.call(Any, "evm_setAutomine", False)
        self._rpc.call(Any, "anvil_dropAllTransactions")  # of a run that was killed
        count = self._rpc.call(str, "eth_getTransactionCount", self._payer.address, "latest")
        _, header = self._latest()
        self._nonce, self._base_fee = int(count, 16), int(header["baseFeePerGas"], 16)
        head = int(header["timestamp"], 16)
        self._pieces = {piece.name: piece for piece in plan.pieces}
        self._learn(plan.handles)
        for step in steps.steps:
            if step.at in recorded and step.at <= head:
                continue
            began = time.monotonic()
            receipts = self._perform(step, plan) if step.at > head else self._performed(step)
            if step.at > head:
                self._learn(step.accounts)
            counts = counted(receipts, self._contracts)
            ids = {self._id(piece): piece for piece in step.pieces}
            done(step, counts, time.monotonic() - began, ids)
        self._rpc.call(Any, "evm_setAutomine", True)

    def _learn(self, handles: Sequence[str]) -> None:
        """Looks up the numbers of these accounts, as far as they exist."""
        arguments = [(bytes_of(handle),) for handle in handles]
        numbers = self._views("accountOf(bytes32)", arguments)
        for handle, number in zip(handles, numbers, strict=True):
            if number:
                self._owners[handle] = Owner(number, key_of(self._secret, handle))

    def _document(self, piece: SteemPost) -> bytes:
        """A piece's document. Takes down the piece's id, which follows from it."""
        data = document(piece, self._parent(piece))
        self._ids[piece.name] = post_id(self._owners[piece.author].account, sha256(data))
        return data

    def _id(self, piece: SteemPost) -> bytes:
        if piece.name not in self._ids:
            self._document(piece)
        return self._ids[piece.name]

    def _parent(self, piece: SteemPost) -> bytes | None:
        return self._id(self._pieces[piece.parent]) if piece.parent else None

    # ---------------------------------------------------------------- one block

    def _perform(self, step: Step, plan: Plan) -> list[Receipt]:
        """Mines the step's block. Raises NotMined if the block is not the one that was meant."""
        calls = [*self._calls(step, plan)]
        raws = []
        for data, gas in calls:
            core, fee = self._chain.deployment.core, self._base_fee
            raws.append(
                raw_transaction(self._chain, self._payer, self._nonce, core, data, gas, fee)
            )
            self._nonce += 1
        self._rpc.batch([("eth_sendRawTransaction", [raw]) for raw in raws])
        self._rpc.call(Any, "evm_mine", step.at)
        receipts, header = self._latest()
        self._base_fee = int(header["baseFeePerGas"], 16)
        refused = sum(int(receipt.status, 16) != 1 for receipt in receipts)
        if int(header["timestamp"], 16) != step.at or len(receipts) != len(calls) or refused:
            raise NotMined(
                f"The block of {step.at} should have {len(calls)} transactions; it has "
                f"{len(receipts)}, of which the chain refused {refused}. Start again: it goes on."
            )
        return receipts

    def _performed(self, step: Step) -> list[Receipt]:
        """The receipts of a step that an earlier run performed and did not record."""
        block = block_at(self._rpc, step.at)
        if block is None:
            raise NotMined(
                f"This chain has no block of {step.at}, though it is past that: it is another file's "
                "chain. Remove its folder, and begin anew."
            )
        return receipts_of(self._rpc, block)

    def _latest(self) -> tuple[list[Receipt], dict[str, Any]]:
        """The latest block's receipts and header."""
        receipts, header = self._rpc.batch(
            [("eth_getBlockReceipts", ["latest"]), ("eth_getBlockByNumber", ["latest", False])]
        )
        return RECEIPTS.decode(receipts), msgspec.json.decode(header)

    # ---------------------------------------------------------------- what goes into it

    def _calls(self, step: Step, plan: Plan) -> Iterator[Encoded]:
        chain, now = self._chain, step.at
        accounts = [registration(chain, h, key_of(self._secret, h), now) for h in step.accounts]
        stakes = [
            grant(chain, self._faucet, to, plan.stakes[h] * WEI_PER_VEST, now, self._once(h))
            for h in step.stakes
            for to in [self._owners[h].account]
        ]
        # Apart, so that the gas of each kind can be told.
        for signed in (accounts, stakes, [*self._posts(step)], [*self._votes(step)]):
            for _, data, gas in encoded_relays(signed):
                yield data, gas
        if step.midnight:
            yield call_data("close(uint256)", CLOSE_AT_ONCE), MOST_GAS
        yield from self._settlements(step)
        yield from self._claims(step)

    def _once(self, handle: str) -> int:
        """The nonce of an account's one grant."""
        digest = hmac.digest(self._secret, b"grant:" + handle.encode(), hashlib.sha256)
        return int.from_bytes(digest)

    def _posts(self, step: Step) -> Iterator[Any]:
        documents = [self._document(piece) for piece in step.pieces]
        self._store.put_many(documents)
        for piece, data in zip(step.pieces, documents, strict=True):
            shares = [(self._owners[handle].account, bps) for handle, bps in piece.options.shares]
            owner, parent = self._owners[piece.author], self._parent(piece)
            yield post_action(self._chain, owner, piece, data, parent, shares, step.at)

    def _votes(self, step: Step) -> Iterator[Any]:
        """The votes of a step, each with the weight that gives its rshares: stake grows as rewards are claimed."""
        voters = list(
            {ballot.voter: self._owners[ballot.voter] for _, ballot in step.votes}.items()
        )
        slots = self._views("accountState(uint40)", [(owner.account,) for _, owner in voters])
        effective = {
            handle: account_slot(slot).effective
            for (handle, _), slot in zip(voters, slots, strict=True)
        }
        for piece, ballot in step.votes:
            bps = weight_for(ballot, effective[ballot.voter])
            owner = self._owners[ballot.voter]
            yield vote_action(self._chain, owner, self._id(piece), bps, step.at)

    def _settlements(self, step: Step) -> Iterator[Encoded]:
        found = [self._id(piece) for piece in step.settle]
        slots = self._views("postState(bytes32)", [(post,) for post in found])
        paying = [p for p, s in zip(found, slots, strict=True) if post_slot(s).net_rshares > 0]
        for part in _parts(paying, SETTLE_AT_ONCE):
            yield encoded("settle(bytes32[])", part), CALL_GAS + SETTLE_GAS * len(part)

    def _claims(self, step: Step) -> Iterator[Encoded]:
        slots = self._views("postState(bytes32)", [(self._id(p),) for p, _ in step.claim])
        for (piece, voters), slot in zip(step.claim, slots, strict=True):
            if post_slot(slot).curation:
                accounts = [self._owners[voter].account for voter in voters]
                for part in _parts(accounts, CLAIM_AT_ONCE):
                    data = encoded("claimOfPost(bytes32,uint40[])", self._id(piece), part)
                    yield data, CALL_GAS + CLAIM_GAS * len(part)

    def _views(self, signature: str, arguments: Sequence[tuple[bytes | int, ...]]) -> list[int]:
        return views(self._chain, self._rpc, signature, arguments)


def _parts(items: Sequence[T], most: int) -> Iterator[Sequence[T]]:
    return (items[first : first + most] for first in range(0, len(items), most))
