"""The rules on leads: the share of people with enough certified ones (A29, A33)."""

from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction

from scoring.periods import year_end
from scoring.plan import Item, Unit
from scoring.verdicts import (
    EVERYBODY,
    ZERO,
    Book,
    Reads,
    Status,
    Tallies,
    Verdict,
    banded,
    digits,
    earned,
    judged,
    outside,
    percent,
)
from scoring.words import say

READS: Reads = ((EVERYBODY, "lead.accepted"),)


def school_leads(book: Book, item: Item) -> Verdict:
    """Points by the share of all staff, or of all teachers, who each have enough leads."""
    return _scored(book, item, _counted(book, book.basis.staff))


def unit_leads(book: Book, item: Item, unit: Unit) -> Verdict:
    """What a unit has of the leads: a part of the school's, points of its own, or the school's."""
    return OF_UNIT[book.plan.reads("A29")](book, item, unit)


def _part(book: Book, item: Item, unit: Unit) -> Verdict:
    """The share of a unit's own people; shown, never scored."""
    people = _own(book, unit)
    if not people:
        return outside(item, Status.UNSCORED, say("because.no_members"), reads=READS)
    done, share = _reached(item, book.tallies, people)
    because = say(
        "because.leads_of_unit",
        done=done,
        all=len(people),
        each=item.terms["each_person"].value,
        share=percent(share),
    )
    return outside(item, Status.UNSCORED, because, reads=READS)


def _its_own(book: Book, item: Item, unit: Unit) -> Verdict:
    return _scored(book, item, _own(book, unit))


def _schools(book: Book, item: Item, _unit: Unit) -> Verdict:
    return school_leads(book, item)


OF_UNIT: Mapping[str, Callable[[Book, Item, Unit], Verdict]] = {
    "combined": _part,
    "department": _its_own,
    "inherit_school": _schools,
}
"""By the value of A29."""


def _own(book: Book, unit: Unit) -> list[str]:
    own = set(book.basis.members.get(unit.code, ()))
    return [person for person in _counted(book, book.basis.staff) if person in own]


def _counted(book: Book, staff: Iterable[int]) -> list[str]:
    """The people a share is taken of: everybody on the roster, or its teachers (A33)."""
    if book.plan.reads("A33") == "all_staff":
        return [str(person) for person in staff]
    teachers = set(book.basis.teachers)
    return [str(person) for person in staff if person in teachers]


def _scored(book: Book, item: Item, people: list[str]) -> Verdict:
    if not people:
        left = item.max if book.until < year_end(book.plan) else ZERO
        because = say("because.nobody_on_roster")
        return judged(item, Status.PENDING, because, reads=READS, winnable=left, lacks="staff")
    done, share = _reached(item, book.tallies, people)
    points = banded(book.plan, item, share)
    because = say(
        "because.leads",
        done=done,
        all=len(people),
        each=item.terms["each_person"].value,
        share=percent(share),
        points=digits(points),
    )
    return earned(book, item, because, points, reads=READS)


def _reached(item: Item, tallies: Tallies, people: list[str]) -> tuple[int, Fraction]:
    """How many people have enough leads, whatever their unit was at the time, and their share."""
    each, certified = item.terms["each_person"].value, tallies.of(EVERYBODY, "lead.accepted")
    done = sum(certified.get(person, 0) >= each for person in people)
    return done, Fraction(done, len(people))
