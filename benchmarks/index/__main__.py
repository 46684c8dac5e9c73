"""Events a second, from a node that replays a history to rows in a database: `python -m benchmarks.index`.

One run measures raw download (the upper limit), download with decoding, and the whole indexer into SQLite and
PostgreSQL, medians of five; with --peers, Ponder and Subsquid at the same job (installed into build/peers when
first asked for). --long indexes ten million events into SQLite, once, and draws build/index-long.svg.
"""

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from statistics import median

import click
from rich.console import Console
from rich.table import Table

from benchmarks.index.chart import drawn, rates
from benchmarks.index.history import EVENTS, History
from benchmarks.index.peers import PEERS
from benchmarks.index.replay import replayed
from benchmarks.index.runs import Run, alone, decode, download, index
from indexer.settings import ROOT
from tests.postgres import new_database, running_postgres

FLOORS = {"SQLite": 40_000, "PostgreSQL": 35_000}  # events a second
OF_LIMIT = 0.10  # of the raw download: what SQLite gets at least
MEMORY = 250_000_000  # bytes
TIMES = {"Ponder, PGlite": 10, "Ponder, PostgreSQL": 10, "Subsquid, PostgreSQL": 4}
"""How many times as fast as each peer the indexer with SQLite must be, both into an empty database."""
PARTS, LAST_OF_FIRST = 10, 0.70  # of a long run; the last part's rate, as a share of the first's

console = Console()


@click.command()
@click.option("--events", default=200_000, help="How long the history is.")
@click.option("--repeat", default=5, help="Runs of each, of which the median counts.")
@click.option("--peers", is_flag=True, help="Ponder and Subsquid too.")
@click.option("--long", is_flag=True, help="Ten million events, once.")
def main(events: int, repeat: int, peers: bool, long: bool) -> None:
    sys.exit(_long() if long else _short(History(events // EVENTS), repeat, peers))


def _short(history: History, repeat: int, peers: bool) -> int:
    with ExitStack() as stack:
        url = stack.enter_context(replayed(history))
        server = stack.enter_context(running_postgres())

        def ours(server: str | None) -> Run:
            with new_database(server) if server else ExitStack() as database:
                return alone(index, url, history.blocks, database if server else None)

        tasks: dict[str, Callable[[], Run]] = {
            "raw download": lambda: alone(download, url, history.blocks),
            "download, decoded": lambda: alone(decode, url, history.blocks),
            "SQLite": lambda: ours(None),
            "PostgreSQL": lambda: ours(server),
        }
        if peers:
            tasks |= {
                name: lambda peer=peer: peer(url, history.blocks, server)  # type: ignore[misc]
                for name, peer in PEERS.items()
            }
        found = {name: [task() for _ in _shown(name, repeat)] for name, task in tasks.items()}
    rate = {
        name: median(history.events / run.seconds for run in runs) for name, runs in found.items()
    }
    table = Table("", "events a second", "spread", "of the limit", "of ours", "peak memory")
    for name, runs in found.items():
        each = [history.events / run.seconds for run in runs]
        table.add_row(
            name,
            f"{rate[name]:,.0f}",
            f"{min(each):,.0f}–{max(each):,.0f}",
            f"{rate[name] / rate['raw download']:.1%}",
            f"{rate[name] / rate['SQLite']:.2f}",
            f"{max(run.peak for run in runs) / 1e6:,.0f} MB",
        )
    console.print(table)
    failed = [f"{name} is below {floor:,}" for name, floor in FLOORS.items() if rate[name] < floor]
    if rate["SQLite"] < OF_LIMIT * rate["raw download"]:
        failed.append(f"SQLite is below {OF_LIMIT:.0%} of the raw download")
    for name in FLOORS:
        if max(run.peak for run in found[name]) > MEMORY:
            failed.append(f"{name} takes more than {MEMORY / 1e6:.0f} MB")
    if peers:
        failed += _beside_peers(found, rate)
    print(
        f"RESULT sqlite={rate['SQLite']:.0f} postgresql={rate['PostgreSQL']:.0f} "
        f"of_limit={rate['SQLite'] / rate['raw download']:.3f} failed={len(failed)}"
    )
    console.print("\n".join(failed))
    return 1 if failed else 0


def _beside_peers(found: dict[str, list[Run]], rate: dict[str, float]) -> Iterator[str]:
    """Sentences: where SQLite is not TIMES as fast as a peer, and where the numbers of rows differ."""
    ours = dict(found["SQLite"][0].rows)
    for name in PEERS:
        if rate["SQLite"] < TIMES.get(name, 0) * rate[name]:
            yield f"SQLite is not {TIMES[name]} times as quick as {name}"
        for table, count in found[name][0].rows:
            if ours[table] != count:
                yield f"{name} has {count:,} rows in {table}, not {ours[table]:,}"


def _long() -> int:
    history = History(10_000_000 // EVENTS)
    with replayed(history) as url, console.status("Ten million events into SQLite"):
        run = alone(index, url, history.blocks, None)
    each = rates(run.marks, PARTS)
    picture = ROOT / "build" / "index-long.svg"
    title = (
        f"Events a second, in each {history.events // PARTS:,} of {history.events:,}, into SQLite"
    )
    picture.write_text(drawn(each, history.events, title))
    console.print(f"{', '.join(f'{rate:,.0f}' for rate in each)}: {picture}")
    steady, memory = each[-1] / each[0], run.peak
    print(f"RESULT last_of_first={steady:.2f} seconds={run.seconds:.0f} peak_mb={memory / 1e6:.0f}")
    return 0 if steady >= LAST_OF_FIRST and memory <= MEMORY else 1


def _shown(name: str, repeat: int) -> Iterator[int]:
    for number in range(repeat):
        with console.status(f"{name}, run {number + 1} of {repeat}"):
            yield number


if __name__ == "__main__":
    main()
