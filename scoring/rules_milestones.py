"""The rules on what is done once, before a day: handover, PPT, the live-stream team.

A deadline includes its day, to 24:00 (A01). A report waits with its own time, so what came in
time can still bring its points however late it is decided.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from scoring.moments import end_of
from scoring.periods import account
from scoring.plan import Item, Unit
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Rung:
    """Done by this day: so many points."""

    day: date
    points: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """How one milestone is reported and spoken of."""

    kind: str
    done: str
    waiting: str


IN_TIME = "{day} {done}，在 {by} 前"
LATE = "{day} {done}，晚于 {by}"
WAITING = "{waiting}：{day} 已报"
WAITING_LATE = "{day} 已报，晚于 {by}"
AHEAD = "{by} 前{done}得 {points} 分"
PASSED = "{by} 已过，没有{done}"
HANDOVER = Words(kind="handover", done="完成", waiting="待核实")
PPT = Words(kind="ppt", done="通过", waiting="待院长审")

SEATS = "{seat}×{taken} 人 = {points}"
SEATS_WAITING = "{seat}×{taken} 人 = {points}，{waiting} 人待认可"
SEATS_UNDECIDED = "待认可：{waiting} 人"
SEATS_AHEAD = "{by} 前推荐，每人 {seat} 分"
SEATS_PASSED = "{by} 已过，没有推荐"


def handover_rungs(item: Item) -> tuple[Rung, ...]:
    """All or nothing by one day."""
    return (Rung(day=item.terms["deadline"].value, points=item.max),)


def ppt_rungs(item: Item) -> tuple[Rung, ...]:
    """Two days, the second for less."""
    terms = item.terms
    return tuple(
        Rung(day=terms[f"{which}_deadline"].value, points=terms[f"{which}_points"].value)
        for which in ("first", "second")
    )


RUNGS: Mapping[str, Callable[[Item], tuple[Rung, ...]]] = {
    "dy_handover": handover_rungs,
    "ppt": ppt_rungs,
}
"""What done by when brings how much, best first."""


def dy_handover(book: Book, item: Item, unit: Unit) -> Verdict:
    """Full points when verified as done by the deadline, none after it (A17)."""
    pool = account(book.plan, unit.code)
    return _dated(book, item, HANDOVER, pool)


def ppt(book: Book, item: Item, unit: Unit) -> Verdict:
    """Points by the day of the earliest approval that stands (A21, A22)."""
    return _dated(book, item, PPT, (unit.code,))


def _dated(book: Book, item: Item, words: Words, pool: Sequence[str]) -> Verdict:
    reads: Reads = tuple(
        (unit, f"{words.kind}.{state}") for unit in pool for state in ("accepted", "waiting")
    )
    rungs = RUNGS[item.code](item)
    done = _earliest(book.tallies, pool, f"{words.kind}.accepted")
    waits = _earliest(book.tallies, pool, f"{words.kind}.waiting")
    won, hope = _rung(rungs, done), _rung(rungs, waits)
    ahead = [rung for rung in rungs if book.until < end_of(rung.day)]
    if done and won:
        because = IN_TIME.format(day=day_words(done), done=words.done, by=day_words(won.day))
        return judged(item, Status.SCORED, because, reads=reads, points=cut(won.points))
    if waits and hope:
        because = WAITING.format(day=day_words(waits), waiting=words.waiting)
        return judged(item, Status.UNVERIFIED, because, reads=reads, open=hope.points)
    if ahead:
        because = "，".join(
            AHEAD.format(by=day_words(rung.day), done=words.done, points=digits(rung.points))
            for rung in ahead
        )
        return judged(item, Status.PENDING, because, reads=reads, open=ahead[0].points)
    because = PASSED.format(by=day_words(rungs[-1].day), done=words.done)
    if done:
        because = LATE.format(day=day_words(done), done=words.done, by=day_words(rungs[-1].day))
    elif waits:
        because = WAITING_LATE.format(day=day_words(waits), by=day_words(rungs[-1].day))
    return judged(item, Status.SCORED, because, reads=reads, points=ZERO)


def _earliest(tallies: Tallies, pool: Sequence[str], measure: str) -> str | None:
    counts = tallies.pooled(pool, measure).items()
    return min((day for day, count in counts if count > 0), default=None)


def _rung(rungs: Sequence[Rung], day: str | None) -> Rung | None:
    if day is None:
        return None
    return next((rung for rung in rungs if day <= rung.day.isoformat()), None)


def live_team(book: Book, item: Item, unit: Unit) -> Verdict:
    """Points for each accepted teacher who was recommended in time, seat by seat (A20)."""
    terms = item.terms
    deadline, seat, seats = (terms[name].value for name in ("deadline", "seat", "seats"))
    states = ("accepted", "waiting", "rejected", "off_topic")
    reads: Reads = tuple((unit.code, f"recommend.{state}") for state in states)
    accepted, waits, rejected, off = (book.tallies.of(*pair) for pair in reads)
    taken = min(seats, in_time(accepted, deadline))
    waiting = min(seats - taken, in_time(waits, deadline))
    window = book.until < end_of(deadline)
    points = cut(seat * taken)
    open_ = seat * (seats - taken if window else waiting)
    say = {
        "seat": digits(seat),
        "taken": taken,
        "points": digits(points),
        "waiting": waiting,
        "by": day_words(deadline),
    }
    if accepted or rejected or off:
        because = (SEATS_WAITING if waiting else SEATS).format(**say)
        return judged(item, Status.SCORED, because, reads=reads, points=points, open=open_)
    if waiting:
        because = SEATS_UNDECIDED.format(**say)
        return judged(item, Status.UNVERIFIED, because, reads=reads, open=open_)
    if window:
        because = SEATS_AHEAD.format(**say)
        return judged(item, Status.PENDING, because, reads=reads, open=open_)
    because = (WAITING_LATE if waits else SEATS_PASSED).format(
        **say, day=day_words(min(waits, default=deadline))
    )
    return judged(item, Status.SCORED, because, reads=reads, points=ZERO)


def in_time(counts: Mapping[str, int], deadline: date) -> int:
    """How many were reported by a deadline's day."""
    last = deadline.isoformat()
    return max(0, sum(count for day, count in counts.items() if day <= last))
