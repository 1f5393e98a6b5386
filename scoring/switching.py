"""What a switched reading makes of a plan's dates, units and kinds; the rules ask for the rest.

A plan is read as it is written and then changed here, so that whoever asks for a deadline or for
what dates a report gets the one in force, whichever way the plan is read.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from scoring.calendar import Calendar
from scoring.plan import Item, Plan, Unit

BEFORE = {
    "dy_handover": ("deadline",),
    "live_team": ("deadline",),
    "ppt": ("first_deadline", "second_deadline"),
}
"""The days by which something must be done. The second of the PPT ends a span that is named with
both its days (4月6日–15日), so that its own day always counts."""

SPAN_ENDS = frozenset({"second_deadline"})


def switched(plan: Plan) -> Plan:
    """The plan as its readings have it, save for the days that depend on a calendar."""
    for number, change in CHANGES.items():
        reading = plan.readings.get(number)
        if reading is not None:
            plan = change(plan, reading.value)
    return plan


def on_workdays(plan: Plan, calendar: Calendar) -> Plan:
    """The plan with its deadlines moved on to workdays, if its reading A02 says so."""
    if plan.reads("A02") != "next_workday":
        return plan

    def moved(day: date, _name: str) -> date:
        return day if calendar.works(day) else calendar.next_workday(day)

    return _dated(plan, moved)


def _dated(plan: Plan, change: Callable[[date, str], date]) -> Plan:
    def of(item: Item) -> Item:
        terms = {
            name: replace(term, value=change(term.value, name))
            if name in BEFORE.get(item.code, ())
            else term
            for name, term in item.terms.items()
        }
        return replace(item, terms=terms)

    return replace(plan, items=tuple(of(item) for item in plan.items))


def _inclusive(plan: Plan, value: Any) -> Plan:
    if value:
        return plan
    return _dated(plan, lambda day, name: day if name in SPAN_ENDS else day - timedelta(days=1))


def _above(plan: Plan, value: Any) -> Plan:
    """A03: a quota that the document writes as 以上 asks for one more."""

    def of(unit: Unit) -> Unit:
        quotas = {
            task: replace(quota, due=quota.due + 1) if quota.above and quota.due else quota
            for task, quota in unit.quotas.items()
        }
        return replace(unit, quotas=quotas)

    return plan if value else replace(plan, units=tuple(of(unit) for unit in plan.units))


def _blank_cells(plan: Plan, value: Any) -> Plan:
    """A38: an empty cell asks for nothing."""

    def of(unit: Unit) -> Unit:
        cell = unit.quotas.get("soft_article")
        if cell is None or cell.written:
            return unit
        return replace(unit, quotas={**unit.quotas, "soft_article": replace(cell, due=None)})

    return plan if value == "one" else replace(plan, units=tuple(of(unit) for unit in plan.units))


def _asked_of(item: str, **units: Callable[[Plan, Item], frozenset[str]]) -> Any:
    """Who has an item, by the value of its reading; as written for any other value."""

    def change(plan: Plan, value: Any) -> Plan:
        if value not in units or item not in plan.item:
            return plan
        found = units[value](plan, plan.item[item])
        items = (replace(one, units=found) if one.code == item else one for one in plan.items)
        return replace(plan, items=tuple(items))

    return change


def _nobody(_plan: Plan, _item: Item) -> frozenset[str]:
    return frozenset()


def _with_card(plan: Plan, _item: Item) -> frozenset[str]:
    return frozenset(unit.code for unit in plan.scored_units)


def _of_departments(plan: Plan, item: Item) -> frozenset[str]:
    """Those of an item's units that are in the foremost group."""
    return frozenset(code for code in item.units if plan.by_code[code].group == plan.groups[0])


def _of_offices(plan: Plan, item: Item) -> frozenset[str]:
    return item.units - _of_departments(plan, item)


def _dates(kind: str, **moments: Any) -> Any:
    """What dates a kind of report, by the value of its reading."""

    def change(plan: Plan, value: Any) -> Plan:
        if value not in moments or kind not in plan.kinds:
            return plan
        dated = replace(plan.kinds[kind], counts_from=moments[value])
        return replace(plan, kinds={**plan.kinds, kind: dated})

    return change


CHANGES: Mapping[str, Callable[[Plan, Any], Plan]] = {
    "A01": _inclusive,
    "A03": _above,
    "A06": _asked_of("dy_update", none=_nobody),
    "A07": _asked_of("training", school=_nobody),
    "A18": _dates("video", approved="decided", published="released"),
    "A21": _dates("ppt", submitted="submitted", promoted="released"),
    "A22": _asked_of("ppt", admissions=_of_offices, departments=_of_departments),
    "A29": _asked_of("leads", department=_with_card, inherit_school=_with_card),
    "A38": _blank_cells,
}
