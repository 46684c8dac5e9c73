"""Challenges and sessions. Times are the wall clock's seconds, as sessions are not the chain's."""

from sqlalchemy import BigInteger, Float, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from backend.site.database import NodeBase


class Challenge(NodeBase):
    """A text that somebody asked for, to be signed once before `until`."""

    __tablename__ = "challenges"
    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    address: Mapped[str] = mapped_column(String(42))
    message: Mapped[str] = mapped_column(Text)
    until: Mapped[float] = mapped_column(Float, index=True)


class SignedIn(NodeBase):
    """A session. `secret`: the sha-256 of the secret in the cookie. `address`: the key's."""

    __tablename__ = "sessions"
    secret: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    account: Mapped[int] = mapped_column(BigInteger, index=True)
    address: Mapped[str] = mapped_column(String(42))
    until: Mapped[float] = mapped_column(Float, index=True)
