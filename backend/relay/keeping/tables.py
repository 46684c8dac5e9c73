"""The accounts to which the local chain's faucet has given stake."""

from sqlalchemy import BigInteger, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from backend.site.database import NodeBase


class FaucetGrant(NodeBase):
    """A grant: one for each account made through this relay. `ticket`: of the latest attempt."""

    __tablename__ = "faucet_grants"
    register: Mapped[int] = mapped_column(Integer, primary_key=True)  # seq of the Register ticket
    account: Mapped[int] = mapped_column(BigInteger)
    ticket: Mapped[str] = mapped_column(String(24))
