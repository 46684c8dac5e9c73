"""A node under test: a real chain, a real database, the real application; its relay taken step by step."""

import os
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from eth_account import Account
from flask.testing import FlaskClient
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from backend.app import create_app
from backend.chain.connection import Chain as Connection
from backend.chain.connection import connect_chain
from backend.relay.keeping.faucet import Faucet
from backend.relay.keeping.keeper import Keeper
from backend.relay.leases import key_lease
from backend.relay.sending.batches import Sender
from backend.relay.sending.transactions import Outbox
from backend.relay.settings import RelaySettings
from backend.relay.tables import RelayTransaction
from indexer.chain.rpc import Rpc
from indexer.chain.source import Source
from indexer.content import open_store
from indexer.fetching.worker import Fetcher
from indexer.follow import Indexer, catch_up
from indexer.mirror.lease import Lease
from indexer.protocol.actions import Signed, sha256
from indexer.settings import Settings
from tests.chain import Chain
from tests.tables import migrated_node

RELAYER_KEY = sha256(b"relayer")
RELAYER = Account.from_key(RELAYER_KEY).address
ENV = {"LAUREL_RELAY_STUCK": "3600"}


@dataclass
class Node:
    chain: Chain
    settings: Settings
    relay: RelaySettings
    engine: Engine
    client: FlaskClient
    connection: Connection
    outbox: Outbox
    sender: Sender
    keeper: Keeper
    faucet: Faucet
    indexer: Indexer
    held: Lease  # the right to the relayer's key: released before another process takes it

    def another(self, **env: str) -> FlaskClient:
        """A client of another process of the site, which has these variables set."""
        return create_app(self.settings, env=os.environ | env).test_client()

    def restart(self, **env: str) -> None:
        """Goes on with another process of the site."""
        self.client = self.another(**env)

    def submit(self, signed: Signed, address: str = "192.0.2.1") -> Any:
        """POSTs an action, from a client at `address`."""
        body = {
            "kind": signed.kind,
            "action": "0x" + signed.action.hex(),
            "signature": "0x" + signed.signature.hex(),
        }
        return self.client.post(
            "/api/laurel/v1/relay", json=body, environ_base={"REMOTE_ADDR": address}
        )

    def accept(self, signed: Signed) -> str:
        """The ticket of an action that has to be accepted."""
        answer = self.submit(signed)
        assert answer.status_code == 202, answer.json
        return str(answer.json["id"])

    def refusal(self, signed: Signed) -> str:
        """The code with which an action has to be refused."""
        answer = self.submit(signed)
        assert answer.status_code >= 400, answer.json
        assert answer.content_type == "application/problem+json"
        assert answer.json["status"] == answer.status_code and answer.json["detail"].endswith(".")
        return str(answer.json["code"])

    def ticket(self, ticket: str) -> dict[str, Any]:
        answer = self.client.get(f"/api/laurel/v1/tickets/{ticket}")
        assert answer.status_code == 200
        return dict(answer.json)

    def state(self, ticket: str) -> str:
        return str(self.ticket(ticket)["state"])

    def deliver(self) -> None:
        """Sends what is queued, in a few batches, and follows it to its end."""
        for _ in range(4):
            self.sender.send()
        end = time.monotonic() + 60
        while True:
            self.sender.follow()
            if not self.outbox.in_flight():
                return
            assert time.monotonic() < end, "a transaction is not mined"
            time.sleep(0.01)

    def mirror(self) -> None:
        """Brings the mirror to the chain's head."""
        catch_up(self.indexer, lambda status: None)

    def keep(self, steps: int = 20) -> int:
        """Lets the keeper work until there is nothing to do; returns how many steps sent something."""
        for done in range(steps):
            self.mirror()
            if not self.keeper.step():
                return done
            self.deliver()
        raise AssertionError("the keeper does not come to an end")

    def transactions(self) -> list[RelayTransaction]:
        with Session(self.engine) as session:
            return list(session.scalars(select(RelayTransaction).order_by(RelayTransaction.id)))


@contextmanager
def running_node(chain: Chain, home: Path, **env: str) -> Iterator[Node]:
    """A node in `home` on `chain`, whose relayer has coin. env: of RelaySettings."""
    home.mkdir(exist_ok=True)
    settings = Settings.from_env(
        {
            "LAUREL_HOME": str(home),
            "LAUREL_RPC": chain.anvil.url,
            "LAUREL_DEPLOYMENTS": str(home.parent / "deployments"),
        }
    )
    (home / "relayer.key").write_text(RELAYER_KEY.hex())
    chain.anvil.rpc("anvil_setBalance", RELAYER, hex(10**18))
    relay = replace(RelaySettings.from_env(home, ENV | env), lost_seconds=0.0)
    engine = migrated_node(settings.database)
    connection = connect_chain(settings)
    held = key_lease(engine, RELAYER)
    assert held.acquire() is None
    outbox = Outbox(engine, connection, RELAYER, relay, held, Account.from_key(RELAYER_KEY))
    with closing(open_store(home / "content", None)) as content, closing(Rpc(settings.rpc)) as rpc:
        source = Source(rpc, chain.deployment.core)
        lease = Lease(engine)
        assert lease.acquire() is None
        yield Node(
            chain,
            settings,
            relay,
            engine,
            create_app(settings).test_client(),
            connection,
            outbox,
            Sender(engine, connection, outbox, relay),
            Keeper(engine, connection, outbox, relay),
            Faucet(engine, connection, relay),
            Indexer(engine, source, chain.deployment, lease, Fetcher(engine, content, ())),
            held,
        )
    engine.dispose()
