"""The words for what a cadre's days are: why some don't count, and from or to where somebody was lent."""

from __future__ import annotations

from collections.abc import Mapping

from portal.store.organisation import AbsenceKind, Secondment

ABSENCES: Mapping[str, str] = {
    AbsenceKind.MATERNITY.value: "产假",
    AbsenceKind.SICK.value: "病假",
    AbsenceKind.LENT.value: "借调外出",
    AbsenceKind.POSTED_AWAY.value: "挂职外出",
    AbsenceKind.OTHER.value: "其他",
}
SECONDMENTS: Mapping[str, str] = {
    Secondment.BORROWED.value: "借调来",
    Secondment.POSTED.value: "挂职来",
}
