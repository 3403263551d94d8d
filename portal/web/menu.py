"""The staff's menu: what this actor may open, of what there is, and where the reader stands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flask import current_app, request, url_for

from portal.core.rights import Actor, Right, has_right
from portal.web import guards


@dataclass(frozen=True, slots=True)
class Entry:
    """A page that a menu may lead to; `blueprints` are the ones whose pages count as being there."""

    endpoint: str
    words: str
    right: Right | None
    blueprints: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Link:
    """An entry as it is shown. `current` is empty, "page" on the page itself, "true" on the pages beneath it."""

    words: str
    address: str
    current: str


ENTRIES = (
    Entry("cadres.score", "我的得分", Right.SEE_OWN_SCORE, ("cadres",)),
    Entry("overview.page", "总览", Right.SEE_OFFICE, ("overview", "setup")),
    Entry("admin.results", "考评结果", Right.SEE_ALL_SCORES, ("admin",)),
    Entry("cases.inbox", "诉求", Right.HANDLE_CASES, ("cases",)),
    Entry(
        "voices.index",
        "群众评价",
        Right.SEE_OFFICE,
        ("voices", "posters", "papers", "editions", "improvements"),
    ),
    Entry("people.index", "干部", Right.SEE_OFFICE, ("people",)),
    Entry("organisation.index", "村社与组团", Right.SEE_OFFICE, ("organisation",)),
    Entry("periods.index", "周期与方案", Right.SEE_OFFICE, ("periods", "plans")),
    Entry("imports.index", "导入", Right.SEE_OFFICE, ("imports",)),
    Entry("approvals.inbox", "待批", Right.SEE_OFFICE, ("approvals",)),
    Entry("ledger.index", "台账", Right.SEE_LEDGER, ("ledger",)),
    Entry("accounts.listed", "账号", Right.MANAGE_ACCOUNTS, ("accounts", "rights")),
    Entry("system.townships", "乡镇", Right.MANAGE_TOWNSHIPS, ("system",)),
    Entry("review.reports", "反映的压力", Right.READ_REPORTS, ("review",)),
    Entry("login.account", "账号设置", None, ("login",)),
)


ABOVE = (Right.MANAGE_TOWNSHIPS, Right.READ_REPORTS)  # of who belongs to no township


def links() -> list[Link]:
    """The menu of whoever is logged in; empty for nobody."""
    found = guards.actor()
    return [] if found is None else list(_links(found))


def _links(actor: Actor) -> Iterator[Link]:
    for entry in ENTRIES:
        if entry.endpoint in current_app.view_functions and _may(actor, entry.right):
            here = request.endpoint == entry.endpoint
            beneath = request.blueprint in entry.blueprints
            yield Link(entry.words, url_for(entry.endpoint), "page" if here else "true" if beneath else "")


def _may(actor: Actor, right: Right | None) -> bool:
    """Whether the page would open. A township's pages want a township, the own score wants a 工号."""
    if right is None:
        return True
    if right is Right.SEE_OWN_SCORE and actor.cadre is None:
        return False
    return has_right(actor, right) and (actor.township_id is not None or right in ABOVE)
