"""授权 and 收回授权: an administrator grants roles beyond the roster, for good or until a day, and
never to themselves."""

from commands.chat.errors import Refusal
from commands.chat.messages import Reply
from commands.chat.requests import Asking, Request, command
from commands.conversation import proposals
from commands.filing import trail
from commands.filing.rights import MEANT, is_oneself, somebody_stays
from commands.grammar.slots import Slot
from commands.wording.formats import day, day_end, short
from commands.wording.sentences import say
from db import grants
from db.engine.tx import Tx
from db.people import ADMIN, OFFICER, ROLES, Person
from scoring.moments import DAY, Instant, day_of, end_of

SLOTS = (
    Slot(name="person", kind="person", required=True, ask="ask.person"),
    Slot(name="unit", kind="unit"),
    Slot(name="role", kind="choice", choices=ROLES),
)


LONGEST = 731 * DAY
"""A later end is taken for a slip of the pen."""


@command(
    "grant",
    "授权",
    roles=ADMIN,
    slots=(*SLOTS, Slot(name="until", kind="when")),
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
    what, until = _named(request, role, unit), end_named(request, LONGEST)
    by = say("grant.until", until=day_end(until)) if until else ""
    if not request.confirmed:
        text = say("grant.will", name=person.name, what=what, until=by)
        return proposals.propose(tx, request, text)
    at, who = request.now, request.who.id
    if not grants.grant(tx, person.id, role, unit, at=at, by=who, until=until):
        raise Refusal(say("grant.has", name=person.name, role=what))
    end = f" {day_of(until - 1)}" if until else ""
    trail.note(request, tx, action="grant", subject=f"{person.staff_no} {role}{end}")
    return Reply(text=say("grant.done", name=person.name, what=what, until=by))


def end_named(request: Request, longest: int) -> Instant | None:
    """The first instant after the day named as the end; None without one. Raises Refusal for one
    that has passed or is too far away."""
    named: Instant | None = request.args.get("until")
    if named is None:
        return None
    until = end_of(day_of(named))
    if until <= request.now:
        raise Refusal(say("grant.past", day=day(named)))
    if until - request.now > longest:
        year = day_of(named).year
        raise Refusal(say("grant.too_far", year=year, day=day(named), most=longest // DAY))
    return until


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
