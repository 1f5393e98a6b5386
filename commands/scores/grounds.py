"""What 为什么 says of an item besides its arithmetic and clause: the facts behind it, who entered
and who decided them, and the reading used (C13)."""

from commands.chat.requests import Asking
from commands.wording.formats import moment
from commands.wording.sentences import say, say_first
from db import ledger
from db.engine.tx import Reading
from scoring.cards import Status, Verdict
from scoring.facts import Decision
from scoring.plan import Plan
from scoring.postings import is_backdated

TOLD_WHOLE = 2
"""Up to this many facts are told with people and times; of more, only the numbers."""

NAMED = 20
DEADLINES = ("A01", "A02")
"""The readings of a deadline: its day counts, and a weekend does not move it."""


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
