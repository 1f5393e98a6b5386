"""What to do about a 部门 that the plan does not have."""

from collections.abc import Iterable

from commands.wording.sentences import say
from scoring.plan import Plan


def ways_out(plan: Plan, reasons: Iterable[str]) -> str:
    """The plan's units and both ways out, if one of a roster's faults is an unknown unit."""
    begins, _, _ = say("rosterfile.unit", said="\0").partition("\0")
    if not any(reason.startswith(begins) for reason in reasons):
        return ""
    names = "、".join(unit.name for unit in plan.units)
    return say("rosterfile.units", names=names, year=plan.year)
