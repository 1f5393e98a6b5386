"""From one event to one answer: who speaks, what they mean, whether they may, what to say back.

`route` is pure and fast and runs before anything is queued; `respond` runs inside the
transaction. The rules of speaking (C1, C8, C20) live only here and in the router.
"""

import re
from dataclasses import replace
from typing import Any

from sqlalchemy import Table

from commands.answering import answered
from commands.carrying import Route, has_role, perform, request_of
from commands.chat.errors import Refusal
from commands.chat.messages import MAX_BUTTON, Button, Incoming, Reply
from commands.chat.requests import Command, Request, shown
from commands.conversation import dialogue
from commands.conversation.dialogue import Pending
from commands.conversation.understanding import SILENT, Understanding
from commands.conversation.world import World
from commands.conversing import also_asked, missed, resume
from commands.evidence import taking
from commands.filing.chosen import in_plan
from commands.filing.pictured import PICTURE
from commands.grammar.asking import asks
from commands.grammar.folding import Spoken, spoken
from commands.hearing import LINK, hear, may_be_to_us
from commands.help import examples
from commands.help.talk import Line
from commands.leads import recall
from commands.overheard import childs_number, exposes, handed_in, would_write
from commands.review import which
from commands.wished import as_said, shown_first, wish
from commands.wording.sentences import say
from db import chats
from db.engine.tx import Tx
from db.people import NOBODY, ROLES
from db.schema import dialogues
from scoring.errors import UserError
from scoring.moments import HOUR, day_of

_NUMBER = re.compile(r"#[0-9]+")

SHORT_REASON = 5
"""A reason of no more characters may be nothing but a question."""

LATE = 48 * HOUR
"""A platform's message time is taken as at most this long before receipt (C16)."""


def route(incoming: Incoming, world: World) -> Route:
    """Understand an event from memory alone; never raises."""
    world = world.at(incoming.received_at)
    at = min(max(incoming.sent_at, incoming.received_at - LATE), incoming.received_at)
    plan = world.plan(at, incoming.received_at)
    names = plan or world.nearest_plan(at, incoming.received_at)
    who = NOBODY
    if incoming.author is not None:
        who = world.people.by_account.get((incoming.chat.platform, incoming.author), NOBODY)
    if incoming.signed_in not in (None, who.id):
        who = NOBODY
    raw = incoming.text if incoming.press is None else incoming.press
    linked = not incoming.chat.group or _place(incoming) in world.groups
    heard_at_all = linked or may_be_to_us(incoming)
    said = spoken(raw, incoming.quote) if heard_at_all else Spoken(text="", copy="")
    heard = replace(incoming, edited=False) if incoming.edited else incoming
    meaning = hear(world, heard, said, who, names) if heard_at_all else SILENT
    own = world.own_numbers
    minors = linked and childs_number(incoming, said, meaning, who, names, own=own)
    exposed = linked and not minors and exposes(incoming, said, meaning, own)
    if incoming.edited and not would_write(meaning):
        meaning = SILENT
    meaning = handed_in(incoming, said, meaning, who, world.registry.commands) or meaning
    command = meaning.command
    reads = bool(command and command.reads and linked and who is not NOBODY and meaning.complete)
    wants: list[tuple[Table, tuple[Any, ...]]] = []
    if not reads and not incoming.chat.group and incoming.press is None:
        wants.append((dialogues, dialogue.key(incoming)))
    if command and command.wants and meaning.complete:
        wants += command.wants(meaning.args, who, names, world.vault)
    return Route(
        meaning=meaning,
        said=said,
        who=who,
        plan=names,
        in_force=plan is not None,
        at=at,
        silent=not (minors or exposed)
        and (meaning.silent or (not linked and not meaning.addressed)),
        reads=reads and not minors,
        wants=wants,
        minors=minors,
        exposes=exposed,
    )


def respond(way: Route, incoming: Incoming, tx: Any, world: World) -> Reply | None:
    """The answer to a routed event; None for silence. Raises UserError."""
    world = world.at(incoming.received_at)
    if not way.exposes:
        return _respond(way, incoming, tx, world)
    request = request_of(way, incoming, world)
    try:
        return recall.guarded(request, _respond(way, incoming, tx, world))
    except UserError as refusal:
        told = str(refusal)
        raise Refusal(told, recall.guarded(request, Reply(text=told))) from None


