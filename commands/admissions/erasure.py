"""抹除: remove a person from what is stored, on demand and confirmed by a second person; 拒联
keeps the number from being reported again (C7). What was counted stays counted."""

import io
import json
import zipfile
from collections.abc import Iterable
from dataclasses import replace

from commands.chat.errors import Refusal
from commands.chat.messages import Notice, Reply
from commands.chat.requests import Asking, Request, command
from commands.conversation import proposals
from commands.conversation.postbox import unpack
from commands.filing import trail
from commands.filing.deciders import deciders, matter
from commands.filing.numbers import spans
from commands.filing.record import judge
from commands.grammar.folding import fold
from commands.grammar.slots import Slot
from commands.leads import identity, recall
from commands.wording.formats import address, masked
from commands.wording.sentences import lines, say
from db import erasures, ledger
from db.engine.tx import Reading, Row, Tx
from db.engine.vault import Unsealable
from db.people import Person
from scoring.facts import State, Verb

DESK, OTHERS = "招办", "考核组"


@command(
    "erase",
    "抹除",
    slots=(
        Slot(name="number", kind="number"),
        Slot(
            name="phone",
            kind="phone",
            required=True,
            unless="number",
            ask="ask.erase_phone",
        ),
        Slot(name="refuse", kind="flag", choices=("拒联",)),
    ),
    example="抹除 13800138000 拒联",
    private=True,
)
def erase(request: Request, tx: Tx) -> Reply:
    """Show what would be erased, ask a second person, and erase it once they confirm."""
    phone, refuse = _phone(request, tx), bool(request.args.get("refuse"))
    found = _found(tx, phone)
    own = any(entry.fact.person == request.who.id for entry in found)
    if not (own or DESK in request.who.roles):
        # Same words either way: they must not reveal whether somebody else reported it.
        raise Refusal(say("erase.not_yours"))
    if request.confirmed:
        if request.second not in _others(request, found)[1]:
            raise Refusal(say("dialogue.not_yours_to_answer"))
        return _erase(request, tx, found, phone, refuse=refuse)
    found = [entry for entry in found if not identity.is_erased(tx, entry.number)]
    if not found and not refuse:
        raise Refusal(say("erase.unknown"))
    asked = _ask_second(request, tx, found, phone, refuse=refuse)
    if not request.chat.group:
        return asked
    please = recall.asked(request, say("recall.phone_left", who=address(request.who, request.plan)))
    if request.can.delete:
        return replace(asked, deletes=True, otherwise=please)
    return replace(asked, notices=(*asked.notices, *please.notices))


def _phone(request: Request, tx: Reading) -> str:
    """The phone number given, or that of the lead given; a button never carries a phone number."""
    said: str | None = request.args.get("phone")
    if said:
        return said
    number: int = request.args["number"]
    entry = ledger.entry(tx, number)
    if entry is not None and entry.fact.kind == "lead":
        mine = entry.fact.person == request.who.id or DESK in request.who.roles
        phone = identity.opened(tx, number)[1] if mine else ""
        if not mine:
            raise Refusal(say("erase.not_yours"))
        if phone:
            return phone
    raise Refusal(say("erase.no_number", number=number))


def _found(tx: Reading, phone: str) -> list[ledger.Entry]:
    """The leads with a phone number, with the versions that they replaced or that replaced them."""
    numbers = erasures.of_number(tx, phone)
    found: dict[int, ledger.Entry] = {}
    while numbers:
        entry = ledger.entry(tx, numbers.pop())
        if entry is None or entry.number in found:
            continue
        found[entry.number] = entry
        numbers += erasures.corrections(tx, entry.fact.person, entry.number)
        if entry.supersedes is not None:
            numbers.append(entry.supersedes)
    return [found[number] for number in sorted(found)]


# --- the second person --------------------------------------------------------------------


def _ask_second(
    request: Request, tx: Tx, found: list[ledger.Entry], phone: str, *, refuse: bool
) -> Reply:
    role, others = _others(request, found)
    if not others:
        raise Refusal(say("erase.no_second", role=role))
    number = proposals.keep(tx, request, answerer=f"role:{role}")
    for entry in found:
        trail.note(request, tx, action="erase_asked", subject=f"#{entry.number}")
    named = spans(entry.number for entry in found)
    shown = say("erase.preview", total=len(found), numbers=named) if found else ""
    also = say("erase.also_refuse") if refuse else ""
    text = lines(shown + also, say("erase.asked", names="、".join(p.name for p in others[:3])))
    card = lines(
        say("erase.card", name=request.who.name, phone=masked(phone)),
        shown + also,
    )
    label = say("erase.confirm", numbers=named) if found else say("erase.confirm_refuse")
    yes, no = proposals.answer_buttons(number, label)
    notices = tuple(
        Notice(text=card, person=one.id, buttons=((yes, no),), key=f"erase:{number}:{one.id}")
        for one in others
    )
    return Reply(text=text, buttons=((no,),), notices=notices)


