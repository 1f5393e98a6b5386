"""The turn of the year: last year's plan carried over to a year without one, by two assessors."""

from commands.chat.errors import Refusal
from commands.chat.messages import Button, Notice, Reply
from commands.chat.requests import Asking, Job, Made, Order, Request, Tell, command
from commands.conversation import jobs, proposals, seconds
from commands.conversation.seconds import ASSESSORS
from commands.grammar.slots import Slot
from commands.plans.effects import look_at
from commands.wording.sentences import lines, say
from db import plans, publishing
from db.engine.tx import Reading, Tx
from db.plans import Revision, Shelf
from scoring.moments import Instant, day_of
from scoring.planroll import roll

YEAR = Slot(name="number", kind="number", required=True)
DECEMBER = 12


@command("carryover", roles=ASSESSORS, slots=(YEAR,), internal=True, planless=True, private=True)
def carryover(request: Request, tx: Tx) -> Reply:
    """{沿用今年方案}: ask a second assessor, then make that year's plan as `plan new` does."""
    year: int = request.args["number"]
    source = _source(request, tx, year)
    if request.second is not None:
        return _carried_over(request, tx, source, year)
    seconds.others(request)
    number = proposals.keep(tx, request, answerer=seconds.ANSWERER)
    text = say("turn.reading", year=year)
    return jobs.begin(request, tx, AHEAD.name, text, year=year, proposal=number)


@command("yearahead", roles=ASSESSORS, slots=(YEAR,), internal=True, planless=True, private=True)
def yearahead(request: Request, tx: Tx) -> Reply:
    """{先看差别}: what a person would have to look at if the plan were carried over."""
    year: int = request.args["number"]
    _source(request, tx, year)
    return jobs.begin(request, tx, AHEAD.name, say("turn.reading", year=year), year=year)


def buttons(shelf: Shelf, now: Instant) -> tuple[tuple[Button, ...], ...]:
    """{沿用…|先看差别} while this year has no plan or, in December, the next one."""
    today = day_of(now)
    if not shelf.by_year.get(today.year):
        return (pair(today.year, say("button.carry_over_last")),)
    if today.month == DECEMBER and not shelf.by_year.get(today.year + 1):
        return (pair(today.year + 1, say("button.carry_over")),)
    return ()


def pair(year: int, label: str) -> tuple[Button, ...]:
    """The two buttons about a year without a plan."""
    ahead = Button.of(say("button.look_first"), "yearahead", year)
    return Button.of(label, "carryover", year), ahead


def _source(asking: Asking, tx: Reading, year: int) -> Revision:
    """The text to be carried over. Raises Refusal if the year has a plan, or is neither this one
    nor the next."""
    shelf, this = plans.kept(tx), day_of(asking.now).year
    if shelf.by_year.get(year):
        raise Refusal(say("turn.taken", year=year))
    if year not in (this, this + 1):
        raise Refusal(say("turn.far", year=year))
    last = max((one for one in shelf.by_year if one < year), default=shelf.nearest(asking.now).year)
    found = shelf.revision(last, asking.now)
    assert found is not None  # noqa: S101 - the year was taken from the shelf
    return found


# --- what will need a look ----------------------------------------------------------------


def _look(tx: Reading, order: Order, _tell: Tell) -> Made:
    year = order.args["year"]
    asking = Asking(
        plan=order.plan,
        people=order.people,
        who=order.people.by_id[order.person],
        at=order.now,
        now=order.now,
    )
    source = _source(asking, tx, year)
    looks = list(look_at(tx, plans.read(roll(source.text, year), ""), order.now))
    return Made(payload={"looks": looks, "last": f"{source.year}.{source.number}"})


def _show(request: Request, _tx: Tx, order: Order, made: Made) -> Reply:
    """The list alone, or before the other assessors as well."""
    which = {"year": order.args["year"], "last": made.payload["last"]}
    looks = made.payload["looks"]
    number = order.args.get("proposal")
    if number is None:
        yes = Button.of(say("turn.confirm"), "carryover", which["year"])
        text = lines(say("turn.ahead", **which), *looks)
        return Reply(text=text, buttons=((yes,),), private=True)
    return seconds.put_before(
        request,
        number,
        lines(say("turn.card", name=request.who.name, **which), *looks),
        lines(say("turn.ahead", **which), *looks),
        label=say("turn.confirm"),
    )


AHEAD = Job(name="year_ahead", work=_look, finish=_show)


def _carried_over(request: Request, tx: Tx, source: Revision, year: int) -> Reply:
    second, asker = request.second, request.who
    assert second is not None  # noqa: S101 - only called with one
    last = f"{source.year}.{source.number}"
    made = publishing.publish(
        tx,
        roll(source.text, year),
        now=request.now,
        by=asker.name,
        second=second.name,
        people=(asker.id, second.id),
        why=say("turn.why", last=last),
    )
    told = say("turn.done", year=year, last=last, by=asker.name, second=second.name)
    key = f"published:{made.year}.{made.number}"
    return Reply(text=told, notices=(Notice(text=told, person=asker.id, key=key),))
