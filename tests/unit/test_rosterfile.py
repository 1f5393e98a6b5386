"""Roster files as schools keep them: read whole, or every line named that is not understood."""

import datetime
import io
import zipfile
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from commands.roster.file import RosterFile, RosterRow, read
from commands.tables.sheets import MAX_ROWS

UNITS = {"机电工程系": "mechatronics", "机电": "mechatronics", "信息工程系": "it"}
HEADER = "工号,姓名,部门,角色,账号"


def table(*lines: str, encoding: str = "utf-8") -> RosterFile:
    """A csv of these lines below the usual header."""
    return read("名册.csv", "\n".join((HEADER, *lines)).encode(encoding), UNITS.get)


def book(*rows: tuple[Any, ...], title: str = "名册") -> bytes:
    """An xlsx file of these rows."""
    workbook = Workbook()
    sheet = workbook.active
    assert sheet is not None
    sheet.title = title
    for row in rows:
        sheet.append(row)
    return saved(workbook)


def saved(workbook: Workbook) -> bytes:
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()


def reasons(roster: RosterFile) -> list[str]:
    return [str(fault) for fault in roster.faults]


def only(roster: RosterFile) -> RosterRow:
    assert reasons(roster) == []
    (row,) = roster.rows
    return row


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_csv_may_be_written_in_any_usual_encoding(encoding: str) -> None:
    row = only(table("T1024,张伟,机电,教师；班主任,u-zhang", encoding=encoding))
    assert (row.line, row.staff_no, row.name, row.unit) == (2, "T1024", "张伟", "mechatronics")
    assert row.roles == {"教师", "班主任"}
    assert row.accounts == (("local", "u-zhang"),)


@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_the_columns_may_be_parted_by_comma_tab_or_semicolon(delimiter: str) -> None:
    lines = [["工号", "姓名", "部门"], ["T1", "张伟", "机电"]]
    text = "\n".join(delimiter.join(line) for line in lines)
    assert only(read("a.txt", text.encode(), UNITS.get)).name == "张伟"


def test_title_rows_above_the_header_are_normal_and_lines_count_as_in_the_file() -> None:
    data = book(("职工花名册",), (), ("序号", "姓名", "工号", "部门"), (1, "张伟", "T1", "机电"))
    roster = read("名册.xlsx", data, UNITS.get)
    assert only(roster).line == 4
    assert roster.notes == ("没有用到的列：序号。",)


def test_merged_units_fill_down_until_a_subtotal() -> None:
    roster = table("T1,张伟,机电", "T2,李娜,", "小计,2 人,", "T3,王芳,")
    assert [row.unit for row in roster.rows] == ["mechatronics", "mechatronics"]
    assert reasons(roster) == ["第 5 行 部门为空"]
    assert roster.notes == ("1 行部门空着，按上一行补。",)


def test_numbers_stored_as_numbers_are_text_again() -> None:
    data = book(
        ("工号", "姓名", "部门", "账号"), (1024.0, "张伟", "机电", 12345.0), ("'1025", "李娜")
    )
    first, second = read("名册.xlsx", data, UNITS.get).rows
    assert (first.staff_no, first.accounts) == ("1024", (("local", "12345"),))
    assert second.staff_no == "1025"


@pytest.mark.parametrize("written", ["1024.0", "'1024", '"=""1024"""', "１０２４", " 1024 "])
def test_a_staff_number_is_found_under_what_tables_do_to_it(written: str) -> None:
    assert only(table(f"{written},张伟,机电")).staff_no == "1024"


def test_a_staff_number_that_lost_its_digits_is_named() -> None:
    assert reasons(table("1.02E+15,张伟,机电")) == [
        "第 2 行 工号成了 1.02E+15，请把这一列设为文本重填"
    ]


@pytest.mark.parametrize("total", ["合计,412,", ",合 计,412", "总计：,,", "机电小计,,", ",,,,"])
def test_totals_and_blank_rows_are_no_people(total: str) -> None:
    assert len(table("T1,张伟,机电", total, "T2,李娜,机电").rows) == 2


def test_a_total_in_a_column_that_is_not_used_is_no_person() -> None:
    text = "序号,工号,姓名,部门\n1,T1,张伟,机电\n合计,,412 人,"
    assert read("a.csv", text.encode(), UNITS.get).people == 1


def test_a_header_repeated_on_every_page_is_no_person() -> None:
    assert len(table("T1,张伟,机电", HEADER, "T2,李娜,机电").rows) == 2


def test_every_line_that_is_not_understood_is_named_with_its_reason() -> None:
    roster = table(
        "T1,张伟,机电,,u-zhang",
        "T2,李娜,信工教研室",
        "T1,王芳,机电",
        "T4,,机电",
        "T5,赵六,机电,校长",
        "T6,钱七,机电,,qq:1",
        "T7,孙八,机电,,u-zhang",
        "T 八,周九,机电",
    )
    assert [reason.split("，")[0] for reason in reasons(roster)] == [
        "第 3 行 部门“信工教研室”不认识",
        "第 4 行 工号与第 2 行重复",
        "第 5 行 姓名为空",
        "第 6 行 角色“校长”不认识",
        "第 7 行 账号“qq:1”看不懂",
        "第 8 行 账号 u-zhang 与第 2 行重复",
        "第 9 行 工号“T 八”看不懂",
    ]
    assert [row.staff_no for row in roster.rows] == ["T1"]
    assert roster.people == 8


