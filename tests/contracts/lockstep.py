"""The contracts and the Python model of their rules, driven side by side and compared to the last unit."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from eth_abi.abi import decode as abi_decode
from eth_abi.abi import encode as abi_encode

from indexer.chain.rpc import Rpc
from indexer.protocol.actions import Signed, sha256
from indexer.protocol.kinds import KINDS
from tests.actors import Key, signed
from tests.chain import DEV, Chain, error_names
from tests.contracts.abi import function
from tests.contracts.invariants import Paid, check, topic
from tests.contracts.keyring import Keyring
from tests.contracts.model import Model
from tests.contracts.slots import Reader, slots
from tests.rules.ledger import Ledger
from tests.rules.state import Refused

GAS = 12_000_000  # of a transaction; the relay leaves the dearest kind 400,000
SKIPPED = topic("Skipped(uint256,bytes4)")
WINDOW = 1800  # seconds from signing to deadline


@dataclass(frozen=True)
class Message:
    """A signed action, and what the model has to know of it."""

    kind: str
    fields: dict[str, Any]
    signer: str
    helper: str
    signed: Signed


@cache
def key(handle: str, name: str = "owner") -> Key:
    """Somebody's key of that name: the posting key is one of P-256, which only signs."""
    secret = sha256(f"{name} key of {handle}".encode())
    if name == "posting":
        return Key(ec.derive_private_key(int.from_bytes(secret[:31]), ec.SECP256R1()))
    return Key(secret)


class Lockstep:
    """Each act is done on both sides: both succeed, or both refuse by the same name; and after it they are the
    same in every slot, and hold the invariants.

    now: the latest block's time, or a later moment that has come since; outcomes: how often each kind of act ended
    how ("" is done).
    """

    def __init__(self, chain: Chain, keys: list[Key]) -> None:
        self.chain = chain
        self.model = _model_of(chain)
        self.day = self.model.ledger.day
        self.outcomes: Counter[tuple[str, str]] = Counter()
        self._rpc = Rpc(chain.anvil.url, timeout=120)
        self._reader = Reader(chain, self._rpc)
        self._paid = Paid()
        self._keys = [key.address for key in keys]
        self._nonce = 0
        self._names = error_names()
        for address in self._keys:
            chain.impersonate(address)
        chain.send(chain.token.functions.approve(chain.core.address, 2**256 - 1))
        self.now = chain.anvil.now()

    def forward(self, seconds: int) -> None:
        """The next block comes so much later."""
        self.now += seconds

    def save(self) -> Callable[[], None]:
        """Returns what brings both sides back to this moment, again and again."""
        snapshot = self._rpc.call(str, "evm_snapshot")
        kept = (self.model, self.now, self._nonce, self._paid.copy())

        def restore() -> None:
            nonlocal snapshot
            assert self._rpc.call(bool, "evm_revert", snapshot)
            snapshot = self._rpc.call(str, "evm_snapshot")
            self.model, self.now, self._nonce, paid = kept
            self._paid = paid.copy()

        return restore

    # ------------------------------------------------------------ acts

    def call(self, name: str, *arguments: Any, act: Callable[[Model, int], object]) -> str:
        """What anyone may do. Returns the name of the error, or ""."""
        data = _encoded(name, *arguments)
        return self._transact(name, DEV, data, act)

    def direct(self, kind: str, fields: dict[str, Any], by: Key, *others: Key) -> str:
        """An action by the key's own call (Register: by the one who pays). Returns the name of the error, or ""."""
        message = self.sign(kind, fields, by, *others)
        sender = DEV if kind == "Register" else by.address

        def act(model: Model, now: int) -> None:
            fields = message.fields | ({"at": now} if "at" in message.fields else {})
            model.act(kind, fields, message.signer, message.helper, now)

        return self._transact(kind, sender, _call_of(message), act)

    def sign(
        self, kind: str, fields: dict[str, Any], by: Key, *others: Key, ahead: int = 0
    ) -> Message:
        """Adds a nonce, a deadline or the time where the kind has them.

        others: the key that proves possession; for Restore, a key of the recovery account and the new owner key;
        ahead: seconds by which the signer's clock is.
        """
        self._nonce += 1
        clock = self.now + ahead
        added = {"nonce": self._nonce, "deadline": clock + WINDOW, "at": clock}
        fields = {name: (added | fields)[name] for name, _ in KINDS[kind].fields}
        deployment = self.chain.deployment
        if kind != "Restore":
            proof = others[0] if others else None
            item = signed(deployment, kind, fields, by, proof)
            return Message(kind, fields, by.address, "", item)
        three = [signed(deployment, kind, fields, key) for key in (by, *others)]
        proofs = abi_encode(["bytes[3]"], [[s.signature for s in three]])
        item = Signed(three[0].kind, three[0].action + proofs, b"")
        return Message(kind, fields, by.address, others[0].address, item)

    def relay(self, *messages: Message) -> list[str]:
        """Returns for each message the name of the error, or ""."""
        self.now += 1
        expected = [
            self._attempt(
                lambda model, now, m=m: model.relayed(m.kind, m.fields, m.signer, m.helper, now)
            )
            for m in messages
        ]
        batch = [(m.signed.kind, m.signed.action, m.signed.signature) for m in messages]
        receipt = self._send(DEV, _encoded("relay", batch))
        assert receipt["status"] == "0x1", "the relay reverted"
        skipped = {
            int(log["topics"][1], 16): self._names[bytes.fromhex(log["data"][2:10])]
            for log in receipt["logs"]
            if log["topics"][0] == SKIPPED
        }
        found = [skipped.get(i, "") for i in range(len(messages))]
        self._agree([f"{m.kind}, relayed" for m in messages], found, expected)
        return found

    # ------------------------------------------------------------ both sides

    def _transact(
        self, what: str, sender: str, data: str, act: Callable[[Model, int], object]
    ) -> str:
        self.now += 1
        expected = self._attempt(act)
        receipt = self._send(sender, data)
        found = ""
        if receipt["status"] != "0x1":
            hash_ = receipt["transactionHash"]
            error = self._rpc.call(str, "ots_getTransactionError", hash_)
            found = self._names.get(bytes.fromhex(error[2:10]), error)
        self._agree([what], [found], [expected])
        return found

    def _attempt(self, act: Callable[[Model, int], object]) -> str:
        trial = self.model.copy()
        try:
            act(trial, self.now)
        except Refused as refusal:
            return str(refusal)
        self.model = trial
        return ""

    def _send(self, sender: str, data: str) -> dict[str, Any]:
        tx = {"from": sender, "to": self.chain.core.address, "data": data, "gas": hex(GAS)}
        self._rpc.call(type(None), "evm_setNextBlockTimestamp", self.now)
        receipt = self._rpc.call(dict[str, Any], "eth_sendTransactionSync", tx)
        self._paid.read(receipt["logs"])
        return receipt

    def _agree(self, what: list[str], found: list[str], expected: list[str]) -> None:
        self.outcomes.update(zip(what, found, strict=True))
        assert dict(zip(what, found, strict=True)) == dict(zip(what, expected, strict=True)), (
            f"by contract {found}, by model {expected}"
        )
        differences = self._reader.differences(slots(self.model, self._keys, self.now))
        assert not differences, f"after {what}, (contract, model): {differences}"
        check(self.model.ledger, self._paid)


