"""抹除: remove a person from what is stored, on demand and confirmed by a second person; 拒联
keeps the number from being reported again (C7). What was counted stays counted."""

from collections.abc import Iterable
from dataclasses import replace

from commands.admissions import named, traces
from commands.chat.errors import Refusal
from commands.chat.messages import Notice, Reply
from commands.chat.requests import Asking, Request, command
from commands.conversation import copying, proposals
from commands.filing import trail
from commands.filing.deciders import deciders, matter, same_hand
from commands.filing.numbers import spans
from commands.filing.record import judge
from commands.grammar.slots import Slot
from commands.leads import identity, recall
from commands.wording.formats import address, masked
from commands.wording.sentences import lines, say
from db import erasures, leadtext, ledger, line
from db.engine.tx import Reading, Tx
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
    planless=True,
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
    found = [entry for entry in found if not leadtext.is_erased(tx, entry.number)]
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
    numbers = [entry.number for entry in found]
    listed = spans(numbers)
    shown = say("erase.preview", total=len(found), numbers=listed) if found else ""
    people = (identity.opened(tx, number)[0] for number in numbers)
    cases = [case for number in numbers for case in erasures.cases_about(tx, number)]
    elsewhere = named.entries(tx, named.speaker(people, [phone]), [*numbers, *cases])
    also_named = named.warning(elsewhere)
    also = say("erase.also_refuse") if refuse else ""
    asked = say("erase.asked", names="、".join(p.name for p in others[:3]))
    text = lines(shown + also, asked, also_named)
    card = lines(
        say("erase.card", name=request.who.name, phone=masked(phone)),
        shown + also,
        also_named,
    )
    label = say("erase.confirm", numbers=listed) if found else say("erase.confirm_refuse")
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
        others = [
            one
            for one in asking.people.with_role(role)
            if one.id not in barred and not same_hand(asking.people, asking.who.id, one)
        ]
        if others:
            return role, others
    return OTHERS, []


# --- what goes ----------------------------------------------------------------------------


def _erase(
    request: Request, tx: Tx, found: list[ledger.Entry], phone: str, *, refuse: bool
) -> Reply:
    second = request.second or request.who
    fresh = [entry for entry in found if not leadtext.is_erased(tx, entry.number)]
    names = {entry.number: identity.opened(tx, entry.number)[:2] for entry in fresh}
    for entry in fresh:  # nobody takes the place of who is erased
        line.forget_claim(tx, entry.topic, entry.claim)
    for entry in fresh:
        trail.note(request, tx, action="erase", subject=f"#{entry.number}", person=second)
        stands = ledger.stands(tx, entry.number)
        if stands.waits and stands.state is not State.ACCEPTED:
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
    says = named.speaker((name for name, _ in names.values()), phones)
    about = [*names, *(case for number in names for case in erasures.cases_about(tx, number))]
    words = {number: (name, masked(said)) for number, (name, said) in names.items()}
    traces.forget(tx, request.now, says, about, words)
    others_named = named.asked(
        request, tx, named.entries(tx, says, about), dict.fromkeys((request.who, second))
    )
    if refuse:
        erasures.refuse(tx, phone, request.now, request.who.id)
    also = say("erase.refused") if refuse else ""
    told = say("erase.done", also=also)
    shown = spans(names)
    asker = Notice(
        text=told + say("erase.to_parents", words=say("erase.to_say")),
        buttons=(copying.button(say("button.copy_told"), say("erase.to_say")),),
        person=request.who.id,
        key=f"erased:{request.now}:{request.who.id}:{shown}",
    )
    others = {entry.fact.person for entry in fresh} - {request.who.id}
    notices = tuple(
        Notice(
            text=say("erase.reporter", numbers=shown),
            person=person,
            key=f"erased:{request.now}:{person}:{shown}",
        )
        for person in sorted(others)
    )
    text = say("erase.confirmed", numbers=shown, also=also)
    return Reply(text=text, notices=(asker, *notices, *others_named))
