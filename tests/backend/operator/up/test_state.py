"""anvil's state file: what is whole, what is healed, and where the clock goes on."""

import json
import time
from pathlib import Path

from backend.local import anvil
from tests.chain import Anvil, running_anvil


def saved(path: Path, seconds_ahead: int) -> int:
    """A real state file whose last block is so far ahead of now; returns that block's time."""
    with running_anvil("--state", str(path), timestamp=int(time.time()) + seconds_ahead) as chain:
        chain.rpc("evm_mine")
        return chain.now()


def test_a_new_chain_begins_in_the_past(tmp_path: Path) -> None:
    command = anvil.command(1, tmp_path / "chain.json")
    began = int(command[command.index("--timestamp") + 1])
    assert abs(time.time() - anvil.BACK_SECONDS - began) < 10


def test_a_chain_ahead_of_the_wall_goes_on_one_second_later(tmp_path: Path) -> None:
    state = tmp_path / "chain.json"
    last = saved(state, 5000)
    assert anvil.last_time(state) == last
    command = anvil.command(1, state)
    assert command[command.index("--timestamp") + 1] == str(last + 1)
    with running_anvil("--state", str(state), timestamp=last + 1) as chain:
        assert chain.now() == last
        chain.rpc("evm_mine")
        assert last < chain.now() < last + 60


def test_a_chain_behind_the_wall_goes_on_in_the_present(tmp_path: Path) -> None:
    state = tmp_path / "chain.json"
    saved(state, -5000)
    assert "--timestamp" not in anvil.command(1, state)


def test_a_torn_file_is_replaced_by_its_copy(tmp_path: Path) -> None:
    state = tmp_path / "chain.json"
    last = saved(state, 0)
    whole = state.read_bytes()
    copier = anvil.Copier(state)
    assert copier.copy()
    assert not copier.copy()  # unchanged
    for torn in (b"", whole[: len(whole) // 2], whole[:-1]):
        anvil.copy_of(state).write_bytes(whole)
        state.write_bytes(torn)
        assert not copier.copy()  # the copy is not replaced by half a file
        healed = anvil.heal(state)
        assert healed is not None and "half-written" in healed.sentence
        assert state.read_bytes() == whole and anvil.last_time(state) == last
    assert anvil.heal(state) is None


def test_a_file_beyond_healing_is_kept_aside(tmp_path: Path) -> None:
    state = tmp_path / "chain.json"
    assert anvil.heal(state) is None  # nothing there at all
    state.write_text('{"block": {"number": "0x1", "timestamp": "0x')
    healed = anvil.heal(state)
    assert healed is not None and "A new chain begins" in healed.sentence
    (aside,) = tmp_path.glob("chain.damaged-*.json")
    assert str(aside) in healed.sentence and not state.exists()


def test_the_copy_is_whole_while_anvil_writes(tmp_path: Path) -> None:
    state = tmp_path / "chain.json"
    with running_anvil("--state", str(state), "--state-interval", "1") as chain:
        watch(chain, state)


def watch(chain: Anvil, state: Path) -> None:
    copier = anvil.Copier(state)
    copies = 0
    end = time.monotonic() + 20
    while copies < 3 and time.monotonic() < end:
        chain.rpc("anvil_mine", hex(20))
        if copier.copy():
            json.loads(anvil.copy_of(state).read_bytes())
            copies += 1
        time.sleep(0.05)
    assert copies == 3
