"""What this node is: for people, for programs, for crawlers."""

from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Blueprint, Response, render_template
from werkzeug.exceptions import NotFound

from backend.relay.settings import RelaySettings
from backend.relay.sponsor.settings import SponsorSettings
from backend.site.api import API
from backend.site.database import session
from backend.site.node import current_node
from backend.site.now import present
from backend.steem.pages.queries import exists
from indexer.protocol.kinds import SIGNING

bp = Blueprint("about", __name__)


@bp.get("/about")
def about_page() -> str:
    node = current_node()
    return render_template(
        "about.html",
        node=node,
        sponsoring=node.settings_of(SponsorSettings).says,
        replayed=exists(session()),
    )


@bp.get("/robots.txt")
def robots() -> Response:
    return Response("User-agent: *\nDisallow: /api/\n", content_type="text/plain; charset=utf-8")


@bp.get("/.well-known/security.txt")
def security_txt() -> Response:
    """security.txt (RFC 9116): where to report a vulnerability or content; 404 if LAUREL_CONTACT is not set.

    It expires 30 days after the request, as each answer is made anew.
    """
    contact = current_node().site.contact
    if contact is None:
        raise NotFound
    expires = datetime.now(UTC).replace(microsecond=0) + timedelta(days=30)
    lines = f"Contact: {contact}\nExpires: {expires.isoformat().replace('+00:00', 'Z')}\n"
    return Response(lines, content_type="text/plain; charset=utf-8")


@bp.get(f"{API}/chain")
def chain() -> dict[str, Any]:
    """The contracts, the chain's clock and the settings that a client needs.

    Times are seconds of the chain's clock; `latest` is the latest block's time, which a vote signs.
    """
    node = current_node()
    deployment = node.deployment
    now = present()
    relay = node.settings_of(RelaySettings)
    return {
        "chainId": deployment.chain_id,
        "core": deployment.core,
        "graph": deployment.graph,
        "token": deployment.token,
        "day": deployment.day,
        "time": now.time,
        "latest": node.clock.latest(),
        "block": now.block,
        "rpc": node.public_rpc,
        "faucet": deployment.local and relay.faucet_key_file.exists(),
        "local": deployment.local,
        "join": node.settings_of(SponsorSettings).join,
        "actions": SIGNING,
    }
