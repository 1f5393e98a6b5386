"""The rules on video accounts: regular updates (dy_update) and staying on topic (dy_content).

Works of all units that share an account count for each of them (A16).
"""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

from scoring.periods import account, month_of_week, periods
from scoring.plan import Item, Unit
from scoring.values import frozen
from scoring.verdicts import (
    ZERO,
    Book,
    Reads,
    Status,
    Tallies,
    Verdict,
    banded,
    cut,
    digits,
    earned,
    judged,
    percent,
)
from scoring.words import say


@frozen
class Past:
    """The weeks or months of an account that have ended, in order: with enough works, with too
    few, and those waived for any unit of the account (A28), which are not due."""

    met: tuple[str, ...]
    missed: tuple[str, ...]
    waived: tuple[str, ...]


def dy_update(book: Book, item: Item, unit: Unit) -> Verdict:
    """Points by the share of due periods with enough published works (A06, A18, A27).

    Off-topic works count here, since they were published.
    """
    pool = account(book.plan, unit.code)
    if book.plan.reads("A06") == "manual":
        return _by_hand(book, item, pool)
    reads = _reads(pool, "video.accepted", "video.off_topic", "waiver.accepted")
    quota = unit.quotas["video"]
    ended = past_periods(book, unit)
    due, met = len(ended.met) + len(ended.missed), len(ended.met)
    if not due:
        because = say("because.no_period_yet", per=say(f"each.{quota.per}"))
        return judged(item, Status.PENDING, because, reads=reads, open=item.max)
    whole = book.plan.reads("A06") == "all_or_nothing"
    points = cut(Fraction(item.max) * (met // due if whole else Fraction(met, due)))
    because = say(
        "because.met_all" if whole else "because.met",
        max=digits(item.max),
        met=met,
        due=due,
        per=say(f"each.{quota.per}"),
        points=digits(points),
    )
    return earned(book, item, because, points, reads=reads)


def _by_hand(book: Book, item: Item, pool: tuple[str, ...]) -> Verdict:
    """What 考核组 last gave the account; pending until it has (A06)."""
    reads = _reads(pool, "award.points")
    given = book.tallies.pooled(pool, "award.points")
    if not given:
        because = say("because.to_be_given")
        return judged(item, Status.PENDING, because, reads=reads, open=item.max)
    number = max(given, key=int)
    points = min(item.max, Decimal(given[number] - 1) / 100)
    because = say("because.given", number=number, points=digits(points))
    return earned(book, item, because, points, reads=reads)


def dy_content(book: Book, item: Item, unit: Unit) -> Verdict:
    """Points by the share of judged works of the year that kept to the topic (A04, A12, A13)."""
    pool = account(book.plan, unit.code)
    reads = _reads(pool, "video.accepted", "video.off_topic", "waiver.accepted")
    ended = past_periods(book, unit)
    if not ended.met and not ended.missed:
        per = say(f"each.{unit.quotas['video'].per}")
        because = say("because.no_period_yet", per=per)
        return judged(item, Status.PENDING, because, reads=reads, open=item.max)
    month = _last_month(book, ended) if book.plan.reads("A13") == "month" else ""
    good, off = (
        sum(count for period, count in counts.items() if not month or month == _month(book, period))
        for counts in _works(book.tallies, pool)
    )
    points, because = ZERO, say("because.nothing_judged")
    if good + off:
        share = Fraction(good, good + off)
        points = banded(book.plan, item, share)
        because = say(
            "because.on_topic_of" if month else "because.on_topic",
            month=int(month[5:]) if month else "",
            good=good,
            all=good + off,
            share=percent(share),
            points=digits(points),
        )
    return earned(book, item, because, points, reads=reads)


def _last_month(book: Book, ended: Past) -> str:
    """The month of the newest period that is due."""
    return _month(book, max((*ended.met, *ended.missed)))


def _month(book: Book, period: str) -> str:
    return month_of_week(book.plan, period) if "W" in period else period


def _reads(pool: tuple[str, ...], *measures: str) -> Reads:
    return tuple((unit, measure) for unit in pool for measure in measures)


def _works(tallies: Tallies, pool: tuple[str, ...]) -> tuple[Mapping[str, int], Mapping[str, int]]:
    return tallies.pooled(pool, "video.accepted"), tallies.pooled(pool, "video.off_topic")


def past_periods(book: Book, unit: Unit) -> Past:
    """What became of each period of a unit's account that has ended."""
    pool, quota = account(book.plan, unit.code), unit.quotas["video"]
    waivers = book.tallies.pooled(pool, "waiver.accepted")
    good, off = _works(book.tallies, pool)
    ended = [period for period, end in periods(book.plan)[quota.per].items() if end <= book.until]
    due = [period for period in ended if period not in waivers]
    met = {one for one in due if good.get(one, 0) + off.get(one, 0) >= (quota.due or 0)}
    return Past(
        met=tuple(one for one in due if one in met),
        missed=tuple(one for one in due if one not in met),
        waived=tuple(one for one in ended if one in waivers),
    )
