"""The local chain's faucet: it gives stake, once, to every account that was made through this relay."""

import logging
import time
from dataclasses import dataclass, field

from eth_account import Account
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from backend.chain.connection import Chain
from backend.chain.pool import open_days
from backend.relay.intake.parse import Action, account_of_key
from backend.relay.intake.submit import enqueue
from backend.relay.keeping.tables import FaucetGrant
from backend.relay.settings import RelaySettings
from backend.relay.tables import EXPIRED, INCLUDED, SKIPPED, RelayTicket
from indexer.mirror.database import writing
from indexer.protocol.actions import Signed, decode, encode, secp256k1_address, sign_secp256k1
from indexer.protocol.kinds import KINDS
from indexer.rewards import MOST_OPEN_DAYS

log = logging.getLogger("laurel.faucet")

REGISTER, POWER_UP = KINDS["Register"], KINDS["PowerUp"]
DEADLINE_SECONDS = 1800
AGAIN_SECONDS = 30.0  # between attempts after a grant that failed


@dataclass
class Faucet:
    """Queues a PowerUp by the account `faucet` for each new account.

    Its nonce is the grantee's number, so that the chain itself refuses a second grant.
    """

    engine: Engine
    chain: Chain
    settings: RelaySettings
    _again: float = field(default=float("-inf"), init=False)  # time.monotonic()

    def step(self) -> None:
        """Grants what is due. Does nothing on a public chain, while there is no faucet, or while more days
        are open than a change of stake closes by itself."""
        path = self.settings.faucet_key_file
        if not self.chain.deployment.local or not path.exists():
            return
        with Session(self.engine) as session:
            registered = self._registered(session)
            failed = self._failed(session) if time.monotonic() >= self._again else []
        if not (registered or failed) or open_days(self.chain) > MOST_OPEN_DAYS:
            return
        key = bytes(Account.from_key(path.read_text().strip()).key)
        faucet = account_of_key(self.chain, secp256k1_address(key))
        if faucet == 0:
            return
        for ticket in registered:
            handle = str(decode(REGISTER, ticket.action)["handle"])
            word = handle.encode().ljust(32, b"\0")
            (account,) = self.chain.view("accountOf(bytes32)", word)
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
                .limit(self.settings.batch_items)
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
            "amount": self.settings.faucet_grant,
            "nonce": account,
            "deadline": self.chain.now() + DEADLINE_SECONDS,
        }
        words = encode(POWER_UP, fields)
        signature = sign_secp256k1(key, self.chain.message(POWER_UP, words))
        signed = Signed(POWER_UP.number, words, signature)
        with writing(self.engine) as connection, Session(connection) as session:
            ticket = enqueue(
                connection,
                signed,
                Action(POWER_UP, fields, secp256k1_address(key), faucet),
                "faucet",
            )
            session.merge(FaucetGrant(register=register, account=account, ticket=ticket.id))
            session.commit()
