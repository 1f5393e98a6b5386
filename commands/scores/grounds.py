"""What 为什么 says of an item besides its arithmetic and clause: the facts behind it, who entered
and who decided them, and the reading used (C13)."""

from collections.abc import Iterable

from commands.chat.requests import Asking
from commands.filing.numbers import runs
from commands.wording.formats import moment
from commands.wording.sentences import say, say_first
from db import ledger
from db.engine.tx import Reading
from scoring.cards import Status, Verdict
from scoring.facts import Decision
from scoring.periods import effective_at
from scoring.plan import Plan, Unit
from scoring.postings import is_backdated
from scoring.rules_videos import past_periods
from scoring.verdicts import Book

TOLD_WHOLE = 2
"""Up to this many facts are told with people and times; of more, only the numbers."""

NAMED = 20
DEADLINES = ("A01", "A02")
"""The readings of a deadline: its day counts, and a weekend does not move it."""


def of_unit(
    tx: Reading, book: Book, unit: Unit, verdict: Verdict, numbers: Iterable[int]
) -> list[ledger.Entry]:
    """Those of the facts behind a verdict that are the unit's own: of leads, what its people
    reported; of the weeks, no work of before the first one."""
    found = (entry for number in numbers if (entry := ledger.entry(tx, number)) is not None)
    staff, began = book.basis.staff, effective_at(book.plan)
    return [
        entry
        for entry in found
        if (entry.fact.kind != "lead" or staff.get(entry.fact.person) == unit.code)
        and (verdict.item != "dy_update" or entry.fact.happened_at >= began)
    ]


def weeks(book: Book, unit: Unit, verdict: Verdict) -> str:
    """达标 第14–15周；没达标 第16周；豁免 第17周: the periods behind the updates; "" of another
    item or while none has ended."""
    if verdict.item != "dy_update" or verdict.status is Status.NA:
        return ""
    past = past_periods(book, unit)
    said = [
        say(f"why.weeks_{name}", said=_said(found))
        for name in ("met", "missed", "waived")
        if (found := getattr(past, name))
    ]
    return say("why.weeks", said="；".join(said)) if said else ""


def _said(periods: Iterable[str]) -> str:
    """第14–16周、第18周, or 4–6月."""
    found = list(periods)
    key = "why.span_week" if "W" in found[0] else "why.span_month"
    return "、".join(
        say(key, span=str(first) if first == last else f"{first}–{last}")
        for first, last in runs(int(period[-2:]) for period in found)
    )


def facts(asking: Asking, tx: Reading, entries: list[ledger.Entry]) -> str:
    """The facts behind an item in one line; "" for none."""
    if not entries:
        return ""
    if len(entries) > TOLD_WHOLE:
        said = "、".join(f"#{entry.number}" for entry in entries[:NAMED])
        return say("why.facts", said=said)
    return say("why.grounds", said="；".join(_told(asking, tx, entry) for entry in entries))


def _told(asking: Asking, tx: Reading, entry: ledger.Entry) -> str:
    reporter = asking.people.by_id.get(entry.fact.person)
    said = [
        say(
            "why.entered",
            number=entry.number,
            name=reporter.name if reporter else "",
            when=moment(entry.fact.happened_at),
        )
    ]
    decision = ledger.stands(tx, entry.number).decision
    if decision is not None:
        said.append(decided("why.settled", asking, entry, decision))
    return "，".join(said)


def decided(key: str, asking: Asking, entry: ledger.Entry, decision: Decision) -> str:
    """Say in the sentence `key` who decided a fact, when and how; backdated approvals say so."""
    by = asking.people.by_id.get(decision.person)
    verb = decision.verb.value
    backdated = is_backdated(asking.plan, entry.fact, decision)
    return say(
        key,
        name=by.name if by else "",
        when=moment(decision.recorded_at),
        verb=say_first(f"verb.{verb}_{entry.fact.kind}", f"verb.{verb}"),
        dated=say("why.dated", when=moment(decision.happened_at)) if backdated else "",
        reason=decision.reason,
    )


def readings(plan: Plan, verdict: Verdict) -> tuple[str, ...]:
    """The item's convention; else, where a deadline cost it points, how deadlines are read."""
    item = plan.item[verdict.item]
    if verdict.status is Status.NA:
        return ()
    if item.convention:
        return (item.convention,)
    return tuple(one for one in DEADLINES if one in item.readings and verdict.lost)


def reading(asking: Asking, verdict: Verdict) -> str:
    """The readings of an item in a sentence; "" for none."""
    plan, numbers = asking.plan, readings(asking.plan, verdict)
    if not numbers:
        return ""
    said = "；".join(
        say("why.read_as", number=number, note=plan.readings[number].source.note)
        for number in numbers
    )
    return say("why.reading", said=said)
