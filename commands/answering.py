"""The answer to a proposal: {确认|改一下|取消}, or the code that stands for a second person."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from commands.carrying import Route, has_role, perform
from commands.chat.errors import Refusal
from commands.chat.messages import File, Incoming, Opened, Reply
from commands.chat.requests import Command, Request, shown
from commands.conversation import proposals
from commands.conversation.world import World
from commands.filing.deciders import matter, may_decide, same_hand, seconders
from commands.grammar.folding import spoken
from commands.hearing import hear
from commands.wording.sentences import say
from db import accounts, ledger
from db.engine.tx import Reading, Tx
from db.people import ADMIN, HEAD, NOBODY, Directory, Person
from scoring.plan import Plan


def answered(
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
    if not (mine or may_answer(tx, way.plan, world.people, way.who, row)):
        raise Refusal(say("dialogue.not_yours_to_answer"))
    if drops:
        proposals.settle(tx, number, "cancelled")
        return Reply(text=say("dialogue.cancelled"), replaces=True)
    if way.meaning.args["word"] == "改一下":
        proposals.settle(tx, number, "cancelled")
        return Reply(text=say("ear.rewrite", line=said["line"]), replaces=True)
    proposals.settle(tx, number, "confirmed")
    second = way.who if row.person != way.who.id else None
    return _carry_out(said, row.person, second, way, incoming, tx=tx, world=world)


def may_answer(tx: Reading, plan: Plan, people: Directory, who: Person, row: Any) -> bool:
    """Whether somebody, with the roles they have now, is whom a proposal waits for."""
    if not row.answerer:
        return bool(row.person == who.id)
    kind, _, value = row.answerer.partition(":")
    if row.person == who.id or same_hand(people, row.person, who):
        return False
    if kind == "role":
        return value in who.roles
    if kind == "head":
        return HEAD in who.roles and who.unit == value
    item = ledger.entry(tx, int(value))
    if item is None:
        return False
    what = matter(plan, people, item.fact)
    if kind == "second":
        return any(person.id == who.id for person in seconders(plan, people, what))
    return may_decide(plan, who, what)


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
    if not has_role(command, asker):
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
        web_url=world.web_url,
        confirmed=not said.get("typed"),
        second=second,
    )
    return replace(perform(command, request, tx), replaces=incoming.press is not None)
