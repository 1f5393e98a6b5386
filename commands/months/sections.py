"""The parts of a month's report beside the cards: what is open and who can close it, what needs
attention, the readings used, the videos and the interaction tasks (附件3·二·(一), 五·(一))."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from commands.filing.cases import is_about
from commands.filing.deciders import deciders, is_own, sharing
from commands.months.report import (
    Account,
    Attention,
    Convention,
    Metric,
    OpenItem,
    Owed,
    Reveal,
    Settled,
    Sheet,
    Span,
)
from commands.months.scene import Scene
from commands.wording.formats import decimal, short
from commands.wording.terms import ACTS
from db import appeals, ledger, months, tasks
from db.people import ADMIN
from scoring import months as monthly
from scoring.cards import Card, Status
from scoring.duties import board
from scoring.facts import STANDING
from scoring.moments import period_days
from scoring.periods import month_of_week, period_end, weeks
from scoring.plan import Plan, Unit
from scoring.rules_counts import line_of
from scoring.verdicts import EVERYBODY, Basis, Tallies

APPEAL = "appeal"
MOST_NAMES = 6


# --- what is open -------------------------------------------------------------------------


def open_items(scene: Scene, cards: Iterable[Card]) -> tuple[OpenItem, ...]:
    """What could still change the month: what waits for a decision, then what lacks data."""
    known = list(cards)
    return (*_undecided(scene), *_contested(scene, known), *_without_data(scene, known))


def counted(items: Iterable[OpenItem]) -> dict[str, int]:
    """待核, 申诉中, 无数据 -> how many."""
    totals = {"待核": 0, "申诉中": 0, "无数据": 0}
    for item in items:
        totals[item.what] += item.total
    return totals


def _undecided(scene: Scene) -> Iterator[OpenItem]:
    plan = scene.plan
    for row in months.waiting_until(scene.tx, plan, scene.until):
        if plan.kinds[row.kind].deciders and row.kind != APPEAL:
            yield _waits(scene, row.kind, row.unit, total=row.total, oldest=row.oldest)


def _contested(scene: Scene, cards: Iterable[Card]) -> Iterator[OpenItem]:
    """The open appeals of each unit, with the items they are about."""
    found: dict[str, list[appeals.Case]] = {}
    for case in appeals.open_appeals(scene.tx):
        if case.of.plan == scene.plan.id and case.of.fact.happened_at < scene.until:
            found.setdefault(case.entry.fact.unit, []).append(case)
    lines = {card.unit: card.verdicts for card in cards}
    for unit, own in sorted(found.items()):
        kinds = {case.of.fact.kind for case in own}
        about = (
            line.item
            for line in lines.get(unit, ())
            if line.status is not Status.NA and any(is_about(line, kind) for kind in kinds)
        )
        oldest = min(case.number for case in own)
        waits = _waits(scene, APPEAL, unit, total=len(own), oldest=oldest)
        yield replace(waits, items=tuple(about))


def _waits(scene: Scene, kind: str, unit: str, *, total: int, oldest: int) -> OpenItem:
    units = sharing(scene.plan, [unit])
    roles = deciders(scene.plan, kind, units)
    return OpenItem(
        what="申诉中" if kind == APPEAL else "待核",
        kind=scene.plan.kinds[kind].word,
        unit=short(scene.plan, unit),
        total=total,
        oldest=oldest,
        roles=roles,
        who=_names(scene, roles, units),
    )


def _without_data(scene: Scene, cards: Iterable[Card]) -> Iterator[OpenItem]:
    """The verdicts that lack a head-count (A36), and the closed tasks nobody has settled."""
    for card in cards:
        for verdict in card.verdicts:
            if verdict.lacks:
                yield _missing(scene, scene.plan.item[verdict.item].word, card.name, ADMIN)
    settled = {
        entry.fact.details.get("task")
        for entry in months.of_kind(scene.tx, scene.plan, "settlement", scene.until)
        if _stands(scene, entry)
    }
    for task in months.of_kind(scene.tx, scene.plan, "task", scene.until):
        closed = int(task.fact.details.get("closes", scene.until)) <= scene.until
        if closed and task.number not in settled and _stands(scene, task):
            unit = short(scene.plan, task.fact.unit)
            yield _missing(scene, "任务平台数", unit, "融媒体中心", task.number)


def _missing(scene: Scene, kind: str, unit: str, role: str, number: int = 0) -> OpenItem:
    return OpenItem(
        what="无数据",
        kind=kind,
        unit=unit,
        total=1,
        oldest=number,
        roles=(role,),
        who=_names(scene, (role,), frozenset()),
    )


def _names(scene: Scene, roles: Iterable[str], units: frozenset[str]) -> tuple[str, ...]:
    """Who may close it; nobody of the units concerned."""
    found = {
        person.id: person.name
        for role in roles
        for person in scene.people.with_role(role)
        if not is_own(person, units)
    }
    return tuple(found.values())[:MOST_NAMES]


def _stands(scene: Scene, entry: ledger.Entry) -> bool:
    return ledger.stands(scene.tx, entry.number).state in STANDING


# --- what needs attention, and the readings used ------------------------------------------


def attention(sheet: Sheet) -> tuple[Attention, ...]:
    """The red lines: items below zero, and items lost entirely."""
    return tuple(
        Attention(unit=row.unit, item=item.item, points=item.points, because=item.because)
        for row in sheet.rows
        for item in row.items
        if item.points is not None and (item.points < 0 or (item.max and item.lost >= item.max))
    )


def conventions(plan: Plan, sheet: Sheet) -> tuple[Convention, ...]:
    """The readings behind the points shown, and the items they bear on."""
    used: dict[str, list[str]] = {}
    for row in sheet.rows:
        for item in row.items:
            words = used.setdefault(item.convention or "", [])
            if (word := plan.item[item.item].word) not in words:
                words.append(word)
    used.pop("", None)
    return tuple(
        Convention(
            number=number,
            note=plan.readings[number].source.note,
            clause=plan.readings[number].source.clause,
            items=tuple(used[number]),
        )
        for number in sorted(used)
    )


# --- the data the clauses ask for ---------------------------------------------------------


def videos(scene: Scene, tallies: Tallies) -> tuple[Account, ...]:
    """What each account published in the month, period by period."""
    return tuple(_account(scene, tallies, units) for units in _accounts(scene.plan))


def _account(scene: Scene, tallies: Tallies, units: Sequence[Unit]) -> Account:
    quota = units[0].quotas.get("video")
    codes = [unit.code for unit in units]
    accepted, off_topic, rejected, waiting, waived = (
        tallies.pooled(codes, measure)
        for measure in (
            *("video.accepted", "video.off_topic", "video.rejected", "video.waiting"),
            "waiver.accepted",
        )
    )
    return Account(
        units=tuple(unit.name for unit in units),
        due=quota.due if quota else None,
        periods=tuple(
            Span(
                period=span,
                waived=span in waived,
                accepted=accepted.get(span, 0),
                off_topic=off_topic.get(span, 0),
                rejected=rejected.get(span, 0),
                waiting=waiting.get(span, 0),
            )
            for span in ([scene.month] if quota and quota.per == "month" else _weeks(scene))
        ),
    )


def _accounts(plan: Plan) -> Iterable[list[Unit]]:
    """The units that share each video account."""
    accounts: dict[str, list[Unit]] = {}
    for unit in plan.scored_units:
        if unit.account:
            accounts.setdefault(unit.account, []).append(unit)
    return accounts.values()


def _weeks(scene: Scene) -> list[str]:
    """The weeks that belong to the month."""
    found = weeks(scene.plan, *period_days(scene.month))
    return [week for week in found if month_of_week(scene.plan, week) == scene.month]


def tasks_owed(scene: Scene, tallies: Tallies) -> tuple[Owed, ...]:
    """The quotas of 附件2, which carry no points: the month and each week, unit by unit."""
    return tuple(
        Owed(
            unit=unit.name,
            task=row.task,
            period=row.period,
            due=row.due,
            done=row.done,
            missing=row.missing,
        )
        for unit in scene.plan.scored_units
        for span in (scene.month, *_weeks(scene))
        for row in board(scene.plan, unit, tallies, period_end(span) - 1)
        if row.period == span
    )


def reveals(scene: Scene) -> tuple[Reveal, ...]:
    """Who looked at how many full numbers in the month (C28)."""
    rows = months.revealed(scene.tx, monthly.month_start(scene.month), scene.until)
    return tuple(Reveal(who=scene.names.get(row.person, ""), total=row.total) for row in rows)


def enrolments(scene: Scene, tallies: Tallies, basis: Basis) -> int:
    """How many people of the enrolment task the certified leads of all staff stand for, each
    person's own counted for itself (A33)."""
    if "leads" not in scene.plan.item:
        return 0
    each: int = scene.plan.term("leads", "each_enrolment")
    certified = tallies.of(EVERYBODY, "lead.accepted")
    return sum(certified.get(str(person), 0) // each for person in basis.staff)


def interaction(scene: Scene) -> tuple[Settled, ...]:
    """The tasks settled in the month: the platform's counters against the line, beside what the
    staff reported themselves."""
    began = monthly.month_start(scene.month)
    return tuple(
        _settled(scene, entry)
        for entry in months.of_kind(scene.tx, scene.plan, "settlement", scene.until)
        if entry.fact.happened_at >= began and _stands(scene, entry)
    )


def _settled(scene: Scene, entry: ledger.Entry) -> Settled:
    details = entry.fact.details
    students, staff = details.get("students") or 0, details.get("staff") or 0
    teaching = details.get("teaching_staff") or 0
    line = line_of(scene.plan, students, staff, teaching) if students and staff else None
    return Settled(
        task=details["task"],
        title=entry.title,
        settled_at=entry.fact.happened_at,
        students=students,
        staff=staff,
        line=None if line is None else decimal(line),
        metrics=_metrics(details.get("metrics", {}), line),
        reported=tasks.sums(scene.tx, scene.plan, int(details["task"])),
    )


def _metrics(counts: Mapping[str, int], line: Fraction | None) -> tuple[Metric, ...]:
    return tuple(
        Metric(act=act, word=ACTS[act], count=count, met=None if line is None else count >= line)
        for act, count in counts.items()
    )
