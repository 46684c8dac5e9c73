"""`laurel settings`: what can be set in the environment, as a table in docs/settings.md.

The docstrings of the settings' dataclasses are the source: an attribute is one setting if it reads
`field: meaning (NAME[, form]; default …; read by …). More.`
"""

import re
from dataclasses import dataclass
from inspect import getdoc

import click

from backend.relay.settings import RelaySettings
from backend.relay.sponsor.settings import SponsorSettings
from backend.site.settings import SiteSettings
from indexer.settings import ROOT, Settings

PAGE = ROOT / "docs" / "settings.md"
ROOMS = {
    "The node": Settings,
    "The site": SiteSettings,
    "The relay and the keeper": RelaySettings,
    "For whom this node pays": SponsorSettings,
}
NAME = r"LAUREL_[A-Z_]+|IPFS_API"


@dataclass(frozen=True)
class Setting:
    """One variable of the environment. `default` is Markdown: if all of it is in backquotes, it is a value that can
    be set. `readers`: who reads it, in the order of the docstring."""

    name: str
    default: str
    readers: str
    meaning: str


SCRIPTS = (
    Setting(
        "LAUREL_BACKUPS", "none", "backup, doctor", "Folder for backups; each is a folder in it."
    ),
    Setting("LAUREL_BACKUPS_KEPT", "`7`", "backup", "How many backups are kept."),
    Setting(
        "LAUREL_DB_PASSWORD",
        "none",
        "compose.yml",
        "Password of the database that runs beside the node's containers.",
    ),
    Setting(
        "LAUREL_CHAIN_BEGAN",
        "now",
        "hardhat.config.js",
        "First moment of Hardhat's local chain, Unix seconds. `laurel up --chain hardhat` sets it.",
    ),
    Setting(
        "LAUREL_LONG",
        "none",
        "tests",
        "Any text: property tests and simulations at full count. `make test-long` sets it.",
    ),
)
"""Settings that are read outside `indexer` and `backend`, or without a dataclass."""

_ATTRIBUTE = re.compile(r"^(?=[a-z_]+: )", re.MULTILINE)
_SETTING = re.compile(
    rf"[a-z_]+: (?P<meaning>.*?) \((?P<name>{NAME})(?:, (?P<form>[^;]+))?; default (?P<default>[^;]+); "
    r"read by (?P<readers>[a-z, ]+)\)\.(?P<more>.*)"
)
_HEAD = """\
# Settings

Made by `laurel settings` from the docstrings of the settings' classes. All settings are variables of the
environment, read when a process starts; `laurel doctor` says what is wrong with those that are set, and names those
that nobody reads. [operating.md](operating.md) has more on the ones that an operator decides about.

*Read by* names commands of `laurel`: `index`, `relay` and `site` are the processes of a node; *all* stands for these
and every command that needs the node. `laurel up` hands its own settings to what it starts, and `laurel doctor` looks
at all of them.
"""
_TABLE = """
| variable | default | read by | meaning |
|---|---|---|---|
"""


@click.command()
def settings() -> None:
    """Write docs/settings.md."""
    PAGE.write_text(markdown())
    click.echo(f"{PAGE}: {len(described())} settings.")


def markdown() -> str:
    """The page: a table for each of ROOMS, and one for SCRIPTS."""
    parts = [(title, of_class(each)) for title, each in ROOMS.items()]
    parts.append(("Scripts, containers and tests", list(SCRIPTS)))
    tables = (f"\n## {title}\n{_TABLE}{''.join(map(_row, found))}" for title, found in parts)
    return _HEAD + "".join(tables)


def described() -> list[Setting]:
    """All settings, in the page's order."""
    return [found for each in ROOMS.values() for found in of_class(each)] + list(SCRIPTS)


def of_class(kind: type) -> list[Setting]:
    """The settings that a dataclass' docstring describes. Raises ValueError if it describes one in another form."""
    paragraphs = _ATTRIBUTE.split(getdoc(kind) or "")[1:]
    return [_setting(" ".join(text.split())) for text in paragraphs]


def _setting(text: str) -> Setting:
    match = _SETTING.fullmatch(text)
    if match is None:
        raise ValueError(f"This is not `field: meaning (NAME; default …; read by …).`: {text}")
    form = f", {match['form']}" if match["form"] else ""
    meaning = match["meaning"][0].upper() + match["meaning"][1:] + form + "." + match["more"]
    return Setting(match["name"], match["default"], match["readers"], meaning)


def _row(setting: Setting) -> str:
    return f"| `{setting.name}` | {setting.default} | {setting.readers} | {setting.meaning} |\n"
