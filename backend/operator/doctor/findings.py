"""What a check is given and what it says."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from backend.relay.settings import RelaySettings
from backend.site.settings import SiteSettings
from indexer.settings import Settings

PATIENCE = 5.0
"""Seconds to wait for an answer."""


class Level(StrEnum):
    """How bad a finding is. OK: nothing to do. WARNING: to be looked at some day. PROBLEM: something does not work."""

    OK = "ok"
    WARNING = "warning"
    PROBLEM = "problem"


@dataclass(frozen=True)
class Finding:
    """A sentence about one thing. Unless all is OK, it says what to do."""

    level: Level
    says: str


Findings = Iterator[Finding]


@dataclass(frozen=True)
class Setup:
    """A node as its environment describes it. `url`: where the public finds its site, or None."""

    env: Mapping[str, str]
    settings: Settings
    site: SiteSettings
    relay: RelaySettings
    url: str | None


def ok(says: str) -> Finding:
    return Finding(Level.OK, says)


def warning(says: str) -> Finding:
    return Finding(Level.WARNING, says)


def problem(says: str) -> Finding:
    return Finding(Level.PROBLEM, says)
