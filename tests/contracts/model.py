"""The whole core in Python: the ledger of indexer.rewards under the keyring, action by action."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from indexer.protocol.actions import post_id
from indexer.rewards import PLAIN, Options
from tests.contracts.keyring import (
    ACTIVE,
    NOBODY,
    OWNER,
    POSTING,
    Keyring,
    Recovery,
    check_deadline,
)
from tests.rules.ledger import Ledger
from tests.rules.state import Refused, check_options

Fields = Mapping[str, Any]

ROLES = {
    "Post": POSTING,
    "PostWithOptions": POSTING,
    "Edit": POSTING,
    "Remove": POSTING,
    "Vote": POSTING,
    "Votes": POSTING,
    "PowerUp": ACTIVE,
    "Withdraw": ACTIVE,
    "Transfer": ACTIVE,
    "PowerDown": ACTIVE,
    "Delegate": ACTIVE,
    "SetRecovery": OWNER,
    "CancelRecovery": OWNER,
}
"""What a key must be for; the other kinds have checks of their own."""

HANDLE = re.compile(r"[a-z](?:[-.]?[a-z0-9])*")


@dataclass
class Model:
    """core, treasury: addresses."""

    ledger: Ledger
    keyring: Keyring
    core: str
    treasury: str

    def copy(self) -> "Model":
        return Model(self.ledger.copy(), self.keyring.copy(), self.core, self.treasury)

    def relayed(self, kind: str, f: Fields, signer: str, helper: str, now: int) -> None:
        """What the relay asks of a message first, then the action."""
        if "deadline" in f and (kind in ROLES or kind == "RevokeKey"):
            check_deadline(f["deadline"], now)
        if "nonce" in f and kind in ROLES:
            self.keyring.use_nonce(signer, f["nonce"])
        self.act(kind, f, signer, helper, now)

    def act(self, kind: str, f: Fields, signer: str, helper: str, now: int) -> None:
        """The action of `kind` with the fields of its EIP-712 struct. Raises Refused.

        helper: for Restore, the second signer.
        """
        if kind == "Withdraw" and f["to"] in (NOBODY, self.core):
            raise Refused("BadRecipient")
        if kind == "PostWithOptions":
            check_options(options_of(f), self.ledger.holdings.count)
        if kind in ROLES:
            self.keyring.authorize(signer, f["account"], ROLES[kind], now)
            self._move(kind, f, now)
        else:
            self._admit(kind, f, signer, helper, now)

    def _move(self, kind: str, f: Fields, now: int) -> None:
        ledger, holdings, account = self.ledger, self.ledger.holdings, f["account"]
        match kind:
            case "Post" | "PostWithOptions":
                parent = f["parent"] if any(f["parent"]) else b""
                options = PLAIN if kind == "Post" else options_of(f)
                ledger.post(post_id(account, f["digest"]), account, now, parent, options)
            case "Edit":
                ledger.edit(account, f["post"])
            case "Remove":
                ledger.remove(account, f["post"], now)
            case "Vote":
                ledger.vote(account, f["post"], f["weight"], f["at"], now)
            case "Votes":
                ballots = [(b["post"], b["weight"]) for b in f["votes"]]
                ledger.vote_many(account, ballots, f["at"], now)
            case "PowerUp":
                holdings.power_up(account, f["to"], f["amount"], now)
            case "Withdraw":
                holdings.withdraw(account, f["amount"])
            case "Transfer":
                holdings.transfer(account, f["to"], f["amount"])
            case "PowerDown":
                holdings.power_down(account, f["vests"], now)
            case "Delegate":
                holdings.delegate(account, f["to"], f["vests"], now)
            case "SetRecovery":
                self._check_account(f["recovery"])
                self.keyring.set_recovery(account, f["recovery"], now)
            case "CancelRecovery":
                self.keyring.cancel(account)

    def _admit(self, kind: str, f: Fields, signer: str, helper: str, now: int) -> None:
        if kind == "RevokeKey":
            return self.keyring.revoke(signer, f["account"], f["key"], now)
        if kind == "Register":
            return self._register(f, now)
        if kind == "AddKey" and f["role"] == 0:
            raise Refused("BadRole")
        check_deadline(f["deadline"], now)
        match kind:
            case "AddKey":
                self.keyring.authorize(signer, f["account"], OWNER, now)
                self.keyring.add(f["account"], f["key"], f["role"], f["expiry"], now)
            case "RequestRecovery":
                self.keyring.authorize_helper(signer, f["account"], now)
                self.keyring.use_nonce(signer, f["nonce"])
                self.keyring.request(f["account"], f["newOwner"], now)
            case "Restore":
                self.keyring.restore(f["account"], f["newOwner"], signer, helper, now)

    def _register(self, f: Fields, now: int) -> None:
        if not 3 <= len(f["handle"]) <= 16 or not HANDLE.fullmatch(f["handle"]):
            raise Refused("MalformedHandle")
        if f["handle"] in self.keyring.handles:
            raise Refused("HandleTaken")
        self._check_account(f["recovery"])
        check_deadline(f["deadline"], now)
        account = self.ledger.holdings.register(f["maxFee"])
        self.keyring.handles[f["handle"]] = account
        self.keyring.recoveries[account] = Recovery(f["recovery"])
        self.keyring.add(account, f["ownerKey"], OWNER, 0, now)
        if f["postingKey"] != NOBODY:
            self.keyring.add(account, f["postingKey"], POSTING, f["postingExpiry"], now)

    def _check_account(self, account: int) -> None:
        """0 is nobody, and fine."""
        if account:
            self.ledger.holdings.check_exists(account)


def options_of(f: Fields) -> Options:
    return Options(
        f["maxAcceptedPayout"],
        f["liquidBps"],
        f["allowVotes"],
        f["allowCurationRewards"],
        tuple((b["account"], b["bps"]) for b in f["beneficiaries"]),
    )
