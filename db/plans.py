"""Plans: those shipped with the program, a school's own files, and the revisions in its database.

A year's plan is a row of revisions, each a whole TOML text. The shipped text of a year counts as
its first revision until the school publishes one of its own. What is asked as of a moment takes
the plan as known at that moment; before a year's first revision, that first one.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import date
from functools import cache, cached_property
from hashlib import sha256
from importlib.resources import files
from pathlib import Path

from sqlalchemy import select

from db import workdays
from db.engine.tx import Reading, Row, Tx
from db.holidays import statutory
from db.schema import plans, refilings
from db.wording import say
from scoring.calendar import Calendar
from scoring.moments import Instant, day_of
from scoring.plan import Plan
from scoring.planchecks import check_items
from scoring.planedit import with_reading
from scoring.planfile import PlanFault, parse
from scoring.planlines import Sheet
from scoring.switches import SWITCHES
from scoring.switching import on_workdays
from scoring.values import frozen

MAX_BYTES = 1024 * 1024

FOREVER: Instant = 1 << 60

_ALL = select(plans).order_by(plans.c.year, plans.c.number)
_BOOKS = select(refilings).where(refilings.c.revision.is_not(None)).order_by(refilings.c.id)


@frozen
class Revision:
    """One text of a year's plan. `by`, `second`: the names of who published it and who agreed
    ("": the shell, nobody). A revision counts from `in_force_from` on, never before it was known.
    A change of the school's calendar that moves its deadlines (A02) makes another Revision of the
    same number: `moved_at`.
    """

    plan: Plan
    text: str
    sha256: str
    in_force_from: Instant
    recorded_at: Instant
    by: str = ""
    second: str = ""
    why: str = ""
    moved_at: Instant = 0

    @property
    def since(self) -> Instant:
        """From when its plan counts."""
        return max(self.in_force_from, self.moved_at)

    @property
    def year(self) -> int:
        return self.plan.year

    @property
    def number(self) -> int:
        return self.plan.revision


class Shelf:
    """All revisions of all years, to be asked for the plans as known at any moment."""

    def __init__(self, revisions: Iterable[Revision]) -> None:
        self.revisions = tuple(revisions)

    @cached_property
    def by_year(self) -> Mapping[int, tuple[Revision, ...]]:
        """Year -> its revisions, oldest first."""
        years = sorted({one.year for one in self.revisions})
        return {year: tuple(one for one in self.revisions if one.year == year) for year in years}

    def revision(self, year: int, known: Instant) -> Revision | None:
        """The revision of a year's plan as known at a moment; None for a year without a plan."""
        found = self.by_year.get(year)
        if found is None:
            return None
        for one in reversed(found):
            if one.since <= known:
                return one
        return found[0]

    def spans(self, year: int) -> Iterator[tuple[Revision, Instant, Instant]]:
        """The revisions of a year that are ever in force, each from when and until when; the
        first from the beginning, the last for ever."""
        until = FOREVER
        found = self.by_year.get(year, ())
        for one in reversed(found):
            if one.since < until or one is found[0]:
                yield one, 0 if one is found[0] else one.since, until
                until = one.since

    def of_year(self, year: int, known: Instant) -> Plan | None:
        """A year's plan as known at a moment."""
        found = self.revision(year, known)
        return found.plan if found else None

    def in_force(self, at: Instant, known: Instant | None = None) -> Plan | None:
        """The plan for the year of `at`, as known then or at `known`; None: no plan, no score."""
        return self.of_year(day_of(at).year, at if known is None else known)

    def nearest(self, at: Instant, known: Instant | None = None) -> Plan:
        """The plan in force, or the one closest to it in time."""
        here = day_of(at).year
        year = min(self.by_year, key=lambda year: abs(year - here))
        found = self.of_year(year, at if known is None else known)
        assert found is not None  # noqa: S101 - the year was taken from the shelf
        return found

    def known(self, at: Instant) -> tuple[Plan, ...]:
        """The plan of each year as known at a moment, in the order of the years."""
        found = (self.of_year(year, at) for year in self.by_year)
        return tuple(plan for plan in found if plan is not None)

    def texts(self, year: int) -> tuple[Revision, ...]:
        """The revisions of a year, each once, oldest first, with the plan they make now."""
        return tuple({one.number: one for one in self.by_year.get(year, ())}.values())

    def breaks(self) -> Iterator[tuple[date, date]]:
        """The usual breaks of every year, by the newest text of each."""
        for found in self.by_year.values():
            yield from found[-1].plan.breaks

    def by_id(self, plan: str, known: Instant) -> Plan | None:
        """The plan with this id, which its revisions share, as known at a moment."""
        return next((one for one in self.known(known) if one.id == plan), None)

    @cached_property
    def newest(self) -> Mapping[str, Plan]:
        """The plans by their ids, as they are known last."""
        return {one.id: one for one in self.known(FOREVER)}

    def filing(self, plan: Plan, at: Instant) -> Plan:
        """The plan by which what is entered at a moment is posted. What was received before a
        switch and is entered after it follows the switch, as all sums then do."""
        newest = self.newest.get(plan.id)
        if newest is None or len(newest.books) <= len(plan.books):
            return plan
        return self.by_id(plan.id, max(at, newest.books[-1][1])) or plan


