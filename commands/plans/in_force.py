"""方案 and 口径: which plan is in force and since when, or a file that may become one; and how its
ambiguities are read."""

from commands.chat.errors import Refusal
from commands.chat.messages import Reply
from commands.chat.requests import Request, command
from commands.conversation.seconds import ASSESSORS
from commands.grammar.slots import Slot
from commands.plans import publish, switch, turn
from commands.plans.opening import OPENER
from commands.wording.formats import dated
from commands.wording.sentences import lines, say
from db import plans
from db.engine.tx import Tx
from db.plans import Revision
from scoring.moments import day_of
from scoring.plan import Plan
from scoring.plan import Reading as Convention
from scoring.planshow import listed, read_as
from scoring.switches import SWITCHES, word


@command(
    "plan",
    "方案",
    roles=ASSESSORS,
    slots=(Slot(name="why", kind="text"),),
    planless=True,
    never_bare=True,
    private=True,
    opens=OPENER,
    example="方案",
)
def plan_(request: Request, tx: Tx) -> Reply:
    """Which text of this year's plan is in force, since when and by whom; and the other years.
    With a file: what it would change, and its publication once a second assessor agrees."""
    if request.incoming.file is not None:
        return publish.handed_in(request, tx)
    shelf, year = plans.kept(tx), day_of(request.now).year
    found = shelf.revision(year, request.now)
    others = [
        say("plan.other", year=one.year, number=one.number)
        for plan in shelf.known(request.now)
        if plan.year != year and (one := shelf.revision(plan.year, request.now))
    ]
    return Reply(
        text=lines(
            _told(found) if found else say("plan.none", year=year, last=request.plan.year),
            say("plan.why", why=found.why) if found and found.why else "",
            say("plan.others", others="、".join(others)) if others else "",
        ),
        buttons=turn.buttons(shelf, request.now),
    )


def _told(one: Revision) -> str:
    said = {"year": one.year, "document": one.plan.document, "number": one.number}
    if not one.in_force_from:
        return say("plan.shipped", **said)
    since = dated(one.in_force_from)
    by = one.by or say("plan.shell")
    if one.second:
        return say("plan.agreed", **said, since=since, by=by, second=one.second)
    return say("plan.in_force", **said, since=since, by=by)


@command(
    "readings",
    "口径",
    roles=ASSESSORS,
    slots=(Slot(name="when", kind="when"), Slot(name="which", kind="text")),
    planless=True,
    never_bare=True,
    private=True,
    example="口径",
)
def readings(request: Request, tx: Tx) -> Reply:
    """Every reading with its value and clause; or one, or those of an item. With another value:
    what that would do, and the switch once a second assessor agrees."""
    wish = switch.asked(request.args.get("which", ""))
    if wish is not None:
        return switch.switch(request, tx, wish)
    wanted = "".join(request.args.get("which", "").split()).upper()
    found = _chosen(request.plan, wanted)
    if not found:
        raise Refusal(say("readings.unknown", said=wanted[:20]))
    title = say("readings.title", year=request.plan.year)
    others = _others(found[0]) if len(found) == 1 else ""
    return Reply(text=lines(title, *map(_row, found), others))


def _row(one: Convention) -> str:
    said = {"number": one.number, "note": one.source.note, "clause": one.source.clause}
    if one.number in SWITCHES:
        return say("readings.row_switch", value=read_as(one), **said)
    return say("readings.row", **said)


def _others(one: Convention) -> str:
    """How a reading could be read instead; "" where there is no other way."""
    declared = SWITCHES.get(one.number)
    words = [word(one.number, value) for value in declared.values] if declared else []
    words = [other for other in words if other != read_as(one)]
    if not words:
        return ""
    return say("readings.others", number=one.number, words=listed(words), first=words[0])


def _chosen(plan: Plan, wanted: str) -> list[Convention]:
    if not wanted:
        return list(plan.readings.values())
    if wanted in plan.readings:
        return [plan.readings[wanted]]
    numbers = next((item.readings for item in plan.items if item.word.upper() == wanted), ())
    return [plan.readings[number] for number in numbers]