def _respond(way: Route, incoming: Incoming, tx: Any, world: World) -> Reply | None:
    meaning = way.meaning
    if way.minors:
        return recall.answer(request_of(way, incoming, world))
    if incoming.edited:
        return _edited(incoming, tx, way)
    asked = None
    speechless = incoming.brings and not way.said.text
    if not (incoming.chat.group or incoming.press is not None or way.reads or speechless):
        way, asked = resume(way, incoming, tx, world)
        meaning = way.meaning
    command = meaning.command
    if incoming.author is None and not (command and command.reads):
        raise Refusal(say("speaking.anonymous"))
    linked = not incoming.chat.group or _place(incoming) in world.groups
    if not linked and (command is None or command.name != LINK):
        return _once_a_day(tx, f"group {incoming.chat.platform}:{incoming.chat.id}", way, world)
    if way.who is NOBODY and incoming.author is not None and not (command and command.unbound):
        return _stranger(incoming, tx, way)
    if asked is not None:
        return _answered_to(asked, way, incoming, tx, world)
    line = wish(way, incoming, tx, world)
    if _shows_something(way, incoming) and not isinstance(line, Line):
        evidence = world.registry.commands[taking.NAME]
        meaning = Understanding(command=evidence, line=evidence.name)
        return _carried_out(replace(way, meaning=meaning), incoming, tx, world, shows=False)
    if isinstance(line, Reply):
        return line
    if line is not None:
        way, incoming = as_said(line, way, incoming, world)
    return _carried_out(way, incoming, tx, world, shows=line is not None and not line.straight)


def _shows_something(way: Route, incoming: Incoming) -> bool:
    """Whether a picture came in a 1:1 chat under words that are no command."""
    picture = incoming.brings == PICTURE and not incoming.chat.group
    return picture and way.meaning.command is None and incoming.press is None


def _answered_to(asked: Pending, way: Route, incoming: Incoming, tx: Tx, world: World) -> Reply:
    """Go on with a dialogue; an answer that does not help is told so once."""
    meaning, command = way.meaning, way.meaning.command
    if command is None:
        return _not_understood(meaning, world)
    example = examples.line(request_of(way, incoming, world), tx, command) or command.example
    if meaning.missing is not None and meaning.missing.name == asked.slot:
        question = say("dialogue.ask", ask=say(meaning.missing.ask), example=example)
        return missed(question, replace(asked, line=meaning.line), incoming, tx, example)
    if meaning.problem and not meaning.choices:
        return missed(meaning.problem, asked, incoming, tx, example)
    before = tx.mark()
    try:
        return _carried_out(way, incoming, tx, world, shows=command.public, asked=asked)
    except UserError as refusal:
        tx.undo(before)
        return missed(str(refusal), asked, incoming, tx, example)


def _carried_out(
    way: Route,
    incoming: Incoming,
    tx: Any,
    world: World,
    *,
    shows: bool,
    asked: Pending | None = None,
) -> Reply:
    """Do what was understood, or ask for what is missing. `shows`: what writes is shown first;
    `asked`: the dialogue that it answers."""
    meaning, command = way.meaning, way.meaning.command
    if command is None or meaning.problem:
        return _not_understood(meaning, world)
    _allowed(command, way)
    private = not incoming.chat.group and incoming.press is None
    if private and (also := also_asked(meaning, asked)) is not None:
        meaning = replace(meaning, missing=also)
    if meaning.missing is not None:
        if not has_role(command, way.who):
            raise Refusal(_not_yours(command))
        example = examples.line(request_of(way, incoming, world), tx, command) or command.example
        if named := _NUMBER.search(meaning.line):
            example = _NUMBER.sub(named[0], example, count=1)
        question = dialogue.ask(tx, incoming, way.who, command, meaning, example=example)
        request = request_of(way, incoming, world)
        return taking.held_beside(request, tx, _of_what_waits(command, request, tx, question))
    if (reply := answered(command, way, incoming, tx, world)) is not None:
        return reply
    if command.needs_file and incoming.file is None:
        told = say("speaking.file_missing", example=command.example)
        if not private:
            raise Refusal(told)
        reply = Reply(text=told, awaits=meaning.line)
    elif not command.reads and (shows or _only_asks(meaning, command, incoming, way)):
        request = request_of(way, incoming, world)
        reply = taking.held_beside(request, tx, shown_first(command, request, tx))
    else:
        reply = perform(command, request_of(way, incoming, world), tx)
    if reply.awaits and not incoming.chat.group:
        dialogue.keep(tx, incoming, Pending(line=reply.awaits))
    return reply if way.in_force or not command.looks_back else _of_last_year(reply, way)


