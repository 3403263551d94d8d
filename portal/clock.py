"""The clock, handed in wherever time matters: an aware moment in UTC, turned into Asia/Shanghai at the edge."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

Clock = Callable[[], datetime]
SHANGHAI = ZoneInfo("Asia/Shanghai")


def system_clock() -> datetime:
    return datetime.now(UTC)


def local(moment: datetime) -> datetime:
    """The naive wall time in Asia/Shanghai."""
    return moment.astimezone(SHANGHAI).replace(tzinfo=None)


def local_day(moment: datetime) -> date:
    return local(moment).date()


def moment_of(wall: datetime) -> datetime:
    """The aware moment of a naive wall time in Asia/Shanghai."""
    return wall.replace(tzinfo=SHANGHAI)
