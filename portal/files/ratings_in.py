"""ratings.csv as rows, or every fault in it with its line (workbook.md); read line by line, however long it is.

A row answers the form that the column 问卷 names, else the one that was in force on its day. A question that this form
doesn't have stays empty.
"""

from __future__ import annotations

import codecs
import csv
from collections.abc import Collection, Container, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from io import TextIOWrapper
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import BinaryIO, cast

from portal.core.book import Fault, RatingRow, Way
from portal.core.form import STANDARD, STANDARD_ALWAYS, Answers, Edition, InForce, title
from portal.core.form_catalogue import CATALOGUE
from portal.files.cells import NOT_EMPTY, Misread, as_code, as_time, as_word, blank, fold_word, one_of, tidy
from portal.files.faults import Faults, UnreadableFile
from portal.files.sheets import WAYS
from portal.files.text_cells import plain_text

RATINGS_FILE = "ratings.csv"
VILLAGE, RESPONDENT, WAY, TIME, COMMENT = "村社代码", "评价人", "渠道", "时间", "意见"
FORM = "问卷"
_NEEDED = (VILLAGE, RESPONDENT, WAY, TIME)
_MOST_FAULTS = 200
_LONGEST_LINE = 1_000_000
_PIECE = 1 << 20
_REMEMBERED = 20_000
_SAVE_AS = "请另存为“CSV UTF-8（逗号分隔）”再导入"


@dataclass(frozen=True, slots=True)
class RatingsReading:
    """What the file gave, in its order: no rows if there are faults."""

    rows: tuple[RatingRow, ...]
    faults: tuple[Fault, ...]


def read_ratings(
    source: Path | BinaryIO, villages: Container[str], forms: InForce = STANDARD_ALWAYS
) -> RatingsReading:
    """Read ratings.csv; `villages` are the codes that may stand in it, `forms` the township's.

    Raises UnreadableFile if it is no such file.
    """
    faults = Faults(_MOST_FAULTS)
    rows: list[RatingRow] = []
    with _text(source) as (lines, encoding):
        records = _records(lines, faults)
        header = next(records, (1, []))
        places = _places(header, forms, encoding, faults)
        if places is None:
            return RatingsReading((), faults.listed((RATINGS_FILE,)))
        reader = _Reader(villages, forms, places, header, faults)
        for line, record in records:
            row = reader.row(line, record)
            if row and not faults:
                rows.append(row)
    return RatingsReading(() if faults else tuple(rows), faults.listed((RATINGS_FILE,)))


@contextmanager
def _text(source: Path | BinaryIO) -> Iterator[tuple[Iterator[str], str]]:
    """The lines of the file, each with its end, and the encoding they were in."""
    with _seekable(source) as file:
        start = file.tell()
        encoding = _encoding(file)
        file.seek(start)
        text = TextIOWrapper(file, encoding, newline="")
        try:
            yield _lines(text), encoding
        finally:
            text.detach()


@contextmanager
def _seekable(source: Path | BinaryIO) -> Iterator[BinaryIO]:
    if not isinstance(source, Path) and source.seekable():
        yield source
        return
    if isinstance(source, Path):
        try:
            file: BinaryIO = source.open("rb")
        except FileNotFoundError as error:
            raise UnreadableFile(f"找不到文件 {source}") from error
        except OSError as error:
            raise UnreadableFile(f"文件 {source} 打不开：请检查它是不是文件、有没有读取权限") from error
    else:
        file = cast(BinaryIO, SpooledTemporaryFile(max_size=_PIECE))  # noqa: SIM115 - closed below
        while piece := source.read(_PIECE):
            file.write(piece)
        file.seek(0)
    with file:
        yield file


def _encoding(file: BinaryIO) -> str:
    """UTF-8 where the whole file is, else GB18030 where the whole file is: what Excel in China saves."""
    start = file.tell()
    head = file.read(8)
    if not head:
        raise UnreadableFile(f"文件是空的：要 {RATINGS_FILE}")
    if head.startswith((b"PK\x03\x04", bytes.fromhex("d0cf11e0"))):
        raise UnreadableFile(f"这是 Excel 工作簿，不是 CSV：{_SAVE_AS}")
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise UnreadableFile(f"这个文件是 UTF-16 编码：{_SAVE_AS}")
    for encoding in ("utf-8-sig", "gb18030"):
        file.seek(start)
        decoder = codecs.getincrementaldecoder(encoding)()
        try:
            while piece := file.read(_PIECE):
                decoder.decode(piece)
            decoder.decode(b"", True)
        except UnicodeDecodeError:
            continue
        return encoding
    raise UnreadableFile(f"文件不是 UTF-8 编码的文字：{_SAVE_AS}")


