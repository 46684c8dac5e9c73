"""The processes of a node: started with a log each, watched, and stopped in order.

A child has a session of its own, so that Ctrl-C in the terminal reaches only the supervisor, which then
stops the children in order. On Linux the kernel ends a child whose supervisor is killed.
"""

import ctypes
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from indexer.errors import LaurelError

STOP_SECONDS = 30.0  # a chain may have a gigabyte to write
LINES = 15
_PR_SET_PDEATHSIG = 1


class ChildDied(LaurelError):
    """A process of the node ended by itself; the message has its last lines."""


@dataclass(frozen=True)
class Child:
    """A running process; `what` names it for people ("the chain")."""

    what: str
    process: subprocess.Popen[bytes]
    log: Path


def start(what: str, command: Sequence[str], log: Path, env: Mapping[str, str]) -> Child:
    """Starts `command`, its output added to `log`. Raises OSError if it cannot run."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=dict(env),
            start_new_session=True,
            preexec_fn=_die_with_parent(),
        )
    return Child(what, process, log)


def check(children: Sequence[Child]) -> None:
    """Raises ChildDied if one has ended."""
    for child in children:
        code = child.process.poll()
        if code is not None:
            how = f"killed by signal {-code}" if code < 0 else f"exit code {code}"
            raise ChildDied(
                f"{child.what} has stopped by itself ({how}). The end of {child.log}:\n"
                + (last_lines(child.log) or "  (empty)")
            )


def stop(children: Sequence[Child], seconds: float = STOP_SECONDS) -> list[str]:
    """Ends all except the first together, then the first; returns the names of those it had to kill."""
    killed = []
    for group in (children[1:], children[:1]):
        for child in group:
            if child.process.poll() is None:
                child.process.send_signal(signal.SIGTERM)
        end = time.monotonic() + seconds
        for child in group:
            try:
                child.process.wait(max(0.0, end - time.monotonic()))
            except subprocess.TimeoutExpired:
                child.process.kill()
                child.process.wait()
                killed.append(child.what)
    return killed


def wait_for(
    ready: Callable[[], bool], children: Sequence[Child], what: str, seconds: float
) -> None:
    """Returns once `ready()`. Raises ChildDied, also when it is not ready in time."""
    end = time.monotonic() + seconds
    while not ready():
        check(children)
        if time.monotonic() > end:
            child = children[-1]
            raise ChildDied(
                f"{what} is not ready after {seconds:.0f} seconds. The end of {child.log}:\n"
                + (last_lines(child.log) or "  (empty)")
            )
        time.sleep(0.1)


def last_lines(log: Path, lines: int = LINES) -> str:
    """The end of a log, indented; of a line that is JSON, its time and message."""
    try:
        text = log.read_bytes()[-8192:].decode(errors="replace")
    except FileNotFoundError:
        return ""
    return "\n".join(f"  {_words(line)}" for line in text.splitlines()[-lines:])


def _words(line: str) -> str:
    try:
        said = json.loads(line)
        return f"{said['time']} {said['message']}"
    except (ValueError, TypeError, KeyError):
        return line


def _die_with_parent() -> Callable[[], None] | None:
    if sys.platform != "linux":
        return None
    prctl = ctypes.CDLL(None, use_errno=True).prctl  # looked up before the fork
    parent = os.getpid()

    def in_child() -> None:
        prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:  # killed in between
            os._exit(1)

    return in_child
