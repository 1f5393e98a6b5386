"""Weekly reminders: the Monday result, the class meetings, the Friday digest, 齐了."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta

from commands.chat.requests import Asking
from commands.duties import advice, changes, completion, obligations, standing
from commands.wording import terms
from commands.wording.formats import address, deadline, short_name, week
from commands.wording.sentences import lines, say
from db import ledger
from db.people import NOBODY
from reminders.deadlines import named
from reminders.planning import MORNING, THURSDAY, Occurrence
from reminders.scene import (
    ASSESSORS,
    NEXT_MORNING,
    NEXT_WEEK,
    Item,
    Scene,
    board_of,
    press,
    quota_button,
    to_each,
)
from reminders.tracks import TOO_LATE
from scoring.cards import scorecard
from scoring.duties import Task, board, duties
from scoring.moments import DAY, Instant, day_of, end_of, period_days, start_of, week_of
from scoring.plan import Unit


def monday(occurrence: Occurrence, scene: Scene) -> Iterator[Item]:
    """To heads and officers: last week's result, this week's quotas, what is overdue, what the unit
    gained and lost since the last letter and why, and the cheapest next points."""
    start, sunday = period_days(occurrence.period)
    before = start_of(start) - 1
    in_break = scene.calendar.on_break(start + timedelta(days=THURSDAY))
    was = changes.before(scene.tx, scene.plan, scene.tallies, _last_letter(start, scene))
    for unit in scene.plan.scored_units:
        last = standing.rows_of(board_of(scene, unit, before), "W")
        this = standing.rows_of(board_of(scene, unit, scene.now), "W")
        if not this and not last:
            continue
        text = lines(
            say(
                "remind.monday" if this else "remind.monday_free",
                unit=short_name(unit),
                last=say(
                    "remind.last_week",
                    week=week(week_of(day_of(before))),
                    said=standing.counted(last),
                )
                if last
                else "",
                week=week(occurrence.period),
                said=standing.asked(this),
                by=deadline(end_of(sunday)),
            ),
            _overdue(unit, scene),
            *_account(unit, was, scene),
        )
        people = scene.officers(unit)
        if not in_break or not people:
            people = scene.present([*people, *scene.heads(unit)])
        yield from to_each(people, text, actions=(quota_button(unit),))


def _last_letter(monday: date, scene: Scene) -> Instant:
    """When last week's letter went, on its first workday; quotas or not."""
    before = monday - timedelta(days=7)
    first = scene.calendar.next_workday(before - timedelta(days=1))
    return start_of(first) + MORNING


def _account(unit: Unit, was: changes.Before, scene: Scene) -> Iterator[str]:
    """What the unit gained and lost since the last letter, and the cheapest next points."""
    plan, tx, now = scene.plan, scene.tx, scene.now
    basis = ledger.basis(tx, plan, now, now)
    card = scorecard(plan, unit, scene.tallies, basis, now)
    asking = Asking(plan=plan, people=scene.world.people, who=NOBODY, at=now, now=now)
    yield changes.told(asking, tx, changes.of_unit(tx, plan, unit, card, was))
    yield advice.line(plan, unit, card, scene.tallies, now)


def _overdue(unit: Unit, scene: Scene) -> str:
    """Deadlines that have passed but are still open, repeated each Monday (rule 4), unless nothing
    can be done about them any more."""
    owed = [
        duty
        for duty in duties(scene.plan, unit, scene.tallies, scene.now)
        if duty.item and duty.missing and duty.period is None and duty.item not in TOO_LATE
    ]
    ahead = {duty.item for duty in owed if not duty.missed}
    missed = dict.fromkeys(
        scene.plan.item[duty.item].word for duty in owed if duty.item and duty.item not in ahead
    )
    return say("remind.still_open", said="、".join(missed)) if missed else ""


