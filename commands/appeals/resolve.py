"""处理: how an appeal or a doubt is answered, and who hears of it (C14); what an upheld one changes
is `outcome`. Everything here is said in private.
"""

from collections.abc import Iterator
from dataclasses import replace

from commands.appeals import case as cases
from commands.appeals import outcome
from commands.chat.errors import Refusal
from commands.chat.messages import Button, Notice, Reply
from commands.chat.requests import Asking, Request, command
from commands.conversation import proposals
from commands.duties.reached import deliveries
from commands.filing import describe
from commands.filing.cases import contested, first_decider, is_head
from commands.filing.deciders import deciders, is_own, may_decide
from commands.filing.kinds import KINDS
from commands.filing.record import judge
from commands.grammar.slots import Slot
from commands.wording.sentences import lines, say
from db import appeals
from db.appeals import Case
from db.engine.tx import Reading, Tx
from scoring.facts import Verb


@command(
    "resolve",
    "处理",
    roles="考核组 融媒体中心",
    slots=(
        cases.NUMBER,
        Slot(
            name="answer",
            kind="choice",
            choices=("成立", "不成立"),
            required=True,
            ask="ask.upheld",
        ),
        Slot(name="reason", kind="text", required=True, ask="ask.reason"),
    ),
    example="处理 #3 不成立 值班到 12 点，已提前通知",
    never_bare=True,
    judges=True,
    private=True,
    planless=True,
)
def resolve(request: Request, tx: Tx) -> Reply:
    """Answer an appeal or a doubt, after {确认}; both sides are told."""
    entry = describe.entry_of(tx, request.args["number"])
    case = appeals.case(tx, entry)
    if case is None:
        word = request.plan.kinds[entry.fact.kind].word
        raise Refusal(say("resolve.other_kind", number=entry.number, word=word))
    request = cases.in_its_year(request, tx, case.of)
    _may_resolve(request, tx, case)
    if not case.is_open:
        raise Refusal(cases.state(request, tx, case))
    answer, reason = request.args["answer"], request.args["reason"][: cases.MAX_REASON]
    if not request.confirmed:
        other = "不成立" if answer == "成立" else "成立"
        what_then = outcome.consequence(request, tx, case) if answer == "成立" else ""
        preview = say("resolve.preview", number=entry.number, answer=answer, reason=reason)
        asked = proposals.propose(
            tx, request, lines(preview, what_then, _reminded(request, tx, case))
        )
        turn = Button.of(say("resolve.turn", other=other), "resolve", f"#{entry.number} {other}")
        return replace(asked, buttons=(*asked.buttons, (turn,)))
    upheld = answer == "成立"
    judge(request, tx, entry, Verb.APPROVE if upheld else Verb.REJECT, reason=reason)
    done, further = outcome.carried_out(request, tx, case, reason) if upheld else ("", ())
    told = say(
        f"told.{entry.fact.kind}_answered",
        number=entry.number,
        of=case.of.number,
        answer=answer,
        reason=reason,
        name=request.who.name,
    )
    carded = {one.person for one in further}
    sides = _both_sides(request, tx, case, lines(told, done))
    return Reply(
        text=lines(told, done),
        notices=(*(one for one in sides if one.person not in carded), *further),
    )


def _reminded(asking: Asking, tx: Reading, case: Case) -> str:
    """The last reminder in time that reached each of the unit, where a deadline was missed."""
    item = KINDS[case.of.fact.kind].item
    found = deliveries(tx, asking.plan, asking.people, case.of.fact.unit, item)
    last = {one.name: str(one) for one in found}
    return say("resolve.reminded", said="、".join(last.values())) if last else ""


def _may_resolve(asking: Asking, tx: Reading, case: Case) -> None:
    who, fact = asking.who, case.entry.fact
    what = cases.matter_of(asking, case.entry.fact, case.of)
    may = may_decide(asking.plan, who, what)
    if fact.kind == "doubt":
        may = may or may_decide(asking.plan, who, replace(what, kind=case.of.fact.kind))
    if not may:
        key = "review.own_unit" if is_own(who, what.units) else "review.not_yours"
        roles = "、".join(deciders(asking.plan, fact.kind, what.units))
        raise Refusal(say(key, number=case.number, roles=roles))
    barred = contested(tx, case.of)
    if fact.kind == "appeal" and (who.id in barred or who.stands_for_any(barred)):
        by = cases.handler(asking, tx, case)
        name = by.name if by else say("resolve.somebody")
        raise Refusal(
            say("resolve.first_decider", number=case.number, of=case.of.number, name=name)
        )


def _both_sides(asking: Asking, tx: Reading, case: Case, text: str) -> Iterator[Notice]:
    """The one who asked, or who heads the unit by now, and of an appeal whoever decided first."""
    people = {*_senders(asking, case)}
    if case.entry.fact.kind == "appeal":
        people.add(first_decider(tx, case.of))
    for person in sorted((people & asking.people.by_id.keys()) - {asking.who.id}):
        yield Notice(text=text, person=person, key=f"answered:{case.number}:{person}")


def _senders(asking: Asking, case: Case) -> Iterator[int]:
    fact = case.entry.fact
    yield fact.person
    of_unit = fact.kind == "appeal" and case.of.fact.kind != "lead"
    if of_unit and not is_head(asking.people.by_id.get(fact.person), fact.unit):
        yield from (head.id for head in asking.people.heads(fact.unit))
