"""勾选几条: several waiting things on one card, to be ticked and decided at once; where no card has
boxes, their numbers and the line to type."""

from commands.chat.messages import MOST_TICKS, Reply
from commands.chat.requests import Request, command
from commands.conversation.ticking import card
from commands.filing.deciders import DECIDERS
from commands.filing.describe import brief, entry_of
from commands.grammar.folding import fold
from commands.grammar.slots import Slot
from commands.review import which
from commands.review.batches import MOST_AT_ONCE
from commands.wording.sentences import say
from db.engine.tx import Reading


@command(
    "pick",
    roles=DECIDERS,
    internal=True,
    private=True,
    reads=True,
    slots=(Slot(name="way", kind="choice", choices=which.WAYS, required=True),),
    planless=True,
)
def pick(request: Request, tx: Reading) -> Reply:
    """The oldest of what waits for this way of deciding, as many as one line may name."""
    word = request.args["way"]
    decides = request.registry.words[fold(word)]
    found = which.numbers(request, tx, decides)
    if not found:
        return Reply(text=say("queue.none_to", way=word))
    leads = which.of_leads(decides)
    entries = [entry_of(tx, n) for n in found[: MOST_TICKS if leads else MOST_AT_ONCE]]
    options = [(f"#{one.number} {brief(request, one)}", f"#{one.number}") for one in entries]
    named = "；".join(which.named(request, tx, one) for one in entries)
    text = say("pick.head", way=word, total=len(found), shown=len(entries), named=named)
    typed = say("pick.typed", way=word, numbers=" ".join(value for _, value in options[:2]))
    return card(request, text, options, say("pick.submit", way=word), decides.name, typed=typed)
