"""The days that an address asks for."""

from datetime import date

from bot.pages.door import NotShown
from bot.pages.visits import Visit
from bot.wording import say
from scoring.moments import Instant, day_of, end_of, judged_at
from scoring.plan import Plan
from scoring.values import frozen


@frozen
class AsOf:
    """What happened up to `until` as known at `known`, judged at `judged`; both inclusive. `live`:
    it is all that there is now. `plan`: the one of that time, as known then."""

    plan: Plan
    until: Instant
    known: Instant
    judged: Instant
    live: bool


def day(given: str) -> date | None:
    """A day as an address or a date picker writes it; None for "". Raises NotShown."""
    if not given:
        return None
    try:
        return date.fromisoformat(given)
    except ValueError:
        raise NotShown(say("pages.no_day")) from None


def as_of(visit: Visit) -> AsOf:
    """The instants of `until` and `known`, as 得分 截至 reads a day: its last second. Without
    `known` it is what was known at that time. Raises NotShown for no day, or one to come."""
    first, second = day(visit.given.get("until", "")), day(visit.given.get("known", ""))
    if first is None and second is None:
        now = visit.now
        return AsOf(plan=visit.plan, until=now, known=now, judged=now, live=True)
    until = _last_second(visit, first) if first else visit.now
    known = _last_second(visit, second) if second else until
    plan = visit.world.nearest_plan(until, known)
    return AsOf(
        plan=plan,
        until=until,
        known=known,
        judged=min(judged_at(until), visit.now),
        live=False,
    )


def _last_second(visit: Visit, asked: date) -> Instant:
    if asked > day_of(visit.now):
        raise NotShown(say("pages.future"))
    return min(end_of(asked) - 1, visit.now)
