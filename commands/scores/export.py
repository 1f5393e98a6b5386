"""导出: points, open duties or progress with leads as a workbook, now and not only monthly.

It names staff and units; a child's name or number is in none of them.
"""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from commands.chat.errors import Refusal
from commands.chat.messages import Button, File, Reply
from commands.chat.requests import Asking, Job, Made, Order, Request, Tell, command
from commands.conversation import jobs
from commands.duties import obligations
from commands.filing.chosen import in_plan
from commands.grammar.slots import Slot
from commands.months import workbook
from commands.months.report import Sheet
from commands.months.stored import from_json
from commands.paper import book
from commands.paper.book import Cell, Share, Tab
from commands.scores.lacking import (
    MEETING,
    OVER_ALL,
    Question,
    Reach,
    lacking,
    meeting_classes,
    reach,
    teaches,
    what_of,
)
from commands.wording.formats import moment, period_name, unit_name, weekday
from commands.wording.sentences import say
from commands.wording.terms import ACTS, QUOTAS
from db import ledger, tasks
from db.engine.tx import Reading, Tx
from db.people import ADVISER, HEAD
from scoring import months as monthly
from scoring.duties import board, gates
from scoring.moments import day_of, local
from scoring.verdicts import EVERYBODY

POINTS, DUTIES, LEADS = "得分", "待办", "线索进度"
SAID = {POINTS: POINTS, DUTIES: DUTIES, LEADS: LEADS, "线索": LEADS}
DESK = "招办"
"""The role that follows the leads of all units, and nothing else here."""


@command(
    "export",
    "导出",
    roles="部门负责人 班主任 融媒体中心 考核组 招办",
    slots=(Slot(name="what", kind="choice", choices=tuple(SAID)),),
    private=True,
    never_bare=True,
    example="导出 得分",
)
def export(request: Request, tx: Tx) -> Reply:
    """Order the workbook. Raises Refusal for what is not the asker's, and where no file can go."""
    if "what" not in request.args:
        buttons = tuple(Button.of(word, "export", word) for word in _TABS if _is_for(request, word))
        return Reply(text=say("export.which"), buttons=(buttons,))
    what = SAID[request.args["what"]]
    if what == LEADS and not in_plan("lead", request.plan):
        raise Refusal(say("speaking.not_in_plan", word=what))
    if not _is_for(request, what):
        raise Refusal(say("missing.of_people" if what == LEADS else "export.leads_only"))
    if not request.can.files:
        raise Refusal(say("export.no_files"))
    return jobs.begin(request, tx, "export", say("export.making", what=what), what=what)


def _is_for(asking: Asking, what: str) -> bool:
    """Leads are counted by person, so an adviser of classes has no share in them; the desk has
    one in nothing else."""
    if what == LEADS:
        return _reach(asking, what).classes is None
    return not asking.who.roles.isdisjoint(OVER_ALL | {HEAD, ADVISER})


def _reach(asking: Asking, what: str) -> Reach:
    """Whose names stand in it: the desk follows everybody's leads."""
    if what == LEADS and DESK in asking.who.roles:
        return Reach(units=frozenset(unit.code for unit in asking.plan.units))
    return reach(asking)


def _make(tx: Reading, order: Order, _tell: Tell) -> Made:
    what, who = order.args["what"], order.people.by_id[order.person]
    asking = Asking(plan=order.plan, people=order.people, who=who, at=order.now, now=order.now)
    tabs = [
        (name, head, list(rows))
        for name, head, rows in _TABS[what](tx, asking, _reach(asking, what))
    ]
    name = f"{what}_{day_of(order.now).strftime('%m%d')}.xlsx"
    file = File(name=name, data=book.write(what, local(order.now).replace(tzinfo=None), tabs))
    text = say("export.done", name=name, rows=len(tabs[-1][2]), when=moment(order.now))
    return Made(files=(file,), payload={"text": text})


def _send(request: Request, _tx: Tx, order: Order, made: Made) -> Reply:
    what = order.args["what"]
    names = [name for name in _NEXT[what] if _may(request, name)]
    buttons = tuple(Button.of(request.registry.shown(name), name) for name in names)
    return Reply(
        text=made.payload["text"],
        files=made.files,
        buttons=(buttons,) if buttons else (),
        private=True,
    )


def _may(request: Request, name: str) -> bool:
    roles = request.registry.commands[name].roles
    return not roles or not roles.isdisjoint(request.who.roles)


EXPORT = Job(name="export", work=_make, finish=_send, sends=True)

_NEXT = {POINTS: ("score", "rank"), DUTIES: ("todo",), LEADS: ("pending",)}
"""What one looks at next, as buttons."""


