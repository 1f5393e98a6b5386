"""Facts and decisions -> postings, the ledger entries from which every score is summed.

A standing has effects, mostly one count of "<kind>.<state>". Moving a fact from one standing to
another removes the old effects and adds the new ones, so the sums by (unit, measure, period) do
not depend on how a fact got where it stands.

When an entry is dated (`Kind.counts_from`):

- *submitted*: at the fact's own time, whoever decides and whenever (A18, A40). Only a handover
  counts at the time of authorisation that its verifier states (A17): the `happened_at` of the
  approval, which is the fact's own unless another time was named.
- *decided*: when the decision happened (A21, A35), and what it replaces ends at that moment. A
  decision that is taken back ends when it is taken back.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping

from scoring.facts import Decision, Fact, Standing, State, Verb, standing
from scoring.moments import Instant, day_of, month_of, week_of
from scoring.plan import Kind, Plan
from scoring.values import frozen
from scoring.verdicts import EVERYBODY


@frozen
class Posting:
    """`delta` of a `measure` of a `unit` in a `period`.

    A measure is "<kind>.<state>", such as video.accepted; a period is a day, week, month, a
    person's id or a fact's number, all as text. `happened_at` and `recorded_at` are the two times
    of design 3.
    """

    unit: str
    measure: str
    period: str
    delta: int
    happened_at: Instant
    recorded_at: Instant
    fact: int


# A person's leads stay together even if the person moves to another unit.
Effect = tuple[str, str, str, int]
"""Unit, measure, period, value: what a standing adds to the sums, once per place."""

COUNTED = frozenset({State.WAITING, State.ACCEPTED, State.OFF_TOPIC, State.REJECTED})
"""The states that count; a revoked or withdrawn fact counts nowhere."""

TIMED_BY_VERIFIER = frozenset({"handover"})
"""Kinds dated by their approval instead of the report (A17)."""


def postings(
    plan: Plan, fact: Fact, before: Standing | None, after: Standing, recorded_at: Instant
) -> list[Posting]:
    """The postings for moving a fact from one standing to another (None: it was just reported)."""
    kind = plan.kinds[fact.kind]
    entries: dict[tuple[str, str, str, Instant], int] = {}
    if before is not None:
        ends_at = _ends_at(kind, fact, before, after, recorded_at)
        for unit, measure, period, value in _effects(plan, kind, fact, before):
            entries[unit, measure, period, ends_at] = -value
    begins_at = _begins_at(kind, fact, before, after, recorded_at)
    for unit, measure, period, value in _effects(plan, kind, fact, after):
        key = unit, measure, period, begins_at
        entries[key] = entries.get(key, 0) + value
    return [
        Posting(
            unit=unit,
            measure=measure,
            period=period,
            delta=delta,
            happened_at=happened_at,
            recorded_at=recorded_at,
            fact=fact.number,
        )
        for (unit, measure, period, happened_at), delta in entries.items()
        if delta
    ]


def ledger(plan: Plan, fact: Fact, decisions: Iterable[Decision]) -> list[Posting]:
    """All postings of a fact and its decisions, oldest first; the same as entering each in turn."""
    before = standing(())
    entries = postings(plan, fact, None, before, fact.recorded_at)
    taken: list[Decision] = []
    for decision in decisions:
        taken.append(decision)
        after = standing(taken)
        entries += postings(plan, fact, before, after, decision.recorded_at)
        before = after
    return entries


# --- when ---------------------------------------------------------------------------------


def _counts_at(kind: Kind, fact: Fact, stands: Standing) -> Instant:
    """The time at which a standing counts, and from which its day, week or month is taken."""
    decision = stands.decision
    if decision is None:
        return fact.happened_at
    by_verifier = kind.code in TIMED_BY_VERIFIER and decision.verb is Verb.APPROVE
    if by_verifier or kind.counts_from == "decided":
        return decision.happened_at
    return fact.happened_at


def _begins_at(
    kind: Kind, fact: Fact, before: Standing | None, after: Standing, recorded_at: Instant
) -> Instant:
    if before is None or kind.counts_from == "submitted":
        return _counts_at(kind, fact, after)
    return _moment(after, recorded_at)


def _ends_at(
    kind: Kind, fact: Fact, before: Standing, after: Standing, recorded_at: Instant
) -> Instant:
    """Never before the standing that ends had begun, so that no count goes below zero."""
    began_at = _counts_at(kind, fact, before)
    if kind.counts_from == "submitted":
        return began_at
    return max(began_at, _moment(after, recorded_at))


def _moment(after: Standing, recorded_at: Instant) -> Instant:
    """When a fact moved: at its new decision, or when a decision was taken back."""
    decision = after.decision
    if decision is None or decision.recorded_at != recorded_at:
        return recorded_at
    return decision.happened_at


# --- what ---------------------------------------------------------------------------------


def _effects(plan: Plan, kind: Kind, fact: Fact, stands: Standing) -> Iterable[Effect]:
    state = stands.state
    if state is State.WAITING and not kind.deciders:
        state = State.ACCEPTED
    if state not in COUNTED:
        return ()
    special = SPECIAL.get(kind.code)
    if special and state is State.ACCEPTED:
        return special(plan, fact)
    measure = f"{kind.code}.{state}"
    at = _counts_at(kind, fact, stands)
    unit = EVERYBODY if kind.period == "person" else fact.unit
    return [(unit, measure, period, 1) for period in _periods(plan, kind, fact, at)]


def _periods(plan: Plan, kind: Kind, fact: Fact, at: Instant) -> Iterable[str]:
    """The periods a count is filed under; a waiver is filed under each week it waives."""
    if kind.code == "waiver":
        return tuple(dict.fromkeys(fact.details.get("weeks", ())))
    period = kind.period
    if period == "cadence":
        quota = plan.by_code[fact.unit].quotas.get(kind.code)
        period = quota.per if quota else "week"
    return (FILED[period](fact, at),)


FILED: Mapping[str, Callable[[Fact, Instant], str]] = {
    "day": lambda fact, at: day_of(at).isoformat(),
    "week": lambda fact, at: week_of(day_of(at)),
    "month": lambda fact, at: month_of(day_of(at)),
    "person": lambda fact, at: str(fact.person),
    "fact": lambda fact, at: str(fact.details.get("task", fact.number)),
}
"""Participation and settlements are filed under the task they answer."""


def _training(plan: Plan, fact: Fact) -> Iterator[Effect]:
    """The training itself, and who was absent or failed, once each in their own unit (A07, A10)."""
    yield EVERYBODY, "training.held", str(fact.number), 1
    for what in ("absent", "failed"):
        people = dict(fact.details.get(what, ()))
        for person, unit in people.items():
            yield unit, f"training.{what}", str(person), 1


def _settlement(plan: Plan, fact: Fact) -> Iterator[Effect]:
    """The lowest platform counter of a task and the head-counts of its day (A24, A50)."""
    details = fact.details
    counters = details.get("metrics", {}).values()
    if not counters:
        return
    values = {"settled": 1, "lowest": min(counters)}
    for name in ("students", "staff", "teaching_staff"):
        values[name] = details.get(name) or 0
    task = str(details.get("task", fact.number))
    item = plan.item.get("interaction")
    for unit in sorted(item.units if item else ()):
        for name, value in values.items():
            yield unit, f"interaction.{name}", task, value


SPECIAL: Mapping[str, Callable[[Plan, Fact], Iterable[Effect]]] = {
    "training": _training,
    "settlement": _settlement,
}
"""Kinds whose acceptance counts something other than the fact itself."""
