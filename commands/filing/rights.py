"""What must hold whenever somebody's rights change: nobody acts on their own, an administrator
stays, and what belongs to a unit does not leave with a person."""

from collections.abc import Iterable

from commands.chat.requests import Asking
from db.engine.tx import Reading
from db.people import ADMIN, HEAD, OFFICER, ROLES, Person, bound_with_role, listed

OF_A_UNIT = frozenset({"班主任", OFFICER, HEAD})
"""Roles that are held for one's own unit."""

MEANT = {"media_center": "融媒体中心", "admissions": "招办", "chair_office": "董办"}
"""Units whose name is also the name of a role."""


def is_oneself(asking: Asking, person: Person) -> bool:
    """Whether it is the asker under any number: the same person, or the same account elsewhere."""
    addresses = asking.people.addresses
    mine = {one.account for one in addresses.get(asking.who.id, ())}
    theirs = {one.account for one in addresses.get(person.id, ())}
    return person.id == asking.who.id or not mine.isdisjoint(theirs)


def somebody_stays(asking: Asking, tx: Reading, person: Person) -> bool:
    """Whether a school that takes 管理员 back from a person keeps one who can press a button."""
    admins = {one.id for one in bound_with_role(asking.people, ADMIN)} - {person.id}
    return bool(admins) or ADMIN in listed(tx)[person.staff_no].roles


def left_behind(person: Person) -> frozenset[str]:
    """The roles that a person gives back with their unit."""
    return person.roles & (OF_A_UNIT | {MEANT.get(person.unit, "")})


def roles_text(roles: Iterable[str]) -> str:
    """Roles in their order; a dash for none."""
    return "、".join(sorted(roles, key=ROLES.index)) or "—"
