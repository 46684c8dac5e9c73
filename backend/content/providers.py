"""Provider records of Delegated Routing; the only provider that a node names is itself.

Source: https://specs.ipfs.tech/routing/http-routing-v1/.
"""

from ipaddress import IPv6Address, ip_address
from typing import Any
from urllib.parse import urlsplit

import base58

from indexer.content.cid import digest

_PORTS = {"http": 80, "https": 443}


def record(url: str) -> dict[str, Any]:
    """The node at `url` as a provider over HTTP.

    Clients insist on the ID of a libp2p peer. A node has no libp2p key and signs nothing with one, so its
    ID has that form, and is the digest of its URL.
    """
    return {
        "Schema": "peer",
        "ID": base58.b58encode(b"\x12\x20" + digest(url.encode())).decode(),
        "Addrs": [address(url)],
        "Protocols": ["transport-ipfs-gateway-http"],
    }


def address(url: str) -> str:
    """The origin of `url` as a multiaddress, such as `/dns/example.org/tcp/443/https`."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    try:
        kind = "ip6" if isinstance(ip_address(host), IPv6Address) else "ip4"
    except ValueError:
        kind = "dns"
    return f"/{kind}/{host}/tcp/{parts.port or _PORTS[parts.scheme]}/{parts.scheme}"