def kept(tx: Reading) -> Shelf:
    """The plans of this database; cached until one is published."""
    return tx.cached("plans", _load)


def _load(tx: Reading) -> Shelf:
    days, books = workdays.known(tx), tx.run(_BOOKS)
    own = [_shelved(one, books) for row in tx.run(_ALL) for one in _moved(_revision(row), days)]
    years = {one.year for one in own}
    first = [
        one
        for template in templates()
        if template.year not in years
        for one in _moved(template, days)
    ]
    return Shelf(sorted((*first, *own), key=lambda one: (one.year, one.number)))


def _revision(row: Row) -> Revision:
    return Revision(
        plan=_parsed(row.text, row.sha256, row.number),
        text=row.text,
        sha256=row.sha256,
        in_force_from=row.in_force_from,
        recorded_at=row.recorded_at,
        by=row.by,
        second=row.second,
        why=row.why,
    )


def _shelved(one: Revision, books: list[Row]) -> Revision:
    """A revision that reads the books prepared for it and for those before it."""
    found = tuple(
        (f"{row.plan}~{row.id}", row.switched_at)
        for row in books
        if row.plan == one.plan.id and row.revision <= one.number
    )
    return replace(one, plan=replace(one.plan, books=found)) if found else one


def _moved(one: Revision, days: list[tuple[Instant, Calendar]]) -> Iterator[Revision]:
    """A revision, and again from each moment in which the school's calendar moved its deadlines.
    A change that would put them out of order moves none."""
    if one.plan.reads("A02") == "none":
        yield one
        return
    plan: Plan | None = None
    for moment, calendar in days:
        with suppress(PlanFault):
            now = replace(read(one.text, "", calendar), revision=one.number)
            if plan is None or plan.items != now.items:
                plan = now
                yield replace(one, plan=plan, moved_at=moment)


_PARSED: dict[tuple[str, int], Plan] = {}


def _parsed(text: str, digest: str, number: int) -> Plan:
    """A stored text as a plan, parsed once per process."""
    plan = _PARSED.get((digest, number))
    if plan is None:
        plan = replace(read(text, digest[:12]), revision=number)
        _PARSED[digest, number] = plan
    return plan


def read(text: str, name: str, days: Calendar | None = None) -> Plan:
    """A plan from its text, its deadlines on workdays if the plan is read so (A02): those that the
    State Council published, or `days`. Raises PlanFault, naming the text `name`."""
    plan = parse(text, name)
    if plan.reads("A02") == "none":
        return plan
    moved = on_workdays(plan, days or statutory())
    sheet = Sheet(name, text)
    check_items(sheet, moved)
    sheet.settle()
    return moved


def read_here(tx: Reading, text: str, name: str = "") -> Plan:
    """A plan from its text, as this school's calendar has it now. Raises PlanFault."""
    return read(text, name, workdays.known(tx)[-1][1])


