"""Several people who share a chain: what each may do there, told in the words of the tests.

People go by handle, posts by author and number ("ada/1"), amounts by LRL ("7.5", "all", or "more" than all), times by
DAY. Everything is done on the contracts and on their model.
"""

from decimal import Decimal
from typing import Any

from eth_utils.address import to_checksum_address

from indexer.protocol.actions import post_id
from indexer.rewards import ETHER, NO_CAP, WEI_PER_VEST
from tests.actors import Key
from tests.contracts.keyring import NOBODY
from tests.contracts.lockstep import Lockstep, Message, key

PEOPLE = ["ada", "bob", "cleo", "dan"]
EVERYBODY = [*PEOPLE, "eve"]  # who has not joined
WALLET = to_checksum_address("0x" + "3a" * 20)
NOT_JOINED = 77


class Society:
    """by: the name of one of the actor's keys, or "another's"; how: "call", "relay", "ahead" (by relay, and signed
    where the clock is an hour ahead), or "later" (by relay, once the outbox is sent)."""

    def __init__(self, sides: Lockstep) -> None:
        self.sides = sides
        self.outbox: list[Message] = []
        self.sent: list[list[Message]] = []

    # ------------------------------------------------------------ names for people, posts and amounts

    def posts(self) -> list[str]:
        handles = {number: handle for handle, number in self.sides.model.keyring.handles.items()}
        ids = self.sides.model.ledger.posts
        return [f"{handles[int.from_bytes(id_[:5])]}/{id_[5]}" for id_ in ids]

    def votable(self) -> list[str]:
        ledger, now = self.sides.model.ledger, self.sides.now
        return [p for p in self.posts() if now < ledger.cashout(ledger.posts[self.id(p)])]

    def unsettled(self) -> list[str]:
        ledger = self.sides.model.ledger
        return [p for p in self.posts() if not ledger.posts[self.id(p)].settled]

    def id(self, post: str) -> bytes:
        author, n = post.split("/")
        return post_id(self.number(author), digest(int(n)))

    def draft(self, who: str, again: bool) -> bytes:
        """The digest of somebody's next post, or of the last once more."""
        written = sum(post.startswith(f"{who}/") for post in self.posts())
        return digest(max(1, written + 1 - again))

    def number(self, handle: str) -> int:
        return self.sides.model.keyring.handles.get(handle, NOT_JOINED)

    def lent(self) -> list[tuple[str, str]]:
        ledger, number = self.sides.model.ledger, self.number
        pairs = [(a, b) for a in PEOPLE for b in EVERYBODY]
        return [(a, b) for a, b in pairs if ledger.holdings.delegations.get((number(a), number(b)))]

    def due(self) -> list[tuple[str, str]]:
        holdings = self.sides.model.ledger.holdings
        away = {who: holdings.account(self.number(who)).away for who in PEOPLE}
        returns = [("return", who) for who in PEOPLE if away[who].returning]
        parts = [("part", who) for who in PEOPLE if away[who].leaving]
        return [*returns, *parts, ("reward", "ada"), ("return", "eve")]

    def asked(self) -> list[str]:
        return [who for who in PEOPLE if self.number(who) in self.sides.model.keyring.requests]

    def wei(self, lrl: str, who: str) -> int:
        balance = self.sides.model.ledger.holdings.account(self.number(who)).balance
        return amount(lrl, balance, ETHER)

    def vests(self, lrl: str, who: str) -> int:
        free = self.sides.model.ledger.holdings.account(self.number(who)).free
        return amount(lrl, free, ETHER // WEI_PER_VEST)

    def perform(self, kind: str, who: str, by: str, how: str, *others: Key, **fields: Any) -> None:
        another = "bob" if who == "ada" else "ada"
        signer = key(another) if by == "another's" else key(who, by)
        fields = {"account": self.number(who)} | fields
        if how == "call" and by != "posting":  # which is a P-256 key, and only signs
            self.sides.direct(kind, fields, signer, *others)
            return
        ahead = 3600 if how == "ahead" else 0
        message = self.sides.sign(kind, fields, signer, *others, ahead=ahead)
        if how == "later":
            self.outbox.append(message)
        else:
            self.relay([message])

    def relay(self, messages: list[Message]) -> None:
        self.sides.relay(*messages)
        self.sent.append(messages)

    def send(self) -> None:
        """What was signed for later, in one relay."""
        messages, self.outbox = self.outbox, []
        self.relay(messages)

    def send_again(self, back: int) -> None:
        self.sides.relay(*self.sent[-min(back, len(self.sent))])

    # ------------------------------------------------------------ time

    def pass_time(self, days: float) -> None:
        self.sides.forward(int(days * self.sides.day))

    def reach_age(self, post: str, days: float) -> None:
        """The next act is when the post is so old, or later if it is older."""
        ledger = self.sides.model.ledger
        if self.id(post) in ledger.posts:
            moment = ledger.posts[self.id(post)].created_at + int(days * ledger.day)
            self.sides.forward(max(0, moment - 1 - self.sides.now))  # its block is a second later

    def close(self, days: int) -> None:
        self.sides.call("close", days, act=lambda m, now: m.ledger.close(days, now))

    # ------------------------------------------------------------ posts and votes

    def post(self, who: str, parent: str, again: bool, by: str, how: str) -> None:
        on = self.id(parent) if parent else bytes(32)
        fields = {"digest": self.draft(who, again), "parent": on, "community": 0}
        self.perform("Post", who, by, how, **fields)

    def post_with_options(
        self,
        who: str,
        cap: str,
        liquid: int,
        votes: bool,
        curation: bool,
        shares: dict[str, int],
        by: str,
        how: str,
    ) -> None:
        fields = {
            "digest": self.draft(who, again=False),
            "parent": bytes(32),
            "community": 0,
            "maxAcceptedPayout": NO_CAP if cap == "any" else int(Decimal(cap) * ETHER),
            "liquidBps": liquid,
            "allowVotes": votes,
            "allowCurationRewards": curation,
            "beneficiaries": [{"account": self.number(h), "bps": b} for h, b in shares.items()],
        }
        self.perform("PostWithOptions", who, by, how, **fields)

    def edit(self, post: str, who: str, by: str, how: str) -> None:
        who = post.split("/")[0] if who == "its author" else who
        self.perform("Edit", who, by, how, post=self.id(post), digest=digest(9))

    def remove(self, post: str, by: str, how: str) -> None:
        self.perform("Remove", post.split("/")[0], by, how, post=self.id(post))

    def vote(self, who: str, post: str, weight: int, by: str, how: str) -> None:
        self.perform("Vote", who, by, how, post=self.id(post), weight=weight)

    def vote_many(self, who: str, ballots: list[tuple[str, int]], by: str, how: str) -> None:
        votes = [{"post": self.id(post), "weight": weight} for post, weight in ballots]
        self.perform("Votes", who, by, how, votes=votes)

    def vote_at(self, who: str, post: str, age: float, weight: int) -> None:
        """When the post is so old, or now if it is older."""
        self.reach_age(post, age)
        self.vote(who, post, weight, "owner", "call")

    def all_vote(self, post: str, weights: list[int]) -> None:
        """Four in one relay."""
        self.relay(
            [
                self.sides.sign(
                    "Vote",
                    {"account": self.number(who), "post": self.id(post), "weight": weight},
                    key(who, "owner"),
                )
                for who, weight in zip(PEOPLE, weights, strict=True)
            ]
        )

    # ------------------------------------------------------------ payouts

    def settle(self, posts: list[str]) -> None:
        ids = [self.id(post) for post in posts]
        self.sides.call("settle", ids, act=lambda m, now: m.ledger.settle(ids, now))

    def claim_as_voter(self, who: str, posts: list[str]) -> None:
        arguments = self.number(who), [self.id(post) for post in posts]
        self.sides.call(
            "claimAsVoter", *arguments, act=lambda m, now: m.ledger.claim_as_voter(*arguments, now)
        )

    def claim_of_post(self, post: str, whose: list[str]) -> None:
        arguments = self.id(post), [self.number(who) for who in whose]
        self.sides.call(
            "claimOfPost", *arguments, act=lambda m, now: m.ledger.claim_of_post(*arguments, now)
        )

    def payday(self, post: str) -> None:
        """The post's day comes, ends and is closed, and everybody is paid."""
        self.reach_age(post, 9)
        self.close(50)
        self.settle([post])
        self.claim_of_post(post, PEOPLE)

    # ------------------------------------------------------------ balance and stake

    def deposit(self, to: str, lrl: str) -> None:
        arguments = self.number(to), self.wei(lrl, to)
        self.sides.call(
            "deposit", *arguments, act=lambda m, now: m.ledger.holdings.deposit(*arguments)
        )

    def withdraw(self, who: str, to: str, lrl: str, by: str, how: str) -> None:
        address = {"wallet": WALLET, "core": self.sides.model.core, "nobody": NOBODY}[to]
        self.perform("Withdraw", who, by, how, to=address, amount=self.wei(lrl, who))

    def transfer(self, who: str, to: str, lrl: str, by: str, how: str) -> None:
        fields = {"to": self.number(to), "amount": self.wei(lrl, who), "memo": digest(1)}
        self.perform("Transfer", who, by, how, **fields)

    def power_up(self, who: str, to: str, lrl: str, by: str, how: str) -> None:
        self.perform("PowerUp", who, by, how, to=self.number(to), amount=self.wei(lrl, who))

    def delegate(self, who: str, to: str, lrl: str, by: str, how: str) -> None:
        self.perform("Delegate", who, by, how, to=self.number(to), vests=self.vests(lrl, who))

    def power_down(self, who: str, lrl: str, by: str, how: str) -> None:
        self.perform("PowerDown", who, by, how, vests=self.vests(lrl, who))

    def take_back(self, pair: tuple[str, str], lrl: str, by: str, how: str) -> None:
        """All that was lent but so much."""
        self.delegate(*pair, lrl, by, how)

    def collect(self, what: tuple[str, str], wait: int) -> None:
        """Of a power down, of a delegation, of the stakers' emission."""
        self.pass_time(wait)
        if wait:
            self.close(50)
        account = self.number(what[1])
        function, act = {
            "part": ("releasePowerDown", lambda h, now: h.release_power_down(account, now)),
            "return": ("completeReturn", lambda h, now: h.complete_return(account, now)),
            "reward": ("claimStakeReward", lambda h, now: h.claim_stake_reward(account)),
        }[what[0]]
        self.sides.call(function, account, act=lambda m, now: act(m.ledger.holdings, now))

    # ------------------------------------------------------------ accounts, keys and recovery

    def register(self, handle: str, recovery: str, max_fee: int, how: str) -> None:
        owner, posting = key(handle, "owner"), key(handle, "posting")
        fields = {
            "handle": handle,
            "ownerKey": owner.address,
            "postingKey": posting.address,
            "postingExpiry": 0,
            "recovery": self.number(recovery) if recovery else 0,
            "maxFee": max_fee * ETHER,
        }
        self.perform("Register", handle, "owner", how, posting, **fields)

    def add_key(self, who: str, name: str, role: int, days: int, by: str, how: str) -> None:
        new = key(who, name)
        expiry = self.sides.now + days * self.sides.day if days else 0
        self.perform("AddKey", who, by, how, new, key=new.address, role=role, expiry=expiry)

    def revoke_key(self, who: str, name: str, by: str, how: str) -> None:
        self.perform("RevokeKey", who, by, how, key=key(who, name).address)

    def set_recovery(self, who: str, to: str, by: str, how: str) -> None:
        self.perform("SetRecovery", who, by, how, recovery=self.number(to) if to else 0)

    def request_recovery(self, who: str, helper: str, new: str, by: str, how: str) -> None:
        owner = key(who, new)
        fields = {"account": self.number(who), "newOwner": owner.address}
        self.perform("RequestRecovery", helper, by, how, owner, **fields)

    def cancel_recovery(self, who: str, by: str, how: str) -> None:
        self.perform("CancelRecovery", who, by, how)

    def complete_recovery(self, who: str, wait: int) -> None:
        self.pass_time(wait)
        account = self.number(who)
        self.sides.call(
            "completeRecovery", account, act=lambda m, now: m.keyring.complete(account, now)
        )

    def restore_account(self, who: str, helper: str, new: str, by: str, how: str) -> None:
        owner = key(who, new)
        helping = key(helper, "owner")
        self.perform("Restore", who, by, how, helping, owner, newOwner=owner.address)


def amount(lrl: str, all_: int, unit: int) -> int:
    return all_ + (lrl == "more") if lrl in ("all", "more") else int(Decimal(lrl) * unit)


def digest(n: int) -> bytes:
    return bytes([n]) * 32
