"""The room's blueprint: whoever may see the office's pages; printing, typing and checking ask for more."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint

from portal.core.rights import Right
from portal.store.papers import EntryKind
from portal.web import guards

pages = Blueprint("papers", __name__, url_prefix="/admin")
guards.protect(pages, Right.SEE_OFFICE)

KINDS: Mapping[EntryKind, str] = {
    EntryKind.PAPER: "纸质评价单",
    EntryKind.PHONE: "电话访问",
    EntryKind.DOOR: "入户访问",
}
