"""Opening an .xlsx safely: what it unpacks to is measured and looked through before openpyxl touches it."""

from __future__ import annotations

import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from openpyxl import load_workbook

from portal.files.faults import UnreadableFile
from portal.files.scan import DAMAGED, TOO_MUCH, Scan, SheetFacts

SAVE_AS = "请在 Excel 或 WPS 里另存为“Excel 工作簿（.xlsx）”再导入"
_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_ENTRY = b"PK\x01\x02"  # begins every entry of a zip's directory
_PIECE = 1 << 16


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a workbook may hold; a township's year is far below all of it."""

    file_bytes: int = 20_000_000
    unpacked_bytes: int = 200_000_000
    part_bytes: int = 50_000_000  # of a part that is not a worksheet
    members: int = 2_000
    rows: int = (
        200_000  # that hold something, in all sheets together; and that stand in one sheet, empty or not
    )
    columns: int = 256
    faults: int = 5_000


LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class RawSheet:
    """A worksheet of an open workbook."""

    title: str
    worksheet: Any  # openpyxl's read-only worksheet
    facts: SheetFacts
    shift: int = 0  # how many rows stand before what somebody sees as row 1


@contextmanager
def opened(source: Path | BinaryIO, limits: Limits = LIMITS) -> Iterator[list[RawSheet]]:
    """The worksheets of the workbook, or UnreadableFile."""
    data = read_bytes(source, limits.file_bytes)
    _refuse_other_kinds(data)
    facts = _look_through(data, limits)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl's, about what it doesn't know and nobody needs here
        try:
            workbook = load_workbook(BytesIO(data), read_only=True, data_only=True, keep_links=False)
        except Exception as error:
            raise UnreadableFile(DAMAGED) from error
        try:
            yield _sheets(workbook, facts)
        finally:
            workbook.close()


def read_bytes(source: Path | BinaryIO, most: int) -> bytes:
    """What the file holds, if it is not too much."""
    try:
        if isinstance(source, Path):
            with source.open("rb") as file:
                data = file.read(most + 1)
        else:
            data = source.read(most + 1)
    except FileNotFoundError as error:
        raise UnreadableFile(f"找不到文件 {source}") from error
    except OSError as error:
        raise UnreadableFile(f"文件 {source} 打不开：请检查它是不是文件、有没有读取权限") from error
    if len(data) > most:
        raise UnreadableFile(
            f"文件太大，超过 {most // 1_000_000} MB：请只留下考评用的工作表，去掉图片，再导入"
        )
    return data


def _refuse_other_kinds(data: bytes) -> None:
    if not data:
        raise UnreadableFile("文件是空的：请选择填好的 .xlsx 工作簿")
    if data.startswith(_OLE):
        if _ENCRYPTED in data:
            raise UnreadableFile("工作簿设有打开密码：请在 Excel 或 WPS 里取消密码、保存后再导入")
        raise UnreadableFile(f"这是旧版的 .xls（或 .et）文件：{SAVE_AS}")
    if not data.startswith(b"PK"):
        kind = "" if b"\x00" in data[:4096] else "，像是 CSV 等文字文件"
        raise UnreadableFile(f"这不是 .xlsx 工作簿{kind}：{SAVE_AS}")
    if data.count(_ENTRY) > 20_000:
        raise UnreadableFile(TOO_MUCH)


def _look_through(data: bytes, limits: Limits) -> dict[str, SheetFacts]:
    """What is known of each worksheet by the name of its part; refuses what is damaged or too much."""
    facts: dict[str, SheetFacts] = {}
    try:
        with ZipFile(BytesIO(data)) as archive:
            _check_directory(archive.infolist(), limits)
            for member in archive.infolist():
                found = _look_into(archive, member, limits)
                if found:
                    facts[member.filename] = found
    except UnreadableFile:
        raise
    except (
        BadZipFile,
        zlib.error,
        EOFError,
        OSError,
        NotImplementedError,
        RuntimeError,
        ValueError,
    ) as error:
        raise UnreadableFile(DAMAGED) from error
    if not facts:
        raise UnreadableFile(f"文件里没有 Excel 工作表，不是 .xlsx 工作簿：{SAVE_AS}")
    if sum(sheet.rows for sheet in facts.values()) > limits.rows:
        raise UnreadableFile(f"工作簿里有内容的行超过 {limits.rows} 行：请只留下考评用的工作表再导入")
    if any(sheet.listed > limits.rows for sheet in facts.values()):
        raise UnreadableFile(
            f"有一张工作表里的空行超过 {limits.rows} 行（多半是给整张表设了格式）："
            "请选中数据下面的空行，删除、保存后再导入"
        )
    if any(sheet.widest > limits.columns for sheet in facts.values()):
        raise UnreadableFile(f"工作簿里有一行超过 {limits.columns} 列：请只留下考评用的列再导入")
    return facts


def _check_directory(members: list[ZipInfo], limits: Limits) -> None:
    if len(members) > limits.members or sum(member.file_size for member in members) > limits.unpacked_bytes:
        raise UnreadableFile(TOO_MUCH)
    if any(member.flag_bits & 1 for member in members):
        raise UnreadableFile("文件设有压缩密码：请取消密码后再导入")
    if any(member.compress_type not in (ZIP_STORED, ZIP_DEFLATED) for member in members):
        raise UnreadableFile(DAMAGED)
    if len({member.filename for member in members}) < len(members):
        raise UnreadableFile(DAMAGED)


def _look_into(archive: ZipFile, member: ZipInfo, limits: Limits) -> SheetFacts | None:
    """What a look through a part tells if it is a worksheet; zipfile itself unpacks no more than was declared."""
    if member.is_dir():
        return None
    scan = Scan(lenient=not member.filename.lower().endswith((".xml", ".rels")))
    size = 0
    with archive.open(member) as part:
        while piece := part.read(_PIECE):
            size += len(piece)
            scan.feed(piece)
            if size > limits.part_bytes and scan.facts is None:
                raise UnreadableFile(TOO_MUCH)
    scan.feed(b"", last=True)
    return scan.facts


def _sheets(workbook: Any, facts: dict[str, SheetFacts]) -> list[RawSheet]:
    sheets = []
    for worksheet in workbook.worksheets:
        known = facts.get(getattr(worksheet, "_worksheet_path", ""))
        if known is None:
            raise UnreadableFile(DAMAGED)
        sheets.append(RawSheet(worksheet.title, worksheet, known))
    if not sheets:
        raise UnreadableFile(DAMAGED)
    return sheets
