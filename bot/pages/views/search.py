"""查找: by number, title or person. What was typed is posted, so it stands in no address or log."""

from collections.abc import Sequence

from bot.pages.views.lists import LARGEST, PAGE
from bot.pages.visits import Shown, Visit
from commands.admissions.desk import DESK
from commands.filing import describe
from commands.grammar.phones import phones
from commands.scores.lacking import OVER_ALL
from commands.scores.why import may_see_lead
from commands.wording.formats import short
from db import histories, ledger
from db.engine.tx import Reading
from db.people import ADMIN, HEAD, Person
from scoring.facts import State
from scoring.moments import Instant
from scoring.values import frozen

LEAD = "lead"
OVERSEERS = OVER_ALL | {ADMIN}
DESKS = frozenset(DESK.split())


@frozen
class Found:
    """A report: what it is, whose, and where it stands."""

    number: int
    what: str
    unit: str
    by: str
    at: Instant
    state: State


def show(visit: Visit, tx: Reading) -> Shown:
    """What was found, and the number below which to go on, 0 at the end."""
    said = " ".join(visit.posted.get("q", "").split())[:100]
    before = visit.posted.get("before", "")
    below = int(before) if before.isascii() and before.isdigit() and len(before) < 16 else 0
    entries, further = _entries(visit, tx, said, min(below, LARGEST)) if said else ([], 0)
    return Shown(
        data={
            "said": said,
            "rows": [_found(visit, tx, entry) for entry in entries if _seen(visit, entry)],
            "next": further if further > 1 else 0,
        }
    )


def _entries(visit: Visit, tx: Reading, said: str, below: int) -> tuple[list[ledger.Entry], int]:
    if found := phones(said):
        if DESKS.isdisjoint(visit.who.roles):
            return [], 0
        number = ledger.claimed(tx, visit.plan, "phone", found[0][0])
        entry = ledger.entry(tx, number) if number else None
        return ([entry] if entry else []), 0
    bare = said.removeprefix("#")
    if bare.isascii() and bare.isdigit() and len(bare) < 16:
        entry = ledger.entry(tx, int(bare))
        return ([entry] if entry else []), 0
    if people := [one for one in visit.people.named(said) if _may_follow(visit, one)]:
        return _of_people(visit, tx, people, below or LARGEST)
    return histories.titled(tx, said, below, PAGE)


def _of_people(
    visit: Visit, tx: Reading, people: Sequence[Person], below: int
) -> tuple[list[ledger.Entry], int]:
    """What these people reported, the newest first, and the number to go on below."""
    entries = [
        entry
        for one in people
        for entry in histories.of_person(tx, visit.plan, one.id, PAGE + 1, before=below)
    ]
    entries.sort(key=lambda entry: -entry.number)
    page = entries[:PAGE]
    return page, page[-1].number if len(entries) > PAGE else 0


def _may_follow(visit: Visit, other: Person) -> bool:
    """Whether the visitor may list what somebody reported: their own, their unit's as its head,
    anybody's as one of the offices."""
    who = visit.who
    own_unit = HEAD in who.roles and who.unit == other.unit
    return who.id == other.id or own_unit or not OVERSEERS.isdisjoint(who.roles)


def _seen(visit: Visit, entry: ledger.Entry) -> bool:
    return entry.fact.kind != LEAD or may_see_lead(visit, entry)


def _found(visit: Visit, tx: Reading, entry: ledger.Entry) -> Found:
    by = visit.people.by_id.get(entry.fact.person)
    kind = visit.plan.kinds.get(entry.fact.kind)
    return Found(
        number=entry.number,
        what=kind.word if kind and entry.fact.kind == LEAD else describe.what(visit, entry),
        unit=short(visit.plan, entry.fact.unit),
        by=by.name if by else "",
        at=entry.fact.happened_at,
        state=ledger.stands(tx, entry.number).state,
    )
