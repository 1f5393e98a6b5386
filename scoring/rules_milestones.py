"""The rules on one-off deadlines: handover, PPT, the live-stream team.

A deadline includes its day, to 24:00 (A01). A waiting report keeps its own time, so one that came
in time can still earn its points however late it is decided.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from scoring.moments import end_of
from scoring.periods import account
from scoring.plan import Item, Plan, Unit
from scoring.verdicts import (
    ZERO,
    Book,
    Reads,
    Status,
    Tallies,
    Verdict,
    cut,
    day_words,
    digits,
    judged,
)
from scoring.words import say


@dataclass(frozen=True, slots=True, kw_only=True)
class Rung:
    """The points for being done by this day."""

    day: date
    points: Decimal


def handover_rungs(item: Item) -> tuple[Rung, ...]:
    """All or nothing by one day."""
    return (Rung(day=item.terms["deadline"].value, points=item.max),)


def ppt_rungs(item: Item) -> tuple[Rung, ...]:
    """Two days, the second for fewer points."""
    terms = item.terms
    return tuple(
        Rung(day=terms[f"{which}_deadline"].value, points=terms[f"{which}_points"].value)
        for which in ("first", "second")
    )


RUNGS: Mapping[str, Callable[[Item], tuple[Rung, ...]]] = {
    "dy_handover": handover_rungs,
    "ppt": ppt_rungs,
}
"""The days and points of each milestone, best first."""


LAST_DAY: Mapping[str, str] = {
    "dy_handover": "deadline",
    "live_team": "deadline",
    "ppt": "second_deadline",
}
"""The term with the last day on which a milestone can earn points."""


def owed(plan: Plan, item: Item, unit: Unit) -> bool:
    """Whether an item applies to a unit and had not fallen due before the school began."""
    if unit.code not in item.units:
        return False
    last = LAST_DAY.get(item.code)
    return last is None or not plan.begins_after(item.terms[last].value)


def dy_handover(book: Book, item: Item, unit: Unit) -> Verdict:
    """Full points if verified as done by the deadline, none otherwise (A17)."""
    pool = account(book.plan, unit.code)
    return _dated(book, item, "handover", pool)


def ppt(book: Book, item: Item, unit: Unit) -> Verdict:
    """Points by the day of the earliest standing approval (A21, A22)."""
    return _dated(book, item, "ppt", (unit.code,))


def _dated(book: Book, item: Item, kind: str, pool: Sequence[str]) -> Verdict:
    reads: Reads = tuple(
        (unit, f"{kind}.{state}") for unit in pool for state in ("accepted", "waiting")
    )
    rungs = RUNGS[item.code](item)
    done = _earliest(book.tallies, pool, f"{kind}.accepted")
    waits = _earliest(book.tallies, pool, f"{kind}.waiting")
    won, hope = _rung(rungs, done), _rung(rungs, waits)
    name = say(f"done.{kind}_{book.plan.kinds[kind].counts_from}")
    ahead = [rung for rung in rungs if book.until < end_of(rung.day)]
    if done and won:
        because = say("because.in_time", day=day_words(done), done=name, by=day_words(won.day))
        return judged(item, Status.SCORED, because, reads=reads, points=cut(won.points))
    if waits and hope:
        because = say("because.waiting", day=day_words(waits), waiting=say(f"undecided.{kind}"))
        return judged(item, Status.UNVERIFIED, because, reads=reads, open=hope.points)
    if ahead:
        because = "，".join(
            say("because.ahead", by=day_words(rung.day), done=name, points=digits(rung.points))
            for rung in ahead
        )
        return judged(item, Status.PENDING, because, reads=reads, open=ahead[0].points)
    by = day_words(rungs[-1].day)
    because = say("because.passed", by=by, done=name)
    if done:
        because = say("because.late", day=day_words(done), done=name, by=by)
    elif waits:
        because = say("because.waiting_late", day=day_words(waits), by=by)
    return judged(item, Status.SCORED, because, reads=reads, points=ZERO)


def _earliest(tallies: Tallies, pool: Sequence[str], measure: str) -> str | None:
    return min(tallies.pooled(pool, measure), default=None)


def _rung(rungs: Sequence[Rung], day: str | None) -> Rung | None:
    if day is None:
        return None
    return next((rung for rung in rungs if day <= rung.day.isoformat()), None)


def live_team(book: Book, item: Item, unit: Unit) -> Verdict:
    """Points for each seat taken by an accepted teacher who was recommended in time (A20)."""
    terms = item.terms
    deadline, seat, seats = (terms[name].value for name in ("deadline", "seat", "seats"))
    states = ("accepted", "waiting", "rejected", "off_topic")
    reads: Reads = tuple((unit.code, f"recommend.{state}") for state in states)
    accepted, waits, rejected, off = (book.tallies.of(*pair) for pair in reads)
    taken = min(seats, in_time(accepted, deadline))
    waiting = min(seats - taken, in_time(waits, deadline))
    window = book.until < end_of(deadline)
    whole = book.plan.reads("A20") == "all_or_nothing"
    points = cut(seat * taken if taken == seats or not whole else ZERO)
    hoped = seats - taken if window else waiting
    open_ = seat * (hoped if not whole else seats if 0 < hoped == seats - taken else 0)
    values = {
        "seat": digits(seat),
        "taken": taken,
        "seats": seats,
        "points": digits(points),
        "waiting": waiting,
        "by": day_words(deadline),
    }
    if accepted or rejected or off:
        because = say("because.seats_waiting" if waiting else "because.seats", **values)
        if whole and taken < seats:
            because = say("because.seats_short", **{**values, "points": digits(seat * seats)})
        return judged(item, Status.SCORED, because, reads=reads, points=points, open=open_)
    if waiting:
        because = say("because.seats_undecided", **values)
        return judged(item, Status.UNVERIFIED, because, reads=reads, open=open_)
    if window:
        because = say("because.seats_ahead", **values)
        return judged(item, Status.PENDING, because, reads=reads, open=open_)
    because = say(
        "because.waiting_late" if waits else "because.seats_passed",
        **values,
        day=day_words(min(waits, default=deadline)),
    )
    return judged(item, Status.SCORED, because, reads=reads, points=ZERO)


def in_time(counts: Mapping[str, int], deadline: date) -> int:
    """How many were reported by the day of a deadline."""
    last = deadline.isoformat()
    return max(0, sum(count for day, count in counts.items() if day <= last))
