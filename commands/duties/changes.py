"""What a unit gained and lost since an instant, item by item, each with the facts behind it: the
weekly letter's second half."""

from collections.abc import Iterator, Mapping
from decimal import Decimal

from commands.chat.requests import Asking
from commands.filing import describe
from commands.wording.formats import points
from commands.wording.sentences import say, say_first
from db import histories, ledger, plans
from db.engine.tx import Reading, Row
from scoring.cards import Card, Tallies, scorecard
from scoring.facts import Verb
from scoring.moments import Instant
from scoring.plan import Plan, Unit
from scoring.planshow import read_as
from scoring.values import frozen
from scoring.verdicts import ZERO, Reads

NAMED = 3
"""Facts named for one item."""


@frozen
class Change:
    """An item whose points changed by `by`: through these facts and switched readings, else by the
    mere passing of time, told by `because`."""

    item: str
    by: Decimal
    because: str
    facts: tuple[int, ...]
    readings: tuple[str, ...]


@frozen
class Before:
    """How a plan and its tallies stood at an instant, and what was posted since."""

    plan: Plan
    tallies: Tallies
    at: Instant
    posted: Mapping[tuple[str, str], frozenset[int]]


def before(tx: Reading, plan: Plan, tallies: Tallies, at: Instant) -> Before:
    """How things stood at an instant, from the tallies of now and what was posted since."""
    since: list[Row] = histories.posted_since(tx, plan, at)
    posted: dict[tuple[str, str], set[int]] = {}
    for row in since:
        posted.setdefault((row.unit, row.measure), set()).add(int(row.fact))
    counted = (
        (unit, measure, period, count)
        for (unit, measure), periods in tallies.sums.items()
        for period, count in periods.items()
    )
    taken = ((row.unit, row.measure, row.period, -row.delta) for row in since)
    return Before(
        plan=plans.kept(tx).by_id(plan.id, at) or plan,
        tallies=Tallies((*counted, *taken)),
        at=at,
        posted={key: frozenset(facts) for key, facts in posted.items()},
    )


def of_unit(tx: Reading, plan: Plan, unit: Unit, card: Card, was: Before) -> tuple[Change, ...]:
    """What changed on a unit's card since then, in the order of its items."""
    known = was.plan.by_code.get(unit.code)
    if known is None:
        return ()
    basis = ledger.basis(tx, was.plan, was.at, was.at)
    earlier = scorecard(was.plan, known, was.tallies, basis, was.at)
    old = {verdict.item: verdict for verdict in earlier.verdicts}
    return tuple(
        Change(
            item=one.item,
            by=by,
            because=one.because,
            facts=_facts(was, (*one.measures, *old[one.item].measures)),
            readings=_switched(was.plan, plan, one.item),
        )
        for one in card.verdicts
        if one.item in old and (by := (one.points or ZERO) - (old[one.item].points or ZERO))
    )


def _facts(was: Before, reads: Reads) -> tuple[int, ...]:
    found: set[int] = set()
    for key in reads:
        found |= was.posted.get(key, frozenset())
    return tuple(sorted(found))


def _switched(old: Plan, new: Plan, item: str) -> tuple[str, ...]:
    return tuple(
        number
        for number in new.item[item].readings
        if number in old.readings and old.reads(number) != new.reads(number)
    )


# --- in words -----------------------------------------------------------------------------


def told(asking: Asking, tx: Reading, found: tuple[Change, ...]) -> str:
    """上周得失：培训 －1（#195 培训“短视频”）；账号交接 +3（#12 账号交接 通过）; "" for none."""
    if not found:
        return ""
    said = "；".join(
        say(
            "changed.item",
            word=asking.plan.item[one.item].word,
            sign="+" if one.by > 0 else "－",
            points=points(abs(one.by)),
            why="、".join(_why(asking, tx, one)),
        )
        for one in found
    )
    return say("changed.line", said=said)


def _why(asking: Asking, tx: Reading, change: Change) -> Iterator[str]:
    for number in change.readings:
        value = read_as(asking.plan.readings[number])
        yield say("changed.reading", number=number, value=value)
    shown = [_fact(asking, tx, number) for number in change.facts[:NAMED]]
    if len(change.facts) > NAMED:
        yield say("changed.more", said="、".join(shown), total=len(change.facts))
    else:
        yield from shown
    if not change.readings and not change.facts:
        yield change.because


def _fact(asking: Asking, tx: Reading, number: int) -> str:
    entry = ledger.entry(tx, number)
    if entry is None:
        return f"#{number}"
    taken = [one for one in ledger.decided(tx, number) if one.verb is not Verb.REOPEN]
    kind = entry.fact.kind
    verb = say_first(f"verb.{taken[-1].verb}_{kind}", f"verb.{taken[-1].verb}") if taken else ""
    what = asking.plan.kinds[kind].word if kind == "lead" else describe.what(asking, entry)
    return say("changed.fact", number=number, what=what, verb=f" {verb}" if verb else "")
