"""People of the tests: keys, and the actions that they sign."""

import itertools
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec

from indexer import actions
from indexer.actions import KINDS, Signed
from indexer.deployment import Deployment
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
