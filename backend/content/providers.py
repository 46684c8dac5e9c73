"""Who has a block, in the words of Delegated Routing: this node, as far as this node knows.

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

    Its ID has the form of a libp2p peer's, which clients insist on, but is the digest of the
    address: a node has no libp2p key, and nothing is signed with one.
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
