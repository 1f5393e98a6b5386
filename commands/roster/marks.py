"""Hand a roster file back with a 问题 column (C15), so that the sender can mend it and send the
same table again. Every cell is a text, so that nothing in it is ever a formula."""

import io
from collections.abc import Iterable, Mapping
from pathlib import PurePath

from commands.chat.messages import File
from commands.grammar.folding import tidy
from commands.roster import file
from commands.roster.file import RosterFault, Table
from commands.tables.cells import Grid, Unreadable
from commands.wording.formats import cut
from commands.wording.sentences import say

COLUMN_WIDTH = 36
MAX_STEM = 40
MOST_CELLS = 50_000


def marked(name: str, data: bytes, faults: Iterable[RosterFault]) -> File | None:
    """The table of a file with the faults beside each line; None if it has no table."""
    try:
        return beside(name, file.table(name, data), faults)
    except Unreadable:
        return None


def beside(name: str, table: Table, faults: Iterable[RosterFault]) -> File | None:
    """The table with the faults beside each line; None if it is at fault as a whole, or too large
    to be mended line by line."""
    reasons: dict[int, list[str]] = {}
    for fault in faults:
        reasons.setdefault(fault.line, []).append(fault.reason)
    if 0 in reasons or sum(map(len, table.grid)) > MOST_CELLS:
        return None
    said = {table.header.line: say("roster.column")} | {
        at: "；".join(why) for at, why in reasons.items()
    }
    stem = cut(PurePath(name).stem, MAX_STEM)
    return File(name=say("roster.marked", stem=stem), data=_written(table.grid, said))


def _written(grid: Grid, said: Mapping[int, str]) -> bytes:
    from openpyxl import Workbook
    from openpyxl.utils import get_column_letter

    book = Workbook()
    sheet = book.active
    assert sheet is not None  # noqa: S101 - a new workbook has one
    last = max(len(row) for row in grid) + 1
    for at, row in enumerate(grid, start=1):
        cells = {column: tidy(cell.text) for column, cell in enumerate(row, start=1)}
        if at in said:
            cells[last] = said[at]
        for column, text in cells.items():
            cell = sheet.cell(at, column)
            cell.value = text
            cell.data_type = "s"
            cell.number_format = "@"
    sheet.column_dimensions[get_column_letter(last)].width = COLUMN_WIDTH
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
