"""Words that are no command: heard by the second ear, then carried out or shown."""

import re
from dataclasses import replace

from commands.carrying import Route, has_role, perform, request_of
from commands.chat.messages import Incoming, Reply
from commands.chat.requests import Command, Request
from commands.conversation import cards, proposals
from commands.conversation.world import World
from commands.filing.deciders import matter, may_decide
from commands.grammar.folding import spoken
from commands.grammar.lexicon import Lexicon
from commands.hearing import hear
from commands.help import second_ear
from commands.help.talk import Line
from commands.wording.sentences import say, say_first
from db import ledger
from db.engine.tx import Tx
from db.people import NOBODY

_QUOTED = re.compile("“([^”]+)”")


def wish(way: Route, incoming: Incoming, tx: Tx, world: World) -> Reply | Line | None:
    """What an event means that is no command: the button of a card, else what the second ear makes
    of it, an answer, a line that was meant, or nothing."""
    lexicon = world.lexicon[way.plan.year, way.plan.revision]
    if _names_a_unit(way, lexicon):
        return Line(text=f"得分 {way.said.text}", straight=True)
    if not _in_own_words(way, incoming):
        return None
    if (line := _typed_button(way, incoming, tx, world)) is not None:
        return line
    request = request_of(way, incoming, world)
    unsure = way.meaning.vague or _only_sorts(way) or _runs_on(way)
    instead_of = way.meaning.command if unsure else None
    found = second_ear.answer(request, tx, lexicon, instead_of=instead_of)
    return None if _loses(way, found) else found


def _loses(way: Route, found: Reply | Line | None) -> bool:
    """Whether a line is what was typed without the part that its command has a choice for, or
    without all of the words that it could not read."""
    command = way.meaning.command
    if command is None or not isinstance(found, Line):
        return False
    word, *heard = found.text.split()
    unread = _QUOTED.search(way.meaning.problem or "")
    loses = way.meaning.choices or (unread and not any(one in unread[1] for one in heard))
    return bool(loses) and word in command.words


def _typed_button(way: Route, incoming: Incoming, tx: Tx, world: World) -> Line | None:
    """The button of a recent card whose label was typed. What decides is pressed or named, since
    a label without a number does not say on what (decision 0076)."""
    line = cards.typed(tx, incoming, way.said.copy)
    if line is None:
        return None
    command = world.registry.commands.get(line.partition(" ")[0])
    if command is not None and command.judges and "#" not in way.said.copy:
        return None
    return Line(text=line, straight=True, pressed=True)


def _names_a_unit(way: Route, lexicon: Lexicon) -> bool:
    """Whether a word that is a unit's name too is somebody else's command (健康): then its score is
    meant, as of every unit's name."""
    command = way.meaning.command
    if command is None or way.who is NOBODY or has_role(command, way.who):
        return False
    return way.said.copy.strip() in lexicon.places


def _runs_on(way: Route) -> bool:
    """Whether a command's word only begins a sentence: 班会人数应该是44 names no class."""
    command, copy = way.meaning.command, way.said.copy
    if command is None or not way.meaning.problem or way.meaning.choices:
        return False
    word = max((one for one in command.words if copy.startswith(one)), key=len, default="")
    return bool(word) and copy[len(word) : len(word) + 1].strip(" :：#") != ""


def _only_sorts(way: Route) -> bool:
    """Whether no more is known than that something is to be reported, of a kind to be asked."""
    command = way.meaning.command
    return command is not None and command.name == "sort"


def _in_own_words(way: Route, incoming: Incoming) -> bool:
    """Whether somebody who is known spoke to us, and no command parses."""
    meaning = way.meaning
    if way.who is NOBODY or incoming.press is not None or not meaning.addressed:
        return False
    command = meaning.command
    if command is None:
        return meaning.vague or not meaning.problem
    return (
        meaning.vague
        or _runs_on(way)
        or _only_sorts(way)
        or (meaning.missing is not None and not has_role(command, way.who))
    )


def as_said(line: Line, way: Route, incoming: Incoming, world: World) -> tuple[Route, Incoming]:
    """The event as if its author had typed the line that they were heard to mean."""
    said = spoken(line.text)
    event = replace(incoming, text=line.text, quote="", addressed=True)
    if line.pressed:
        event = replace(event, text="", press=line.text)
    return replace(way, meaning=hear(world, event, said, way.who, way.plan), said=said), event


def shown_first(command: Command, request: Request, tx: Tx) -> Reply:
    """The exact line with {确认|改一下|取消}. Rights come first: a decision that is not the asker's
    is refused at once."""
    if command.judges:
        for number in request.args.get("numbers") or ():
            item = ledger.entry(tx, number)
            if item is None or not may_decide(
                request.plan, request.who, matter(request.plan, request.people, item.fact)
            ):
                return perform(command, request, tx)
    form = say_first(f"form.{command.name}", "form.other", example=command.example)
    reply = proposals.heard(tx, request, say("ear.shown", line=request.line, form=form))
    return replace(reply, private=command.private and request.chat.group)
