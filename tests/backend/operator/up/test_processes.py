"""Processes under watch: how they end, and what is said of them."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from backend.operator.up.processes import Child, ChildDied, check, start, stop, wait_for
from indexer.settings import ROOT
from tests.indexer.mirrors import until

SLEEPS = [sys.executable, "-c", "print('here', flush=True); import time; time.sleep(600)"]
STUBBORN = [
    sys.executable,
    "-c",
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
    "print('here', flush=True); time.sleep(600)",
]


def started(command: list[str], folder: Path, name: str = "The sleeper") -> Child:
    child = start(name, command, folder / "logs" / f"{name}.log", os.environ)
    until(lambda: child.log.read_text() or child.process.poll() is not None)
    return child


def test_the_first_started_is_stopped_last(tmp_path: Path) -> None:
    late = [
        sys.executable,
        "-c",
        "import signal, sys, time; signal.signal(signal.SIGTERM, lambda *_: (time.sleep(0.5),"
        "print(time.time(), flush=True), sys.exit())); print('here', flush=True); time.sleep(600)",
    ]
    children = [started(late, tmp_path, name) for name in ("first", "second", "third")]
    check(children)
    assert stop(children) == []
    ended = [float(child.log.read_text().split()[-1]) for child in children]
    assert ended[0] == max(ended)
    assert stop(children) == []


def test_one_that_does_not_end_is_killed(tmp_path: Path) -> None:
    child = started(STUBBORN, tmp_path)
    assert stop([child], seconds=0.2) == ["The sleeper"]
    assert child.process.returncode == -signal.SIGKILL


def test_one_that_ended_is_named_with_its_last_lines(tmp_path: Path) -> None:
    fails = [sys.executable, "-c", "print('one'); print('no such table'); raise SystemExit(3)"]
    child = started(fails, tmp_path)
    child.process.wait(30)
    with pytest.raises(ChildDied, match=r"stopped by itself \(exit code 3\)[\s\S]*no such table"):
        check([child])


def test_of_lines_in_json_the_words_are_shown(tmp_path: Path) -> None:
    line = """print('{"time": "noon", "level": "ERROR", "message": "It broke."}'); print('[1]')"""
    child = started([sys.executable, "-c", line], tmp_path)
    child.process.wait(30)
    with pytest.raises(ChildDied, match=r"  noon It broke\.\n  \[1\]$"):
        check([child])


def test_waiting_has_an_end(tmp_path: Path) -> None:
    child = started(SLEEPS, tmp_path)
    try:
        wait_for(lambda: True, [child], "The site", 0)
        with pytest.raises(ChildDied, match="The site is not ready after 0 seconds"):
            wait_for(lambda: False, [child], "The site", 0)
    finally:
        stop([child])


def test_children_end_with_a_parent_that_is_killed(tmp_path: Path) -> None:
    """By Linux's kernel: elsewhere they would go on."""
    parent = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import os, sys, time; from pathlib import Path; from backend.operator.up.processes import start\n"
            f"c = start('x', {SLEEPS!r}, Path({str(tmp_path / 'log')!r}), os.environ)\n"
            "print(c.process.pid, flush=True); time.sleep(600)",
        ],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert parent.stdout is not None
    pid = int(parent.stdout.readline())
    parent.kill()
    parent.communicate()
    until(lambda: ended(pid))


def ended(pid: int) -> bool:
    """Whether a process is gone, or is a zombie that nobody has collected."""
    try:
        return "\nState:\tZ" in Path(f"/proc/{pid}/status").read_text()
    except FileNotFoundError:
        return True
