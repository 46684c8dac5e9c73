"""A real IPFS daemon, js-ipfs, which answers Kubo's RPC on loopback and talks to nobody else."""

import json
import shutil
import signal
import subprocess
import time
from pathlib import Path

import httpx

from tests.chain import free_port

PEERS = Path(__file__).parents[2] / "peers"
PATIENCE = 90.0  # seconds: a busy machine may take as long

# The daemon's libraries are of Node 22 in this one thing.
_NEWER = """
Promise.withResolvers ??= function () {
  let resolve, reject
  const promise = new this((yes, no) => { resolve = yes; reject = no })
  return { promise, resolve, reject }
}
"""


class JsIpfs:
    """A daemon with its repository in `home`. It keeps its address when it is started again."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._port = free_port()
        self._process: subprocess.Popen[bytes] | None = None
        home.mkdir(parents=True)
        (home / "newer.cjs").write_text(_NEWER)
        (home / "config.json").write_text(json.dumps(_config(self._port)))

    @property
    def api(self) -> str:
        return f"/ip4/127.0.0.1/tcp/{self._port}"

    def ask(self, call: str, data: bytes | None = None, **options: str) -> bytes:
        """The RPC without a client of anybody's: `call` with `data` as a file; _ in names is -."""
        params = {name.replace("_", "-"): value for name, value in options.items()}
        answer = httpx.post(
            f"http://127.0.0.1:{self._port}/api/v0/{call}",
            params=params,
            files=None if data is None else {"file": data},
            timeout=PATIENCE,
            trust_env=False,
        )
        assert answer.status_code == 200, answer.text
        return answer.content

    def add(self, data: bytes) -> str:
        """Has its own importer make a file, by the profile that ours follows. Returns its CID."""
        options = {"cid_version": "1", "raw_leaves": "true", "chunker": "size-1048576"}
        return str(json.loads(self.ask("add", data, **options, cid_base="base32"))["Hash"])

    def start(self) -> "JsIpfs":
        """Returns once it answers."""
        said = self._home / "said"
        repo = self._home / "repo"
        shutil.rmtree(repo / "repo.lock", ignore_errors=True)  # which a killed one leaves behind
        new = [] if repo.exists() else ["--init-config", str(self._home / "config.json")]
        with said.open("wb") as output:
            self._process = subprocess.Popen(
                [
                    *("node", "--require", str(self._home / "newer.cjs")),
                    *(str(PEERS / "node_modules" / "ipfs" / "src" / "cli.js"), "daemon"),
                    *("--offline", "--enable-preload=false", *new),
                ],
                env={"PATH": "/usr/local/bin:/usr/bin:/bin", "IPFS_PATH": str(repo)},
                stdout=output,
                stderr=output,
            )
        end = time.monotonic() + PATIENCE
        while b"Daemon is ready" not in said.read_bytes():
            assert self._process.poll() is None, said.read_text()
            assert time.monotonic() < end, said.read_text()
            time.sleep(0.1)
        return self

    def stop(self, number: int = signal.SIGTERM) -> None:
        if self._process is not None:
            self._process.send_signal(number)
            self._process.wait(PATIENCE)
            self._process = None

    def freeze(self) -> None:
        """It accepts connections, and says nothing."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)


def _config(port: int) -> dict[str, object]:
    any_port = "/ip4/127.0.0.1/tcp/0"
    return {
        "Addresses": {
            "API": f"/ip4/127.0.0.1/tcp/{port}",
            "Gateway": any_port,
            "RPC": any_port,
            "Swarm": [],
            "Delegates": [],
        },
        "Bootstrap": [],
        "Discovery": {"MDNS": {"Enabled": False}, "webRTCStar": {"Enabled": False}},
        "Routing": {"Type": "none"},
    }
