import re
import subprocess
import sys
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_BZIP2, ZIP_DEFLATED, ZipFile

import pytest

from portal.core.book import VillageKind
from portal.files.faults import UnreadableFile
from portal.files.township_in import read_township
from portal.files.unpack import Limits
from tests.files.typed_workbook import book, repacked, workbook

VILLAGES = "xl/worksheets/sheet2.xml"
OLE = bytes.fromhex("d0cf11e0a1b11ae1")


def refusal(source, **limits):
    with pytest.raises(UnreadableFile) as refused:
        read_township(source, limits=Limits(**limits))
    words = str(refused.value)
    assert words
    assert "\n" not in words
    return words


def with_rows(rows: bytes) -> BytesIO:
    return repacked({VILLAGES: lambda xml: xml.replace(b"</sheetData>", rows + b"</sheetData>")})


def test_a_workbook_is_read_from_a_path_and_from_a_stream(tmp_path):
    (tmp_path / "township.xlsx").write_bytes(workbook().getvalue())
    assert read_township(tmp_path / "township.xlsx").book == book()


def test_a_file_that_is_not_there_is_told(tmp_path):
    assert "找不到" in refusal(tmp_path / "none.xlsx")


def test_a_folder_is_no_file(tmp_path):
    assert "打不开" in refusal(tmp_path)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "空的"),
        ("村社代码,村社名称\n330825111205,罗山村\n".encode(), "CSV"),
        ("村社代码,村社名称\n".encode("gb18030"), "CSV"),
        (OLE + bytes(4000), ".xls"),
        (OLE + bytes(4000) + "EncryptedPackage".encode("utf-16-le"), "密码"),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), "不是 .xlsx"),
        (b"PK\x03\x04", "损坏"),
        (b"PK\x05\x06" + bytes(18), "没有 Excel 工作表"),
    ],
)
def test_another_kind_of_file_is_told_as_what_it_is(data, words):
    assert words in refusal(BytesIO(data))


def test_a_zip_of_something_else_is_no_workbook():
    out = BytesIO()
    with ZipFile(out, "w") as archive:
        archive.writestr("word/document.xml", "<document/>")
    out.seek(0)
    assert "没有 Excel 工作表" in refusal(out)


def test_a_strict_workbook_is_told_how_to_save():
    usual, strict = (
        b"schemas.openxmlformats.org/spreadsheetml/2006/main",
        b"purl.oclc.org/ooxml/spreadsheetml/main",
    )
    parts = ("xl/workbook.xml", "xl/styles.xml", VILLAGES)
    assert "Strict" in refusal(repacked({part: lambda xml: xml.replace(usual, strict) for part in parts}))


@pytest.mark.parametrize(
    "part", ["xl/workbook.xml", "[Content_Types].xml", VILLAGES, "xl/_rels/workbook.xml.rels"]
)
def test_a_workbook_without_a_part_it_needs_is_damaged_or_lacks_the_sheet(part):
    try:
        assert read_township(repacked({part: None})).faults
    except UnreadableFile as refused:
        assert "损坏" in str(refused)  # noqa: PT017 - either answer will do


def test_a_cut_off_file_is_damaged():
    assert "损坏" in refusal(BytesIO(workbook().getvalue()[:-500]))


def test_a_file_with_changed_bytes_is_damaged():
    data = bytearray(workbook().getvalue())
    middle = data.index(VILLAGES.encode()) + len(VILLAGES) + 40
    data[middle : middle + 20] = bytes(20)
    assert "损坏" in refusal(BytesIO(bytes(data)))


def test_a_sheet_that_openpyxl_cannot_read_is_told_by_its_name():
    assert "村社" in refusal(with_rows(b'<row r="9"><c r="A9"><v>NaN</v></c></row>'))


def test_a_file_above_the_limit_is_not_even_opened():
    assert "太大" in refusal(workbook(), file_bytes=1000)


def test_what_unpacks_to_too_much_is_refused():
    bomb = repacked({"xl/theme/theme1.xml": lambda xml: xml + b"<!-- -->" * 400_000}).getvalue()
    assert "太多" in refusal(BytesIO(bomb), unpacked_bytes=2_000_000)
    assert "太多" in refusal(BytesIO(bomb), part_bytes=2_000_000)
    assert read_township(BytesIO(bomb)).book == book()


def test_a_size_that_the_zip_lies_about_is_found_out():
    data = repacked({"xl/theme/theme1.xml": b"<a>" + b" " * 3_000_000 + b"</a>"}).getvalue()
    lie = data.replace((3_000_007).to_bytes(4, "little"), (300).to_bytes(4, "little"))
    assert lie != data
    refusal(BytesIO(lie), unpacked_bytes=2_000_000)


def test_a_zip_with_a_password_is_told_as_that():
    data = bytearray(workbook().getvalue())
    entry = data.index(b"PK\x01\x02")
    data[entry + 8] |= 1
    assert "密码" in refusal(BytesIO(bytes(data)))


def test_too_many_members_are_refused():
    out = workbook()
    with ZipFile(out, "a") as archive:
        for number in range(50):
            archive.writestr(f"x/{number}.txt", "")
    out.seek(0)
    assert "太多" in refusal(out, members=40)


