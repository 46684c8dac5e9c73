"""The settings: names that nobody reads, and values that do not go together."""

import re
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from functools import cache
from typing import TypeVar
from urllib.parse import urlsplit

from backend.operator.doctor.findings import Finding, Findings, Setup, ok, problem, warning
from backend.relay.settings import RelaySettings
from backend.relay.sponsor.settings import SponsorSettings
from backend.site.settings import SiteSettings
from indexer.errors import LaurelError
from indexer.settings import ROOT, Settings

T = TypeVar("T")

PREFIX = "LAUREL_"
SCRIPTS = ("LAUREL_BACKUPS_KEPT", "LAUREL_LONG")
"""Names that only scripts or the tests read."""
_QUOTED = re.compile(r'"(LAUREL_[A-Z_]+)"')


@cache
def known_names() -> frozenset[str]:
    """Every name that our own source asks the environment for."""
    files = [path for room in ("backend", "indexer") for path in (ROOT / room).rglob("*.py")]
    return frozenset(SCRIPTS).union(*(_QUOTED.findall(path.read_text()) for path in files))


def unknown(env: Mapping[str, str]) -> Findings:
    """LAUREL_ names that nothing here reads, each with the name that is most likely meant."""
    ours = sorted(name for name in env if name.startswith(PREFIX))
    strange = [name for name in ours if name not in known_names()]
    bare = [name.removeprefix(PREFIX) for name in known_names()]
    for name in strange:
        close = get_close_matches(name.removeprefix(PREFIX), bare, 1)
        meant = f" Is {PREFIX}{close[0]} meant?" if close else " Take it out."
        yield problem(f"Nothing reads {name}.{meant}")
    if not strange:
        yield ok(f"Every LAUREL_ name that is set is one that is read ({len(ours)}).")


def setup(env: Mapping[str, str], url: str | None = None) -> Setup | list[Finding]:
    """What the environment describes, or a problem for each group of settings that cannot be read.

    url: where the public finds the site (default: by LAUREL_HOSTS).
    """
    settings = _read(lambda: Settings.from_env(env))
    if isinstance(settings, Finding):
        return [settings]
    site = _read(lambda: SiteSettings.from_env(env))
    relay = _read(lambda: RelaySettings.from_env(settings.home, env))
    sponsor = _read(lambda: SponsorSettings.from_env(env))
    if isinstance(site, Finding) or isinstance(relay, Finding) or isinstance(sponsor, Finding):
        return [made for made in (site, relay, sponsor) if isinstance(made, Finding)]
    return Setup(env, settings, site, relay, url or site.url)


def _read(make: Callable[[], T]) -> T | Finding:
    try:
        return make()
    except (LaurelError, ValueError, ArithmeticError) as error:
        return problem(f"A setting cannot be read: {error}")


def conflicts(setup: Setup) -> Findings:
    """Settings that are each valid and contradict each other."""
    found = list(_conflicts(setup))
    names = ", ".join(sorted(setup.site.hosts))
    yield from found or [
        ok(f"The settings go together: {setup.settings.home}, a site by the name of {names}.")
    ]


def _conflicts(setup: Setup) -> Findings:
    settings, site = setup.settings, setup.site
    if setup.url and not site.proxies:
        yield problem(
            f"The site is reached at {setup.url}, and LAUREL_TRUSTED_PROXIES is 0: all visitors behind the "
            "proxy count as one, and limits shut everybody out. Set it to the number of proxies (1)."
        )
    if not setup.url and site.proxies:
        yield warning(
            "LAUREL_TRUSTED_PROXIES is set and LAUREL_HOSTS names this machine alone: put the site's domain "
            "into LAUREL_HOSTS."
        )
    if site.read_database and site.read_database == settings.database:
        yield warning("LAUREL_READ_DATABASE is LAUREL_DATABASE: it does nothing. Take it out.")
    if site.read_database and site.read_database.startswith("sqlite"):
        yield problem(
            "LAUREL_READ_DATABASE is a file: only a replica of PostgreSQL is of use there."
        )
    if settings.sources and not settings.fetchers:
        yield warning(
            "LAUREL_SOURCES is set and LAUREL_FETCHERS is 0: documents come only while `laurel content fetch` runs."
        )
    if setup.url and site.rpc and _is_here(site.rpc):
        yield problem(
            f"LAUREL_PUBLIC_RPC is {site.rpc}, which is each visitor's own machine. Set a public one, or none."
        )
    if settings.metrics and settings.metrics.startswith("0.0.0.0"):
        yield warning(
            f"LAUREL_METRICS is {settings.metrics}: anybody whom the firewall lets in can read it. Say the "
            "port alone to serve this machine."
        )


def _is_here(url: str) -> bool:
    return urlsplit(url).hostname in ("localhost", "127.0.0.1", "::1", "0.0.0.0")
