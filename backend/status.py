"""`laurel status`: the whole node on one screen, and what to do about what is wrong."""

import time
from contextlib import closing

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from sqlalchemy import Connection, func, inspect, select
from sqlalchemy.exc import DatabaseError

from backend.relay.tables import LIVE, QUEUED, RelayStatus, RelayTicket
from indexer import status as mirrored
from indexer.nodes import Nodes
from indexer.rewards.pool import MOST_OPEN_DAYS
from indexer.rpc import NodeUnreachable, RpcError
from indexer.schema import Cursor, Pool
from indexer.settings import Settings
from indexer.status import Section

LATE_SECONDS = 60.0  # that something waits for the relay before somebody should look
ETHER = 10**18


@click.command()
def status() -> None:
    """Say how this node is, on one screen; exits with 1 if something needs you."""
    settings = Settings.from_env()
    sections = look(settings)
    console = Console()
    table = Table.grid(padding=(0, 2))
    for section in sections:
        for number, (label, value) in enumerate(section.lines):
            table.add_row("" if number else f"[bold]{section.title}[/]", label, escape(value))
    console.print(table)
    problems = [problem for section in sections for problem in section.problems]
    for problem in problems:
        console.print(f"[bold red]![/] {escape(problem)}", soft_wrap=True, highlight=False)
    if problems:
        raise SystemExit(1)
    console.print("All is well.")


def look(settings: Settings) -> list[Section]:
    """Every section; those of a database that cannot be read are left out."""
    with closing(Nodes(settings.rpcs, mirrored.PATIENCE)) as rpc:
        chain, head = mirrored.chain(rpc)
        try:
            with mirrored.reading(settings.database) as connection:
                return [
                    chain,
                    mirrored.database(connection, settings.database),
                    mirrored.mirror(connection, settings, head),
                    mirrored.contents(connection),
                    pool(connection, settings),
                    relay(connection, None if head is None else rpc),
                ]
        except (mirrored.NoDatabase, DatabaseError) as error:
            return [chain, mirrored.unusable(settings.database, error)]


def pool(connection: Connection, settings: Settings) -> Section:
    """The reward pool's days, by the mirror."""
    section = Section("Rewards")
    here = connection.scalar(select(Cursor.timestamp))
    first = connection.scalar(select(Pool.next_day))
    deployment = mirrored.deployment(settings, connection)
    if first is None or here is None or deployment is None:
        section.line("days", "none closed yet")
        return section
    over = max(here // deployment.day - first, 0)
    section.line("days", f"closed up to number {first - 1:,}; {over} over and still open")
    if over > MOST_OPEN_DAYS:
        section.problem(
            f"{over} days of the reward pool are over and not closed; from {MOST_OPEN_DAYS + 1} on, changes "
            "of stake are refused. See that `laurel relay` runs, which closes them."
        )
    return section


def relay(connection: Connection, rpc: Nodes | None) -> Section:
    """The relay's queue, and the coin it has left (by `rpc`)."""
    section = Section("Relay")
    tables = inspect(connection)
    if not tables.has_table(RelayTicket.__tablename__):
        section.line("queue", "never used here")
        return section
    counted = select(RelayTicket.state, func.count()).group_by(RelayTicket.state)
    states = dict.fromkeys(LIVE, 0) | dict(connection.execute(counted).all())
    section.line("queue", ", ".join(f"{number:,} {state}" for state, number in states.items()))
    oldest = connection.scalar(
        select(func.min(RelayTicket.created)).where(RelayTicket.state == QUEUED)
    )
    if oldest is not None and time.time() - oldest > LATE_SECONDS:
        section.problem(
            f"Somebody's action waits for {time.time() - oldest:,.0f} seconds to be sent: see that "
            "`laurel relay` runs, and what its log says."
        )
    purse = connection.execute(select(RelayStatus.address, RelayStatus.empty)).first()
    if purse is not None:
        section.line("relayer", f"{purse.address}, {_coin(rpc, purse.address)}")
        if purse.empty:
            section.problem(f"The relayer has run out of coin: send some to {purse.address}.")
    return section


def _coin(rpc: Nodes | None, address: str) -> str:
    if rpc is None:
        return "balance unknown"
    try:
        return f"{int(rpc.call(str, 'eth_getBalance', address, 'latest'), 16) / ETHER:,.6f} coin"
    except (NodeUnreachable, RpcError) as error:
        return f"balance unknown: {error}"
