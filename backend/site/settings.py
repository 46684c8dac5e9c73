"""How this node's site is reached, from the environment."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass

from indexer.errors import LaurelError

LOOPBACK = "localhost,127.0.0.1,[::1]"
_REACHED_BY = ("https://", "http://", "mailto:")


class BadProxies(LaurelError):
    """LAUREL_TRUSTED_PROXIES is not understood."""


class BadContact(LaurelError):
    """LAUREL_CONTACT is neither a mail address nor a URL."""


@dataclass(frozen=True)
class SiteSettings:
    """The site's names, proxies, replica and contact. docs/settings.md is made of this (`laurel settings`).

    hosts: names that the site answers to, without ports (LAUREL_HOSTS, comma-separated; default
        `localhost,127.0.0.1,[::1]`; read by site, invite). Sign-in texts and the check of origins rely on them.
    proxies: number of reverse proxies before the site, each of which appends to X-Forwarded-For and sets
        X-Forwarded-Proto (LAUREL_TRUSTED_PROXIES; default `0`; read by site). `0`: those headers are not believed.
    rpc: RPC URL that visitors' wallets are told (LAUREL_PUBLIC_RPC; default none, on a local chain LAUREL_RPC; read by
        site). The node's own may hold a secret.
    read_database: SQLAlchemy URL of a PostgreSQL replica that pages are read from (LAUREL_READ_DATABASE; default none;
        read by site). What has to be fresh is read from LAUREL_DATABASE, which takes all that is written.
    contact: mail address, or https:, http: or mailto: URL, at which whoever runs the site is reached (LAUREL_CONTACT;
        default none; read by site).
    """

    hosts: frozenset[str]
    proxies: int
    rpc: str | None
    read_database: str | None
    contact: str | None = None

    @classmethod
    def from_env(cls, env: Mapping[str, str] = os.environ) -> "SiteSettings":
        """The settings in the environment. Raises BadProxies, BadContact."""
        hosts = env.get("LAUREL_HOSTS") or LOOPBACK
        proxies = env.get("LAUREL_TRUSTED_PROXIES") or "0"
        if not proxies.isdecimal():
            raise BadProxies(
                f"LAUREL_TRUSTED_PROXIES is the number of proxies before the site, not {proxies!r}."
            )
        return cls(
            hosts=_names(hosts),
            proxies=int(proxies),
            rpc=env.get("LAUREL_PUBLIC_RPC") or None,
            read_database=env.get("LAUREL_READ_DATABASE") or None,
            contact=_contact(env.get("LAUREL_CONTACT", "").strip()),
        )

    @property
    def url(self) -> str | None:
        """The https address of the first of `hosts` that is not this machine's own."""
        names = sorted(self.hosts - _names(LOOPBACK))
        return f"https://{names[0]}" if names else None


def _names(hosts: str) -> frozenset[str]:
    return frozenset(host.strip().strip("[]").lower() for host in hosts.split(","))


def _contact(text: str) -> str | None:
    """The contact as a URL; None for an empty text. Raises BadContact."""
    if not text:
        return None
    url = text if ":" in text else f"mailto:{text}"
    whole = url.startswith(_REACHED_BY) and not re.search(r"\s", url)
    if not whole or (url.startswith("mailto:") and "@" not in url):
        raise BadContact(
            f"LAUREL_CONTACT is a mail address or an https: address at which you are reached, not {text!r}."
        )
    return url
