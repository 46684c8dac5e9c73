"""A replay's chain as `laurel up --demo steem` starts and sets it up, without the other processes."""

import secrets
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from rich.progress import Progress

from backend.deployment.compile import compile_contracts
from backend.local.setup import deploy_locally, furnish
from backend.site.database import migrate_node
from backend.steem.demo import PARAMETERS, Demo, prepare
from backend.steem.play import replayed
from indexer.chain.rpc import Rpc
from indexer.settings import Settings
from tests.chain import Anvil, Chain, chain_of, free_port
from tests.indexer.mirrors import Mirror, mirror_of
from tests.tables import migrated_mirror


class Killed(BaseException):
    """Stands for a kill -9 of the replaying process."""


def demo_of(file: Path, home: Path) -> Demo:
    """The replay of a file in LAUREL_HOME `home`."""
    return prepare(Settings.from_env({"LAUREL_HOME": str(home)}), file, free_port())


@contextmanager
def stage(demo: Demo, ending: int = signal.SIGTERM) -> Iterator[Chain]:
    """The replay's chain, which goes on from its file if there is one. ending: the signal that ends it."""
    compile_contracts()
    demo.prepare()
    process = subprocess.Popen(demo.command(int(demo.settings.rpc.rpartition(":")[2])))
    try:
        with closing(Rpc(demo.settings.rpc)) as rpc:
            _await(rpc)
            demo.begun(rpc)
            deployment = deploy_locally(demo.settings, lambda line: None, PARAMETERS)
            furnish(demo.settings, samples=False)
            rpc.call(Any, "anvil_removeBlockTimestampInterval")
        yield chain_of(Anvil(demo.settings.rpc, process), deployment)
    finally:
        process.send_signal(ending)
        process.wait(30)


def perform(demo: Demo, check: Callable[[], None] = lambda: None) -> None:
    """The replay, as far as `check`, called before each step is kept, lets it."""
    engine = migrated_mirror(demo.settings.database)
    migrate_node(engine)
    with closing(Rpc(demo.settings.rpc)) as rpc, Progress(disable=True) as progress:
        replayed(demo, rpc, engine, progress, check)
    engine.dispose()


@contextmanager
def mirrored(chain: Chain, demo: Demo) -> Iterator[Mirror]:
    """A new mirror of the replay, caught up."""
    home = demo.settings.home
    database = f"sqlite:///{home / secrets.token_hex(4)}.db"
    with mirror_of(chain, home, database=database) as mirror:
        mirror.catch_up()
        mirror.indexer.fetcher.sweep()
        yield mirror


def _await(rpc: Rpc) -> None:
    end = time.monotonic() + 60
    while True:
        try:
            rpc.call(str, "eth_chainId")
            return
        except Exception:
            if time.monotonic() > end:
                raise
            time.sleep(0.05)