def test_several_accounts_stand_in_one_cell() -> None:
    row = only(table("T1,张伟,机电,,telegram:12345；WeCom：zhangsan u-zhang"))
    assert row.accounts == (("telegram", "12345"), ("wecom", "zhangsan"), ("local", "u-zhang"))


def test_a_telegram_account_is_a_number() -> None:
    assert reasons(table("T1,张伟,机电,,telegram:@zhang")) == [
        "第 2 行 账号“telegram:@zhang”看不懂，请写成 telegram:12345 或 wecom:zhangsan"
    ]


def test_nobody_needs_a_role_to_be_a_teacher() -> None:
    assert only(table("T1,张伟,机电")).roles == {"教师"}


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("张\u200b伟\u202e", "张伟"),
        ("张　伟", "张伟"),
        ("Anna  Lee", "Anna Lee"),
        ("\ufeff张伟\x07", "张伟"),
    ],
)
def test_names_lose_what_cannot_be_seen(written: str, name: str) -> None:
    assert only(table(f"T1,{written},机电")).name == name


def test_people_marked_as_left_are_not_on_the_roster() -> None:
    text = "工号,姓名,部门,状态\nT1,张伟,机电,在职\nT2,李娜,机电,离职\nT3,王芳,机电,飞升"
    roster = read("a.csv", text.encode(), UNITS.get)
    assert [row.staff_no for row in roster.rows] == ["T1"]
    assert reasons(roster) == ["第 4 行 状态“飞升”看不懂，请写 在职、离职 或 请假4月1日-4月10日"]
    assert roster.people == 2


def test_school_and_classes_are_kept() -> None:
    text = "部门（全称）,班级,学校,姓名,工号\n机电,机电2301、机电2302,甲校,张伟,T1"
    row = only(read("a.csv", text.encode(), UNITS.get))
    assert (row.school, row.classes) == ("甲校", ("机电2301", "机电2302"))


def test_formulas_are_named_and_never_evaluated() -> None:
    data = book(("工号", "姓名", "部门"), ("T1", '=HYPERLINK("x")', "机电"))
    assert reasons(read("a.xlsx", data, UNITS.get)) == ["第 2 行 姓名是公式，请“粘贴为数值”"]
    assert reasons(table("T1,=1+1,机电")) == ["第 2 行 姓名是公式，请“粘贴为数值”"]


def test_a_formula_beside_the_roster_does_not_matter() -> None:
    data = book(("序号", "工号", "姓名", "部门"), ("=ROW()", "T1", "张伟", "机电"))
    assert only(read("a.xlsx", data, UNITS.get)).name == "张伟"


def test_the_first_visible_sheet_with_a_header_is_read() -> None:
    workbook = Workbook()
    workbook.create_sheet("说明").append(("请看下一张",))
    for title, name in (("旧名册", "李娜"), ("名册", "张伟")):
        sheet = workbook.create_sheet(title)
        sheet.append(("工号", "姓名", "部门"))
        sheet.append(("T1", name, "机电"))
    workbook["旧名册"].sheet_state = "hidden"
    assert only(read("a.xlsx", saved(workbook), UNITS.get)).name == "张伟"


def test_a_date_where_a_name_should_be_is_named() -> None:
    data = book(("工号", "姓名", "部门"), ("T1", datetime.date(2024, 1, 1), "机电"))
    [reason] = reasons(read("a.xlsx", data, UNITS.get))
    assert reason.startswith("第 2 行 姓名被表格当成了日期或时间“2024-01-01 00:0…”")


@pytest.mark.parametrize(
    ("column", "value", "part"),
    [
        *(
            ("姓名", said, "姓名是表格算错留下的")
            for said in ("#N/A", "#REF!", "#VALUE!", "#NAME?")
        ),
        *(("班级", said, "班级是表格算错留下的") for said in ("#N/A", "#DIV/0!")),
        ("班级", datetime.date(2023, 1, 1), "班级被表格当成了日期或时间"),
        ("班级", datetime.time(14, 30), "班级被表格当成了日期或时间"),
        ("班级", "1月23日", "班级被表格当成了日期或时间"),
        ("班级", "23-Jan", "班级被表格当成了日期或时间"),
        ("班级", True, "班级是“TRUE”"),
        ("班级", "FALSE", "班级是“FALSE”"),
        ("账号", "1E+10", "账号被表格写成了“1E+10”"),
        ("账号", "1.38E+10", "账号被表格写成了“1.38E+10”"),
    ],
)
def test_what_only_a_sheet_writes_is_a_named_fault(column: str, value: object, part: str) -> None:
    cells = {"工号": "T1", "姓名": "张伟", "部门": "机电", "班级": "", "账号": "", column: value}
    [reason] = reasons(read("a.xlsx", book(tuple(cells), tuple(cells.values())), UNITS.get))
    assert part in reason
    if isinstance(value, str):
        text = f"{','.join(cells)}\n{','.join(map(str, cells.values()))}\n"
        [reason] = reasons(read("a.csv", text.encode(), UNITS.get))
        assert part in reason


