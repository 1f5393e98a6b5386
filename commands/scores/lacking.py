"""Who has not: taken part in a task, held the class meeting, bound an account, brought the leads.

A subject lists those of a reach who owe it, and whom a reminder goes to; the answer, its workbook
and its reminders all ask here.
"""

from collections.abc import Callable, Iterator
from datetime import timedelta

from commands.chat.errors import Refusal
from commands.chat.requests import Asking
from commands.duties import obligations
from commands.wording.sentences import say
from commands.wording.terms import ACTS
from db import ledger, tasks
from db.calendar import calendar
from db.engine.tx import Reading
from db.people import ADVISER, HEAD, Person
from scoring.moments import day_of, period_days, week_of
from scoring.values import frozen
from scoring.verdicts import EVERYBODY

MEETING, BINDING, LEADS = "班会", "绑定", "线索"
SUBJECTS = (*ACTS.values(), MEETING, BINDING, LEADS)

OVER_ALL = frozenset({"融媒体中心", "考核组"})


@frozen
class Reach:
    """Whose names the asker may see: the people of these units, or only these classes of them."""

    units: frozenset[str]
    classes: frozenset[str] | None = None


@frozen
class Owing:
    """A person, or a class, that has not. `tell`: whom a reminder goes to; `so_far`: what is done
    of it, "" where it is all or nothing."""

    unit: str
    name: str
    tell: tuple[Person, ...]
    staff_no: str = ""
    so_far: str = ""


@frozen
class Question:
    """A subject by its word, with the task it is about, if it is about one."""

    word: str
    task: ledger.Entry | None = None


ABOUT = {MEETING: "meeting", BINDING: "bind", LEADS: "lead"}
"""The subjects that are not about a task: their name among the sentences, which is also that of
the command that settles them."""


def what_of(question: Question) -> str:
    """The subject in words: 转发 #186."""
    number = question.task.number if question.task else 0
    return say(f"missing.what_{ABOUT.get(question.word, 'task')}", act=question.word, number=number)


def reach(asking: Asking, *, over_all: bool = False) -> Reach:
    """Everybody for those who look after all, their unit for heads, else the asker's classes."""
    who = asking.who
    if over_all or not who.roles.isdisjoint(OVER_ALL):
        return Reach(units=frozenset(unit.code for unit in asking.plan.units))
    classes = None if HEAD in who.roles else frozenset(who.classes)
    return Reach(units=frozenset({who.unit}), classes=classes)


def lacking(tx: Reading, asking: Asking, question: Question, within: Reach) -> list[Owing]:
    """Who has not, by unit in the order of the plan. Raises Refusal where nothing is asked."""
    order = {unit.code: place for place, unit in enumerate(asking.plan.units)}
    found = _LACKING.get(question.word, _acts)(tx, asking, question, within)
    return sorted(found, key=lambda one: order.get(one.unit, len(order)))


def _staff(asking: Asking, within: Reach) -> list[Person]:
    if within.classes is not None:
        raise Refusal(say("missing.of_people"))
    return [one for one in asking.people.by_id.values() if one.unit in within.units]


def _classes(asking: Asking, within: Reach) -> Iterator[tuple[str, str, tuple[Person, ...]]]:
    """Unit, name and advisers of each class."""
    for unit in sorted(within.units):
        for name in obligations.classes(asking.people, unit):
            if within.classes is None or name in within.classes:
                yield unit, name, _advisers(asking, unit, name)


def _advisers(asking: Asking, unit: str, name: str) -> tuple[Person, ...]:
    own = [one for one in asking.people.by_id.values() if one.unit == unit and name in one.classes]
    return tuple([one for one in own if ADVISER in one.roles] or own)


# --- the subjects -------------------------------------------------------------------------


def _acts(tx: Reading, asking: Asking, question: Question, within: Reach) -> Iterator[Owing]:
    """Who has not done this for the task; of a class adviser's classes, which have not."""
    task = question.task
    act = next(code for code, word in ACTS.items() if word == question.word)
    if task is None:
        raise ValueError("a question about an act is about a task")
    if act not in task.fact.details["metrics"]:
        raise Refusal(say("task.left_out", number=task.number, act=question.word))
    done = tasks.took_part(tx, asking.plan, task.number, act)
    if within.classes is not None:
        yield from _acts_of_classes(asking, within, {klass for _, klass in done})
        return
    asked = obligations.obligation(asking.plan, act).units
    people = {person for person, _ in done}
    for one in _staff(asking, within):
        if one.id not in people and one.unit in asked:
            yield _person(one)


def _acts_of_classes(asking: Asking, within: Reach, reported: set[str]) -> Iterator[Owing]:
    for unit, name, advisers in _classes(asking, within):
        if name not in reported:
            yield Owing(unit=unit, name=name, tell=advisers)


def _meetings(tx: Reading, asking: Asking, _question: Question, within: Reach) -> Iterator[Owing]:
    """The classes without a meeting this week."""
    if not teaches(tx, asking):
        raise Refusal(say("missing.no_teaching"))
    week = week_of(day_of(asking.at))
    classes = meeting_classes(asking, within)
    if not classes:
        raise Refusal(say("missing.no_classes"))
    for unit, name, advisers in classes:
        if ledger.claimed(tx, asking.plan, "meeting", f"{name} {week}") is None:
            yield Owing(unit=unit, name=name, tell=advisers)


def meeting_classes(asking: Asking, within: Reach) -> list[tuple[str, str, tuple[Person, ...]]]:
    """The classes that owe a meeting each teaching week: unit, name, advisers."""
    asked = obligations.obligation(asking.plan, "class_meeting").units
    return [one for one in _classes(asking, within) if one[0] in asked]


def teaches(tx: Reading, asking: Asking) -> bool:
    """Whether this is a teaching week (A58)."""
    monday, _ = period_days(week_of(day_of(asking.at)))
    return calendar(tx).teaches(monday + timedelta(days=3))


def _unbound(_tx: Reading, asking: Asking, _question: Question, within: Reach) -> Iterator[Owing]:
    """Who has no account; no message reaches them, so the heads of their unit are told."""
    for one in _staff(asking, within):
        if one.id not in asking.people.addresses:
            heads = asking.people.heads(one.unit) or asking.people.officers(one.unit)
            yield Owing(unit=one.unit, name=one.name, tell=heads, staff_no=one.staff_no)


def _leads(tx: Reading, asking: Asking, _question: Question, within: Reach) -> Iterator[Owing]:
    """Who has fewer certified leads than each person owes."""
    due = obligations.leads_due(asking.plan)
    certified = ledger.tallies(tx, asking.plan).of(EVERYBODY, "lead.accepted")
    for one in _staff(asking, within):
        done = certified.get(str(one.id), 0)
        if done < due:
            yield _person(one, so_far=f"{done}/{due}")


def _person(one: Person, so_far: str = "") -> Owing:
    return Owing(unit=one.unit, name=one.name, tell=(one,), staff_no=one.staff_no, so_far=so_far)


Find = Callable[[Reading, Asking, Question, Reach], Iterator[Owing]]
_LACKING: dict[str, Find] = {MEETING: _meetings, BINDING: _unbound, LEADS: _leads}
"""Each subject that is not about a task; those about one are `_acts`."""
