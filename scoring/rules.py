"""The rules of the plan, one function per item.

Each takes every number from the plan's terms and asks the plan how it is read (A01-A60); what can
be switched is declared in `scoring.switches`.
"""

from collections.abc import Callable, Mapping

from scoring.periods import per_plan
from scoring.plan import Item, Plan, Unit
from scoring.rules_counts import (
    interaction,
    query_channel,
    results_channel,
    school_training,
    training,
    unit_training,
)
from scoring.rules_leads import school_leads, unit_leads
from scoring.rules_milestones import dy_handover, live_team, ppt
from scoring.rules_videos import dy_content, dy_update
from scoring.verdicts import Book, Status, Verdict, outside
from scoring.words import say

Rule = Callable[[Book, Item, Unit], Verdict]
SchoolRule = Callable[[Book, Item], Verdict]

RULES: Mapping[str, Rule] = {
    "training": training,
    "dy_handover": dy_handover,
    "dy_update": dy_update,
    "dy_content": dy_content,
    "live_team": live_team,
    "ppt": ppt,
    "interaction": interaction,
    "results_channel": results_channel,
    "query_channel": query_channel,
    "leads": unit_leads,
}
"""Rules for units by item code; called only where the item applies."""

SCHOOL_RULES: Mapping[str, SchoolRule] = {"leads": school_leads, "training": school_training}
"""Rules for what can be an item of the school row."""

SHARES: Mapping[str, Rule] = {"leads": unit_leads, "training": unit_training}
"""What a unit shows of an item of the school row, mostly unscored."""


@per_plan
def of_school(plan: Plan) -> frozenset[str]:
    """The items of the school row: the leads unless each department has its own (A29), and the
    trainings where they are charged to the school (A07)."""
    leads = {"leads"} if plan.reads("A29") != "department" else set()
    return frozenset(leads | ({"training"} if plan.reads("A07") == "school" else set()))


@per_plan
def not_applicable(plan: Plan) -> Mapping[str, Verdict]:
    """The verdict on each item for a unit to which it does not apply."""
    return {
        item.code: outside(item, Status.NA, say("because.not_applicable")) for item in plan.items
    }


@per_plan
def due_before(plan: Plan) -> Mapping[str, Verdict]:
    """The verdict on each item that fell due before the school began to work by the plan."""
    began = plan.starts or plan.first_day
    because = say("because.due_before", month=began.month, day=began.day)
    return {item.code: outside(item, Status.NA, because) for item in plan.items}
