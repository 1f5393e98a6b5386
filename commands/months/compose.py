"""What a month's report says, as one plain value: files, cover and seal are all made from it.

Composing only reads, on one snapshot; a draft and the frozen month differ in nothing but that
the frozen one is kept.
"""

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any

from commands.months import sections
from commands.months.scene import Scene
from commands.paper.word import LETTERHEAD, SIGNATURE
from db import ledger, months, settings
from db.engine.tx import Reading
from db.months import Frozen, Heads
from db.people import directory
from scoring import months as monthly
from scoring.cards import Basis, Card
from scoring.moments import Instant
from scoring.plan import Plan
from scoring.verdicts import Reads


def compose(tx: Reading, plan: Plan, month: str, now: Instant) -> dict[str, Any]:
    """The report of a month as it is known now. A month that still runs ends now."""
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
    found = monthly.cards(plan, tallies, basis, until)
    sheet = monthly.sheet(plan, found, tallies, until, now)
    earlier = months.all_frozen(tx, plan)
    restated = _restated(scene, [one for one in earlier if one.month != month])
    return {
        **sheet,
        "month": month,
        "until": until,
        "known": now,
        "whole": until == monthly.month_end(month),
        "title": plan.title,
        "basis": {
            "students": basis.students,
            "staff": {str(person): unit for person, unit in sorted(basis.staff.items())},
        },
        "letterhead": {
            name: settings.value(tx, name, now) or "" for name in (LETTERHEAD, SIGNATURE)
        },
        "before": _before(scene, basis),
        "restated": {name: row["sheet"] for name, row in restated.items()},
        "corrections": _corrections(scene, restated, earlier),
        "attention": sections.attention(sheet),
        "conventions": sections.conventions(plan, sheet),
        "open": sections.open_items(scene, sheet),
        "videos": sections.videos(scene, tallies),
        "interaction": sections.interaction(scene),
        "tasks": sections.tasks_owed(scene, tallies),
        "reveals": sections.reveals(scene),
    }


def seal(
    tx: Reading,
    plan: Plan,
    document: dict[str, Any],
    heads: Heads,
    breath: Callable[[], None] = lambda: None,
) -> str:
    """The SHA-256 over the report and every fact and decision that it knew; takes a `breath`
    after each page of them."""
    facts, decisions = (_breathing(pages, breath) for pages in months.entered(tx, plan, heads))
    return monthly.seal(document, facts, decisions)


def _breathing(pages: months.Pages, breath: Callable[[], None]) -> months.Pages:
    for page in pages:
        yield page
        breath()


def holds(tx: Reading, plan: Plan, frozen: Frozen) -> bool:
    """Whether a frozen month can still be made from the ledger to the byte: its seal, and its
    cards from the postings and the head-counts it knew."""
    document = frozen.document
    kept = document["basis"]
    basis = Basis(
        students=kept["students"],
        staff={int(person): unit for person, unit in kept["staff"].items()},
    )
    tallies = months.tallies(tx, plan, frozen.until, frozen.heads)
    found = monthly.cards(plan, tallies, basis, frozen.until)
    sheet = monthly.sheet(plan, found, tallies, frozen.until, frozen.known)
    same = all(sheet[name] == document[name] for name in ("units", "school"))
    return same and seal(tx, plan, document, frozen.heads) == frozen.sha256


def _before(scene: Scene, basis: Basis) -> dict[str, dict[str, Any]]:
    """Unit -> points, max and the points of each item at the end of the month before, as known
    now: what the month itself changed is the difference (A54)."""
    began = monthly.month_start(scene.month)
    tallies = months.tallies(scene.tx, scene.plan, began, scene.heads)
    was = Basis(
        students=basis.students,
        staff=ledger.basis(scene.tx, scene.plan, began - 1, scene.known).staff,
    )
    found = monthly.cards(scene.plan, tallies, was, began)
    sheet = monthly.sheet(scene.plan, found, tallies, began, scene.known)
    return {
        row["unit"]: {
            "points": row["points"],
            "max": row["max"],
            "items": {item["item"]: item["points"] for item in row["items"]},
        }
        for row in monthly.rows(sheet)
    }


# --- 更正 ----------------------------------------------------------------------------------


def _restated(scene: Scene, others: Iterable[Frozen]) -> dict[str, dict[str, Any]]:
    """Each other frozen month as it would be reported now, with what its items were read from."""
    found = {}
    for month in others:
        tallies = months.tallies(scene.tx, scene.plan, month.until, scene.heads)
        basis = ledger.basis(scene.tx, scene.plan, month.until - 1, scene.known)
        cards: list[Card] = monthly.cards(scene.plan, tallies, basis, month.until)
        found[month.month] = {
            "sheet": monthly.sheet(scene.plan, cards, tallies, month.until, scene.known),
            "reads": monthly.reads_of(cards),
            "until": month.until,
        }
    return found


def _corrections(
    scene: Scene, restated: Mapping[str, Mapping[str, Any]], earlier: list[Frozen]
) -> list[dict[str, Any]]:
    """What became different of reported months since the last report: each item once, with who
    did what and why."""
    last = next((one for one in reversed(earlier) if one.month != scene.month), None)
    if last is None:
        return []
    told: list[dict[str, Any]] = []
    for month in sorted(restated):
        was = last.document if month == last.month else last.document["restated"].get(month)
        if was is None:  # frozen later than `last` was composed, so told by its own document
            was = next(one.document for one in earlier if one.month == month)
        row = restated[month]
        told += [
            {"month": month, **_correction(scene, one, row, last)}
            for one in monthly.differences(was, row["sheet"])
        ]
    return told


def _correction(
    scene: Scene, one: monthly.Difference, row: Mapping[str, Any], last: Frozen
) -> dict[str, Any]:
    reads: Reads = row["reads"][one.unit, one.item]
    numbers = months.moved(
        scene.tx, scene.plan, reads, since=last.heads, upto=scene.heads, until=row["until"]
    )
    return {
        "unit": one.unit,
        "item": one.item,
        "word": scene.plan.item[one.item].word,
        "was": one.was["points"],
        "now": one.now["points"],
        "change": _change(one.was["points"], one.now["points"]),
        "was_because": one.was["because"],
        "now_because": one.now["because"],
        "causes": [sections.cause(scene, number, last.heads) for number in numbers[:20]],
        "total": len(numbers),
    }


def _change(was: str | None, now: str | None) -> str | None:
    if was is None or now is None:
        return None
    return str(Decimal(now) - Decimal(was))
