"""口径 A02 顺延 and 试算: what another value would do to every unit and every frozen month, and a
reading switched once a second assessor agrees."""

import re
from dataclasses import replace
from datetime import date
from typing import Any

from commands.chat.errors import Refusal
from commands.chat.messages import Reply
from commands.chat.requests import Job, Made, Order, Request, Tell, command
from commands.conversation import jobs, proposals, seconds
from commands.conversation.seconds import ASSESSORS
from commands.grammar.phones import without_phones
from commands.grammar.slots import Slot
from commands.plans import agreed, effects, trials
from commands.wording.formats import date_text, dated
from commands.wording.sentences import lines, say
from db import plans, publishing, reposting, settings
from db.engine.tx import Reading, Tx
from db.plans import Revision
from scoring.errors import UserError
from scoring.moments import Instant, day_of
from scoring.plan import Plan
from scoring.planedit import with_reading, with_start
from scoring.planshow import read_as
from scoring.switches import SWITCHES, code, meant, word

MOST_WHY = 200
_WISH = re.compile(r"(A[0-9]{2})\s*[：:，,]?\s*(\S*)\s*(.*)", re.DOTALL | re.IGNORECASE)


def asked(said: str) -> tuple[str, str, str] | None:
    """The reading, the word of its new value and the reason in 口径 A02 顺延 理由; None without a
    value."""
    found = _WISH.fullmatch(said.strip())
    return (found[1].upper(), found[2], found[3].strip()) if found and found[2] else None


def switch(request: Request, tx: Tx, wish: tuple[str, str, str]) -> Reply:
    """Order the effect of another value of a reading, to be put before a second assessor; switch
    once he has confirmed. Raises Refusal with one sentence; nothing is changed by it."""
    number, said, reason = wish
    revision = _revision(request, tx)
    value = _value(revision.plan, number, said)
    agreed.refuse_meanwhile(tx, revision.plan)
    _refuse_before_another(request, tx)
    day = _day(request)
    text = rewritten(revision, number, value, day)
    checked(tx, text, request.now)
    if request.second is not None:
        return _switched(request, tx, text, number, reason)
    seconds.others(request)
    line = " ".join(filter(None, ("readings", number, code(value), _on(day), reason)))
    kept = replace(request, line=line)
    held = proposals.keep(tx, kept, answerer=seconds.ANSWERER)
    args = {"proposal": held, "number": number, "value": value, "reason": reason}
    day_said = day.isoformat() if day else ""
    told = say("readings.computing", number=number)
    return jobs.begin(request, tx, EFFECT.name, told, day=day_said, **args)


def _revision(request: Request, tx: Reading) -> Revision:
    found = plans.kept(tx).revision(request.plan.year, request.now)
    if found is None:
        raise Refusal(say("plan.none", year=request.plan.year, last=request.plan.year))
    return found


def _refuse_before_another(request: Request, tx: Reading) -> None:
    """Refuse a switch while a revision is agreed on that counts from a day to come: it would be
    left out without a word."""
    last = plans.kept(tx).texts(request.plan.year)[-1]
    if last.in_force_from > request.now:
        said = {"number": last.number, "since": dated(last.in_force_from)}
        raise Refusal(say("readings.to_come", **said))


def _value(plan: Plan, number: str, said: str) -> Any:
    """The value that a word means, which must be another than the one in force."""
    if number not in plan.readings:
        raise Refusal(say("readings.unknown", said=number))
    if number not in SWITCHES:
        note = plan.readings[number].source.note
        raise Refusal(say("readings.fixed", number=number, note=note))
    try:
        value = meant(number, said)
    except KeyError:
        words = "、".join(word(number, one) for one in SWITCHES[number].values)
        raise Refusal(
            say("readings.no_value", number=number, said=said[:20], words=words)
        ) from None
    if value == plan.reads(number):
        raise Refusal(say("readings.same", number=number, value=word(number, value)))
    return value


def _day(request: Request) -> date | None:
    """The day from which it is to count, if one is named: today means at once."""
    when: Instant | None = request.args.get("when")
    if when is None or day_of(when) == day_of(request.now):
        return None
    if day_of(when).year != request.plan.year:
        year = request.plan.year
        raise Refusal(say("readings.outside", day=f"{day_of(when):%Y-%m-%d}", year=year))
    if when < request.now:
        raise Refusal(say("readings.past", day=date_text(day_of(when))))
    return day_of(when)


