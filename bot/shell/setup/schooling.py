"""The plan and the people of a school: what is asked for both, read as the school's own words."""

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from bot.shell.output import out
from bot.shell.plan import origin, year_of
from bot.shell.roster import read_roster, roster_file
from bot.shell.setup import questions
from bot.shell.setup.asking import Asking
from bot.wording import say
from commands.roster import strangers
from commands.roster.file import RosterFile
from db import plans
from db.holidays import statutory
from db.people import ADMIN
from db.plans import Shelf
from scoring.calendar import Calendar
from scoring.errors import OperatorError
from scoring.moments import day_of
from scoring.plan import Plan
from scoring.planfile import parse
from scoring.planroll import begin, roll, to_look_at

TEMPLATE = "花名册.xlsx"
EMPTY, LATER = "空表", "以后"
WHOLE = "年初"
FAULTS = 5
"""Most faults of a roster that are told at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What a school has already: its plans, its people, its days off, its head-count."""

    shelf: Shelf
    people: int
    calendar: Calendar
    students: int | None = None


def nothing() -> Standing:
    """What there is before there is a database: the program's own plans."""
    return Standing(shelf=Shelf(plans.templates()), people=0, calendar=statutory())


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A year's plan. `text`: what is to be published, None where the year has one; `origin`: what
    it was made from."""

    plan: Plan
    text: str | None = None
    origin: str = ""


def plan(ask: Asking, has: Standing, *, anew: bool = False) -> Planned:
    """Ask for the year, its plan and the day from which it counts. `anew`: where the year has a
    plan, a flag may still name another, for a rehearsal."""
    now = int(time.time())
    today = day_of(now)
    year = ask.one(questions.YEAR, year_of, str(today.year))
    known = has.shelf.of_year(year, now)
    named = ask.given(questions.PLAN.name)
    if known is not None and named and not anew:
        raise OperatorError(say("plan.year_taken", year=year))
    if known is not None and not named:
        out(say("init.plan_there", year=year, title=known.title, document=known.document))
        return Planned(plan=known)

    def take(said: str) -> tuple[str, str]:
        name, text = origin(has.shelf, said)
        if parse(text, name).year != year:
            text = roll(text, year)
        parse(text, name)
        return name, text

    name, text = ask.one(questions.PLAN, take, str(has.shelf.nearest(now).year))
    made = parse(text, name)
    if made.starts is None:
        default = today.isoformat() if year == today.year else WHOLE
        first = ask.one(questions.STARTS, lambda said: _first(said, year), default)
        text = begin(text, first) if first else text
        made = parse(text, name)
    out(say("init.plan_made", year=year, origin=name, title=made.title))
    if made.starts is not None:
        out(say("init.look_at", said=say("init.plan_starts", day=made.starts.isoformat())))
    for line in to_look_at(made, has.calendar, has.students):
        out(say("init.look_at", said=line))
    return Planned(plan=made, text=text, origin=name)


def _first(said: str, year: int) -> date | None:
    if said == WHOLE:
        return None
    try:
        day = date.fromisoformat(said)
    except ValueError:
        day = date.min
    if day.year != year:
        raise ValueError(say("init.bad_start", year=year, said=said[:20], whole=WHOLE))
    return day


def roster(ask: Asking, made: Plan, has: Standing) -> RosterFile | str:
    """Ask for the roster file: its people, EMPTY where a form is wished, "" where neither is."""
    there = TEMPLATE if Path(TEMPLATE).exists() else EMPTY
    default = "" if has.people or ask.silent else there

    def take(said: str) -> RosterFile | str:
        if said in {"", LATER, EMPTY}:
            return "" if said == LATER else said
        return people(_path(said), made)

    if has.people:
        out(say("init.people_there", people=has.people))
    return ask.one(questions.ROSTER, take, default)


def own(said: str) -> Path | None:
    """The roster for a rehearsal; None for the invented school."""
    return roster_file(_path(said)) if said else None


def people(path: Path, made: Plan) -> RosterFile:
    """The people of a file, told in a line. Raises OperatorError with what is wrong in it."""
    read = read_roster(path, made)
    if read.faults:
        raise OperatorError("\n".join(_faults(read, made)))
    out(say("init.roster_read", people=len(read.rows)))
    if missing := list(_missing(made, read)):
        out(say("init.nobody", roles="、".join(missing)))
    return read


def _path(said: str) -> Path:
    return Path(said.strip("\"' "))  # as a file is dragged into a terminal


def _faults(read: RosterFile, made: Plan) -> Iterator[str]:
    total = len(read.faults)
    told: Iterable[str] = map(str, read.faults[:FAULTS])
    yield say("init.roster_faults", total=total, faults="；".join(told))
    if help_ := strangers.ways_out(made, (one.reason for one in read.faults)):
        yield help_


def _missing(made: Plan, read: RosterFile) -> Iterator[str]:
    """The roles without which reports wait for ever, in the plan's order."""
    held = {role for row in read.rows for role in row.roles}
    needed = [role for kind in made.kinds.values() for role in kind.deciders]
    yield from (role for role in dict.fromkeys((*needed, ADMIN)) if role not in held)
