"""月报: the months as reported, with their seal, what was corrected later, and their files."""

from bot.pages.door import NotShown
from bot.pages.visits import Shown, Visit
from bot.wording import say
from commands.conversation.seconds import ASSESSORS
from commands.months.report import Report
from commands.months.stored import from_json
from db import months
from db.engine.tx import Reading
from db.months import Frozen
from scoring import months as monthly
from scoring.moments import day_of, month_of
from scoring.plan import Plan
from scoring.values import frozen


@frozen
class Reported:
    """A frozen month: its plan, who froze and who confirmed it."""

    plan: Plan
    kept: Frozen
    by: str
    second: str


def show(visit: Visit, tx: Reading) -> Shown:
    """All frozen months, and the one that the address names."""
    names = months.names(tx)
    found = [
        Reported(
            plan=plan,
            kept=one,
            by=names.get(one.by, ""),
            second=names.get(one.confirmed_by, ""),
        )
        for plan in visit.world.plans.known(visit.now)
        for one in months.all_frozen(tx, plan)
    ]
    found.reverse()
    wanted = visit.given.get("month", "")
    chosen = next((one for one in found if one.kept.month == wanted), None)
    if wanted and chosen is None:
        raise NotShown(say("pages.no_month"), 404)
    last = monthly.previous(month_of(day_of(visit.now)))
    report = from_json(Report, chosen.kept.document) if chosen else None
    return Shown(
        data={
            "found": found,
            "chosen": chosen,
            "report": report,
            "last": "" if any(one.kept.month == last for one in found) else last,
            "freezes": ASSESSORS in visit.who.roles,
        }
    )
