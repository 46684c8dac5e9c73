"""`laurel doctor`."""

import json
import os
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence

import click

from backend.operator.doctor import (
    backups,
    chain,
    content,
    database,
    environment,
    machine,
    public,
    relayer,
    services,
)
from backend.operator.doctor.findings import Finding, Findings, Level, Setup, problem
from indexer.errors import LaurelError

CHECKS: tuple[tuple[str, Callable[[Setup], Findings]], ...] = (
    ("settings", lambda setup: environment.unknown(setup.env)),
    ("settings", environment.conflicts),
    ("python", machine.python),
    ("packages", machine.packages),
    ("contracts", machine.compiled),
    ("disk", machine.disk),
    ("files", machine.permissions),
    ("chain", chain.nodes),
    ("chain", chain.agreement),
    ("chain", chain.websocket),
    ("clock", chain.clock),
    ("database", database.database),
    ("database", database.postgresql),
    ("replica", database.replica),
    ("status", database.contents),
    ("relayer", relayer.relayer),
    ("content", content.store),
    ("kubo", content.kubo),
    ("sources", content.sources),
    ("site", public.page),
    ("site", public.certificate),
    ("site", public.unencrypted),
    ("site", public.inside),
    ("site", public.gateway),
    ("contact", public.contact),
    ("backups", backups.backups),
    ("services", services.services),
)
"""The order matters: an earlier problem explains those that follow from it."""
_COLOURS = {Level.OK: "green", Level.WARNING: "yellow", Level.PROBLEM: "red"}


@click.command()
@click.argument("checks", nargs=-1, type=click.Choice(sorted({name for name, _ in CHECKS})))
@click.option("--url", help="Where the public finds the site (default: https and LAUREL_HOSTS).")
@click.option("--json", "as_json", is_flag=True, help="A JSON object a line, for programs.")
def doctor(checks: tuple[str, ...], url: str | None, as_json: bool) -> None:
    """Look at every part of this node, or at some; exits with 1 if something does not work. Changes nothing."""
    counted: Counter[Level] = Counter()
    for name, finding in examine(os.environ, url, checks):
        counted[finding.level] += 1
        if as_json:
            said = {"check": name, "level": finding.level, "says": finding.says}
            click.echo(json.dumps(said))
        else:
            level = click.style(f"{finding.level:8}", fg=_COLOURS[finding.level])
            click.echo(f"{level}{name:10}{finding.says}")
    if not as_json:
        problems, warnings = counted[Level.PROBLEM], counted[Level.WARNING]
        click.echo(f"Problems: {problems}, warnings: {warnings}.")
    if counted[Level.PROBLEM]:
        raise SystemExit(1)


def examine(
    env: Mapping[str, str], url: str | None = None, only: Sequence[str] = ()
) -> Iterator[tuple[str, Finding]]:
    """Every finding, with the name of its check. `url` as `doctor`'s; `only`: these checks, if any are named.

    If settings cannot be read, those are the only findings, since every check needs the settings.
    """
    setup = environment.setup(env, url)
    if not isinstance(setup, Setup):
        yield from (("settings", finding) for finding in [*environment.unknown(env), *setup])
        return
    for name, check in CHECKS:
        if only and name not in only:
            continue
        try:
            for finding in check(setup):
                yield name, finding
        except LaurelError as error:
            yield name, problem(str(error))
