"""Makes accounts on a local chain with keys of our own, and the account `faucet`, which has the chain's LRL."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from backend.chain.connection import NOBODY, Chain
from backend.local.batches import NotMined, call, close_days, relay, signed
from backend.local.clock import latest
from backend.local.keys import DEV_ADDRESS, DEV_KEY, key_file
from backend.local.views import view
from indexer.chain.rpc import Rpc
from indexer.errors import LaurelError
from indexer.protocol.actions import Signed, secp256k1_address
from indexer.rewards import ETHER

FAUCET = "faucet"
KEPT = 1_000_000 * ETHER
"""Wei of LRL that stay with the well-known dev address, to try a wallet with."""
WINDOW = 1800  # seconds from signing to deadline
GAS = 200_000  # of an approval or a deposit


class FaucetLost(LaurelError):
    """The account `faucet` has another key than the one in our file."""


@dataclass(frozen=True)
class Owner:
    """An account and its owner key."""

    account: int
    key: bytes


def bytes_of(handle: str) -> bytes:
    """A handle as the core keeps it: left-aligned in 32 bytes."""
    return handle.encode("ascii").ljust(32, b"\0")


def registration(chain: Chain, handle: str, key: bytes, now: int) -> Signed:
    """A signed Register with an owner key and no other."""
    fields = {
        "handle": handle,
        "ownerKey": secp256k1_address(key),
        "postingKey": NOBODY,
        "postingExpiry": 0,
        "recovery": 0,
        "maxFee": 0,
        "deadline": now + WINDOW,
    }
    return signed(chain, "Register", key, fields)


def grant(
    chain: Chain, giver: Owner, to: int, wei: int, now: int, nonce: int | None = None
) -> Signed:
    """A signed PowerUp of `wei` from the giver's balance for account `to`; without a nonce it takes a random one."""
    fields = {
        "account": giver.account,
        "to": to,
        "amount": wei,
        "nonce": secrets.randbits(256) if nonce is None else nonce,
        "deadline": now + WINDOW,
    }
    return signed(chain, "PowerUp", giver.key, fields)


def account_of(chain: Chain, handle: str, key: bytes) -> int:
    """The account of a handle if `key` is one of its keys, else 0."""
    (number,) = chain.view("accountOf(bytes32)", bytes_of(handle))
    (slot,) = chain.view("keyOf(address)", int(secp256k1_address(key), 16))
    return number if number and slot & (2**40 - 1) == number else 0


def ensure(chain: Chain, rpc: Rpc, payer: bytes, keys: dict[str, bytes]) -> dict[str, int]:
    """The account numbers of handles with their keys, registered now if they are not."""
    missing = [h for h, key in keys.items() if account_of(chain, h, key) == 0]
    now = latest(rpc)
    act(chain, rpc, payer, [registration(chain, h, keys[h], now) for h in missing])
    return {handle: account_of(chain, handle, key) for handle, key in keys.items()}


def give(chain: Chain, rpc: Rpc, payer: bytes, grants: Sequence[Signed]) -> None:
    """Relays grants of stake, once the days that are over are closed. Raises NotMined if one was refused."""
    if grants:
        close_days(chain, rpc, payer)
        act(chain, rpc, payer, grants)


def act(chain: Chain, rpc: Rpc, payer: bytes, batch: Sequence[Signed]) -> None:
    """Relays the items; raises NotMined if the core skipped one."""
    for mined in relay(chain, rpc, payer, batch):
        if mined.skipped:
            raise NotMined(f"The core refused our own actions: {mined.skipped}.")


def faucet(chain: Chain, path: Path) -> Owner:
    """The account `faucet` under the key in `path`. Raises FaucetLost if that key is not its key."""
    key = key_file(path)
    account = account_of(chain, FAUCET, key)
    if account == 0:
        raise FaucetLost(
            f"The key in {path} is not the faucet's on this chain. Start the chain with `make up`, "
            "or name the right file with LAUREL_FAUCET_KEY_FILE."
        )
    return Owner(account, key)


def set_up_faucet(chain: Chain, rpc: Rpc, path: Path) -> Owner:
    """Registers the faucet, and deposits the genesis supply (except KEPT) for it; a second call changes nothing.

    Raises FaucetLost when somebody else has the handle.
    """
    (taken,) = chain.view("accountOf(bytes32)", bytes_of(FAUCET))
    if not taken:
        ensure(chain, rpc, DEV_KEY, {FAUCET: key_file(path)})
    owner = faucet(chain, path)
    core, token = chain.deployment.core, chain.deployment.token
    amount = view(rpc, token, "balanceOf(address)", int(DEV_ADDRESS, 16)) - KEPT
    if amount > 0 and chain.view("balanceOf(uint40)", owner.account) == [0]:
        call(chain, rpc, DEV_KEY, token, GAS, "approve(address,uint256)", int(core, 16), amount)
        call(chain, rpc, DEV_KEY, core, GAS, "deposit(uint40,uint256)", owner.account, amount)
    return owner
