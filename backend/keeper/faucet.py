"""The local chain's faucet: stake for every account that was made through this relay, once."""

import logging
import time

from eth_account import Account
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from backend.chain.connection import Chain
from backend.keeper.tables import FaucetGrant
from backend.relay import slots
from backend.relay.intake import enqueue
from backend.relay.settings import RelaySettings
from backend.relay.tables import EXPIRED, INCLUDED, SKIPPED, RelayTicket
from indexer.actions import (
    KINDS,
    Signed,
    decode,
    encode,
    message,
    secp256k1_address,
    sign_secp256k1,
)
from indexer.database import writing

log = logging.getLogger("laurel.faucet")

REGISTER, POWER_UP = KINDS["Register"], KINDS["PowerUp"]
DEADLINE_SECONDS = 1800
AGAIN_SECONDS = 30.0  # between attempts after a grant that failed


class Faucet:
    """Queues a PowerUp by the account `faucet`.

    Its nonce is the grantee's number, so that the chain itself refuses a second grant.
    """

    def __init__(self, engine: Engine, chain: Chain, settings: RelaySettings) -> None:
        self._engine = engine
        self._chain = chain
        self._settings = settings
        self._again = float("-inf")  # time.monotonic()

    def step(self) -> None:
        """Grants what is due. Does nothing on a public chain, or while there is no faucet."""
        path = self._settings.faucet_key_file
        if not self._chain.local or not path.exists():
            return
        with Session(self._engine) as session:
            registered = self._registered(session)
            failed = self._failed(session) if time.monotonic() >= self._again else []
        if not registered and not failed:
            return
        key = bytes(Account.from_key(path.read_text().strip()).key)
        faucet = slots.account_of_key(self._chain, secp256k1_address(key))
        if faucet == 0:
            return
        for ticket in registered:
            handle = str(decode(REGISTER, ticket.action)["handle"])
            (account,) = self._chain.view("accountOf", handle.encode().ljust(32, b"\0"))
            if account not in (0, faucet):
                self._grant(key, faucet, account, ticket.seq)
        for grant in failed:
            log.warning("the grant to account %s failed: trying again", grant.account)
            self._grant(key, faucet, grant.account, grant.register)
            self._again = time.monotonic() + AGAIN_SECONDS

    def _registered(self, session: Session) -> list[RelayTicket]:
        return list(
            session.scalars(
                select(RelayTicket)
                .outerjoin(FaucetGrant, FaucetGrant.register == RelayTicket.seq)
                .where(RelayTicket.kind == REGISTER.number, RelayTicket.state == INCLUDED)
                .where(FaucetGrant.register.is_(None))
                .order_by(RelayTicket.seq)
                .limit(self._settings.batch_items)
            )
        )

    def _failed(self, session: Session) -> list[FaucetGrant]:
        return list(
            session.scalars(
                select(FaucetGrant)
                .join(RelayTicket, RelayTicket.id == FaucetGrant.ticket)
                .where(RelayTicket.state.in_((SKIPPED, EXPIRED)))
            )
        )

    def _grant(self, key: bytes, faucet: int, account: int, register: int) -> None:
        fields = {
            "account": faucet,
            "to": account,
            "amount": self._settings.faucet_grant,
            "nonce": account,
            "deadline": self._chain.now() + DEADLINE_SECONDS,
        }
        action = encode(POWER_UP, fields)
        signature = sign_secp256k1(key, message(self._chain.domain, POWER_UP, action))
        with writing(self._engine) as connection, Session(connection) as session:
            ticket = enqueue(
                connection,
                Signed(POWER_UP.number, action, signature),
                account=faucet,
                address="faucet",
                slot=slots.slot_of(POWER_UP, fields),
                deadline=slots.deadline_of(POWER_UP, fields),
            )
            session.merge(FaucetGrant(register=register, account=account, ticket=ticket.id))
            session.commit()
