"""Read a roster file as schools really keep them (C15): rows of people, or named faults.

Title rows above the header, merged 部门 cells, numbers stored as 1024.0, 合计 rows and GB18030
are normal. Nothing is evaluated or guessed: what is not understood is reported by line and
reason, and then nobody may be imported. Works on bytes; knows no database.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from unicodedata import normalize

from commands.chat.messages import MAX_FILE
from commands.grammar.folding import squeeze, tidy
from commands.grammar.lexicon import Units
from commands.tables.cells import Grid, Row, Unreadable
from commands.tables.headers import Header, Headings
from commands.tables.sheets import grids
from commands.wording.sentences import say
from db.people import FOUNDER, ROLES, same_account
from db.platforms import LOCAL, PLATFORMS

MAX_NAME = 40
MAX_PEOPLE = 5_000
"""More than any school employs, and as many as can be compared without others waiting."""

HEADINGS = {
    "工号": ("工号", "职工号", "教工号", "教师工号", "职工编号", "人员编号", "员工编号"),
    "姓名": ("姓名", "名字", "教师姓名", "职工姓名", "员工姓名"),
    "部门": ("部门", "所属部门", "所在部门", "工作部门", "部门名称", "系部", "处室"),
    "角色": ("角色",),
    "账号": ("账号", "帐号", "聊天账号"),
    "学校": ("学校", "所属学校", "所在学校"),
    "班级": ("班级", "所带班级", "任班主任班级"),
    "状态": ("状态", "在职状态", "人员状态"),
}
COLUMN_OF = {alias: column for column, aliases in HEADINGS.items() for alias in aliases}
REQUIRED = ("工号", "姓名", "部门")
_HEADINGS = Headings(column_of=COLUMN_OF, required=REQUIRED, squeezed=squeeze)

TOTALS = ("合计", "小计", "总计", "共计")
_ODD = frozenset({"error", "truth", "day", "power"})
_ODD_IN = {"工号": frozenset({"error", "truth", "day"}), "状态": frozenset({"error", "truth"})}
"""What a cell of a column cannot be; a 工号 in powers has a sentence of its own."""

LEFT = frozenset({"离职", "离岗", "退休", "辞职", "调出", "调离", "已离职", "已退休"})
STAYS = frozenset(
    {"", "在职", "在岗", "在编", "聘用", "外聘", "返聘", "试用", "借调", "请假", "病假", "产假"}
)

Leave = tuple[int | None, ...]
"""Year (None: not named), month and day of a leave's first day, then of its last."""

_LEAVE = re.compile(
    r"(?:请假|病假|产假|事假|休假|出差|外出|进修)"
    r"(?:(?P<y1>\d{4})[-/.年])?(?P<m1>\d{1,2})[-/.月](?P<d1>\d{1,2})[日号]?[-~–—至到]"
    r"(?:(?P<y2>\d{4})[-/.年])?(?P<m2>\d{1,2})[-/.月](?P<d2>\d{1,2})[日号]?"
)

STAFF_NO = re.compile(r"[A-Z0-9][A-Z0-9_-]{0,31}")
SCIENTIFIC = re.compile(r"\d(\.\d+)?E\+\d+")
SEPARATORS = re.compile(r"[\s、,;/|]+")
Cells = Mapping[str, str]
"""The cells of a row by column, "" where it has none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterRow:
    """One person of the file. `accounts`: (platform, account) pairs; `leave`: when they get no
    reminders."""

    line: int
    staff_no: str
    name: str
    unit: str
    roles: frozenset[str]
    accounts: tuple[tuple[str, str], ...] = ()
    school: str = ""
    classes: tuple[str, ...] = ()
    leave: Leave | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterFault:
    """Why a line cannot be imported. Line 0: the file as a whole."""

    line: int
    reason: str

    def __str__(self) -> str:
        if not self.line:
            return self.reason
        return say("rosterfile.fault", line=self.line, reason=self.reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterFile:
    """What a file says. With any fault nobody may be imported. `people` counts the lines that
    name somebody, faulty ones included; `notes` tell what was read in an unusual way."""

    rows: tuple[RosterRow, ...] = ()
    faults: tuple[RosterFault, ...] = ()
    notes: tuple[str, ...] = ()
    people: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """The table of a file that has a roster's header."""

    grid: Grid
    header: Header

    def people(self, units: Units) -> RosterFile:
        """What it says; `units` finds a unit's code by any name."""
        return _people(self.grid, self.header, units)


def is_one(grid: Grid) -> bool:
    """Whether a sheet looks like a roster."""
    return isinstance(_HEADINGS.find(grid), Header)


