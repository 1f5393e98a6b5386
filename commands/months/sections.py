"""The parts of a month's report beside the cards: what is open and who can close it, what needs
attention, the readings used, the videos and the interaction tasks (附件3·二·(一), 五·(一))."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from commands.filing.deciders import deciders
from commands.wording.formats import decimal, short
from commands.wording.sentences import say, say_first
from commands.wording.terms import ACTS
from db import ledger, months, tasks
from db.months import Heads
from db.people import ADMIN
from scoring import months as monthly
from scoring.duties import board
from scoring.export import BOARD
from scoring.facts import STANDING
from scoring.moments import month_of_week, period_days, weeks_between
from scoring.periods import period_end
from scoring.plan import Plan, Unit
from scoring.rules_counts import line_of
from scoring.verdicts import Tallies

if TYPE_CHECKING:
    from commands.months.scene import Scene

NO_BASIS = "待补基数"
"""How a verdict begins whose head-count is missing (A36)."""

APPEAL = "appeal"
MOST_NAMES = 6
STATES = ("accepted", "off_topic", "rejected", "waiting")


# --- what is open -------------------------------------------------------------------------


def open_items(scene: Scene, sheet: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What could still change the month: `what` is 待核, 申诉中 or 无数据."""
    return [*_undecided(scene), *_without_data(scene, sheet)]