def _model_of(chain: Chain) -> Model:
    """As the contracts are when they are made."""
    p = chain.deployment.parameters
    day = int(p["day"])
    block: Any = chain.w3.eth.get_block(chain.deployment.block)
    ledger = Ledger(
        day=day,
        curve_constant=int(p["curveConstant"]),
        seed=int(p["seed"]),
        supply=int(p["genesisSupply"]),
        genesis_day=block["timestamp"] // day,
        handle_fee=int(p["handleFee"]),
    )
    return Model(ledger, Keyring(day), chain.core.address, str(p["treasury"]))


def _call_of(message: Message) -> str:
    """The calldata of the function that does what the message says."""
    kind, action = message.kind, message.signed.action
    words = 32 * len(message.fields)
    f = dict(message.fields)
    if kind == "Register":
        registration = (f.pop("handle").encode().ljust(32, b"\0"), *f.values())
        return _encoded("register", registration, message.signed.signature, action[words:])
    if kind == "AddKey":
        return _encoded("addKey", tuple(f.values()), action[words:])
    if kind == "RequestRecovery":
        return _encoded("requestRecovery", *f.values(), action[words:])
    if kind == "Restore":
        (signatures,) = abi_decode(["bytes[3]"], action[words:])
        return _encoded("restore", *f.values(), [b"", *signatures[1:]])
    for name in ("nonce", "deadline", "at"):
        f.pop(name, None)
    if kind == "Votes":
        ballots = [(b["post"], b["weight"]) for b in f["votes"]]
        return _encoded("voteMany", f["account"], ballots)
    if kind == "PostWithOptions":
        f["beneficiaries"] = [(b["account"], b["bps"]) for b in f["beneficiaries"]]
        *place, cap, liquid, votes, curation, shares = f.values()
        return _encoded("postWithOptions", *place, (cap, liquid, votes, curation, shares))
    return _encoded(kind[0].lower() + kind[1:], *f.values())


def _encoded(name: str, *arguments: Any) -> str:
    return function("LaurelCore", name).call(*arguments)
