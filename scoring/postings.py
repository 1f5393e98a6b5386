"""Facts and decisions -> postings, the ledger entries from which every score is summed.

The decisions that stand make a history of a fact: what it counts as, mostly one count of
"<kind>.<state>", from when and until when. A new decision posts the difference between the history
before it and the history after it, so the sums by (unit, measure, period) do not depend on how a
fact got where it stands.

When a count is dated (`Kind.counts_from`):

- *submitted*: at the fact's own time, whoever decides and whenever (A18, A40), or at an earlier one
  that its approval names (C16). A handover counts at the time of authorisation that its verifier
  states, be it earlier or later (A17).
- *decided*: when the decision happened (A21, A35), and what it replaces ends at that moment.
- *released*: when the piece was published or promoted (A18, A21), as the last of its approvals
  states; until one does, when it was approved.

What is taken back, a decision or the report itself, never was: its entries are cancelled at their
own times. From when that is known is told by `recorded_at` alone.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import pairwise

from scoring.facts import Decision, Fact, Standing, State, Verb, standings
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
"""The states that count; a fact that is revoked, withdrawn or in line counts nowhere."""

NEVER_WAS = frozenset({State.WITHDRAWN, State.IN_LINE})
"""The states in which a fact has not even counted before."""

TIMED_BY_VERIFIER = frozenset({"handover"})
"""Kinds that happened when their approval says, not when they were reported (A17)."""

REDATED = frozenset({"video", "ppt"})
"""Kinds whose date is a reading (A18, A21). Their approvals that name no time carry that of the
report, or that of the approval, whichever counted then; a later approval states the release."""

IN_TABLE = "records"
"""The detail of a fact that came in a 台账: the number of that table."""

Dated = tuple[str, str, str, Instant]
"""Unit, measure, period, and when it happened."""


def postings(
    plan: Plan,
    fact: Fact,
    before: Iterable[Decision] | None,
    after: Iterable[Decision],
    recorded_at: Instant,
) -> list[Posting]:
    """The postings for going on from the decisions `before` (None: nothing was reported) to those
    `after`, each with all decisions so far, oldest first."""
    was = {} if before is None else _history(plan, fact, before)
    entries = {entry: -value for entry, value in was.items()}
    for entry, value in _history(plan, fact, after).items():
        entries[entry] = entries.get(entry, 0) + value
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
    entries = postings(plan, fact, None, (), fact.recorded_at)
    taken: list[Decision] = []
    for decision in decisions:
        before = tuple(taken)
        taken.append(decision)
        entries += postings(plan, fact, before, taken, decision.recorded_at)
    return entries


# --- when ---------------------------------------------------------------------------------


def _history(plan: Plan, fact: Fact, decisions: Iterable[Decision]) -> dict[Dated, int]:
    """What a fact has counted as, with each count entered when it began and taken out when it
    ended; the newest one stays."""
    kind = plan.kinds[fact.kind]
    *passed, last = _apart_from_releases(kind, fact, standings(decisions))
    entries: dict[Dated, int] = {}
    if last.state in NEVER_WAS:
        return entries
    for before, after in pairwise((*passed, last)) if kind.counts_from != "submitted" else ():
        began_at, ends_at = _counts_at(kind, fact, before), _counts_at(kind, fact, after)
        _enter(entries, _effects(plan, kind, fact, before), began_at)
        _enter(entries, _effects(plan, kind, fact, before), max(began_at, ends_at), -1)
    _enter(entries, _effects(plan, kind, fact, last), _counts_at(kind, fact, last))
    return entries


def _apart_from_releases(kind: Kind, fact: Fact, found: list[Standing]) -> list[Standing]:
    """The standings without the approvals that only state a release, where that does not count:
    of several approvals in a row the earliest does."""
    if kind.code not in REDATED or kind.counts_from == "released":
        return found
    kept: list[Standing] = []
    for one in found:
        again = kept and one.decision and one.state is kept[-1].state is State.ACCEPTED
        if not again:
            kept.append(one)
        elif _counts_at(kind, fact, one) < _counts_at(kind, fact, kept[-1]):
            kept[-1] = one
    return kept


def _enter(
    entries: dict[Dated, int], effects: Iterable[Effect], happened_at: Instant, sign: int = 1
) -> None:
    for unit, measure, period, value in effects:
        entry = unit, measure, period, happened_at
        entries[entry] = entries.get(entry, 0) + sign * value


def _counts_at(kind: Kind, fact: Fact, stands: Standing) -> Instant:
    """The time at which a standing counts, and from which its day, week or month is taken."""
    decision = stands.decision
    if decision is None:
        return fact.happened_at
    if kind.counts_from != "submitted":
        return _decided_at(fact, decision)
    if decision.verb is not Verb.APPROVE:
        return fact.happened_at
    if kind.code in TIMED_BY_VERIFIER:
        return decision.happened_at
    return min(fact.happened_at, decision.happened_at)


def approval_counts_from(plan: Plan, fact: Fact, recorded_at: Instant) -> Instant:
    """From when an approval counts that names no time; an earlier time is 补录 (C16)."""
    decided = plan.kinds[fact.kind].counts_from == "decided"
    return recorded_at if decided else fact.happened_at


def _decided_at(fact: Fact, decision: Decision) -> Instant:
    """When a decision was taken, or what it approves released: of an approval that carries the
    time of its report, because it named none, when it was recorded (A18, A21). A 台账 names the
    time of both."""
    alike = decision.verb is Verb.APPROVE and decision.happened_at == fact.happened_at
    unnamed = alike and fact.kind in REDATED and IN_TABLE not in fact.details
    return decision.recorded_at if unnamed else decision.happened_at


def is_backdated(plan: Plan, fact: Fact, decision: Decision) -> bool:
    """Whether an approval named an earlier time than it would have had (C16)."""
    usual = approval_counts_from(plan, fact, decision.recorded_at)
    decided_at = decision.happened_at
    if plan.kinds[fact.kind].counts_from == "decided":
        decided_at = _decided_at(fact, decision)
    return decision.verb is Verb.APPROVE and decided_at < usual


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
    return (FILED[_filed_by(plan, kind, fact.unit)](fact, at),)


def _filed_by(plan: Plan, kind: Kind, unit: str) -> str:
    if kind.period != "cadence":
        return kind.period
    quota = plan.by_code[unit].quotas.get(kind.code)
    return quota.per if quota else "week"


def is_filed_by_week(plan: Plan, kind: str, unit: str) -> bool:
    """Whether a unit's reports of a kind are counted week by week."""
    return unit in plan.by_code and _filed_by(plan, plan.kinds[kind], unit) == "week"


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
    if plan.reads("A24") == "metric":
        values |= {name: count + 1 for name, count in details["metrics"].items()}
    for name in ("students", "staff", "teaching_staff"):
        values[name] = details.get(name) or 0
    task = str(details.get("task", fact.number))
    item = plan.item.get("interaction")
    for unit in sorted(item.units if item else ()):
        for name, value in values.items():
            yield unit, f"interaction.{name}", task, value


def _award(_plan: Plan, fact: Fact) -> Iterator[Effect]:
    """The hundredths that 考核组 gives, one more than given, so that none is told from nothing
    (A06)."""
    yield fact.unit, "award.points", str(fact.number), fact.details["hundredths"] + 1


SPECIAL: Mapping[str, Callable[[Plan, Fact], Iterable[Effect]]] = {
    "training": _training,
    "settlement": _settlement,
    "award": _award,
}
"""Kinds whose acceptance counts something other than the fact itself."""
