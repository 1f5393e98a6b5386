"""Read the table of what was reported and decided before (台账): rows of reports, or named faults.

Nothing is guessed: what is not understood is told by line and reason, and then nothing is booked.
Works on bytes and a plan, in the process with limits; who a person is, and what is known already,
is `commands.records.meaning`.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from commands.chat.requests import Opener
from commands.grammar import arguments, lexicon
from commands.grammar.folding import squeeze, tidy
from commands.grammar.lexicon import Lexicon, Units
from commands.grammar.slots import Slot
from commands.records.kinds import BOOKABLE, words
from commands.tables.cells import Grid, Unreadable
from commands.tables.headers import Header, Headings
from commands.tables.sheets import grids
from commands.wording.sentences import say
from scoring.facts import Verb
from scoring.moments import Instant, day_of, end_of
from scoring.plan import Plan
from scoring.values import frozen

MOST_LINES = 5_000

COLUMNS = {
    "类别": ("类别", "种类", "类型", "事项"),
    "部门": ("部门", "单位", "所属部门", "系部", "处室"),
    "人员": ("人员", "姓名", "报送人", "责任人"),
    "时间": ("时间", "日期", "发布时间", "完成时间"),
    "标题": ("标题", "名称", "题目", "内容"),
    "链接": ("链接", "网址", "地址"),
    "结果": ("结果", "审核结果", "审核", "认定"),
    "说明": ("说明", "备注", "依据"),
}
HEADINGS = Headings(
    column_of={alias: column for column, aliases in COLUMNS.items() for alias in aliases},
    required=("类别", "部门", "时间"),
    squeezed=squeeze,
)

RESULTS = {
    **dict.fromkeys(("", "待审", "待核", "待认定", "未审"), ""),
    **dict.fromkeys(
        ("通过", "已通过", "认定", "已认定", "核实", "已核实", "认可", "已认可", "合格", "有效"),
        Verb.APPROVE.value,
    ),
    **dict.fromkeys(("退回", "已退回", "不通过", "未通过", "不合格", "无效"), Verb.REJECT.value),
    "偏题": Verb.OFF_TOPIC.value,
}
"""What may stand under 结果 -> the decision, "" for none yet."""

TOTALS = ("合计", "小计", "总计", "共计")
MIDNIGHT = " 00:00:00"
"""How a cell that holds a day alone reads in a workbook."""

_WHEN = (Slot(name="when", kind="when"),)
MAX_SHOWN = 16


@frozen
class Row:
    """A line of the table. `unit`: a code, "" where the person's is meant; `person`, `title`,
    `link`, `note` as typed; `verb`: the decision, "" for none yet."""

    line: int
    kind: str
    unit: str
    person: str
    at: Instant
    title: str
    link: str
    verb: str
    note: str


@frozen
class Fault:
    """Why a line cannot be booked."""

    line: int
    reason: str

    def __str__(self) -> str:
        return say("records.fault", line=self.line, reason=self.reason)


@frozen
class Sheet:
    """What a table says; `total`: its lines, faulty ones included."""

    rows: tuple[Row, ...]
    faults: tuple[Fault, ...]
    total: int


def is_one(grid: Grid) -> bool:
    """Whether a sheet looks like a 台账."""
    return isinstance(HEADINGS.find(grid), Header)


def read(name: str, data: bytes, plan: Plan, now: Instant) -> Sheet:
    """The rows of a csv or xlsx file. Raises Unreadable if it is no such table."""
    shortest = ""
    for grid in grids(name, data):
        found = HEADINGS.find(grid)
        if isinstance(found, Header):
            return _Reader(plan, now).sheet(grid, found)
        shortest = shortest or found
    raise Unreadable(shortest or HEADINGS.none())


class _Reader:
    def __init__(self, plan: Plan, now: Instant) -> None:
        self.plan = plan
        self.now = now
        self.kinds = words(plan)
        self.units: Units = lexicon.units_of(plan)
        self.words: Lexicon = lexicon.build(plan, ())

    def sheet(self, grid: Grid, header: Header) -> Sheet:
        rows, faults, total = [], [], 0
        for line, cells, odd in _lines(grid, header):
            total += 1
            if total > MOST_LINES:
                raise Unreadable(say("records.too_long", most=MOST_LINES))
            reasons = [*odd]
            row = self._row(line, cells, reasons)
            rows += [row] if not reasons else []
            faults += [Fault(line=line, reason=reason) for reason in reasons]
        if not total:
            raise Unreadable(say("records.nothing"))
        return Sheet(rows=tuple(rows), faults=tuple(faults), total=total)

    def _row(self, line: int, cells: Mapping[str, str], reasons: list[str]) -> Row:
        kind = self._kind(cells["类别"], reasons)
        verb = RESULTS.get(squeeze(cells["结果"]))
        if verb is None:
            reasons.append(say("records.result", said=_shown(cells["结果"])))
        link = cells["链接"]
        if kind and BOOKABLE[kind].linked and not link.startswith(("http://", "https://")):
            reasons.append(say("records.no_link", word=self.plan.kinds[kind].word))
        if kind not in ("", "handover") and not cells["标题"]:
            reasons.append(say("records.no_title"))
        return Row(
            line=line,
            kind=kind,
            unit=self._unit(cells, reasons),
            person=cells["人员"],
            at=self._moment(cells["时间"], reasons),
            title=cells["标题"],
            link=link,
            verb=verb or "",
            note=cells["说明"],
        )

    def _kind(self, said: str, reasons: list[str]) -> str:
        word = squeeze(said)
        found = self.kinds.get(word.casefold()) or self.kinds.get(
            word.removeprefix("报").casefold(), ""
        )
        if not found:
            known = "、".join(
                self.plan.kinds[code].word for code in BOOKABLE if code in self.plan.kinds
            )
            key = "records.kind" if word else "records.no_kind"
            reasons.append(say(key, said=_shown(said), known=known))
        return found

    def _unit(self, cells: Mapping[str, str], reasons: list[str]) -> str:
        said = cells["部门"]
        if not said and cells["人员"]:
            return ""
        code = self.units(said) if said else None
        if code is None:
            key = "records.unit" if said else "records.no_unit"
            reasons.append(say(key, said=_shown(said)))
        return code or ""

    def _moment(self, said: str, reasons: list[str]) -> Instant:
        """When it happened; a day alone means its last second, of today: now."""
        text = said.removesuffix(MIDNIGHT)
        found = arguments.read(_WHEN, text, self.words, self.plan.year, self.now)
        at = found.values.get("when")
        if at is None or found.leftover or found.problem:
            key = "records.when" if said else "records.no_when"
            reasons.append(say(key, said=_shown(said)))
            return 0
        if at == end_of(day_of(self.now)) - 1:
            at = self.now
        if at > self.now:
            reasons.append(say("records.future", said=_shown(said)))
        elif day_of(at).year != self.plan.year:
            reasons.append(say("records.other_year", said=_shown(said), year=self.plan.year))
        return int(at)


def _lines(grid: Grid, header: Header) -> Iterator[tuple[int, Mapping[str, str], list[str]]]:
    """The lines below the header that are neither blank nor totals: number, cells, and what in them
    nobody typed."""
    for number, row in enumerate(grid[header.line :], start=header.line + 1):
        cells = dict.fromkeys(COLUMNS, "")
        odd = []
        for column, place in header.columns.items():
            if place < len(row):
                cells[column] = tidy(row[place].text)
                if row[place].formula or row[place].odd in ("error", "truth"):
                    key = "records.formula" if row[place].formula else "records.odd"
                    odd.append(say(key, column=column, said=_shown(row[place].text)))
        first = next((squeeze(cell.text) for cell in row if cell.text.strip()), "")
        if (any(cells.values()) or odd) and not first.startswith(TOTALS):
            yield number, cells, odd


def _shown(text: str) -> str:
    return text if len(text) <= MAX_SHOWN else f"{text[: MAX_SHOWN - 1]}…"


# --- as plain values ----------------------------------------------------------------------


def _open(name: str, data: bytes, plan: Plan, now: Instant) -> Any:
    found = read(name, data, plan, now)
    return {
        "plan": plan.id,
        "total": found.total,
        "faults": [[one.line, one.reason] for one in found.faults],
        "rows": [
            [
                *(row.line, row.kind, row.unit, row.person, row.at),
                *(row.title, row.link, row.verb, row.note),
            ]
            for row in found.rows
        ],
    }


def sheet_of(said: Any) -> Sheet:
    """A table from its plain value."""
    return Sheet(
        rows=tuple(_row_of(*row) for row in said["rows"]),
        faults=tuple(Fault(line=line, reason=reason) for line, reason in said["faults"]),
        total=said["total"],
    )


def _row_of(*said: Any) -> Row:
    line, kind, unit, person, at, title, link, verb, note = said
    return Row(
        line=line,
        kind=kind,
        unit=unit,
        person=person,
        at=at,
        title=title,
        link=link,
        verb=verb,
        note=note,
    )


OPENER = Opener(read=_open, value=dict)
"""Its value stays plain, for `sheet_of`: a handler that keeps a long table needs no rows."""


def template() -> bytes:
    """An empty table with an example a line, as csv that WPS and Excel read."""
    rows = [list(COLUMNS), *(say(f"records.example_{one}").split("|") for one in ("news", "lead"))]
    return "\r\n".join(",".join(row) for row in rows).encode("utf-8-sig")
