"""The readings in a plan file: which values they may have, and which cannot hold together."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from scoring.plan import Plan, Reading
from scoring.planlines import Sheet
from scoring.planvalues import count, only
from scoring.switches import SWITCHES, code, conflicts, word
from scoring.words import say

COUNTED = {"A25": partial(count, year=0)}
"""Readings whose value is a number of their own."""


def value_of(number: str, usual: Any) -> Callable[[Any], Any]:
    """A reader of the values that this version computes for a reading."""
    if number in COUNTED:
        return COUNTED[number]
    switch = SWITCHES.get(number)
    if switch is None:
        return only(usual)

    def read(raw: Any) -> Any:
        found = [one for one in switch.values if type(one) is type(raw) and one == raw]
        if not found:
            values = "、".join(code(one) for one in switch.values)
            raise ValueError(say("fault.values", number=number, values=values))
        return found[0]

    return read


def told(reading: Reading) -> Reading:
    """A reading with the note of its value, where it is not the usual one."""
    switch = SWITCHES.get(reading.number)
    if switch is None or reading.value == switch.values[0]:
        return reading
    note = say(f"note.{reading.number}_{code(reading.value)}")
    return replace(reading, source=replace(reading.source, note=note))


def check_readings(sheet: Sheet, plan: Plan) -> None:
    """Values that cannot hold together, and those that lack what they need."""
    values = {number: reading.value for number, reading in plan.readings.items()}
    for one, other in conflicts(values):
        said = {
            "one": one,
            "word": word(one, values[one]),
            "other": other,
            "against": word(other, values[other]),
        }
        sheet.flaw(f"readings.{one}", say("fault.conflict", **said))
    ppt, groups = plan.item.get("ppt"), {unit.code: unit.group for unit in plan.units}
    kept = {"admissions": False, "departments": True}.get(values.get("A22", ""))
    first = plan.groups[0] if plan.groups else ""
    if ppt and kept is not None and not any((groups[u] == first) is kept for u in ppt.units):
        sheet.flaw("readings.A22", say("fault.nobody_left", item=ppt.word))
