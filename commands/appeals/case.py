"""What 申诉, 反映 and 处理 share: who decided first on a fact and who reviews it, where a case
stands, the question for a reason and the buttons under a case (C14)."""

from datetime import date

from commands.chat.errors import Refusal
from commands.chat.messages import Button, Reply
from commands.chat.requests import Asking, Command, Request
from commands.conversation import dialogue
from commands.conversation.understanding import Understanding
from commands.filing.deciders import Matter, able, matter, may_decide, sharing
from commands.grammar.slots import Slot
from commands.wording.formats import day, weekday
from commands.wording.sentences import say
from db import ledger
from db.appeals import Case
from db.engine.tx import Reading, Tx
from db.people import Person
from scoring.facts import Verb

MAX_REASON = 200

NUMBER = Slot(name="number", kind="number", required=True, ask="ask.which_number")
REASON = Slot(name="reason", kind="text", ask="ask.reason")


def first_decider(tx: Reading, entry: ledger.Entry) -> int:
    """Who decided on a fact first; where nothing was to be decided, who entered it."""
    for decision in ledger.decided(tx, entry.number):
        if decision.verb not in (Verb.WITHDRAW, Verb.RETRACT):
            return decision.person
    return entry.fact.person


def matter_of(asking: Asking, case: ledger.Entry, of: ledger.Entry) -> Matter:
    """Whose own a case is: the people behind it and, where the thing was somebody's report, those
    behind the report."""
    what = matter(asking.plan, asking.people, case.fact)
    if not asking.plan.kinds[of.fact.kind].deciders:
        return what
    return what.and_of(matter(asking.plan, asking.people, of.fact))


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


def state(asking: Asking, case: Case) -> str:
    """Where an appeal stands; to those whose it is, and a doubt to nobody else either."""
    fact, who = case.entry.fact, asking.who
    mine = fact.person == who.id or (fact.kind == "appeal" and fact.unit == who.unit)
    what = matter_of(asking, case.entry, case.of)
    if not (mine or may_decide(asking.plan, who, what)):
        raise Refusal(say("appeal.not_shown", number=case.number))
    decision = case.stands.decision
    by = asking.people.by_id.get(decision.person if decision else fact.details.get("handler", 0))
    return say(
        f"appeal.state_{case.stands.state.value}",
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
