"""试算 of what is no reading: a head-count, the deadline of an item, the quota of a unit."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from commands.chat.errors import Refusal
from commands.chat.requests import Asking
from commands.grammar.days import find_when
from commands.grammar.lexicon import units_of
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

_STUDENTS = re.compile(r"在校人数\s*([0-9]{1,6})")
_QUOTA = re.compile(r"(\S+?)\s*(新闻|软文|官网|栏目|抖音视频|视频)\s*([0-9]{1,3})")
TASKS = {**{word: task for task, word in CELLS.items()}, "视频": "video", "栏目": "column"}


@frozen
class Trial:
    """What is tried: students, an item's deadline, or a unit's quota."""

    what: str
    of: str
    task: str
    value: str

    def kept(self) -> list[str]:
        """As an order keeps it."""
        return [self.what, self.of, self.task, self.value]


def read(asking: Asking, said: str) -> Trial:
    """What a line wants to try. Raises Refusal for one that is not understood."""
    plan = asking.plan
    if found := _STUDENTS.fullmatch(said.strip()):
        return Trial(what="students", of="", task="", value=found[1])
    for item in plan.items:
        when = find_when(said, plan.year, asking.at)
        if item.word in said and when is not None and item.code in BEFORE:
            return Trial(what="deadline", of=item.code, task="", value=day_of(when[0]).isoformat())
    if found := _QUOTA.fullmatch(said.strip()):
        unit = units_of(plan)(found[1])
        if unit and TASKS[found[2]] in plan.by_code[unit].quotas and int(found[3]):
            return Trial(what="quota", of=unit, task=TASKS[found[2]], value=found[3])
    raise Refusal(say("readings.no_trial", said=said[:30]))


def told(tx: Reading, plan: Plan, kept: list[str], now: Instant) -> Iterator[str]:
    """The trial in words, and what it does to every unit as of now."""
    trial = Trial(what=kept[0], of=kept[1], task=kept[2], value=kept[3])
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
            "unit": short(plan, trial.of),
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
    name, day = BEFORE[trial.of][0], date.fromisoformat(trial.value)
    item = plan.item[trial.of]
    terms = {**item.terms, name: replace(item.terms[name], value=day)}
    items = tuple(replace(one, terms=terms) if one is item else one for one in plan.items)
    return replace(plan, items=items), tallies


def _quota(plan: Plan, tallies: Tallies, trial: Trial) -> tuple[Plan, Tallies]:
    def of(unit: Unit) -> Unit:
        if unit.code not in plan.sharers.get(trial.of, (trial.of,)):
            return unit
        quota = replace(unit.quotas[trial.task], due=int(trial.value))
        return replace(unit, quotas={**unit.quotas, trial.task: quota})

    return replace(plan, units=tuple(map(of, plan.units))), tallies


CHANGES: Mapping[str, Callable[[Plan, Tallies, Trial], tuple[Plan, Tallies]]] = {
    "students": _students,
    "deadline": _deadline,
    "quota": _quota,
}
