"""调动 离职 换宣传员: the roster changed for one person, previewed and audited.

A history is only closed and opened. What belongs to a unit, its roles and classes, stays there;
nobody is handed rights by moving. Nobody changes their own entry, so an administrator stays.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from commands.chat.errors import Refusal
from commands.chat.messages import Chat, Notice, Reply
from commands.chat.requests import Asking, Request, command
from commands.conversation import proposals
from commands.filing import trail
from commands.filing.rights import is_oneself, left_behind, roles_text
from commands.grammar.slots import Slot
from commands.wording.formats import day, short
from commands.wording.sentences import lines, say
from db import grants, people
from db.engine.tx import Reading, Tx
from db.people import ADMIN, FOUNDER, OFFICER, ROLES, Person
from scoring.moments import Instant, day_of, start_of

PERSON = Slot(name="person", kind="person", required=True, ask="ask.person")
UNIT = Slot(name="unit", kind="unit", required=True, ask="ask.unit")
WHEN = Slot(name="when", kind="when")
TEACHER = frozenset(ROLES[:1])


@command(
    "move",
    "调动",
    roles=ADMIN,
    slots=(PERSON, UNIT, WHEN),
    planless=True,
    never_bare=True,
    private=True,
    example="调动 T1024 机电 4月1日",
)
def move(request: Request, tx: Tx) -> Reply:
    """Put a person into another unit, without the roles and classes of the one they leave."""
    person, unit = _other(request), request.args["unit"]
    if unit == person.unit:
        raise Refusal(say("move.there", name=person.name, unit=short(request.plan, unit)))
    at = _since(request, tx, person)
    gone = left_behind(person)
    said = {
        **_named(request, person),
        "to": short(request.plan, unit),
        "day": day(at),
        "back": _given_back(person, gone),
    }
    if not request.confirmed:
        kept = say("move.keeps", roles=roles_text(person.roles - gone or TEACHER))
        return proposals.propose(tx, request, lines(say("move.will", **said), kept, _file()))
    after = replace(_roster_entry(tx, person), unit=unit, classes=())
    after = replace(after, roles=after.roles - gone or TEACHER)
    _change(request, tx, person, after, at)
    for role in gone:
        grants.take_back(tx, person.id, role, "", at=request.now)
    subject = f"{person.staff_no} {person.unit} → {unit} {day_of(at)}"
    trail.note(request, tx, action="move", subject=subject)
    heads = (*request.people.heads(person.unit), *request.people.heads(unit))
    notices = _told(request, heads, say("move.head", **said), person)
    own = Notice(
        text=say("move.told", **said), person=person.id, key=f"{_key(request, person)}:{person.id}"
    )
    return Reply(text=say("move.done", **said), notices=(*notices, own))


@command(
    "depart",
    "离职",
    roles=ADMIN,
    slots=(PERSON, WHEN),
    planless=True,
    never_bare=True,
    private=True,
    example="离职 T1024 4月1日",
)
def depart(request: Request, tx: Tx) -> Reply:
    """Close a person's entry: their accounts are nobody's from now on, what they did stays."""
    person = _other(request)
    at = _since(request, tx, person)
    said = {**_named(request, person), "day": day(at)}
    if not request.confirmed:
        further = person.roles - TEACHER
        back = say("depart.back", roles=roles_text(further)) if further else ""
        return proposals.propose(tx, request, lines(say("depart.will", **said) + back, _file()))
    people.dismiss(tx, person.id, request.now, ended=at)
    grants.end_all(tx, person.id, at=request.now)
    _note_roles(request, tx, person, frozenset())
    trail.note(request, tx, action="depart", subject=f"{person.staff_no} {day_of(at)}")
    heads = request.people.heads(person.unit)
    notices = _told(request, heads, say("depart.head", **said), person)
    return Reply(text=say("depart.done", **said), notices=(*notices, *_farewell(request, person)))


def _farewell(request: Request, person: Person) -> Iterator[Notice]:
    """To every account the person had, since no directory leads to them any more."""
    admins = "、".join(one.name for one in request.people.with_role(ADMIN)[:3])
    for one in request.people.addresses.get(person.id, ()):
        if one.chat:
            yield Notice(
                text=say("depart.told", code=person.staff_no, admins=admins),
                chat=Chat(platform=one.platform, id=one.chat),
                key=f"{_key(request, person)}:{one.platform}:{one.account}",
            )


@command(
    "officer",
    "换宣传员",
    roles=ADMIN,
    slots=(replace(UNIT, required=False), PERSON),
    planless=True,
    never_bare=True,
    private=True,
    example="换宣传员 机电 李某",
)
def officer(request: Request, tx: Tx) -> Reply:
    """Make one member of a unit its only 宣传员."""
    person = _other(request)
    unit = request.args.get("unit", person.unit)
    name = short(request.plan, unit)
    if person.unit != unit:
        own = short(request.plan, person.unit)
        raise Refusal(say("officer.of_another", name=person.name, own=own, unit=name))
    before = [one for one in request.people.officers(unit) if one.id != person.id]
    if any(is_oneself(request, one) for one in before):
        raise Refusal(say("rights.yourself"))
    if OFFICER in person.roles and not before:
        raise Refusal(say("officer.is_already", name=person.name, unit=name))
    said = {
        **_named(request, person),
        "unit": name,
        "before": "、".join(f"{one.name}（{one.staff_no}）" for one in before)
        or say("officer.none"),
    }
    if not request.confirmed:
        bound = person.id in request.people.addresses
        unbound = "" if bound else say("officer.unbound", name=person.name)
        text = lines(say("officer.will", **said) + unbound, _file())
        return proposals.propose(tx, request, text)
    for one in before:
        entry = _roster_entry(tx, one)
        _change(request, tx, one, replace(entry, roles=entry.roles - {OFFICER} or TEACHER))
        grants.take_back(tx, one.id, OFFICER, "", at=request.now)
    if OFFICER not in person.roles:
        entry = _roster_entry(tx, person)
        _change(request, tx, person, replace(entry, roles=entry.roles | {OFFICER}))
    trail.note(request, tx, action="officer", subject=f"{unit} → {person.staff_no}")
    told = (*before, person, *request.people.heads(unit))
    notices = _told(request, told, say("officer.told", **said), None)
    return Reply(text=say("officer.done", **said), notices=tuple(notices))


# --- shared -------------------------------------------------------------------------------


def _other(request: Request) -> Person:
    """The person named. Raises Refusal for oneself under any number, and for the founder."""
    person: Person = request.args["person"]
    if is_oneself(request, person):
        raise Refusal(say("rights.yourself"))
    if person.staff_no == FOUNDER:
        raise Refusal(say("rights.founder"))
    return person


def _since(request: Request, tx: Reading, person: Person) -> Instant:
    """The first instant of the change: now, or the beginning of a named day. Raises Refusal for
    one to come, before this year, or before the person's present entry."""
    named: Instant | None = request.args.get("when")
    if named is None:
        return request.now
    first = start_of(day_of(named))
    if day_of(named) > day_of(request.now):
        raise Refusal(say("rights.to_come", day=day(named)))
    if day_of(named) < request.plan.first_day:
        raise Refusal(say("rights.before_year", year=request.plan.year))
    hired = people.hired(tx, person.id)
    if first < hired and day_of(named) < day_of(hired):
        raise Refusal(say("rights.before_entry", name=person.name, day=day(hired)))
    return max(first, hired)


