"""What a table brings, in words: how much of what, what is left out, and every unit's points."""

from collections import Counter
from collections.abc import Iterable, Iterator

from commands.plans.effects import Effect, paired
from commands.records.booking import decisions, fact_of
from commands.records.file import Sheet
from commands.records.meaning import Entry, Meaning
from commands.wording.formats import short
from commands.wording.sentences import say
from db import ledger, months
from db.engine.tx import Reading
from scoring.cards import Tallies
from scoring.moments import Instant, day_of, month_of
from scoring.months import cards
from scoring.plan import Plan
from scoring.postings import ledger as posted

NAMED = 10


def preview(tx: Reading, plan: Plan, sheet: Sheet, meaning: Meaning, now: Instant) -> Iterator[str]:
    """The table in words; with any fault only the faults."""
    if meaning.faults:
        lines = len({fault.line for fault in meaning.faults})
        yield say("records.faulty", total=sheet.total, lines=lines)
        yield from _some(map(str, meaning.faults), len(meaning.faults))
        return
    entries = meaning.entries
    yield say("records.sound", total=sheet.total, new=len(entries), known=len(meaning.known))
    kinds = Counter(plan.kinds[one.kind].word for one in entries)
    units = Counter(short(plan, one.unit) for one in entries)
    if entries:
        yield say("records.counts", kinds=_counted(kinds), units=_counted(units))
    if waiting := sum(not one.verb and bool(plan.kinds[one.kind].deciders) for one in entries):
        yield say("records.waiting", total=waiting)
    yield from _frozen(tx, plan, entries)
    yield from _some(map(str, meaning.known), len(meaning.known))
    yield from _effects(tx, plan, entries, now)


def _counted(found: Counter[str]) -> str:
    return "、".join(f"{word} {total}" for word, total in found.most_common())


def _some(lines: Iterable[str], total: int) -> Iterator[str]:
    shown = [line for line, _ in zip(lines, range(NAMED), strict=False)]
    yield from shown
    if total > len(shown):
        yield say("records.more", more=total - len(shown))


def _frozen(tx: Reading, plan: Plan, entries: Iterable[Entry]) -> Iterator[str]:
    """The reported months that the rows would correct."""
    found = Counter(month_of(day_of(one.at)) for one in entries)
    for month, total in sorted(found.items()):
        if months.is_frozen(tx, plan, month) is not None:
            yield say("records.frozen", month=month, total=total)


def _effects(tx: Reading, plan: Plan, entries: Iterable[Entry], now: Instant) -> Iterator[str]:
    basis = ledger.basis(tx, plan, now, now)
    before = ledger.tallies(tx, plan)
    was = cards(plan, before, basis, now)
    becomes = cards(plan, _with(plan, before, entries, now), basis, now)
    moved: list[Effect] = [one for one in paired(was, becomes) if one.moves]
    yield say("records.effects" if moved else "records.no_effect")
    yield from map(str, moved)


def _with(plan: Plan, before: Tallies, entries: Iterable[Entry], now: Instant) -> Tallies:
    """The tallies with these rows booked."""
    rows = [
        (*key, period, value)
        for key, periods in before.sums.items()
        for period, value in periods.items()
    ]
    for entry in entries:
        fact = fact_of(entry, now)
        rows += [
            (one.unit, one.measure, one.period, one.delta)
            for one in posted(plan, fact, decisions(entry, fact))
        ]
    return Tallies(rows)
