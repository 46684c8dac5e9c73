"""The outbox on a node of another make, which tells of a revert while it takes the transaction."""

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from eth_account import Account

from backend.chain.calls import encoded
from backend.chain.connection import connect_chain
from backend.deployment.compile import compile_contracts
from backend.deployment.deploy import deploy
from backend.relay.leases import key_lease
from backend.relay.sending.quotes import Call
from backend.relay.sending.transactions import Outbox
from backend.relay.settings import RelaySettings
from backend.relay.tables import REVERTED
from backend.site.database import migrate_node
from indexer.mirror.database import connect
from indexer.settings import ROOT, Settings
from tests.backend.operator.up.test_hardhat import chain_id, hardhat_env
from tests.chain import DEV, DEV_KEY, free_port


@contextmanager
def running_hardhat(folder: Path) -> Iterator[str]:
    """The address of a Hardhat node, whose first account is anvil's too."""
    folder.mkdir()
    (folder / "hardhat.config.js").write_text("export default {};\n")
    (folder / "package.json").write_text('{"type": "module"}\n')
    (folder / "node_modules").symlink_to(ROOT / "node_modules")
    port, log = free_port(), folder / "log"
    with log.open("wb") as file:
        process = subprocess.Popen(
            ["npx", "--no-install", "hardhat", "node", "--port", str(port)],
            cwd=folder,
            env=hardhat_env(),
            stdout=file,
            stderr=file,
            start_new_session=True,
        )
    try:
        chain_id(port, process, log)
        yield f"http://127.0.0.1:{port}"
    finally:
        os.killpg(process.pid, signal.SIGTERM)  # npx starts a child of its own
        process.wait(30)


def test_a_revert_that_the_node_tells_at_once_is_followed_as_any(tmp_path: Path) -> None:
    compile_contracts()
    with running_hardhat(tmp_path / "hardhat") as url:
        settings = Settings.from_env(
            {
                "LAUREL_HOME": str(tmp_path),
                "LAUREL_RPC": url,
                "LAUREL_DEPLOYMENTS": str(tmp_path / "deployments"),
            }
        )
        deploy(url, DEV_KEY, settings.deployments)
        engine = connect(settings.database)
        migrate_node(engine)
        chain = connect_chain(settings)
        relay = RelaySettings.from_env(tmp_path, {})
        lease = key_lease(engine, DEV)
        lease.acquire()
        outbox = Outbox(engine, chain, DEV, relay, lease, Account.from_key(DEV_KEY))
        nothing_there = Call("core", "0x" + encoded("settle(bytes32[])", [bytes(32)]).hex())
        with outbox.sending(outbox.quote(), "settle") as draft:
            transaction = draft.write(nothing_there, 500_000, {"settle": (1, 1.0)})
        (finished,) = outbox.finished()
        assert (finished.state, finished.transaction.id) == (REVERTED, transaction)
        engine.dispose()
