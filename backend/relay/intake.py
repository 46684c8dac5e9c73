"""Taking signed actions in: all that can be known before paying is checked here."""

import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, Row, insert, select

from backend.chain.connection import Chain, Reverted
from backend.chain.errors import BY_CODE, reason_of
from backend.problems import Problem
from backend.relay import slots
from backend.relay.limits import take
from backend.relay.settings import Limit
from backend.relay.tables import CLAIM, LIVE, QUEUED, RelayStatus, RelayTicket
from indexer.actions import (
    KINDS_BY_NUMBER,
    BadSignature,
    Kind,
    MalformedAction,
    Signed,
    decode,
    message,
    signer_of,
)
from indexer.database import writing

MAX_SIGNATURE = 128


@dataclass(frozen=True)
class Accepted:
    """A ticket's id, and the state in which it is."""

    id: str
    state: str


def submit(
    engine: Engine, chain: Chain, limits: Mapping[str, Limit], signed: Signed, address: str
) -> Accepted:
    """Checks a signed action and queues it. What is on its way already gets its ticket again.

    address: the client's, for the limits. Raises Problem (chain/errors.py has the codes of the
    chain's refusals) and ChainUnreachable.
    """
    with engine.begin() as connection:
        _check_relayer(connection)
    with writing(engine) as connection:
        take(connection, f"attempt:{address}", limits["attempt"])
    kind, fields, signer = read(chain, signed)
    slot = slots.slot_of(kind, fields)
    with engine.begin() as connection:
        if same := _same(connection, slot, signed, kind):
            return same
    _try(engine, chain, signed, fields, signer)
    account = fields.get("account")
    with writing(engine) as connection:
        if same := _same(connection, slot, signed, kind):
            return same
        if account is None:
            take(connection, f"register:{address}", limits["register"])
            take(connection, "newcomers", limits["newcomers"])
        else:
            take(connection, f"account:{account}", limits["account"])
        take(connection, "all", limits["all"])
        return enqueue(
            connection,
            signed,
            account=account,
            address=address,
            slot=slot,
            deadline=slots.deadline_of(kind, fields),
        )


def submit_claim(
    engine: Engine, limits: Mapping[str, Limit], account: int, address: str
) -> Accepted:
    """Queues the payout of all that an account has earned and not claimed. Raises Problem."""
    slot = f"claim:{account}"
    with writing(engine) as connection:
        _check_relayer(connection)
        if same := live(connection, slot):
            return Accepted(same.id, same.state)
        take(connection, f"claim:{address}", limits["claim"])
        take(connection, "all", limits["all"])
        nothing = Signed(CLAIM, b"", b"")
        return enqueue(connection, nothing, account=account, address=address, slot=slot, deadline=0)


def enqueue(
    connection: Connection,
    signed: Signed,
    *,
    account: int | None,
    address: str,
    slot: str,
    deadline: int,
) -> Accepted:
    """Puts an action into the queue, unchecked."""
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


def read(chain: Chain, signed: Signed) -> tuple[Kind, dict[str, Any], str]:
    """Kind, fields and signer of an action, by its bytes alone.

    Raises Problem: unknown_kind, malformed_action, bad_signature.
    """
    kind = KINDS_BY_NUMBER.get(signed.kind)
    if kind is None:
        known = ", ".join(f"{number} {k.name}" for number, k in KINDS_BY_NUMBER.items())
        raise Problem(400, "unknown_kind", f"No such kind of action. There are: {known}.")
    try:
        fields = decode(kind, signed.action)
        if len(signed.action) > kind.size + MAX_SIGNATURE:
            raise MalformedAction(f"{kind.name}: {len(signed.action)} bytes are too many")
        signer = signer_of(message(chain.domain, kind, signed.action), signed.signature)
    except MalformedAction as error:
        raise Problem(400, "malformed_action", f"{error}.") from error
    except BadSignature as error:
        raise Problem(400, "bad_signature", str(error)) from error
    if fields.get("ownerKey", signer) != signer:
        raise Problem(400, "bad_signature", _foreign(chain, fields["ownerKey"]))
    return kind, fields, signer


def _try(
    engine: Engine, chain: Chain, signed: Signed, fields: Mapping[str, Any], signer: str
) -> None:
    """Asks the chain what it would say. What waits for something that is on its way passes."""
    try:
        chain.perform(signed)
    except Reverted as reverted:
        reason = reason_of(reverted.data)
        if awaited := slots.awaited_slot(reason.code, fields):
            with engine.begin() as connection:
                if live(connection, awaited):
                    return
        if reason.code == "unknown_key" and slots.account_of_key(chain, signer) == 0:
            raise Problem(400, "bad_signature", _foreign(chain, "a key of this account")) from None
        raise Problem(reason.status, reason.code, reason.sentence) from None


def _foreign(chain: Chain, whose: str) -> str:
    return (
        f"The signature is not by {whose}. It may have been made for other words, or for another "
        f"chain: this is chain {chain.deployment.chain_id}, core {chain.deployment.core}."
    )


def _check_relayer(connection: Connection) -> None:
    status = connection.execute(select(RelayStatus.address, RelayStatus.empty)).first()
    if status is not None and status.empty:
        raise Problem(
            503,
            "relayer_empty",
            f"This server's relayer ({status.address}) has run out of coin for gas. "
            "Try again later, or send the action from a wallet.",
            {"Retry-After": "60"},
        )


def live(connection: Connection, slot: str) -> Row[str, str, bytes] | None:
    """Id, state and action of the ticket on its way to a slot, if there is one."""
    found = select(RelayTicket.id, RelayTicket.state, RelayTicket.action).where(
        RelayTicket.slot == slot, RelayTicket.state.in_(LIVE)
    )
    return connection.execute(found.limit(1)).first()


def _same(connection: Connection, slot: str, signed: Signed, kind: Kind) -> Accepted | None:
    first = live(connection, slot)
    if first is None:
        return None
    if first.action[: kind.size] == signed.action[: kind.size]:
        return Accepted(first.id, first.state)
    code = {"Register": "handle_taken", "AddKey": "key_taken", "Vote": "stale_vote"}.get(
        kind.name, "already_used"
    )
    raise Problem(BY_CODE[code].status, code, BY_CODE[code].sentence)