def friday(occurrence: Occurrence, scene: Scene) -> Iterator[Item]:
    """To heads with a gap this week or month (during a break, or where a unit has no head, to its
    officers, and where it has neither, to the assessors), and one line to the groups.

    Units without a gap are not told anything, nor, in a week with two digests, those of which
    nothing was reported since the first.
    """
    start, sunday = period_days(occurrence.period)
    in_break = scene.calendar.on_break(start + timedelta(days=THURSDAY))
    short_of: dict[str, list[Unit]] = {}
    unheard: dict[str, list[Unit]] = {}
    for unit in scene.plan.scored_units:
        rows = board_of(scene, unit, scene.now)
        gaps = [row for row in rows if row.missing]
        for gap in standing.rows_of(gaps, "W"):
            short_of.setdefault(gap.task, []).append(unit)
        if not gaps or (occurrence.before and not _moved(unit, occurrence, scene)):
            continue
        officers, heads = scene.officers(unit), scene.heads(unit)
        people = (officers or heads) if in_break else (heads or officers)
        if not people:
            for gap in gaps:
                unheard.setdefault(gap.task, []).append(unit)
        yield from to_each(
            people,
            _digest(unit, rows, occurrence.period, sunday_end=end_of(sunday)),
            actions=(quota_button(unit),),
            snooze=NEXT_WEEK,
            for_officer=people == heads and bool(officers),
        )
    if unheard and not in_break:
        text = say("remind.unheard", week=week(occurrence.period), said=_by_task(unheard))
        yield from to_each(scene.role(ASSESSORS), text)
    if short_of and not in_break:
        yield from _to_groups(short_of, occurrence.period, end_of(sunday), scene)


def _moved(unit: Unit, occurrence: Occurrence, scene: Scene) -> bool:
    """Whether a unit stands otherwise than when its digest of this week was said before."""
    then = ledger.tallies_at(scene.tx, scene.plan, occurrence.before, occurrence.before)
    before, now = (
        [
            *((row.task, row.done) for row in board(scene.plan, unit, tallies, scene.now)),
            tallies.of(unit.code, "meeting.accepted").get(occurrence.period, 0),
        ]
        for tallies in (then, scene.tallies)
    )
    return before != now


def _digest(unit: Unit, rows: Iterable[Task], period: str, *, sunday_end: int) -> str:
    rows = tuple(rows)
    weekly, monthly = standing.rows_of(rows, "W"), standing.rows_of(rows, "")
    if not weekly:
        return of_month(unit, monthly)
    done = not any(row.missing for row in weekly)
    return lines(
        say(
            "remind.digest_done" if done else "remind.digest",
            unit=short_name(unit),
            week=week(period),
            said=standing.counted(weekly),
            by=deadline(sunday_end),
        ),
        standing.shown(monthly),
    )


def of_month(unit: Unit, rows: Iterable[Task]) -> str:
    """机电 4月：新闻 1/2　→ 4月30日（周二）24:00止."""
    rows = tuple(rows)
    _, last = period_days(rows[0].period)
    return say(
        "remind.month",
        unit=short_name(unit),
        month=last.month,
        said=standing.counted(rows),
        by=deadline(end_of(last)),
    )


def _to_groups(
    short_of: dict[str, list[Unit]], period: str, ends: int, scene: Scene
) -> Iterator[Item]:
    """One digest per group, mentioning nobody; a unit's own group is told about that unit only."""
    for chat, own in scene.groups:
        mine = {
            task: [unit for unit in units if own in ("", unit.code)]
            for task, units in short_of.items()
        }
        said = _by_task(mine)
        if said:
            text = say("remind.group", week=week(period), by=deadline(ends), said=said)
            yield Item(chat=chat, text=text, actions=(press("todo", "todo"),))


def _by_task(units: Mapping[str, list[Unit]]) -> str:
    """视频 机电、艺术；栏目 教务."""
    return "；".join(f"{terms.QUOTAS[task]} {named(of)}" for task, of in units.items() if of)


def complete(rest: str, scene: Scene) -> Iterator[Item]:
    """To the heads of a unit, once, when all of its week or month (unit.period) is accepted."""
    code, _, period = rest.partition(".")
    unit = scene.plan.by_code[code]
    end = end_of(period_days(period)[1])
    rows = completion.accepted(scene.tx, scene.plan, scene.world.people, code, end - 1)
    if not rows.get(period):
        return
    days = max(0, (end - scene.now) // DAY)
    month = "W" not in period
    text = say(
        "remind.complete_early" if days else "remind.complete",
        unit=short_name(unit),
        period=f"{int(period[-2:])}月" if month else week(period),
        said=standing.counted(rows[period]),
        days=days,
    )
    yield from to_each(scene.heads(unit) or scene.officers(unit), text)


def meeting(occurrence: Occurrence, scene: Scene) -> Iterator[Item]:
    """To class advisers whose classes have not reported this week's meeting."""
    _, sunday = period_days(occurrence.period)
    for person in scene.present(scene.world.people.with_role("班主任")):
        left = obligations.unheld(scene.tx, scene.plan, person, occurrence.period)
        if left:
            who = address(person, scene.plan)
            text = say(
                "remind.meeting",
                who=who,
                classes="、".join(left),
                week=week(occurrence.period),
                by=deadline(end_of(sunday)),
                example=left[0],
            )
            yield Item(person=person, who=who, text=text, snooze=NEXT_MORNING)