def _lines(text: TextIOWrapper) -> Iterator[str]:
    while line := text.readline(_LONGEST_LINE):
        if len(line) == _LONGEST_LINE and not line.endswith(("\n", "\r")):
            raise UnreadableFile("文件里有一行长得不像评价数据：要每条评价一行的 CSV")
        yield line


def _records(lines: Iterator[str], faults: Faults) -> Iterator[tuple[int, list[str]]]:
    """The records that hold something, each with the line it begins on."""
    reader = csv.reader(lines, strict=True)
    while True:
        line = reader.line_num + 1
        try:
            record = next(reader)
        except StopIteration:
            return
        except csv.Error:
            wanted = "从这一行起引号不成对，或有一格太长：含逗号、引号、换行的意见要用英文双引号括起来，里面的双引号写两个"
            faults.add(Fault(RATINGS_FILE, line, "", "", wanted))
            continue
        if not all(map(blank, record)):
            yield line, record


def _places(
    header: tuple[int, list[str]], forms: InForce, encoding: str, faults: Faults
) -> dict[str, int] | None:
    """Where each column stands; None if the file can't be read for want of them.

    Needed is what every form of the township asks; what only some ask is looked for when a row answered one of those.
    """
    line, cells = header
    asked = [[question.column for question in edition.questions] for edition in forms.editions.values()]
    needed = (*_NEEDED, *(name for name in asked[0] if all(name in own for own in asked)))
    reviewed = [question.column for question in CATALOGUE]
    known = dict.fromkeys((*needed, *(name for own in asked for name in own), FORM, COMMENT))
    wanted = {fold_word(name): name for name in (*known, *reviewed)}
    places: dict[str, int] = {}
    for place, cell in enumerate(cells):
        name = wanted.get(fold_word(cell))
        if name in places:
            faults.add(Fault(RATINGS_FILE, line, name, cell, "这一列有两个：请只留一个"))
        elif name and name not in known:
            faults.add(
                Fault(RATINGS_FILE, line, name, cell, "这个乡镇的问卷没有这一题：请去掉这一列，或先定好问卷")
            )
        elif name:
            places[name] = place
    if not places and not faults and encoding != "utf-8-sig":
        raise UnreadableFile(f"文件不是 UTF-8 编码的文字：{_SAVE_AS}")
    if not places and not faults:
        raise UnreadableFile(f"第 1 行不是评价数据的表头：要有 {'、'.join(needed)} 这几列，用逗号分隔")
    for name in needed:
        if name not in places:
            faults.add(Fault(RATINGS_FILE, line, name, "", f"缺少“{name}”这一列：请在第 1 行补上这个表头"))
    return None if faults else places


class _Sheet:
    """One form's answers in a record: where each stands, and which columns must stay empty because it doesn't ask."""

    def __init__(self, edition: Edition, places: Mapping[str, int], asked: Collection[str]) -> None:
        self.edition = edition
        columns = [question.column for question in edition.questions]
        self.missing = [name for name in columns if name not in places]
        self.questions = [
            (question, places[question.column], {option.words: option.key for option in question.options})
            for question in edition.questions
            if not self.missing
        ]
        self.others = [(name, places[name]) for name in asked if name in places and name not in columns]
        self.read: dict[tuple[str, ...], Answers] = {}


