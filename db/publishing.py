"""A new revision of a year's plan: what it may not take away, when it counts, and its postings."""

from collections.abc import Iterator

from sqlalchemy import func, select

from db import audit, plans, refiling, reposting
from db.engine.tx import Reading, Tx
from db.plans import Revision
from db.schema import months
from db.wording import say
from scoring.errors import UserError
from scoring.moments import Instant, month_of, start_of
from scoring.plan import Kind, Plan
from scoring.refiled import files_differently

_LAST_FREEZE = select(func.max(months.c.known).label("known"))


class Unpublishable(UserError):
    """A text that cannot follow the plan in force; one line for each reason."""


def publish(
    tx: Tx,
    text: str,
    *,
    now: Instant,
    by: str = "",
    second: str = "",
    people: tuple[int | None, int | None] = (None, None),
    why: str = "",
    prepared: int = 0,
) -> Revision:
    """Append a text as the next revision of its year and enter what it posts differently.

    It counts from now, or from the day the text names. `by`, `second`: names; `people`: their ids,
    for the audit. `prepared`: the refiling that has prepared its postings, so that little is left
    to enter; 0: all are entered here. Raises Unpublishable, or PlanFault for a bad text.
    """
    new = plans.read_here(tx, text)
    old = plans.kept(tx).of_year(new.year, now)
    check(tx, new, text, now)
    _check_alone(tx, old, prepared)
    revision = plans.append(
        tx,
        text,
        in_force_from=_counts_from(tx, new, now),
        now=now,
        by=by,
        second=second,
        why=why,
    )
    if old is not None and files_differently(old, revision.plan):
        number = prepared or refiling.begin(tx, old, text, why=why, now=now)
        refiling.switch(tx, number, revision.number, now)
        revision = plans.kept(tx).by_year[new.year][-1]
    subject = f"{new.year}.{revision.number}"
    audit.note(tx, at=now, person=people[0], action="publish", subject=subject, chat="")
    if second:
        audit.note(tx, at=now, person=people[1], action="second", subject=subject, chat="")
    return revision


def _check_alone(tx: Reading, old: Plan | None, prepared: int) -> None:
    """Nothing is published while another revision is prepared, nor what was prepared to follow
    another revision than the one in force."""
    if old is None:
        return
    row = refiling.one(tx, prepared) if prepared else None
    if row is not None and row.after != old.revision:
        raise Unpublishable(say("publish.outrun", number=old.revision))
    if row is None and refiling.running(tx, old.id):
        raise Unpublishable(say("publish.preparing"))


def adopt(tx: Tx, text: str, now: Instant) -> None:
    """Use a text for its year as if it had always been there, while nothing is reported under
    another one; afterwards, publish it unless it is in force already."""
    new = plans.read(text, "")
    kept = plans.kept(tx).revision(new.year, now)
    if kept is not None and kept.sha256 == plans.seal(text):
        return
    if kept is None or not reposting.used(tx, kept.plan):
        plans.append(tx, text, in_force_from=0, now=0)
    else:
        publish(tx, text, now=now)


def check(tx: Reading, new: Plan, text: str, now: Instant) -> None:
    """Raise Unpublishable with every reason why a text cannot be published."""
    if reasons := list(_objections(tx, new, text, now)):
        raise Unpublishable("\n".join(reasons))


def _objections(tx: Reading, new: Plan, text: str, now: Instant) -> Iterator[str]:
    shelf = plans.kept(tx)
    for other in shelf.known(now):
        if other.id == new.id and other.year != new.year:
            yield say("publish.id_taken", plan=new.id, year=other.year)
    revisions = shelf.by_year.get(new.year)
    if not revisions:
        return
    if revisions[-1].sha256 == plans.seal(text):
        yield say("publish.same", year=new.year, number=revisions[-1].number)
        return
    old = shelf.of_year(new.year, now)
    assert old is not None  # noqa: S101 - the year has revisions
    if new.id != old.id:
        yield say("publish.id_changed", plan=old.id, found=new.id)
        return
    yield from _missing(tx, old, new)
    day = new.in_force_from
    if day and day != old.in_force_from and (month := _frozen_month(tx, new)) is not None:
        yield say("publish.frozen_month", month=month)
    if _day(new) > now and files_differently(old, new):
        yield say("publish.only_now")


def _missing(tx: Reading, old: Plan, new: Plan) -> Iterator[str]:
    """Units and kinds that are gone from the text but not from the ledger or the roster. All facts
    are counted only for a text that takes something away."""
    gone = [unit for unit in old.units if unit.code not in new.by_code]
    other = [code for code, kind in old.kinds.items() if not _decided_alike(kind, new)]
    if not gone and not other:
        return
    used, staff = reposting.used(tx, old), reposting.staffed(tx)
    for unit in gone:
        reports = sum(total for (code, _), total in used.items() if code == unit.code)
        if reports or staff.get(unit.code):
            yield say(
                "publish.unit_used",
                unit=unit.name,
                people=staff.get(unit.code, 0),
                reports=reports,
            )
    for code in other:
        reports = sum(total for (_, one), total in used.items() if one == code)
        if reports:
            key = "publish.kind_decided" if code in new.kinds else "publish.kind_used"
            yield say(key, kind=old.kinds[code].word, reports=reports)


def _decided_alike(kind: Kind, new: Plan) -> bool:
    """Whether a text has a kind, and has it decided or not as before."""
    found = new.kinds.get(kind.code)
    return found is not None and bool(found.deciders) == bool(kind.deciders)


def _frozen_month(tx: Reading, new: Plan) -> str | None:
    """The frozen month in which a text says that it begins to count."""
    assert new.in_force_from is not None  # noqa: S101 - asked only of a text with a day
    month = month_of(new.in_force_from)
    return month if tx.find(months, new.id, month) is not None else None


def _counts_from(tx: Reading, new: Plan, now: Instant) -> Instant:
    """Never within the second of a freeze: a frozen month is read by the plan of its moment."""
    frozen = tx.run(_LAST_FREEZE)[0].known
    return max(now, _day(new), 0 if frozen is None else int(frozen) + 1)


def _day(new: Plan) -> Instant:
    return start_of(new.in_force_from) if new.in_force_from else 0
