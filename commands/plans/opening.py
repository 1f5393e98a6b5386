"""A plan file as it is opened, away from the writer: its text, checked as a whole."""

from typing import Any

from commands.chat.requests import Opener
from db import plans
from scoring.moments import Instant
from scoring.plan import Plan
from scoring.planfile import parse


def _read(name: str, data: bytes, _plan: Plan, _now: Instant) -> Any:
    text = plans.decoded(name, data)
    return {"text": text, "year": parse(text, name).year}


OPENER = Opener(read=_read, value=dict)
"""Raises PlanFault, which names every fault by line and field."""