def _named(asking: Asking, person: Person) -> dict[str, str]:
    unit = short(asking.plan, person.unit)
    return {"name": person.name, "code": person.staff_no, "own": unit}


def _given_back(person: Person, gone: frozenset[str]) -> str:
    if not gone:
        return ""
    classes = say("move.classes", names="、".join(person.classes)) if person.classes else ""
    return say("move.back", roles=roles_text(gone) + classes)


def _file() -> str:
    return say("rights.file")


def _roster_entry(tx: Reading, person: Person) -> Person:
    """The person as the roster has them, without granted roles."""
    return people.listed(tx)[person.staff_no]


def _change(
    request: Request, tx: Tx, before: Person, after: Person, at: Instant | None = None
) -> None:
    """Close a person's entry and open it as `after`, from `at` or now on."""
    since = request.now if at is None else at
    people.dismiss(tx, before.id, request.now, ended=since)
    people.employ(tx, after, since, request.now)
    _note_roles(request, tx, before, after.roles)


def _note_roles(request: Request, tx: Tx, before: Person, after: frozenset[str]) -> None:
    if before.roles - TEACHER != after - TEACHER:
        subject = f"{before.staff_no} {roles_text(before.roles)} → {roles_text(after)}"
        trail.note(request, tx, action="role", subject=subject)


def _key(request: Request, person: Person) -> str:
    word = request.line.partition(" ")[0]
    return f"roster:{word}:{person.staff_no}:{request.now}"


def _told(
    request: Request, listeners: Iterable[Person], text: str, about: Person | None
) -> tuple[Notice, ...]:
    """The notice to each of these but the asker and whom it is about."""
    left_out = {request.who.id, about.id if about else 0}
    ids = [one for one in dict.fromkeys(one.id for one in listeners) if one not in left_out]
    key = _key(request, request.args["person"])
    return tuple(Notice(text=text, person=one, key=f"{key}:{one}") for one in ids)
