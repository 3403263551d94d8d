"""How far a request has come, and which limit runs: plain facts that the resident's and the township's pages share."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

ERASE_AFTER = timedelta(days=30)  # a contact goes this long after the last finish


class Stage(StrEnum):
    """What a request waits for."""

    WAITING = "waiting"  # 等答复
    DOING = "doing"  # 办理中
    FINISHED = "finished"  # 办结，等群众反馈
    HEARD = "heard"  # 群众已反馈


@dataclass(frozen=True, slots=True)
class Progress:
    """The moments of one request, all naive or all aware; `heard` says whether its author has said what came of it."""

    opened_at: datetime
    answered_at: datetime | None
    finished_at: datetime | None
    reopened_at: datetime | None
    heard: bool

    @property
    def stage(self) -> Stage:
        if self.finished_at is not None:
            return Stage.HEARD if self.heard else Stage.FINISHED
        return Stage.WAITING if self.answered_at is None else Stage.DOING

    @property
    def finishes(self) -> int:
        """How often it was finished so far: 0, 1 or 2. A form carries it, to tell which finish its reader saw."""
        return (self.reopened_at is not None) + (self.finished_at is not None)

    def due(self, answer_hours: int, resolve_days: int) -> datetime | None:
        """When the limit that runs now ends: of the answer, then of the finish; None where nothing runs."""
        if self.stage is Stage.WAITING:
            return self.opened_at + timedelta(hours=answer_hours)
        return self.opened_at + timedelta(days=resolve_days) if self.stage is Stage.DOING else None


def masked(contact: str) -> str:
    """A telephone number as its author knows it again and nobody else can dial it: 138****1234."""
    if len(contact) >= 11:
        return f"{contact[:3]}****{contact[-4:]}"
    return f"{contact[:2]}****{contact[-2:]}" if len(contact) >= 7 else "****"


def reveals(words: str, contact: str) -> bool:
    """Whether the words hold the telephone number, however it is spaced."""
    number = "".join(c for c in contact if c.isdigit())
    return len(number) >= 7 and number in "".join(c for c in words if c.isdigit())
