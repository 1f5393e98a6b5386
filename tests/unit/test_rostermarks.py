"""A roster with faults goes back as the same table with what is wrong beside each line."""

import io

from openpyxl import load_workbook

from commands.roster import file, marks
from commands.roster.file import RosterFault

CSV = "民办学校花名册\n工号,姓名,部门\nT1,张伟,机电\nT2,,机电\nT3,=1+1,哪里\n合计,2 人,\n"


def known(text: str) -> str | None:
    return "mechatronics" if text == "机电" else None


def rows_of(data: bytes) -> list[tuple[str, ...]]:
    sheet = load_workbook(io.BytesIO(data)).active
    return [tuple(cell or "" for cell in row) for row in sheet.iter_rows(values_only=True)]


def test_a_csv_of_any_encoding_comes_back_as_a_workbook() -> None:
    data = CSV.encode("gb18030")
    found = file.read("名册.csv", data, known)
    back = marks.marked("名册.csv", data, found.faults)
    assert back is not None
    assert back.name == "名册_问题.xlsx"
    rows = rows_of(back.data)
    assert rows[1] == ("工号", "姓名", "部门", "问题")
    assert rows[2] == ("T1", "张伟", "机电", "")
    assert rows[3] == ("T2", "", "机电", "姓名为空")
    assert rows[4][:3] == ("T3", "", "哪里")  # a formula is not carried back
    assert rows[4][3].startswith("姓名是公式")


def test_what_comes_back_can_be_mended_and_sent_again() -> None:
    data = CSV.encode()
    found = file.read("名册.csv", data, known)
    back = marks.marked("名册.csv", data, found.faults)
    assert back is not None
    again = file.read(back.name, back.data, known)
    assert again.people == found.people
    assert {fault.line for fault in again.faults} == {fault.line for fault in found.faults}


def test_where_the_file_as_a_whole_is_wrong_nothing_comes_back() -> None:
    whole = (RosterFault(line=0, reason="表头没有找到"),)
    assert marks.marked("名册.csv", CSV.encode(), whole) is None
    assert marks.marked("名册.xls", b"\xd0\xcf\x11\xe0" + bytes(99), whole) is None
