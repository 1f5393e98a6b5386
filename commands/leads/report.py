"""Leads: a teacher names somebody who wants to study here (附件3·七). Only 招办 ever sees the phone
number in full, and a group never sees it at all (C7, C8)."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import Table

from commands.chat.errors import Refusal
from commands.chat.messages import MAX_BUTTON, Button, Reply
from commands.chat.requests import Request, command
from commands.conversation import proposals
from commands.duties.obligations import enrolments_said, lead_counts
from commands.filing.deciders import desk_of
from commands.filing.numbers import spans
from commands.filing.turns import in_turn
from commands.grammar.folding import MAX_TEXT, clean
from commands.grammar.phones import broken_phone
from commands.leads import flags, identity, recall
from commands.leads.identity import masked_name, seal, with_wishes
from commands.leads.tidy import SLOTS, name_and_note
from commands.wording.formats import address, clock, day, masked
from commands.wording.sentences import lines, say
from db import erasures, ledger
from db.engine.tx import Reading, Tx
from db.engine.vault import Vault
from db.people import Person
from db.schema import claims, tallies
from scoring.moments import day_of
from scoring.plan import Plan
from scoring.verdicts import EVERYBODY

LONE_DIGITS = re.compile(r"\d{5,}")


def _wants(
    args: Mapping[str, Any], who: Person, plan: Plan, vault: Vault
) -> list[tuple[Table, tuple[Any, ...]]]:
    """What the receipt of a lead looks up: who holds its phone number and the two next to it, and
    the reporter's two tallies."""
    person = str(who.id)
    keys: list[tuple[Table, tuple[Any, ...]]] = [
        (tallies, (plan.id, EVERYBODY, "lead.accepted", person)),
        (tallies, (plan.id, EVERYBODY, "lead.waiting", person)),
    ]
    if phone := args.get("phone"):
        number, digest = int(phone), vault.digest
        near = (phone, str(number - 1), str(number + 1))
        keys += [(claims, (plan.id, "phone", digest("phone", one))) for one in near]
    return keys


@command(
    "lead",
    "报线索 线索",
    slots=SLOTS,
    example="报线索 张某 13800138000 初三 机电 中职",
    wants=_wants,
)
def lead(request: Request, tx: Tx) -> Reply:
    """Record a lead for its reporter and their unit; the unit in the line is the one wished for."""
    if "many" in request.args:
        return _many(request, tx)
    try:
        entry, name = _taken(request, tx, request.args)
    except ledger.Held as held:
        return _reported_before(request, tx, held.number)
    except Unwanted:
        return _unwanted(request)
    phone = request.args.get("phone", "")
    if isinstance(entry, int):
        return _behind(request, tx, entry)
    flags.flag(request, tx, {entry.number: phone})
    if request.chat.group:
        return moved_away(request, "lead.in_group", number=entry.number)
    return Reply(
        text=lines(
            say(
                "lead.received",
                number=entry.number,
                who=with_wishes(masked_name(name, phone), entry, request.plan),
            ),
            say(
                "lead.standing",
                desk=desk_of(request.plan, request.people, entry.fact),
                **(counts := lead_counts(tx, request.plan, request.who.id)),
            )
            + enrolments_said(request.plan, counts["done"]),
        ),
        buttons=under(entry),
    )


class Unwanted(Refusal):
    """The number is on the do-not-contact list; says nothing of who, when or why."""


def check_wanted(tx: Reading, phone: str) -> None:
    """Refuse a number on the do-not-contact list."""
    if phone and erasures.refuses(tx, phone):
        raise Unwanted(say("lead.unwanted"))


def _taken(request: Request, tx: Tx, args: Mapping[str, Any]) -> tuple[ledger.Entry | int, str]:
    """Record one lead, or keep it behind the one whose number comes instead of it; with its name.
    Raises Refusal, or ledger.Held when the asker has reported the number already."""
    name, phone, note = identity_in(tx, args)
    claim = ("phone", phone) if phone else None
    who = identity.storable(name, phone, note)
    entry = in_turn(request, tx, "lead", claim=claim, details=wishes_in(args), identity=who)
    if not isinstance(entry, int):
        seal(tx, entry.number, name, phone, note)
    return entry, name


def identity_in(tx: Reading, args: Mapping[str, Any]) -> tuple[str, str, str]:
    """Name, phone and note of a lead that may be kept. Raises Refusal for digits that are no phone
    number, and for one on the do-not-contact list."""
    phone = args.get("phone", "")
    name, note = identity.cut_to_size(*name_and_note(args.get("who", "")))
    if not phone and (digits := _lone_digits(f"{name} {note}")):
        said = masked(digits) if len(digits) > 9 else digits
        raise Refusal(say("lead.no_phone", digits=said))
    if not phone and not name:
        raise Refusal(say("lead.no_name"))
    check_wanted(tx, phone)
    return name, phone, note


def wishes_in(args: Mapping[str, Any]) -> dict[str, Any]:
    """What a lead wants, as kept in the details of its fact."""
    return {key: args[key] for key in ("level", "track", "wished", "major") if args.get(key)}


