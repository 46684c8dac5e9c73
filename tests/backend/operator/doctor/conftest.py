"""A whole node that is well, for tests that break one thing in it."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner

from backend.cli import main
from backend.site.database import migrate_node
from indexer.content.cid import digest
from indexer.protocol.actions import sha256
from tests.actors import join
from tests.backend.relay.node import RELAYER
from tests.chain import Chain, deployed_on, running_anvil
from tests.indexer.mirrors import Mirror, document, environment, mirror_of


@dataclass(frozen=True)
class Patient:
    """A node's home, its environment and the mirror in it, whose indexer is at work."""

    home: Path
    env: dict[str, str]
    mirror: Mirror

    def doctor(self, *words: str, **env: str) -> list[tuple[str, str, str]]:
        """What `laurel doctor` finds with these variables set: check, level, sentence; it must exit with 1
        where there is a problem, and only there."""
        asked = CliRunner().invoke(main, ["doctor", "--json", *words], env=self.env | env)
        assert not asked.exception or isinstance(asked.exception, SystemExit), asked.exception
        lines = [json.loads(line) for line in asked.output.splitlines()]
        found = [(line["check"], line["level"], line["says"]) for line in lines]
        assert asked.exit_code == any(level == "problem" for _, level, _ in found)
        return found

    def says(self, check: str, level: str, *words: str, **env: str) -> str:
        """The sentences of a check, which must find something of that level, and nothing worse."""
        found = self.doctor(check, *words, **env)
        levels = {each for _, each, _ in found}
        worst = next(each for each in ("problem", "warning", "ok") if each in levels)
        assert worst == level, found
        return "\n".join(said for _, each, said in found if each == level)


@pytest.fixture(scope="session")
def chain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chain]:
    with running_anvil() as anvil:
        yield deployed_on(anvil, tmp_path_factory.mktemp("deployments"))


@pytest.fixture
def node(chain: Chain, tmp_path: Path) -> Iterator[Patient]:
    """One with a post, on its own machine alone."""
    state = chain.anvil.rpc("evm_snapshot")
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    key = home / "relayer.key"
    key.write_text("0x" + sha256(b"relayer").hex())
    key.chmod(0o600)
    chain.anvil.rpc("anvil_setBalance", RELAYER, hex(10**20))
    (alice,) = join(chain, "alice")
    words = document("Well")
    chain.relay(alice.post(digest(words)))
    with mirror_of(chain, home) as mirror:
        migrate_node(mirror.engine)
        mirror.content.put(words)
        mirror.catch_up()
        yield Patient(home, environment(chain, home) | {"LAUREL_RPC_WS": ""}, mirror)
    assert chain.anvil.rpc("evm_revert", state)
