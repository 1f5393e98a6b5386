"""处理: how an appeal or a doubt is answered, and what an upheld one changes (C14).

It changes the ledger only where one answer is possible, and elsewhere opens the decision again
for those whose it is. Everything here is said in private.
"""

from collections.abc import Iterator
from dataclasses import replace

from commands.appeals import case as cases
from commands.assessment import trainings
from commands.chat.errors import Refusal
from commands.chat.messages import Button, Notice, Reply
from commands.chat.requests import Asking, Request, command
from commands.conversation import proposals
from commands.duties.reached import deliveries
from commands.filing import describe
from commands.filing.deciders import deciders, is_own, matter, may_decide
from commands.filing.kinds import KINDS
from commands.filing.record import judge, record
from commands.grammar.slots import Slot
from commands.wording.formats import short
from commands.wording.sentences import lines, say, say_first
from db import appeals, ledger
from db.appeals import Case
from db.engine.tx import Reading, Tx
from scoring.facts import State, Verb


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
)
def resolve(request: Request, tx: Tx) -> Reply:
    """Answer an appeal or a doubt, after {确认}; both sides are told."""
    entry = describe.entry_of(tx, request.args["number"])
    case = appeals.case(tx, entry)
    if case is None:
        word = request.plan.kinds[entry.fact.kind].word
        raise Refusal(say("resolve.other_kind", number=entry.number, word=word))
    _may_resolve(request, tx, case)
    if not case.is_open:
        raise Refusal(cases.state(request, case))
    answer, reason = request.args["answer"], request.args["reason"][: cases.MAX_REASON]
    if not request.confirmed:
        other = "不成立" if answer == "成立" else "成立"
        what_then = _consequence(request, tx, case) if answer == "成立" else ""
        preview = say("resolve.preview", number=entry.number, answer=answer, reason=reason)
        asked = proposals.propose(
            tx, request, lines(preview, what_then, _reminded(request, tx, case))
        )
        turn = Button.of(say("resolve.turn", other=other), "resolve", f"#{entry.number} {other}")
        return replace(asked, buttons=(*asked.buttons, (turn,)))
    upheld = answer == "成立"
    judge(request, tx, entry, Verb.APPROVE if upheld else Verb.REJECT, reason=reason)
    done, further = _carried_out(request, tx, case) if upheld else ("", ())
    told = say(
        f"told.{entry.fact.kind}_answered",
        number=entry.number,
        of=case.of.number,
        answer=answer,
        reason=reason,
        name=request.who.name,
    )
    return Reply(
        text=lines(told, done),
        notices=(*_both_sides(request, tx, case, lines(told, done)), *further),
    )


def _reminded(asking: Asking, tx: Reading, case: Case) -> str:
    """The last reminder in time that reached each of the unit, where a deadline was missed."""
    item = KINDS[case.of.fact.kind].item
    found = deliveries(tx, asking.plan, asking.people, case.of.fact.unit, item)
    last = {one.name: str(one) for one in found}
    return say("resolve.reminded", said="、".join(last.values())) if last else ""


def _may_resolve(asking: Asking, tx: Reading, case: Case) -> None:
    who, fact = asking.who, case.entry.fact
    what = cases.matter_of(asking, case.entry, case.of)
    may = may_decide(asking.plan, who, what)
    if fact.kind == "doubt":
        may = may or may_decide(asking.plan, who, replace(what, kind=case.of.fact.kind))
    if not may:
        key = "review.own_unit" if is_own(who, what.units) else "review.not_yours"
        roles = "、".join(deciders(asking.plan, fact.kind, what.units))
        raise Refusal(say(key, number=case.number, roles=roles))
    first = cases.first_decider(tx, case.of)
    if fact.kind == "appeal" and (who.id == first or who.stands_for_any({first})):
        by = asking.people.by_id.get(fact.details.get("handler", 0))
        name = by.name if by else say("resolve.somebody")
        raise Refusal(
            say("resolve.first_decider", number=case.number, of=case.of.number, name=name)
        )


def _approves(case: Case, stands: State) -> bool:
    if case.entry.fact.kind != "appeal":
        return False
    if case.of.fact.kind == "lead":
        return stands is State.REVOKED
    return KINDS[case.of.fact.kind].upheld and stands in (State.REJECTED, State.OFF_TOPIC)


def _consequence(asking: Asking, tx: Reading, case: Case) -> str:
    """What {确认} will change, in one line."""
    if case.entry.fact.kind == "appeal" and case.of.fact.kind == "training":
        unit = short(asking.plan, case.entry.fact.unit)
        return say("resolve.will_take_out", of=case.of.number, unit=unit)
    if _approves(case, ledger.stands(tx, case.of.number).state):
        return say("resolve.will_approve", of=case.of.number)
    return say("resolve.will_reopen", of=case.of.number)


def _carried_out(request: Request, tx: Tx, case: Case) -> tuple[str, tuple[Notice, ...]]:
    """Do what follows, or say whose decision does; told to the deciders as well."""
    of = appeals.current(tx, case.of)
    if case.entry.fact.kind == "appeal" and of.fact.kind == "training":
        return _taken_out(request, tx, of, case), ()
    if _approves(case, ledger.stands(tx, of.number).state):
        try:
            reason = say("resolve.by", number=case.number)
            # Of one batch with the answer, so that neither is taken back alone.
            judge(request, tx, of, Verb.APPROVE, reason=reason, batch=case.number)
        except ledger.Held as held:
            return say("resolve.held", of=of.number, other=held.number), ()
        return say("resolve.approved", of=of.number), ()
    kind = request.plan.kinds[of.fact.kind]
    if not kind.deciders:
        return say("resolve.by_recorder", of=of.number, word=kind.word), ()
    units = matter(request.plan, request.people, of.fact).units
    roles = "、".join(deciders(request.plan, kind.code, units))
    text = say_first(f"resolve.next_{kind.code}", "resolve.next", of=of.number, roles=roles)
    readers = [one for one in cases.reviewers(request, of) if one.id != request.who.id]
    return text, tuple(
        Notice(text=text, person=one.id, key=f"again:{case.number}:{one.id}") for one in readers
    )


def _taken_out(request: Request, tx: Tx, of: ledger.Entry, case: Case) -> str:
    """A new roll in the place of the old, without the unit's absences; if it had none, without
    its failures."""
    unit, details = case.entry.fact.unit, dict(of.fact.details)
    for name in ("absent", "failed"):
        kept = [one for one in details.get(name, ()) if one[1] != unit]
        if len(kept) < len(details.get(name, ())):
            details[name] = kept
            break
    else:
        return say("resolve.nothing_left", of=of.number)
    details["upheld"] = [*details.get("upheld", ()), case.number]
    new = record(
        request,
        tx,
        "training",
        title=of.title,
        details=details,
        claim=trainings.claim(of.title, of.fact.happened_at),
        replaces=of,
        keeps_time=True,
    )
    return say("resolve.taken_out", of=of.number, number=new.number, unit=short(request.plan, unit))


def _both_sides(asking: Asking, tx: Reading, case: Case, text: str) -> Iterator[Notice]:
    """The one who asked, and of an appeal whoever decided first."""
    people = {case.entry.fact.person}
    if case.entry.fact.kind == "appeal":
        people.add(cases.first_decider(tx, case.of))
    for person in sorted(people - {asking.who.id}):
        yield Notice(text=text, person=person, key=f"answered:{case.number}:{person}")
