"""线索: the desk of 招办. Numbers are masked in the list; the one lead on the desk shows its whole
number, and each showing stands in the audit trail."""

from bot.pages.views.lists import PAGE, chosen, number
from bot.pages.visits import Shown, Visit
from commands.admissions.calling import Calling
from commands.leads import card, identity
from commands.review import waiting
from commands.wording.formats import short, since
from db import leads as desk_rows
from db import ledger
from db.engine.tx import Reading
from scoring.values import frozen

LEAD = "lead"


@frozen
class Lead:
    """A lead that waits, as the list has it; `said` in full only where it is on the desk."""

    number: int
    said: str
    phone: str
    unit: str
    by: str
    since: str
    remarks: tuple[str, ...]


def show(visit: Visit, tx: Reading) -> Shown:
    """A page of the waiting leads in calling order, and the one on the desk."""
    unit = chosen(visit, "unit", list(visit.plan.by_code))
    at, after = number(visit, "lead"), number(visit, "after")
    totals = waiting.totals(visit, tx)
    calling = Calling(visit, tx, unit)
    rows = calling.behind(after, PAGE + 1)
    # A lead that was decided meanwhile gives its place to the next one.
    shown = at if not at or calling.waits(at) else _first(calling, at)
    numbers = [int(row.fact) for row in rows[:PAGE]]
    tried = desk_rows.tried_of(tx, {*numbers, shown})

    def lead(fact: int, *, full: bool) -> Lead:
        entry = ledger.entry(tx, fact)
        assert entry is not None  # noqa: S101 - what waits is a fact
        by = visit.people.by_id.get(entry.fact.person)
        return Lead(
            number=fact,
            said=identity.described(tx, visit.plan, entry, full=full),
            phone=identity.opened(tx, fact)[1] if full else "",
            unit=short(visit.plan, entry.fact.unit),
            by=by.name if by else "",
            since=since(entry.fact.happened_at, visit.now),
            remarks=tuple(card.remarks(tried.get(fact, 0), suspect=fact in calling.suspected)),
        )

    return Shown(
        data={
            "total": sum(
                total for (kind, of), total in totals.items() if kind == LEAD and unit in ("", of)
            ),
            "rows": [lead(one, full=False) for one in numbers],
            "units": [
                (code, short(visit.plan, code)) for code in visit.plan.by_code if totals[LEAD, code]
            ],
            "unit": unit,
            "desk": lead(shown, full=True) if shown else None,
            "following": _first(calling, shown) if shown else 0,
            "first": _first(calling, 0),
            "after": after,
            "next": numbers[-1] if len(rows) > PAGE else 0,
        },
        reveals=(shown,) if shown else (),
    )


def _first(calling: Calling, after: int) -> int:
    return next((int(row.fact) for row in calling.behind(after, 1)), 0)
