"""From one event to one answer: who speaks, what they mean, whether they may, what to say back.

`route` is pure and fast and runs before anything is queued; `respond` runs inside the
transaction. The rules of speaking (C1, C8, C20) live only here and in the router.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import Table

from commands.chat.errors import Refusal
from commands.chat.messages import MAX_BUTTON, Button, File, Incoming, Opened, Reply
from commands.chat.requests import Command, Request, Unopened, shown
from commands.conversation import dialogue, proposals
from commands.conversation.understanding import SILENT, Understanding
from commands.conversation.world import World
from commands.filing.chosen import in_plan
from commands.filing.deciders import matter, may_decide, same_hand, seconders
from commands.grammar.folding import Spoken, spoken
from commands.hearing import LINK, hear, may_be_to_us
from commands.help import examples, hints
from commands.leads import recall
from commands.overheard import childs_number, exposes, handed_in, would_write
from commands.wording.sentences import say
from db import accounts, chats, ledger
from db.engine.tx import Tx
from db.engine.writer import Wants
from db.people import ADMIN, HEAD, NOBODY, ROLES, Directory, Person
from db.schema import dialogues
from scoring.errors import UserError
from scoring.moments import HOUR, Instant, day_of
from scoring.plan import Plan
from scoring.values import frozen

LATE = 48 * HOUR
"""A platform's message time is taken as at most this long before receipt (C16)."""


@frozen
class Route:
    """What an event means, before any query to the database.

    `silent`: nothing is stored or said. `reads`: it may run on a reader. `wants`: the rows that
    will be looked up. `minors`: it holds a child's number and is no command (C7); `exposes`:
    it is a command that brings a mobile number into a group.
    """

    meaning: Understanding
    said: Spoken
    who: Person
    plan: Plan
    in_force: bool
    at: Instant
    silent: bool
    reads: bool
    wants: Wants = ()
    minors: bool = False
    exposes: bool = False

    @property
    def name(self) -> str:
        return self.meaning.command.name if self.meaning.command else "?"


def route(incoming: Incoming, world: World) -> Route:
    """Understand an event from memory alone; never raises."""
    world = world.at(incoming.received_at)
    at = min(max(incoming.sent_at, incoming.received_at - LATE), incoming.received_at)
    plan = world.plan(at, incoming.received_at)
    names = plan or world.nearest_plan(at, incoming.received_at)
    who = NOBODY
    if incoming.author is not None:
        who = world.people.by_account.get((incoming.chat.platform, incoming.author), NOBODY)
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
    request = _request(way, incoming, world)
    try:
        return recall.guarded(request, _respond(way, incoming, tx, world))
    except UserError as refusal:
        told = str(refusal)
        raise Refusal(told, recall.guarded(request, Reply(text=told))) from None


def _respond(way: Route, incoming: Incoming, tx: Any, world: World) -> Reply | None:
    meaning = way.meaning
    if way.minors:
        return recall.answer(_request(way, incoming, world))
    if incoming.edited:
        return _edited(incoming, tx, way)
    if not incoming.chat.group and incoming.press is None and not way.reads:
        way = _resume(way, incoming, tx, world)
        meaning = way.meaning
    command = meaning.command
    if incoming.author is None and not (command and command.reads):
        raise Refusal(say("speaking.anonymous"))
    linked = not incoming.chat.group or _place(incoming) in world.groups
    if not linked and (command is None or command.name != LINK):
        return _once_a_day(tx, f"group {incoming.chat.platform}:{incoming.chat.id}", way, world)
    if way.who is NOBODY and incoming.author is not None and not (command and command.unbound):
        return _stranger(incoming, tx, way)
    if command is None and not meaning.problem and way.who is not NOBODY:
        hinted = hints.hint(_request(way, incoming, world), tx)
        if hinted is not None:
            return hinted
    if command is None or meaning.problem:
        return _not_understood(meaning, world)
    _allowed(command, way)
    if meaning.missing is not None:
        example = examples.line(_request(way, incoming, world), tx, command)
        return dialogue.ask(tx, incoming, way.who, command, meaning, example=example)
    if (answered := _answered(command, way, incoming, tx, world)) is not None:
        return answered
    if command.needs_file and incoming.file is None:
        raise Refusal(say("speaking.file_missing", example=command.example))
    reply = perform(command, _request(way, incoming, world), tx)
    return reply if way.in_force or not command.looks_back else _of_last_year(reply, way)


def _of_last_year(reply: Reply, way: Route) -> Reply:
    """An answer by the nearest plan, since the year has none yet; it does not stay up to date."""
    said = say("speaking.last_year", year=day_of(way.at).year, last=way.plan.year)
    return replace(reply, text=f"{said}\n{reply.text}", live="")


def _request(way: Route, incoming: Incoming, world: World) -> Request:
    return Request(
        incoming=incoming,
        who=way.who,
        args=way.meaning.args,
        line=way.meaning.line,
        at=way.at,
        now=incoming.received_at,
        plan=way.plan,
        people=world.people,
        can=world.capabilities[incoming.chat.platform],
        spoken=way.said,
        registry=world.registry,
    )


def _place(incoming: Incoming) -> tuple[str, str]:
    return incoming.chat.platform, incoming.chat.id


def perform(command: Command, request: Request, tx: Any) -> Reply:
    """Run a command's handler; personal answers go to the asker's own chat (C8). Raises Unopened
    if it reads a file that is still to be opened."""
    file = request.incoming.file
    by = file.opened.opener if file is not None and file.opened is not None else ""
    if command.opens is not None and file is not None and by != command.name:
        raise Unopened(command.name, command.opens, request)
    reply = command.handler(request, tx)
    if command.private and request.chat.group:
        return replace(reply, private=True)
    return reply


