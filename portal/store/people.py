"""Tables of accounts, their roles and sessions. A user name is unique over all: log-in names no township."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.core.book import Role
from portal.store.base import Base, words
from portal.store.types import BigId, Instant


class Account(Base):
    """Somebody who logs in: of a township, of a county (`county_code`), or of the whole installation.

    A password with `one_time_until` came on a printed slip: it opens nothing but the page where it is changed, and
    nothing at all after that moment. `second_secret` is the shared secret of the TOTP device, encrypted; `second_step`
    the last time step whose code was used, so that none is used twice. A closed account logs in no more.
    """

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
    holder: Mapped[str] = mapped_column(Text, default="", server_default="")
    password_hash: Mapped[str] = mapped_column(String(200))
    one_time_until: Mapped[datetime | None] = mapped_column(Instant)
    second_secret: Mapped[str | None] = mapped_column(String(200))
    second_step: Mapped[int | None] = mapped_column(BigId)
    closed_at: Mapped[datetime | None] = mapped_column(Instant)
    failures: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None] = mapped_column(Instant)
    roles: Mapped[list["AccountRole"]] = relationship(
        lazy="selectin", cascade="all, delete-orphan", foreign_keys="AccountRole.account_id"
    )


class AccountRole(Base):
    """A role of an account; a deputy has it from `first_day` to `last_day` in somebody's place."""

    __tablename__ = "account_role"
    __table_args__ = (
        UniqueConstraint("account_id", "role"),
        CheckConstraint("stands_for_id IS NULL OR last_day IS NOT NULL", name="deputy_has_an_end"),
        CheckConstraint("last_day IS NULL OR first_day IS NOT NULL", name="end_has_a_start"),
        CheckConstraint("last_day IS NULL OR last_day >= first_day", name="ends_after_start"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    role: Mapped[Role] = mapped_column(words(Role, "role_is_known"))
    first_day: Mapped[date | None]
    last_day: Mapped[date | None]
    stands_for_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))

    def holds_on(self, day: date) -> bool:
        """Whether the account has the role on a day: always, but for a deputy."""
        return (self.first_day is None or self.first_day <= day) and not self.over(day)

    def over(self, day: date) -> bool:
        """Whether a deputy's time was over before a day."""
        return self.last_day is not None and self.last_day < day


class StaffSession(Base):
    """A log-in that lasts; only a digest of its token is kept, and logging out ends it for good.

    `second_passed` says that a TOTP code was given in it; `device` is in words, for its owner's list.
    """

    __tablename__ = "staff_session"
    __table_args__ = (UniqueConstraint("token_digest"), Index(None, "account_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    token_digest: Mapped[str] = mapped_column(String(64))
    begun_at: Mapped[datetime] = mapped_column(Instant)
    ends_at: Mapped[datetime] = mapped_column(Instant)
    device: Mapped[str] = mapped_column(String(80), default="", server_default="")
    second_passed: Mapped[bool] = mapped_column(default=False, server_default=false())
