"""The mirror's own state: its last block, its writer, and what rolling back needs."""

from typing import Any

from sqlalchemy import JSON, BigInteger, Float, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from indexer.schema.base import Base


class Cursor(Base):
    """One row: the last block applied, and the chain it belongs to."""

    __tablename__ = "cursor"
    id: Mapped[int] = mapped_column(primary_key=True)  # always 1
    chain_id: Mapped[int] = mapped_column(BigInteger)
    core: Mapped[str] = mapped_column(String(42))
    block: Mapped[int] = mapped_column(BigInteger)
    hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    timestamp: Mapped[int] = mapped_column(BigInteger)


class Writer(Base):
    """One row: who holds the right to write the mirror, until when (wall-clock seconds)."""

    __tablename__ = "writer"
    id: Mapped[int] = mapped_column(primary_key=True)  # always 1
    owner: Mapped[str] = mapped_column(String(64))
    until: Mapped[float] = mapped_column(Float)


class Block(Base):
    """Hashes of the latest blocks, to find where a reorganised chain parts from the mirror."""

    __tablename__ = "blocks"
    number: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    timestamp: Mapped[int] = mapped_column(BigInteger)


class Undo(Base):
    """A row as it was before `block` (`old` null: there was none), while the block may be reorganised."""

    __tablename__ = "undo"
    block: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    table: Mapped[str] = mapped_column(String(32), primary_key=True)
    key: Mapped[str] = mapped_column(Text, primary_key=True)
    old: Mapped[Any] = mapped_column(JSON, nullable=True)
