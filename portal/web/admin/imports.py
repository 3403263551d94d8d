"""Bringing a workbook in: looked at first, confirmed, undone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from urllib.parse import quote

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from portal import divisions
from portal.actions import import_undo, imports
from portal.actions.guard import NotAllowed, require
from portal.actions.import_work import ImportRefused
from portal.actions.proposals import ProposalRefused
from portal.clock import local_day
from portal.core.periods import NoSuchPeriod, PeriodDays, choose
from portal.core.rights import Actor, Right, has_right
from portal.files.faults import UnreadableFile
from portal.files.faulty_rows import faulty_rows, marked_workbook
from portal.files.pasted import Pasted, book_for, headers_of, kept_sheets, pasted_in, read_for, sheet_named
from portal.files.sheets import SHEETS
from portal.files.template_out import Filled, template_workbook
from portal.files.township_in import Reading
from portal.files.township_out import township_workbook
from portal.store import imports as stored
from portal.store import proposals, townships
from portal.store.book import book_of
from portal.store.office import ImportFile, ProposalState
from portal.web import guards, unit
from portal.web.admin import import_words
from portal.web.admin.import_forms import (
    LARGEST,
    LARGEST_PASTE,
    ConfirmForm,
    PasteForm,
    UndoForm,
    UploadForm,
)

pages = Blueprint("imports", __name__, url_prefix="/admin")
guards.protect(pages, Right.SEE_OFFICE)
imports.read_with(book_for)

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(slots=True)
class Looked:
    """A file as its page shows it: faults, or what it would change, or why neither can be told."""

    line: stored.ImportLine
    reading: Reading = field(default_factory=lambda: Reading(None, ()))
    preview: imports.Preview | None = None
    refusal: str = ""
    waiting: bool = False
    undo_waiting: bool = False


@pages.get("/import")
def index() -> str:
    """Everything that leads to an import, and every import there was."""
    return _index(UploadForm(), 200)[0]


@pages.post("/import")
@unit.large_body(LARGEST + 1_000_000)
def upload() -> tuple[str, int] | BaseResponse:
    """Put a workbook down; nothing else is saved."""
    actor = _importer()
    form = UploadForm()
    sent = form.file.data
    content = b""
    if sent and getattr(sent, "filename", ""):
        content = sent.read()
        sent.close()
    wrong = "" if content else "请选择填好的 .xlsx 工作簿。"
    if len(content) > LARGEST:
        wrong = f"文件太大，超过 {LARGEST // 1_000_000} MB：请只留下考评用的工作表，去掉图片，再上传。"
    if not wrong:
        wrong = _unreadable(content)
    if wrong:
        form.file.errors = [wrong]
        return _index(form, 422)
    file = imports.stage(unit.session(), actor, sent.filename, content, unit.now())
    return redirect(url_for(".show", file_id=file.id), 303)


@pages.get("/import/template.xlsx")
def template() -> Response:
    """The empty workbook, with what is known of the township already."""
    township = guards.township()
    period = _current_period()
    values: dict[str, str | date | None] = {
        "township": township.name,
        "township_code": township.code,
        "county": township.county,
    }
    if period is not None:
        values |= {"name": period.name, "first_day": period.span.first, "last_day": period.span.last}
    division = divisions.township(township.code)
    bare = division is not None and not townships.villages(unit.session(), township.id)
    places = [(place.code, place.name, place.kind) for place in division.places] if division and bare else []
    content = template_workbook(Filled(values, places))
    return _file(content, f"{township.name}考评工作簿模板.xlsx", XLSX)


@pages.get("/import/current.xlsx")
def current() -> Response:
    """The township as it stands now, as the workbook that would bring it there."""
    require(guards.known_actor(), Right.EXPORT_SCORES)
    township = guards.township()
    period = _current_period()
    if period is None:
        abort(404)
    content = township_workbook(book_of(unit.session(), township.id, period.id))
    name = f"{township.name}{period.name}考评工作簿_{local_day(unit.now())}.xlsx"
    return _file(content, name, XLSX)


@pages.get("/import/paste/<sheet>")
def paste(sheet: str) -> str | BaseResponse:
    """Rows of one sheet without a file."""
    _importer()
    return _paste_page(sheet, PasteForm(), 200)[0]


@pages.post("/import/paste/<sheet>")
@unit.large_body(LARGEST_PASTE)
def paste_rows(sheet: str) -> tuple[str, int] | BaseResponse:
    """Put pasted rows down to be looked at, like a workbook."""
    actor = _importer()
    form = PasteForm()
    with _looking() as looking:
        period = _current_period(looking)
        if sheet_named(sheet) is None:
            abort(404)
        if not form.validate() or period is None:
            return _paste_page(sheet, form, 422)
        township = townships.by_id(looking, _own(actor))
        row = imports.period_row(township, period)
    content = Pasted(sheet, row, form.cells.data).kept()
    wrong = _unreadable(content)
    if wrong:
        form.cells.errors = [wrong]
        return _paste_page(sheet, form, 422)
    file = imports.stage(unit.session(), actor, f"粘贴的{sheet}.txt", content, unit.now())
    return redirect(url_for(".show", file_id=file.id), 303)


@pages.get("/import/<int:file_id>")
def show(file_id: int) -> str:
    """What this file would do, or did."""
    return _page(file_id, 200)[0]


@pages.post("/import/<int:file_id>/confirm")
def confirm(file_id: int) -> tuple[str, int] | BaseResponse:
    """Carry out what was looked at; where it is for two persons, put it before the second one."""
    actor = _importer()
    form = ConfirmForm()
    with _looking() as looking:  # reading a workbook takes a while: nobody waits for it to write
        file = _own_file(looking, actor, file_id)
        book = _read(looking, file).book if file.confirmed_at is None else None
        done = file.confirmed_at is not None
    if done:
        return redirect(url_for(".show", file_id=file_id), 303)
    if book is None or not form.digest.data or not form.validate():
        return _page(file_id, 422, confirm_form=form, wrong="" if form.errors else "请先看预览，再确认。")
    asked = (unit.session(), actor, file_id, book, form.digest.data)
    try:
        imports.confirm(*asked, unit.now())
        return redirect(url_for(".show", file_id=file_id, done=1), 303)
    except imports.NeedsTwo:
        if not (form.reason.data or "").strip():
            form.reason.errors = ["请写明理由：批的人要知道为什么。"]
            return _page(file_id, 422, confirm_form=form)
    except imports.PreviewChanged:
        return _page(
            file_id,
            409,
            wrong="您看预览以后，别人改了数据，什么也没有导入。下面是新的预览，请再看一遍、再确认。",
        )
    except ImportRefused as refusal:
        return _page(file_id, 422, wrong=str(refusal))
    try:
        imports.propose_import(*asked, form.reason.data, unit.now())
    except ProposalRefused as refusal:
        return _page(file_id, 422, confirm_form=form, wrong=str(refusal))
    return redirect(url_for(".show", file_id=file_id, proposed=1), 303)


@pages.post("/import/<int:file_id>/undo")
def undo(file_id: int) -> tuple[str, int] | BaseResponse:
    """Take an import back by counter-entries; where it moves the own score, put that before a second person."""
    actor = _importer()
    form = UndoForm()
    with _looking() as looking:
        _own_file(looking, actor, file_id)
    if not form.validate():
        return _page(file_id, 422, undo_form=form)
    asked = (unit.session(), actor, file_id, form.reason.data, unit.now())
    try:
        import_undo.undo_import(*asked)
        return redirect(url_for(".show", file_id=file_id, undone=1), 303)
    except imports.NeedsTwo:
        pass
    except import_undo.CannotUndo as refusal:
        return _page(file_id, 422, undo_form=form, wrong=str(refusal), obstacles=refusal.obstacles)
    except ImportRefused as refusal:
        return _page(file_id, 422, undo_form=form, wrong=str(refusal))
    try:
        import_undo.propose_undo(*asked)
    except ProposalRefused as refusal:
        return _page(file_id, 422, undo_form=form, wrong=str(refusal))
    return redirect(url_for(".show", file_id=file_id, proposed=1), 303)


@pages.get("/import/<int:file_id>/original")
def original(file_id: int) -> Response:
    """The file as it came."""
    file = _own_file(unit.session(), guards.known_actor(), file_id)
    pasted = pasted_in(file.content)
    if pasted is not None:
        return _file(pasted.text.encode("utf-8-sig"), file.name, "text/plain; charset=utf-8")
    return _file(file.content, file.name, XLSX)


@pages.get("/import/<int:file_id>/<kind>.xlsx")
def faulty(file_id: int, kind: str) -> Response:
    """The whole workbook with its faulty cells marked, or the faulty rows alone."""
    writers = {"marked": (marked_workbook, "标好错的"), "faulty": (faulty_rows, "有错的行_")}
    file = _own_file(unit.session(), guards.known_actor(), file_id)
    if kind not in writers or file.confirmed_at is not None:
        abort(404)
    write, words = writers[kind]
    try:
        faults = _read(unit.session(), file).faults
        with kept_sheets(file.content) as sheets:
            content = write(sheets, faults)
    except UnreadableFile:
        abort(404)
    return _file(content, f"{words}{file.name.rsplit('.', 1)[0]}.xlsx", XLSX)


@contextmanager
def _looking() -> Iterator[Any]:
    """A session that reads; in a post an own one, so that looking takes no lock."""
    if request.method in unit.READING:
        yield unit.session()
        return
    with unit.fixtures().database.reading() as session:
        yield session


def _importer() -> Actor:
    actor = guards.known_actor()
    require(actor, Right.IMPORT)
    _own(actor)
    return actor


def _own(actor: Actor) -> int:
    if actor.township_id is None:
        raise NotAllowed(Right.SEE_OFFICE)
    return actor.township_id


def _own_file(session: Any, actor: Actor, file_id: int) -> ImportFile:
    file = stored.by_id(session, _own(actor), file_id)
    if file is None:
        abort(404)
    return file


def _read(session: Any, file: ImportFile) -> Reading:
    code = townships.by_id(session, file.township_id).code
    return read_for(file.content, code, imports.known_to(session, file.township_id))


def _unreadable(content: bytes) -> str:
    """Why nothing can be made of it at all, '' where something can."""
    try:
        with kept_sheets(content):
            return ""
    except UnreadableFile as refusal:
        return f"{refusal}。"


def _current_period(session: Any = None) -> PeriodDays | None:
    """The period of today, or the latest begun; else the first one there is."""
    found = townships.periods(session or unit.session(), _own(guards.known_actor()))
    try:
        return choose(found, None, None, local_day(unit.now()))[0]
    except NoSuchPeriod:
        return found[0] if found else None


def _index(form: UploadForm, status: int) -> tuple[str, int]:
    actor = guards.known_actor()
    with _looking() as session:
        township = townships.by_id(session, _own(actor))
        waiting = proposals.listed(session, township.id, ProposalState.WAITING)
        page = render_template(
            "admin/imports/index.html",
            township=township,
            form=form,
            lines=stored.listed(session, township.id),
            waiting={proposal.subject for proposal, _, _ in waiting if proposal.kind == imports.IMPORT.key},
            subject_of=imports.subject_of,
            has_period=bool(townships.periods(session, township.id)),
            sheets=[sheet.name for sheet in SHEETS],
            largest=LARGEST // 1_000_000,
        )
    return page, status


def _paste_page(name: str, form: PasteForm, status: int) -> tuple[str, int]:
    sheet = sheet_named(name)
    if sheet is None:
        abort(404)
    with _looking() as session:
        period = _current_period(session)
    page = render_template(
        "admin/imports/paste.html",
        sheet=name,
        form=form,
        period=period,
        headers=headers_of(sheet),
        sheets=[one.name for one in SHEETS],
    )
    return page, status


def _looked(session: Any, actor: Actor, file: ImportFile) -> Looked:
    line = stored.line(session, file)
    subject = imports.subject_of(file)
    found = Looked(
        line,
        waiting=proposals.waiting_on(session, file.township_id, imports.IMPORT.key, subject) is not None,
        undo_waiting=proposals.waiting_on(session, file.township_id, import_undo.UNDO.key, subject)
        is not None,
    )
    if file.confirmed_at is not None:
        return found
    try:
        found.reading = _read(session, file)
        if found.reading.book is not None:
            found.preview = imports.preview(session, actor, found.reading.book, unit.now())
    except UnreadableFile as refusal:
        found.refusal = f"{refusal}。"
    except ImportRefused as refusal:
        found.refusal = str(refusal)
    return found


def _page(file_id: int, status: int, **more: Any) -> tuple[str, int]:
    """The page of a file; after a refused post it is drawn anew from what stands now."""
    if request.method not in unit.READING:
        unit.undo()
    actor = guards.known_actor()
    with _looking() as session:
        file = _own_file(session, actor, file_id)
        looked = _looked(session, actor, file)
        preview = looked.preview
        sheets = import_words.by_sheet(preview.outcomes, preview.lines) if preview else []
        values: dict[str, Any] = {
            "file": file,
            "looked": looked,
            "sheets": sheets,
            "chosen": next((one for one in sheets if one.outcome.sheet == request.args.get("sheet")), None),
            "number": max(1, request.args.get("page", 1, type=int)),
            "own": import_words.own_rows(sheets),
            "faults": import_words.faults_by_sheet(looked.reading.faults, follows=False),
            "following": import_words.faults_by_sheet(looked.reading.faults, follows=True),
            "shown": import_words.SHOWN,
            "per_page": import_words.PER_PAGE,
            "pasted": pasted_in(file.content) is not None,
            "may_import": has_right(actor, Right.IMPORT),
            "undo_by_two": file.confirmed_at is not None
            and file.undone_at is None
            and import_undo.undo_needs_two(session, actor, file),
            "confirm_form": ConfirmForm(),
            "undo_form": UndoForm(),
            "wrong": "",
            "obstacles": (),
            **more,
        }
        return render_template("admin/imports/show.html", **values), status


def _file(content: bytes, name: str, mimetype: str) -> Response:
    ending = name.rsplit(".", 1)[-1]
    ascii_name = f"file.{ending}" if ending.isascii() and ending.isalnum() else "file"
    disposition = f"attachment; filename={ascii_name}; filename*=UTF-8''{quote(name, safe='')}"
    return Response(content, mimetype=mimetype, headers={"Content-Disposition": disposition})
