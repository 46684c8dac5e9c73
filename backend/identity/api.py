"""/api/laurel/v1/session: the text to sign, signing in and out, and who is signed in."""

from typing import Any

from flask import Blueprint, Response, jsonify, request

from backend.identity import challenges, sessions
from backend.identity.keys import keys_json, live_key
from backend.site.address_limits import count_use
from backend.site.api import API
from backend.site.database import session
from backend.site.node import current_node
from backend.site.now import present
from backend.site.problems import Problem
from backend.site.request_bodies import hex_bytes, members
from backend.site.security import SESSION_COOKIE

bp = Blueprint("session", __name__, url_prefix=f"{API}/session")


@bp.post("/challenge")
def challenge() -> dict[str, str]:
    """{"address": a key's} -> {"id", "message": the text to sign}.

    Problems: 400 `bad_address`, 429 `rate_limited`, and those of `members`.
    """
    node = current_node()
    (address,) = members("address")
    count_use("sign-in")
    site = challenges.Signer(request.host, request.host_url.rstrip("/"), node.deployment.chain_id)
    found, message = challenges.issue(node.engine, address, site)
    return {"id": found, "message": message}


@bp.post("")
def sign_in() -> Response:
    """{"id": the challenge's, "signature": 0x-hex} -> {"account", "handle"}, with the session's cookie.

    Problems: 403 `unknown_key`, 429 `rate_limited`, and those of `members`, `hex_bytes` and `redeem`.
    """
    engine = current_node().engine
    found, signature = members("id", "signature")
    count_use("sign-in")
    address = challenges.redeem(engine, found, hex_bytes("signature", signature))
    live = live_key(session(), address, present().time)
    if live is None:
        detail = f"{address} is not a key of any account here, or it was revoked or has expired."
        raise Problem(403, "unknown_key", detail)
    account = live[1]
    response = jsonify(account=account.id, handle=account.handle)
    response.set_cookie(
        SESSION_COOKIE,
        sessions.open_session(engine, account.id, address),
        max_age=sessions.SESSION_SECONDS,
        httponly=True,
        secure=request.is_secure,
        samesite="Lax",
    )
    return response


@bp.delete("")
def sign_out() -> Response:
    secret = request.cookies.get(SESSION_COOKIE)
    if secret:
        sessions.close(current_node().engine, secret)
    response = jsonify(account=None)
    response.delete_cookie(SESSION_COOKIE, httponly=True, secure=request.is_secure, samesite="Lax")
    return response


@bp.get("")
def who() -> dict[str, Any]:
    """Who is signed in, by which key, and all keys of the account; {"account": null} for nobody."""
    now = present().time
    person = sessions.signed_in(now)
    if person is None:
        return {"account": None}
    return {
        "account": person.account,
        "handle": person.handle,
        "address": person.address,
        "keys": keys_json(session(), person.account, now),
    }
