"""授权 and 收回授权: an administrator grants roles beyond the roster, never to themselves."""

from commands.chat.errors import Refusal
from commands.chat.messages import Reply
from commands.chat.requests import Asking, Request, command
from commands.conversation import proposals
from commands.filing import trail
from commands.filing.rights import MEANT, is_oneself, somebody_stays
from commands.grammar.slots import Slot
from commands.wording.formats import short
from commands.wording.sentences import say
from db import grants
from db.engine.tx import Tx
from db.people import ADMIN, OFFICER, ROLES, Person

SLOTS = (
    Slot(name="person", kind="person", required=True, ask="ask.person"),
    Slot(name="unit", kind="unit"),
    Slot(name="role", kind="choice", choices=ROLES),
)


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
    """Give a person a role, or lend them to another unit as its 宣传员 (C19)."""
    person, role, unit = _meant(request)
    if is_oneself(request, person):
        raise Refusal(say("grant.yourself"))
    if role in person.roles and not unit:
        raise Refusal(say("grant.has", name=person.name, role=role))
    what = _named(request, role, unit)
    if not request.confirmed:
        return proposals.propose(tx, request, say("grant.will", name=person.name, what=what))
    if not grants.grant(tx, person.id, role, unit, at=request.now, by=request.who.id):
        raise Refusal(say("grant.has", name=person.name, role=what))
    trail.note(request, tx, action="grant", subject=person.staff_no)
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
    """Take back a grant; a role from the roster must be changed in the roster."""
    person, role, unit = _meant(request)
    what = _named(request, role, unit)
    if role == ADMIN and not somebody_stays(request, tx, person):
        raise Refusal(say("grant.last_admin", name=person.name))
    if not request.confirmed:
        return proposals.propose(tx, request, say("grant.will_end", name=person.name, what=what))
    if not grants.take_back(tx, person.id, role, unit, at=request.now):
        raise Refusal(say("grant.none", name=person.name, what=what))
    trail.note(request, tx, action="ungrant", subject=person.staff_no)
    return Reply(text=say("grant.ended", name=person.name, what=what))


def _meant(request: Request) -> tuple[Person, str, str]:
    """The person, the role, and the other unit it is for ("": none)."""
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
