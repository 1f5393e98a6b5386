"""What 申诉, 反映 and 处理 share: who may answer a case and who handles it today, who reviews a
fact, where a case stands, the question for a reason and the buttons under a case (C14)."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from commands.chat.errors import Refusal
from commands.chat.messages import Button, Reply
from commands.chat.requests import Asking, Command, Request
from commands.conversation import dialogue
from commands.conversation.understanding import Understanding
from commands.filing.cases import contested
from commands.filing.deciders import Matter, Reported, able, matter, may_decide, sharing
from commands.grammar.slots import Slot
from commands.wording.formats import day, weekday
from commands.wording.sentences import say
from db import absences, appeals, ledger, plans
from db.appeals import Case
from db.engine.tx import Reading, Tx
from db.people import Person
from scoring.moments import day_of

MAX_REASON = 200

NUMBER = Slot(name="number", kind="number", required=True, ask="ask.which_number")
REASON = Slot(name="reason", kind="text", ask="ask.reason")


def in_its_year(request: Request, tx: Reading, of: ledger.Entry) -> Request:
    """The request by the plan of the fact that a case is about, whichever year it is by now."""
    return replace(request, plan=plans.kept(tx).by_id(of.plan, request.now) or request.plan)


# --- who answers --------------------------------------------------------------------------


def matter_of(asking: Asking, case: Reported, of: ledger.Entry) -> Matter:
    """Whose own a case is: the people behind it and, where the thing was somebody's report, those
    behind the report."""
    what = matter(asking.plan, asking.people, case)
    if not asking.plan.kinds[of.fact.kind].deciders:
        return what
    return what.and_of(matter(asking.plan, asking.people, of.fact))


def answerers(asking: Asking, tx: Reading, case: Reported, of: ledger.Entry) -> list[Person]:
    """Who may answer an appeal: those of the regular role where there are any, first who is there
    today, then the least burdened; never who decided what it is about, nor a stand-in of theirs."""
    what, barred = matter_of(asking, case, of), contested(tx, of)
    found = [
        one
        for one in able(asking.plan, asking.people, what)
        if one.id not in barred and not one.stands_for_any(barred)
    ]
    regular = asking.plan.kinds["appeal"].deciders
    gone = absences.away(tx, day_of(asking.now))
    open_ones = [one.entry.fact.details.get("handler") for one in appeals.open_appeals(tx)]
    return sorted(
        [one for one in found if not one.roles.isdisjoint(regular)] or found,
        key=lambda one: (one.id in gone, open_ones.count(one.id), one.staff_no),
    )


def handlers(asking: Asking, tx: Reading, case: Case) -> list[Person]:
    """Who handles an appeal today: whoever was named, if they are here and still may; else the
    others, the one who takes their place first."""
    may = present(asking, tx, answerers(asking, tx, case.entry.fact, case.of))
    return [one for one in may if one.id == case.entry.fact.details.get("handler")] or may


def present(asking: Asking, tx: Reading, people: Iterable[Person]) -> list[Person]:
    """Those of the people who are not on leave today."""
    gone = absences.away(tx, day_of(asking.now))
    return [one for one in people if one.id not in gone]


def reviewers(
    asking: Asking, entry: ledger.Entry, doubt: ledger.Entry | None = None
) -> list[Person]:
    """Who may see a doubt: those who decide on such a fact, else 考核组; nobody on their own."""
    plan, fact = asking.plan, entry.fact
    what = matter(plan, asking.people, fact)
    if not plan.kinds[fact.kind].deciders:
        units = sharing(plan, [fact.unit])  # whoever entered it for a unit may hear of doubts
        what = Matter(kind="doubt", units=units, people=frozenset())
    if doubt is not None:
        what = what.and_of(matter(plan, asking.people, doubt.fact))
    return list(able(plan, asking.people, what))


def handler(asking: Asking, tx: Reading, case: Case) -> Person | None:
    """Who an appeal is with today; None of a doubt, and where nobody is left."""
    if case.entry.fact.kind != "appeal":
        return None
    return next(iter(handlers(asking, tx, case)), None)


def state(asking: Asking, tx: Reading, case: Case) -> str:
    """Where an appeal stands; to those whose it is, and a doubt to nobody else either."""
    fact, who = case.entry.fact, asking.who
    mine = fact.person == who.id or (fact.kind == "appeal" and fact.unit == who.unit)
    what = matter_of(asking, case.entry.fact, case.of)
    if not (mine or may_decide(asking.plan, who, what)):
        raise Refusal(say("appeal.not_shown", number=case.number))
    decision = case.stands.decision
    by = asking.people.by_id.get(decision.person) if decision else handler(asking, tx, case)
    over = "by" in fact.details and day_of(asking.now) > date.fromisoformat(fact.details["by"])
    return say(
        "appeal.state_over" if case.is_open and over else f"appeal.state_{case.stands.state.value}",
        word=asking.plan.kinds[fact.kind].word,
        number=case.number,
        of=case.of.number,
        handler=by.name if by else say("resolve.somebody"),
        by=weekday(date.fromisoformat(fact.details["by"])) if "by" in fact.details else "",
        day=day(decision.recorded_at) if decision else "",
        reason=decision.reason if decision else "",
    )


def ask_reason(request: Request, tx: Tx, entry: Command) -> Reply:
    """Ask for the reason that 申诉 or 反映 was said without."""
    said = Understanding(command=entry, line=request.line, missing=REASON)
    return dialogue.ask(tx, request.incoming, request.who, entry, said)


def answer_buttons(number: int) -> tuple[Button, ...]:
    """{成立|不成立} of a case."""
    return tuple(Button.of(word, "resolve", f"#{number} {word}") for word in ("成立", "不成立"))


def take_back_button(number: int) -> tuple[Button, ...]:
    """{撤回} of one's own case."""
    return (Button.of(say("button.undo"), "undo", f"#{number}"),)
