"""Leads: a teacher names somebody who wants to learn here (附件3·七). The phone number never
comes back in full but to 招办, and never at all in a group (C7, C8)."""

import json
import re
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Table

from commands.chat import Button, Reply, Request
from commands.errors import Refusal
from commands.record import record
from commands.registry import Slot, command
from commands.texts import address, clock, cut, day, lines, masked, say, short
from db import ledger
from db.people import Person
from db.schema import claims, leads, tallies
from db.tx import Reading, Tx
from db.vault import Vault
from scoring.moments import day_of
from scoring.plan import Plan
from scoring.verdicts import EVERYBODY


def _seal_of(number: int) -> bytes:
    """What a sealed lead is bound to: it cannot be moved to another fact."""
    return f"lead {number}".encode()


LONE_DIGITS = re.compile(r"\d{5,}")
"""What was meant as a phone number where none was found."""

MAX_NAME = 20
MAX_NOTE = 200


def _wants(
    args: Mapping[str, Any], who: Person, plan: Plan, vault: Vault
) -> list[tuple[Table, tuple[Any, ...]]]:
    """What the receipt of a lead looks up: its number's claim, the reporter's two tallies."""
    phone, person = args.get("phone"), str(who.id)
    claim = [(claims, (plan.id, "phone", vault.digest("phone", phone)))] if phone else []
    counts = ("lead.accepted", "lead.waiting")
    return [*claim, *((tallies, (plan.id, EVERYBODY, name, person)) for name in counts)]


@command(
    "lead",
    "报线索 线索",
    slots=(
        Slot(name="phone", kind="phone"),
        Slot(name="level", kind="level"),
        Slot(name="track", kind="track"),
        Slot(name="wished", kind="unit"),
        Slot(name="who", kind="text", required=True, ask="请说一下姓名和电话", unless="phone"),
    ),
    example="报线索 张某 13800138000 初三 机电 中职",
    wants=_wants,
)
def lead(request: Request, tx: Tx) -> Reply:
    """Record a lead for its reporter and his unit; the unit in the line is the wished one."""
    phone = request.args.get("phone", "")
    name, note = name_and_note(request.args.get("who", ""))
    if not phone and (digits := LONE_DIGITS.search(name + note)):
        raise Refusal(say("lead.no_phone", digits=digits[0][:15]))
    try:
        entry = record(
            request,
            tx,
            "lead",
            details={
                key: request.args[key]
                for key in ("level", "track", "wished", "major")
                if request.args.get(key)
            },
            claim=("phone", phone) if phone else None,
        )
    except ledger.Held as held:
        return _reported_before(request, tx, held.number)
    seal(tx, entry.number, name, phone, note)
    if request.chat.group:
        return moved_away(request, "lead.in_group", number=entry.number)
    return Reply(
        text=lines(
            say(
                "lead.received",
                number=entry.number,
                who=_with_wishes(_masked_name(name, phone), entry, request.plan),
            ),
            say("lead.standing", **counts(tx, request.plan, request.who.id)),
        ),
        buttons=under(entry),
    )


def seal(tx: Tx, number: int, name: str, phone: str, note: str) -> None:
    """Put away who the lead is, readable by nobody without the key."""
    sealed = json.dumps([name, phone, note], ensure_ascii=False).encode()
    tx.add(
        leads,
        fact=number,
        phone_hash=tx.vault.digest("phone", phone) if phone else b"",
        sealed=tx.vault.seal(sealed, _seal_of(number)),
    )


def under(entry: ledger.Entry) -> tuple[tuple[Button, ...], ...]:
    """{中职|高职|改一下|撤回} under a receipt; the tracks only while it is not said."""
    tracks = () if entry.fact.details.get("track") else ("中职", "高职")
    said = [Button(label=track, says=f"edit #{entry.number} {track}") for track in tracks]
    said.append(Button(label=say("button.edit"), says=f"edit #{entry.number}"))
    return ((*said, Button(label=say("button.undo"), says=f"undo #{entry.number}")),)


def due(plan: Plan) -> int:
    """How many certified leads each person owes."""
    return int(plan.term("leads", "each_person"))


def counts(tx: Reading, plan: Plan, person: int) -> dict[str, int]:
    """A person's certified and waiting leads of the plan, and how many he owes."""
    return {
        "done": tx.tally(plan.id, EVERYBODY, "lead.accepted", str(person)),
        "due": due(plan),
        "waiting": tx.tally(plan.id, EVERYBODY, "lead.waiting", str(person)),
    }


def opened(tx: Reading, number: int) -> tuple[str, str, str]:
    """Name, phone and note of a lead in full. Whoever shows the phone appends an audit row."""
    row = tx.find(leads, number)
    if row is None:
        return "", "", ""
    name, phone, note = json.loads(tx.vault.open(bytes(row.sealed), _seal_of(number)))
    return name, phone, note


def described(tx: Reading, plan: Plan, entry: ledger.Entry, *, full: bool) -> str:
    """A lead on one line, its phone in full or masked."""
    name, phone, note = opened(tx, entry.number)
    who = f"{name} {phone}".strip() if full else _masked_name(name, phone)
    return f"{_with_wishes(who, entry, plan)} {cut(note)}".strip()


def name_and_note(text: str) -> tuple[str, str]:
    """Who is named first; what follows is the note."""
    name, _, note = text.strip(" ，,、；;。").partition(" ")
    return name[:MAX_NAME], note.strip(" ，,、；;。")[:MAX_NOTE]


def _masked_name(name: str, phone: str) -> str:
    return f"{name}（{masked(phone)}）" if phone else name


def _with_wishes(who: str, entry: ledger.Entry, plan: Plan) -> str:
    details = entry.fact.details
    wished = details.get("wished")
    parts = (
        details.get("level"),
        short(plan, wished) if wished else details.get("major"),
        details.get("track"),
    )
    said = " · ".join(part for part in parts if part)
    return f"{who} {said}".strip()


def _reported_before(request: Request, tx: Tx, number: int) -> Reply:
    if request.chat.group:
        return moved_away(request, "lead.again_in_group")
    old = ledger.entry(tx, number)
    if old is not None and old.fact.person == request.who.id:
        same_day = day_of(old.fact.happened_at) == day_of(request.at)
        when = clock(old.fact.happened_at) if same_day else day(old.fact.happened_at)
        return Reply(text=say("lead.own_again", when=when, number=number))
    when = day(old.fact.happened_at) if old is not None else ""
    return Reply(text=say("lead.taken", when=when))


def moved_away(request: Request, key: str, **values: Any) -> Reply:
    """The answer to a lead typed in a group: no name, no number, the message removed (C7)."""
    moved = say("lead.moved" if request.can.delete else "lead.please_recall")
    who = address(request.who, request.plan)
    return Reply(text=say(key, who=who, moved=moved, **values), deletes=request.can.delete)
