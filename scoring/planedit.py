"""A plan's text with another value of one reading, everything else as the school wrote it."""

import re
from datetime import date
from typing import Any

from scoring.planlines import Sheet
from scoring.switches import SWITCHES, code
from scoring.words import say

_VALUE = re.compile(r'(\bis\s*=\s*)("[^"]*"|true|false|[0-9]+)')
_NOTE = re.compile(r'(\bnote\s*=\s*)"[^"]*"')


def with_reading(text: str, number: str, value: Any, note: str = "") -> str:
    """The text with a reading's value, and with the note that goes with it: `note`, or that of
    the value. Raises KeyError where the text has no such line."""
    sheet = Sheet("", text)
    inline = sheet.lines[f"readings.{number}"]
    places = [sheet.lines.get(f"readings.{number}.{key}", inline) - 1 for key in ("is", "note")]
    lines = text.split("\n")
    written = code(value) if isinstance(value, bool | int) else f'"{value}"'
    lines[places[0]] = _VALUE.sub(rf"\g<1>{written}", lines[places[0]], count=1)
    said = note or _note(number, value)
    if said:
        lines[places[1]] = _NOTE.sub(rf'\g<1>"{said}"', lines[places[1]], count=1)
    return "\n".join(lines)


def _note(number: str, value: Any) -> str:
    """The note of a value that is not the usual one."""
    return "" if value == SWITCHES[number].values[0] else say(f"note.{number}_{code(value)}")


_YEAR = re.compile(r"^year\s*=.*$", re.MULTILINE)
_START = re.compile(r"^in_force_from\s*=.*\n", re.MULTILINE)


def with_start(text: str, day: date | None) -> str:
    """The text with the day from which it counts; without one, from when it is published."""
    text = _START.sub("", text, count=1)
    if day is None:
        return text
    return _YEAR.sub(lambda year: f'{year[0]}\nin_force_from = "{day:%m-%d}"', text, count=1)
