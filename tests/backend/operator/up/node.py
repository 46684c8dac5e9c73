"""`laurel up` as a person runs it: a process of its own, in a folder of its own."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from backend.cli import main
from indexer.settings import ROOT
from tests.chain import free_port

PATIENCE = 120.0  # seconds: a busy machine may take as long


@dataclass
class Node:
    """A home, its ports, and the process that runs there. base: LAUREL_HOME as `laurel up` is given it, in which a
    chain that is not anvil's has a home of its own, `folder`; options: of `laurel up`; rpc: of a chain that runs
    already."""

    base: Path
    port: int = field(default_factory=free_port)
    rpc_port: int = field(default_factory=free_port)
    process: subprocess.Popen[str] | None = None
    output: str = ""
    options: tuple[str, ...] = ()
    folder: str = "."
    rpc: str | None = None

    @property
    def home(self) -> Path:
        return self.base / self.folder

    @property
    def env(self) -> dict[str, str]:
        return os.environ | {
            "LAUREL_HOME": str(self.home),
            "LAUREL_DEPLOYMENTS": str(self.home / "deployments"),
            "LAUREL_RPC": self.rpc or f"http://127.0.0.1:{self.rpc_port}",
        }

    def laurel(self, *words: str) -> Result:
        """Another `laurel` command on the same node, in this process: that it starts alone takes a second or two."""
        return CliRunner().invoke(main, words, env=self.env)

    def ports(self) -> list[str]:
        return ["--port", str(self.port), "--rpc-port", str(self.rpc_port)]

    def chain(self) -> list[str]:
        return ["--rpc", self.rpc] if self.rpc else []

    def up(self, until: str = "  Stop    Ctrl-C") -> "Node":
        """Starts it and returns once these words are printed: at the end of its screen."""
        self.process = subprocess.Popen(
            [sys.executable, "-m", "backend", "up", *self.ports(), *self.chain(), *self.options],
            cwd=ROOT,
            env=self.env | {"LAUREL_HOME": str(self.base)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.output = ""
        return self.read_until(until)

    def read_until(self, words: str) -> "Node":
        """Reads what it prints up to the line with these words."""
        assert self.process is not None and self.process.stdout is not None
        for line in self.process.stdout:
            self.output += line
            if words in line:
                return self
        raise AssertionError(f"laurel up ended: {self.output}")

    def stop(self, number: int = signal.SIGINT) -> int:
        """Sends a signal, and returns the exit code."""
        assert self.process is not None
        self.process.send_signal(number)
        out, _ = self.process.communicate(timeout=PATIENCE)
        self.output += out
        return self.process.returncode

    def get(self, path: str) -> Any:
        with urllib.request.urlopen(
            f"http://127.0.0.1:{self.port}/api/laurel/v1{path}", timeout=20
        ) as a:
            return json.loads(a.read())

    def post(self, path: str, body: bytes) -> Any:
        """Raises HTTPError, whose body says why."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/api/laurel/v1{path}",
            body,
            {"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.loads(answer.read())

    def children(self) -> dict[str, int]:
        """Process ids of this home's processes, by what they are. (Linux.)"""
        found = {}
        for folder in Path("/proc").iterdir():
            if not folder.name.isdigit():
                continue
            try:
                words = (folder / "cmdline").read_bytes().decode().split("\0")
                environment = (folder / "environ").read_bytes()
            except OSError:
                continue
            own = f"LAUREL_HOME={self.home}\0".encode() in environment
            if own and int(folder.name) != (self.process.pid if self.process else 0):
                chain = "anvil" in words[0] or "hardhat" in words[1]
                name = "chain" if chain else words[3] if len(words) > 3 else words[0]
                found.setdefault(name, int(folder.name))
        return found

    def wait_until_gone(self) -> None:
        end = time.monotonic() + PATIENCE
        while self.children():
            assert time.monotonic() < end, self.children()
            time.sleep(0.1)
