"""How many blocks a second `laurel sync` copies from a running node: `python -m benchmarks.sync`.

Compares that with requests for one block each, as the fetcher sends them; both write to a real store and
check every block. The upper limit is a store that writes the same blocks from memory.
"""

import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import click
import httpx
from rich.console import Console
from rich.table import Table

from indexer.content import open_store
from indexer.content.cid import digest
from indexer.fetching.fetch import fetch
from indexer.fetching.sync import Copy
from indexer.mirror.database import connect
from indexer.settings import ROOT
from tests.chain import free_port
from tests.indexer.fetching.homes import environment, mirror
from tests.indexer.mirrors import document


@click.command()
@click.option("--documents", default=20_000, help="In bulk; one in twenty of them one by one.")
def main(documents: int) -> None:
    console = Console()
    made = [document(f"Number {n}", body=f"{n} " * 350) for n in range(documents)]
    with tempfile.TemporaryDirectory() as folder:
        here, limit = Path(folder) / "first", Path(folder) / "limit"
        for home in (here, limit):
            with closing(open_store(home / "content")) as store:
                started = time.monotonic()
                for first in range(0, documents, 256):
                    store.put_many(made[first : first + 256])
                seconds = time.monotonic() - started
        rates = {"into the store, from memory": documents / seconds}
        with _site(here) as url, httpx.Client(trust_env=False) as client:
            rates["laurel sync"] = documents / _bulk(Path(folder) / "bulk", made, url, client)
            few = made[: documents // 20]
            rates["one by one"] = len(few) / _single(Path(folder) / "single", few, url, client)
    size = sum(map(len, made)) / documents
    table = Table("", "blocks/s", "of one by one", title=f"Documents of {size:,.0f} bytes")
    for name, rate in rates.items():
        table.add_row(name, f"{rate:,.0f}", f"{rate / rates['one by one']:,.1f}")
    console.print(table)
    print(
        f"RESULT sync_blocks_per_second={rates['laurel sync']:.0f} "
        f"single_blocks_per_second={rates['one by one']:.0f} "
        f"ratio={rates['laurel sync'] / rates['one by one']:.1f}"
    )


def _bulk(home: Path, documents: list[bytes], url: str, client: httpx.Client) -> float:
    """Seconds of the copy, without the start of the command."""
    mirror(home, documents)
    engine = connect(environment(home)["LAUREL_DATABASE"])
    with closing(open_store(home / "content")) as store:
        copy = Copy(engine, store, [url], client, lambda at: None, threading.Event(), 10**9)
        started = time.monotonic()
        done = copy.run()
        seconds = time.monotonic() - started
    engine.dispose()
    assert done.copied == len(documents), done
    return seconds


def _single(home: Path, documents: list[bytes], url: str, client: httpx.Client) -> float:
    """Seconds for the same with one request for each, as `laurel content fetch` sends."""
    with closing(open_store(home / "content")) as store:
        started = time.monotonic()
        for data in documents:
            fetch(digest(data), store, [url], client)
        return time.monotonic() - started


@contextmanager
def _site(home: Path) -> Iterator[str]:
    """`laurel site` over the store in `home`; its address."""
    port = free_port()
    env = environment(home) | {"LAUREL_RPC": "http://127.0.0.1:9"}
    process = subprocess.Popen(
        [sys.executable, "-m", "backend", "site", "--port", str(port)],
        env=os.environ | env,
        cwd=ROOT,
    )
    url = f"http://127.0.0.1:{port}"
    try:
        for _ in range(600):
            try:
                if httpx.get(f"{url}/about", trust_env=False).status_code == 200:
                    break
            except httpx.TransportError:
                time.sleep(0.1)
        yield url
    finally:
        process.terminate()
        process.wait(30)


if __name__ == "__main__":
    main()