def _resume(way: Route, incoming: Incoming, tx: Tx, world: World) -> Route:
    """Continue an open dialogue of a 1:1 chat, unless the text begins a command of its own."""
    pending = dialogue.pending(tx, incoming)
    if not pending:
        return way
    dialogue.end(tx, incoming)
    if way.meaning.command is not None and way.meaning.bare_unit is None:
        return way
    meaning = hear(world, incoming, way.said, way.who, way.plan, pending=pending)
    return replace(way, meaning=meaning)


def _allowed(command: Command, way: Route) -> None:
    if not (way.in_force or command.planless or command.looks_back):
        raise Refusal(say("speaking.no_plan", year=day_of(way.at).year, last=way.plan.year))
    if not in_plan(command.name, way.plan):
        raise Refusal(say("speaking.not_in_plan", word=shown(command)))
    if not command.judges and not _has_role(command, way.who):
        roles = "、".join(role for role in ROLES if role in command.roles)
        raise Refusal(say("speaking.not_yours", word=shown(command), roles=roles))


def _has_role(command: Command, who: Person) -> bool:
    return not command.roles or not command.roles.isdisjoint(who.roles)


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


def _answered(
    command: Command, way: Route, incoming: Incoming, tx: Any, world: World
) -> Reply | None:
    """The answer to a proposal, by its button or by the code that stands for a second person."""
    if command.name == "answer":
        return _answer(way, incoming, tx, world)
    return _by_second_code(way, incoming, tx, world) if command.name == "bind" else None


def _answer(way: Route, incoming: Incoming, tx: Tx, world: World) -> Reply:
    """{确认|取消}: carry out the proposed line, confirmed, in its asker's name, or drop it."""
    number = way.meaning.args["number"]
    found = proposals.proposal(tx, number, incoming.received_at)
    if found is None or found[0].state != "open":
        raise Refusal(say("dialogue.answered"))
    row, said = found
    drops = way.meaning.args["word"] == "取消"
    mine = drops and row.person == way.who.id
    if not (mine or _may_answer(row, way, tx, world.people)):
        raise Refusal(say("dialogue.not_yours_to_answer"))
    if drops:
        proposals.settle(tx, number, "cancelled")
        return Reply(text=say("dialogue.cancelled"), replaces=True)
    proposals.settle(tx, number, "confirmed")
    second = way.who if row.person != way.who.id else None
    return _carry_out(said, row.person, second, way, incoming, tx=tx, world=world)


def _may_answer(row: Any, way: Route, tx: Tx, people: Directory) -> bool:
    """Whether the speaker, with the roles they have now, is whom a proposal waits for."""
    if not row.answerer:
        return bool(row.person == way.who.id)
    kind, _, value = row.answerer.partition(":")
    if row.person == way.who.id or same_hand(people, row.person, way.who):
        return False
    if kind == "role":
        return value in way.who.roles
    if kind == "head":
        return HEAD in way.who.roles and way.who.unit == value
    item = ledger.entry(tx, int(value))
    if item is None:
        return False
    what = matter(way.plan, people, item.fact)
    if kind == "second":
        return any(person.id == way.who.id for person in seconders(way.plan, people, what))
    return may_decide(way.plan, way.who, what)


def _by_second_code(way: Route, incoming: Incoming, tx: Tx, world: World) -> Reply | None:
    """Carry out what waits for a second administrator, if this is the code that stands for one;
    None if it is not."""
    if ADMIN not in way.who.roles or incoming.chat.group:
        return None
    code, now = way.meaning.args["code"], incoming.received_at
    if not accounts.redeem_second(tx, code, way.who.id, now):
        return None
    number = proposals.newest_for_second(tx, way.who.id)
    found = proposals.proposal(tx, number, now) if number is not None else None
    if number is None or found is None:
        raise Refusal(say("dialogue.nothing_to_second"))
    proposals.settle(tx, number, "confirmed")
    return _carry_out(found[1], way.who.id, NOBODY, way, incoming, tx=tx, world=world)


def _carry_out(
    said: Mapping[str, Any],
    person: int,
    second: Person | None,
    way: Route,
    incoming: Incoming,
    *,
    tx: Tx,
    world: World,
) -> Reply:
    """Do what was proposed, if its asker may still ask for it: the roles of now count, not those
    of the time when it was proposed."""
    asker = world.people.by_id.get(person)
    if asker is None:
        raise Refusal(say("dialogue.asker_left"))
    file = File(name=said["opened"][0], data=b"") if said.get("opened") else None
    again = replace(
        incoming, press=said["line"], text="", file=file, chat=replace(incoming.chat, group=False)
    )
    meaning = hear(world, again, spoken(said["line"], incoming.quote), asker, way.plan)
    command = meaning.command
    if command is None or meaning.missing or meaning.problem or said.get("file"):
        raise Refusal(say("dialogue.answered"))  # "file": from before files were opened at once
    if not _has_role(command, asker):
        raise Refusal(say("dialogue.asker_may_not", name=asker.name, word=shown(command)))
    if file is not None and command.opens is not None:
        plain = said["opened"][1]
        value = command.opens.value(plain)
        file = replace(file, opened=Opened(opener=command.name, value=value, plain=plain))
    request = Request(
        incoming=replace(incoming, file=file),
        who=asker,
        args=meaning.args,
        line=meaning.line,
        at=min(said["at"], way.at),
        now=incoming.received_at,
        plan=way.plan,
        people=world.people,
        can=world.capabilities[incoming.chat.platform],
        spoken=way.said,
        registry=world.registry,
        confirmed=True,
        second=second,
    )
    return replace(perform(command, request, tx), replaces=incoming.press is not None)
