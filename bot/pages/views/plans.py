"""口径 and 方案: how the plan is read, its revisions, and what one changed of another."""

from typing import Any

from bot.pages.door import NotShown
from bot.pages.views.lists import number
from bot.pages.visits import Shown, Visit
from bot.wording import say
from db import plans
from db.engine.tx import Reading
from db.plans import Revision
from scoring.plandiff import changes
from scoring.planshow import read_as
from scoring.switches import SWITCHES, code, word
from scoring.values import frozen


@frozen
class Read:
    """A reading: its number, note, clause, value in words and the other values it can have, both
    empty where nothing can be switched."""

    number: str
    note: str
    clause: str
    value: str
    others: tuple[str, ...]
    items: tuple[str, ...]


def readings(visit: Visit, _tx: Reading) -> Shown:
    """Every reading of the plan in force, with the values that it can be switched to."""
    plan = visit.plan
    return Shown(
        data={
            "plan": plan,
            "rows": [
                Read(
                    number=one.number,
                    note=one.source.note,
                    clause=one.source.clause,
                    value=read_as(one) if one.number in SWITCHES else "",
                    others=_others(one.number, one.value),
                    items=tuple(item.word for item in plan.items if one.number in item.readings),
                )
                for one in plan.readings.values()
            ],
        }
    )


def _others(reading: str, value: Any) -> tuple[str, ...]:
    if reading not in SWITCHES:
        return ()
    values = SWITCHES[reading].values
    return tuple(word(reading, one) for one in values if code(one) != code(value))


def show(visit: Visit, tx: Reading) -> Shown:
    """The revisions of each year, and the differences between two of one year."""
    shelf = plans.kept(tx)
    in_force = {year: found for year in shelf.by_year if (found := shelf.revision(year, visit.now))}
    year = number(visit, "year") or visit.plan.year
    new, old = number(visit, "new"), number(visit, "old")
    revisions = {one.number: one for one in shelf.by_year.get(year, ())}
    compared: tuple[Revision, Revision] | None = None
    if new or old:
        if new not in revisions or old not in revisions:
            raise NotShown(say("pages.no_revision"), 404)
        compared = revisions[old], revisions[new]
    return Shown(
        data={
            "years": {one: list(reversed(found)) for one, found in shelf.by_year.items()},
            "in_force": {one: found.number for one, found in in_force.items()},
            "compared": compared,
            "changes": [str(one) for one in changes(compared[0].plan, compared[1].plan)]
            if compared
            else [],
        }
    )
