"""Understand an event once: as a pasted list of leads, or as the router reads it."""

from functools import partial

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
    """What an event asks for. `said`: its cleaned and folded text; `plan`: the one whose words it
    is read by; `pending`: the line of an open dialogue."""
    read = partial(
        understand,
        lexicon=world.lexicon[plan.year, plan.revision],
        who=who if who is not NOBODY else None,
        words=world.registry.words,
        bot_names=world.bot_names,
        year=plan.year,
    )
    meaning = read(incoming, pending=pending, said=said)
    return lists.leads_in(incoming, said, read) or meaning
