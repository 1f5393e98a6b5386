"""What importing a roster would do to whoever brings it: nobody raises their own rights, or leaves
the school without an administrator, on their own word."""

from collections.abc import Iterator

from commands.roster.enrolment import PLAIN, Changes
from commands.wording.sentences import say
from db import grants, people
from db.engine.tx import Reading
from db.people import ADMIN, Person
from scoring.moments import Instant


def concerns(tx: Reading, changes: Changes, who: Person, now: Instant) -> str:
    """Why a second administrator has to agree; "" if nobody has to."""
    return "".join(_concerns(tx, changes, who, now))


def _concerns(tx: Reading, changes: Changes, who: Person, now: Instant) -> Iterator[str]:
    after = _roles_after(tx, changes, now)
    moved = {(move.platform, move.account): move.row.staff_no for move in changes.moved}
    addresses = people.directory(tx).addresses
    own = [(one.platform, one.account) for one in addresses.get(who.id, ())]
    numbers = {who.staff_no, *(moved[one] for one in own if one in moved)}
    roles = frozenset().union(*(after.get(number, frozenset()) for number in numbers))
    if gained := roles - who.own_roles - PLAIN:
        listed = "、".join(sorted(gained, key=people.ROLES.index))
        yield say("enrolment.raises", roles=listed)
    speaks_for = {moved.get(one, who.staff_no) for one in own}
    if ADMIN in who.roles and not any(ADMIN in after.get(one, ()) for one in speaks_for):
        yield say("enrolment.loses", role=ADMIN)
    if not _can_press(tx, changes, after):
        yield say("enrolment.nobody_left", role=ADMIN)


def _roles_after(tx: Reading, changes: Changes, now: Instant) -> dict[str, frozenset[str]]:
    """工号 -> the roles that everybody would have, granted ones included."""
    ids = people.everybody(tx)
    granted = grants.roles_granted(tx, now)
    listed = people.listed(tx)
    after = {row.staff_no: row.roles for row in changes.roster.rows}
    if people.FOUNDER in listed:
        after.setdefault(people.FOUNDER, listed[people.FOUNDER].roles)
    return {
        number: roles | granted.get(ids.get(number, 0), frozenset())
        for number, roles in after.items()
    }


def _can_press(tx: Reading, changes: Changes, after: dict[str, frozenset[str]]) -> bool:
    """Whether an administrator with an account would remain."""
    numbers = {number: staff_no for staff_no, number in people.everybody(tx).items()}
    holders = {one: numbers[held] for one, held in people.account_holders(tx).items()}
    holders |= {(platform, account): row.staff_no for platform, account, row in changes.bound}
    holders |= {(move.platform, move.account): move.row.staff_no for move in changes.moved}
    return any(ADMIN in after.get(staff_no, ()) for staff_no in holders.values())