def _others(asking: Asking, found: Iterable[ledger.Entry]) -> tuple[str, list[Person]]:
    """Who can confirm: 招办, or 考核组 for 招办's own leads or where 招办 has nobody else."""
    plan = asking.plan
    matters = [matter(plan, asking.people, entry.fact) for entry in found]
    own = any(DESK not in deciders(plan, "lead", what.units) for what in matters)
    barred = {asking.who.id}.union(*(what.people for what in matters))
    for role in (OTHERS,) if own else (DESK, OTHERS):
        others = [one for one in asking.people.with_role(role) if one.id not in barred]
        if others:
            return role, others
    return OTHERS, []


# --- what goes ----------------------------------------------------------------------------


def _erase(
    request: Request, tx: Tx, found: list[ledger.Entry], phone: str, *, refuse: bool
) -> Reply:
    second = request.second or request.who
    fresh = [entry for entry in found if not identity.is_erased(tx, entry.number)]
    names = {entry.number: identity.opened(tx, entry.number)[:2] for entry in fresh}
    for entry in fresh:
        trail.note(request, tx, action="erase", subject=f"#{entry.number}", person=second)
        if ledger.stands(tx, entry.number).state is State.WAITING:
            # Nobody can be called any more: the lead leaves the queue, and no points change.
            judge(request, tx, entry, Verb.WITHDRAW)
        erasures.erase(
            tx,
            entry.number,
            reported_at=entry.fact.recorded_at,
            now=request.now,
            asked_by=request.who.id,
            confirmed_by=second.id,
        )
    phones = {phone, *(number for _, number in names.values() if number)}
    _take_back(request, tx, phones, names)
    if refuse:
        erasures.refuse(tx, phone, request.now, request.who.id)
    also = say("erase.refused") if refuse else ""
    told = say("erase.done", also=also)
    named = spans(names)
    asker = Notice(
        text=told + say("erase.to_parents"),
        person=request.who.id,
        key=f"erased:{request.now}:{request.who.id}:{named}",
    )
    others = {entry.fact.person for entry in fresh} - {request.who.id}
    notices = tuple(
        Notice(
            text=say("erase.reporter", numbers=named),
            person=person,
            key=f"erased:{request.now}:{person}:{named}",
        )
        for person in sorted(others)
    )
    return Reply(text=say("erase.confirmed", numbers=named, also=also), notices=(asker, *notices))


def _take_back(asking: Asking, tx: Tx, phones: set[str], names: dict[int, tuple[str, str]]) -> None:
    """Blank unsent messages, drafts and open proposals that would bring the person back."""
    told = {
        f"#{number}": [word for word in (name, masked(phone)) if word]
        for number, (name, phone) in names.items()
    }

    def speaks(text: str) -> bool:
        return any(number in text for number in phones) or any(
            mark in text and any(word in text for word in words) for mark, words in told.items()
        )

    def message(row: Row) -> bool:
        try:
            unpacked = unpack(row, tx.vault)
        except Unsealable:
            return False
        return speaks(unpacked.text) or any(_holds(f.data, phones) for f in unpacked.files)

    def draft(sealed: bytes) -> bool:
        return any(number in _digits(tx, sealed, b"dialogue") for number in phones)

    def proposal(sealed: bytes) -> bool:
        body = json.loads(_opened(tx, sealed, b"proposal") or "{}")
        file = body.get("file")
        if file and _holds(bytes.fromhex(file[1]), phones):
            return True
        return any(number in _plain(body.get("line", "")) for number in phones)

    erasures.unsay(tx, asking.now, message)
    erasures.forget_drafts(tx, draft)
    erasures.forget_proposals(tx, proposal)


def _opened(tx: Reading, sealed: bytes, context: bytes) -> str:
    try:
        return tx.vault.open(sealed, context).decode()
    except Unsealable:
        return ""


def _digits(tx: Reading, sealed: bytes, context: bytes) -> str:
    return _plain(_opened(tx, sealed, context))


def _plain(text: str) -> str:
    """The text with digits as phone numbers are stored, however they were spaced."""
    return "".join(char for char in fold(text) if char not in " -.–")


def _holds(data: bytes, phones: Iterable[str]) -> bool:
    """Whether a file, or any part of a workbook, contains one of the phone numbers."""
    wanted = [phone.encode() for phone in phones]
    parts = [data]
    if zipfile.is_zipfile(io.BytesIO(data)):
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            parts = [packed.read(name) for name in packed.namelist() if name.endswith(".xml")]
    return any(phone in part for part in parts for phone in wanted)
