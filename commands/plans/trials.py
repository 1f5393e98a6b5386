"""试算 of what is no reading: a head-count, the deadline of an item, the quota of a unit."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from commands.chat.errors import Refusal
from commands.chat.requests import Asking
from commands.grammar.days import find_when
from commands.grammar.folding import fold
from commands.grammar.lexicon import units_of
from commands.grammar.quantities import find_count
from commands.grammar.unclear import Unclear
from commands.plans import effects
from commands.wording.formats import date_text, short
from commands.wording.sentences import say
from db import ledger
from db.engine.tx import Reading
from scoring.cards import Tallies
from scoring.moments import Instant, day_of
from scoring.months import cards
from scoring.plan import Plan, Unit
from scoring.planterms import CELLS
from scoring.switching import BEFORE
from scoring.values import frozen

STUDENTS = ("在校人数", "在校学生", "学生数", "学生")
_SECOND = re.compile("第?二档|第二")
_PER = {"每周": "week", "每月": "month"}
_QUOTA = re.compile(
    r"(?P<unit>\S*?)\s*(?P<task>新闻|软文|官网|栏目|抖音视频|视频)\s*(?P<per>每周|每月)?\s*"
    r"(?P<due>[0-9]{1,3})\s*[条篇个次]?"
)
TASKS = {**{word: task for task, word in CELLS.items()}, "视频": "video", "栏目": "column"}


@frozen
class Trial:
    """What is tried: students; the deadline `task` of the item `of`; the quota of the unit `of`, ""
    for all that have one, by `per` where that is said."""

    what: str
    of: str
    task: str
    value: str
    per: str = ""

    def kept(self) -> list[str]:
        """As an order keeps it."""
        return [self.what, self.of, self.task, self.value, self.per]


def read(asking: Asking, said: str) -> Trial:
    """What a line wants to try. Raises Refusal for one that is not understood or cannot be."""
    plan, copy = asking.plan, fold(said).strip()
    if found := find_count(copy, STUDENTS):
        return Trial(what="students", of="", task="", value=str(found[0]))
    for code, terms in BEFORE.items():
        words = say(f"trial.{code}").split("|")
        if code in plan.item and any(fold(one) in copy for one in (*words, plan.item[code].word)):
            when = _day(copy, asking)
            if when is not None:
                term = terms[-1] if _SECOND.search(copy) else terms[0]
                return _deadline_on(plan, code, term, when)
    if quota := _QUOTA.fullmatch(copy):
        return _quota_of(plan, quota)
    raise Refusal(say("readings.no_trial", said=said[:30]))


def _day(copy: str, asking: Asking) -> date | None:
    try:
        found = find_when(copy, asking.plan.year, asking.at)
    except Unclear as unclear:
        raise Refusal(str(unclear)) from None
    return day_of(found[0]) if found else None


def _deadline_on(plan: Plan, code: str, term: str, when: date) -> Trial:
    """A day of the plan's year that keeps the rungs in their order."""
    item = plan.item[code]
    if not plan.first_day <= when <= plan.last_day:
        raise Refusal(say("readings.trial_outside", day=when.isoformat(), year=plan.year))
    days = [when if name == term else item.terms[name].value for name in BEFORE[code]]
    if days != sorted(set(days)):
        raise Refusal(say("readings.trial_order", item=item.word, day=date_text(when)))
    return Trial(what="deadline", of=code, task=term, value=when.isoformat())


def _quota_of(plan: Plan, found: re.Match[str]) -> Trial:
    task, per = TASKS[found["task"]], _PER.get(found["per"] or "", "")
    unit = units_of(plan)(found["unit"]) if found["unit"] else ""
    trial = Trial(what="quota", of=unit or "", task=task, value=found["due"], per=per)
    if unit is None or not int(found["due"]) or not any(_owes(one, trial) for one in plan.units):
        raise Refusal(say("readings.no_trial", said=found[0][:30]))
    return trial


def _owes(unit: Unit, trial: Trial) -> bool:
    """Whether a quota that is tried is one of this unit's."""
    quota = unit.quotas.get(trial.task)
    if quota is None or quota.due is None:
        return False
    return trial.of in ("", unit.code) and trial.per in ("", quota.per)


def told(tx: Reading, plan: Plan, kept: list[str], now: Instant) -> Iterator[str]:
    """The trial in words, and what it does to every unit as of now."""
    trial = Trial(what=kept[0], of=kept[1], task=kept[2], value=kept[3], per=kept[4])
    yield _said(plan, trial)
    yield from effects.moved(_tried(tx, plan, trial, now))


def _said(plan: Plan, trial: Trial) -> str:
    values: Mapping[str, Any] = {
        "students": lambda: {"value": trial.value},
        "deadline": lambda: {
            "item": plan.item[trial.of].word,
            "day": date_text(date.fromisoformat(trial.value)),
        },
        "quota": lambda: {
            "unit": short(plan, trial.of) if trial.of else say("trial.everybody"),
            "task": CELLS[trial.task],
            "value": trial.value,
        },
    }[trial.what]()
    return say(f"readings.trial_{trial.what}", **values)


def _tried(tx: Reading, plan: Plan, trial: Trial, now: Instant) -> Iterator[effects.Effect]:
    tallies, basis = ledger.tallies(tx, plan), ledger.basis(tx, plan, now, now)
    new, counts = CHANGES[trial.what](plan, tallies, trial)
    students = int(trial.value) if trial.what == "students" else basis.students
    after = cards(new, counts, replace(basis, students=students, later=()), now)
    yield from effects.paired(cards(plan, tallies, basis, now), after)


def _students(plan: Plan, tallies: Tallies, trial: Trial) -> tuple[Plan, Tallies]:
    """Every settled task judged by this number."""
    rows = [
        (unit, measure, period, int(trial.value) if measure == "interaction.students" else value)
        for (unit, measure), periods in tallies.sums.items()
        for period, value in periods.items()
    ]
    return plan, Tallies(rows)


def _deadline(plan: Plan, tallies: Tallies, trial: Trial) -> tuple[Plan, Tallies]:
    day = date.fromisoformat(trial.value)
    item = plan.item[trial.of]
    terms = {**item.terms, trial.task: replace(item.terms[trial.task], value=day)}
    items = tuple(replace(one, terms=terms) if one is item else one for one in plan.items)
    return replace(plan, items=items), tallies


def _quota(plan: Plan, tallies: Tallies, trial: Trial) -> tuple[Plan, Tallies]:
    asked = {
        code
        for unit in plan.units
        if _owes(unit, trial)
        for code in plan.sharers.get(unit.code, (unit.code,))
    }

    def of(unit: Unit) -> Unit:
        if unit.code not in asked:
            return unit
        quota = replace(unit.quotas[trial.task], due=int(trial.value))
        return replace(unit, quotas={**unit.quotas, trial.task: quota})

    return replace(plan, units=tuple(map(of, plan.units))), tallies


CHANGES: Mapping[str, Callable[[Plan, Tallies, Trial], tuple[Plan, Tallies]]] = {
    "students": _students,
    "deadline": _deadline,
    "quota": _quota,
}
