"""What the parts of a month's report are composed from."""

from collections.abc import Mapping
from dataclasses import dataclass

from db.engine.tx import Reading
from db.months import Heads
from db.people import Directory
from scoring.moments import Instant
from scoring.plan import Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """A month of a plan on one snapshot: what happened before `until`, as known at `known`."""

    tx: Reading
    plan: Plan
    month: str
    until: Instant
    known: Instant
    heads: Heads
    people: Directory
    names: Mapping[int, str]
