"""Understand an event once: as a pasted list of leads, or as the router reads it."""

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache

from commands.chat.messages import Incoming
from commands.chat.requests import Command, Registry
from commands.conversation.router import understand
from commands.conversation.understanding import Understanding
from commands.conversation.world import World
from commands.grammar.folding import Spoken
from commands.leads import lists
from db.people import NOBODY, Person
from scoring.plan import Plan

LINK = "link"
"""The only command that an unlinked group may say."""


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
    lexicon, names = world.lexicon[plan.year, plan.revision], world.bot_names
    known = who if who is not NOBODY else None
    if incoming.chat.group and (incoming.chat.platform, incoming.chat.id) not in world.groups:
        # Nothing is answered there but that the group is to be linked.
        words, pending = _only(world.registry, LINK), ""
    else:
        words = world.registry.words
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

    def read(line: Incoming) -> Understanding:
        return understand(line, lexicon, known, words=words, bot_names=names, year=plan.year)

    if (own := _own_class(meaning, who)) and incoming.press is None:
        return read(replace(incoming, text=f"{meaning.line} {own}", addressed=True))
    stranger = known is None and incoming.author is not None
    if stranger or "\n" not in said.text:
        return meaning
    return lists.leads_in(incoming, said, read) or meaning


def _own_class(meaning: Understanding, who: Person) -> str:
    """The class of a line that names none, where its author has only one."""
    missing = meaning.missing
    if missing is None or missing.kind != "class" or len(who.classes) != 1:
        return ""
    return who.classes[0]


def may_be_to_us(incoming: Incoming) -> bool:
    """Whether an event can be addressed to the bot, by its outside alone."""
    text = incoming.text
    return (
        incoming.press is not None
        or incoming.addressed
        or not incoming.chat.group
        or text.lstrip()[:1] in ("/", "／")
        or "@" in text
        or "＠" in text
    )


@lru_cache(maxsize=4)
def _only(registry: Registry, name: str) -> Mapping[str, Command]:
    return {word: entry for word, entry in registry.words.items() if entry.name == name}
