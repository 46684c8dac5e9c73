"""The local chain's clock, keys and preset."""

from contextlib import closing
from pathlib import Path

import pytest

from backend.deployment.deploy import LOCAL
from backend.local.anvil import BACK_SECONDS
from backend.local.clock import NotLocal, forward, latest
from backend.local.keys import PURSE, fund, key_file
from indexer.chain.rpc import Rpc
from indexer.protocol.actions import secp256k1_address
from indexer.rewards import ETHER, WEI_PER_VEST
from tests.chain import Anvil, running_anvil
from tests.rules.ledger import Ledger
from tests.rules.state import Refused


def test_the_clock_moves_on_by_seconds(anvil: Anvil) -> None:
    with closing(Rpc(anvil.url)) as rpc:
        before = latest(rpc)
        assert 600 <= forward(rpc, 600) - before <= 620
        assert latest(rpc) == anvil.now()


def test_the_clock_of_another_chain_is_left_alone() -> None:
    with running_anvil("--chain-id", "10") as anvil, closing(Rpc(anvil.url)) as rpc:
        before = latest(rpc)
        with pytest.raises(NotLocal, match="is chain 10, not a local one"):
            forward(rpc, 600)
        assert latest(rpc) == before


def test_a_key_is_made_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "home" / "a.key"
    key = key_file(path)
    assert len(key) == 32 and key_file(path) == key
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_purse_is_filled_once_it_is_half_empty(anvil: Anvil) -> None:
    address = secp256k1_address(b"\1" * 32)
    with closing(Rpc(anvil.url)) as rpc:
        fund(rpc, address)
        assert int(anvil.rpc("eth_getBalance", address, "latest"), 16) == PURSE
        anvil.rpc("anvil_setBalance", address, hex(PURSE - 1))
        fund(rpc, address)
        assert int(anvil.rpc("eth_getBalance", address, "latest"), 16) == PURSE - 1


def test_one_full_vote_of_the_faucets_stake_pays_a_few_lrl() -> None:
    """On a chain on which nothing else happens, from the moment that `laurel up` shows it."""
    born = 1_700_000_000
    ledger = Ledger(
        day=LOCAL.day,
        curve_constant=LOCAL.curve_constant,
        seed=LOCAL.seed,
        supply=LOCAL.genesis_supply,
        genesis_day=born // LOCAL.day,
    )
    ledger.add_stake(1, 1_000 * ETHER // WEI_PER_VEST, born)
    now = born + BACK_SECONDS
    ledger.post(b"post", 2, now)
    ledger.vote(1, b"post", 10_000, now, now)
    with pytest.raises(Refused, match="DayOpen"):
        ledger.payout(b"post")
    ledger.close(100, now + 9 * LOCAL.day)
    assert 2 * ETHER < ledger.payout(b"post") < 10 * ETHER
