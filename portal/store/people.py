"""Tables of accounts, their roles and sessions. A user name is unique over all: log-in names no township."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.core.book import Role
from portal.store.base import Base, words
from portal.store.types import Instant


class Account(Base):
    """Somebody who logs in: of a township, of a county (`county_code`), or of the whole installation."""

    __tablename__ = "account"
    __table_args__ = (
        UniqueConstraint("username"),
        Index(None, "township_id", "cadre_id"),
        CheckConstraint("township_id IS NULL OR county_code IS NULL", name="one_scope"),
        CheckConstraint("cadre_id IS NULL OR township_id IS NOT NULL", name="cadre_has_township"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    township_id: Mapped[int | None] = mapped_column(ForeignKey("township.id"))
    county_code: Mapped[str | None] = mapped_column(String(6))
    cadre_id: Mapped[int | None] = mapped_column(ForeignKey("cadre.id"))
    username: Mapped[str] = mapped_column(String(80))
    password_hash: Mapped[str] = mapped_column(String(200))
    failures: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None] = mapped_column(Instant)
    roles: Mapped[list["AccountRole"]] = relationship(lazy="selectin", cascade="all, delete-orphan")


class AccountRole(Base):
    __tablename__ = "account_role"
    __table_args__ = (UniqueConstraint("account_id", "role"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    role: Mapped[Role] = mapped_column(words(Role, "role_is_known"))


class StaffSession(Base):
    """A log-in that lasts; only a digest of its token is kept, and logging out ends it for good."""

    __tablename__ = "staff_session"
    __table_args__ = (UniqueConstraint("token_digest"), Index(None, "account_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    token_digest: Mapped[str] = mapped_column(String(64))
    begun_at: Mapped[datetime] = mapped_column(Instant)
    ends_at: Mapped[datetime] = mapped_column(Instant)
