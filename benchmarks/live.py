"""How soon a vote is seen: seconds from mining a block to its row, and limits: `python -m benchmarks.live`.

A real `laurel index` follows a local anvil. Blocks come 1 to 1.5 seconds apart, at random, so that they fall at any
moment between two polls of the head. The clock starts before anvil is told to mine and ends when another
connection to the database sees the vote. Exits 1 when a 95th percentile is over its limit.
"""

import os
import random
import sys
import tempfile
import time
from pathlib import Path
from statistics import quantiles

import click
from rich.console import Console
from rich.progress import track
from rich.table import Table
from sqlalchemy import Engine, select

from indexer.content.cid import digest
from indexer.follow import LOCAL_POLL
from indexer.mirror.database import connect
from indexer.schema import Vote
from tests.actors import Actor, join, stake
from tests.chain import DEV, Chain, deployed_on, running_anvil
from tests.indexer.mirrors import document, laurel_index, until

LIMIT = 0.3  # seconds
LOOK = 0.002  # seconds between two looks for the row
PATIENCE = 30.0
BATCH = 20  # posts in one transaction

console = Console()


@click.command()
@click.option("--blocks", default=100, help="How many of each kind.")
def main(blocks: int) -> None:
    table = Table("new blocks by", "p50, ms", "p95, ms", "limit, ms", "of the limit", "most, ms")
    results, over = [], False
    for name, websocket, limit in (
        ("WebSocket", True, LIMIT),
        (f"looks, {LOCAL_POLL:.1f} s apart", False, LOCAL_POLL + LIMIT),
    ):
        seen = sorted(_measured(blocks, websocket, name))
        cuts = quantiles(seen, n=100, method="inclusive")
        p50, p95 = cuts[49], cuts[94]
        milliseconds = [f"{1000 * s:.0f}" for s in (p50, p95, limit)]
        table.add_row(name, *milliseconds, f"{p95 / limit:.2f}", f"{1000 * seen[-1]:.0f}")
        key = "websocket" if websocket else "polling"
        results.append(f"{key}_p95_ms={1000 * p95:.0f} {key}_of_limit={p95 / limit:.2f}")
        over |= p95 > limit
    console.print(table)
    print("RESULT " + " ".join(results))
    sys.exit(over)


def _measured(blocks: int, websocket: bool, name: str) -> list[float]:
    """Seconds from mining to the row, for each block."""
    with running_anvil() as anvil, tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        chain = deployed_on(anvil, home / "made")
        (alice,) = join(chain, "alice")
        stake(chain, alice, 1000 * 10**18)
        anvil.forward(5 * 86_400)  # until her mana is full
        documents = [digest(document(f"Live {number}")) for number in range(blocks)]
        for first in range(0, blocks, BATCH):
            chain.relay(*[alice.post(data) for data in documents[first : first + BATCH]])
        chain.anvil.rpc("evm_setAutomine", False)
        os.environ["LAUREL_RPC_WS"] = anvil.url.replace("http", "ws") if websocket else ""
        with laurel_index(chain, home):
            until(lambda: "Following" in (home / "said").read_text())
            time.sleep(1)  # until its WebSocket is subscribed
            engine = connect(f"sqlite:///{home / 'laurel.db'}")
            moments, seen = random.Random(1), []
            for data in track(documents, f"Blocks by {name}", console=console):
                time.sleep(1 + moments.random() / 2)
                seen.append(_one(chain, alice, alice.post_id(data), engine))
            engine.dispose()
    return seen


def _one(chain: Chain, voter: Actor, post: bytes, engine: Engine) -> float:
    """Seconds from mining a vote for the post to its row."""
    signed = voter.vote(post, 100)
    batch = [(signed.kind, signed.action, signed.signature)]
    chain.core.functions.relay(batch).transact({"from": DEV, "gas": 2_000_000})
    started = time.monotonic()
    chain.anvil.rpc("evm_mine")
    while True:
        with engine.connect() as connection:
            found = connection.scalar(select(Vote.bps).where(Vote.post == post))
        passed = time.monotonic() - started
        if found is not None:
            return passed
        if passed > PATIENCE:
            raise SystemExit("The vote does not come.")
        time.sleep(LOOK)


if __name__ == "__main__":
    main()
