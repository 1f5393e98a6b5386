"""名册: who is on it, unit by unit, and a new file to look at before it counts."""

from bot.pages.views.lists import PAGE, chosen, number
from bot.pages.visits import Shown, Visit
from commands.wording.formats import short
from db.engine.tx import Reading
from db.people import ROLES, Person
from scoring.values import frozen


@frozen
class Listed:
    """Somebody on the roster; `bound`: the platforms on which they have an account."""

    person: Person
    unit: str
    roles: str
    bound: tuple[str, ...]


def show(visit: Visit, _tx: Reading) -> Shown:
    """A page of the roster."""
    people = sorted(visit.people.by_id.values(), key=lambda one: one.id)
    units = [unit.code for unit in visit.plan.units]
    unit, after = chosen(visit, "unit", units), number(visit, "after")
    loose = visit.given.get("loose") == "1"
    found = [
        one
        for one in people
        if (not unit or one.unit == unit) and (not loose or not visit.people.addresses.get(one.id))
    ]
    page = [one for one in found if one.id > after][:PAGE]
    return Shown(
        data={
            "rows": [_listed(visit, one) for one in page],
            "total": len(found),
            "units": [(one, short(visit.plan, one)) for one in units],
            "unit": unit,
            "loose": loose,
            "after": after,
            "next": page[-1].id if page and page[-1].id != found[-1].id else 0,
        }
    )


def _listed(visit: Visit, person: Person) -> Listed:
    addresses = visit.people.addresses.get(person.id, ())
    return Listed(
        person=person,
        unit=short(visit.plan, person.unit),
        roles="、".join(role for role in ROLES if role in person.roles),
        bound=tuple(dict.fromkeys(one.platform for one in addresses)),
    )
