"""People of the tests: keys, and the actions that they sign."""

import itertools
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from eth_abi.abi import encode as abi_encode

from indexer.protocol import actions
from indexer.protocol.actions import Signed
from indexer.protocol.deployment import Deployment
from indexer.protocol.kinds import KINDS
from tests.chain import Anvil, Chain

WINDOW = 1800  # seconds from signing to deadline

_seeds = itertools.count(1)
_nonces = itertools.count()


@dataclass(frozen=True)
class Key:
    """A secp256k1 (32 bytes) or a P-256 private key."""

    private: bytes | ec.EllipticCurvePrivateKey

    @classmethod
    def secp256k1(cls) -> "Key":
        return cls(actions.sha256(b"key %d" % next(_seeds)))

    @classmethod
    def p256(cls) -> "Key":
        return cls(ec.derive_private_key(next(_seeds) + 2**200, ec.SECP256R1()))

    @property
    def address(self) -> str:
        if isinstance(self.private, bytes):
            return actions.secp256k1_address(self.private)
        point = self.private.public_key().public_numbers()
        return actions.p256_address(point.x, point.y)

    def sign(self, data: bytes) -> bytes:
        if isinstance(self.private, bytes):
            return actions.sign_secp256k1(self.private, data)
        return actions.sign_p256(self.private, data)


def signed(
    deployment: Deployment,
    name: str,
    fields: dict[str, Any],
    key: Key,
    proof: Key | None = None,
) -> Signed:
    """An action of kind `name`, signed by `key` and, where a new key proves possession, by `proof`."""
    kind = KINDS[name]
    words = actions.encode(kind, fields)
    address = deployment.graph if kind.contract == "graph" else deployment.core
    domain = actions.domain_separator(deployment.chain_id, address, kind.contract)
    data = actions.message(domain, kind, words)
    tail = proof.sign(data) if proof else b""
    return Signed(kind.number, words + tail, key.sign(data))


