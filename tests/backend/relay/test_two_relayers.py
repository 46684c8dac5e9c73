"""Two relayers, each with a key of its own, at one queue: whatever dies, each action is done once."""

import random
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from eth_account import Account
from flask.testing import FlaskClient
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from backend.app import create_app
from backend.relay.tables import (
    INCLUDED,
    LOST,
    SENT,
    RelayLease,
    RelayStatus,
    RelayTicket,
    RelayTransaction,
)
from indexer.protocol.actions import Signed, sha256
from indexer.settings import Settings
from tests.actors import Actor, join, stake
from tests.backend.relay.test_batches import posted
from tests.chain import Chain
from tests.conftest import PROFILE
from tests.indexer.killed import Running, Stock, stock
from tests.indexer.mirrors import environment, until
from tests.tables import migrated_node

SEEDS = range(20) if PROFILE == "long" else range(1)
KILLS = 8 if PROFILE == "long" else 2
EITHER = ["sqlite", "postgresql"]
VOTERS = 4  # of twelve people: those with stake
KEYS = [sha256(b"relayer %d" % number) for number in range(2)]
ADDRESSES = [Account.from_key(key).address for key in KEYS]
RELAY = {
    "LAUREL_RELAY_GATHER": "0",
    "LAUREL_RELAY_GAS": "400000",  # three posts or so: many transactions
    "LAUREL_RELAY_STUCK": "2",
    "LAUREL_RELAY_LIMITS": "attempt=9999/60",
}


@pytest.fixture(scope="module")
def relays() -> Iterator[Stock]:
    with stock("backend.relay.commands:relay") as relays:
        yield relays


@pytest.fixture(params=EITHER)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "postgresql":
        return str(request.getfixturevalue("postgres"))
    return f"sqlite:///{tmp_path / 'shared.db'}"


@dataclass
class Two:
    """A chain that makes a block a second, a database, a site, and two relayers' keys."""

    chain: Chain
    home: Path
    relays: Stock
    engine: Engine
    client: FlaskClient
    people: list[Actor]
    running: dict[int, Running] = field(default_factory=dict)
    tickets: list[str] = field(default_factory=list)
    posts: list[bytes] = field(default_factory=list)
    voted: set[tuple[int, bytes]] = field(default_factory=set)

    def start(self, which: int) -> None:
        home = self.home / f"relay{which}"
        home.mkdir(exist_ok=True)
        (home / "relayer.key").write_text(KEYS[which].hex())
        known = environment(self.chain, home, database=self.engine.url.render_as_string(False))
        self.running[which] = self.relays.start(home, known | RELAY)

    def kill(self, which: int) -> None:
        self.running.pop(which).end()

    def submit(self, signed: Signed) -> None:
        body = {"kind": signed.kind, "action": "0x" + signed.action.hex()}
        body["signature"] = "0x" + signed.signature.hex()
        answer = self.client.post("/api/laurel/v1/relay", json=body)
        assert answer.status_code == 202, answer.json
        self.tickets.append(answer.json["id"])

    def act(self, rng: random.Random) -> None:
        """Somebody posts, answers the latest post, or votes for it, which may all wait in the queue."""
        someone, latest = rng.choice(self.people), self.posts[-1] if self.posts else bytes(32)
        new = (someone.account, latest) not in self.voted
        if someone in self.people[:VOTERS] and self.posts and new and rng.random() < 0.6:
            self.voted.add((someone.account, latest))
            return self.submit(someone.vote(latest, rng.randrange(100, 10_000)))
        digest = sha256(b"%d" % len(self.tickets))
        self.submit(someone.post(digest, rng.choice([bytes(32), latest])))
        self.posts.append(someone.post_id(digest))

    def states(self) -> Counter[str]:
        with Session(self.engine) as session:
            return Counter(session.scalars(select(RelayTicket.state)))

    def rows(self, table: type[Any]) -> list[Any]:
        with Session(self.engine) as session:
            return list(session.scalars(select(table)))

    def skipped(self) -> int:
        return len(self.chain.core.events.Skipped().get_logs(from_block=0))

    def all_done_once(self) -> None:
        """Waits until all is included; each action happened once, and nonces have no gap."""
        until(lambda: self.states() == {INCLUDED: len(self.tickets)}, 90)
        for post in self.posts:
            assert posted(self.chain, post) == 1
        votes = self.chain.core.events.Voted().get_logs(from_block=0)
        assert len(votes) == len(self.tickets) - len(self.posts)
        by_sender: dict[str, list[int]] = {}
        for transaction in self.rows(RelayTransaction):
            assert transaction.state != LOST
            by_sender.setdefault(transaction.sender, []).append(transaction.nonce)
        for nonces in by_sender.values():
            assert sorted(nonces) == list(range(len(nonces)))


