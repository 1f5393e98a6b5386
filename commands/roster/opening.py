"""A roster file as it is opened, away from the writer: what it says, and the same table with its
faults marked, as plain values that a proposal can keep."""

from base64 import b64decode, b64encode
from dataclasses import dataclass
from typing import Any

from commands.chat.messages import File
from commands.chat.requests import Opener
from commands.grammar import lexicon
from commands.roster import file, marks
from commands.roster.file import RosterFault, RosterFile, RosterRow
from commands.tables.cells import Unreadable
from scoring.moments import Instant
from scoring.plan import Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """`marked`: the table with what is wrong beside each line, if anything is."""

    roster: RosterFile
    marked: File | None = None


def _read(name: str, data: bytes, plan: Plan, _now: Instant) -> Any:
    try:
        table = file.table(name, data)
    except Unreadable as why:
        return _plain(file.refused(str(why)), None)
    roster = table.people(lexicon.units_of(plan))
    return _plain(roster, marks.beside(name, table, roster.faults) if roster.faults else None)


def _plain(roster: RosterFile, marked: File | None) -> Any:
    return {
        "people": roster.people,
        "notes": roster.notes,
        "faults": [[one.line, one.reason] for one in roster.faults],
        "rows": [
            [
                *(row.line, row.staff_no, row.name, row.unit, sorted(row.roles)),
                *(row.accounts, row.school, row.classes, row.leave),
            ]
            for row in roster.rows
        ],
        "marked": [marked.name, b64encode(marked.data).decode()] if marked else None,
    }


def _value(said: Any) -> Read:
    marked = said["marked"]
    return Read(
        roster=RosterFile(
            rows=tuple(_row(row) for row in said["rows"]),
            faults=tuple(RosterFault(line=line, reason=reason) for line, reason in said["faults"]),
            notes=tuple(said["notes"]),
            people=said["people"],
        ),
        marked=File(name=marked[0], data=b64decode(marked[1])) if marked else None,
    )


def _row(said: Any) -> RosterRow:
    line, staff_no, name, unit, roles, accounts, school, classes, leave = said
    return RosterRow(
        line=line,
        staff_no=staff_no,
        name=name,
        unit=unit,
        roles=frozenset(roles),
        accounts=tuple((platform, account) for platform, account in accounts),
        school=school,
        classes=tuple(classes),
        leave=None if leave is None else tuple(leave),
    )


OPENER = Opener(read=_read, value=_value)
