"""Where a link in a body may lead, and whether its text pretends to lead elsewhere.

Browsers read far more as a URL than RFC 3986 does (`https:evil.example`, backslashes, tabs inside
the scheme …), so only URLs that both read alike are accepted, and they are written anew.
"""

import re
from dataclasses import dataclass
from ipaddress import AddressValueError, IPv4Address, IPv6Address
from unicodedata import category, normalize
from urllib.parse import quote

import httpx

from indexer.content.cid import BadCid, cid_of, parse

MAX_URL = 2048
"""Characters; a longer one is no link."""

_HTTP = re.compile(r"(https?)://([^/?#]+)([/?#].*)?", re.IGNORECASE | re.DOTALL)
_AUTHORITY = re.compile(r"(\[[0-9a-f:.]+\]|[^:\[\]@%]+)(?::([0-9]{1,5}))?", re.IGNORECASE)
_HOST = re.compile(r"[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*\.?")
_MAILTO = re.compile(r"mailto:[A-Za-z0-9._+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+", re.IGNORECASE)
_UNSAFE = re.compile(r"[\x00-\x20\x7f-\xa0\\]")
# What a reader takes for a site's name: words joined by dots, and the path that belongs to it.
_NAME = re.compile(r"([\w-]+(?:[.\u3002][\w-]+)+)(?:[/?#]\S*)?")


@dataclass(frozen=True, slots=True)
class Target:
    """A link that is safe to write: `href` in ASCII; `host` is None for mail and for files of this site."""

    href: str
    host: str | None


def target(url: str) -> Target | None:
    """Where `url` leads, or None if no link may lead there.

    Allowed are http and https with a plain host, mailto with an address alone, and `ipfs://` with a
    CID, which becomes `/ipfs/<cid>` on this site.
    """
    url = url.strip(" ")
    if len(url) > MAX_URL:
        return None
    if (ours := local(url)) is not None:
        return Target(ours, None)
    if _MAILTO.fullmatch(url):
        return Target("mailto:" + url[7:], None)
    found = _HTTP.fullmatch(url)
    if (
        found is None
        or _UNSAFE.search(found[2])
        or _UNSAFE.search((found[3] or "").replace(" ", ""))
    ):
        return None
    authority = _AUTHORITY.fullmatch(found[2])
    host = _ascii_host(authority[1]) if authority else None
    if authority is None or host is None:
        return None
    port = f":{int(authority[2])}" if authority[2] else ""
    rest = quote(found[3] or "/", safe="/?#[]@!$&'()*+,;=%:~-._|")
    return Target(f"{found[1].lower()}://{host}{port}{rest}", host)


def local(url: str) -> str | None:
    """`/ipfs/<cid>` if `url` is exactly that, or `ipfs://<cid>`, with the CID of a block or file. Else None."""
    for prefix in ("ipfs://", "/ipfs/"):
        if url.startswith(prefix):
            try:
                codec, digest = parse(url.removeprefix(prefix))
                return "/ipfs/" + cid_of(digest, codec)
            except BadCid:
                return None
    return None


def misleads(text: str, host: str) -> bool:
    """Whether a reader of the link's `text` should be shown its `host` as well.

    True if the host is written in punycode (a browser may show look-alike letters), or if the text
    holds what looks like the name of another site.
    """
    if "xn--" in host:
        return True
    visible = "".join(letter for letter in text if category(letter) != "Cf")
    own = host.removeprefix("www.").rstrip(".")
    for found in _NAME.finditer(normalize("NFKC", visible).lower()):
        name = found[1].replace("\u3002", ".").removeprefix("www.").rstrip(".")
        labels = name.split(".")
        is_number = labels[-1].isdigit() and len(labels) != 4  # 3.5 and 1.2.3 are no hosts
        if name != own and not is_number:
            return True
    return False


def _ascii_host(host: str) -> str | None:
    """The host as DNS is asked for it, in lower case; None if browsers might read another."""
    try:
        if host.startswith("["):
            return f"[{IPv6Address(host[1:-1]).compressed}]"
        found = httpx.URL(f"http://{host}/").raw_host.decode().lower()
        if not _HOST.fullmatch(found):
            return None
        last = found.rstrip(".").rsplit(".", 1)[-1]
        if last.isdigit() or last.startswith("0x"):  # 127.1 and 0x7f000001 are addresses too
            IPv4Address(found)
    except (httpx.InvalidURL, AddressValueError, ValueError):
        return None
    return found
