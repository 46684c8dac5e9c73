"""The page for making an account, the task where proof of work is asked for, and an account's quota."""

import time
from typing import Any

from flask import Blueprint, render_template, request
from sqlalchemy.exc import OperationalError

from backend.identity.accounts import by_handle
from backend.identity.sessions import signed_in
from backend.relay.sponsor import invitations, proof_of_work, quota
from backend.relay.sponsor.settings import SponsorSettings
from backend.site.address_limits import count_use
from backend.site.api import API
from backend.site.database import session
from backend.site.node import current_node
from backend.site.now import present
from backend.site.problems import Problem
from backend.site.request_bodies import members

bp = Blueprint("sponsor", __name__)


@bp.app_context_processor
def context() -> dict[str, Any]:
    """For every page: the quota of the signed-in account, as `quota`, or None. Nothing here may fail."""
    sponsor = current_node().settings_of(SponsorSettings)
    try:
        person = signed_in(present().time)
        if person and sponsor.quota:
            fresh = session(fresh=True)
            return {"quota": quota.standing(fresh, sponsor.quota, person.account)}
    except OperationalError:
        pass
    return {"quota": None}


@bp.get("/join")
def join() -> str:
    """The page for making an account; `invitation` in its address is a code."""
    sponsor = current_node().settings_of(SponsorSettings)
    code = request.args.get("invitation", "").strip()
    welcome = True
    if sponsor.join == "invitation":
        invitation = invitations.find(session(fresh=True), code)
        welcome = invitation is not None and invitation.open(time.time())
    return render_template("join.html", join=sponsor.join, code=code, welcome=welcome)


@bp.post(f"{API}/work")
def task() -> dict[str, Any]:
    """A task for registering `handle`: find a nonce (decimal digits) such that PBKDF2-HMAC-SHA-256 of it, with the
    salt `<id>:<handle>` and `rounds` rounds, begins with `bits` zero bits. Valid until `until` (wall-clock seconds)."""
    sponsor = current_node().settings_of(SponsorSettings)
    (handle,) = members("handle")
    if sponsor.join != "work":
        raise Problem(409, "no_work_needed", "This server asks for no work. Register without.")
    if not 3 <= len(handle) <= 16:
        raise Problem(400, "malformed_handle", "`handle` has 3 to 16 characters.")
    count_use("work")
    made = proof_of_work.issue(current_node().engine, handle, sponsor.work_bits)
    return {
        "id": made.id,
        "bits": made.bits,
        "rounds": proof_of_work.ROUNDS,
        "until": int(made.until),
    }


@bp.get(f"{API}/accounts/<handle>/quota")
def account_quota(handle: str) -> dict[str, Any]:
    """What this server still pays for an account, in gas; `quota` is null where it sets no bound."""
    account = by_handle(session(), handle)
    sponsor = current_node().settings_of(SponsorSettings)
    if sponsor.quota is None:
        return {"account": account.id, "quota": None}
    now = quota.standing(session(fresh=True), sponsor.quota, account.id)
    return {"account": account.id, "quota": now.as_json()}
