"""The readings that can be switched, each declared once: its values and what a switch touches.

A value not listed here is refused, so that what a plan says is what the score does (decision 3).
"""

from collections.abc import Iterable, Mapping
from typing import Any, Literal

from scoring.values import frozen
from scoring.words import say

Touches = Literal["verdict", "posting", "board"]


@frozen
class Switch:
    """The values of one reading, the default first, as a plan file writes them (analysis b).

    `touches`: verdicts alone, which change at once; postings, which are entered anew; or only the
    board of what carries no points.
    """

    number: str
    values: tuple[Any, ...]
    touches: Touches


def _declared(**switches: tuple[Touches, tuple[Any, ...]]) -> Mapping[str, Switch]:
    return {
        number: Switch(number=number, values=values, touches=touches)
        for number, (touches, values) in switches.items()
    }


SWITCHES: Mapping[str, Switch] = _declared(
    A01=("verdict", (True, False)),
    A02=("verdict", ("none", "next_workday")),
    A03=("verdict", (True, False)),
    A04=("verdict", ("higher", "lower")),
    A06=("verdict", ("prorata", "all_or_nothing", "manual", "none")),
    A07=("verdict", ("home_department", "school")),
    A08=("verdict", ("none", "zero")),
    A10=("verdict", ("person_session", "person")),
    A13=("verdict", ("ytd", "month")),
    A18=("posting", ("submitted", "approved", "published")),
    A20=("verdict", ("per_teacher", "all_or_nothing")),
    A21=("posting", ("approved", "submitted", "promoted")),
    A22=("verdict", ("both", "admissions", "departments")),
    A23=("verdict", ("dedup", "literal", "partition")),
    A24=("posting", ("task", "metric")),
    A26=("verdict", ("thursday", "sunday", "monday")),
    A29=("verdict", ("combined", "per_school", "department", "inherit_school")),
    A30=("verdict", (False, True)),
    A33=("verdict", ("all_staff", "teachers")),
    A38=("board", ("one", "none")),
)

CONFLICTS: tuple[tuple[tuple[str, Any], tuple[str, Any]], ...] = (
    (("A03", False), ("A04", "higher")),
)
"""Two values that cannot hold together: an edge that 以上 leaves out cannot win the higher band."""


def code(value: Any) -> str:
    """A value as a plan file writes it, without quotes: next_workday, true."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def word(number: str, value: Any) -> str:
    """What people call a value: 顺延."""
    return say(f"reading.{number}_{code(value)}")


def meant(number: str, said: str) -> Any:
    """The value that people mean by a word or by its code; KeyError for one nobody knows."""
    values = SWITCHES[number].values
    return {name: value for value in values for name in (code(value), word(number, value))}[said]


def conflicts(values: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    """The pairs of readings whose values cannot hold together."""
    return [
        (one, other)
        for (one, was), (other, is_) in CONFLICTS
        if values.get(one) == was and values.get(other) == is_
    ]
