"""A request's report or decision, entered into the ledger under its own name, time and chat."""

from collections.abc import Collection, Mapping
from typing import Any

from commands.chat.requests import Asking, Request
from commands.grammar.links import earlier_form
from commands.grammar.phones import without_phones
from db import ledger, plans, settings
from db.engine.tx import Tx
from scoring.facts import Standing, Verb
from scoring.moments import Instant, day_of, start_of, week_of
from scoring.periods import week_day
from scoring.plan import Plan
from scoring.postings import is_filed_by_week

LINKED = ("link", "column")
"""Topics of claims that are links."""


def record(
    request: Request,
    tx: Tx,
    kind: str,
    *,
    title: str = "",
    link: str = "",
    details: Mapping[str, Any] | None = None,
    claim: tuple[str, str] | None = None,
    replaces: ledger.Entry | None = None,
    keeps_time: bool = False,
    unit: str = "",
    happened_at: Instant | None = None,
    plan: Plan | None = None,
) -> ledger.Entry:
    """A fact of the asker and his unit. Raises ledger.Held when `claim` is taken.

    `replaces`: what it corrects or redoes; it stays that unit's, whose time it `keeps_time`.
    `unit` and `happened_at`: of what 考核组 enters, which is another unit's or of another day.
    `plan`: of a case, which belongs to the year of what it is about.
    No mobile number is stored in a title or in details, except the school's own.
    A report made for a unit one is lent to is marked with who made it (C19).
    """
    own = settings.public_numbers(tx)
    old = replaces.fact if replaces else None
    moment = old.happened_at if old and keeps_time else happened_at or request.at
    whose = old.unit if old else unit or request.who.unit
    plan = plan or _plan_of(request, tx, kind, whose, moment)
    if claim and link:
        _refuse_claimed_before(tx, plan, claim, link, replaces)
    if request.lent:
        details = {**(details or {}), "by": request.who.id}
    return ledger.report(
        tx,
        plan,
        kind=kind,
        unit=whose,
        person=request.who.id,
        happened_at=moment,
        recorded_at=request.now,
        title=without_phones(title, own),
        link=link,
        details=masked(details, own),
        chat=request.chat.id,
        claim=claim,
        supersedes=old.number if old else None,
    )


def _plan_of(asking: Asking, tx: Tx, kind: str, unit: str, moment: Instant) -> Plan:
    """The plan of the year in which it happened: what is entered in January about December, such
    as a roll corrected after an appeal, belongs to the old year. What is filed by weeks belongs to
    the year of its week (A26): a video of Friday, 1 January counts for week 53."""
    day = day_of(moment)
    if is_filed_by_week(asking.plan, kind, unit):
        day = week_day(asking.plan, week_of(day))
    if day.year == asking.plan.year:
        return asking.plan
    return plans.kept(tx).in_force(start_of(day), asking.now) or asking.plan


def masked(found: Any, own: Collection[str]) -> Any:
    """Details without the mobile numbers in their texts."""
    if isinstance(found, str):
        return without_phones(found, own)
    if not found:
        return found
    if isinstance(found, Mapping):
        return {key: masked(value, own) for key, value in found.items()}
    return [masked(one, own) for one in found] if isinstance(found, (list, tuple)) else found


def _refuse_claimed_before(
    tx: Tx, plan: Plan, claim: tuple[str, str], link: str, replaces: ledger.Entry | None
) -> None:
    """Raise ledger.Held for a link whose claim was entered in its earlier form."""
    topic, held_as = claim
    earlier = earlier_form(link)
    if topic not in LINKED or earlier == held_as:
        return
    number = ledger.claimed(tx, plan, topic, earlier)
    if number is not None and (replaces is None or number != replaces.number):
        raise ledger.Held(number)


def judge(
    request: Request,
    tx: Tx,
    entry: ledger.Entry,
    verb: Verb,
    *,
    happened_at: Instant | None = None,
    reason: str = "",
    minor: bool = False,
    batch: int = 0,
) -> Standing:
    """A decision of the asker; its reason keeps no number. Raises ledger.Held when what the fact
    claimed is taken."""
    return ledger.decide(
        tx,
        request.plan,
        entry,
        verb,
        person=request.who.id,
        recorded_at=request.now,
        happened_at=happened_at,
        reason=without_phones(reason, settings.public_numbers(tx)),
        minor=minor,
        batch=batch,
        chat=request.chat.id,
    )


TAKE_BACK = 600
"""Seconds in which one's own decision can be taken back (contracts 2)."""
