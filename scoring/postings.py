"""Facts and decisions -> postings, the entries of the ledger that every score is summed from."""

from dataclasses import dataclass

from scoring.facts import Fact, Standing
from scoring.moments import Instant
from scoring.plan import Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class Posting:
    """`delta` of a `measure` of a `unit` in a `period`.

    A measure is "<kind>.<state>", as video.accepted; a period is a day, week, month, a person's
    id or a fact's number, all as text. `happened_at` and `recorded_at` are the two times of
    design 3.
    """

    unit: str
    measure: str
    period: str
    delta: int
    happened_at: Instant
    recorded_at: Instant
    fact: int


def postings(
    plan: Plan, fact: Fact, before: Standing | None, after: Standing, recorded_at: Instant
) -> list[Posting]:
    """What moving a fact from one standing to another (None: it was just reported) enters."""
    raise NotImplementedError
