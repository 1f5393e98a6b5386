"""TOML as tables that know their line numbers and collect every fault before raising any."""

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from difflib import get_close_matches
from functools import cached_property
from typing import Any, TypeVar

from scoring.errors import UserError
from scoring.words import say

T = TypeVar("T")

MOST_FAULTS = 30
"""Faults listed in one answer, followed by how many more there are."""

_HEADER = re.compile(r"\s*\[\[?\s*([^\[\]]+?)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(r"\s*([^=#\[\]{}]+?)\s*=")
_PLACE = re.compile(r"\(at line ([0-9]+), column ([0-9]+)\)")


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Flaw:
    """One fault: its line and field, a dotted path ("" for a line that is not valid TOML)."""

    line: int
    field: str
    text: str

    def __str__(self) -> str:
        shown = "".join(sign if sign.isprintable() else "?" for sign in self.field[:80])
        key = "fault.field" if shown else "fault.line"
        return say(key, line=self.line, field=shown, said=self.text)


class PlanFault(UserError):
    """A plan file that was refused; `flaws` lists every fault found, in line order."""

    def __init__(self, name: str, flaws: list[Flaw] | str) -> None:
        self.said = flaws
        self.flaws = [] if isinstance(flaws, str) else sorted(flaws)
        if isinstance(flaws, str):
            super().__init__(say("fault.refused", name=name, said=flaws))
            return
        told = [str(flaw) for flaw in self.flaws[:MOST_FAULTS]]
        if len(self.flaws) > MOST_FAULTS:
            told.append(say("fault.more", total=len(self.flaws) - MOST_FAULTS))
        head = say("fault.head", name=name, total=len(self.flaws))
        super().__init__("\n".join([head, *told]))


class Sheet:
    """A plan file being read: the line of each field and the faults so far. It is read as TOML,
    which may raise PlanFault, when its `root` is first asked for."""

    def __init__(self, name: str, text: str) -> None:
        self.name = name
        self.text = text
        self.lines = _lines(text)
        self.flaws: list[Flaw] = []

    @cached_property
    def root(self) -> "Table":
        return Table(self, "", self._load(self.text))

    def _load(self, text: str) -> dict[str, Any]:
        try:
            return tomllib.loads(text, parse_float=Decimal)
        except tomllib.TOMLDecodeError as error:
            place = _PLACE.search(str(error))
            line = int(place[1]) if place else text.count("\n") + 1
            if not str(error).startswith("Cannot"):  # such an error names its own line
                line = _opened(text, line)
            flaw = Flaw(line=line, field="", text=say("fault.syntax"))
            raise PlanFault(self.name, [flaw]) from None
        except (ValueError, ArithmeticError, RecursionError):
            raise PlanFault(self.name, say("fault.too_deep")) from None

    def flaw(self, path: str, text: str) -> None:
        """Note a fault at a field; a missing field is placed at its table."""
        path = path.removesuffix(".is")  # people look for the term, not for its value
        place = path
        while place and place not in self.lines:
            place = place.rpartition(".")[0]
        flaw = Flaw(line=self.lines.get(place, 1), field=path, text=text)
        if flaw not in self.flaws:
            self.flaws.append(flaw)

    def settle(self) -> None:
        """Raise everything noted so far."""
        if self.flaws:
            raise PlanFault(self.name, self.flaws)


class Table:
    """One table of the file. Each known key is taken once; any key left over is unknown."""

    def __init__(self, sheet: Sheet, path: str, raw: Any) -> None:
        self.sheet = sheet
        self.path = path
        self.raw: dict[str, Any] = raw if isinstance(raw, dict) else {}
        self.known: set[str] = set()
        if not isinstance(raw, dict):
            sheet.flaw(path, say("fault.table"))

    def at(self, key: str) -> str:
        """The dotted path of a key."""
        return f"{self.path}.{key}" if self.path else key

    def take(self, key: str, read: Callable[[Any], T], instead: T, *, optional: bool = False) -> T:
        """The value of a key as typed by `read`; `instead` if it is absent or faulty."""
        self.known.add(key)
        if key not in self.raw:
            if not optional:
                self.sheet.flaw(self.at(key), say("fault.missing"))
            return instead
        try:
            return read(self.raw[key])
        except ValueError as error:
            self.sheet.flaw(self.at(key), str(error))
            return instead

    def table(self, key: str, *, optional: bool = False) -> "Table":
        """A table below this one; an empty one if it is absent."""
        self.known.add(key)
        if key not in self.raw:
            if not optional:
                self.sheet.flaw(self.at(key), say("fault.missing"))
            return Table(self.sheet, self.at(key), {})
        return Table(self.sheet, self.at(key), self.raw[key])

    def tables(self) -> Mapping[str, "Table"]:
        """Every key as a table, in the order of the file."""
        return {key: self.table(key) for key in self.raw}

    def close(self) -> None:
        """Note the keys that were not taken, so that nothing is silently ignored."""
        for key in self.raw.keys() - self.known:
            near = get_close_matches(key, sorted(self.known - self.raw.keys()), 1)
            said = say("fault.unknown_near", near=near[0]) if near else say("fault.unknown")
            self.sheet.flaw(self.at(key), said)


def _lines(text: str) -> dict[str, int]:
    """Dotted path -> the line where it first appears. Plan files have one value per line."""
    found: dict[str, int] = {}
    table = ""
    for number, line in enumerate(text.split("\n"), 1):
        if header := _HEADER.match(line):
            table = _dotted(header[1])
            path = table
        elif key := _KEY.match(line):
            path = f"{table}.{_dotted(key[1])}" if table else _dotted(key[1])
        else:
            continue
        while path:
            found.setdefault(path, number)
            path = path.rpartition(".")[0]
    return found


def _opened(text: str, told: int) -> int:
    """The line where the value found faulty at line `told` begins: an open bracket is only
    noticed further down."""
    lines = text.split("\n")[:told]
    if not _holds(lines[-1]):
        return told
    for number, line in zip(range(told, 0, -1), reversed(lines), strict=True):
        if not _holds(line) and (_HEADER.match(line) or _KEY.match(line)):
            return number
    return told


def _holds(line: str) -> bool:
    try:
        tomllib.loads(line)
    except (ValueError, RecursionError):
        return False
    return True


def _dotted(key: str) -> str:
    return ".".join(part.strip().strip("\"'") for part in key.split("."))
