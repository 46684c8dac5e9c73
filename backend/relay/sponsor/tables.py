"""Invitations, proofs of work, and what accounts have used. Times are the wall clock's seconds."""

from sqlalchemy import BigInteger, Float, Integer, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from backend.site.database import NodeBase


class Invitation(NodeBase):
    """Lets `uses` accounts be made before `until`. `code`: the sha-256 of what the link holds."""

    __tablename__ = "invitations"
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    code: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    uses: Mapped[int] = mapped_column(Integer)
    created: Mapped[float] = mapped_column(Float)
    until: Mapped[float] = mapped_column(Float)


class Admission(NodeBase):
    """The invitation or the proof of work with which a registration's ticket was accepted.

    It counts as used as long as the ticket has not failed.
    """

    __tablename__ = "admissions"
    ticket: Mapped[str] = mapped_column(String(24), primary_key=True)
    invitation: Mapped[int | None] = mapped_column(Integer, index=True)
    work: Mapped[str | None] = mapped_column(String(32), index=True)


class Work(NodeBase):
    """A task for registering a handle, of `bits` leading zero bits, to be shown done before `until`."""

    __tablename__ = "works"
    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    handle: Mapped[str] = mapped_column(String(16))
    bits: Mapped[int] = mapped_column(Integer)
    until: Mapped[float] = mapped_column(Float, index=True)


class Used(NodeBase):
    """The gas that an account had used of its quota at the moment `at`; it comes back from then on."""

    __tablename__ = "quota_used"
    account: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    gas: Mapped[int] = mapped_column(BigInteger)
    at: Mapped[float] = mapped_column(Float)