def test_a_member_twice_is_refused():
    out = workbook()
    with ZipFile(out, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr(VILLAGES, "<worksheet/>")
    out.seek(0)
    assert "损坏" in refusal(out)


def test_a_packing_that_no_spreadsheet_uses_is_refused():
    out = BytesIO()
    with ZipFile(workbook()) as old, ZipFile(out, "w", ZIP_BZIP2) as new:
        for name in old.namelist():
            new.writestr(name, old.read(name))
    out.seek(0)
    assert "损坏" in refusal(out)


@pytest.mark.parametrize("part", [VILLAGES, "xl/workbook.xml", "xl/styles.xml", "xl/_rels/workbook.xml.rels"])
def test_a_document_type_is_refused_wherever_it_stands(part):
    entity = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">]>'
    damaged = repacked({part: lambda xml: re.sub(rb"^(<\?xml[^>]*\?>)?", rb"\g<1>" + entity, xml, count=1)})
    assert "损坏" in refusal(damaged)


def test_a_part_that_is_no_xml_and_nobody_reads_does_no_harm():
    out = workbook()
    with ZipFile(out, "a", ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/image1.png", b"\x89PNG")
        archive.writestr("xl/drawings/vmlDrawing1.vml", "<xml><br></xml>")
    out.seek(0)
    assert read_township(out).book == book()


@pytest.mark.parametrize(
    "rows",
    [
        b'<row r="9999999999"><c r="A9999999999"><v>1</v></c></row>',
        b'<row r="2"><c r="A2"><v>1</v></c></row>',
        b'<row r="9"><c r="A10"><v>1</v></c></row>',
        b'<row r="9"><c r="XFE9"><v>1</v></c></row>',
        b'<row r="nine"/>',
        b'<row r="9">' + b"<c/>" * 16_385 + b"</row>",
        b'<row r="9"><c>' + b"<is/>" * 10_001 + b"</c></row>",
        b'<row r="9" x="' + b"a" * 2_000_000 + b'"/>',
        b'<row r="9"><c><is><t>' + b"a" * 2_000_000 + b"</t></is></c></row>",
        b"<a>" * 200 + b"</a>" * 200,
    ],
)
def test_rows_that_no_spreadsheet_writes_are_damage(rows):
    assert "损坏" in refusal(with_rows(rows))


def test_a_dimension_that_lies_is_not_believed():
    lie = re.compile(rb'<dimension ref="[^"]*"')
    for words in (b"A1:XFD1048576", b"A1:A1"):
        changed = repacked({VILLAGES: lambda xml, words=words: lie.sub(b'<dimension ref="%b"' % words, xml)})
        assert read_township(changed).book == book()


def test_a_value_in_the_last_column_does_no_harm():
    stray = b'<row r="9"><c r="XFD9"><v>1</v></c></row>'
    assert read_township(with_rows(stray)).book == book()


def test_a_row_of_too_many_cells_is_refused():
    assert "300 列" in refusal(with_rows(b'<row r="9">' + b"<c><v>1</v></c>" * 301 + b"</row>"), columns=300)


def test_the_last_row_of_a_sheet_is_read_whatever_is_between():
    last = b'<row r="1048576">' + b"".join(
        b'<c r="%b1048576" t="inlineStr"><is><t>%b</t></is></c>' % (column, text.encode())
        for column, text in ((b"A", "330825111299"), (b"B", "远村"), (b"C", "村"), (b"D", "12"))
    )
    found = read_township(with_rows(last + b"</row>")).book
    assert found is not None
    assert [(village.name, village.kind) for village in found.villages][-1] == ("远村", VillageKind.VILLAGE)


def test_a_sheet_of_a_million_empty_rows_is_refused_with_what_to_do():
    empty = b"".join(b'<row r="%d" spans="1:4" ht="14"/>' % row for row in range(9, 1_000_009))
    with pytest.raises(UnreadableFile, match="空行"):
        read_township(with_rows(empty))


def test_some_thousand_empty_rows_are_passed_over():
    empty = b"".join(b'<row r="%d"/>' % row for row in range(9, 9_000))
    assert read_township(with_rows(empty)).book == book()


def test_rows_and_cells_without_their_places_are_counted():
    numbered = re.compile(rb' r="[A-Z]*[0-9]+"')
    assert read_township(repacked({VILLAGES: lambda xml: numbered.sub(b"", xml)})).book == book()


MEASURED = """
import resource, sys
from pathlib import Path
from portal.files.faults import UnreadableFile
from portal.files.township_in import read_township
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
try:
    print("read" if read_township(Path(sys.argv[1])).book else "faults")
except UnreadableFile as refused:
    print("refused")
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


@pytest.mark.parametrize(
    ("name", "outcome"),
    [("empty rows", "refused"), ("spaces", "refused"), ("elements", "refused"), ("sheets", "refused")],
)
def test_little_memory_is_needed_whatever_the_file_unpacks_to(tmp_path, name, outcome):
    bombs = {
        "empty rows": {
            VILLAGES: more(b"</sheetData>", b"".join(b'<row r="%d"/>' % row for row in range(9, 400_000)))
        },
        "spaces": {"xl/theme/theme1.xml": lambda xml: xml + b" " * 300_000_000},
        "elements": {VILLAGES: more(b"</worksheet>", b"<a/>" * 5_000_000)},
        "sheets": {
            "xl/workbook.xml": more(b"</sheets>", b'<sheet name="a" sheetId="1" r:id="rId1"/>' * 9_000)
        },
    }
    (tmp_path / "bomb.xlsx").write_bytes(repacked(bombs[name]).getvalue())
    ran = subprocess.run(
        [sys.executable, "-c", MEASURED, str(tmp_path / "bomb.xlsx")],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[2],
    )
    told, megabytes = ran.stdout.split()
    assert told == outcome
    assert int(megabytes) < 100


def more(before: bytes, what: bytes):
    return lambda xml: xml.replace(before, what + before)
