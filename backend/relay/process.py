"""`laurel relay`: one process for each relayer's key sends what is queued, and one of these processes keeps."""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event

from eth_account.signers.local import LocalAccount
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from backend.chain.connection import Chain, connect_chain
from backend.chain.keystore import read_secret
from backend.chain.wire import ChainUnreachable, Reverted
from backend.relay.keeping.faucet import Faucet
from backend.relay.keeping.keeper import Keeper
from backend.relay.leases import holds, keeper_lease, key_lease
from backend.relay.sending.batches import Sender
from backend.relay.sending.takeover import Heir
from backend.relay.sending.transactions import Outbox
from backend.relay.settings import RelaySettings
from backend.site.database import migrate_node
from backend.site.rate_limits import forget
from indexer.errors import LaurelError
from indexer.mirror.database import connect, migrate_mirror
from indexer.mirror.lease import LEASE_SECONDS, Lease, LeaseLost
from indexer.process.filelock import lock
from indexer.protocol.deployment import NotDeployed
from indexer.settings import Settings

log = logging.getLogger("laurel.relay")

BEAT_SECONDS = 0.1
FOLLOW_LOCAL, FOLLOW_PUBLIC = 0.1, 1.0  # seconds between looks at what became of transactions
KEEP_LOCAL, KEEP_PUBLIC = 1.0, 5.0  # seconds between looks at what there is to keep
FORGET_SECONDS = 60.0
SPARE_SECONDS = 2.0  # to wait for a lease after it should have run out


class NoRelayerKey(LaurelError):
    """The relayer's key file is missing."""


class RelayRunning(LaurelError):
    """Another relay uses the same key."""


def read_key(path: Path, passphrase_file: Path | None = None) -> LocalAccount:
    """The account that pays gas, from a keystore or a file with a hex private key.

    Raises NoRelayerKey, and whatever else `read_secret` raises.
    """
    if not path.exists():
        raise NoRelayerKey(
            f"There is no relayer key at {path}. Make one with `laurel key new {path}` and send some coin to "
            "the address that it names, or start the node with `laurel up`, which makes one."
        )
    return read_secret(path, passphrase_file)


def run(settings: Settings, stop: Event, relay: RelaySettings | None = None) -> None:
    """Relays and keeps until `stop` is set. Waits while the chain or the database is away.

    Raises NoRelayerKey, RelayRunning, and what `read_secret` raises.
    """
    relay = relay or RelaySettings.from_env(settings.home)
    key = read_key(relay.key_file, relay.passphrase_file)
    with _alone(relay.key_file):
        engine = connect(settings.database)
        waiting = ""
        lease = key_lease(engine, key.address)
        try:
            while not stop.is_set():
                try:
                    migrate_mirror(engine)
                    migrate_node(engine)
                    chain = connect_chain(settings)
                    _take(lease, key.address, stop)
                    waiting = ""
                    log.warning("relaying for core %s as %s", chain.deployment.core, key.address)
                    _serve(engine, chain, key, relay, lease, stop)
                except (ChainUnreachable, NotDeployed, OperationalError, LeaseLost) as error:
                    if type(error).__name__ != waiting:
                        log.warning("waiting: %s", error)
                    waiting = type(error).__name__
                    stop.wait(1)
        finally:
            _give_back(lease)
            engine.dispose()


def _serve(
    engine: Engine,
    chain: Chain,
    key: LocalAccount,
    relay: RelaySettings,
    lease: Lease,
    stop: Event,
) -> None:
    outbox = Outbox(engine, chain, key.address, relay, lease, key)
    sender = Sender(engine, chain, outbox, relay)
    heir = Heir(engine, chain, relay, key.address)
    keeper = Keeper(engine, chain, outbox, relay)
    faucet = Faucet(engine, chain, relay)
    keeping = keeper_lease(engine)
    keep = KEEP_LOCAL if chain.deployment.local else KEEP_PUBLIC
    rounds = [
        (FOLLOW_LOCAL if chain.deployment.local else FOLLOW_PUBLIC, sender.follow),
        (0.0, sender.send),
        (keep, lambda: _look(lease, outbox, sender, heir)),
        (keep, lambda: _keep(keeping, outbox, faucet, keeper)),
        (FORGET_SECONDS, lambda: forget(engine, relay.limits)),
    ]
    due = [0.0] * len(rounds)  # time.monotonic()
    try:
        while not stop.is_set():
            for i, (seconds, turn) in enumerate(rounds):
                if time.monotonic() >= due[i]:
                    turn()
                    due[i] = time.monotonic() + seconds
            stop.wait(BEAT_SECONDS)
    finally:
        _give_back(keeping)


def _look(lease: Lease, outbox: Outbox, sender: Sender, heir: Heir) -> None:
    lease.keep()
    sender.look_back()
    heir.step()
    outbox.quote()  # so that a lack of coin is seen before anybody sends


def _keep(keeping: Lease, outbox: Outbox, faucet: Faucet, keeper: Keeper) -> None:
    """Keeps, if no other relayer does."""
    outbox.purse.keeps = holds(keeping)
    if not outbox.purse.keeps:
        return
    try:
        faucet.step()
        keeper.step()
    except Reverted as reverted:
        log.error("the keeper met an unexpected refusal: %s", reverted)


def _take(lease: Lease, address: str, stop: Event) -> None:
    """Takes the key's lease. If a process that died on another machine had it, waits until it runs out.

    Raises RelayRunning.
    """
    end = time.monotonic() + LEASE_SECONDS + SPARE_SECONDS
    while (owner := lease.acquire()) is not None and not stop.wait(BEAT_SECONDS):
        if time.monotonic() > end:
            raise RelayRunning(
                f"Another relay ({owner}) is running with the key of {address}. Stop it first, or give "
                "this one a key of its own."
            )


def _give_back(lease: Lease) -> None:
    """Releases a lease. If the database cannot be reached, the others wait until it runs out."""
    with suppress(OperationalError):
        lease.release()


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Locks the key's file; the system unlocks it however the process ends. Raises RelayRunning."""
    with path.open() as file:
        if not lock(file):
            raise RelayRunning(f"Another relay is running with the key {path}. Stop it first.")
        yield
