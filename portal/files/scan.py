"""A look through one XML part of a workbook before anything builds a tree of it: little memory, whatever it holds."""

from __future__ import annotations

from dataclasses import dataclass, field
from xml.parsers import expat

from openpyxl.utils import coordinate_to_tuple

from portal.files.faults import UnreadableFile

DAMAGED = "工作簿的内容损坏，读不出来：请在 Excel 或 WPS 里打开，另存为新的“Excel 工作簿（.xlsx）”再导入"
TOO_MUCH = "工作簿里的内容太多，不像一个乡镇的考评数据：请只留下考评用的工作表再导入"
STRICT = "这是“Strict Open XML”格式的工作簿：请在 Excel 里另存为普通的“Excel 工作簿（.xlsx）”再导入"

_LAST_ROW, _LAST_COLUMN = 1_048_576, 16_384
_DEEPEST = 100
_LONGEST_TOKEN = 1_000_000  # bytes of one tag with its attributes
_PARTS_BESIDE_ROWS = 200_000  # elements of a sheet that are not rows or cells
_PARTS_OF_A_CELL = 10_000
_LONGEST_TEXT = 1_000_000  # characters without an element between; a cell holds 32,767
_MOST_SHEETS = 250
_ELEMENTS = {"sst": 1_500_000}
_ELEMENTS_ELSEWHERE = 300_000
_MOST_UNCOMPUTED = 10_000


@dataclass(slots=True)
class SheetFacts:
    """What a look through a worksheet tells: only cells that hold something count, but for `listed`.

    `listed` is how many rows stand in the file, empty or not.
    """

    listed: int = 0
    rows: int = 0
    last_row: int = 0
    last_column: int = 0
    widest: int = 0
    uncomputed: set[tuple[int, int]] = field(default_factory=set)


class Scan:
    """Reads a part in pieces; `facts` is set at the end if it is a worksheet. Refuses DTDs and what is too much."""

    def __init__(self, lenient: bool = False) -> None:
        """`lenient` is for a part that may be no XML at all, such as a drawing: where it isn't, the look ends."""
        self._lenient = lenient
        self._over = False
        self.facts: SheetFacts | None = None
        self._root = ""
        self._depth = 0
        self._elements = self._sheets = self._parts = self._length = 0
        self._row = self._column = self._filled = 0
        self._cell: dict[str, str] | None = None
        self._inside = ""
        self._formula = self._value = False
        self._fed = 0
        self._parser = expat.ParserCreate()
        self._parser.buffer_text = False
        self._parser.StartDoctypeDeclHandler = self._doctype
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._text

    def feed(self, piece: bytes, last: bool = False) -> None:
        """Take the next piece of the part."""
        if self._over:
            return
        try:
            self._parser.Parse(piece, last)
        except (expat.ExpatError, ValueError) as error:
            if not self._lenient:
                raise UnreadableFile(DAMAGED) from error
            self._over = True
            return
        self._fed += len(piece)
        if self._fed - max(self._parser.CurrentByteIndex, 0) > _LONGEST_TOKEN:
            raise UnreadableFile(DAMAGED)

    def _doctype(self, *_: object) -> None:
        raise UnreadableFile(DAMAGED)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        tag = name.rpartition(":")[2]
        self._depth += 1
        self._length = 0
        if self._depth == 1:
            self._open(tag, attributes)
        if self._depth > _DEEPEST:
            raise UnreadableFile(DAMAGED)
        if self.facts is None or not self._in_rows(self.facts, tag, attributes):
            self._elements += 1
            self._sheets += self._root == "workbook" and tag == "sheet"
            most = _PARTS_BESIDE_ROWS if self.facts else _ELEMENTS.get(self._root, _ELEMENTS_ELSEWHERE)
            if self._elements > most or self._sheets > _MOST_SHEETS:
                raise UnreadableFile(TOO_MUCH)

    def _open(self, root: str, attributes: dict[str, str]) -> None:
        self._root = root
        if any("purl.oclc.org/ooxml" in value for value in attributes.values()):
            raise UnreadableFile(STRICT)
        if root == "worksheet":
            self.facts = SheetFacts()

    def _in_rows(self, facts: SheetFacts, tag: str, attributes: dict[str, str]) -> bool:
        """Whether the element is a row, a cell, or what a cell holds."""
        if self._cell is not None:
            self._inside = tag
            self._parts += 1
            if self._parts > _PARTS_OF_A_CELL:
                raise UnreadableFile(DAMAGED)
            self._formula = self._formula or tag == "f"
            return True
        if tag == "c" and self._depth == 4:
            self._begin_cell(attributes)
            return True
        if tag == "row" and self._depth == 3:
            self._begin_row(attributes.get("r"))
            facts.listed += 1
            return True
        return False

    def _begin_row(self, number: str | None) -> None:
        before = self._row
        self._row = int(float(number)) if number else before + 1
        if not before < self._row <= _LAST_ROW:
            raise UnreadableFile(DAMAGED)
        self._column = self._filled = 0

    def _begin_cell(self, attributes: dict[str, str]) -> None:
        self._cell, self._formula, self._value, self._inside = attributes, False, False, ""
        self._parts = 0
        row, self._column = self._row, self._column + 1
        if "r" in attributes:
            row, self._column = coordinate_to_tuple(attributes["r"])
        if row != self._row or self._column > _LAST_COLUMN:
            raise UnreadableFile(DAMAGED)

    def _end(self, name: str) -> None:
        tag = name.rpartition(":")[2]
        if self.facts is not None:
            if tag == "c" and self._depth == 4 and self._cell is not None:
                self._end_cell(self.facts, self._cell)
                self._cell = None
            elif tag == "row" and self._depth == 3 and self._filled:
                self.facts.rows += 1
                self.facts.last_row = self._row
                self.facts.widest = max(self.facts.widest, self._filled)
        self._depth -= 1

    def _end_cell(self, facts: SheetFacts, cell: dict[str, str]) -> None:
        if not (self._formula or self._value):
            return
        self._filled += 1
        facts.last_column = max(facts.last_column, self._column)
        if self._formula and not self._value and cell.get("t") != "str":
            facts.uncomputed.add((self._row, self._column))
            if len(facts.uncomputed) > _MOST_UNCOMPUTED:
                raise UnreadableFile("工作簿里的公式都没有结果：请在 Excel 里打开、保存一次，再导入")

    def _text(self, text: str) -> None:
        self._length += len(text)
        if self._length > _LONGEST_TEXT:
            raise UnreadableFile(DAMAGED)
        if self._cell is not None and self._inside in ("v", "t") and text.strip():
            self._value = True
