"""Write a workbook: a sheet for each table, typed cells, frozen heads.

Text is always text, whatever it begins with.
"""

import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from commands.paper.steady import steady

WIDEST = 60


class Share(Decimal):
    """A share with four places, shown as a percentage with two: nothing is rounded (A05)."""


class Folded(tuple["Cell", ...]):
    """A row that stands in the sheet and is folded away."""

    __slots__ = ()


Cell = str | int | Decimal | datetime | None
Tab = tuple[str, Sequence[str], Iterable[Sequence[Cell]]]
"""A table: its name, its head and its rows."""


def write(
    title: str,
    made: datetime,
    tabs: Iterable[Tab],
    *,
    extra: Callable[[Any], None] = lambda book: None,
) -> bytes:
    """The bytes of the .xlsx, the same for the same content. `made`: the time it tells, in UTC;
    `extra` adds to the finished book."""
    import xlsxwriter

    packed = io.BytesIO()
    book = xlsxwriter.Workbook(
        packed,
        {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )
    book.set_properties({"title": title, "created": made.replace(tzinfo=None)})
    formats = _formats(book)
    for name, head, rows in tabs:
        _sheet(book, formats, name, head, rows)
    extra(book)
    book.close()
    return steady(packed.getvalue())


def _formats(book: Any) -> dict[type, Any]:
    """The format of each type of cell; `object` stands for the head."""
    plain = {"valign": "top", "text_wrap": True}
    return {
        object: book.add_format(
            {"bold": True, "bg_color": "#DDE6F0", "border": 1, "align": "left", "indent": 1}
        ),
        str: book.add_format({**plain, "num_format": "@", "align": "left", "indent": 1}),
        int: book.add_format({"valign": "top", "num_format": "0"}),
        Decimal: book.add_format({"valign": "top", "num_format": "General"}),
        Share: book.add_format({"valign": "top", "num_format": "0.00%"}),
        datetime: book.add_format({"valign": "top", "num_format": "yyyy-mm-dd hh:mm"}),
    }


def _sheet(
    book: Any,
    formats: Mapping[type, Any],
    name: str,
    head: Sequence[str],
    rows: Iterable[Sequence[Cell]],
) -> None:
    sheet = book.add_worksheet(name)
    widths = [_wide(text) for text in head]
    for column, text in enumerate(head):
        sheet.write_string(0, column, text, formats[object])
    at = 0
    for at, row in enumerate(rows, start=1):
        if isinstance(row, Folded):
            sheet.set_row(at, None, None, {"level": 1, "hidden": True})
        for column, value in enumerate(row):
            _cell(sheet, at, column, value, formats)
            widths[column] = max(widths[column], _wide(_shown(value)))
    for column, width in enumerate(widths):
        sheet.set_column(column, column, min(WIDEST, width + 4))
    sheet.freeze_panes(1, 1)
    if at:
        sheet.autofilter(0, 0, at, len(head) - 1)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)


def _cell(sheet: Any, at: int, column: int, value: Cell, formats: Mapping[type, Any]) -> None:
    """Write each type with its own method, so that text can never become a formula or a link."""
    if value is None:
        return
    if isinstance(value, str):
        sheet.write_string(at, column, value, formats[str])
    elif isinstance(value, datetime):
        sheet.write_datetime(at, column, value, formats[datetime])
    else:
        sheet.write_number(at, column, value, formats[type(value)])


def _shown(value: Cell) -> str:
    if isinstance(value, datetime):
        return "2024-04-30 24:00"
    return "" if value is None else str(value)


def _wide(text: str) -> int:
    """The width of a text in characters; a Chinese one counts as two."""
    return sum(2 if ord(sign) > 0x2E7F else 1 for sign in text)
