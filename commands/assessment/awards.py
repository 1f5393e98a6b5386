"""评定: the points of the regular updates given by hand, where the plan is read so (A06).

考核组 enters them and they count at once. The latest stands; taken back, the one before does.
"""

import re
from decimal import Decimal

from commands.assessment.waivers import ASSESSOR, barred_from
from commands.chat.errors import Refusal
from commands.chat.messages import Button, Notice, Reply
from commands.chat.requests import Request, command
from commands.filing.record import record
from commands.grammar.slots import Slot
from commands.wording.formats import cut, points, short
from commands.wording.sentences import lines, say
from db.engine.tx import Tx

ITEM = "dy_update"
MAX_REASON = 40
_GIVEN = re.compile(r"([0-9]{1,2}(?:\.[0-9]{1,2})?)\s*分?[\s，,：:]+(\S.*)", re.DOTALL)


@command(
    "award",
    "评定",
    roles=ASSESSOR,
    slots=(
        Slot(name="unit", kind="unit", required=True, ask="ask.award_unit"),
        Slot(name="given", kind="text", required=True, ask="ask.award"),
    ),
    never_bare=True,
    private=True,
    example="评定 机电 1.5 每周都更新，审核及时",
)
def award(request: Request, tx: Tx) -> Reply:
    """Give a unit, and whoever shares its account, the points of the regular updates (A06)."""
    plan, unit = request.plan, request.args["unit"]
    most, given, reason = plan.item[ITEM].max, *_given(request.args["given"])
    where = short(plan, unit)
    if plan.reads("A06") != "manual":
        raise Refusal(say("award.not_by_hand"))
    if unit not in plan.item[ITEM].units:
        raise Refusal(say("waive.no_account", unit=where))
    if barred_from(request, unit):
        raise Refusal(say("award.own_unit", unit=where))
    if given > most:
        raise Refusal(say("award.too_much", most=points(most), said=points(given)))
    entry = record(
        request,
        tx,
        "award",
        title=cut(reason, MAX_REASON),
        details={"hundredths": int(given * 100)},
        unit=unit,
    )
    said = {"number": entry.number, "unit": where, "given": points(given), "most": points(most)}
    told = say("award.received", **said, reason=entry.title)
    return Reply(
        text=lines(told, say("award.next")),
        buttons=((Button.of(say("button.undo"), "undo", f"#{entry.number}"),),),
        notices=tuple(
            Notice(text=told, person=head.id, key=f"award:{entry.number}:{head.id}")
            for code in plan.sharers[unit]
            for head in request.people.heads(code)
            if head.id != request.who.id
        ),
    )


def _given(said: str) -> tuple[Decimal, str]:
    """The points and the reason in 1.5 每周都更新. Raises Refusal with an example."""
    found = _GIVEN.fullmatch(said.strip())
    if found is None:
        raise Refusal(say("award.unread"))
    return Decimal(found[1]), found[2].strip()
