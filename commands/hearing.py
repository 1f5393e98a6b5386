"""What an event means, heard once: the router's reading, and a pasted list of leads."""

from commands.chat.messages import Incoming
from commands.conversation.router import understand
from commands.conversation.understanding import Understanding
from commands.conversation.world import World
from commands.grammar.folding import Spoken
from commands.leads import lists
from db.people import NOBODY, Person
from scoring.plan import Plan


def hear(
    world: World,
    incoming: Incoming,
    said: Spoken,
    who: Person,
    plan: Plan,
    *,
    pending: str = "",
) -> Understanding:
    """What an event asks for; `said` is its text as it was cleaned and folded, `plan` the one by
    whose words it is read, `pending` the line of an open dialogue."""
    lexicon, words, names = world.lexicon[plan.year], world.registry.words, world.bot_names
    known = who if who is not NOBODY else None
    meaning = understand(
        incoming,
        lexicon,
        known,
        words=words,
        bot_names=names,
        year=plan.year,
        pending=pending,
        said=said,
    )
    if "\n" not in said.text:
        return meaning

    def read(line: Incoming) -> Understanding:
        return understand(line, lexicon, known, words=words, bot_names=names, year=plan.year)

    return lists.leads_in(incoming, said, read) or meaning
