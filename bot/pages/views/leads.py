"""线索: the desk of 招办. Numbers are masked in the list; the one lead on the desk shows its whole
number, and each showing stands in the audit trail."""

from bot.pages.views.lists import PAGE, chosen, number
from bot.pages.visits import Shown, Visit
from commands.admissions import desk
from commands.leads import card, identity
from commands.wording.formats import short, since
from db import leads as desk_rows
from db import ledger
from db.engine.tx import Reading
from scoring.values import frozen


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
    """The waiting leads in calling order, and the one on the desk."""
    unit = chosen(visit, "unit", list(visit.plan.by_code))
    rows = desk.rows_of(visit, tx)
    units = list(dict.fromkeys(row.unit for row in rows))
    if unit:
        rows = [row for row in rows if row.unit == unit]
    at, after = number(visit, "lead"), number(visit, "after")
    suspected, tried = desk_rows.suspected(tx, visit.plan), desk_rows.tried(tx)
    order = {row.fact: place for place, row in enumerate(rows)}
    place = order.get(after, -1) + 1 if after else 0
    page = rows[place : place + PAGE]

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
            remarks=tuple(card.remarks(tried.get(fact, 0), suspect=fact in suspected)),
        )

    # A lead that was decided meanwhile gives its place to the next one.
    on_desk = at if at in order else next((one.fact for one in rows if one.fact > at), 0)
    shown = on_desk if at else 0
    following = order[shown] + 1 if shown in order else 0
    return Shown(
        data={
            "total": len(rows),
            "rows": [lead(row.fact, full=False) for row in page],
            "units": [(one, short(visit.plan, one)) for one in units],
            "unit": unit,
            "desk": lead(shown, full=True) if shown else None,
            "following": rows[following].fact if shown and following < len(rows) else 0,
            "first": rows[0].fact if rows else 0,
            "after": after,
            "next": page[-1].fact if page and place + PAGE < len(rows) else 0,
        },
        reveals=(shown,) if shown else (),
    )
