"""代班: somebody stands in for a decider, with an end.

A deputy has the roles of whom they stand in for, and decides on nothing that is their own or that
person's own; `filing.deciders` keeps that. It is nobody's second signature beside that person, and
it cannot be handed on.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from commands.chat.errors import Refusal
from commands.chat.messages import Notice, Reply
from commands.chat.requests import Request, command
from commands.conversation import proposals
from commands.filing import trail
from commands.filing.deciders import DECIDERS
from commands.filing.rights import is_oneself, roles_text
from commands.grammar.slots import Slot
from commands.office.grants import end_named
from commands.wording.formats import day_end, short
from commands.wording.sentences import lines, say
from db import grants
from db.engine.tx import Tx
from db.people import ADMIN, Person, bound_with_role
from scoring.moments import DAY, day_of

LONGEST = 184 * DAY
"""Whoever is away longer has somebody in their place, not a deputy."""

DESK = "招办"
"""The role that sees children's numbers: handing it on takes a second person."""


@command(
    "deputy",
    "代班",
    roles=f"{DECIDERS} {ADMIN}",
    slots=(
        Slot(name="whose", kind="people", choices=("替",)),
        Slot(name="named", kind="people"),
        Slot(name="stop", kind="flag", choices=("结束", "收回")),
        Slot(name="until", kind="when", required=True, unless="stop", ask="ask.deputy"),
    ),
    planless=True,
    never_bare=True,
    private=True,
    example="代班 李某 到 4月20日",
)
def deputy(request: Request, tx: Tx) -> Reply:
    """Have somebody stand in for the asker or, as 管理员, for somebody named, until a day; or end
    it."""
    whose, person = _named(request)
    if request.args.get("stop"):
        return _end(request, tx, whose, person)
    roles = _roles(request, whose, person)
    until = end_named(request, LONGEST)
    if until is None:
        raise Refusal(say("deputy.which"))
    said = {
        "name": person.name,
        "unit": short(request.plan, person.unit),
        "whose": whose.name,
        "roles": roles_text(roles),
        "until": day_end(until),
    }
    if DESK in roles and whose.id == request.who.id and request.second is None:
        return _ask_admin(request, tx, person, said)
    if not request.confirmed:
        return proposals.propose(tx, request, _preview(request, person, said))
    if request.second is not None and is_oneself(replace(request, who=request.second), person):
        raise Refusal(say("deputy.second_is_deputy"))
    grants.end_instead(tx, person.id, whose.id, at=request.now)
    for role in roles:
        grants.grant(
            tx,
            person.id,
            role,
            "",
            at=request.now,
            by=request.who.id,
            until=until,
            instead_of=whose.id,
        )
    subject = f"{person.staff_no} → {whose.staff_no} {said['roles']} {day_of(until - 1)}"
    trail.note(request, tx, action="deputy", subject=subject)
    if request.second is not None:
        trail.note(request, tx, action="second", subject=subject, person=request.second)
    told = tuple(_told(request, whose, person, said))
    return Reply(text=say("deputy.done", **said), notices=told)


def _named(request: Request) -> tuple[Person, Person]:
    """Whose place is taken, and by whom. Raises Refusal."""
    whose, named = request.args.get("whose", ()), request.args.get("named", ())
    people = (*whose, *named)
    if len(people) != (2 if whose else 1):
        raise Refusal(say("deputy.which"))
    found = [request.people.by_id[one.id] for one in people]
    principal, person = found if whose else (request.who, found[0])
    if principal.id != request.who.id and ADMIN not in request.who.roles:
        raise Refusal(say("deputy.not_for_others"))
    return principal, person


def _roles(request: Request, whose: Person, person: Person) -> frozenset[str]:
    """The roles to hand on. Raises Refusal where there is none, or where they would come to
    whoever asks for it, or to somebody who has them."""
    mine = frozenset(DECIDERS.split())
    roles = whose.own_roles & mine
    if not roles:
        if whose.roles & mine:
            raise Refusal(say("deputy.borrowed"))
        own = whose.id == request.who.id
        raise Refusal(say("deputy.of_whom") if own else say("deputy.nothing", name=whose.name))
    if person.id == whose.id or is_oneself(request, person):
        raise Refusal(say("deputy.yourself"))
    if not roles - person.own_roles:
        raise Refusal(say("deputy.has", name=person.name, roles=roles_text(roles)))
    return roles - person.own_roles


def _preview(request: Request, person: Person, said: Mapping[str, str]) -> str:
    bound = person.id in request.people.addresses
    unbound = "" if bound else say("deputy.unbound", name=person.name)
    return lines(say("deputy.will", **said), say("deputy.limits", **said), unbound)


def _ask_admin(request: Request, tx: Tx, person: Person, said: Mapping[str, str]) -> Reply:
    """Put it before the administrators, but whoever would stand in."""
    beside = {request.who.id, person.id}
    admins = [one for one in bound_with_role(request.people, ADMIN) if one.id not in beside]
    if not admins:
        raise Refusal(say("deputy.no_admin"))
    number = proposals.keep(tx, request, answerer=proposals.SECOND_ADMIN)
    text = say("deputy.card", asker=request.who.name, said=_preview(request, person, said))
    buttons = (proposals.answer_buttons(number),)
    names = "、".join(one.name for one in admins[:3])
    return Reply(
        text=lines(say("deputy.will", **said), say("deputy.asked", names=names)),
        buttons=(proposals.answer_buttons(number, mine=False),),
        notices=tuple(
            Notice(text=text, person=one.id, buttons=buttons, key=f"deputy:{number}:{one.id}")
            for one in admins
        ),
    )


def _told(
    request: Request, whose: Person, person: Person, said: Mapping[str, str]
) -> Iterator[Notice]:
    """To the deputy, to whom they stand in for, and to the head of the deputy's unit."""
    heads = request.people.heads(person.unit)
    keys = {
        **dict.fromkeys((one.id for one in heads), "deputy.told_head"),
        whose.id: "deputy.told_whose",
        person.id: "deputy.told",
    }
    keys.pop((request.second or request.who).id, None)
    for listener, key in keys.items():
        yield Notice(
            text=say(key, **said),
            person=listener,
            key=f"deputy:{person.id}:{whose.id}:{request.now}:{listener}",
        )


def _end(request: Request, tx: Tx, whose: Person, person: Person) -> Reply:
    said = {"name": person.name, "whose": whose.name}
    if not any(one.id == whose.id for _, one in person.stands_for):
        raise Refusal(say("deputy.none", **said))
    if not request.confirmed:
        return proposals.propose(tx, request, say("deputy.will_end", **said))
    grants.end_instead(tx, person.id, whose.id, at=request.now)
    subject = f"{person.staff_no} → {whose.staff_no}"
    trail.note(request, tx, action="undeputy", subject=subject)
    notice = Notice(
        text=say("deputy.told_end", **said),
        person=person.id,
        key=f"undeputy:{person.id}:{whose.id}:{request.now}",
    )
    return Reply(text=say("deputy.ended", **said), notices=(notice,))