def _lone_digits(text: str) -> str:
    """Digits probably meant as a phone number, where none was found."""
    found = LONE_DIGITS.search(text)
    return found[0] if found else broken_phone(text)


def under(entry: ledger.Entry) -> tuple[tuple[Button, ...], ...]:
    """{中职|高职|改一下|撤回} under a receipt; the tracks only while none is given."""
    number = entry.number
    edit = Button.of(say("button.edit"), "edit", f"#{number}")
    undo = Button.of(say("button.undo"), "undo", f"#{number}")
    if entry.fact.details.get("track"):
        return ((edit, undo),)
    tracks = (Button.of(track, "edit", f"#{number} {track}") for track in ("中职", "高职"))
    return ((*tracks, edit, undo),)


def _reported_before(request: Request, tx: Tx, number: int) -> Reply:
    if request.chat.group:
        return moved_away(request, "lead.again_in_group")
    old = ledger.entry(tx, number)
    at = old.fact.happened_at if old is not None else request.at
    when = clock(at) if day_of(at) == day_of(request.at) else day(at)
    return Reply(text=say("lead.own_again", when=when, number=number))


def _behind(request: Request, tx: Tx, ahead: int) -> Reply:
    """Somebody else was first: says neither who nor under which number."""
    if request.chat.group:
        return moved_away(request, "lead.in_line_in_group")
    first = ledger.entry(tx, ahead)
    when = day(first.fact.happened_at) if first is not None else ""
    return Reply(text=say("lead.in_line", when=when))


def _unwanted(request: Request) -> Reply:
    if request.chat.group:
        return moved_away(request, "lead.unwanted_in_group")
    return Reply(text=say("lead.unwanted"))


def moved_away(request: Request, key: str, **values: Any) -> Reply:
    """Answer a lead typed in a group: no name, no phone number, and the message removed (C7)."""
    who = address(request.who, request.plan)
    return recall.removed(
        request,
        say(key, who=who, moved=say("lead.moved"), **values),
        say(key, who=who, moved=say("lead.please_recall"), **values),
    )


# --- many at once ---------------------------------------------------------------------------

MOST_AT_ONCE = 50


def _many(request: Request, tx: Tx) -> Reply:
    """Record a pasted list; the answer names the lines that were not taken."""
    many: tuple[tuple[int, Mapping[str, Any] | str], ...] = request.args["many"]
    if len(many) > MOST_AT_ONCE:
        raise Refusal(say("lead.too_many", most=MOST_AT_ONCE, total=len(many)))
    taken: dict[int, str] = {}
    missed: list[str] = []
    desk = ""
    for place, said in many:
        if isinstance(said, str):
            missed.append(say("lead.missed", place=place, why=said))
            continue
        try:
            entry, _ = _taken(request, tx, said)
            if isinstance(entry, int):
                missed.append(say("lead.missed", place=place, why=say("lead.known_in_line")))
                continue
            taken[entry.number] = said.get("phone", "")
            desk = desk_of(request.plan, request.people, entry.fact)
        except ledger.Held:
            missed.append(say("lead.missed", place=place, why=say("lead.known")))
        except Refusal as refusal:
            missed.append(say("lead.missed", place=place, why=str(refusal)))
    why = _few(missed)
    if not taken and request.chat.group:
        return moved_away(request, "lead.none_in_group", total=len(many))
    if not taken:
        return Reply(text=lines(say("lead.none_taken", total=len(many)), why))
    in_a_row, numbers = flags.flag(request, tx, taken), spans(taken)
    if request.chat.group:
        return moved_away(request, "lead.many_in_group", total=len(taken), numbers=numbers)
    first = say("lead.many", total=len(taken), numbers=numbers, desk=desk)
    undo = Button.of(say("button.undo_all"), "undo", numbers)
    fits = len(undo.says.encode()) <= MAX_BUTTON
    return Reply(
        text=lines(first + (say("lead.in_a_row") if in_a_row else ""), why),
        buttons=((undo,),) if fits else (),
    )


@command("forwarded", internal=True)
def forwarded(request: Request, tx: Tx) -> Reply:
    """Offer a forwarded text with a phone number as a lead; it is never a command (C20)."""
    return offered(request, tx, say("lead.forwarded"))


def offered(request: Request, tx: Tx, asked: str, said: str = "") -> Reply:
    """Ask whether a text with a phone number is meant as a lead, or as several; keep it sealed
    until answered. `said`: it is tidied already, a line a lead."""
    text = (said or clean(request.incoming.text))[: MAX_TEXT // 2]
    known = any(text.startswith(word) for word in lead.words)
    line = text if known else f"{lead.words[0]} {text}"
    number = proposals.keep(tx, replace(request, line=line))
    yes = Button.of(say("lead.as_lead"), "answer", f"{number} 确认")
    no = Button.of(say("lead.not_as_lead"), "answer", f"{number} 取消")
    return Reply(text=asked, buttons=((yes, no),))


def _few(missed: list[str], most: int = 5) -> str:
    rest = say("lead.and_more", more=len(missed) - most) if len(missed) > most else ""
    return "；".join(missed[:most]) + rest
