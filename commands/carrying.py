"""A routed event, and how its command is carried out."""

from dataclasses import replace
from typing import Any

from commands.chat.messages import Incoming, Reply
from commands.chat.requests import Command, Request, Unopened
from commands.conversation.understanding import Understanding
from commands.conversation.world import World
from commands.evidence import taking
from commands.grammar.folding import Spoken
from commands.reports import whose
from db.engine.writer import Wants
from db.people import Person
from scoring.moments import Instant
from scoring.plan import Plan
from scoring.values import frozen


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


def request_of(way: Route, incoming: Incoming, world: World) -> Request:
    can = world.capabilities[incoming.chat.platform]
    return Request(
        incoming=incoming,
        who=way.who,
        args=way.meaning.args,
        line=way.meaning.line,
        at=way.at,
        now=incoming.received_at,
        plan=way.plan,
        people=world.people,
        can=replace(can, files=True) if incoming.fetches else can,
        spoken=way.said,
        registry=world.registry,
        web_url=world.web_url,
    )


def perform(command: Command, request: Request, tx: Any) -> Reply:
    """Run a command's handler; personal answers go to the asker's own chat (C8). Raises Unopened
    if it reads a file that is still to be opened."""
    file = request.incoming.file
    by = file.opened.opener if file is not None and file.opened is not None else ""
    if command.opens is not None and file is not None and by != command.name:
        raise Unopened(command.name, command.opens, request)
    if (asked := whose.asks(command, request, tx)) is not None:
        return asked
    if taking.concerns(command, request, tx):
        before = taking.own_numbers(request, tx)
        reply = taking.beside(command, request, tx, command.handler(request, tx), before)
    else:
        reply = command.handler(request, tx)
    if command.private and request.chat.group:
        return replace(reply, private=True, aside=command.aside and request.can.asides)
    return reply


def has_role(command: Command, who: Person) -> bool:
    return not command.roles or not command.roles.isdisjoint(who.roles)
