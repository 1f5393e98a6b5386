"""What a month's report is composed from."""

from collections.abc import Mapping
from dataclasses import dataclass

from db.engine.tx import Reading
from db.months import Heads
from db.people import Directory
from scoring.moments import Instant
from scoring.plan import Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What a report is composed from: a month of a plan as known now."""

    tx: Reading
    plan: Plan
    month: str
    until: Instant
    known: Instant
    heads: Heads
    people: Directory
    names: Mapping[int, str]
