"""What stands in the charts of a year: a unit's rate by week beside its group's, the periods of its
quotas, the leads certified by week, the share of people with enough leads. The signed-in pages and
the picture in the chat draw the same."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from itertools import dropwhile

from commands.paper import plot
from commands.paper.chart import Bar
from commands.paper.panels import BLUE, Cell
from commands.paper.plot import Plot
from commands.scores.weekly import Week
from commands.wording.formats import day, percent, period_name, short_name
from commands.wording.sentences import say
from commands.wording.terms import QUOTAS
from scoring.cards import Card
from scoring.duties import Task, board
from scoring.moments import month_of, period_days, start_of
from scoring.periods import periods
from scoring.plan import Cadence, Unit
from scoring.rules_leads import staff_with_enough
from scoring.rules_videos import past_periods
from scoring.verdicts import ZERO, Book

LOOKS = ("met", "waits", "open", "missed", "waived")
"""What became of a period, or will."""

MIDWEEK = timedelta(days=3)
"""A week stands under the month that has most of its days."""

Quota = tuple[Cadence, str, Sequence[Cell]]
"""How often it comes, what it is, its periods so far."""


# --- the year -------------------------------------------------------------------------------


def year(weeks: Iterable[Week], unit: Unit, group: Iterable[str]) -> Plot | None:
    """The rate of a unit at the end of each week, and the mean of the units of its group by their
    codes; None before the first week that counted for any of them."""
    group = tuple(group)
    ends = [
        (week.end, week.cards[unit.code].rate or ZERO, _mean(week.cards, group)) for week in weeks
    ]
    ends = list(dropwhile(lambda end: not (end[1] or end[2]), ends))
    if not ends:
        return None
    rates = [
        plot.Rates(
            day=day(end - 1),
            own=own,
            mean=mean,
            told=say(
                "trend.week",
                day=day(end - 1),
                rate=percent(own),
                group=unit.group,
                mean=percent(mean),
            ),
        )
        for end, own, mean in ends
    ]
    keys = (
        say("trend.own", unit=unit.name, rate=percent(rates[-1].own)),
        say("trend.mean", group=unit.group, rate=percent(rates[-1].mean)),
    )
    return plot.year_line(say("trend.year", unit=unit.name, group=unit.group), rates, keys)


def _mean(then: Mapping[str, Card], group: Iterable[str]) -> Decimal:
    """The mean rate of a group, for the line beside which a unit's is drawn; no points follow."""
    rates = [then[code].rate or ZERO for code in group if code in then]
    return sum(rates, ZERO) / len(rates) if rates else ZERO


# --- the quotas -----------------------------------------------------------------------------


def quotas(book: Book, unit: Unit) -> list[Quota]:
    """Each quota of 附件2 with its periods so far."""
    plan, at = book.plan, book.until
    tasks: dict[tuple[Cadence, str], dict[str, Cell]] = {}
    for cadence, ends in periods(plan).items():
        for period, end in ends.items():
            if start_of(period_days(period)[0]) > at:
                break
            for row in board(plan, unit, book.tallies, min(end - 1, at)):
                if row.period == period:
                    cells = tasks.setdefault((cadence, QUOTAS[row.task]), {})
                    cells[period] = _cell(period, _became(row, over=end <= at), row)
    if unit.account and "video" in unit.quotas:
        cells = tasks.setdefault((unit.quotas["video"].per, QUOTAS["video"]), {})
        for period in past_periods(book, unit).waived:
            cells[period] = _cell(period, "waived")
    return [
        (cadence, task, [cells[period] for period in sorted(cells)])
        for (cadence, task), cells in tasks.items()
        if cells
    ]


def _became(row: Task, *, over: bool) -> str:
    if not row.missing:
        return "waits" if row.accepted < row.due else "met"
    return "missed" if over else "open"


def _cell(period: str, look: str, row: Task | None = None) -> Cell:
    said = say("trend.of", done=row.done, due=row.due) if row else ""
    first = period_days(period)[0]
    weekly = "W" in period
    return Cell(
        look=look,
        sign=say(f"trend.sign_{look}"),
        under=str(first.isocalendar().week) if weekly else say("trend.month", n=first.month),
        told=say("trend.cell", period=period_name(period), word=say(f"trend.{look}"), said=said),
        month=month_of(first + MIDWEEK if weekly else first),
    )


def signs() -> list[tuple[str, str, str]]:
    """Each look of a period with its sign and what it means."""
    return [(look, say(f"trend.sign_{look}"), say(f"trend.{look}")) for look in LOOKS]


# --- the leads ------------------------------------------------------------------------------


def certified(weeks: Iterable[Week]) -> Plot | None:
    """The leads certified by week, from the first week with one; None before it."""
    found = list(dropwhile(lambda week: not week.certified, weeks))
    if not found:
        return None
    counts = [
        plot.Count(
            day=day(week.end - 1),
            count=week.certified,
            told=say("trend.certified_in", day=day(week.end - 1), total=week.certified),
        )
        for week in found
    ]
    return plot.columns(say("trend.certified"), counts)


def enough(book: Book) -> tuple[Bar, ...]:
    """The units with people: how many of them have enough leads, of how many; none where the plan
    counts no leads."""
    if "leads" not in book.plan.item:
        return ()
    counted = ((unit, *staff_with_enough(book, unit)) for unit in book.plan.units)
    return tuple(_share(short_name(unit), done, every) for unit, done, every in counted if every)


def _share(name: str, done: int, every: int) -> Bar:
    share = Decimal(done) / every
    return Bar(
        name=name,
        value=say("trend.of", done=done, due=every).strip(),
        rate=percent(share),
        share=share,
        lost=ZERO,
        colour=BLUE,
    )
