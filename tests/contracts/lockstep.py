"""The contracts and the Python model of their rules, driven side by side and compared to the last unit."""

from dataclasses import dataclass, field
from typing import Any

from indexer.rewards import Ledger, Refused, Voter
from indexer.slots import PostSlot, VoteSlot, account_slot, post_slot, vote_slot
from tests.actors import Actor, join
from tests.chain import DEV, Chain


@dataclass
class Lockstep:
    """Each method does one thing on both sides; both succeed, or both refuse by the same name."""

    chain: Chain
    people: list[Actor]
    model: Ledger
    posts: list[bytes] = field(default_factory=list)

    @classmethod
    def start(cls, chain: Chain, handles: list[str], wei: int) -> "Lockstep":
        """Everybody has `wei` of LRL in the balance and no stake."""
        people = join(chain, *handles)
        f = chain.core.functions
        model = Ledger(
            day=f.DAY().call(),
            curve_constant=f.CURVE_CONSTANT().call(),
            seed=f.SEED().call(),
            supply=chain.deployment.parameters["genesisSupply"],
            genesis_day=f.GENESIS_DAY().call(),
        )
        chain.send(chain.token.functions.approve(chain.core.address, wei * len(people)))
        for person in people:
            chain.send(f.deposit(person.account, wei))
            model.balances[person.account] = wei
            chain.impersonate(person.owner.address)
        return cls(chain, people, model)

    @property
    def now(self) -> int:
        return self.chain.anvil.now()

    def forward(self, seconds: int) -> None:
        self.chain.anvil.forward(seconds)

    def _both(self, call: Any, sender: str, model_action: Any) -> str | None:
        """Sends at the latest block's time plus one; returns the name of the error that both gave."""
        now = self.now + 1
        self.chain.anvil.rpc("evm_setNextBlockTimestamp", now)
        try:
            model_action(now)
            expected = None
        except Refused as refusal:
            expected = str(refusal)
        # A given gas limit: the estimate would be made for another moment.
        receipt = self.chain.w3.eth.wait_for_transaction_receipt(
            call.transact({"from": sender, "gas": 2_000_000})
        )
        assert (receipt["status"] == 1) == (expected is None), (call, expected)
        return expected

    def post(self, author: Actor, digest: bytes) -> str | None:
        post = author.post_id(digest)
        refused = self._both(
            self.chain.core.functions.post(author.account, digest, bytes(32), 0),
            author.owner.address,
            lambda now: self.model.post(post, author.account, now),
        )
        if refused is None:
            self.posts.append(post)
        return refused

    def vote(self, voter: Actor, post: bytes, bps: int) -> str | None:
        return self._both(
            self.chain.core.functions.vote(voter.account, post, bps),
            voter.owner.address,
            lambda now: self.model.vote(voter.account, post, bps, now, now),
        )

    def power_up(self, person: Actor, to: Actor, amount: int) -> str | None:
        return self._both(
            self.chain.core.functions.powerUp(person.account, to.account, amount),
            person.owner.address,
            lambda now: self.model.power_up(person.account, to.account, amount, now),
        )

    def close(self, n: int) -> str | None:
        return self._both(
            self.chain.core.functions.close(n),
            DEV,
            lambda now: self.model.close(n, now),
        )

    def settle(self, post: bytes) -> str | None:
        return self._both(
            self.chain.core.functions.settle([post]),
            DEV,
            lambda now: self.model.settle(post, now),
        )

    def claim(self, post: bytes, voter: Actor, of_post: bool = False) -> str | None:
        f = self.chain.core.functions
        call = (
            f.claimOfPost(post, [voter.account])
            if of_post
            else f.claimAsVoter(voter.account, [post])
        )
        return self._both(call, DEV, lambda now: self.model.claim(post, voter.account, now))

    def compare(self) -> None:
        """Every slot against the model."""
        f = self.chain.core.functions
        for person in self.people:
            account = person.account
            slot = account_slot(f.accountState(account).call())
            got = Voter(slot.effective, slot.mana, slot.down_mana, slot.updated_at)
            assert got == self.model.voters.get(account, Voter())
            assert f.balanceOf(account).call() == self.model.balances[account]
        for post in self.posts:
            expected = self.model.posts[post]
            assert post_slot(f.postState(post).call()) == PostSlot(
                expected.created_at, expected.net, expected.weight, expected.settled
            )
            for account, vote in expected.votes.items():
                assert vote_slot(f.voteState(post, account).call()) == VoteSlot(
                    vote.rshares, vote.weight, vote.signed_at, vote.bps, vote.claimed
                )
        assert f.poolState().call() == [
            self.model.pool,
            self.model.recent,
            self.model.next_day,
            self.model.supply,
        ]
        for number, day in self.model.days.items():
            assert f.dayState(number).call() == [day.claims, day.paid]
        genesis = self.chain.deployment.parameters["genesisSupply"]
        minted = self.chain.token.functions.totalSupply().call() - genesis
        assert minted == self.model.minted
        held = self.chain.token.functions.balanceOf(self.chain.core.address).call()
        owed = sum(self.model.balances.values())
        staked = sum(v.effective for v in self.model.voters.values())
        assert held == owed + staked * 10**9