def counted(items: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    """待核, 申诉中, 无数据 -> how many."""
    totals = {"待核": 0, "申诉中": 0, "无数据": 0}
    for item in items:
        totals[item["what"]] += item["total"]
    return totals


def _undecided(scene: Scene) -> list[dict[str, Any]]:
    plan = scene.plan
    return [
        {
            "what": "申诉中" if row.kind == APPEAL else "待核",
            "kind": plan.kinds[row.kind].word,
            "unit": short(plan, row.unit),
            "total": row.total,
            "oldest": row.oldest,
            "roles": list(roles := deciders(plan, row.kind, row.unit)),
            "who": _names(scene, roles, row.unit),
        }
        for row in months.waiting_until(scene.tx, plan, scene.until)
        if plan.kinds[row.kind].deciders
    ]


def _without_data(scene: Scene, sheet: Mapping[str, Any]) -> list[dict[str, Any]]:
    found = []
    for row in monthly.rows(sheet):
        for item in row["items"]:
            if item["because"].startswith(NO_BASIS):
                word = scene.plan.item[item["item"]].word
                found.append(_missing(scene, word, row["unit"], (ADMIN,), 0))
    settled = {
        entry.fact.details.get("task")
        for entry in months.of_kind(scene.tx, scene.plan, "settlement", scene.until)
        if _stands(scene, entry)
    }
    for task in months.of_kind(scene.tx, scene.plan, "task", scene.until):
        closed = int(task.fact.details.get("closes", scene.until)) <= scene.until
        if closed and task.number not in settled and _stands(scene, task):
            unit = short(scene.plan, task.fact.unit)
            found.append(_missing(scene, "任务平台数", unit, ("融媒体中心",), task.number))
    return found


def _missing(
    scene: Scene, kind: str, unit: str, roles: tuple[str, ...], number: int
) -> dict[str, Any]:
    return {
        "what": "无数据",
        "kind": kind,
        "unit": unit,
        "total": 1,
        "oldest": number,
        "roles": list(roles),
        "who": _names(scene, roles, ""),
    }


def _names(scene: Scene, roles: Iterable[str], unit: str) -> list[str]:
    """Who may close it, never of the unit concerned."""
    found = {
        person.id: person.name
        for role in roles
        for person in scene.people.with_role(role)
        if person.unit != unit or not unit
    }
    return list(found.values())[:MOST_NAMES]


def _stands(scene: Scene, entry: ledger.Entry) -> bool:
    return ledger.stands(scene.tx, entry.number).state in STANDING


# --- what needs attention, and by which readings ------------------------------------------


def attention(sheet: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The red lines: items below nothing, and items of which everything is lost."""
    return [
        {
            "unit": row["unit"],
            "item": item["item"],
            "points": item["points"],
            "because": item["because"],
        }
        for row in monthly.rows(sheet)
        for item in row["items"]
        if item["points"] is not None
        and (
            Decimal(item["points"]) < 0
            or (Decimal(item["max"]) and Decimal(item["lost"]) >= Decimal(item["max"]))
        )
    ]


def conventions(plan: Plan, sheet: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The readings behind the points shown, and the items they bear on."""
    used: dict[str, list[str]] = {}
    for row in monthly.rows(sheet):
        for item in row["items"]:
            words = used.setdefault(item["convention"] or "", [])
            if (word := plan.item[item["item"]].word) not in words:
                words.append(word)
    used.pop("", None)
    return [
        {
            "number": number,
            "note": plan.readings[number].source.note,
            "clause": plan.readings[number].source.clause,
            "items": used[number],
        }
        for number in sorted(used)
    ]


# --- 更正: who and why ---------------------------------------------------------------------


def cause(scene: Scene, number: int, since: Heads) -> dict[str, Any]:
    """What happened to a fact after it had been reported: its last decision, or that it came
    late. Of a lead no reason is repeated (C7)."""
    entry = ledger.entry(scene.tx, number)
    if entry is None:
        return {"number": number, "what": "", "verb": "", "who": "", "at": 0, "why": ""}
    taken = ledger.decided(scene.tx, number)
    kind, fact = scene.plan.kinds[entry.fact.kind], entry.fact
    if taken:
        last = taken[-1]
        verb = say_first(f"verb.{last.verb.value}_{fact.kind}", f"verb.{last.verb.value}")
        person, at, why = last.person, last.recorded_at, last.reason
    else:
        verb = say("document.late") if number > since.facts else say("document.reported")
        person, at, why = fact.person, fact.recorded_at, ""
    return {
        "number": number,
        "what": kind.word,
        "verb": verb,
        "who": scene.names.get(person, ""),
        "at": at,
        "why": "" if fact.kind == months.LEAD else why,
    }


# --- the data the clauses ask for ---------------------------------------------------------


def videos(scene: Scene, tallies: Tallies) -> list[dict[str, Any]]:
    """What each account put out in the month, period by period."""
    first, last = period_days(scene.month)
    weeks = [week for week in weeks_between(first, last) if month_of_week(week) == scene.month]
    told = []
    for units in _accounts(scene.plan):
        quota = units[0].quotas.get("video")
        spans = [scene.month] if quota and quota.per == "month" else weeks
        codes = [unit.code for unit in units]
        counts = {state: tallies.pooled(codes, f"video.{state}") for state in STATES}
        waived = tallies.pooled(codes, "waiver.accepted")
        told.append(
            {
                "units": [unit.name for unit in units],
                "due": quota.due if quota else None,
                "periods": [
                    {
                        "period": span,
                        "waived": span in waived,
                        **{state: counts[state].get(span, 0) for state in STATES},
                    }
                    for span in spans
                ],
            }
        )
    return told


def _accounts(plan: Plan) -> list[list[Unit]]:
    accounts: dict[str, list[Unit]] = {}
    for unit in plan.scored_units:
        if unit.account:
            accounts.setdefault(unit.account, []).append(unit)
    return list(accounts.values())


def tasks_owed(scene: Scene, tallies: Tallies) -> list[dict[str, Any]]:
    """The quotas of 附件2, which carry no points: each week and the month, unit by unit."""
    first, last = period_days(scene.month)
    spans = [scene.month]
    spans += [week for week in weeks_between(first, last) if month_of_week(week) == scene.month]
    return [
        {
            "unit": unit.name,
            **{name: getattr(row, name) for name in BOARD},
        }
        for unit in scene.plan.scored_units
        for span in spans
        for row in board(scene.plan, unit, tallies, period_end(span) - 1)
        if row.period == span
    ]


def reveals(scene: Scene) -> list[dict[str, Any]]:
    """Who looked at how many full numbers in the month (C28)."""
    rows = months.revealed(scene.tx, monthly.month_start(scene.month), scene.until)
    return [{"who": scene.names.get(row.person, ""), "total": row.total} for row in rows]


def interaction(scene: Scene) -> list[dict[str, Any]]:
    """The tasks settled in the month: the platform's counters against the line, and what the
    staff reported of themselves beside them."""
    began = monthly.month_start(scene.month)
    told = []
    for entry in months.of_kind(scene.tx, scene.plan, "settlement", scene.until):
        if entry.fact.happened_at < began or not _stands(scene, entry):
            continue
        details = entry.fact.details
        students, staff = details.get("students") or 0, details.get("staff") or 0
        line = line_of(scene.plan, students, staff) if students and staff else None
        told.append(
            {
                "task": details["task"],
                "title": entry.title,
                "settled_at": entry.fact.happened_at,
                "students": students,
                "staff": staff,
                "line": None if line is None else decimal(line),
                "metrics": _metrics(details.get("metrics", {}), line),
                "reported": tasks.sums(scene.tx, scene.plan, int(details["task"])),
            }
        )
    return told


def _metrics(counts: Mapping[str, int], line: Fraction | None) -> list[dict[str, Any]]:
    return [
        {
            "act": act,
            "word": ACTS[act],
            "count": count,
            "met": None if line is None else count >= line,
        }
        for act, count in counts.items()
    ]
