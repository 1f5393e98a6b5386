"""Roles with an end, and how they add to what people have without one."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sqlalchemy import select

from db.engine.tx import Reading
from db.schema import grants
from scoring.moments import Instant

if TYPE_CHECKING:
    from db.people import Person


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A grant with an end. `instead_of`: the person whose role it is; None: one's own."""

    person: int
    role: str
    unit: str
    since: Instant
    until: Instant
    instead_of: int | None


_EVERY = (
    select(
        grants.c.person,
        grants.c.role,
        grants.c.unit,
        grants.c.since,
        grants.c.until,
        grants.c.instead_of,
    )
    .where(grants.c.until.is_not(None))
    .order_by(grants.c.id)
)


def every(tx: Reading) -> tuple[Term, ...]:
    """All grants with an end, also those that have ended."""
    return tuple(Term(**row._asdict()) for row in tx.run(_EVERY))


def given(person: "Person", role: str, unit: str) -> "Person":
    """The person with a role for themselves, or lent to a unit."""
    if unit:
        return replace(person, lent=person.lent | {unit})
    return replace(person, roles=person.roles | {role})


def with_terms(people_of: Mapping[int, "Person"], running: Iterable[Term]) -> dict[int, "Person"]:
    """The people with these roles: first those of their own, then those of whom they stand in for,
    who must still have them."""
    found = dict(people_of)
    deputies = []
    for one in running:
        if one.instead_of is not None:
            deputies.append((one, one.instead_of))
        elif one.person in found:
            found[one.person] = given(found[one.person], one.role, one.unit)
    own = dict(found)
    for one, instead_of in deputies:
        person, principal = own.get(one.person), own.get(instead_of)
        if person is None or principal is None:
            continue
        if one.role in principal.roles and one.role not in person.roles:
            now = found[one.person]
            found[one.person] = replace(
                now,
                roles=now.roles | {one.role},
                stands_for=(*now.stands_for, (one.role, principal)),
            )
    return found
