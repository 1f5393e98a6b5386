"""What 为什么 tells of a line beside its arithmetic and its clause: the facts behind it with who
entered and who decided them, and the reading used (C13)."""

from commands.chat.requests import Asking
from commands.wording.formats import moment
from commands.wording.sentences import say, say_first
from db import ledger
from db.engine.tx import Reading
from scoring.cards import Status, Verdict
from scoring.facts import Verb
from scoring.plan import Plan

TOLD_WHOLE = 2
"""So many facts are told with their people and times; of more only the numbers are named."""

NAMED = 20
DEADLINES = ("A01", "A02")
"""How a deadline is read: its day included, not moved by a weekend."""


def facts(asking: Asking, tx: Reading, entries: list[ledger.Entry]) -> str:
    """The facts of a line, in one line; "" for none."""
    if not entries:
        return ""
    if len(entries) > TOLD_WHOLE:
        said = "、".join(f"#{entry.number}" for entry in entries[:NAMED])
        return say("why.facts", said=said)
    return say("why.grounds", said="；".join(_told(asking, tx, entry) for entry in entries))


def _told(asking: Asking, tx: Reading, entry: ledger.Entry) -> str:
    people = asking.people.by_id
    reporter = people.get(entry.fact.person)
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
        by = people.get(decision.person)
        early = decision.verb is Verb.APPROVE and decision.happened_at < entry.fact.happened_at
        said.append(
            say(
                "why.settled",
                name=by.name if by else "",
                when=moment(decision.recorded_at),
                verb=say_first(
                    f"verb.{decision.verb.value}_{entry.fact.kind}",
                    f"verb.{decision.verb.value}",
                ),
                dated=say("why.dated", when=moment(decision.happened_at)) if early else "",
            )
        )
    return "，".join(said)


def readings(plan: Plan, verdict: Verdict) -> tuple[str, ...]:
    """The convention of the line; where it lost points by a deadline, how deadlines are read."""
    item = plan.item[verdict.item]
    if verdict.status is Status.NA:
        return ()
    if item.convention:
        return (item.convention,)
    return tuple(one for one in DEADLINES if one in item.readings and verdict.lost)


def reading(asking: Asking, verdict: Verdict) -> str:
    """The readings of the line in a sentence; "" for none."""
    plan, numbers = asking.plan, readings(asking.plan, verdict)
    if not numbers:
        return ""
    said = "；".join(
        say("why.read_as", number=number, note=plan.readings[number].source.note)
        for number in numbers
    )
    return say("why.reading", said=said)