@dataclass
class Actor:
    """An account: its owner key, and the posting key (perhaps the same) that it uses."""

    deployment: Deployment
    anvil: Anvil
    handle: str
    owner: Key = field(default_factory=Key.secp256k1)
    posting: Key | None = None
    account: int = 0

    @property
    def key(self) -> Key:
        return self.posting or self.owner

    def _deadline(self) -> int:
        return self.anvil.now() + WINDOW

    def _signed(
        self, name: str, fields: dict[str, Any], key: Key, proof: Key | None = None
    ) -> Signed:
        return signed(self.deployment, name, fields, key, proof)

    def register(self, **changes: Any) -> Signed:
        fields = {
            "handle": self.handle,
            "ownerKey": self.owner.address,
            "postingKey": self.posting.address if self.posting else "0x" + "00" * 20,
            "postingExpiry": 0,
            "recovery": 0,
            "maxFee": 0,
            "deadline": self._deadline(),
        } | changes
        return self._signed("Register", fields, self.owner, self.posting)

    def add_key(self, new: Key, role: int = 1, expiry: int = 0, **changes: Any) -> Signed:
        fields = {
            "account": self.account,
            "key": new.address,
            "role": role,
            "expiry": expiry,
            "deadline": self._deadline(),
        } | changes
        return self._signed("AddKey", fields, self.owner, new)

    def revoke_key(self, address: str, by: Key | None = None) -> Signed:
        fields = {"account": self.account, "key": address, "deadline": self._deadline()}
        return self._signed("RevokeKey", fields, by or self.owner)

    def post(self, digest: bytes, parent: bytes = bytes(32), **changes: Any) -> Signed:
        fields = {
            "account": self.account,
            "digest": digest,
            "parent": parent,
            "community": 0,
            "deadline": self._deadline(),
        } | changes
        return self._signed("Post", fields, self.key)

    def post_id(self, digest: bytes) -> bytes:
        return actions.post_id(self.account, digest)

    def vote(self, post: bytes, bps: int, at: int | None = None) -> Signed:
        at = self.anvil.now() if at is None else at
        fields = {"account": self.account, "post": post, "weight": bps, "at": at}
        return self._signed("Vote", fields, self.key)

    def power_up(self, to: int, amount: int, nonce: int | None = None) -> Signed:
        fields = {
            "account": self.account,
            "to": to,
            "amount": amount,
            "nonce": next(_nonces) if nonce is None else nonce,
            "deadline": self._deadline(),
        }
        return self._signed("PowerUp", fields, self.owner)

    def withdraw(self, to: str, amount: int) -> Signed:
        fields = {
            "account": self.account,
            "to": to,
            "amount": amount,
            "nonce": next(_nonces),
            "deadline": self._deadline(),
        }
        return self._signed("Withdraw", fields, self.owner)

    def act(self, name: str, key: Key, proof: Key | None = None, **fields: Any) -> Signed:
        """An action of kind `name`. What `fields` leave out: this account, a nonce of its own, a deadline."""
        default = {"account": self.account, "nonce": next(_nonces), "deadline": self._deadline()}
        names = [n for n, _ in KINDS[name].fields]
        return self._signed(
            name, {n: v for n, v in default.items() if n in names} | fields, key, proof
        )

    def votes(self, ballots: dict[bytes, int], at: int | None = None, **changes: Any) -> Signed:
        """Several votes under one signature: post -> weight in basis points."""
        votes = [{"post": post, "weight": bps} for post, bps in ballots.items()]
        at = self.anvil.now() if at is None else at
        return self.act("Votes", self.key, **{"votes": votes, "at": at} | changes)

    def post_with_options(
        self,
        digest: bytes,
        beneficiaries: dict[int, int] | None = None,
        **changes: Any,
    ) -> Signed:
        """A post with the plain options, but for what is given; account -> basis points."""
        shares = [{"account": a, "bps": bps} for a, bps in (beneficiaries or {}).items()]
        fields = {
            "digest": digest,
            "parent": bytes(32),
            "community": 0,
            "maxAcceptedPayout": 2**96 - 1,
            "liquidBps": 5000,
            "allowVotes": True,
            "allowCurationRewards": True,
            "beneficiaries": shares,
        }
        return self.act("PostWithOptions", self.key, **fields | changes)

    def edit(self, post: bytes, digest: bytes, **changes: Any) -> Signed:
        return self.act("Edit", self.key, **{"post": post, "digest": digest} | changes)

    def remove(self, post: bytes, **changes: Any) -> Signed:
        return self.act("Remove", self.key, **{"post": post} | changes)

    def transfer(self, to: int, amount: int, memo: bytes = bytes(32), **changes: Any) -> Signed:
        fields = {"to": to, "amount": amount, "memo": memo}
        return self.act("Transfer", self.owner, **fields | changes)

    def power_down(self, vests: int, **changes: Any) -> Signed:
        return self.act("PowerDown", self.owner, **{"vests": vests} | changes)

    def delegate(self, to: int, vests: int, **changes: Any) -> Signed:
        return self.act("Delegate", self.owner, **{"to": to, "vests": vests} | changes)

    def set_recovery(self, recovery: int, **changes: Any) -> Signed:
        return self.act("SetRecovery", self.owner, **{"recovery": recovery} | changes)

    def request_recovery(self, account: int, new: Key, **changes: Any) -> Signed:
        """This account, which is the other's recovery account, asks for `new` as the other's owner key."""
        fields = {"account": account, "newOwner": new.address}
        return self.act("RequestRecovery", self.owner, new, **fields | changes)

    def cancel_recovery(self, **changes: Any) -> Signed:
        return self.act("CancelRecovery", self.owner, **changes)

    def restore(self, former: Key, recovery: Key, new: Key, **changes: Any) -> Signed:
        """Signed by a former owner key, an owner key of the recovery account, and the new owner key."""
        fields = {"newOwner": new.address} | changes
        three = [self.act("Restore", k, **fields) for k in (former, recovery, new)]
        proofs = abi_encode(["bytes[3]"], [[s.signature for s in three]])
        return Signed(three[0].kind, three[0].action + proofs, b"")

    def follow(self, accounts: list[int], on: bool = True, **changes: Any) -> Signed:
        return self.act("Follow", self.key, **{"accounts": accounts, "on": on} | changes)

    def mute(self, accounts: list[int], on: bool = True, **changes: Any) -> Signed:
        return self.act("Mute", self.key, **{"accounts": accounts, "on": on} | changes)

    def reblog(self, posts: list[bytes], on: bool = True, **changes: Any) -> Signed:
        return self.act("Reblog", self.key, **{"posts": posts, "on": on} | changes)

    def profile(self, digest: bytes, **changes: Any) -> Signed:
        return self.act("Profile", self.key, **{"digest": digest} | changes)

    def collect(self, token: str, to: str, amount: int, **changes: Any) -> Signed:
        fields = {"token": token, "to": to, "amount": amount}
        return self.act("Collect", self.owner, **fields | changes)


def join(chain: Chain, *handles: str, posting: bool = False, p256: bool = False) -> list[Actor]:
    """Registers accounts through the relay; with `p256`, they post with a P-256 key."""
    made = []
    for handle in handles:
        key = Key.p256() if p256 else Key.secp256k1() if posting else None
        actor = Actor(chain.deployment, chain.anvil, handle, posting=key)
        receipt = chain.relay(actor.register())
        assert chain.skipped(receipt) == {}
        actor.account = chain.core.functions.accountCount().call()
        made.append(actor)
    return made


def stake(chain: Chain, actor: Actor, wei: int) -> None:
    """Gives an account stake, from the dev account's LRL."""
    chain.send(chain.token.functions.approve(chain.core.address, wei))
    chain.send(chain.core.functions.deposit(actor.account, wei))
    assert chain.skipped(chain.relay(actor.power_up(actor.account, wei))) == {}
