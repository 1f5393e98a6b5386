"""One report: what it is, what was decided on it, its pictures, and what can be said of it."""

from bot.pages import pictures
from bot.pages.door import NotShown
from bot.pages.views.lists import number
from bot.pages.visits import Shown, Visit
from bot.wording import say
from commands.filing import describe
from commands.leads import identity
from commands.scores import grounds
from commands.scores.why import may_see_lead
from commands.wording.formats import short
from db import ledger
from db.engine.tx import Reading

LEAD = "lead"


def entry_of(visit: Visit, tx: Reading) -> ledger.Entry:
    """The report that the address names. Raises NotShown if there is none, or for a lead that is
    not the visitor's to see."""
    entry = ledger.entry(tx, number(visit, "number"))
    if entry is None or (entry.fact.kind == LEAD and not may_see_lead(visit, entry)):
        raise NotShown(say("pages.no_fact"), 404)
    return entry


def show(visit: Visit, tx: Reading) -> Shown:
    """The report with its story, as 为什么 #12 tells it; a lead masked."""
    entry = entry_of(visit, tx)
    by = visit.people.by_id.get(entry.fact.person)
    lead = entry.fact.kind == LEAD
    return Shown(
        data={
            "entry": entry,
            "what": identity.described(tx, visit.plan, entry, full=False)
            if lead
            else describe.what(visit, entry),
            "unit": short(visit.plan, entry.fact.unit),
            "unit_code": entry.fact.unit,
            "by": by.name if by else "",
            "link": entry.link if entry.link.startswith(("http://", "https://")) else "",
            "state": ledger.stands(tx, entry.number).state,
            "story": [
                grounds.decided(
                    "why.decided_reason" if one.reason else "why.decided", visit, entry, one
                )
                for one in ledger.decided(tx, entry.number)
            ],
            "pictures": pictures.of(visit, tx, [entry]).get(entry.number, []),
        }
    )
