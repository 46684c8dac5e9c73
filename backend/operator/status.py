"""`laurel status`: the whole node on one screen, and what to do about what is wrong."""

import time
from contextlib import closing

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from sqlalchemy import Connection, func, inspect, select
from sqlalchemy.exc import DatabaseError

from backend.relay.relayers import AWAY_SECONDS, gwei, relayers
from backend.relay.sending.costs import actions_left, coin, money, recent
from backend.relay.settings import RelaySettings
from backend.relay.tables import LIVE, QUEUED, RelayCost, RelayTicket
from backend.site.formats import span
from indexer.chain.failover import Nodes
from indexer.chain.rpc import NodeUnreachable, RpcError, quantity
from indexer.monitoring import status as mirrored
from indexer.monitoring.status import Section
from indexer.rewards import ETHER, MOST_OPEN_DAYS
from indexer.schema import Cursor, Pool
from indexer.settings import Settings

LATE_SECONDS = 60.0  # for which an action may wait before that is a problem


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
    """Every section; if the database cannot be read, a section that says so instead of those read from it."""
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
                    relay(connection, settings, None if head is None else rpc),
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


def relay(connection: Connection, settings: Settings, rpc: Nodes | None) -> Section:
    """The relay's queue, the coin it has left (by `rpc`), and what it spent on an action lately."""
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
    if not tables.has_table(RelayCost.__tablename__):
        return section  # tables of an earlier release; `laurel relay` brings them up to date
    costs = recent(connection)
    found = relayers(connection)
    for relayer in found:
        left = actions_left(relayer.balance, costs)
        enough = "" if left is None else f", enough for about {left:,} actions"
        keeps = "; keeps" if relayer.keeps else ""
        section.line("relayer", f"{relayer.address}, {_coin(rpc, relayer.address)}{enough}{keeps}")
        if relayer.empty:
            section.problem(f"The relayer has run out of coin: send some to {relayer.address}.")
        if relayer.dear:
            section.problem(
                f"Gas costs {gwei(relayer.fee)} gwei, and LAUREL_MAX_FEE lets the relayer pay at most "
                f"{gwei(relayer.most or 0)}: actions wait. Wait too, or allow more and restart it."
            )
    if found and found[0].seen < time.time() - AWAY_SECONDS:
        section.problem(
            f"No relay was heard of for {span(int(time.time() - found[0].seen))}: start `laurel relay`."
        )
    price = RelaySettings.from_env(settings.home).coin_price
    for cost in costs:
        worth = money(cost.wei, price)
        each = f"{coin(cost.wei)} coin" + (f", {worth}" if worth else "")
        section.line("costs" if cost is costs[0] else "", f"{cost.what} {each} ({cost.actions:,})")
    return section


def _coin(rpc: Nodes | None, address: str) -> str:
    if rpc is None:
        return "balance unknown"
    try:
        return f"{quantity(rpc, 'eth_getBalance', address, 'latest') / ETHER:,.6f} coin"
    except (NodeUnreachable, RpcError) as error:
        return f"balance unknown: {error}"
