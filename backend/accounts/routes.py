"""The pages of an account: its wallet and keys; and those for signing in and recovering."""

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from backend.accounts import history, stake
from backend.accounts.rewards import waiting
from backend.identity.accounts import by_handle, guardian, mana, votes_cast
from backend.identity.keys import keys_json
from backend.identity.sessions import signed_in
from backend.site import paging
from backend.site.database import session
from backend.site.formats import lrl
from backend.site.node import current_node
from backend.site.now import present
from backend.site.paging import PageRequest
from indexer.rewards import REGENERATION_DAYS
from indexer.schema import Account

bp = Blueprint("accounts", __name__)

KINDS = {
    "deposit": "Deposit",
    "withdraw": "Withdrawal",
    "transfer-in": "Received",
    "transfer-out": "Sent",
    "power-up": "Power up",
    "power-down-release": "Power down",
    "author": "Author reward",
    "beneficiary": "Share of a reward",
    "curation": "Voter reward",
    "stake-reward": "Stake reward",
}
LOANS = PageRequest(50)
"""Delegations on a wallet's page, each way; the API has them all."""


@bp.get("/@<handle>/wallet")
def wallet(handle: str) -> str:
    account = by_handle(session(), handle)
    deployment = current_node().deployment
    now = present().time
    rows, cursor = history.entries(session(), account.id, paging.page_request())
    lent, more_lent = stake.loans(session(), account.id, LOANS, received=False)
    borrowed, more_borrowed = stake.loans(session(), account.id, LOANS, received=True)
    return render_template(
        "wallet.html",
        account=account,
        votes=votes_cast(session(), account.id),
        tab="wallet",
        free=stake.free(account),
        received=stake.received(account),
        plan=stake.parts(account, deployment.day),
        lent=lent,
        borrowed=borrowed,
        more_loans=more_lent or more_borrowed,
        mana=mana(account, now, deployment.day),
        full_at=full_at(account, deployment.day),
        waiting=waiting(session(), deployment, account),
        entries=rows,
        kinds=KINDS,
        signed=signed,
        cursor=cursor,
        paged="cursor" in request.args,
    )


@bp.get("/wallet")
def own_wallet() -> AnyResponse:
    person = signed_in(present().time)
    return redirect(f"/@{person.handle}/wallet" if person else "/signin")


@bp.get("/keys")
def own_keys() -> str:
    """The signed-in account's keys, and who may recover it; `account` is None if nobody is signed in."""
    now = present().time
    person = signed_in(now)
    if person is None:
        return render_template("keys.html", account=None)
    account = session().get_one(Account, person.account)
    return render_template(
        "keys.html",
        account=account,
        keys=keys_json(session(), account.id, now),
        guardian=guardian(session(), account, now),
    )


@bp.get("/<any(signin, recover):name>")
def entrance(name: str) -> str:
    return render_template(f"{name}.html")


def full_at(account: Account, day: int) -> int:
    """When an account's mana will be full, in the chain's seconds."""
    lacking = account.effective - account.mana
    if not lacking:
        return account.updated_at
    return account.updated_at + -(-lacking * REGENERATION_DAYS * day // account.effective)


def signed(wei: int) -> str:
    """Wei as LRL with a sign, plus or minus; an empty text for 0."""
    return "" if not wei else f"+{lrl(wei)}" if wei > 0 else lrl(wei)
