"""Read the roll of a training, typed or as a table: who was absent, on leave, or failed.

People are found by name or 工号. If anything is not understood, it is named and nothing of the
roll counts; a shared name is asked about, never guessed.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from commands.grammar.folding import clean, fold, squeeze, tidy
from commands.tables.cells import Grid, Unreadable
from commands.tables.sheets import grids
from commands.wording.sentences import say
from db.people import Directory, Person

LABELS = {
    "缺席": "absent",
    "缺勤": "absent",
    "旷会": "absent",
    "请假": "leave",
    "准假": "leave",
    "不合格": "failed",
    "未合格": "failed",
    "补考": "resit",
    "补考合格": "resit",
    "全到": "all",
    "到齐": "all",
    "全部到齐": "all",
}
"""The words of a roll and the list each one begins."""

RESULTS = {**LABELS, "到": "", "出席": "", "到会": "", "合格": "", "": ""}
"""What the 结果 column may say; an empty value means no deduction."""

HEADINGS = {"工号": "工号", "职工号": "工号", "姓名": "姓名", "结果": "结果", "到会情况": "结果"}
HEADER_WITHIN = 10
NAMED_FAULTS = 3

_TOKEN = re.compile(r"[^\s,，、;；。:：]+")


@dataclass(slots=True, kw_only=True)
class Roll:
    """`lists`: absent, leave, failed, resit -> people by id, each once. `stated`: a list was begun,
    or all were said to be there. `namesakes`: the first name shared by several people, as written.
    """

    title: str = ""
    lists: dict[str, dict[int, Person]] = field(default_factory=dict)
    stated: bool = False
    faults: list[str] = field(default_factory=list)
    namesakes: tuple[str, tuple[Person, ...]] | None = None

    def of(self, name: str) -> list[Person]:
        """The people on one of the lists."""
        return [*self.lists.get(name, {}).values()]

    def put(self, name: str, person: Person) -> None:
        """Add a person to a list, once."""
        self.lists.setdefault(name, {})[person.id] = person


def typed(text: str, people: Directory) -> Roll:
    """Read the words after the command: a title, then lists that each begin with a label."""
    roll = Roll()
    title: list[str] = []
    name = ""
    for token in _TOKEN.findall(clean(text)):
        label, said = _labelled(token, people)
        if label:
            name, roll.stated = LABELS[label], True
        if said and name:
            _add(roll, name, said, people)
        elif said:
            title.append(said)
    roll.title = " ".join(title)
    _check(roll)
    return roll


def _labelled(token: str, people: Directory) -> tuple[str, str]:
    """The label of a token and the rest: the token is a label, or a label joined to a name."""
    if token in LABELS:
        return token, ""
    for label in sorted(LABELS, key=len, reverse=True):
        rest = token.removeprefix(label)
        if rest != token and _found(rest, people):
            return label, rest
    return "", token


def _found(said: str, people: Directory) -> tuple[Person, ...]:
    by_number = people.by_staff_no.get(fold(said).upper())
    return (by_number,) if by_number else people.named(said)


def _add(roll: Roll, name: str, said: str, people: Directory) -> None:
    known = _found(said, people)
    if not known:
        roll.faults.append(said)
    elif len(known) > 1:
        roll.namesakes = roll.namesakes or (said, known)
    else:
        roll.put(name, known[0])


def _check(roll: Roll) -> None:
    """Add a fault for each person both on leave and absent or failed."""
    roll.lists.pop("all", None)
    charged = roll.lists.get("absent", {}).keys() | roll.lists.get("failed", {}).keys()
    both = [person for person in roll.of("leave") if person.id in charged]
    if both and not roll.faults:
        roll.faults += [say("training.twice", name=person.name) for person in both]


# --- a table ------------------------------------------------------------------------------

MOST_ROWS = 2_000
Line = tuple[int, str, str, str]
"""A row of a table: its line counted from 1, 工号, 姓名 and 结果 as written."""


def table(name: str, data: bytes) -> list[Line]:
    """The rows of an xlsx or csv file with the columns 工号 or 姓名, and 结果.

    Raises Unreadable.
    """
    for grid in grids(name, data):
        header = _header(grid)
        if header is not None:
            return _lines(grid, *header)
    raise Unreadable(say("training.no_header"))


def sheet(lines: Iterable[Line], people: Directory) -> Roll:
    """The roll that the rows of a table make."""
    roll = Roll(stated=True)
    for line, number, name, result in lines:
        reasons = list(_row(roll, number.removeprefix("'"), name, squeeze(result), people))
        roll.faults += [say("training.line", line=line, why=why) for why in reasons]
    _check(roll)
    return roll


def _header(grid: Grid) -> tuple[int, Mapping[str, int]] | None:
    for line, row in enumerate(grid[:HEADER_WITHIN], start=1):
        columns = {
            HEADINGS[word]: place
            for place, cell in enumerate(row)
            if (word := squeeze(cell.text)) in HEADINGS
        }
        if "结果" in columns and len(columns) > 1:
            return line, columns
    return None


def _lines(grid: Grid, header: int, columns: Mapping[str, int]) -> list[Line]:
    lines: list[Line] = []
    for line, row in enumerate(grid[header:], start=header + 1):
        cells = {
            column: tidy(row[place].text) if place < len(row) else ""
            for column, place in columns.items()
        }
        if any(cells.values()):
            lines.append((line, cells.get("工号", ""), cells.get("姓名", ""), cells["结果"]))
    if len(lines) > MOST_ROWS:
        raise Unreadable(say("table.rows", most=MOST_ROWS))
    return lines


def _row(roll: Roll, number: str, name: str, result: str, people: Directory) -> Iterator[str]:
    known = _found(number, people) if number else people.named(name)
    if not known:
        yield say("training.line_unknown", who=number or name)
    elif len(known) > 1:
        yield say("training.line_namesakes", who=name, total=len(known))
    elif name and number and known[0] not in people.named(name):
        yield say("training.line_differs", number=number, name=name)
    elif result not in RESULTS:
        yield say("training.line_result", result=result[:12])
    elif RESULTS[result]:
        roll.put(RESULTS[result], known[0])


def shown(faults: Iterable[str]) -> str:
    """The first faults, and how many more there are."""
    faults = list(faults)
    said = "；".join(faults[:NAMED_FAULTS])
    rest = len(faults) - NAMED_FAULTS
    return said + (say("training.more", rest=rest) if rest > 0 else "")
