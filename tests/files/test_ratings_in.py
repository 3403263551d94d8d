import csv
from datetime import date, datetime, timedelta
from io import BytesIO, RawIOBase
from pathlib import Path

import pytest

from portal.core.book import Fault, RatingRow, Way
from portal.core.days import Span
from portal.core.form import STANDARD, InForce, own_edition, title
from portal.core.form_catalogue import CATALOGUE
from portal.files.faults import UnreadableFile
from portal.files.ratings_in import RatingsReading, read_ratings
from portal.files.ratings_out import RatingLine, ratings_csv
from tests.files.typed_workbook import workbook

DATA = Path(__file__).parents[1] / "data"
HEADER = "村社代码,评价人,渠道,时间,走访,联系,办事,总体,意见"
LINE = "330825111263,p66,微信,2026-01-01 07:37:41,来过,知道,办好了,非常满意,不错"
ROW = RatingRow(
    "330825111263",
    "p66",
    Way.WECHAT,
    datetime(2026, 1, 1, 7, 37, 41),
    (("visited", "yes"), ("contact", "yes"), ("solved", "done"), ("overall", "5")),
    "不错",
)
VILLAGES = frozenset({"330825111263", "330825111264"})


def read(text: str | bytes, **more) -> RatingsReading:
    data = text.encode() if isinstance(text, str) else text
    return read_ratings(BytesIO(data), VILLAGES, **more)


def rows(*lines: str) -> tuple[RatingRow, ...]:
    reading = read("\n".join((HEADER, *lines)))
    assert reading.faults == ()
    return reading.rows


def faults(*lines: str) -> list[tuple[int, str, str]]:
    reading = read("\n".join((HEADER, *lines)))
    assert reading.rows == ()
    assert {fault.sheet for fault in reading.faults} == {"ratings.csv"}
    return [(fault.row, fault.column, fault.value) for fault in reading.faults]


def test_a_whole_year_is_read_in_its_order():
    with (DATA / "ratings.csv").open(encoding="utf-8-sig", newline="") as file:
        lines = list(csv.DictReader(file))
    found = read_ratings(DATA / "ratings.csv", {line["村社代码"] for line in lines})
    assert found.faults == ()
    assert [(row.village, row.respondent, row.comment) for row in found.rows] == [
        (line["村社代码"], line["评价人"], line["意见"]) for line in lines
    ]


def test_a_line_is_read():
    assert rows(LINE) == (ROW,)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk"])
def test_the_encodings_that_excel_saves_in_are_read(encoding):
    assert read(f"{HEADER}\n{LINE}".encode(encoding)).rows == (ROW,)


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_lines_may_end_in_any_way(newline):
    assert read(newline.join((HEADER, LINE, LINE, ""))).rows == (ROW, ROW)


def test_columns_may_stand_in_any_order_among_others():
    turned = ",".join([*reversed(HEADER.split(",")), "备注"]), ",".join([*reversed(LINE.split(",")), "x"])
    assert read("\n".join(turned)).rows == (ROW,)


def test_the_comment_column_may_be_missing():
    assert read("\n".join(text.rpartition(",")[0] for text in (HEADER, LINE))).rows[0].comment == ""


@pytest.mark.parametrize("name", HEADER.split(",")[:-1])
def test_any_other_missing_column_is_a_fault(name):
    place = HEADER.split(",").index(name)
    text = "\n".join(
        ",".join(cell for n, cell in enumerate(line.split(",")) if n != place) for line in (HEADER, LINE)
    )
    assert [(fault.row, fault.column) for fault in read(text).faults] == [(1, name)]


def test_a_header_twice_is_a_fault():
    assert [(fault.row, fault.column) for fault in read(f"{HEADER},渠 道\n{LINE}").faults] == [(1, "渠道")]


def test_cells_are_read_as_meant():
    worse = " ３３０８２５１１１２６３,ｐ６６\u3000, 微 信,2026年1月1日 上午7:37:41,\u3000来过,知道 ,办好了,非常满意, 不错 "
    assert rows(worse) == (ROW,)
    assert rows("330825111263.0" + LINE[12:]) == (ROW,)


