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
    """Points by the share of all staff, or of all teachers, who each have enough leads: of both
    schools together, or the lower points of the two (A29)."""
    people = _counted(book, book.basis.staff)
    if book.plan.reads("A29") == "per_school" and people:
        return _by_school(book, item, people)
    return _scored(book, item, people)


def _by_school(book: Book, item: Item, people: list[str]) -> Verdict:
    """The points of the school that has fewer; pending while the school of somebody is unknown,
    since he would have to be counted somewhere (A36)."""
    of = {str(person): school for person, school in book.basis.schools}
    unknown = sum(not of.get(person) for person in people)
    if unknown:
        return _lacking(book, item, say("because.no_school", count=unknown))
    worth, said = [], []
    for school in sorted(set(of.values())):
        own = [person for person in people if of[person] == school]
        if not own:
            continue
        done, share = _reached(item, book.tallies, own)
        worth.append(banded(book.plan, item, share))
        shown = {"school": school, "done": done, "all": len(own), "share": percent(share)}
        said.append(say("because.leads_of_school", **shown, points=digits(worth[-1])))
    because = say(
        "because.leads_by_school",
        each=item.terms["each_person"].value,
        said="；".join(said),
        points=digits(min(worth)),
    )
    return earned(book, item, because, min(worth), reads=READS)


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
    "per_school": _part,
    "department": _its_own,
    "inherit_school": _schools,
}
"""By the value of A29."""


def staff_with_enough(book: Book, unit: Unit) -> tuple[int, int]:
    """How many of a unit's people have enough leads, of how many, as its line counts them."""
    people = _own(book, unit)
    if not people:
        return 0, 0
    return _reached(book.plan.item["leads"], book.tallies, people)[0], len(people)


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
        return _lacking(book, item, say("because.nobody_on_roster"))
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


def _lacking(book: Book, item: Item, because: str) -> Verdict:
    left = item.max if book.until < year_end(book.plan) else ZERO
    return judged(item, Status.PENDING, because, reads=READS, winnable=left, lacks="staff")


def _reached(item: Item, tallies: Tallies, people: list[str]) -> tuple[int, Fraction]:
    """How many people have enough leads, whatever their unit was at the time, and their share."""
    each, certified = item.terms["each_person"].value, tallies.of(EVERYBODY, "lead.accepted")
    done = sum(certified.get(person, 0) >= each for person in people)
    return done, Fraction(done, len(people))
