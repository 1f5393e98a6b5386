"""Dialogues of a 1:1 chat, as the front door keeps them: what was said stays, and what is plainly
something else ends them."""

from dataclasses import replace

from commands.carrying import Route, request_of
from commands.chat.messages import Incoming, Reply
from commands.conversation import dialogue
from commands.conversation.dialogue import Pending
from commands.conversation.understanding import Understanding, answers
from commands.conversation.world import World
from commands.grammar.folding import spoken
from commands.grammar.slots import Slot
from commands.hearing import hear
from commands.help import second_ear
from commands.wording.sentences import say
from db.engine.tx import Tx

MOST_MISSES = 2
NOTHING = frozenset(
    ["没有", "无", "暂无", "不知道", "不清楚", "跳过", "没", "没了", "不用", "就这些"]
)
"""Answers to a question that may stay open."""


def resume(way: Route, incoming: Incoming, tx: Tx, world: World) -> tuple[Route, Pending | None]:
    """The event as the answer to the open dialogue, with that dialogue; as it stands where there is
    none or it is something else."""
    asked = dialogue.pending(tx, incoming)
    if asked is None:
        return way, None
    dialogue.end(tx, incoming)
    if incoming.file is not None and not way.said.text:
        return _read(way, incoming, world, asked.line), asked
    heard = way.meaning
    if asked.optional and way.said.copy.strip(" 。.!") in NOTHING:
        bare = _read(way, incoming, world, asked.line)
        if bare.meaning.complete:
            return bare, asked
    meaning = hear(world, incoming, way.said, way.who, way.plan, pending=asked.line)
    before = _read(way, incoming, world, asked.line).meaning
    spoken_for = heard.command is not None and heard.bare_unit is None and not heard.bare_links
    if spoken_for and not answers(heard, before, meaning):
        return way, None
    gained = bool(_typed(meaning) - _typed(before))
    if not asked.slot:
        fits = meaning.complete and gained
    else:
        fits = gained or not _swallowed(before, asked) or not _is_a_wish(way, incoming, world)
    return (replace(way, meaning=meaning), asked) if fits else (way, None)


def _read(way: Route, incoming: Incoming, world: World, line: str) -> Route:
    event = replace(incoming, text=line, quote="", file=None)
    return replace(way, meaning=hear(world, event, spoken(line), way.who, way.plan))


def _typed(meaning: Understanding) -> set[str]:
    """What was said that is more than free text."""
    slots = meaning.command.slots if meaning.command else ()
    return {slot.name for slot in slots if slot.kind != "text" and slot.name in meaning.args}


def _swallowed(before: Understanding, asked: Pending) -> bool:
    """Whether what was asked for takes any words, so that a wish would be lost in it. A reason may
    be in words that are a wish elsewhere."""
    slots = {slot.name: slot for slot in before.command.slots} if before.command else {}
    return asked.slot in slots and asked.slot != "reason"


def _is_a_wish(way: Route, incoming: Incoming, world: World) -> bool:
    lexicon = world.lexicon[way.plan.year, way.plan.revision]
    return second_ear.is_a_wish(request_of(way, incoming, world), lexicon)


def also_asked(meaning: Understanding, asked: Pending | None) -> Slot | None:
    """What a dialogue asks for once though it may stay empty; of what goes to a group even where
    everything was said in one line."""
    command = meaning.command
    if command is None or not meaning.complete or (asked is None and not command.public):
        return None
    done = asked.slot if asked is not None and asked.optional else ""
    return next(
        (
            replace(slot, ask=slot.also)
            for slot in command.slots
            if slot.also and slot.name not in meaning.args and slot.name != done
        ),
        None,
    )


def missed(told: str, asked: Pending, incoming: Incoming, tx: Tx, example: str) -> Reply:
    """The answer did not help: say why and wait once more, then end with an example."""
    misses = asked.misses + 1
    if misses >= MOST_MISSES:
        return Reply(text=say("dialogue.given_up", example=example))
    dialogue.keep(tx, incoming, replace(asked, misses=misses))
    return Reply(text=told)