def test_unanswered_questions_and_an_unknown_respondent_stay_empty():
    assert rows("330825111263,,纸质,2026/1/1 7:37,,,没反映过,,") == (
        RatingRow("330825111263", "", Way.PAPER, datetime(2026, 1, 1, 7, 37), (("solved", "none"),)),
    )


def test_equal_answers_are_one_value_in_the_forms_order():
    found = rows(LINE, LINE.replace("p66", "p67"))
    assert found[0].answers is found[1].answers


def test_empty_lines_are_passed_over_and_lines_keep_their_numbers():
    assert rows("", LINE, ",,,,,,,,", "   ") == (ROW,)
    assert faults("", LINE, "", LINE.replace("微信", "电话")) == [(5, "渠道", "电话")]


@pytest.mark.parametrize(
    ("old", "new", "column"),
    [
        ("330825111263", "330825111299", "村社代码"),
        ("330825111263", "", "村社代码"),
        ("330825111263", "3.30825E+11", "村社代码"),
        ("p66", "1.39863E+10", "评价人"),
        ("微信", "电话", "渠道"),
        ("微信", "", "渠道"),
        ("2026-01-01 07:37:41", "昨天", "时间"),
        ("2026-01-01 07:37:41", "", "时间"),
        ("2026-01-01 07:37:41", "2026-02-30 07:37:41", "时间"),
        ("2026-01-01 07:37:41", "2026-01-01T07:37:41Z", "时间"),
        ("来过", "常来", "走访"),
        ("知道", "来过", "联系"),
        ("办好了", "好", "办事"),
        ("非常满意", "5", "总体"),
    ],
)
def test_what_is_wrong_in_a_cell_is_a_fault_of_its_line(old, new, column):
    assert faults(LINE, LINE.replace(old, new)) == [(3, column, new)]


def test_a_code_that_excel_destroyed_is_explained():
    assert "科学计数" in read(f"{HEADER}\n{LINE.replace('330825111263', '3.30825E+11')}").faults[0].wanted


def test_every_wrong_cell_is_told_at_once():
    assert faults(LINE.replace("微信", "电话").replace("来过", "常来"), LINE.replace("p66", "1.2E+9")) == [
        (2, "渠道", "电话"),
        (2, "走访", "常来"),
        (3, "评价人", "1.2E+9"),
    ]


def test_a_comment_over_several_lines_is_one_and_counts_where_it_begins():
    long = LINE.replace("不错", '"第一行，\r\n第二行，""好"""')
    assert rows(long)[0].comment == '第一行，\n第二行，"好"'
    assert faults(long, long.replace("微信", "电话"), LINE.replace("来过", "常来")) == [
        (4, "渠道", "电话"),
        (6, "走访", "常来"),
    ]


@pytest.mark.parametrize(
    ("typed", "comment"),
    [
        ("'=1+1", "=1+1"),
        ("'+1", "+1"),
        ("'-1", "-1"),
        ("'@a", "@a"),
        ("'＝1", "＝1"),
        ("'好'", "'好'"),
        ("''=1", "''=1"),
    ],
)
def test_the_guard_before_a_formula_is_taken_off(typed, comment):
    assert rows(LINE.replace("不错", typed))[0].comment == comment


def test_a_guarded_respondent_is_the_one_before_the_export():
    assert rows(LINE.replace("p66", "'-p66"))[0].respondent == "-p66"


def test_a_comma_that_splits_a_comment_is_a_fault_and_not_a_shorter_comment():
    assert faults(LINE + ",但是慢") == [(2, "", "但是慢")]
    assert rows(LINE + ",, ") == (ROW,)


