"""Who stands where in a month (A43)."""

from collections.abc import Container

from commands.months.report import Report, Row, Sheet
from commands.wording.formats import short_name
from scoring.plan import Plan
from scoring.verdicts import ZERO


def month_words(report: Report) -> dict[str, object]:
    """The year and month of the report, as values for its sentences."""
    year, month = report.month.split("-")
    return {"year": year, "month": int(month)}


def contested(plan: Plan, report: Report) -> Container[tuple[str, str]]:
    """The items that open appeals are about: the unit's full name, the item."""
    names = {short_name(unit): unit.name for unit in plan.units}
    return {(names.get(one.unit, one.unit), item) for one in report.open for item in one.items}


def ranked(sheet: Sheet, group: str) -> list[tuple[int, Row]]:
    """The units of a group by rate, with their places; equal rates share a place (A43)."""
    found = [row for row in sheet.units if row.group == group]
    found.sort(key=lambda row: -(row.rate or ZERO))
    rates = [row.rate or ZERO for row in found]
    return [
        (1 + sum(other > rate for other in rates), row)
        for rate, row in zip(rates, found, strict=True)
    ]
