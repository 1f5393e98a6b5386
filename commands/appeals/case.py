"""What 申诉, 反映 and 处理 share: who decided first on a fact and who reviews it, where a case
stands, the question for a reason and the buttons under a case (C14)."""

from datetime import date

from commands.chat.errors import Refusal
from commands.chat.messages import Button, Reply
from commands.chat.requests import Asking, Command, Request
from commands.conversation import dialogue
from commands.conversation.understanding import Understanding
from commands.filing.deciders import deciders, may_decide
from commands.grammar.slots import Slot
from commands.wording.formats import day, weekday
from commands.wording.sentences import say
from db import ledger
from db.appeals import Case
from db.engine.tx import Reading, Tx
from db.people import Person
from scoring.facts import Verb

MAX_REASON = 200

NUMBER = Slot(name="number", kind="number", required=True, ask="哪一条？请带编号，如 #12")
REASON = Slot(name="reason", kind="text", ask="请说一句理由")


def first_decider(tx: Reading, entry: ledger.Entry) -> int:
    """Who decided on a fact first; where nothing was to be decided, who entered it."""
    for decision in ledger.decided(tx, entry.number):
        if decision.verb not in (Verb.WITHDRAW, Verb.RETRACT):
            return decision.person
    return entry.fact.person


def reviewers(asking: Asking, entry: ledger.Entry) -> list[Person]:
    """Who may see a doubt: those who decide on such a fact, else 考核组; none of its unit."""
    plan, fact = asking.plan, entry.fact
    kind = fact.kind if plan.kinds[fact.kind].deciders else "doubt"
    roles = deciders(plan, kind, fact.unit)
    people = {one.id: one for role in roles for one in asking.people.with_role(role)}
    return [one for one in people.values() if one.unit != fact.unit]


def state(asking: Asking, case: Case) -> str:
    """Where an appeal stands; to those whose it is, and a doubt to nobody else either."""
    fact, who = case.entry.fact, asking.who
    mine = fact.person == who.id or (fact.kind == "appeal" and fact.unit == who.unit)
    if not (mine or may_decide(asking.plan, who, fact.kind, fact.unit)):
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
    return tuple(
        Button(label=word, says=f"resolve #{number} {word}") for word in ("成立", "不成立")
    )


def take_back_button(number: int) -> tuple[Button, ...]:
    """{撤回} of one's own case."""
    return (Button(label=say("button.undo"), says=f"undo #{number}"),)
