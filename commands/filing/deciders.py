"""Who may decide on what (contracts 2, "Who decides"). Pure: roles and units in, an answer out.

Nobody decides on their own. A matter belongs to its reporter, to the reporter's unit, to the unit
it was reported for (C19) and to every unit that shares a video account with one of these (A16). A
person belongs to their unit and to the units they are lent to. Every card, queue, reminder and
second signature asks here.
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Protocol, TypeVar

from db.appeals import KINDS
from db.people import Directory, Person
from scoring.periods import account
from scoring.plan import Plan
from scoring.values import frozen

DECIDERS = "融媒体中心 考核组 院长 招办"
"""The roles that come to decide on anything at all, as a command declares them."""

# Where the regular decider would judge his own unit's facts, the other body does (A44).
_INSTEAD = {
    ("招办", "admissions"): "考核组",
    ("考核组", "school_office"): "融媒体中心",
    ("融媒体中心", "media_center"): "考核组",
}


# Whom what has waited too long is handed on to; the 院长 decides alone.
_BESIDE = {"招办": "考核组", "考核组": "融媒体中心", "融媒体中心": "考核组"}


class Reported(Protocol):
    """What a fact and a row of the queue have in common."""

    @property
    def kind(self) -> str: ...
    @property
    def unit(self) -> str: ...
    @property
    def person(self) -> int: ...


@frozen
class Matter:
    """Something to decide on: its kind, and the units and the people whose own it is. `handed`: it
    has waited too long, so the other body may decide on it too."""

    kind: str
    units: frozenset[str]
    people: frozenset[int]
    handed: bool = False

    def and_of(self, other: "Matter") -> "Matter":
        """The same kind of matter, owned by the owners of both: a case, and what it is about."""
        return Matter(
            kind=self.kind, units=self.units | other.units, people=self.people | other.people
        )


def matter(plan: Plan, people: Directory, fact: Reported, *, handed: bool = False) -> Matter:
    """A fact or a row of the queue, with everybody whose own it is."""
    reporter = people.by_id.get(fact.person)
    units = (fact.unit, reporter.unit if reporter else "")
    return Matter(
        kind=fact.kind,
        units=sharing(plan, units),
        people=frozenset({fact.person}),
        handed=handed,
    )


def sharing(plan: Plan, units: Iterable[str]) -> frozenset[str]:
    """The units, and those that share a video account with one of them (A16)."""
    return frozenset(other for unit in units if unit for other in account(plan, unit))


def is_own(who: Person, units: frozenset[str]) -> bool:
    """Whether a person belongs, or is lent, to one of the units."""
    return who.unit in units or not who.lent.isdisjoint(units)


def barred(who: Person, units: frozenset[str], role: str) -> bool:
    """Whether somebody may do nothing in a role for these units: they are their own, or those of
    each person in whose place they hold it."""
    if is_own(who, units):
        return True
    instead_of = [one for lent, one in who.stands_for if lent == role]
    return bool(instead_of) and all(is_own(one, units) for one in instead_of)


def same_hand(people: Directory, asker: int, who: Person) -> bool:
    """Whether one of two people stands in for the other, so that they are no two signatures."""
    other = people.by_id.get(asker)
    return who.stands_for_any({asker}) or (other is not None and other.stands_for_any({who.id}))


def desk_of(plan: Plan, people: Directory, fact: Reported) -> str:
    """The role by which a fact is decided: 招办, or of 招办's own leads 考核组."""
    what = matter(plan, people, fact)
    return deciders(plan, what.kind, what.units)[0]


def owns(who: Person, what: Matter) -> bool:
    """Whether it is this person's own matter."""
    return who.id in what.people or is_own(who, what.units)


def deciders(plan: Plan, kind: str, units: Iterable[str]) -> tuple[str, ...]:
    """The roles that may decide on what belongs to these units, the regular one first."""
    regular = plan.kinds[kind].deciders
    instead = tuple(
        other
        for (role, unit), other in _INSTEAD.items()
        if role in regular and unit in units and other not in regular
    )
    if "招办" in regular and instead:
        return instead
    return regular + instead


def deciders_on(plan: Plan, what: Matter) -> tuple[str, ...]:
    """The roles that may decide on a matter. A case stays with whom it is for: it may be about
    those it would be handed on to."""
    roles = deciders(plan, what.kind, what.units)
    if not what.handed or what.kind in KINDS:
        return roles
    beside = (_BESIDE[role] for role in plan.kinds[what.kind].deciders if role in _BESIDE)
    return (*roles, *(role for role in beside if role not in roles))


def may_decide(plan: Plan, who: Person, what: Matter) -> bool:
    """Whether this person may decide on it; nobody does on their own, and nobody in the place of
    somebody whose own it is."""
    return _may(who, what, deciders_on(plan, what))


def _may(who: Person, what: Matter, roles: Collection[str]) -> bool:
    if owns(who, what):
        return False
    if not who.own_roles.isdisjoint(roles):
        return True
    return any(role in roles and not owns(one, what) for role, one in who.stands_for)


def able(plan: Plan, people: Directory, what: Matter) -> Iterator[Person]:
    """Everybody who may decide on it, those of the regular role first."""
    return _each(people, what, deciders_on(plan, what))


def _each(people: Directory, what: Matter, roles: Collection[str]) -> Iterator[Person]:
    found = {person.id: person for role in roles for person in people.with_role(role)}
    return (person for person in found.values() if _may(person, what, roles))


SECONDED_BY = {"院长": "考核组"}
"""Whose decision another body seconds, since he is alone in his role (C23)."""


def seconders(plan: Plan, people: Directory, what: Matter) -> Iterator[Person]:
    """Everybody who may stand by a decision on it as the second person; nobody on their own."""
    roles = deciders(plan, what.kind, what.units)
    beside = (SECONDED_BY[role] for role in roles if role in SECONDED_BY)
    return _each(people, what, (*roles, *beside))


Waiting = TypeVar("Waiting", bound=Reported)


def decidable(
    plan: Plan,
    people: Directory,
    who: Person,
    rows: Iterable[Waiting],
    *,
    handed: Callable[[Waiting], bool] = lambda _row: False,
) -> list[Waiting]:
    """Those of the rows of the queue that this person may decide on; `handed`: whether one has
    waited too long."""
    known: dict[tuple[str, str, int, bool], bool] = {}
    found = []
    for row in rows:
        late = handed(row)
        key = row.kind, row.unit, row.person, late
        if key not in known:
            known[key] = may_decide(plan, who, matter(plan, people, row, handed=late))
        if known[key]:
            found.append(row)
    return found


def decided_kinds(plan: Plan, who: Person) -> tuple[str, ...]:
    """The kinds this person may come to decide on, for some unit."""
    roles = set(who.roles)
    stands_in = {regular for (regular, _), other in _INSTEAD.items() if other in roles}
    return tuple(
        kind.code
        for kind in plan.kinds.values()
        if not (roles | stands_in).isdisjoint(kind.deciders)
    )
