"""Puts a plan on the chain. It asks the chain what is done already, so a killed import goes on where it was.

Documents, post ids and keys follow from the plan, the account numbers and one secret in a file, so that the
same post has the same id at every run; a vote is cast unless its slot is written.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from backend.chain.connection import Chain
from backend.chain.errors import reason_of
from backend.local.accounts import Owner, bytes_of, grant, registration
from backend.local.batches import close_days, relay
from backend.local.clock import forward, latest
from backend.local.views import views
from backend.steem.actions import key_of, post_action, vote_action
from backend.steem.documents import document
from backend.steem.plan import Plan, rounds, weight_for
from backend.steem.read import Ballot, SteemPost
from backend.steem.tally import Counts
from indexer.chain.rpc import Rpc
from indexer.content.store import Store
from indexer.errors import LaurelError
from indexer.protocol.actions import Signed, post_id, secp256k1_address, sha256
from indexer.protocol.packed import post_slot
from indexer.rewards import ETHER, REGENERATION_DAYS, WEI_PER_VEST, used_up

KINDS = ("accounts", "stakes", "posts", "comments", "votes")
NO_ACCOUNT = "the handle is somebody else's on this chain"
EFFECTIVE = 2**64 - 1  # the lowest bits of an account's slot
AHEAD = 1000  # accounts looked up, registered and given stake at a time


class TooLittleLrl(LaurelError):
    """The faucet cannot give all the stake that the votes need."""


@dataclass
class Tally(Counts):
    """What this run did; found: what it found done already."""

    found: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True)
class Cast:
    """One vote that is still to be cast."""

    post: bytes
    voter: int
    key: bytes
    bps: int
    used: int  # micro-vests of mana, at the most


class Importer:
    """One import on one chain. Nobody else may send from the address of `payer` meanwhile.

    `advance(what, n)` is told of every n accounts, stakes, pieces and votes that are dealt with.
    """

    def __init__(
        self,
        chain: Chain,
        rpc: Rpc,
        store: Store,
        faucet: Owner,
        secret: bytes,
        payer: bytes,
        advance: Callable[[str, int], None] = lambda what, n: None,
    ) -> None:
        self._chain, self._rpc, self._store = chain, rpc, store
        self._faucet, self._secret, self._payer = faucet, secret, payer
        self._advance = advance
        self._owners: dict[str, Owner] = {}
        self._ids: dict[tuple[str, str], bytes] = {}
        self.tally = Tally()

    def run(self, plan: Plan) -> Tally:
        """Imports the plan. Raises TooLittleLrl before any stake is given; NotMined, NodeUnreachable, ContentError."""
        self.tally.skipped.update(plan.skipped)
        for first in range(0, len(plan.handles), AHEAD):
            self._register(plan.handles[first : first + AHEAD])
        self._give_stake(plan)
        for group in rounds(plan):
            self._publish(self._with_accounts(group))
        return self.tally

    # ---------------------------------------------------------------- accounts and stake

    def _register(self, handles: Sequence[str]) -> None:
        missing = [
            h for h, number in zip(handles, self._numbers(handles), strict=True) if not number
        ]
        now = latest(self._rpc)
        batch = [registration(self._chain, h, self._key(h), now) for h in missing]
        self._relay("accounts", batch)
        keys = [(int(secp256k1_address(self._key(h)), 16),) for h in handles]
        slots = views(self._chain, self._rpc, "keyOf(address)", keys)
        for handle, number, slot in zip(handles, self._numbers(handles), slots, strict=True):
            if number and slot & (2**40 - 1) == number:
                self._owners[handle] = Owner(number, self._key(handle))
            else:
                self.tally.skipped["accounts", NO_ACCOUNT] += 1
        self._count("accounts", sum(1 for h in handles if h in self._owners and h not in missing))

    def _numbers(self, handles: Sequence[str]) -> list[int]:
        arguments = [(bytes_of(handle),) for handle in handles]
        return views(self._chain, self._rpc, "accountOf(bytes32)", arguments)

    def _give_stake(self, plan: Plan) -> None:
        voters = [(self._owners[h].account, s) for h, s in plan.stakes.items() if h in self._owners]
        effective = self._effective([number for number, _ in voters])
        missing = {
            number: stake - effective[number]
            for number, stake in voters
            if stake > effective[number]
        }
        wei = sum(missing.values()) * WEI_PER_VEST
        (balance,) = views(self._chain, self._rpc, "balanceOf(uint40)", [(self._faucet.account,)])
        if wei > balance:
            raise TooLittleLrl(
                f"The votes need {wei / ETHER:,.0f} LRL of stake; the faucet has "
                f"{balance / ETHER:,.0f}. Import fewer lines (--limit), or begin a new chain."
            )
        self._count("stakes", len(voters) - len(missing))
        todo = list(missing.items())
        for first in range(0, len(todo), AHEAD):
            now = latest(self._rpc)
            part = todo[first : first + AHEAD]
            grants = [
                grant(self._chain, self._faucet, number, vests * WEI_PER_VEST, now)
                for number, vests in part
            ]
            close_days(self._chain, self._rpc, self._payer)
            self._relay("stakes", grants)
        if missing:  # new stake has no mana
            forward(self._rpc, REGENERATION_DAYS * self._chain.day)

    def _effective(self, accounts: Sequence[int]) -> dict[int, int]:
        slots = views(self._chain, self._rpc, "accountState(uint40)", [(n,) for n in accounts])
        return {n: slot & EFFECTIVE for n, slot in zip(accounts, slots, strict=True)}

    # ---------------------------------------------------------------- posts, comments and votes

    def _with_accounts(self, group: Iterable[SteemPost]) -> list[SteemPost]:
        kept = []
        for piece in group:
            orphaned = piece.parent is not None and piece.parent not in self._ids
            if piece.author in self._owners and not orphaned:
                data = document(piece, self._ids[piece.parent] if piece.parent else None)
                self._ids[piece.name] = post_id(self._owners[piece.author].account, sha256(data))
                kept.append(piece)
            else:
                self.tally.skipped[_what(piece), NO_ACCOUNT] += 1
                self.tally.skipped["votes", "their post is not imported"] += len(piece.votes)
                self._advance("pieces", 1 + len(piece.votes))
        return kept

    def _publish(self, group: Sequence[SteemPost]) -> None:
        there = views(
            self._chain, self._rpc, "postState(bytes32)", [(self._ids[p.name],) for p in group]
        )
        old = {piece.name for piece, state in zip(group, there, strict=True) if state}
        paid = {p.name for p, state in zip(group, there, strict=True) if post_slot(state).settled}
        new = [piece for piece in group if piece.name not in old]
        for piece in group:
            if piece.name in old:
                self._count(_what(piece), 1)
            if piece.name in paid:  # its votes are claimed, or soon are, and then leave no trace
                self._count("votes", len(piece.votes))
        casts = self._casts([piece for piece in group if piece.name not in paid], old)
        self._await_mana(casts)
        documents = [self._document(piece) for piece in new]
        self._store.put_many(documents)
        now = latest(self._rpc)
        posts = [self._post(p, data, now) for p, data in zip(new, documents, strict=True)]
        self._relay("posts", posts, [_what(piece) for piece in new])
        now = latest(self._rpc)
        self._relay("votes", [self._vote(cast, now) for cast in casts])

    def _document(self, piece: SteemPost) -> bytes:
        return document(piece, self._ids[piece.parent] if piece.parent else None)

    def _casts(self, group: Sequence[SteemPost], old: set[tuple[str, str]]) -> list[Cast]:
        found: list[tuple[bytes, Owner, Ballot]] = []
        asked: list[tuple[bytes, Owner, Ballot]] = []
        for piece in group:
            for ballot in piece.votes:
                owner = self._owners.get(ballot.voter)
                if owner is None:
                    self.tally.skipped["votes", NO_ACCOUNT] += 1
                    self._advance("votes", 1)
                    continue
                (asked if piece.name in old else found).append(
                    (self._ids[piece.name], owner, ballot)
                )
        slots = views(
            self._chain,
            self._rpc,
            "voteState(bytes32,uint40)",
            [(post, owner.account) for post, owner, _ in asked],
        )
        self._count("votes", sum(1 for slot in slots if slot))
        found += [vote for vote, slot in zip(asked, slots, strict=True) if not slot]
        effective = self._effective(list({owner.account: None for _, owner, _ in found}))
        casts = []
        for post, owner, ballot in found:
            stake = effective[owner.account]
            bps = weight_for(ballot, stake)
            casts.append(Cast(post, owner.account, owner.key, bps, used_up(stake, bps)))
        return casts

    def _await_mana(self, casts: Sequence[Cast]) -> None:
        """Moves the clock on until every voter can afford this round. (Votes against cost less, or the same.)"""
        needs: Counter[int] = Counter()
        for cast in casts:
            needs[cast.voter] += cast.used
        voters = list(needs)
        mana = views(self._chain, self._rpc, "manaOf(uint40)", [(n,) for n in voters])
        effective = self._effective(voters)
        period = REGENERATION_DAYS * self._chain.day
        seconds = [
            -(-(needs[n] - m) * period // effective[n]) + 1
            for n, m in zip(voters, mana, strict=True)
            if needs[n] > m
        ]
        if seconds:
            forward(self._rpc, max(seconds))

    # ---------------------------------------------------------------- signing and sending

    def _key(self, handle: str) -> bytes:
        return key_of(self._secret, handle)

    def _post(self, piece: SteemPost, data: bytes, now: int) -> Signed:
        owners = [(self._owners.get(handle), bps) for handle, bps in piece.options.shares]
        lost = sum(1 for owner, _ in owners if owner is None)
        if lost:
            self.tally.skipped["beneficiaries", NO_ACCOUNT] += lost
        shares = [(owner.account, bps) for owner, bps in owners if owner]
        parent = self._ids[piece.parent] if piece.parent else None
        return post_action(
            self._chain, self._owners[piece.author], piece, data, parent, shares, now
        )

    def _vote(self, cast: Cast, now: int) -> Signed:
        return vote_action(self._chain, Owner(cast.voter, cast.key), cast.post, cast.bps, now)

    def _relay(self, kind: str, batch: Sequence[Signed], kinds: Sequence[str] = ()) -> None:
        for mined in relay(self._chain, self._rpc, self._payer, batch):
            self.tally.gas[kind] += mined.gas
            for index in mined.items:
                what = kinds[index] if kinds else kind
                if index in mined.skipped:
                    self.tally.skipped[what, reason_of(mined.skipped[index]).sentence] += 1
                else:
                    self.tally.made[what] += 1
            self._advance(kind, len(mined.items))

    def _count(self, what: str, number: int) -> None:
        self.tally.found[what] += number
        self._advance(what, number)


def _what(piece: SteemPost) -> str:
    return "posts" if piece.parent is None else "comments"