class _Reader:
    """Reads records; what comes again and again is looked up instead of being read anew."""

    def __init__(
        self,
        villages: Container[str],
        forms: InForce,
        places: dict[str, int],
        header: tuple[int, list[str]],
        faults: Faults,
    ) -> None:
        self._known = villages
        self._forms = forms
        self._titles = {title(key): key for key in forms.editions}
        self._asked = dict.fromkeys(q.column for one in forms.editions.values() for q in one.questions)
        self._places = places
        self._head, self._width = header[0], len(header[1])
        self._faults = faults
        self._sheets: dict[str, _Sheet] = {}
        self._villages: dict[str, str] = {}
        self._ways: dict[str, Way] = {}
        self._line = 0

    def row(self, line: int, record: list[str]) -> RatingRow | None:
        """The record's rating, or None after adding what is wrong with it."""
        self._line = line
        if not all(map(blank, record[self._width :])):
            extra = next(cell for cell in record[self._width :] if not blank(cell))
            self._fault("", extra, "这一行的格子比表头多：意见里有逗号的，要用英文双引号括起来")
        record += [""] * (self._width - len(record))
        village = self._village(record[self._places[VILLAGE]])
        respondent = self._respondent(record[self._places[RESPONDENT]])
        way = self._way(record[self._places[WAY]])
        time = self._time(record[self._places[TIME]])
        sheet = self._sheet(record, time)
        answers = None if sheet is None else self._answered(record, sheet)
        if village is None or respondent is None or way is None or time is None or answers is None:
            return None
        key = sheet.edition.key if sheet and sheet.edition.key != STANDARD.key else ""
        return RatingRow(village, respondent, way, time, answers, self._comment(record), key)

    def _fault(self, column: str, value: str, wanted: str) -> None:
        self._faults.add(Fault(RATINGS_FILE, self._line, column, value, wanted))

    def _village(self, raw: str) -> str | None:
        found = self._villages.get(raw)
        if found is not None:
            return found
        try:
            code = as_code(raw)
        except Misread as misread:
            self._fault(VILLAGE, raw, misread.wanted)
            return None
        if code not in self._known:
            self._fault(VILLAGE, raw, "没有这个村社代码：请改正，或先把村社加进来" if code else NOT_EMPTY)
            return None
        if len(self._villages) < _REMEMBERED:
            self._villages[raw] = code
        return code

    def _respondent(self, raw: str) -> str | None:
        try:
            return as_code(plain_text(tidy(raw)))
        except Misread as misread:
            self._fault(RESPONDENT, raw, misread.wanted)
            return None

    def _way(self, raw: str) -> Way | None:
        try:
            if raw not in self._ways:
                way = as_word(raw, WAYS)
                if len(self._ways) >= _REMEMBERED:
                    return way
                self._ways[raw] = way
            return self._ways[raw]
        except Misread as misread:
            self._fault(WAY, raw, misread.wanted)
            return None

    def _time(self, raw: str) -> datetime | None:
        if len(raw) == 19 and raw[4] == raw[7] == "-" and raw[10] == " " and raw[13] == raw[16] == ":":
            try:
                time = datetime.fromisoformat(raw)
            except ValueError:
                pass
            else:
                if time.year > 1900:
                    return time
        try:
            return as_time(raw)
        except Misread as misread:
            self._fault(TIME, raw, misread.wanted)
            return None

    def _sheet(self, record: list[str], time: datetime | None) -> _Sheet | None:
        """The form that the record answered; None where it can't be told, which is a fault elsewhere."""
        named = self._named(record)
        if named:
            return self._of(self._forms.editions[named])
        if named is None or (time is None and len(self._titles) > 1):
            return None
        only = next(iter(self._forms.editions.values()))
        return self._of(only if time is None else self._forms.on(time.date()))

    def _of(self, edition: Edition) -> _Sheet:
        """The form's columns; what is missing of them is a fault of the header, told once."""
        if edition.key not in self._sheets:
            sheet = self._sheets[edition.key] = _Sheet(edition, self._places, self._asked)
            for name in sheet.missing:
                wanted = f"缺少“{name}”这一列：{title(edition.key)}有这一题，请在第 1 行补上这个表头"
                self._faults.add(Fault(RATINGS_FILE, self._head, name, "", wanted))
        return self._sheets[edition.key]

    def _named(self, record: list[str]) -> str | None:
        """The key of the form that the record names, '' where it names none; None after adding that there is no such."""
        place = self._places.get(FORM)
        if place is None or blank(record[place]):
            return ""
        try:
            return as_word(record[place], self._titles)
        except Misread:
            self._fault(FORM, record[place], "这个乡镇没有这份问卷：" + one_of(self._titles) + "，或空着")
            return None

    def _answered(self, record: list[str], sheet: _Sheet) -> Answers | None:
        wrong = bool(sheet.missing)
        for column, place in sheet.others:
            if not blank(record[place]):
                self._fault(column, record[place], f"{title(sheet.edition.key)}没有这一题：请空着")
                wrong = True
        raw = tuple([record[place] for _, place, _ in sheet.questions])
        found = sheet.read.get(raw)
        if found is not None and not wrong:
            return found
        chosen: dict[str, str] = {}
        for (question, _, options), cell in zip(sheet.questions, raw, strict=True):
            try:
                if not blank(cell):
                    chosen[question.key] = as_word(cell, options)
            except Misread:
                self._fault(question.column, cell, one_of(options) + "，或空着")
                wrong = True
        if wrong:
            return None
        answers = sheet.edition.canonical(chosen)
        if len(sheet.read) < _REMEMBERED:
            sheet.read[raw] = answers
        return answers

    def _comment(self, record: list[str]) -> str:
        place = self._places.get(COMMENT)
        return "" if place is None else tidy(plain_text(tidy(record[place])))
