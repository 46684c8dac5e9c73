"""Uses of each address and account, counted for limits. Times are the wall clock's seconds."""

from sqlalchemy import Float, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from backend.site.database import NodeBase


class RelayUse(NodeBase):
    """One use of something limited. `bucket`: its limit's name, and whose it is, such as `account:7`."""

    __tablename__ = "relay_uses"
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    bucket: Mapped[str] = mapped_column(String(80))
    at: Mapped[float] = mapped_column(Float)

    __table_args__ = (Index("ix_relay_uses_bucket_at", "bucket", "at"),)
