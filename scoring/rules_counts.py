"""The rules that count events: training, interaction, publications, leads."""

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from scoring.periods import year_end
from scoring.plan import Item, Plan, Unit
from scoring.verdicts import (
    EVERYBODY,
    ZERO,
    Book,
    Reads,
    Status,
    Tallies,
    Verdict,
    band,
    cut,
    digits,
    earned,
    judged,
    outside,
    percent,
)
from scoring.words import say

LACKING = {"students": "because.no_students", "staff": "because.no_staff"}
"""The sentence for the head-count that a verdict lacks."""


def training(book: Book, item: Item, unit: Unit) -> Verdict:
    """Full points minus a deduction for each absence and each failed test of the unit's own
    people, with no lower limit (A07, A08, A10). Pending for a unit without people (A36)."""
    absent, failed = (
        (book.tallies.total(unit.code, f"training.{what}"), item.terms[term].value, sentence)
        for what, term, sentence in (
            ("absent", "absence", "because.absent"),
            ("failed", "failure", "because.failed"),
        )
    )
    held = len(book.tallies.of(EVERYBODY, "training.held"))
    points = cut(item.max - absent[0] * absent[1] - failed[0] * failed[1])
    losses = "".join(
        say(sentence, each=digits(each), count=count)
        for count, each, sentence in (absent, failed)
        if count
    )
    because = say("because.all_present" if held else "because.no_training", held=held)
    if losses:
        because = digits(item.max) + losses
    reads: Reads = (
        (unit.code, "training.absent"),
        (unit.code, "training.failed"),
        (EVERYBODY, "training.held"),
    )
    if unit.code not in book.basis.members:
        open_ = max(ZERO, points)
        because = say("because.nobody_in_unit")
        return judged(item, Status.PENDING, because, reads=reads, open=open_, lacks="staff")
    return judged(item, Status.SCORED, because, reads=reads, points=points)


def interaction(book: Book, item: Item, unit: Unit) -> Verdict:
    """Full points minus a deduction for each settled task whose lowest metric stayed below the
    share of all students and staff; exactly on it is enough (A23, A24). Each task is judged by
    the head-counts of its day, or the first one set later, and pending until then (A36)."""
    share, each = item.terms["share"].value, item.terms["failure"].value
    names = ("settled", "lowest", "students", "staff")
    reads: Reads = tuple((unit.code, f"interaction.{name}") for name in names)
    settled, lowest, students, staff = (book.tallies.of(*pair) for pair in reads)
    later = dict(book.basis.later)
    missed: list[str] = []
    lacks: Literal["", "students", "staff"] = ""
    for task in sorted(settled, key=lambda number: (len(number), number)):
        learners = students.get(task) or later.get(task) or book.basis.students or 0
        staffed = staff.get(task) or len(book.basis.staff)
        if learners <= 0 or staffed <= 0:
            lacks = lacks or ("students" if learners <= 0 else "staff")
            continue
        line = share * (learners + staffed)
        if lowest.get(task, 0) < line:
            missed.append(
                say(
                    "because.missed_one",
                    task=task,
                    lowest=lowest.get(task, 0),
                    line=digits(_shown(line)),
                )
            )
    left = cut(item.max - each * len(missed))
    if lacks:
        because = say(LACKING[lacks])
        open_ = max(ZERO, left)
        return judged(item, Status.PENDING, because, reads=reads, open=open_, lacks=lacks)
    because = say("because.all_reached", settled=len(settled), share=percent(share))
    if not settled:
        because = say("because.no_task")
    elif missed:
        because = say(
            "because.missed",
            max=digits(item.max),
            each=digits(each),
            count=len(missed),
            which="；".join(missed[:3]),
        )
    return judged(item, Status.SCORED, because, reads=reads, points=left)


def _shown(line: Fraction) -> Decimal:
    return Decimal(int(line * 10)) / 10


def results_channel(book: Book, item: Item, unit: Unit) -> Verdict:
    """Points for each accepted publication of results, up to the maximum (A30)."""
    return _each(book, item, (unit.code, "results.accepted"))


def query_channel(book: Book, item: Item, unit: Unit) -> Verdict:
    """Points for each accepted query channel, up to the maximum (A30)."""
    return _each(book, item, (unit.code, "lookup.accepted"))


def _each(book: Book, item: Item, read: tuple[str, str]) -> Verdict:
    each, count = item.terms["each"].value, book.tallies.total(*read)
    points = cut(min(item.max, each * count))
    sentence = "because.times" if each * count <= item.max else "because.capped"
    because = say(sentence, each=digits(each), count=count, points=digits(points))
    return earned(book, item, because, points, reads=(read,))


def school_leads(book: Book, item: Item) -> Verdict:
    """Points by the share of all staff who each have enough certified leads (A29, A33)."""
    reads: Reads = ((EVERYBODY, "lead.accepted"),)
    people = [person for members in book.basis.members.values() for person in members]
    if not people:
        left = item.max if book.until < year_end(book.plan) else ZERO
        because = say("because.nobody_on_roster")
        return judged(item, Status.PENDING, because, reads=reads, winnable=left, lacks="staff")
    done, share = _reached(item, book.tallies, people)
    points = cut(band(item.terms["bands"].value, share))
    because = say(
        "because.leads",
        done=done,
        all=len(people),
        each=item.terms["each_person"].value,
        share=percent(share),
        points=digits(points),
    )
    return earned(book, item, because, points, reads=reads)


def unit_leads(book: Book, item: Item, unit: Unit) -> Verdict:
    """The share of a unit's own people with enough leads; shown, never scored (A29)."""
    reads: Reads = ((EVERYBODY, "lead.accepted"),)
    people = book.basis.members.get(unit.code)
    if not people:
        return outside(item, Status.UNSCORED, say("because.no_members"), reads=reads)
    done, share = _reached(item, book.tallies, people)
    because = say(
        "because.leads_of_unit",
        done=done,
        all=len(people),
        each=item.terms["each_person"].value,
        share=percent(share),
    )
    return outside(item, Status.UNSCORED, because, reads=reads)


def _reached(item: Item, tallies: Tallies, people: Iterable[str]) -> tuple[int, Fraction]:
    """How many people have enough leads, whatever their unit was at the time, and their share."""
    each, certified = item.terms["each_person"].value, tallies.of(EVERYBODY, "lead.accepted")
    counts = [certified.get(person, 0) for person in people]
    done = sum(count >= each for count in counts)
    return done, Fraction(done, len(counts))


def line_of(plan: Plan, students: int, staff: int) -> Fraction:
    """The count each metric of a task must reach: a share of all students and staff, unrounded
    (A23)."""
    share: Fraction = plan.term("interaction", "share")
    return share * (students + staff)
