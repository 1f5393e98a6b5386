"""Write and read the table of leads (C11). It is written with openpyxl, every cell as text, so
that nothing becomes a formula; any returned table with 编号 and 结果 is read."""

import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from commands.grammar.folding import squeeze, tidy
from commands.tables.cells import Grid, Unreadable
from commands.tables.sheets import grids
from commands.wording.sentences import say

MOST_ROWS = 500
COLUMNS = (
    *("编号", "姓名", "电话", "年级", "想学", "层次", "备注"),
    *("报送部门", "报送人", "报于", "说明", "结果"),
)
NUMBER, RESULT = "编号", "结果"
_HEADER_WITHIN = 10
_TABLE = re.compile(r"第(\d{1,9})号表")
_WIDTHS = {"电话": 14, "备注": 24, "报送部门": 14, "说明": 20, "结果": 12}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A row of a returned table: its line counted from 1, the lead's number, and the result as
    typed ("" when left empty)."""

    line: int
    number: int | None
    said: str
    accepted: bool = False
    invalid: bool = False
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A returned table. `table`: which of ours it was, None if it does not say."""

    table: int | None
    lines: tuple[Line, ...]


def write(title: str, head: str, rows: Iterable[Sequence[str]]) -> bytes:
    """An xlsx of one sheet: a line on how to use it, the header, then one row per lead."""
    from openpyxl import Workbook
    from openpyxl.utils import get_column_letter

    book = Workbook()
    sheet = book.active
    assert sheet is not None  # noqa: S101 - a new workbook has one
    sheet.title = title
    for at, row in enumerate(([head], COLUMNS, *rows), start=1):
        for column, value in enumerate(row, start=1):
            cell = sheet.cell(at, column)
            cell.value = value
            cell.data_type = "s"
            cell.number_format = "@"
    for column, name in enumerate(COLUMNS, start=1):
        sheet.column_dimensions[get_column_letter(column)].width = _WIDTHS.get(name, 10)
    sheet.freeze_panes = "A3"
    packed = io.BytesIO()
    book.save(packed)
    return packed.getvalue()


def read(name: str, data: bytes) -> Sheet:
    """The results in a file. Raises Unreadable without 编号 and 结果, or beyond MOST_ROWS."""
    for grid in grids(name, data):
        head = _header(grid)
        if head is not None:
            return _sheet(grid, *head)
    raise Unreadable(say("desk.no_columns"))


def is_one(grid: Grid) -> bool:
    """Whether a sheet looks like a table of results."""
    return _header(grid) is not None


def _header(grid: Grid) -> tuple[int, int, int] | None:
    for place, row in enumerate(grid[:_HEADER_WITHIN]):
        words = [squeeze(cell.text) for cell in row]
        if NUMBER in words and RESULT in words:
            return place, words.index(NUMBER), words.index(RESULT)
    return None


def _sheet(grid: Grid, head: int, number: int, result: int) -> Sheet:
    above = squeeze("".join(cell.text for row in grid[:head] for cell in row))
    table = _TABLE.search(above)
    lines: list[Line] = []
    for place, row in enumerate(grid[head + 1 :], start=head + 2):
        texts = [tidy(cell.text) for cell in row]
        if not any(texts):
            continue
        said = texts[result] if result < len(texts) else ""
        digits = squeeze(texts[number] if number < len(texts) else "").lstrip("#")
        at = int(digits) if digits.isdecimal() and len(digits) < 10 else None
        lines.append(_line(place, at, said))
    if len(lines) > MOST_ROWS:
        raise Unreadable(say("desk.too_long", most=MOST_ROWS, total=len(lines)))
    return Sheet(table=int(table[1]) if table else None, lines=tuple(lines))


def plain(sheet: Sheet) -> Any:
    """A returned table as what JSON can say."""
    return [sheet.table, [[one.line, one.number, one.said] for one in sheet.lines]]


def from_plain(said: Any) -> Sheet:
    """A returned table from its `plain`."""
    table, rows = said
    return Sheet(table=table, lines=tuple(_line(*row) for row in rows))


_ACCEPTED = frozenset({"认定", "已认定"})
_INVALID = re.compile(r"(?:判为)?无效[\s，,、:：（(]*(.*?)[）)]?$")


def _line(place: int, number: int | None, said: str) -> Line:
    invalid = _INVALID.match(said)
    return Line(
        line=place,
        number=number,
        said=said,
        accepted=squeeze(said) in _ACCEPTED,
        invalid=invalid is not None,
        reason=invalid[1][:60] if invalid else "",
    )
