"""`laurel relay`, one process per key: sends what is queued, and keeps."""

import fcntl
import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event

from eth_account.signers.local import LocalAccount
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from backend.chain.connection import Chain, Reverted, connect_chain
from backend.clock import ChainUnreachable
from backend.database import migrate_node
from backend.keeper.faucet import Faucet
from backend.keeper.keeper import Keeper
from backend.keystore import read_secret
from backend.relay.limits import forget
from backend.relay.outbox import Outbox
from backend.relay.sender import Sender
from backend.relay.settings import RelaySettings
from indexer.database import connect, migrate_mirror
from indexer.deployment import NotDeployed
from indexer.errors import LaurelError
from indexer.settings import Settings

log = logging.getLogger("laurel.relay")

BEAT_SECONDS = 0.1
FOLLOW_LOCAL, FOLLOW_PUBLIC = 0.1, 1.0  # seconds between looks at what became of transactions
KEEP_LOCAL, KEEP_PUBLIC = 1.0, 5.0  # seconds between looks at what there is to keep
FORGET_SECONDS = 60.0


class NoRelayerKey(LaurelError):
    """The relayer's key file is missing."""


class RelayRunning(LaurelError):
    """Another relay uses the same key."""


def read_key(path: Path, passphrase_file: Path | None = None) -> LocalAccount:
    """The account that pays gas: of a keystore, or of a file with a hex private key.

    Raises NoRelayerKey, and whatever else `read_secret` raises.
    """
    if not path.exists():
        raise NoRelayerKey(
            f"There is no relayer key at {path}. Make one with `laurel key new {path}` and send some coin to "
            "the address that it names, or start the node with `laurel up`, which makes one."
        )
    return read_secret(path, passphrase_file)


def run(settings: Settings, stop: Event, relay: RelaySettings | None = None) -> None:
    """Relays and keeps until `stop` is set. Waits while the chain is away.

    Raises NoRelayerKey, RelayRunning, and what `read_secret` raises.
    """
    relay = relay or RelaySettings.from_env(settings.home)
    key = read_key(relay.key_file, relay.passphrase_file)
    with _alone(relay.key_file):
        engine = connect(settings.database)
        migrate_mirror(engine)
        migrate_node(engine)
        waiting = ""
        while not stop.is_set():
            try:
                chain = connect_chain(settings)
                waiting = ""
                log.warning("relaying for core %s as %s", chain.deployment.core, key.address)
                _serve(engine, chain, key, relay, stop)
            except (ChainUnreachable, NotDeployed, OperationalError) as error:
                if type(error).__name__ != waiting:
                    log.warning("waiting: %s", error)
                waiting = type(error).__name__
                stop.wait(1)
        engine.dispose()


def _serve(
    engine: Engine, chain: Chain, key: LocalAccount, relay: RelaySettings, stop: Event
) -> None:
    outbox = Outbox(engine, chain, key, relay)
    sender = Sender(engine, chain, outbox, relay)
    keeper = Keeper(engine, chain, outbox, relay)
    faucet = Faucet(engine, chain, relay)
    rounds = [
        (FOLLOW_LOCAL if chain.local else FOLLOW_PUBLIC, sender.follow),
        (0.0, sender.send),
        (KEEP_LOCAL if chain.local else KEEP_PUBLIC, lambda: _keep(outbox, sender, faucet, keeper)),
        (FORGET_SECONDS, lambda: forget(engine, relay.limits)),
    ]
    due = [0.0] * len(rounds)  # time.monotonic()
    while not stop.is_set():
        for i, (seconds, turn) in enumerate(rounds):
            if time.monotonic() >= due[i]:
                turn()
                due[i] = time.monotonic() + seconds
        stop.wait(BEAT_SECONDS)


def _keep(outbox: Outbox, sender: Sender, faucet: Faucet, keeper: Keeper) -> None:
    sender.look_back()
    outbox.quote()  # so that an empty purse shows before anybody asks
    try:
        faucet.step()
        keeper.step()
    except Reverted as reverted:
        log.error("the keeper met an unexpected refusal: %s", reverted)


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Holds a lock on the key's file; the system lets go of it however the process ends."""
    with path.open() as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise RelayRunning(
                f"Another relay is running with the key {path}. Stop it first."
            ) from None
        yield
