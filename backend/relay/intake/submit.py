"""Accepts signed actions: checks all that can be known before gas is paid, then queues them."""

import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace

from sqlalchemy import Connection, Engine, Row, insert, select

from backend.chain.connection import NOBODY, Chain
from backend.chain.errors import BY_CODE, reason_of
from backend.chain.wire import Reverted
from backend.relay.intake import replay
from backend.relay.intake.parse import (
    Action,
    account_of_key,
    foreign,
    parse_signed,
    refusal,
    words_of,
)
from backend.relay.relayers import relayers
from backend.relay.sponsor import admission, quota
from backend.relay.sponsor.settings import SponsorSettings
from backend.relay.tables import CLAIM, LIVE, QUEUED, RelayTicket
from backend.site.problems import Problem
from backend.site.rate_limits import Limit, take
from indexer.mirror.database import writing
from indexer.protocol.actions import Signed

UNPAID = ("not_enough_tokens", "not_enough_allowance")


@dataclass(frozen=True)
class Accepted:
    """An accepted ticket: its id, its state, and its account's quota afterwards (None: no quota is set, the ticket
    is a registration's, or it was there already)."""

    id: str
    state: str
    standing: quota.Standing | None = None


def submit(
    engine: Engine,
    chain: Chain,
    limits: Mapping[str, Limit],
    sponsor: SponsorSettings,
    signed: Signed,
    address: str,
    shown: admission.Shown,
) -> Accepted:
    """Checks a signed action and queues it. An action that is queued or sent already gets its ticket again.

    address: the client's, for the limits; shown: invitation code or proof of work of a registration. Raises Problem
    (chain/errors.py has the codes of the chain's refusals) and ChainUnreachable.
    """
    with engine.begin() as connection:
        payer = _relayer(connection)
    with writing(engine) as connection:
        take(connection, f"attempt:{address}", limits["attempt"])
    action = parse_signed(chain, signed)
    with engine.begin() as connection:
        if same := _same(connection, signed, action):
            return same
        if action.account is None:
            admission.check(connection, sponsor, action.fields["handle"], shown)
    _try(engine, chain, signed, action, payer)
    with writing(engine) as connection:
        if same := _same(connection, signed, action):
            return same
        take(connection, "all", limits["all"], action.uses)
        if action.account is not None:
            take(connection, f"account:{action.account}", limits["account"], action.uses)
            ticket = enqueue(connection, signed, action, address)
            if sponsor.quota is None:
                return ticket
            standing = quota.spend(connection, sponsor.quota, action.account, signed)
            return replace(ticket, standing=standing)
        take(connection, f"register:{address}", limits["register"])
        take(connection, "newcomers", limits["newcomers"])
        ticket = enqueue(connection, signed, action, address)
        admission.admit(connection, sponsor, action.fields["handle"], shown, ticket.id)
        return ticket


def submit_claim(
    engine: Engine, limits: Mapping[str, Limit], account: int, address: str
) -> Accepted:
    """Queues the payout of all that an account has earned and not claimed. Raises Problem."""
    slot = f"claim:{account}"
    with writing(engine) as connection:
        _relayer(connection)
        if same := live(connection, slot):
            return Accepted(same.id, same.state)
        take(connection, f"claim:{address}", limits["claim"])
        take(connection, "all", limits["all"])
        nothing = Signed(CLAIM, b"", b"")
        return _put(connection, nothing, account, address, slot, 0)


def enqueue(connection: Connection, signed: Signed, action: Action, address: str) -> Accepted:
    """Puts an action into the queue, unchecked."""
    slot, deadline = replay.slot_of(action), replay.deadline_of(action)
    return _put(connection, signed, action.account, address, slot, deadline)


def _put(
    connection: Connection,
    signed: Signed,
    account: int | None,
    address: str,
    slot: str,
    deadline: int,
) -> Accepted:
    ticket = Accepted(secrets.token_urlsafe(16), QUEUED)
    connection.execute(
        insert(RelayTicket).values(
            id=ticket.id,
            kind=signed.kind,
            action=signed.action,
            signature=signed.signature,
            account=account,
            address=address,
            slot=slot,
            deadline=deadline,
            state=QUEUED,
            tries=0,
            created=time.time(),
        )
    )
    return ticket


def _try(engine: Engine, chain: Chain, signed: Signed, action: Action, payer: str) -> None:
    """Tries the action on the chain, without sending it. Raises Problem if it would be refused, unless the reason is
    something missing that is queued or sent."""
    try:
        chain.perform(signed, payer)
    except Reverted as reverted:
        reason = reason_of(reverted.data)
        awaited = replay.awaited_slots(reason.code, action.fields)
        with engine.begin() as connection:
            if any(live(connection, slot) for slot in awaited):
                return
        if action.account is None and reason.code in UNPAID:
            raise Problem(
                503,
                "no_handle_fee",
                f"This server's relayer ({payer}) does not pay the fee of a handle: it has too little LRL, or "
                "has not allowed the core to take it. Register from a wallet.",
            ) from None
        if reason.code == "unknown_key" and account_of_key(chain, action.signer) == 0:
            raise foreign(chain, action.kind, "a key of this account") from None
        raise refusal(reason) from None
    if replay.is_stale(chain, action):
        raise refusal(BY_CODE["stale_vote"])


def _relayer(connection: Connection) -> str:
    """The address of a relayer with coin, or NOBODY if none is known. Raises Problem if no known one has coin."""
    found = relayers(connection)
    paying = next((r for r in found if not r.empty), None)
    if found and paying is None:
        raise Problem(
            503,
            "relayer_empty",
            f"This server's relayer ({found[0].address}) has run out of coin for gas. "
            "Try again later, or send the action from a wallet.",
            {"Retry-After": "60"},
        )
    return NOBODY if paying is None else paying.address


def live(connection: Connection, slot: str) -> Row[str, str, bytes] | None:
    """Id, state and action of the ticket of a slot that is queued or sent, if there is one."""
    found = select(RelayTicket.id, RelayTicket.state, RelayTicket.action).where(
        RelayTicket.slot == slot, RelayTicket.state.in_(LIVE)
    )
    return connection.execute(found.limit(1)).first()


def _same(connection: Connection, signed: Signed, action: Action) -> Accepted | None:
    first = live(connection, replay.slot_of(action))
    if first is None:
        return None
    if words_of(action.kind, first.action) == words_of(action.kind, signed.action):
        return Accepted(first.id, first.state)
    raise refusal(BY_CODE[replay.TAKEN.get(action.kind.guard, "already_used")])
