"""Facts (reports) and the decisions on them: the only inputs of a score besides the plan.

Facts and decisions are appended, never changed. The state of a fact is folded from its
decisions and stored nowhere else.
"""

from collections.abc import Iterable, Mapping
from dataclasses import field, replace
from enum import StrEnum
from typing import Any

from scoring.moments import Instant
from scoring.values import frozen


class State(StrEnum):
    """Where a fact stands. `accepted` covers 通过, 核实, 认可 and 认定; `revoked` is 撤销.

    `in_line`: another, reported first, holds what it claims; it counts nowhere until that one is
    gone (A34).
    """

    WAITING = "waiting"
    ACCEPTED = "accepted"
    OFF_TOPIC = "off_topic"
    REJECTED = "rejected"
    REVOKED = "revoked"
    WITHDRAWN = "withdrawn"
    IN_LINE = "in_line"

    __hash__ = str.__hash__  # Enum's own is written in Python, and every report needs it


STANDING = frozenset({State.WAITING, State.ACCEPTED, State.OFF_TOPIC})
"""States in which a fact keeps later reports from using its link, phone or name."""


class Verb(StrEnum):
    """What can be decided on a fact. `retract` takes back the last standing decision; `reopen`
    leaves a fact as it stands and asks for a decision anew; `yield` puts it behind one that was
    reported before it."""

    APPROVE = "approve"
    OFF_TOPIC = "off_topic"
    REJECT = "reject"
    REVOKE = "revoke"
    WITHDRAW = "withdraw"
    RETRACT = "retract"
    REOPEN = "reopen"
    YIELD = "yield"


LEADS_TO = {
    Verb.APPROVE: State.ACCEPTED,
    Verb.OFF_TOPIC: State.OFF_TOPIC,
    Verb.REJECT: State.REJECTED,
    Verb.REVOKE: State.REVOKED,
    Verb.WITHDRAW: State.WITHDRAWN,
    Verb.YIELD: State.IN_LINE,
}


@frozen
class Fact:
    """One report. `happened_at` is the platform's time, `recorded_at` ours (design 3)."""

    number: int
    kind: str
    unit: str
    person: int
    happened_at: Instant
    recorded_at: Instant
    details: Mapping[str, Any] = field(default_factory=dict)


@frozen
class Decision:
    """One decision on a fact. `happened_at` is when it really happened (C16), never later
    than `recorded_at`. `minor`: rejected for a small change only (小修), so that the report
    replacing it keeps the original time."""

    fact: int
    verb: Verb
    person: int
    happened_at: Instant
    recorded_at: Instant
    reason: str = ""
    minor: bool = False


@frozen
class Standing:
    """The state of a fact and the decision that led to it (None while waiting). `again`: it is to
    be decided once more, and counts as it stands until then."""

    state: State
    decision: Decision | None = None
    again: bool = False

    @property
    def waits(self) -> bool:
        """Whether somebody is asked to decide on it."""
        return self.state is State.WAITING or (self.again and self.state is not State.WITHDRAWN)


REPORTED = Standing(state=State.WAITING)


def standings(decisions: Iterable[Decision]) -> list[Standing]:
    """Every state a fact went through, from its report to where it stands now, by decisions
    oldest first; `retract` drops the last one, `reopen` marks it."""
    passed = [REPORTED]
    for decision in decisions:
        if decision.verb is Verb.REOPEN:
            passed[-1] = replace(passed[-1], again=True)
        elif decision.verb is not Verb.RETRACT:
            passed.append(Standing(state=LEADS_TO[decision.verb], decision=decision))
        elif len(passed) > 1:
            passed.pop()
    return passed


def standing(decisions: Iterable[Decision]) -> Standing:
    """Where a fact stands after these decisions, oldest first."""
    return standings(decisions)[-1]
