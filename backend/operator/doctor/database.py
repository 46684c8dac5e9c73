"""The database, its revision and settings, a replica, and what `laurel status` says of what is in it."""

from collections.abc import Mapping
from pathlib import Path

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, select, text
from sqlalchemy.exc import DatabaseError

from backend.operator.doctor.findings import Findings, Setup, ok, problem, warning
from backend.operator.status import look
from backend.site.database import MIGRATIONS as NODE
from indexer.mirror.database import MIGRATIONS as MIRROR
from indexer.mirror.database import refuse_later
from indexer.monitoring.status import NoDatabase, reading, shown, unusable
from indexer.schema import Cursor

LEAST_CONNECTIONS = 50
SECTIONS = ("Mirror", "Content", "Rewards", "Relay")


def database(setup: Setup) -> Findings:
    """Whether the database can be read, and has a revision that this program knows."""
    url = setup.settings.database
    try:
        with reading(url) as connection:
            refuse_later(connection, NODE, "node_version")
            versions = (MIRROR, "mirror_version"), (NODE, "node_version")
            if not all(_is_latest(connection, *version) for version in versions):
                yield warning(
                    f"The database {shown(url)} was made by an earlier Laurel: restart the node's processes, "
                    "which bring it up to date."
                )
            else:
                yield ok(f"The database {shown(url)} can be read, and is up to date.")
    except (NoDatabase, DatabaseError) as error:
        yield from (problem(sentence) for sentence in unusable(url, error).problems)


def _is_latest(connection: Connection, migrations: Path, version_table: str) -> bool:
    context = MigrationContext.configure(connection, opts={"version_table": version_table})
    return context.get_current_heads() == tuple(ScriptDirectory(str(migrations)).get_heads())


def postgresql(setup: Setup) -> Findings:
    """Settings of PostgreSQL that lose data or shut processes out."""
    if setup.settings.database.startswith("sqlite"):
        return
    try:
        with reading(setup.settings.database) as connection:
            yield from _settings(connection)
    except (NoDatabase, DatabaseError):
        return  # said already


def _settings(connection: Connection) -> Findings:
    rows = connection.execute(text("SELECT name, setting FROM pg_settings"))
    said = {str(name): str(value) for name, value in rows}
    found = [*_wrong(said)]
    may = "SELECT has_database_privilege(current_database(), 'CREATE')"
    if not connection.scalar(text(may)):
        found.append(
            warning(
                "This role may make no schema, which `laurel rebuild` needs: GRANT CREATE ON DATABASE to it."
            )
        )
    yield from found or [ok(f"PostgreSQL {said['server_version']} is set as it should be.")]


def _wrong(said: Mapping[str, str]) -> Findings:
    """What is wrong with PostgreSQL's settings."""
    for name in ("fsync", "full_page_writes"):
        if said[name] == "off":
            yield problem(
                f"PostgreSQL's {name} is off: a power cut can ruin the database. Switch it on, and reload."
            )
    if said["autovacuum"] == "off":
        yield problem(
            "PostgreSQL's autovacuum is off: the database grows without end. Switch it on."
        )
    if said["synchronous_commit"] == "off":
        yield warning(
            "PostgreSQL's synchronous_commit is off here: the relay may lose what it has accepted. Say it in "
            "the indexer's LAUREL_DATABASE alone."
        )
    if int(said["max_connections"]) < LEAST_CONNECTIONS:
        yield warning(
            f"PostgreSQL's max_connections is {said['max_connections']}: each process keeps up to 15. Set it "
            f"to {LEAST_CONNECTIONS} or more, and restart PostgreSQL."
        )
    if said["server_encoding"] != "UTF8":
        yield problem(
            f"The database's encoding is {said['server_encoding']}: make it anew with createdb --encoding=UTF8 "
            "--template=template0, and index again."
        )


def replica(setup: Setup) -> Findings:
    """Whether the replica, which pages read, follows the database that is written."""
    copy = setup.site.read_database
    if copy is None:
        return
    try:
        with reading(setup.settings.database) as connection:
            written = connection.scalar(select(Cursor.block)) or 0
        with reading(copy) as connection:
            shown_ = connection.scalar(select(Cursor.block)) or 0
    except (NoDatabase, DatabaseError) as error:
        yield from (problem(sentence) for sentence in unusable(copy, error).problems)
        return
    behind = written - shown_
    if behind > setup.settings.ready_blocks:
        yield problem(
            f"The replica {shown(copy)} is {behind:,} blocks behind: see pg_stat_replication, or take "
            "LAUREL_READ_DATABASE out."
        )
    else:
        yield ok(f"The replica {shown(copy)} follows.")


def contents(setup: Setup) -> Findings:
    """The problems that `laurel status` finds in what the database holds."""
    for section in look(setup.settings):
        if section.title in SECTIONS:
            for sentence in section.problems:
                yield problem(sentence)
            if not section.problems:
                lines = "; ".join(f"{label} {value}".strip() for label, value in section.lines)
                yield ok(f"{section.title}: {lines.rstrip('.')}.")