@pytest.mark.parametrize(
    "line",
    [
        LINE.replace("不错", '"不错'),
        LINE.replace("不错", '"不"错'),
        LINE.replace("不错", '"' + "长" * 140_000 + '"'),
    ],
)
def test_a_quote_that_does_not_close_and_a_cell_too_long_are_faults_of_their_line(line):
    found = faults(LINE, line)
    assert [row for row, _, _ in found] == [3]


def test_lines_after_a_bad_quote_are_still_looked_at():
    assert faults(LINE.replace("不错", '"不"错'), LINE.replace("微信", "电话")) == [
        (2, "", ""),
        (3, "渠道", "电话"),
    ]


def test_nul_bytes_are_dropped():
    assert rows(LINE.replace("不错", "不\x00错")) == (ROW,)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "空的"),
        (workbook().getvalue(), "工作簿"),
        (bytes.fromhex("d0cf11e0a1b11ae1"), "工作簿"),
        (f"{HEADER}\n{LINE}".encode("utf-16"), "UTF-16"),
        (b"\xff\xff\xff", "UTF-8"),
        (f"{HEADER}\n{LINE}".encode() + b"\xff", "UTF-8"),
        ("你好\n".encode(), "表头"),
        (f"{HEADER}\n{LINE}".replace(",", "\t").encode(), "表头"),
        (HEADER.encode() + b"x" * 1_100_000, "一行"),
    ],
)
def test_a_file_that_is_no_ratings_at_all_is_refused_in_one_sentence(data, words):
    with pytest.raises(UnreadableFile, match=words):
        read(data)


def test_a_file_that_is_not_there_is_told(tmp_path):
    with pytest.raises(UnreadableFile, match="找不到"):
        read_ratings(tmp_path / "ratings.csv", VILLAGES)
    with pytest.raises(UnreadableFile, match="打不开"):
        read_ratings(tmp_path, VILLAGES)


def test_a_stream_that_cannot_go_back_is_read_too():
    class Pipe(RawIOBase):
        def __init__(self) -> None:
            self.left = BytesIO(f"{HEADER}\n{LINE}".encode())

        def readable(self):
            return True

        def readinto(self, buffer):
            return self.left.readinto(buffer)

    assert read_ratings(Pipe(), VILLAGES).rows == (ROW,)


def test_a_stream_stays_open_for_whoever_opened_it():
    stream = BytesIO(f"{HEADER}\n{LINE}".encode())
    read_ratings(stream, VILLAGES)
    assert not stream.closed


def test_only_the_first_faults_are_listed_and_the_others_counted():
    reading = read("\n".join([HEADER, *[LINE.replace("微信", "电话")] * 250]))
    assert len(reading.faults) == 201
    assert reading.faults[-1] == Fault("ratings.csv", 0, "", "", reading.faults[-1].wanted)
    assert "50" in reading.faults[-1].wanted


# -- forms of a township's own ---------------------------------------------------------------------------------------

CATALOGUE_BY_KEY = {question.key: question for question in CATALOGUE}
OWN = own_edition(tuple(CATALOGUE_BY_KEY[key] for key in ("visited", "manner", "overall")))
MARCH = Span(date(2026, 3, 1), date(2026, 3, 31))
FORMS = InForce({STANDARD.key: STANDARD, OWN.key: OWN}, ((MARCH, OWN.key),))
BOTH = "村社代码,评价人,渠道,时间,走访,联系,办事,态度,总体,意见,问卷"
OWN_TITLE = title(OWN.key)


def read_both(*lines: str, header: str = BOTH) -> RatingsReading:
    return read("\n".join((header, *lines)), forms=FORMS)


def own_line(day: str = "2026-03-02", manner: str = "一般", solved: str = "", form: str = "") -> str:
    return f"330825111263,p1,微信,{day},来过,,{solved},{manner},满意,,{form}"


def test_a_row_answers_the_form_of_its_day():
    standard = "330825111263,p1,微信,2026-04-01,来过,知道,,,满意,,"
    found = read_both(own_line(), standard).rows
    assert [row.edition for row in found] == [OWN.key, ""]
    assert found[0].answers == (("visited", "yes"), ("manner", "fair"), ("overall", "4"))
    assert found[1].answers == (("visited", "yes"), ("contact", "yes"), ("overall", "4"))


