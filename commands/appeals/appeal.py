"""申诉: how a decision is contested, and by whom (C14).

An appeal is a fact with a number of its own; while it waits nothing but its mark changes.
Everything here is said in private.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from commands.appeals import case as cases
from commands.appeals import on_scores
from commands.chat.errors import Refusal
from commands.chat.messages import Button, Notice, Reply
from commands.chat.requests import Asking, Request, command
from commands.conversation import proposals
from commands.filing import describe
from commands.filing.cases import first_decider
from commands.filing.record import record
from commands.wording.formats import cut, day, short, weekday
from commands.wording.sentences import lines, say
from db import appeals, leadtext, ledger
from db.calendar import calendar
from db.engine.tx import Reading, Tx
from db.people import HEAD, Person
from scoring.facts import State
from scoring.moments import Instant, day_of, month_of
from scoring.months import schedule
from scoring.plan import Plan

WORKDAYS_TO_APPEAL = 5
WORKDAYS_TO_ANSWER = 3


@command(
    "appeal",
    "申诉",
    slots=(cases.NUMBER, cases.REASON),
    example="申诉 #12 周六下午去了没有人",
    never_bare=True,
    private=True,
    planless=True,
)
def appeal(request: Request, tx: Tx) -> Reply:
    """Contest a decision in the name of one's unit, one's own lead for oneself; the number of
    an appeal shows where that stands."""
    entry = describe.entry_of(tx, request.args["number"])
    case = appeals.case(tx, entry)
    if case is not None:
        request = cases.in_its_year(request, tx, case.of)
        return Reply(text=cases.state(request, tx, case))
    if request.second is not None:
        request = replace(request, who=request.second, second=None)
    entry = appeals.current(tx, entry)
    request = cases.in_its_year(request, tx, entry)
    unit = _appellant_unit(request, tx, entry)
    _appealable(tx, request.plan, entry)
    _not_open_yet(request, tx, entry)
    _in_time(request, tx, entry)
    if not request.args.get("reason"):
        return cases.ask_reason(request, tx, appeal)
    if unit is None:
        return _forwarded(request, tx, entry)
    return _filed(request, tx, entry, unit)


# --- who may ------------------------------------------------------------------------------


def _appellant_unit(asking: Asking, tx: Reading, entry: ledger.Entry) -> str | None:
    """The unit the asker may appeal for; None: he is of a unit whose head has to."""
    who, plan = asking.who, asking.plan
    if entry.fact.kind == "lead":
        if entry.fact.person != who.id:
            raise Refusal(say("appeal.not_your_lead", number=entry.number))
        return who.unit
    units = on_scores.concerned(plan, entry)
    if not units:
        raise Refusal(say("appeal.nothing_lost", number=entry.number))
    if who.unit not in units:
        names = "、".join(short(plan, unit) for unit in units[:5])
        raise Refusal(say("appeal.other_unit", number=entry.number, unit=names))
    if HEAD in who.roles:
        return who.unit
    if not asking.people.heads(who.unit):
        raise Refusal(say("appeal.no_head", unit=short(plan, who.unit)))
    return None


NOT_YET = {
    State.WAITING: "appeal.undecided",
    State.WITHDRAWN: "appeal.withdrawn",
    State.IN_LINE: "appeal.in_line",
}
"""Why there is nothing to appeal against yet, or any more."""


def _appealable(tx: Reading, plan: Plan, entry: ledger.Entry) -> None:
    if not plan.kinds[entry.fact.kind].deciders:
        stands_undecided = ledger.stands(tx, entry.number).state is State.WAITING
        if stands_undecided and entry.fact.kind in ("training", "settlement"):
            return
        word = plan.kinds[entry.fact.kind].word
        raise Refusal(say("appeal.other_kind", number=entry.number, word=word))
    if leadtext.is_erased(tx, entry.number):
        raise Refusal(say("appeal.erased", number=entry.number))
    stands = ledger.stands(tx, entry.number).state
    if key := NOT_YET.get(stands):
        raise Refusal(say(key, number=entry.number))


def _not_open_yet(asking: Asking, tx: Reading, entry: ledger.Entry) -> None:
    """One open appeal a fact; of what takes points from several units, one of each."""
    for one in appeals.open_appeals(tx):
        same = appeals.current(tx, one.of).number == entry.number
        if same and (entry.fact.kind == "lead" or one.entry.fact.unit == asking.who.unit):
            raise Refusal(say("appeal.again", of=entry.number, number=one.number))


def _in_time(asking: Asking, tx: Reading, entry: ledger.Entry) -> None:
    """Five workdays from the decision (C14); a month's objections stay open until their last day
    whatever was decided when (A48). Raises Refusal afterwards."""
    decision, known = ledger.stands(tx, entry.number).decision, calendar(tx)
    since = decision.recorded_at if decision else entry.fact.recorded_at
    month = month_of(day_of(entry.fact.happened_at))
    last = max(
        known.workday(day_of(since), WORKDAYS_TO_APPEAL),
        schedule(asking.plan, known, month).objections,
    )
    if day_of(asking.now) > last:
        said = {"number": entry.number, "day": day(since), "last": weekday(last)}
        raise Refusal(say("appeal.too_late", **said))


# --- an appeal ----------------------------------------------------------------------------


def _forwarded(request: Request, tx: Tx, entry: ledger.Entry) -> Reply:
    """Somebody of the unit wants to: its head gets his words with a button to say them."""
    unit = request.who.unit
    heads = request.people.heads(unit)
    kept = proposals.keep(tx, request, answerer=f"head:{unit}")
    text = say(
        "appeal.to_head",
        name=request.who.name,
        of=entry.number,
        what=describe.what(request, entry),
        reason=cut(request.args["reason"], 60),
    )
    button = Button.of(say("button.in_units_name"), "answer", f"{kept} 确认")
    take_back = Button.of(say("button.undo"), "answer", f"{kept} 取消")
    return Reply(
        text=say("appeal.only_head", names="、".join(head.name for head in heads)),
        buttons=((take_back,),),
        notices=tuple(
            Notice(
                text=text,
                person=head.id,
                buttons=((button,),),
                key=f"appeal for the head:{kept}:{head.id}",
            )
            for head in heads
        ),
    )


def _filed(request: Request, tx: Tx, entry: ledger.Entry, unit: str) -> Reply:
    plan, reason = request.plan, request.args["reason"][: cases.MAX_REASON]
    sent = replace(entry.fact, kind="appeal", unit=unit, person=request.who.id)
    handlers = cases.answerers(request, tx, sent, entry)
    if not handlers:
        raise Refusal(say("appeal.no_handler", number=entry.number))
    by = answer_day(tx, request.at)
    details = {
        "of": entry.number,
        "reason": reason,
        "handler": handlers[0].id,
        "by": by.isoformat(),
    }
    row = record(request, tx, "appeal", details=details, unit=unit, plan=plan)
    told = {
        "number": row.number,
        "of": _named(plan, entry, unit),
        "by": weekday(by),
        "handler": handlers[0].name,
    }
    verdict = on_scores.verdict(request, tx, unit, entry)
    return Reply(
        text=lines(
            say("appeal.received", **told),
            say("appeal.meanwhile", said=on_scores.value(verdict)) if verdict else "",
        ),
        buttons=(cases.take_back_button(row.number),),
        notices=tuple(_cards(request, tx, row, entry, handlers[0])),
    )


def answer_day(tx: Reading, at: Instant) -> date:
    """The third workday after a day, by the school calendar."""
    return calendar(tx).workday(day_of(at), WORKDAYS_TO_ANSWER)


def _named(plan: Plan, entry: ledger.Entry, unit: str) -> str:
    """#29, or #195 缺席 2 人 of one's own."""
    if entry.fact.kind != "training":
        return f"#{entry.number}"
    said = [f"#{entry.number}"]
    for name in ("absent", "failed"):
        own = {person for person, at_home in entry.fact.details.get(name, ()) if at_home == unit}
        if own:
            said.append(say(f"appeal.of_{name}", total=len(own)))
    return " ".join(said)


def _cards(
    asking: Asking, tx: Reading, row: ledger.Entry, of: ledger.Entry, handler: Person
) -> Iterator[Notice]:
    """The handler gets it with its buttons; whoever decided first is told of it."""
    values = {
        "number": row.number,
        "unit": short(asking.plan, row.fact.unit),
        "name": asking.who.name,
        "of": _named(asking.plan, of, row.fact.unit),
        "what": describe.what(asking, of),
        "reason": row.fact.details["reason"],
        "by": weekday(date.fromisoformat(row.fact.details["by"])),
        "handler": handler.name,
    }
    key = f"appeal:{row.number}"
    yield Notice(
        text=say("appeal.card", **values),
        person=handler.id,
        buttons=(cases.answer_buttons(row.number),),
        key=f"{key}:{handler.id}",
    )
    first = first_decider(tx, of)
    if first in asking.people.by_id and first != handler.id:
        yield Notice(text=say("appeal.to_decider", **values), person=first, key=f"{key}:{first}")
