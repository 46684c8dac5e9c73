"""`laurel invite`: links by which accounts can be made."""

import time

import click
from rich.console import Console
from rich.table import Table
from sqlalchemy import Engine

from backend.relay.sponsor import invitations
from backend.relay.sponsor.settings import SponsorSettings
from backend.site.database import migrate_node
from backend.site.formats import moment
from backend.site.settings import SiteSettings
from indexer.mirror.database import connect
from indexer.settings import Settings

LOCAL_SITE = "http://127.0.0.1:8000"  # of `make up`


@click.group(invoke_without_command=True)
@click.option("--uses", type=click.IntRange(1, 1_000_000), default=1, show_default=True)
@click.option("--days", type=click.FloatRange(0, 3650, True), default=30.0, show_default=True)
@click.option("--url", help="The site's address (default: that of the first name in LAUREL_HOSTS).")
@click.pass_context
def invite(context: click.Context, uses: int, days: float, url: str | None) -> None:
    """Print a link by which an account can be made, once or --uses times, within so many --days."""
    if context.invoked_subcommand:
        return
    code = invitations.invite(_engine(), uses, days)
    site = url or SiteSettings.from_env().url or LOCAL_SITE
    click.echo(f"{site.rstrip('/')}/join?invitation={code}")
    if (mode := SponsorSettings.from_env().join) != "invitation":
        click.echo(f"LAUREL_JOIN is {mode} here: nobody needs an invitation.", err=True)


@invite.command("list")
def list_command() -> None:
    """Show all invitations: how often each was used, and until when it can be."""
    now = time.time()
    table = Table("number", "used", "made", "ends", "")
    for found in invitations.listed(_engine().connect()):
        state = "open" if found.open(now) else "ended" if found.until <= now else "used up"
        made, ends = moment(int(found.created)), moment(int(found.until))
        table.add_row(str(found.id), f"{found.used} of {found.uses}", made, ends, state)
    Console().print(table)


@invite.command()
@click.argument("number", type=int)
def revoke(number: int) -> None:
    """End an invitation at once. Accounts that were made by it stay."""
    invitations.revoke(_engine(), number)
    click.echo(f"Nobody can use invitation {number} any more.")


def _engine() -> Engine:
    engine = connect(Settings.from_env().database)
    migrate_node(engine)
    return engine