# --- the tables ---------------------------------------------------------------------------

GATES = ("部门", "项目", "截止", "还差", "分")
OF_CLASSES = ("部门", "班级", "事项", "状态")
OF_UNITS = ("部门", "人数", "已满人数", "比例", "已认定", "待认定")
OF_PEOPLE = ("部门", "姓名", "工号", "已认定", "待认定", "还差")


def _points(tx: Reading, asking: Asking, within: Reach) -> Iterator[Tab]:
    """Every unit's total, as everybody may see it; the items of the units within reach."""
    plan, now = asking.plan, asking.now
    tallies = ledger.tallies(tx, plan)
    cards = monthly.cards(plan, tallies, ledger.basis(tx, plan, now, now), now)
    sheet = from_json(Sheet, monthly.sheet(plan, cards, tallies, now + 1, now))
    yield (
        say("export.totals"),
        workbook.STANDING,
        (workbook.standing(place, row) for place, row in workbook.placed(sheet)),
    )
    names = {unit_name(plan, code) for code in within.units}
    yield (
        say("export.items"),
        (*workbook.VERDICT, *workbook.GROUNDS),
        (
            (*workbook.verdict(plan, row, item), *workbook.grounds(item))
            for row in sheet.units
            if row.unit in names
            for item in row.items
        ),
    )


def _duties(tx: Reading, asking: Asking, within: Reach) -> Iterator[Tab]:
    """What the units still owe in the running week and month, and their deadlines ahead; of a
    class adviser's classes, what each has not reported."""
    if within.classes is not None:
        yield say("export.classes"), OF_CLASSES, _of_classes(tx, asking, within)
        return
    plan, at, tallies = asking.plan, asking.at, ledger.tallies(tx, asking.plan)
    units = [unit for unit in plan.scored_units if unit.code in within.units]
    yield (
        say("export.gates"),
        GATES,
        (
            (unit.name, plan.item[gate.item].word, weekday(gate.day), gate.missing, gate.points)
            for unit in units
            for gate in gates(plan, unit, tallies, at)
            if gate.item and gate.period is None
        ),
    )
    yield (
        say("export.tasks"),
        workbook.BOARD,
        (
            (unit.name, QUOTAS[row.task], period_name(row.period), row.due, row.done, row.missing)
            for unit in units
            for row in (
                *board(plan, unit, tallies, at),
                *obligations.rows(tx, plan, asking.people, unit.code, at),
            )
        ),
    )


def _of_classes(tx: Reading, asking: Asking, within: Reach) -> Iterator[Sequence[Cell]]:
    meets = teaches(tx, asking) and meeting_classes(asking, within)
    questions = [Question(word=MEETING)] if meets else []
    questions += [
        Question(word=ACTS[act], task=task)
        for task in tasks.open_tasks(tx, asking.plan, asking.at)
        for act in task.fact.details["metrics"]
    ]
    for question in questions:
        for one in lacking(tx, asking, question, within):
            yield unit_name(asking.plan, one.unit), one.name, what_of(question), say("export.open")


def _leads(tx: Reading, asking: Asking, within: Reach) -> Iterator[Tab]:
    """How far each unit and each of its people is, counted and never named by child."""
    plan, due = asking.plan, obligations.leads_due(asking.plan)
    tallies = ledger.tallies(tx, plan)
    certified, waiting = (
        tallies.of(EVERYBODY, f"lead.{state}") for state in ("accepted", "waiting")
    )
    staff = [one for one in asking.people.by_id.values() if one.unit in within.units]
    people = {
        unit.name: [one for one in staff if one.unit == unit.code]
        for unit in plan.units
        if unit.code in within.units
    }
    counts = {one.id: (certified.get(str(one.id), 0), waiting.get(str(one.id), 0)) for one in staff}
    yield (
        say("export.by_unit"),
        OF_UNITS,
        (
            _of_unit(unit, [counts[one.id] for one in own], due)
            for unit, own in people.items()
            if own
        ),
    )
    yield (
        say("export.by_person"),
        OF_PEOPLE,
        (
            (unit, one.name, one.staff_no, *counts[one.id], max(0, due - counts[one.id][0]))
            for unit, own in people.items()
            for one in own
        ),
    )


def _of_unit(name: str, counts: Sequence[tuple[int, int]], due: int) -> Sequence[Cell]:
    full = sum(done >= due for done, _ in counts)
    done, waits = (sum(column) for column in zip(*counts, strict=True))
    share = Share(Decimal(full * 10_000 // len(counts)) / 10_000)
    return name, len(counts), full, share, done, waits


_TABS = {POINTS: _points, DUTIES: _duties, LEADS: _leads}
