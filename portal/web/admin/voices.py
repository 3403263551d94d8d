"""The ways in which residents are heard, side by side: what each is for and what it needs today."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, render_template, url_for

from portal.actions.editions import edition_on
from portal.clock import local_day
from portal.core import form
from portal.core.rights import Right
from portal.store import posters, voices
from portal.web import guards, unit

pages = Blueprint("voices", __name__, url_prefix="/admin")
guards.protect(pages, Right.SEE_OFFICE)


@dataclass(frozen=True, slots=True)
class Card:
    """A room that the hub leads to: its name, what it is for, and what needs somebody there ('' for nothing)."""

    endpoint: str
    title: str
    what: str
    needs: str

    @property
    def address(self) -> str:
        return url_for(self.endpoint)


@pages.get("/voices")
def index() -> str:
    """How are residents heard, and where am I needed?"""
    township = guards.township()
    return render_template("admin/voices/index.html", township=township, cards=_cards(township.id))


def _cards(township_id: int) -> list[Card]:
    session, today = unit.session(), local_day(unit.now())
    quiet = posters.quiet(session, township_id, today)
    checks = voices.checks_waiting(session, township_id)
    own = edition_on(session, township_id, today).key != form.STANDARD.key
    shown = voices.improvements_shown(session, township_id)
    return [
        Card(
            "posters.listed",
            "海报",
            "每个村社一张，扫码就能评。在这里打印、换新，看有没有人扫。",
            f"{quiet} 个村社的海报 14 天没有人扫，请去看看。" if quiet else "",
        ),
        Card(
            "papers.index",
            "纸质评价单与访问",
            "给不用手机的人：印评价单、录入，记电话访问和入户访问。",
            f"有 {checks} 份要请第二个人抽查。" if checks else "",
        ),
        Card(
            "editions.page",
            "问卷",
            "群众扫码以后看到的问题。"
            + ("现在用的是本乡镇自己定的。" if own else "现在用的是标准问卷，不用设置。"),
            "",
        ),
        Card(
            "improvements.index",
            "你说我办",
            "群众提了什么、办成了什么，给村里人看。",
            "" if shown else "还没有公布过。办成了事，请写一条给大家看。",
        ),
    ]