def _only_asks(meaning: Understanding, command: Command, incoming: Incoming, way: Route) -> bool:
    """Whether a typed line may ask rather than tell: 通过 #20 吗. A reason is in people's own
    words, so only what is no more than such a question counts there."""
    rest = way.said.copy
    for word in command.words:  # 怎么算分 is one, and asks nothing else
        rest = rest.replace(word, "", 1)
    if incoming.press is not None or not asks(rest):
        return False
    return len(str(meaning.args.get("reason") or "")) <= SHORT_REASON


def _of_what_waits(command: Command, request: Request, tx: Tx, question: Reply) -> Reply:
    """The question for the number of what is to be decided, as a list of what waits; a button would
    lose a reason that was given, so then the number is typed."""
    if request.pressed or "numbers" in request.args or "number" in request.args:
        return question
    listed = which.asks(request, tx, command)
    if listed is None:
        return question
    buttons = question.buttons if request.args else listed.buttons
    return replace(listed, buttons=buttons, private=request.chat.group)


def _of_last_year(reply: Reply, way: Route) -> Reply:
    """An answer by the nearest plan, since the year has none yet; it does not stay up to date."""
    said = say("speaking.last_year", year=day_of(way.at).year, last=way.plan.year)
    return replace(reply, text=f"{said}\n{reply.text}", live="")


def _place(incoming: Incoming) -> tuple[str, str]:
    return incoming.chat.platform, incoming.chat.id


def _allowed(command: Command, way: Route) -> None:
    if not (way.in_force or command.planless or command.looks_back):
        raise Refusal(say("speaking.no_plan", year=day_of(way.at).year, last=way.plan.year))
    if not in_plan(command.name, way.plan):
        raise Refusal(say("speaking.not_in_plan", word=shown(command)))
    if not command.judges and not has_role(command, way.who):
        raise Refusal(_not_yours(command))


def _not_yours(command: Command) -> str:
    roles = "、".join(role for role in ROLES if role in command.roles)
    return say("speaking.not_yours", word=shown(command), roles=roles)


def _not_understood(meaning: Understanding, world: World) -> Reply:
    if meaning.problem:
        # A long line fits no button; its sentence says what to write instead.
        buttons = tuple(
            (Button(label=label, says=line),)
            for label, line in meaning.choices
            if len(line.encode()) <= MAX_BUTTON
        )
        return Reply(text=meaning.problem, buttons=buttons[:6])
    named = world.registry.shown
    guesses = tuple(Button(label=named(word), says=word) for word in meaning.guesses[:2])
    key = "speaking.guess" if guesses else "speaking.unknown"
    row = (*guesses, Button.of(say("button.help"), "help"))
    return Reply(text=say(key), buttons=(row,))


def _once_a_day(tx: Tx, subject: str, way: Route, world: World) -> Reply | None:
    if not chats.first_today(tx, subject, way.at):
        return None
    admins = world.people.with_role("管理员")
    names = "、".join(admin.name for admin in admins[:3]) or say("speaking.no_admin")
    return Reply(text=say("speaking.not_linked", admins=names))


def _edited(incoming: Incoming, tx: Tx, way: Route) -> Reply | None:
    """Tell the author, once and privately, that an edit has no effect (C20)."""
    subject = f"edit {incoming.chat.platform}:{incoming.chat.id}:{incoming.message}"
    if way.who is NOBODY or not chats.first_today(tx, subject, way.at):
        return None
    return Reply(text=say("speaking.edited"), private=True)


def _stranger(incoming: Incoming, tx: Tx, way: Route) -> Reply | None:
    if incoming.chat.group:
        subject = f"person {incoming.chat.platform}:{incoming.author}"
        if not chats.first_today(tx, subject, way.at):
            return None
        return Reply(text=say("speaking.bind_in_private"))
    return Reply(text=say("speaking.bind_here"))
