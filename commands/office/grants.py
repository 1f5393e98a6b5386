"""授权 and 收回授权: roles beyond the roster, given by an administrator, never to himself."""

from commands.chat.errors import Refusal
from commands.chat.messages import Reply
from commands.chat.requests import Asking, Request, command
from commands.conversation import proposals
from commands.grammar.slots import Slot
from commands.wording.formats import short
from commands.wording.sentences import say
from db import audit, grants
from db.engine.tx import Tx
from db.people import ADMIN, OFFICER, ROLES, Person

SLOTS = (
    Slot(name="person", kind="person", required=True, ask="请写姓名或工号"),
    Slot(name="unit", kind="unit"),
    Slot(name="role", kind="choice", choices=ROLES),
)

MEANT = {"media_center": "融媒体中心", "admissions": "招办", "chair_office": "董办"}
"""Units whose name is also the word of a role."""


@command(
    "grant",
    "授权",
    roles=ADMIN,
    slots=SLOTS,
    planless=True,
    never_bare=True,
    example="授权 张三 融媒体中心",
)
def grant(request: Request, tx: Tx) -> Reply:
    """Give somebody a role, or lend him to another unit as its 宣传员 (C19)."""
    person, role, unit = _meant(request)
    if person.id == request.who.id:
        raise Refusal(say("grant.yourself"))
    if role in person.roles and not unit:
        raise Refusal(say("grant.has", name=person.name, role=role))
    what = _named(request, role, unit)
    if not request.confirmed:
        return proposals.propose(tx, request, say("grant.will", name=person.name, what=what))
    if not grants.grant(tx, person.id, role, unit, at=request.now, by=request.who.id):
        raise Refusal(say("grant.has", name=person.name, role=what))
    _noted(request, tx, "grant", person)
    return Reply(text=say("grant.done", name=person.name, what=what))


@command(
    "ungrant",
    "收回授权",
    roles=ADMIN,
    slots=SLOTS,
    planless=True,
    never_bare=True,
    example="收回授权 张三 融媒体中心",
)
def ungrant(request: Request, tx: Tx) -> Reply:
    """Take back what was granted; a role of the roster is changed in the roster."""
    person, role, unit = _meant(request)
    what = _named(request, role, unit)
    if not request.confirmed:
        return proposals.propose(tx, request, say("grant.will_end", name=person.name, what=what))
    if not grants.take_back(tx, person.id, role, unit, at=request.now):
        raise Refusal(say("grant.none", name=person.name, what=what))
    _noted(request, tx, "ungrant", person)
    return Reply(text=say("grant.ended", name=person.name, what=what))


def _meant(request: Request) -> tuple[Person, str, str]:
    """Who, which role, and for which unit ("": as such)."""
    person: Person = request.args["person"]
    role, unit = request.args.get("role"), request.args.get("unit", "")
    if role is None:
        role, unit = MEANT.get(unit, OFFICER if unit else ""), "" if unit in MEANT else unit
    if not role:
        raise Refusal(say("grant.role_missing", roles="、".join(ROLES)))
    if unit and role != OFFICER:
        raise Refusal(say("grant.only_officers"))
    return person, role, "" if unit == person.unit else unit


def _named(asking: Asking, role: str, unit: str) -> str:
    return f"{short(asking.plan, unit)} {role}" if unit else role


def _noted(request: Request, tx: Tx, action: str, person: Person) -> None:
    audit.note(
        tx,
        at=request.now,
        person=request.who.id,
        action=action,
        subject=person.staff_no,
        chat=request.chat.id,
    )
