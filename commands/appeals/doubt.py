"""反映: anybody tells the reviewers of a fact what seems wrong with it (C14). It is a row, not a
decision, and its author's name is seen by those reviewers alone."""

from commands.appeals import case
from commands.chat.errors import Refusal
from commands.chat.messages import Notice, Reply
from commands.chat.requests import Request, command
from commands.filing import describe
from commands.filing.record import record
from commands.wording.formats import short
from commands.wording.sentences import say
from db import appeals
from db.engine.tx import Tx
from db.people import Person

MOST_DOUBTS = 3


@command(
    "doubt",
    "反映",
    slots=(case.NUMBER, case.REASON),
    example="反映 #12 这条视频是去年的",
    never_bare=True,
    private=True,
)
def doubt(request: Request, tx: Tx) -> Reply:
    """Tell the reviewers of a fact what seems wrong with it; a row, not a decision."""
    entry = describe.entry_of(tx, request.args["number"])
    if entry.fact.kind in (*appeals.KINDS, "lead") or entry.fact.kind not in request.plan.kinds:
        word = request.plan.kinds[entry.fact.kind].word
        raise Refusal(say("doubt.other_kind", number=entry.number, word=word))
    if not request.args.get("reason"):
        return case.ask_reason(request, tx, doubt)
    mine = appeals.open_doubts(tx, request.who.id)
    for one in mine:
        if one.of.number == entry.number:
            raise Refusal(say("doubt.again", number=entry.number, other=one.number))
    if len(mine) >= MOST_DOUBTS:
        raise Refusal(say("doubt.too_many", most=MOST_DOUBTS))
    reason = request.args["reason"][: case.MAX_REASON]
    details = {"of": entry.number, "reason": reason}
    row = record(request, tx, "doubt", details=details, unit=entry.fact.unit)
    readers = [one for one in case.reviewers(request, entry, row) if one.id != request.who.id]
    text = say(
        "doubt.card",
        number=row.number,
        of=entry.number,
        what=describe.what(request, entry),
        unit=short(request.plan, entry.fact.unit),
        name=request.who.name,
        reason=reason,
    )
    return Reply(
        text=say("doubt.received", number=row.number, of=entry.number, roles=_roles(readers)),
        buttons=(case.take_back_button(row.number),),
        notices=tuple(
            Notice(
                text=text,
                person=one.id,
                buttons=(case.answer_buttons(row.number),),
                key=f"doubt:{row.number}:{one.id}",
            )
            for one in readers
        ),
    )


def _roles(people: list[Person]) -> str:
    return "、".join(one.name for one in people[:3]) or say("resolve.somebody")