def _on(day: date | None) -> str:
    return date_text(day) if day else ""


def rewritten(revision: Revision, number: str, value: Any, day: date | None) -> str:
    """The text in force with another value, counting from a day or at once."""
    usual = plans.usual_note(number) if value == SWITCHES[number].values[0] else ""
    return with_start(with_reading(revision.text, number, value, note=usual), day)


def checked(tx: Reading, text: str, now: Instant) -> Plan:
    """The plan of a text that could be published now. Raises Refusal with the first reason."""
    try:
        plan = plans.read_here(tx, text)
        publishing.check(tx, plan, text, now)
    except UserError as fault:
        raise Refusal(say("readings.impossible", why=_reason(str(fault)))) from None
    return plan


def _reason(said: str) -> str:
    """The last line of a fault, without its place in a file that nobody sees."""
    return re.sub(r"^第 [0-9]+ 行 [^：]*：", "", said.rsplit("\n", maxsplit=1)[-1]).rstrip("。")


def _switched(request: Request, tx: Tx, text: str, number: str, reason: str) -> Reply:
    why = without_phones(reason, settings.public_numbers(tx))[:MOST_WHY]
    value = read_as(plans.read_here(tx, text).readings[number])
    why = say("readings.why", number=number, value=value, why=why)
    return agreed.put(request, tx, text, why=why, number=number)


# --- what it would do ---------------------------------------------------------------------


def _effect(tx: Reading, order: Order, tell: Tell) -> Made:
    number, value = order.args["number"], order.args["value"]
    revision = plans.kept(tx).revision(order.plan.year, order.now)
    assert revision is not None  # noqa: S101 - the order has its plan
    new = plans.read_here(tx, rewritten(revision, number, value, None))
    old = revision.plan
    found = reposting.moved(tx, old, new, lambda: tell(0))
    said = [
        _change(old, new, number),
        *effects.moved(effects.effects(tx, old, new, order.now, found)),
        *effects.in_frozen(tx, old, new, found),
    ]
    return Made(payload={"said": said})


def _change(old: Plan, new: Plan, number: str) -> str:
    reading = new.readings[number]
    return say(
        "readings.change",
        number=number,
        was=read_as(old.readings[number]),
        value=read_as(reading),
        note=reading.source.note,
        clause=reading.source.clause,
    )


def _ask_second(request: Request, _tx: Tx, order: Order, made: Made) -> Reply:
    args, said = order.args, made.payload["said"]
    head = say(
        "readings.card",
        name=request.who.name,
        reason=say("readings.because", why=args["reason"]) if args["reason"] else "",
        day=say("readings.from", day=date_text(date.fromisoformat(args["day"])))
        if args["day"]
        else "",
    )
    label = say("readings.confirm")
    return seconds.put_before(
        request, args["proposal"], lines(head, *said), lines(*said), label=label
    )


EFFECT = Job(name="reading_effect", work=_effect, finish=_ask_second)


# --- 试算 -----------------------------------------------------------------------------------


@command(
    "whatif",
    "试算",
    roles=ASSESSORS,
    slots=(Slot(name="wish", kind="text", required=True, ask="ask.whatif"),),
    never_bare=True,
    private=True,
    example="试算 A02 顺延",
)
def whatif(request: Request, tx: Tx) -> Reply:
    """What another reading, head-count, deadline or quota would do to every unit; nothing is
    saved."""
    wish = request.args["wish"]
    found = asked(wish)
    if found is not None:
        number, said, _ = found
        value = _value(_revision(request, tx).plan, number, said)
        rewritten_ = rewritten(_revision(request, tx), number, value, None)
        plans_ok = checked(tx, rewritten_, request.now)
        args: dict[str, Any] = {"number": number, "value": plans_ok.reads(number)}
    else:
        args = {"trial": trials.read(request, wish).kept()}
    return jobs.begin(request, tx, TRIAL.name, say("readings.trying"), **args)


def _try(tx: Reading, order: Order, tell: Tell) -> Made:
    if "number" in order.args:
        found = _effect(tx, order, tell).payload["said"]
    else:
        found = list(trials.told(tx, order.plan, order.args["trial"], order.now))
    return Made(payload={"said": found})


def _answer(_request: Request, _tx: Tx, _order: Order, made: Made) -> Reply:
    return Reply(text=lines(*made.payload["said"], say("readings.unsaved")), private=True)


TRIAL = Job(name="whatif", work=_try, finish=_answer)
