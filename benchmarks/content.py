"""How fast files become blocks, and a node serves blocks: `python -m benchmarks.content`.

Compares the importer with sha-256 alone, its upper limit; and, at a running `laurel site`, blocks in one CAR with
blocks one by one over a connection kept open. Every block that comes is checked.
"""

import hashlib
import io
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

import click
import httpx
from rich.console import Console
from rich.table import Table

from indexer.content import open_store, unixfs
from indexer.content.car import read_car
from indexer.content.store import checked
from indexer.content.unixfs import V1_2025, Profile
from indexer.settings import ROOT
from tests.chain import free_port
from tests.indexer.content.files import Keystream

PIECES = Profile(chunk=2048, width=1024, version=1)
"""Pieces as long as a document of a few paragraphs."""


@click.command()
@click.option("--mebibytes", default=512, help="Of the file that is imported.")
@click.option("--blocks", default=20_000, help="In the CAR; a tenth of them one by one.")
def main(mebibytes: int, blocks: int) -> None:
    console = Console()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        results = [*_imports(console, mebibytes, home), *_serves(console, blocks, home)]
    print("RESULT " + " ".join(results))


def _imports(console: Console, mebibytes: int, home: Path) -> list[str]:
    data = Keystream("benchmark", mebibytes << 20).read()
    view = memoryview(data)
    pieces = range(0, len(data), V1_2025.chunk)

    def hashed() -> None:
        for at in pieces:
            hashlib.sha256(view[at : at + V1_2025.chunk]).digest()

    def imported() -> None:
        for _ in unixfs.blocks_of(io.BytesIO(data)):
            pass

    def stored() -> None:
        store = open_store(tempfile.mkdtemp(dir=home))
        unixfs.add(io.BytesIO(data), store)
        store.close()

    limit = mebibytes / _seconds(hashed)
    table = Table("importing", "MiB/s", "of sha-256")
    results = []
    table.add_row("sha-256 of the pieces alone", f"{limit:,.0f}", "1.00")
    for key, name, work in (
        ("import", "into blocks", imported),
        ("store", "into blocks, and those onto the disk", stored),
    ):
        rate = mebibytes / _seconds(work)
        table.add_row(name, f"{rate:,.0f}", f"{rate / limit:.2f}")
        results.append(f"{key}_of_sha256={rate / limit:.2f}")
    console.print(table)
    return results


def _serves(console: Console, blocks: int, home: Path) -> list[str]:
    store = open_store(home / "content")
    named = unixfs.blocks_of(Keystream("served", blocks * PIECES.chunk), PIECES)
    cids = []
    while batch := list(islice(named, 1000)):
        store.put_many(block for _, block in batch)
        cids += [cid for cid, _ in batch]
    store.close()
    some, root = cids[: blocks // 10], cids[-1]
    table = Table("serving", "blocks/s", "of one by one")
    with _site(home) as url, httpx.Client(base_url=url, timeout=60) as client:

        def single() -> None:
            for cid in some:
                checked(client.get(f"/ipfs/{cid}?format=raw").content, cid)

        def bulk() -> None:
            with client.stream("GET", f"/ipfs/{root}?format=car") as answer:
                assert sum(1 for _ in read_car(answer.iter_raw())) == len(cids)

        one = len(some) / _seconds(single)
        rate = len(cids) / _seconds(bulk)
    table.add_row("one by one", f"{one:,.0f}", "1.0")
    table.add_row(f"one CAR of {len(cids):,}", f"{rate:,.0f}", f"{rate / one:.1f}")
    console.print(table)
    return [f"car_of_single={rate / one:.1f}"]


def _seconds(work: Callable[[], None]) -> float:
    """Seconds of the shortest of three runs: other processes may use this machine too."""
    found = []
    for _ in range(3):
        began = time.monotonic()
        work()
        found.append(time.monotonic() - began)
    return min(found)


@contextmanager
def _site(home: Path) -> Iterator[str]:
    """`laurel site` with the content store in `home`, and no chain."""
    url = f"http://127.0.0.1:{(port := free_port())}"
    environment = {"LAUREL_HOME": str(home), "LAUREL_RPC": f"http://127.0.0.1:{free_port()}"}
    command = [sys.executable, "-m", "backend", "site", "--port", str(port)]
    process = subprocess.Popen(command, env=os.environ | environment, cwd=ROOT)
    try:
        for _ in range(600):
            try:
                httpx.get(f"{url}/about")
                break
            except httpx.TransportError:
                assert process.poll() is None
                time.sleep(0.1)
        yield url
    finally:
        process.terminate()
        process.wait(30)


if __name__ == "__main__":
    main()