def read(name: str, data: bytes, lexicon_units: Units) -> RosterFile:
    """Read the people of a csv or xlsx file; `lexicon_units` finds a unit's code by any name."""
    try:
        return table(name, data).people(lexicon_units)
    except Unreadable as why:
        return refused(str(why))


def table(name: str, data: bytes) -> Table:
    """The first table with a roster's header. Raises Unreadable."""
    if len(data) > MAX_FILE:
        raise Unreadable(say("rosterfile.too_big", most=MAX_FILE // 1024 // 1024))
    shortest = ""
    for grid in grids(name, data):
        found = _HEADINGS.find(grid)
        if isinstance(found, Header):
            return Table(grid=grid, header=found)
        shortest = shortest or found
    raise Unreadable(shortest or _HEADINGS.none())


def refused(reason: str) -> RosterFile:
    """A file that cannot be read as a whole."""
    return RosterFile(
        faults=(RosterFault(line=0, reason=say("rosterfile.refused", reason=reason)),)
    )


# --- the rows -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Line:
    """A row that is not blank; `formulas`: the columns that hold one; `odd`: those whose cell is
    no words, with what it is instead."""

    number: int
    cells: Cells
    formulas: tuple[str, ...]
    odd: tuple[tuple[str, str], ...]
    is_total: bool


def _people(grid: Grid, header: Header, units: Units) -> RosterFile:
    rows: list[RosterRow] = []
    faults: list[RosterFault] = []
    taken: dict[tuple[str, str], int] = {}
    people = filled = gone = 0
    unit_above = ""
    for line in _lines(grid, header):
        own_unit = line.cells["部门"]
        if line.is_total:
            unit_above = ""
            continue
        filled += bool(unit_above) and not own_unit
        unit_above = own_unit or unit_above
        if squeeze(line.cells["状态"]) in LEFT:
            gone += 1
            continue
        people += 1
        reasons = [say("rosterfile.formula", column=column) for column in line.formulas]
        reasons += [
            say(f"rosterfile.odd_{odd}", column=column, said=_shown(line.cells[column]))
            for column, odd in line.odd
        ]
        if not reasons:
            row = _row(line.number, {**line.cells, "部门": unit_above}, units, reasons)
            reasons += _repeated(row, taken)
            rows.append(row)
        faults += [RosterFault(line=line.number, reason=reason) for reason in reasons]
    if not people:
        return refused(say("rosterfile.nobody"))
    if people > MAX_PEOPLE:
        return refused(say("rosterfile.crowd", people=people, most=MAX_PEOPLE))
    bad = {fault.line for fault in faults}
    return RosterFile(
        rows=tuple(row for row in rows if row.line not in bad),
        faults=tuple(faults),
        notes=tuple(_notes(header, filled, gone)),
        people=people,
    )


def _lines(grid: Grid, header: Header) -> Iterator[_Line]:
    """The rows below the header, except blank ones and repeated headers."""
    for number, row in enumerate(grid[header.line :], start=header.line + 1):
        cells = dict.fromkeys(HEADINGS, "")
        formulas, odd = [], []
        for column, place in header.columns.items():
            if place < len(row):
                cells[column] = tidy(row[place].text)
                if row[place].formula:
                    formulas.append(column)
                if row[place].odd in _ODD_IN.get(column, _ODD):
                    odd.append((column, row[place].odd))
        repeats = all(
            COLUMN_OF.get(_HEADINGS.heading(cells[column])) == column for column in REQUIRED
        )
        if (any(cells.values()) or formulas) and not repeats:
            yield _Line(number, cells, tuple(formulas), tuple(odd), _is_total(row, cells))


def _is_total(row: Row, cells: Cells) -> bool:
    """Whether it is a 合计 or 小计 row; one with both 工号 and 姓名 must say so in these."""
    whole = squeeze(cells["工号"]) and squeeze(cells["姓名"])
    places = ("工号", "姓名") if whole else REQUIRED
    words = [squeeze(cells[column]) for column in places]
    words += [next((squeeze(cell.text) for cell in row if cell.text.strip()), "")]
    return any(word.startswith(TOTALS) or word.endswith(TOTALS) for word in words)


def _row(line: int, cells: Cells, units: Units, reasons: list[str]) -> RosterRow:
    """The row as far as it is understood; what is not is added to `reasons`."""
    unit = _unit(cells["部门"], units, reasons)
    staff_no = _staff_no(cells["工号"], reasons)
    name = _name(cells["姓名"], reasons)
    roles = _roles(cells["角色"], reasons)
    accounts = _accounts(cells["账号"], reasons)
    status = squeeze(cells["状态"])
    leave = _LEAVE.fullmatch(status)
    if status not in LEFT | STAYS and leave is None:
        reasons.append(say("rosterfile.status", said=_shown(status)))
    return RosterRow(
        line=line,
        staff_no=staff_no,
        name=name,
        unit=unit,
        roles=roles,
        accounts=accounts,
        school=cells["学校"],
        classes=tuple(dict.fromkeys(_parts(cells["班级"]))),
        leave=_leave(leave, reasons) if leave else None,
    )


def _leave(found: re.Match[str], reasons: list[str]) -> Leave | None:
    """The days as written, without a year where none is named; an impossible day is a reason."""
    first, last = ((found[f"y{n}"], found[f"m{n}"], found[f"d{n}"]) for n in (1, 2))
    try:
        for year, month, day in (first, last):
            date(int(year or 2024), int(month), int(day))  # a leap year: 2月29日 may be one
    except ValueError:
        reasons.append(say("rosterfile.leave", said=_shown(found[0])))
        return None
    return tuple(int(part) if part else None for part in (*first, *last))


def _repeated(row: RosterRow, taken: dict[tuple[str, str], int]) -> list[str]:
    """Report what an earlier line already has, and record what this line has."""
    keys = [("staff_no", row.staff_no)] if row.staff_no else []
    keys += [("account", f"{platform}:{account}") for platform, account in row.accounts]
    reasons = []
    for what, key in keys:
        if (what, key) in taken:
            shown = _shown(key.removeprefix(f"{LOCAL}:"))
            said = say(f"rosterfile.{what}_twice", account=shown, line=taken[what, key])
            reasons.append(said)
        else:
            taken[what, key] = row.line
    return reasons


def _notes(header: Header, filled: int, gone: int) -> Iterator[str]:
    if header.ignored:
        shown = "、".join(_shown(word) for word in header.ignored[:5])
        more = "…" if len(header.ignored) > 5 else ""
        yield say("rosterfile.ignored", columns=f"{shown}{more}")
    if filled:
        yield say("rosterfile.filled", lines=filled)
    if gone:
        yield say("rosterfile.gone", lines=gone)


# --- the cells ----------------------------------------------------------------------------


def _shown(text: str) -> str:
    return text if len(text) <= 16 else f"{text[:15]}…"


def _parts(text: str) -> list[str]:
    """Split a list as people write it, at ； ， 、 and spaces; full width becomes half."""
    return [part for part in SEPARATORS.split(normalize("NFKC", text)) if part]


def _staff_no(text: str, reasons: list[str]) -> str:
    number = squeeze(text).upper().removeprefix("'")
    number = re.sub(r"(?<=\d)\.0+$", "", number)
    if not number:
        reasons.append(say("rosterfile.no_staff_no"))
    elif SCIENTIFIC.fullmatch(number):
        reasons.append(say("rosterfile.staff_no_number", said=_shown(number)))
    elif number == FOUNDER:
        reasons.append(say("rosterfile.staff_no_reserved", said=number))
    elif STAFF_NO.fullmatch(number):
        return number
    else:
        reasons.append(say("rosterfile.staff_no", said=_shown(text)))
    return ""


def _name(text: str, reasons: list[str]) -> str:
    # 张　伟 is spaced to align with longer names; Latin names keep their space.
    name = re.sub(r"(?<=[^\x00-\x7f])\s+(?=[^\x00-\x7f])", "", text)
    if not name:
        reasons.append(say("rosterfile.no_name"))
    elif len(name) > MAX_NAME:
        reasons.append(say("rosterfile.long_name", most=MAX_NAME))
    elif not any(char.isalpha() for char in name):
        reasons.append(say("rosterfile.name", said=_shown(name)))
    return name


def _unit(text: str, units: Units, reasons: list[str]) -> str:
    if not text:
        reasons.append(say("rosterfile.no_unit"))
        return ""
    code = units(text)
    if code is None:
        reasons.append(say("rosterfile.unit", said=_shown(text)))
    return code or ""


def _roles(text: str, reasons: list[str]) -> frozenset[str]:
    found = _parts(text)
    reasons += [
        say("rosterfile.role", said=_shown(role), roles="、".join(ROLES))
        for role in found
        if role not in ROLES
    ]
    return frozenset(found) or frozenset(ROLES[:1])


def _accounts(text: str, reasons: list[str]) -> tuple[tuple[str, str], ...]:
    found = []
    for part in _parts(text):
        name, colon, account = part.rpartition(":")
        name = name.casefold() if colon else LOCAL
        platform = PLATFORMS.get(name)
        if platform is not None and platform.account.fullmatch(account):
            found.append((name, same_account(name, account)))
        else:
            examples = " 或 ".join(filter(None, (one.example for one in PLATFORMS.values())))
            reasons.append(say("rosterfile.account", said=_shown(part), examples=examples))
    return tuple(dict.fromkeys(found))
