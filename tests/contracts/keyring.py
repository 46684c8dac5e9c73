"""Who may act for which account: the contracts' rules of keys, recovery and nonces, in Python."""

from dataclasses import dataclass, field, replace

from tests.rules.state import Refused

POSTING, ACTIVE, OWNER = 1, 2, 3
MAX_DEADLINE = 3600
NEVER = 2**40
NOBODY = "0x" + "00" * 20


@dataclass(frozen=True)
class HeldKey:
    """Key.sol. Times are seconds, 0 = never."""

    account: int
    role: int
    expiry: int
    epoch: int
    revoked_at: int = 0


NO_KEY = HeldKey(0, 0, 0, 0)
"""Of account 0, which is nobody's; its role is too low for anything."""


@dataclass(frozen=True)
class Recovery:
    """The account that may recover another; `next` from `effective_at` on, unless that is 0."""

    current: int = 0
    next: int = 0
    effective_at: int = 0

    def at(self, now: int) -> int:
        return self.next if self.effective_at and now >= self.effective_at else self.current


@dataclass
class Keyring:
    """requests: (new owner, ready at) by account; epoch_starts: by (account, epoch). Methods raise Refused."""

    day: int
    keys: dict[str, HeldKey] = field(default_factory=dict)
    handles: dict[str, int] = field(default_factory=dict)
    epochs: dict[int, int] = field(default_factory=dict)
    epoch_starts: dict[tuple[int, int], int] = field(default_factory=dict)
    recoveries: dict[int, Recovery] = field(default_factory=dict)
    requests: dict[int, tuple[str, int]] = field(default_factory=dict)
    nonces: frozenset[tuple[str, int]] = frozenset()

    def copy(self) -> "Keyring":
        return Keyring(
            self.day,
            dict(self.keys),
            dict(self.handles),
            dict(self.epochs),
            dict(self.epoch_starts),
            dict(self.recoveries),
            dict(self.requests),
            self.nonces,
        )

    def authorize(self, signer: str, account: int, needs: int, now: int) -> None:
        key = self.keys.get(signer, NO_KEY)
        if key.account != account:
            raise Refused("UnknownKey")
        if now >= self._end(key):
            raise Refused("KeyVoid")
        if key.role < needs:
            raise Refused("RoleTooLow")

    def use_nonce(self, key: str, nonce: int) -> None:
        if (key, nonce) in self.nonces:
            raise Refused("NonceUsed")
        self.nonces |= {(key, nonce)}

    def add(self, account: int, key: str, role: int, expiry: int, now: int) -> None:
        if expiry and expiry <= now:
            raise Refused("BadExpiry")
        if key in self.keys:
            raise Refused("KeyTaken")
        self.keys[key] = HeldKey(account, role, expiry, self.epochs.get(account, 0))

    def revoke(self, signer: str, account: int, key: str, now: int) -> None:
        self.authorize(signer, account, POSTING if signer == key else OWNER, now)
        held = self.keys.get(key, NO_KEY)
        if held.account != account:
            raise Refused("UnknownKey")
        if held.revoked_at:
            raise Refused("KeyVoid")
        self.keys[key] = replace(held, revoked_at=now)

    # ------------------------------------------------------------ recovery

    def recovery_of(self, account: int, now: int) -> int:
        """0 for nobody."""
        return self.recoveries.get(account, Recovery()).at(now)

    def authorize_helper(self, signer: str, account: int, now: int) -> int:
        """Returns the recovery account, of which `signer` must be an owner key."""
        recovery = self.recovery_of(account, now)
        if recovery == 0:
            raise Refused("NoRecovery")
        self.authorize(signer, recovery, OWNER, now)
        return recovery

    def helper_of(self, account: int, now: int) -> int:
        """The account that may recover this one. Raises Refused where there is none."""
        recovery = self.recovery_of(account, now)
        if recovery == 0:
            raise Refused("NoRecovery")
        return recovery

    def set_recovery(self, account: int, recovery: int, now: int) -> None:
        current = self.recovery_of(account, now)
        self.recoveries[account] = Recovery(current, recovery, now + 30 * self.day)

    def request(self, account: int, new_owner: str, now: int) -> None:
        self.requests[account] = (new_owner, now + 3 * self.day)

    def cancel(self, account: int) -> None:
        if account not in self.requests:
            raise Refused("NoRequest")
        del self.requests[account]

    def complete(self, account: int, now: int) -> None:
        if account not in self.requests:
            raise Refused("NoRequest")
        new_owner, ready_at = self.requests[account]
        if now < ready_at:
            raise Refused("TooEarly")
        self._recover(account, new_owner, now)

    def restore(self, account: int, new_owner: str, former: str, helper: str, now: int) -> None:
        """`former` was an owner key in the last 30 DAY, `helper` is one of the recovery account."""
        key = self.keys.get(former, NO_KEY)
        if key.account != account or key.role != OWNER:
            raise Refused("NotFormerOwner")
        if now >= self._end(key) + 30 * self.day:
            raise Refused("NotFormerOwner")
        self.authorize_helper(helper, account, now)
        self._recover(account, new_owner, now)

    def _recover(self, account: int, new_owner: str, now: int) -> None:
        self.recoveries[account] = Recovery(self.recovery_of(account, now))
        self.requests.pop(account, None)
        self.epochs[account] = epoch = self.epochs.get(account, 0) + 1
        self.epoch_starts[account, epoch] = now
        self.add(account, new_owner, OWNER, 0, now)

    def _end(self, key: HeldKey) -> int:
        """When the key became, or becomes, void."""
        next_epoch = self.epoch_starts.get((key.account, key.epoch + 1), NEVER)
        return min(key.revoked_at or NEVER, key.expiry or NEVER, next_epoch)


def check_deadline(deadline: int, now: int) -> None:
    if now > deadline:
        raise Refused("Expired")
    if deadline > now + MAX_DEADLINE:
        raise Refused("DeadlineTooFar")
