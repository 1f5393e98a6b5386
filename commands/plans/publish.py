"""A plan file in the chat: shown with what it changes, published once a second assessor agrees."""

from dataclasses import replace
from typing import Any

from commands.chat.errors import Refusal
from commands.chat.messages import Reply
from commands.chat.requests import Job, Made, Order, Request, Tell
from commands.conversation import jobs, proposals, seconds
from commands.grammar.phones import without_phones
from commands.plans import agreed
from commands.plans.effects import preview
from commands.wording.sentences import lines, say
from db import plans, publishing, settings
from db.engine.tx import Reading, Tx

MOST_LINES = 120
MOST_WHY = 200


def handed_in(request: Request, tx: Tx) -> Reply:
    """Keep the file and order its preview; publish it when a second assessor has confirmed."""
    text: str = request.opened["text"]
    year: int = request.opened["year"]
    if request.second is not None:
        return _publish(request, tx, text, year)
    seconds.others(request)
    if (old := plans.kept(tx).of_year(year, request.now)) is not None:
        agreed.refuse_meanwhile(tx, old)
    number = proposals.keep(tx, _seen_after(request, _latest(tx, year)), answerer=seconds.ANSWERER)
    return jobs.begin(request, tx, PREVIEW.name, say("plan.reading"), proposal=number)


def _latest(tx: Reading, year: int) -> int:
    """The number of a year's latest revision; 0 before the first."""
    found = plans.kept(tx).by_year.get(year, ())
    return found[-1].number if found else 0


def _seen_after(request: Request, number: int) -> Request:
    """The request, to be kept with the revision that its preview is compared with."""
    file: Any = request.incoming.file
    opened = replace(file.opened, plain={**file.opened.plain, "after": number})
    incoming = replace(request.incoming, file=replace(file, opened=opened))
    return replace(request, incoming=incoming)


# --- what it would change -----------------------------------------------------------------


def _preview(tx: Reading, order: Order, _tell: Tell) -> Made:
    found = proposals.proposal(tx, order.args["proposal"], order.now)
    if found is None:
        raise Refusal(say("dialogue.answered"))
    plain = found[1]["opened"][1]
    plan = plans.read_here(tx, plain["text"])
    publishing.check(tx, plan, plain["text"], order.now)
    said = list(preview(tx, plan, order.now))
    if len(said) > MOST_LINES:
        more = say("plan.not_all", more=len(said) - MOST_LINES, year=plan.year)
        said = [*said[:MOST_LINES], more]
    return Made(payload={"said": said, "year": plan.year, "number": plain["after"] + 1})


def _ask_second(request: Request, _tx: Tx, order: Order, made: Made) -> Reply:
    which = {"year": made.payload["year"], "number": made.payload["number"]}
    said = made.payload["said"]
    return seconds.put_before(
        request,
        order.args["proposal"],
        lines(say("plan.card", name=request.who.name, **which), *said),
        lines(say("plan.told", **which), *said),
        label=say("plan.confirm"),
    )


PREVIEW = Job(name="plan_preview", work=_preview, finish=_ask_second)


# --- publishing ---------------------------------------------------------------------------


def _publish(request: Request, tx: Tx, text: str, year: int) -> Reply:
    if _latest(tx, year) != request.opened["after"]:
        raise Refusal(say("plan.outrun", year=year))
    why = without_phones(request.args.get("why", ""), settings.public_numbers(tx))
    return agreed.put(request, tx, text, why=why[:MOST_WHY])