def test_a_row_that_names_its_form_answers_that_one_whatever_the_day():
    named = own_line("2026-04-01", form=OWN_TITLE), own_line(manner="", solved="办好了", form=" 标准问卷 ")
    assert [row.edition for row in read_both(*named).rows] == [OWN.key, ""]


def test_a_question_that_the_form_does_not_ask_stays_empty():
    (fault,) = read_both(own_line(solved="办好了")).faults
    assert (fault.row, fault.column, fault.value) == (2, "办事", "办好了")
    assert fault.wanted == f"{OWN_TITLE}没有这一题：请空着"


def test_a_form_that_the_township_does_not_have_is_a_fault_and_no_guess():
    (fault,) = read_both(own_line(form="自定问卷123")).faults
    assert (fault.row, fault.column, fault.value) == (2, "问卷", "自定问卷123")
    assert "“标准问卷”" in fault.wanted


def test_a_column_that_only_some_forms_ask_is_missed_once_a_row_answered_one_of_them():
    header = HEADER.replace(",意见", "")
    line = "330825111263,p1,微信,{},来过,,,满意"
    assert read_both(line.format("2026-04-01"), header=header).faults == ()
    faults_found = read_both(*[line.format("2026-03-02")] * 3, header=header).faults
    assert [(fault.row, fault.column) for fault in faults_found] == [(1, "态度")]
    assert OWN_TITLE in faults_found[0].wanted


def test_a_file_of_the_own_form_alone_needs_no_other_column():
    header = "村社代码,评价人,渠道,时间,走访,态度,总体"
    (row,) = read_both("330825111263,p1,微信,2026-03-02,来过,好,满意", header=header).rows
    assert row.edition == OWN.key


def test_without_a_day_nobody_guesses_which_form_it_was():
    (fault,) = read_both(own_line("昨天", solved="很好")).faults
    assert fault.column == "时间"


def test_a_question_that_no_form_of_the_township_asks_is_a_fault_and_not_left_unread():
    (fault,) = read(f"{HEADER},态度\n{LINE},好").faults
    assert (fault.row, fault.column) == (1, "态度")
    assert "没有这一题" in fault.wanted


def test_what_is_written_is_read_again_with_the_form_that_was_answered():
    standard = "330825111263,p2,微信,2026-03-02,没来过,不知道,正在办,,满意,=1,标准问卷"
    told = read_both(own_line(), standard)
    lines = [
        RatingLine(
            row.village,
            row.respondent,
            row.way,
            row.time.date(),
            row.edition or STANDARD.key,
            row.answers,
            row.comment,
        )
        for row in told.rows
    ]
    written = ratings_csv(lines, FORMS, MARCH.first, False)
    assert written.decode("utf-8-sig").splitlines()[0] == BOTH
    assert read(written, forms=FORMS).rows == told.rows


@pytest.mark.parametrize(
    ("day", "edition", "columns"),
    [
        (MARCH.first, STANDARD, ["走访", "联系", "办事", "总体", "意见", "问卷"]),  # not the form of its day
        (MARCH.first, OWN, ["走访", "态度", "总体", "意见"]),
        (MARCH.last + timedelta(days=1), STANDARD, ["走访", "联系", "办事", "总体", "意见"]),
    ],
)
def test_the_form_is_named_where_the_day_would_not_tell(day, edition, columns):
    line = RatingLine("330825111263", "", Way.PAPER, day, edition.key, (("overall", "4"),), "")
    head = ratings_csv([line], FORMS, day, False).decode("utf-8-sig").splitlines()[0]
    assert head.split(",")[4:] == columns


def test_without_ratings_the_columns_are_those_of_today():
    head = ratings_csv([], FORMS, MARCH.first, True).decode("utf-8-sig").strip()
    assert head.split(",")[4:] == ["走访", "态度", "总体", "意见", "状态"]
