"""The relay over HTTP: signed actions, their tickets, and claims."""

from typing import Any

import msgspec
from flask import Blueprint
from sqlalchemy import select

from backend.chain.connection import connect_chain
from backend.chain.errors import BY_CODE, REFUSED
from backend.relay.intake.submit import Accepted, submit, submit_claim
from backend.relay.keeping.owed import is_owed, mirrored_block
from backend.relay.relayers import relayers, why_waiting
from backend.relay.settings import RelaySettings
from backend.relay.sponsor.admission import Shown
from backend.relay.sponsor.settings import SponsorSettings
from backend.relay.tables import QUEUED, RelayTicket, RelayTransaction
from backend.site.api import API
from backend.site.database import session
from backend.site.node import current_node
from backend.site.problems import Problem
from backend.site.request_bodies import exact_bytes
from backend.site.security import client_address
from indexer.protocol.actions import Signed
from indexer.schema import Account

Answer = tuple[dict[str, Any], int, dict[str, str]]
MAX_BODY = 8192  # bytes; the longest action, a vote of 50, takes 7,000

bp = Blueprint("relay", __name__, url_prefix=API)


class RelayRequest(msgspec.Struct, forbid_unknown_fields=True):
    """`action` and `signature` are 0x-hex. A Register carries an invitation's code, or `<task>.<nonce>` of a proof of
    work, where the server asks for that."""

    kind: int
    action: str
    signature: str
    invitation: str = ""
    work: str = ""


@bp.post("/relay")
def relay() -> Answer:
    """Takes one signed action; answers with a ticket."""
    data = exact_bytes(MAX_BODY, "too_large")
    try:
        body = msgspec.json.decode(data, type=RelayRequest)
        signed = Signed(body.kind, _hex(body.action), _hex(body.signature))
    except (msgspec.MsgspecError, ValueError) as error:
        raise Problem(
            400,
            "malformed_request",
            'The body is {"kind": number, "action": "0x…", "signature": "0x…"}: ' + f"{error}.",
        ) from error
    node = current_node()
    limits = node.settings_of(RelaySettings).limits
    sponsor = node.settings_of(SponsorSettings)
    chain = connect_chain(node.settings)
    shown = Shown(body.invitation, body.work)
    return _accepted(submit(node.engine, chain, limits, sponsor, signed, client_address(), shown))


@bp.get("/tickets/<ticket_id>")
def ticket(ticket_id: str) -> dict[str, Any]:
    """What has become of a ticket. `waits`: why it is not sent yet; `indexed`: whether pages show it already."""
    queue = session(fresh=True)
    found = queue.scalar(select(RelayTicket).where(RelayTicket.id == ticket_id))
    if found is None:
        raise Problem(404, "unknown_ticket", "There is no such ticket.")
    sent = queue.get(RelayTransaction, found.transaction) if found.transaction else None
    reason = BY_CODE.get(found.reason, REFUSED) if found.reason else None
    mirrored = found.block is not None and mirrored_block(session()) >= found.block
    waits = None
    if found.state == QUEUED:
        waits = why_waiting(relayers(queue.connection()))
    return {
        "id": found.id,
        "state": found.state,
        "waits": waits and waits[1],
        "deadline": found.deadline or None,
        "reason": found.reason,
        "detail": reason.sentence if reason else None,
        "tx": sent.hash if sent else None,
        "block": found.block,
        "indexed": mirrored,
    }


@bp.post("/accounts/<handle>/claim")
def claim(handle: str) -> Answer:
    """Settles an account's posts and claims its curation rewards, now. Anyone may ask."""
    account = session().scalar(select(Account.id).where(Account.handle == handle))
    if account is None:
        raise Problem(404, "unknown_account", f"There is no account @{handle}.")
    node = current_node()
    chain = connect_chain(node.settings)
    over = chain.now() // chain.day * chain.day
    if not is_owed(session(), account, over):
        raise Problem(409, "nothing_to_claim", f"There is nothing to claim for @{handle} yet.")
    limits = node.settings_of(RelaySettings).limits
    return _accepted(submit_claim(node.engine, limits, account, client_address()))


def _accepted(ticket: Accepted) -> Answer:
    answer = {"id": ticket.id, "state": ticket.state}
    if ticket.standing is None:
        return answer, 202, {}
    return answer | {"quota": ticket.standing.as_json()}, 202, ticket.standing.headers()


def _hex(text: str) -> bytes:
    if not text.startswith("0x"):
        raise ValueError("bytes are hex after 0x")
    return bytes.fromhex(text[2:])