def test_a_number_is_read_as_its_sheet_shows_it() -> None:
    workbook = Workbook()
    sheet = workbook.active
    sheet.append(("工号", "姓名", "部门", "班级"))
    sheet.append((24, "张伟", "机电", 2301))
    sheet.cell(2, 1).number_format = "00000"
    row = only(read("a.xlsx", saved(workbook), UNITS.get))
    assert (row.staff_no, row.classes) == ("00024", ("2301",))


def test_an_account_of_wecom_is_known_whatever_its_case() -> None:
    data = book(
        ("工号", "姓名", "部门", "账号"), ("T1", "张伟", "机电", "wecom:ZhangSan；telegram:12")
    )
    assert only(read("a.xlsx", data, UNITS.get)).accounts == (
        ("wecom", "zhangsan"),
        ("telegram", "12"),
    )


def test_formatted_but_empty_rows_below_cost_nobody() -> None:
    workbook = Workbook()
    sheet = workbook.active
    assert sheet is not None
    sheet.append(("工号", "姓名", "部门"))
    sheet.append(("T1", "张伟", "机电"))
    sheet.cell(row=MAX_ROWS + 50, column=3).number_format = "0"
    assert only(read("a.xlsx", saved(workbook), UNITS.get)).name == "张伟"


def bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/worksheets/sheet1.xml", b" " * (31 * 1024 * 1024))
    return out.getvalue()


def entities() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        packed.writestr("xl/workbook.xml", b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]>')
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "data", "why"),
    [
        (
            "花名册.xls",
            b"\xd0\xcf\x11\xe0\xa1\xb1",
            "这是旧式 .xls，请在 WPS/Excel 里“另存为 .xlsx”再传。",
        ),
        ("花名册.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1", "这份 .xlsx 加了密码，请去掉密码再传。"),
        (
            "a.xlsx",
            b"PK\x03\x04 and nothing",
            "这份表格打不开，请在 WPS/Excel 里重新“另存为 .xlsx”再传。",
        ),
        ("a.xlsx", bomb(), "这份表格展开后太大，请只留名册一张表再传。"),
        ("a.xlsx", entities(), "这份表格写法特殊，请在 WPS/Excel 里“另存为 .xlsx”再传。"),
        ("a.csv", b" \n", "文件是空的。"),
        ("a.csv", b"\xff\xff\xff", "文字编码认不出，请“另存为”UTF-8 的 csv 或 .xlsx 再传。"),
        (
            "a.csv",
            "姓名,电话\n张伟,1".encode(),
            "前 10 行里没有找到表头，表头须有：工号、姓名、部门。",
        ),
        ("a.csv", "姓名,工号\n张伟,1".encode(), "表头（第 1 行）缺“部门”一列，请补上再传。"),
        ("a.csv", "姓名,工号,部门,名字".encode(), "表头有两列“姓名”，请只留一列。"),
        ("a.csv", "姓名,工号,部门".encode(), "表头下面没有人。"),
        (
            "a.csv",
            f'{HEADER}\nT1,"张伟,机电\nT2,李娜,机电'.encode(),
            "第 3 行附近引号不成对，请“另存为 .xlsx”再传。",
        ),
        ("a.csv", (HEADER + ",x" * 60).encode(), "超过 50 列，请只留名册的列再传。"),
        (
            "a.csv",
            (HEADER + "\nT1,张伟,机电" * 20_001).encode(),
            "超过 20000 行，请只留在册人员再传。",
        ),
        ("a.csv", b"x" * (5 * 1024 * 1024 + 1), "文件超过 5 MB，请只留名册一张表再传。"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_whole(name: str, data: bytes, why: str) -> None:
    roster = read(name, data, UNITS.get)
    assert reasons(roster) == [f"{why}一行都没有导入。"]
    assert roster.rows == ()


CELLS = st.one_of(
    st.text(max_size=12),
    st.sampled_from(["T1", "T2", "张伟", "机电", "工号", "合计", "u-a", "telegram:1", '"', "=1"]),
)
LINES = st.lists(st.lists(CELLS, max_size=7).map(",".join), max_size=8)


@given(st.one_of(st.binary(max_size=300), LINES.map("\n".join).map(str.encode)))
def test_no_bytes_whatever_raise(data: bytes) -> None:
    for given_data in (data, HEADER.encode() + b"\n" + data, b"PK\x03\x04" + data):
        roster = read("x.csv", given_data, UNITS.get)
        assert roster.rows or roster.faults
