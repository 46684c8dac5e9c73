"""Accounts and their keys."""

from sqlalchemy import BigInteger, Integer, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from indexer.schema.base import Base, Wei


class Account(Base):
    """An account with its slots as the chain has them: `own` to `index` are StakeState.sol's, `effective` to
    `key_epoch` AccountState.sol's, `delegated` to `due_at` Away.sol's."""

    __tablename__ = "accounts"
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    handle: Mapped[str] = mapped_column(String(16), unique=True)
    registered_at: Mapped[int] = mapped_column(BigInteger)
    balance: Mapped[int] = mapped_column(Wei)
    own: Mapped[int] = mapped_column(BigInteger)
    accrued: Mapped[int] = mapped_column(BigInteger)  # of the stakers' emission, at `index`
    index: Mapped[int] = mapped_column(Wei)  # 2^64 times micro-vests per micro-vest
    effective: Mapped[int] = mapped_column(BigInteger)
    mana: Mapped[int] = mapped_column(BigInteger)
    down_mana: Mapped[int] = mapped_column(BigInteger)
    updated_at: Mapped[int] = mapped_column(BigInteger)
    key_epoch: Mapped[int] = mapped_column(Integer)  # keys of an older epoch are void
    delegated: Mapped[int] = mapped_column(BigInteger)
    returning: Mapped[int] = mapped_column("returning", BigInteger, quote=True)  # an SQL word
    return_at: Mapped[int] = mapped_column(BigInteger)
    leaving: Mapped[int] = mapped_column(BigInteger)  # powering down
    part: Mapped[int] = mapped_column(BigInteger)  # of `leaving`, with each release
    due_at: Mapped[int] = mapped_column(BigInteger)  # the next release
    recovery: Mapped[int] = mapped_column(BigInteger)  # account that may restore this one; 0: none
    next_recovery: Mapped[int] = mapped_column(BigInteger)  # account that may from `recovery_at` on
    recovery_at: Mapped[int] = mapped_column(BigInteger)  # 0: no change was asked for
    request_owner: Mapped[str | None] = mapped_column(String(42))  # key that is to become owner
    request_ready_at: Mapped[int] = mapped_column(BigInteger)  # 0: nothing was asked for
    posts: Mapped[int] = mapped_column(Integer)  # posts and comments, without those removed
    profile: Mapped[bytes | None] = mapped_column(LargeBinary(32))  # digest of its document


class Key(Base):
    """A key that was ever added. It is live while `revoked_at` is 0, `expiry` is 0 or to come, and `epoch`
    is its account's `key_epoch`."""

    __tablename__ = "keys"
    address: Mapped[str] = mapped_column(String(42), primary_key=True)
    account: Mapped[int] = mapped_column(BigInteger, index=True)
    role: Mapped[int] = mapped_column(Integer)  # 1 posting, 2 active, 3 owner
    expiry: Mapped[int] = mapped_column(BigInteger)  # 0 = never
    epoch: Mapped[int] = mapped_column(Integer)
    revoked_at: Mapped[int] = mapped_column(BigInteger)  # 0 = not revoked
    added_at: Mapped[int] = mapped_column(BigInteger)

    @property
    def revoked(self) -> bool:
        return self.revoked_at != 0
