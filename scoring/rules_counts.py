"""The rules that count events: training, interaction, publications, leads."""

from decimal import Decimal
from fractions import Fraction
from typing import Literal

from scoring.plan import Item, Plan, Unit
from scoring.verdicts import (
    EVERYBODY,
    ZERO,
    Book,
    Reads,
    Status,
    Verdict,
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
    points, because, reads = _trained(book, item, (unit.code,))
    if unit.code not in book.basis.members:
        open_ = max(ZERO, points)
        because = say("because.nobody_in_unit")
        return judged(item, Status.PENDING, because, reads=reads, open=open_, lacks="staff")
    return judged(item, Status.SCORED, because, reads=reads, points=points)


def unit_training(book: Book, item: Item, unit: Unit) -> Verdict:
    """What a unit has of the deductions of the whole school; shown, never scored (A07)."""
    _, because, reads = _trained(book, item, (unit.code,))
    return outside(item, Status.UNSCORED, say("because.of_school", said=because), reads=reads)


def school_training(book: Book, item: Item) -> Verdict:
    """One account for the people of all units (A07)."""
    points, because, reads = _trained(book, item, tuple(book.plan.by_code))
    return judged(item, Status.SCORED, because, reads=reads, points=points)


def _trained(book: Book, item: Item, units: tuple[str, ...]) -> tuple[Decimal, str, Reads]:
    """The points of these units together, why, and what was read."""
    absences, failures = (book.tallies.pooled(units, f"training.{what}") for what in LISTS)
    by_session = book.plan.reads("A10") == "person_session"
    absent = sum(absences.values()) if by_session else len(absences)
    losses = (
        (item.terms["absence"].value, absent, "absent" if by_session else "absent_people"),
        (item.terms["failure"].value, sum(failures.values()), "failed"),
    )
    held = len(book.tallies.of(EVERYBODY, "training.held"))
    left, floored = floor(book, item.max - sum(each * count for each, count, _ in losses))
    said = "".join(
        say(f"because.{name}", each=digits(each), count=count)
        for each, count, name in losses
        if count
    )
    because = say("because.all_present" if held else "because.no_training", held=held)
    if said:
        because = digits(item.max) + said + floored
    reads = tuple((unit, f"training.{what}") for unit in units for what in LISTS)
    return left, because, (*reads, (EVERYBODY, "training.held"))


LISTS = ("absent", "failed")


def floor(book: Book, left: Decimal) -> tuple[Decimal, str]:
    """What is left after deductions, and what to say where it ends at nothing (A08)."""
    if left < 0 and book.plan.reads("A08") == "zero":
        return ZERO, say("because.floored")
    return cut(left), ""


def interaction(book: Book, item: Item, unit: Unit) -> Verdict:
    """Full points minus a deduction for each settled task, or each of its metrics, below the
    share of all students and staff; exactly on it is enough (A23, A24). Each task is judged by
    the head-counts of its day, or the first one set later, and pending until then (A36)."""
    each, by_metric = item.terms["failure"].value, book.plan.reads("A24") == "metric"
    names = ("settled", "lowest", *HEADS, *(METRICS if by_metric else ()))
    reads: Reads = tuple((unit.code, f"interaction.{name}") for name in names)
    counts = {name: book.tallies.of(*pair) for name, pair in zip(names, reads, strict=True)}
    missed: list[str] = []
    failures = 0
    lacks: Literal["", "students", "staff"] = ""
    for task in sorted(counts["settled"], key=lambda number: (len(number), number)):
        line = _line(book, unit, task)
        if isinstance(line, str):
            lacks = lacks or line
            continue
        below = [name for name in METRICS if counts.get(name, {}).get(task, line + 1) - 1 < line]
        lowest = counts["lowest"].get(task, 0)
        if lowest < line:
            failures += len(below) if by_metric else 1
            said = {"task": task, "lowest": lowest, "line": digits(_shown(line))}
            missed.append(say("because.missed_one", **said))
    left, floored = floor(book, item.max - each * failures)
    if lacks:
        because = say(LACKING[lacks])
        open_ = max(ZERO, left)
        return judged(item, Status.PENDING, because, reads=reads, open=open_, lacks=lacks)
    share = percent(item.terms["share"].value)
    because = say("because.all_reached", settled=len(counts["settled"]), share=share)
    if book.plan.reads("A23") == "partition":
        because = say("because.all_reached_of", settled=len(counts["settled"]), share=share)
    if not counts["settled"]:
        because = say("because.no_task")
    elif missed:
        because = say(
            "because.missed_metrics" if by_metric else "because.missed",
            max=digits(item.max),
            each=digits(each),
            count=failures,
            which="；".join(missed[:3]),
        )
    return judged(item, Status.SCORED, because + floored, reads=reads, points=left)


METRICS = ("forward", "like", "comment", "follow")
"""What a task asks for, each entered one more than counted, so that none is told from nothing."""


HEADS = ("students", "staff", "teaching_staff")
"""The head-counts that a settlement keeps."""


def _line(book: Book, unit: Unit, task: str) -> Fraction | Literal["students", "staff"]:
    """The count that each metric of a task must reach, or the head-count that is missing."""
    students, staff, teaching = (
        book.tallies.of(unit.code, f"interaction.{name}").get(task, 0) for name in HEADS
    )
    learners = students or dict(book.basis.later).get(task) or book.basis.students or 0
    staffed = staff or len(book.basis.staff)
    if learners <= 0 or staffed <= 0:
        return "students" if learners <= 0 else "staff"
    return line_of(book.plan, learners, staffed, teaching)


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
    least = item.terms["least"].value if book.plan.reads("A30") else 0
    if 0 < count < least:
        because = say("because.below_least", count=count, least=least)
        return earned(book, item, because, ZERO, reads=(read,))
    points = cut(min(item.max, each * count))
    sentence = "because.times" if each * count <= item.max else "because.capped"
    because = say(sentence, each=digits(each), count=count, points=digits(points))
    return earned(book, item, because, points, reads=(read,))


def line_of(plan: Plan, students: int, staff: int, teaching: int = 0) -> Fraction:
    """The count each metric of a task must reach: a share of all students and staff, unrounded.
    By the letter of the formula those of the teaching departments count twice; where its last
    term means only the others, everybody counts once again (A23)."""
    share: Fraction = plan.term("interaction", "share")
    others = staff - teaching if plan.reads("A23") == "partition" else staff
    departments = 0 if plan.reads("A23") == "dedup" else teaching
    return share * (students + departments + others)
