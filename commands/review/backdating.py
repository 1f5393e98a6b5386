"""补录: a decision that names an earlier time than the report's own (C16).

It wants evidence, and a second decider where it would change points.
"""

from commands.chat.errors import Refusal
from commands.chat.messages import Notice, Reply
from commands.chat.requests import Request
from commands.conversation import proposals
from commands.filing.deciders import able, matter
from commands.filing.describe import what
from commands.filing.record import judge
from commands.wording.formats import moment
from commands.wording.sentences import say
from db import ledger
from db.engine.tx import Tx
from scoring.cards import scorecard
from scoring.facts import Verb
from scoring.moments import Instant, day_of


def is_backdated(entry: ledger.Entry, happened_at: Instant | None) -> bool:
    """Whether a named time lies before the report's own."""
    return happened_at is not None and happened_at < entry.fact.happened_at


def named_time(request: Request, entry: ledger.Entry) -> Instant | None:
    """The time the decider names, if any; refused when it is to come or wants evidence."""
    when: Instant | None = request.args.get("when")
    if when is None:
        return None
    if when > request.now and day_of(when) == day_of(request.now):
        when = request.now
    if when > request.now:
        raise Refusal(say("review.future"))
    if day_of(when) < request.plan.first_day:
        raise Refusal(say("review.before_year", year=request.plan.year))
    if is_backdated(entry, when) and not request.args.get("evidence"):
        raise Refusal(say("review.needs_evidence", number=entry.number, when=moment(when)))
    return when


def second_wanted(
    request: Request, tx: Tx, verb: Verb, entry: ledger.Entry, happened_at: Instant
) -> bool:
    """Whether an earlier time than reported would change points: then a second decides too."""
    if request.second is not None or not is_backdated(entry, happened_at):
        return False
    return _points_if(request, tx, verb, entry, None) != _points_if(
        request, tx, verb, entry, happened_at
    )


def _points_if(
    request: Request, tx: Tx, verb: Verb, entry: ledger.Entry, happened_at: Instant | None
) -> object:
    """The unit's points if it were decided so: decided, counted, and taken back."""
    plan, unit = request.plan, request.plan.by_code[entry.fact.unit]
    before = tx.mark()
    judge(request, tx, entry, verb, happened_at=happened_at)
    card = scorecard(
        plan,
        unit,
        ledger.tallies(tx, plan),
        ledger.basis(tx, plan, request.now, request.now),
        request.now,
    )
    tx.undo(before)
    return card.points


def ask_second(request: Request, tx: Tx, entry: ledger.Entry, happened_at: Instant) -> Reply:
    """Put it before the other deciders; nothing is decided until one of them confirms."""
    text = say(
        "review.second",
        number=entry.number,
        what=what(request, entry),
        when=moment(happened_at),
        evidence=request.args["evidence"],
        name=request.who.name,
    )
    what_of = matter(request.plan, request.people, entry.fact)
    others = [
        person
        for person in able(request.plan, request.people, what_of)
        if person.id != request.who.id
    ]
    if not others:
        raise Refusal(say("review.no_second", number=entry.number))
    number = proposals.keep(tx, request, answerer=f"decider:{entry.number}")
    notices = tuple(
        Notice(
            text=text,
            person=person.id,
            buttons=(proposals.answer_buttons(number),),
            key=f"second:{number}:{person.id}",
        )
        for person in others
    )
    names = "、".join(person.name for person in others[:3])
    return Reply(
        text=say("review.asked_second", names=names),
        buttons=(proposals.answer_buttons(number, mine=False),),
        notices=notices,
    )
