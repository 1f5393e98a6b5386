"""What differs between two plans, number by number, in the words of the listing."""

from collections.abc import Iterator
from decimal import Decimal

from scoring.plan import Item, Obligation, Plan, Term, Unit
from scoring.planshow import (
    breaks_words,
    cell_words,
    kind_words,
    listed,
    read_as,
    rhythm_words,
    views_words,
    where_from,
    who,
    worded,
)
from scoring.planterms import CELLS, ITEMS, OBLIGATIONS
from scoring.values import frozen
from scoring.words import say


@frozen
class Line:
    """One thing a plan says: of what, the value in words, and its clause."""

    of: str
    says: str
    clause: str


@frozen
class Change:
    """A line that differs; None where the plan does not have it."""

    was: Line | None
    now: Line | None

    def __str__(self) -> str:
        one = self.now or self.was
        assert one is not None  # noqa: S101 - a change has at least one side
        key = "moved" if self.was and self.now else "added" if self.now else "gone"
        return say(
            f"change.{key}",
            of=one.of,
            was=self.was.says if self.was else "",
            now=self.now.says if self.now else "",
            clause=one.clause,
        ).rstrip("　")


def changes(old: Plan, new: Plan) -> list[Change]:
    """What was taken out, then what was changed or added, in the order of the listing."""
    before, after = dict(_lines(old)), dict(_lines(new))
    gone = [path for path in before if path not in after]
    return [
        Change(was=before.get(path), now=after.get(path))
        for path in (*gone, *after)
        if before.get(path) != after.get(path)
    ]


Paths = Iterator[tuple[str, Line]]


def _line(path: str, of: str, says: str, clause: str = "") -> tuple[str, Line]:
    return path, Line(of=of, says=says, clause=clause)


def _lines(plan: Plan) -> Paths:
    yield _line("title", say("change.title"), plan.title)
    yield _line("document", say("change.document"), plan.document)
    since = where_from(plan.effective_source)
    yield _line("since", say("change.since"), worded(plan.effective_from), since)
    yield _line("schools", say("change.schools"), listed(plan.schools))
    yield _line("majors", say("change.majors"), listed(plan.majors))
    yield _line("groups", say("change.groups"), listed(plan.groups))
    if plan.starts:
        yield _line("starts", say("change.starts"), worded(plan.starts))
    for name, words in plan.words.items():
        yield _line(f"words.{name}", say(f"change.{name}"), listed(words))
    for unit in plan.units:
        yield from _unit(plan, unit)
    for item in plan.items:
        yield from _item(plan, item)
    for duty in plan.obligations:
        path = f"obligations.{duty.code}"
        yield _line(path, duty.word, say("change.asked_of", units=who(plan, duty)), duty.clause)
        yield from _terms(path, duty)
    for code, kind in plan.kinds.items():
        yield _line(f"kinds.{code}", say("change.kind", word=kind.word), kind_words(kind))
    for name, says in rhythm_words(plan.rhythm).items():
        yield _line(f"rhythm.{name}", say("change.rhythm"), says)
    yield _line("breaks", say("change.rhythm"), breaks_words(plan))
    for number, reading in plan.readings.items():
        says = say("change.reading", note=reading.source.note, value=read_as(reading))
        yield _line(f"readings.{number}", number, says, reading.source.clause)


def _unit(plan: Plan, unit: Unit) -> Paths:
    path = f"units.{unit.code}"
    parts = {
        "unit": unit.name,
        "group": unit.group,
        "card": say("listing.yes" if unit.scored else "listing.no"),
        "aliases": listed(unit.aliases),
        "unit_majors": listed(unit.majors),
        "account": listed(plan.by_code[code].name for code in plan.sharers.get(unit.code, ())),
    }
    for name, says in parts.items():
        if says:
            yield _line(f"{path}.{name}", say(f"change.{name}", unit=unit.name), says)
    for task, quota in unit.quotas.items():
        of = f"{unit.name} {CELLS[task]}"
        yield _line(f"{path}.{task}", of, cell_words(quota), where_from(quota.source))
    if unit.views:
        of = f"{unit.name} {CELLS['views']}"
        yield _line(f"{path}.views", of, views_words(unit.views), where_from(unit.views.source))


def _item(plan: Plan, item: Item) -> Paths:
    path = f"items.{item.code}"
    yield _line(path, item.word, say("change.max", max=worded(Decimal(item.max))), item.clause)
    units = say("change.asked_of", units=who(plan, item))
    yield _line(f"{path}.units", item.word, units, item.clause)
    by = say("change.readings", numbers=" ".join(item.readings), shown=item.convention or "—")
    yield _line(f"{path}.readings", item.word, by, item.clause)
    yield from _terms(path, item)


def _terms(path: str, owner: Item | Obligation) -> Paths:
    shapes = ITEMS.get(owner.code) if isinstance(owner, Item) else OBLIGATIONS.get(owner.code)
    for name, term in owner.terms.items():
        yield _line(
            f"{path}.{name}", owner.word, _term(term, name, shapes), where_from(term.source)
        )


def _term(term: Term, name: str, shapes: object) -> str:
    assert isinstance(shapes, dict)  # noqa: S101 - the parser knows no other term
    says: str = shapes[name].says
    return says.format(worded(term.value))
