"""Tables of other ways in: registered paper forms, keys that hold one voice across ways, and entries to check again.

Nothing here says how anybody answered: a paper form's serial and its rating are joined by no column.
"""

from datetime import date
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.store.base import Base, Tenant
from portal.store.base import words as one_of
from portal.store.types import BigId


class EntryKind(StrEnum):
    """How somebody was heard who did not use a phone page."""

    PAPER = "paper"  # 纸质评价单
    PHONE = "phone"  # 电话访问
    DOOR = "door"  # 入户访问


class CheckResult(StrEnum):
    """What a second person found of an entry."""

    AGREES = "agrees"  # 一致
    DIFFERS = "differs"  # 不一致
    NOT_FOUND = "not_found"  # 找不到


class PaperForm(Tenant, Base):
    """纸质评价单: a printed form with its own serial, which may be typed in once."""

    __tablename__ = "paper_form"
    __table_args__ = (
        UniqueConstraint("serial"),
        Index(None, "township_id", "village_id", "printed_on"),
        CheckConstraint("length(serial) = 8", name="serial_has_8_characters"),
        CheckConstraint("used_on IS NULL OR used_on >= printed_on", name="used_after_printed"),
    )

    village_id: Mapped[int] = mapped_column(ForeignKey("village.id"))
    serial: Mapped[str] = mapped_column(String(8))
    batch: Mapped[int] = mapped_column(BigId)
    printed_on: Mapped[date]
    used_on: Mapped[date | None]


class VoiceKey(Tenant, Base):
    """A key (a paper form's serial, a telephone number; keyed with the quarter's secret) left with a voice."""

    __tablename__ = "voice_key"
    __table_args__ = (UniqueConstraint("township_id", "key", "voice"),)

    key: Mapped[str] = mapped_column(String(43))
    voice: Mapped[str] = mapped_column(String(43))


class EntryCheck(Tenant, Base):
    """An entry drawn by lot for a second person. `sealed` is the serial, number or door, encrypted until checked.

    `digest` tells whether the second typing agrees with the first and can't be read back once `sealed` is gone.
    """

    __tablename__ = "entry_check"
    __table_args__ = (
        Index(None, "township_id", "entered_on"),
        CheckConstraint("(checked_on IS NULL) = (result IS NULL)", name="checked_with_a_result"),
        CheckConstraint("result IS NULL OR sealed IS NULL", name="forgotten_once_checked"),
        CheckConstraint("checked_by_id IS NULL OR checked_by_id <> entered_by_id", name="two_accounts"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    village_id: Mapped[int] = mapped_column(ForeignKey("village.id"))
    kind: Mapped[EntryKind] = mapped_column(one_of(EntryKind, "kind_is_known"))
    sealed: Mapped[str | None] = mapped_column(Text)
    digest: Mapped[str | None] = mapped_column(String(43))
    entered_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    entered_on: Mapped[date]
    checked_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    checked_on: Mapped[date | None]
    result: Mapped[CheckResult | None] = mapped_column(one_of(CheckResult, "result_is_known"))