@pytest.fixture
def two(deployed: Chain, tmp_path: Path, relays: Stock, database: str) -> Iterator[Two]:
    people = join(deployed, *(f"writer{number}" for number in range(12)))
    for person in people[:VOTERS]:
        stake(deployed, person, 10**21)
    deployed.anvil.forward(6 * 86_400)
    deployed.send(deployed.core.functions.close(30))
    for address in ADDRESSES:
        deployed.anvil.rpc("anvil_setBalance", address, hex(10**19))
    deployed.anvil.rpc("evm_setAutomine", False)
    deployed.anvil.rpc("evm_setIntervalMining", 1)
    home = tmp_path / "site"
    settings = Settings.from_env(environment(deployed, home, database=database))
    engine = migrated_node(database)
    client = create_app(settings).test_client()
    two = Two(deployed, tmp_path, relays, engine, client, people)
    try:
        yield two
    finally:
        for which in list(two.running):
            two.kill(which)
        engine.dispose()


@pytest.fixture(autouse=True)
def limits(monkeypatch: pytest.MonkeyPatch) -> None:
    many = "attempt=9999/60,account=9999/60"
    monkeypatch.setenv("LAUREL_RELAY_LIMITS", many)


@pytest.mark.parametrize("database", EITHER[-1:], indirect=True)
def test_both_work_and_neither_does_the_others(two: Two) -> None:
    """Undisturbed: both send, nothing twice; an account's actions are in their order; one of them keeps."""
    for which in (0, 1):
        two.start(which)
    until(lambda: len(two.rows(RelayStatus)) == 2)
    rng = random.Random(1)
    for _ in range(30):
        two.act(rng)
    two.all_done_once()
    assert two.skipped() == 0
    sent = two.rows(RelayTransaction)
    assert {t.sender for t in sent} == set(ADDRESSES)
    assert {t.state for t in sent} == {"mined"}

    def keepers() -> list[str]:
        return [r.address for r in two.rows(RelayStatus) if r.keeps]

    until(lambda: len(keepers()) == 1)
    (first,) = keepers()
    which = ADDRESSES.index(first)
    two.kill(which)
    other = ADDRESSES[1 - which]
    until(lambda: other in keepers())
    assert "keeper" in {lease.id for lease in two.rows(RelayLease)}


@pytest.mark.parametrize("seed", SEEDS)
def test_killed_again_and_again(two: Two, seed: int) -> None:
    """What one had on its way when it was killed is followed, or done, by the other; at last one is alone."""
    rng = random.Random(seed)
    for which in (0, 1):
        two.start(which)
    for _ in range(KILLS):
        for _ in range(rng.randint(5, 15)):
            two.act(rng)
        time.sleep(rng.uniform(0, 0.7))
        which = rng.randint(0, 1)
        two.kill(which)
        if rng.random() < 0.5:  # the chain's node forgets what it was given, too
            two.chain.anvil.rpc("anvil_dropAllTransactions")
        two.act(rng)
        time.sleep(rng.uniform(0, 1.5))
        two.start(which)
    two.act(rng)
    time.sleep(rng.uniform(0, 0.5))
    two.kill(rng.randint(0, 1))
    two.all_done_once()
    print(f"seed {seed}: {len(two.tickets)} actions, {two.skipped()} sent twice")


@pytest.mark.parametrize("database", EITHER[:1], indirect=True)
def test_what_is_stuck_with_one_that_is_gone_is_sent_by_the_other(two: Two) -> None:
    """The dead one's transactions lie below the base fee, and nobody else can raise them."""
    rng, anvil = random.Random(2), two.chain.anvil
    anvil.rpc("evm_setIntervalMining", 0)
    two.start(0)
    for _ in range(6):
        two.act(rng)
    until(lambda: two.states() == {SENT: 6})
    two.kill(0)
    dear = max(t.max_fee for t in two.rows(RelayTransaction)) * 2
    anvil.rpc("anvil_setNextBlockBaseFeePerGas", hex(dear))
    anvil.rpc("evm_mine")
    two.start(1)
    anvil.rpc("evm_setIntervalMining", 1)
    two.all_done_once()
    assert {t.sender for t in two.rows(RelayTransaction) if t.state == "mined"} == set(
        ADDRESSES[1:]
    )

    two.start(0)  # it is back, and its transactions come to an end, which does nothing again
    until(lambda: {t.state for t in two.rows(RelayTransaction)} == {"mined"})
    two.all_done_once()
    assert two.skipped() == 6
