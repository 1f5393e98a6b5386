"""申诉情况: where the open appeals of a unit stand, for whoever sees its mark on a card."""

from commands.appeals import case as cases
from commands.chat.errors import Refusal
from commands.chat.messages import Reply
from commands.chat.requests import Request, command
from commands.grammar.slots import Slot
from commands.wording.formats import short
from commands.wording.sentences import lines, say
from db import appeals
from db.engine.tx import Reading

MOST = 3


@command(
    "appeals",
    slots=(Slot(name="unit", kind="unit", required=True),),
    internal=True,
    reads=True,
    private=True,
    looks_back=True,
)
def progress(request: Request, tx: Reading) -> Reply:
    """The latest open appeals of a unit; to those who may not know of them only how many."""
    code = request.args["unit"]
    found = [one for one in appeals.of_unit(tx, request.plan, code) if one.is_open]
    unit = short(request.plan, code)
    if not found:
        return Reply(text=say("appeal.none_open", unit=unit))
    try:
        return Reply(text=lines(*(cases.state(request, tx, one) for one in found[-MOST:])))
    except Refusal:
        return Reply(text=say("appeal.some_open", unit=unit, total=len(found)))
