"""What 得分, 明细 and 为什么 show of appeals: the mark of an open one, the answers given."""

from datetime import date

from commands.assessment import trainings
from commands.chat.messages import Button
from commands.chat.requests import Asking
from commands.filing.cases import is_about
from commands.filing.kinds import KINDS
from commands.wording.formats import date_text, day, points
from commands.wording.sentences import say
from db import appeals as cases
from db import ledger
from db.engine.tx import Reading
from db.people import HEAD
from scoring.cards import Card, Status, Verdict, scorecard
from scoring.plan import Plan


def concerned(plan: Plan, entry: ledger.Entry) -> tuple[str, ...]:
    """The units whose points a fact moves."""
    if entry.fact.kind == "training":
        return trainings.charged(entry)
    if entry.fact.kind == "settlement":
        return tuple(sorted(plan.item["interaction"].units))
    return (entry.fact.unit,)


def verdict(asking: Asking, tx: Reading, unit: str, entry: ledger.Entry) -> Verdict | None:
    """The scored line of the unit that a fact counts in."""
    plan = asking.plan
    if unit not in {one.code for one in plan.scored_units} or entry.fact.kind == "lead":
        return None
    card = scorecard(
        plan,
        plan.by_code[unit],
        ledger.tallies(tx, plan),
        ledger.basis(tx, plan, asking.at, asking.now),
        asking.at,
    )
    return next((one for one in card.verdicts if is_about(one, entry.fact.kind)), None)


def value(verdict: Verdict) -> str:
    if verdict.points is None:
        return say("score.unknown_points")
    return f"{points(verdict.points)}/{points(verdict.max)}"


def kinds(tx: Reading, plan: Plan, unit: str) -> frozenset[str]:
    """The kinds of facts that a unit's open appeals are about."""
    return frozenset(one.of.fact.kind for one in cases.of_unit(tx, plan, unit) if one.is_open)


def contested(tx: Reading, plan: Plan, card: Card) -> list[str]:
    """The words of the items that a unit's open appeals are about."""
    open_kinds = kinds(tx, plan, card.unit) if card.unit else frozenset()
    return [
        plan.item[one.item].word
        for one in card.verdicts
        if one.status is not Status.NA and any(is_about(one, kind) for kind in open_kinds)
    ]


def mark(verdict: Verdict, open_kinds: frozenset[str]) -> str:
    """申诉中 behind a line that an open appeal is about, else nothing."""
    return say("appeal.mark") if any(is_about(verdict, kind) for kind in open_kinds) else ""


def offered(
    asking: Asking, unit: str, verdict: Verdict, entries: list[ledger.Entry]
) -> tuple[tuple[Button, ...], ...]:
    """{申诉 #n} for the head of a unit under a line of his that lost points by single facts."""
    if asking.who.unit != unit or HEAD not in asking.who.roles or not verdict.lost:
        return ()
    row = tuple(
        Button.of(say("appeal.button", number=entry.number), "appeal", f"#{entry.number}")
        for entry in entries
        if KINDS[entry.fact.kind].alone and unit in concerned(asking.plan, entry)
    )
    return (row[-3:],) if row else ()


def history(asking: Asking, tx: Reading, unit: str, verdict: Verdict) -> str:
    """The appeals of a unit about one line, each with its answer; "" for none."""
    people = asking.people.by_id
    said = []
    for one in cases.of_unit(tx, asking.plan, unit):
        if not is_about(verdict, one.of.fact.kind):
            continue
        decision = one.stands.decision
        by = people.get(decision.person if decision else one.entry.fact.details.get("handler", 0))
        key = "answered" if decision else "open"
        said.append(
            say(
                f"appeal.history_{key}",
                number=one.number,
                day=day(decision.recorded_at) if decision else "",
                by=date_text(date.fromisoformat(one.entry.fact.details["by"])),
                answer=say(f"state.{one.stands.state.value}_appeal"),
                name=by.name if by else say("resolve.somebody"),
            )
        )
    return "".join(said[-3:])
