"""Compose a month's report, and check that a frozen one still follows from the ledger.

Composing only reads, on one snapshot. A draft and a frozen month have the same content; the
frozen one is kept.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from commands.months import causes, sections
from commands.months.report import LETTERHEAD, SIGNATURE, Before, Correction, Report, Sheet
from commands.months.scene import Scene
from commands.months.stored import from_json
from db import ledger, months, plans, settings
from db.engine.tx import Reading
from db.months import Frozen, Heads
from db.people import directory
from scoring import months as monthly
from scoring.cards import Basis
from scoring.moments import Instant
from scoring.plan import Plan
from scoring.verdicts import Reads

MOST_CAUSES = 20


def compose(tx: Reading, plan: Plan, month: str, now: Instant) -> Report:
    """The report of a month as known now; a month still running is counted up to now."""
    until = min(monthly.month_end(month), now + 1)
    scene = Scene(
        tx=tx,
        plan=plan,
        month=month,
        until=until,
        known=now,
        heads=months.heads(tx),
        people=directory(tx),
        names=months.names(tx),
    )
    tallies = months.tallies(tx, plan, until, scene.heads)
    basis = ledger.basis(tx, plan, until - 1, now)
    cards = monthly.cards(plan, tallies, basis, until)
    sheet = from_json(Sheet, monthly.sheet(plan, cards, tallies, until, now))
    earlier = months.all_frozen(tx, plan)
    restated = _restated(scene, [one for one in earlier if one.month != month])
    return Report(
        plan=sheet.plan,
        as_of=sheet.as_of,
        units=sheet.units,
        school=sheet.school,
        month=month,
        until=until,
        known=now,
        whole=until == monthly.month_end(month),
        title=plan.title,
        basis=replace(basis, staff=dict(sorted(basis.staff.items()))),
        letterhead={name: settings.value(tx, name, now) or "" for name in (LETTERHEAD, SIGNATURE)},
        before=_before(scene, basis),
        restated={name: from_json(Sheet, one.sheet) for name, one in restated.items()},
        corrections=tuple(_corrections(scene, restated, earlier)),
        attention=sections.attention(sheet),
        conventions=sections.conventions(plan, sheet),
        open=sections.open_items(scene, cards),
        videos=sections.videos(scene, tallies),
        interaction=sections.interaction(scene),
        tasks=sections.tasks_owed(scene, tallies),
        reveals=sections.reveals(scene),
        enrolments=sections.enrolments(scene, tallies, basis),
    )


def reported(tx: Reading, plan: Plan, month: str, now: Instant, kept: Frozen | None) -> Report:
    """The report of a month as frozen, or as known now while it is open (`kept` None)."""
    return from_json(Report, kept.document) if kept else compose(tx, plan, month, now)


def seal(
    tx: Reading,
    plan: Plan,
    document: Mapping[str, Any],
    heads: Heads,
    breath: Callable[[], None] = lambda: None,
) -> str:
    """The SHA-256 over a report as stored and every fact and decision it knew; `breath` is
    called after each page of them."""
    facts, decisions = (_breathing(pages, breath) for pages in months.entered(tx, plan, heads))
    return monthly.seal(document, facts, decisions)


def _breathing(pages: months.Pages, breath: Callable[[], None]) -> months.Pages:
    for page in pages:
        yield page
        breath()


def plan_of(tx: Reading, plan: Plan, frozen: Frozen) -> Plan:
    """The plan that a month was frozen under; `plan`: any revision of it."""
    return plans.kept(tx).by_id(plan.id, frozen.known) or plan


def holds(tx: Reading, plan: Plan, frozen: Frozen) -> bool:
    """Whether the ledger still gives a frozen month to the byte: its seal, and its cards from
    the postings and head-counts it knew."""
    plan = plan_of(tx, plan, frozen)
    document = frozen.document
    basis = from_json(Basis, document["basis"])
    tallies = months.tallies(tx, plan, frozen.until, frozen.heads)
    cards = monthly.cards(plan, tallies, basis, frozen.until)
    sheet = monthly.sheet(plan, cards, tallies, frozen.until, frozen.known)
    same = all(sheet[name] == document[name] for name in ("units", "school"))
    if not same or seal(tx, plan, document, frozen.heads) == frozen.sha256:
        return same
    openly = months.entered_openly(tx, plan, frozen.heads)
    return monthly.seal(document, *openly) == frozen.sha256


def _before(scene: Scene, basis: Basis) -> dict[str, Before]:
    """Each unit at the end of the month before, as known now: the difference is what the month
    itself changed (A54)."""
    began = monthly.month_start(scene.month)
    tallies = months.tallies(scene.tx, scene.plan, began, scene.heads)
    staff = ledger.basis(scene.tx, scene.plan, began - 1, scene.known).staff
    was = replace(basis, staff=staff)
    cards = monthly.cards(scene.plan, tallies, was, began)
    sheet = from_json(Sheet, monthly.sheet(scene.plan, cards, tallies, began, scene.known))
    return {
        row.unit: Before(
            points=row.points,
            max=row.max,
            items={item.item: item.points for item in row.items},
        )
        for row in sheet.rows
    }


# --- 更正 ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class _Restated:
    """A frozen month as it would be reported now: by the text it was frozen under, with the
    readings of now. `sheet` stays JSON, to be compared with what was stored."""

    plan: Plan
    sheet: monthly.Sheet
    reads: Mapping[tuple[str, str], Reads]
    until: Instant


def _restated(scene: Scene, others: Iterable[Frozen]) -> dict[str, _Restated]:
    found = {}
    for month in others:
        plan = _read_now(scene, month)
        tallies = months.tallies(scene.tx, plan, month.until, scene.heads)
        basis = ledger.basis(scene.tx, plan, month.until - 1, scene.known)
        cards = monthly.cards(plan, tallies, basis, month.until)
        found[month.month] = _Restated(
            plan=plan,
            sheet=monthly.sheet(plan, cards, tallies, month.until, scene.known),
            reads=monthly.reads_of(cards),
            until=month.until,
        )
    return found


def _read_now(scene: Scene, month: Frozen) -> Plan:
    found = plans.kept(scene.tx).revision(scene.plan.year, month.known)
    return plans.read_as(scene.tx, found, scene.plan) if found else scene.plan


def _corrections(
    scene: Scene, restated: Mapping[str, _Restated], earlier: list[Frozen]
) -> Iterable[Correction]:
    """The items of reported months that changed since the last report, each once, with who did
    what and why."""
    last = next((one for one in reversed(earlier) if one.month != scene.month), None)
    if last is None:
        return
    for month in sorted(restated):
        was = last.document if month == last.month else last.document["restated"].get(month)
        if was is None:  # frozen after `last` was composed, so its own document has told it
            was = next(one.document for one in earlier if one.month == month)
        for one in monthly.differences(was, restated[month].sheet):
            yield _correction(scene, month, one, restated[month], last)


def _correction(
    scene: Scene, month: str, one: monthly.Difference, row: _Restated, last: Frozen
) -> Correction:
    since = last.heads
    others = (
        *causes.switches(scene, one.item, last.known),
        *causes.calendar(scene, one.item, last.known),
        *causes.head_counts(scene, one.item, last.known),
    )
    numbers = months.moved(
        scene.tx,
        scene.plan,
        row.reads[one.unit, one.item],
        since=since,
        upto=scene.heads,
        until=row.until,
    )
    was, now = (_decimal(item["points"]) for item in (one.was, one.now))
    return Correction(
        month=month,
        unit=one.unit,
        item=one.item,
        word=row.plan.item[one.item].word,
        was=was,
        now=now,
        change=None if was is None or now is None else str(now - was),
        was_because=one.was["because"],
        now_because=one.now["because"],
        causes=(
            *others,
            *(causes.cause(scene, number, since) for number in numbers[:MOST_CAUSES]),
        ),
        total=len(others) + len(numbers),
    )


def _decimal(value: str | None) -> Decimal | None:
    return None if value is None else Decimal(value)
