"""How often a form may be sent: far more than a village meeting behind one address needs, far less than a machine can.

What wiped cookies can do is bounded by the weight of anonymous voices (scoring.md, mass 3); these limits keep the
server usable and the township's list of requests readable.
"""

from __future__ import annotations

from datetime import timedelta

from portal.web import limits
from portal.web.residents import visitors
from portal.web.residents.blueprint import Place

SHORTLY, A_DAY = timedelta(minutes=10), timedelta(days=1)
FORMS_OF_A_PHONE = 30
FORMS_OF_AN_ADDRESS, FORMS_OF_AN_ADDRESS_A_DAY = 300, 1000
REPLIES_OF_A_PHONE, REPLIES_OF_AN_ADDRESS = 5, 50
LATER = "现在提交的人太多，您的还没有交上。您选的都还在，请过几分钟再点一次“提交”。"
TOMORROW = "这里今天提交的太多，您的还没有交上。您选的都还在，请明天再点一次“提交”；有急事请打 12345。"
NO_MORE_REPLIES = "今天从这里要答复的太多，您的还没有交上。您选的都还在：不要答复的话，去掉“需要答复”再点“提交”；急着要办，请打 12345。"


class TooOften(limits.TooMany):
    """The form can't be taken in now; `words` tell the resident what to do."""

    def __init__(self, wait: timedelta, words: str) -> None:
        super().__init__(wait)
        self.words = words


def spend(place: Place, want_reply: bool) -> None:
    """Count a sent form of this phone and this address for the village. Raises TooOften."""
    phone, address = visitors.cookie_id(), limits.address()
    if want_reply:
        _spend("reply", place, phone, REPLIES_OF_A_PHONE, A_DAY, NO_MORE_REPLIES)
        _spend("reply from", place, address, REPLIES_OF_AN_ADDRESS, A_DAY, NO_MORE_REPLIES)
    _spend("form", place, phone, FORMS_OF_A_PHONE, SHORTLY, LATER)
    _spend("form from", place, address, FORMS_OF_AN_ADDRESS, SHORTLY, LATER)
    _spend("form of the day from", place, address, FORMS_OF_AN_ADDRESS_A_DAY, A_DAY, TOMORROW)


def _spend(what: str, place: Place, who: str | None, most: int, within: timedelta, words: str) -> None:
    try:
        limits.spend(what, None if who is None else f"{place.village.code} {who}", most, within)
    except limits.TooMany as refusal:
        raise TooOften(refusal.wait, words) from refusal
