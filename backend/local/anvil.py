"""anvil, Foundry's local chain: how it is found and started, and the file that keeps its state.

anvil writes that file anew once a second, in place, so a kill can leave half of it: a copy of the last
whole one is kept beside it. A restarted anvil takes its time from the wall clock, even when its last block
is later, so it is told at which time to go on.
"""

import os
import platform
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from indexer.errors import LaurelError
from indexer.settings import ROOT

CHAIN_ID = 31337
BACK_SECONDS = 2400
"""A new chain begins so long before the present, so that its pool is full and the samples have an age."""


class AnvilMissing(LaurelError):
    """anvil is not installed, or not for this machine."""


BYTES_A_SECOND = 16 * 1024 * 1024
"""How much of its state anvil may write: with all its traces, 300 posts and their votes make 35 MB."""


class _Block(msgspec.Struct, frozen=True):
    number: str
    timestamp: str


class _State(msgspec.Struct):
    block: _Block


_STATE = msgspec.json.Decoder(_State)


@dataclass(frozen=True)
class Healed:
    """What a damaged state file was replaced with; `sentence` tells the user."""

    sentence: str


def binary() -> Path:
    """anvil for this machine, from npm's package. Raises AnvilMissing."""
    system = platform.system().lower()
    machine = "arm64" if platform.machine().lower() in ("arm64", "aarch64") else "amd64"
    folder = ROOT / "node_modules" / "@foundry-rs" / f"anvil-{system}-{machine}"
    path = folder / "bin" / "anvil"
    if not path.exists():
        raise AnvilMissing(
            f"The local chain's program is missing ({path}). Run `npm ci`; if it is still missing then, "
            f"npm has none for {system} on {machine}."
        )
    return path


def command(
    port: int, state: Path, begin: int | None = None, interval: int = 1, options: Sequence[str] = ()
) -> list[str]:
    """The command that starts the chain on `port`, going on from `state` if it exists. Raises AnvilMissing.

    begin: the first block's time, in seconds, of a chain whose clock is not to follow the present.
    interval: seconds between two writes of the file, at the least.
    """
    last = last_time(state)
    now = int(time.time())
    line = [str(binary()), "--port", str(port), "--chain-id", str(CHAIN_ID), "--quiet"]
    size = state.stat().st_size if state.exists() else 0
    interval = max(interval, 1 + size // BYTES_A_SECOND)
    line += ["--state", str(state), "--state-interval", str(interval), *options]
    if last is None:
        line += ["--timestamp", str(now - BACK_SECONDS if begin is None else begin)]
    elif last >= now or begin is not None:
        line += ["--timestamp", str(last + 1)]
    return line


def last_time(state: Path) -> int | None:
    """The time of the last block in a state file, in seconds; None if the file is absent or not whole."""
    try:
        return int(_STATE.decode(state.read_bytes()).block.timestamp, 16)
    except (FileNotFoundError, msgspec.DecodeError, ValueError):
        return None


def copy_of(state: Path) -> Path:
    """Where the copy of a state file is kept."""
    return state.with_suffix(".copy.json")


def heal(state: Path) -> Healed | None:
    """Puts the copy in the place of a state file that is half-written; None if there is nothing to heal.

    If the copy is not whole either, the file is moved aside, and a new chain will begin.
    """
    copy = copy_of(state)
    if last_time(state) is not None:
        return None
    if last_time(copy) is not None:
        os.replace(copy, state)
        return Healed(
            "The chain's file was half-written when everything was killed. "
            "Going on from its last copy, a few seconds older."
        )
    if not state.exists():
        return None
    aside = state.with_suffix(f".damaged-{int(time.time())}.json")
    os.replace(state, aside)
    return Healed(f"The chain's file is damaged beyond use; it is now {aside}. A new chain begins.")


class Copier:
    """Copies a state file whenever it is whole and at another block than the copy."""

    def __init__(self, state: Path) -> None:
        self._state = state
        self._copied: _Block | None = None

    def copy(self) -> bool:
        """Copies the file if it is whole and at another block; returns whether it did."""
        try:
            data = self._state.read_bytes()
            block = _STATE.decode(data).block
        except (FileNotFoundError, msgspec.DecodeError):
            return False
        if block == self._copied:
            return False
        partial = self._state.with_suffix(".partial")
        with partial.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(partial, copy_of(self._state))
        self._copied = block
        return True
