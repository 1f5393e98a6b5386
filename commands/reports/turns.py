"""{由我接上}: whoever stood in line takes his turn, since what was reported first is gone (A34)."""

from commands.chat.errors import Refusal
from commands.chat.messages import Reply
from commands.chat.requests import Request, command
from commands.filing import turns
from commands.filing.kinds import KINDS
from commands.filing.receipts import cards_to_deciders, undo
from commands.grammar.slots import Slot
from commands.wording.formats import day
from commands.wording.sentences import say
from db import ledger, line
from db.engine.tx import Tx


@command(
    "inherit",
    internal=True,
    private=True,
    slots=(Slot(name="place", kind="number", required=True),),
)
def inherit(request: Request, tx: Tx) -> Reply:
    """Enter what was kept in line, with the time at which it came."""
    place = line.of_place(tx, request.args["place"])
    if place is None:
        raise Refusal(say("own_turn.taken"))
    if place.person != request.who.id:
        raise Refusal(say("dialogue.not_yours_to_answer"))
    try:
        entry = turns.take(request, tx, place)
    except ledger.Held:
        raise Refusal(say("own_turn.held")) from None
    carded = KINDS[entry.fact.kind].carded
    return Reply(
        text=say("own_turn.done", number=entry.number, when=day(entry.fact.happened_at)),
        buttons=undo([entry]),
        replaces=request.pressed,
        notices=cards_to_deciders(request, entry) if carded else (),
    )