def read_as(tx: Reading, one: Revision, plan: Plan) -> Plan:
    """A revision's own text, with the readings that another text of its year has, on the
    workdays as known now."""
    text = one.text
    for number, switch in SWITCHES.items():
        value = plan.reads(number)
        if one.plan.reads(number) != value:
            note = usual_note(number) if value == switch.values[0] else ""
            text = with_reading(text, number, value, note)
    if plan.reads("A02") == "none":
        found = one.plan if text == one.text else _parsed(text, seal(text), one.number)
    else:
        found = replace(read_here(tx, text), revision=one.number)
    return replace(found, books=plan.books)


def usual_note(number: str) -> str:
    """The note of a reading's usual value, as the shipped plan has it."""
    return templates()[-1].plan.readings[number].source.note


def seal(text: str) -> str:
    """The SHA-256 of a plan's text."""
    return sha256(text.encode()).hexdigest()


# --- shipped ------------------------------------------------------------------------------


@cache
def templates() -> tuple[Revision, ...]:
    """The texts that come with the program as first revisions of their years, oldest first."""
    folder = files("scoring") / "plans"
    entries = (entry for entry in folder.iterdir() if entry.name.removesuffix(".toml").isdigit())
    found = []
    for entry in entries:
        text = entry.read_text(encoding="utf-8")
        plan = read(text, entry.name)
        found.append(
            Revision(plan=plan, text=text, sha256=seal(text), in_force_from=0, recorded_at=0)
        )
    return tuple(sorted(found, key=lambda one: one.year))


@cache
def examples() -> dict[str, str]:
    """The texts of plans of other shapes, by name; none is in force by itself."""
    folder = files("scoring") / "plans"
    texts = ((entry.name.removesuffix(".toml"), entry) for entry in folder.iterdir())
    return {name: entry.read_text(encoding="utf-8") for name, entry in texts if not name.isdigit()}


@cache
def shipped() -> tuple[Plan, ...]:
    """The plans that come with the program, oldest year first; read once."""
    return tuple(one.plan for one in templates())


# --- files --------------------------------------------------------------------------------


def read_file(path: str | Path) -> Plan:
    """The plan in a file of the school. Raises PlanFault for a bad file."""
    return read(read_text(path), Path(path).name)


def read_text(path: str | Path) -> str:
    """The text of a plan file. Raises PlanFault if it cannot be read."""
    path = Path(path)
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except (OSError, ValueError):
        raise PlanFault(path.name, say("plan_file.unopened")) from None
    return decoded(path.name, data)


def decoded(name: str, data: bytes) -> str:
    """The bytes of a plan file as text. Raises PlanFault if they are none, or too many."""
    if len(data) > MAX_BYTES:
        raise PlanFault(name, say("plan_file.too_large"))
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError:
        raise PlanFault(name, say("plan_file.encoding")) from None


# --- appending ----------------------------------------------------------------------------


def append(
    tx: Tx,
    text: str,
    *,
    in_force_from: Instant,
    now: Instant,
    by: str = "",
    second: str = "",
    why: str = "",
) -> Revision:
    """Append a text as the next revision of its year, whose shipped text becomes a row first, so
    that a later program cannot change what was. Raises PlanFault for a bad text."""
    year = read(text, "").year
    before = kept(tx).by_year.get(year, ())
    if before and tx.find(plans, year, before[0].number) is None:
        _add(tx, year, 1, before[0].text, in_force_from=0, recorded_at=0)
    number = before[-1].number + 1 if before else 1
    _add(
        tx,
        year,
        number,
        text,
        in_force_from=in_force_from,
        recorded_at=now,
        by=by,
        second=second,
        why=why,
    )
    for name in ("plans", "lexicon", "world", "schedule", "calendar"):
        tx.bump(name)
    return kept(tx).by_year[year][-1]


def _add(
    tx: Tx,
    year: int,
    number: int,
    text: str,
    *,
    in_force_from: Instant,
    recorded_at: Instant,
    by: str = "",
    second: str = "",
    why: str = "",
) -> None:
    tx.add(
        plans,
        year=year,
        number=number,
        text=text,
        sha256=seal(text),
        in_force_from=in_force_from,
        by=by,
        second=second,
        why=why,
        recorded_at=recorded_at,
    )
