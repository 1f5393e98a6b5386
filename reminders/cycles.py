"""What comes again: the week, the month, the year's end, the live streams of summer."""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from decimal import Decimal

from commands import completion, obligations, standing
from commands.chat import Button
from commands.leads import counts
from commands.texts import address, date_text, deadline, lines, points, say, short_name, week
from commands.texts import weekday as day_text
from db import ledger, months
from db.people import Person
from reminders.deadlines import named
from reminders.planning import LIVE, THURSDAY, Occurrence
from reminders.scene import (
    ASSESSORS,
    CHAIR,
    DEAN,
    IN_AN_HOUR,
    NEXT_MORNING,
    NEXT_WEEK,
    Item,
    Scene,
    press,
    to_each,
)
from scoring.cards import scorecard
from scoring.duties import Task, board, duties
from scoring.moments import DAY, day_of, end_of, period_days, start_of, week_of
from scoring.months import schedule
from scoring.plan import Obligation, Unit

TWICE_A_YEAR = 2
"""成绩发布 and 查询通道 are each expected so often a year (附件3·六)."""

ASKED_TWICE = ("year.check", "year.T-14", "year.T-3")
"""On these days every single person short of leads hears of it; on the others only heads do."""


def _rows(scene: Scene, unit: Unit, at: int) -> tuple[Task, ...]:
    """The quotas of the week and month of an instant, with meetings and views beside them."""
    owed = obligations.rows(scene.tx, scene.plan, scene.world.people, unit.code, at)
    return (*board(scene.plan, unit, scene.tallies, at), *owed)


# --- the week -----------------------------------------------------------------------------


def monday(occurrence: Occurrence, scene: Scene) -> Iterator[Item]:
    """To heads and officers: what last week came to, what this week asks, what is overdue."""
    start, sunday = period_days(occurrence.period)
    before = start_of(start) - 1
    in_break = scene.calendar.on_break(start + timedelta(days=THURSDAY))
    for unit in scene.plan.scored_units:
        last = standing.rows_of(_rows(scene, unit, before), "W")
        this = standing.rows_of(_rows(scene, unit, scene.now), "W")
        if not this and not last:
            continue
        text = lines(
            say(
                "remind.monday",
                unit=short_name(unit),
                last=say(
                    "remind.last_week",
                    week=week(week_of(day_of(before))),
                    said=standing.counted(last),
                )
                if last
                else "",
                week=week(occurrence.period),
                said=standing.asked(this) or say("remind.no_week"),
                by=deadline(end_of(sunday)),
            ),
            _overdue(unit, scene),
        )
        people = scene.officers(unit)
        if not in_break or not people:
            people = scene.present([*people, *scene.heads(unit)])
        yield from to_each(people, text, actions=(_quota(unit),))


def _overdue(unit: Unit, scene: Scene) -> str:
    """Deadlines that are past and still open, each Monday again (rule 4)."""
    owed = [
        duty
        for duty in duties(scene.plan, unit, scene.tallies, scene.now)
        if duty.item and duty.missing and duty.period is None
    ]
    ahead = {duty.item for duty in owed if not duty.missed}
    missed = dict.fromkeys(
        scene.plan.item[duty.item].word for duty in owed if duty.item and duty.item not in ahead
    )
    return say("remind.still_open", said="、".join(missed)) if missed else ""


def friday(occurrence: Occurrence, scene: Scene) -> Iterator[Item]:
    """To heads with a gap this week or month, in a break to officers; to the groups one line.

    Whoever is complete hears nothing.
    """
    start, sunday = period_days(occurrence.period)
    in_break = scene.calendar.on_break(start + timedelta(days=THURSDAY))
    short_of: dict[str, list[Unit]] = {}
    for unit in scene.plan.scored_units:
        rows = _rows(scene, unit, scene.now)
        gaps = [row for row in rows if row.missing]
        for gap in standing.rows_of(gaps, "W"):
            short_of.setdefault(gap.task, []).append(unit)
        if not gaps:
            continue
        people = scene.officers(unit) if in_break else scene.heads(unit)
        yield from to_each(
            people or scene.heads(unit),
            _digest(unit, rows, occurrence.period, sunday_end=end_of(sunday)),
            actions=(_quota(unit),),
            snooze=NEXT_WEEK,
            for_officer=not in_break and bool(scene.officers(unit)),
        )
    if short_of and not in_break:
        yield from _to_groups(short_of, occurrence.period, end_of(sunday), scene)


def _digest(unit: Unit, rows: Iterable[Task], period: str, *, sunday_end: int) -> str:
    rows = tuple(rows)
    weekly, monthly = standing.rows_of(rows, "W"), standing.rows_of(rows, "")
    done = weekly and not any(row.missing for row in weekly)
    return lines(
        say(
            "remind.digest_done" if done else "remind.digest",
            unit=short_name(unit),
            week=week(period),
            said=standing.counted(weekly) or say("remind.no_week"),
            by=deadline(sunday_end),
        ),
        standing.shown(monthly),
    )


def _to_groups(
    short_of: dict[str, list[Unit]], period: str, ends: int, scene: Scene
) -> Iterator[Item]:
    """One digest a group, nobody mentioned; a unit's own group hears of that unit alone."""
    for chat, own in scene.groups:
        said = "；".join(
            f"{standing.WORDS[task]} {named(mine)}"
            for task, units in short_of.items()
            if (mine := [unit for unit in units if own in ("", unit.code)])
        )
        if said:
            text = say("remind.group", week=week(period), by=deadline(ends), said=said)
            yield Item(chat=chat, text=text, actions=(press("todo", "todo"),))


def complete(rest: str, scene: Scene) -> Iterator[Item]:
    """To the head of a unit whose week or month (unit.period) is accepted whole: once."""
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
    yield from to_each(scene.heads(unit), text)


def meeting(occurrence: Occurrence, scene: Scene) -> Iterator[Item]:
    """To class advisers whose classes have not reported their meeting of the week."""
    _, sunday = period_days(occurrence.period)
    asked = obligations.obligation(scene.plan, "class_meeting").units
    for person in scene.present(scene.world.people.with_role("班主任")):
        if person.unit not in asked:
            continue
        left = [
            name
            for name in person.classes
            if ledger.claimed(scene.tx, scene.plan, "meeting", f"{name} {occurrence.period}")
            is None
        ]
        if left:
            text = say(
                "remind.meeting",
                who=address(person, scene.plan),
                classes="、".join(left),
                week=week(occurrence.period),
                by=deadline(end_of(sunday)),
                example=left[0],
            )
            yield Item(person=person, text=text, snooze=NEXT_MORNING)


# --- the month ----------------------------------------------------------------------------


def month(occurrence: Occurrence, scene: Scene) -> Iterator[Item]:
    """To heads whose month is short; on a Friday the digest says it."""
    _, last = period_days(occurrence.period)
    for unit in scene.plan.scored_units:
        rows = standing.rows_of(_rows(scene, unit, scene.now), "")
        if any(row.missing for row in rows):
            text = say(
                "remind.month",
                unit=short_name(unit),
                month=last.month,
                said=standing.counted(rows),
                by=deadline(end_of(last)),
            )
            yield from to_each(
                scene.heads(unit),
                text,
                actions=(_quota(unit),),
                snooze=NEXT_MORNING,
                for_officer=bool(scene.officers(unit)),
            )


def report(occurrence: Occurrence, scene: Scene) -> Iterator[Item]:
    """The month's report: draft and freeze to the assessors, objections to heads (A48)."""
    period, step = occurrence.period, occurrence.rule.rpartition(".")[2]
    if months.is_frozen(scene.tx, scene.plan, period) is not None:
        return
    _, end = period_days(period)
    due = schedule(scene.calendar, period)
    told = {
        "month": end.month,
        "name": period,
        "objections": day_text(due.objections),
        "freeze": day_text(due.freeze),
    }
    if step == "objections":
        yield from _objections(told, end_of(end), scene)
        return
    text = say(f"remind.report_{step}", **told)
    line = f"report {period}" if step == "draft" else f"report {period} 定稿"
    button = Button(
        label=say("remind.report_button" if step == "draft" else "remind.freeze"), says=line
    )
    yield from to_each(scene.role(ASSESSORS), text, actions=(button,))
    if step == "late":
        yield from to_each(scene.role(CHAIR), say("remind.report_waits", **told))


def _objections(told: dict[str, object], until: int, scene: Scene) -> Iterator[Item]:
    tallies = ledger.tallies_at(scene.tx, scene.plan, until, scene.now)
    basis = ledger.basis(scene.tx, scene.plan, until, scene.now)
    for unit in scene.plan.scored_units:
        heads = scene.heads(unit)
        if not heads:
            continue
        card = scorecard(scene.plan, unit, tallies, basis, until)
        text = say(
            "remind.report_objections",
            unit=short_name(unit),
            points=points(card.points),
            max=points(card.max),
            lost=points(card.lost),
            **told,
        )
        buttons = (press("detail", f"score {unit.code} 明细"), press("why", f"why {unit.code}"))
        yield from to_each(heads, text, actions=buttons)


# --- the year -----------------------------------------------------------------------------


def year_end(occurrence: Occurrence, scene: Scene) -> Iterator[Item]:
    """What is counted on the last day: channels twice a year, ten leads a person."""
    ends = deadline(end_of(scene.plan.last_day))
    over = occurrence.days < 0
    short_people = _short_of_leads(scene)
    for unit in scene.plan.scored_units:
        owed = _channels(unit, scene)
        left = [person for person, _ in short_people if person.unit == unit.code]
        if not owed and not left:
            continue
        text = lines(
            say("remind.year_over" if over else "remind.year", unit=short_name(unit), by=ends),
            "　".join(owed),
            say("remind.leads_left", total=len(left)) if left else "",
        )
        yield from to_each(scene.heads(unit), text, actions=(press("todo", "todo"),))
    if over:
        yield from to_each(
            scene.role(ASSESSORS), say("remind.year_report", total=len(short_people))
        )
    elif occurrence.rule.startswith(ASKED_TWICE):
        yield from _to_everybody(short_people, ends, scene)


def _channels(unit: Unit, scene: Scene) -> list[str]:
    """How often results and channels were published, where it was too seldom."""
    said = []
    for item, kind in (("results_channel", "results"), ("query_channel", "lookup")):
        entry = scene.plan.item[item]
        if unit.code not in entry.units:
            continue
        tallies = scene.tallies
        done = sum(
            sum(tallies.of(unit.code, f"{kind}.{state}").values())
            for state in ("accepted", "waiting")
        )
        if done < TWICE_A_YEAR:
            each = points(Decimal(entry.terms["each"].value))
            said.append(
                say("remind.channel", word=entry.word, done=done, due=TWICE_A_YEAR, each=each)
            )
    return said


def _short_of_leads(scene: Scene) -> list[tuple[Person, dict[str, int]]]:
    people = scene.world.people
    found = (
        (one, counts(scene.tx, scene.plan, one.id)) for one in people.by_id.values() if one.unit
    )
    return [(one, said) for one, said in found if said["done"] + said["waiting"] < said["due"]]


def _to_everybody(
    people: list[tuple[Person, dict[str, int]]], ends: str, scene: Scene
) -> Iterator[Item]:
    there = {person.id for person in scene.present(person for person, _ in people)}
    for person, said in people:
        if person.id in there:
            text = say("remind.leads", who=address(person, scene.plan), by=ends, **said)
            yield Item(person=person, text=text, actions=(press("lead", "lead"),))


# --- the live streams of summer -----------------------------------------------------------


def live(occurrence: Occurrence, scene: Scene) -> Iterator[Item]:
    """To the leaders together, and to each director, as long as streams are missing."""
    over = occurrence.days < 0
    missed = []
    for code in LIVE:
        owed = obligations.obligation(scene.plan, code)
        for unit in (unit for unit in scene.plan.units if unit.code in owed.units):
            done, due = _streams(owed, unit, scene)
            if done >= due:
                continue
            missed.append(unit)
            if not over:
                yield from _ask_for_streams(owed, unit, done, scene=scene)
    if over and missed:
        text = say("remind.live_over", units=named(missed))
        yield from to_each(scene.role(ASSESSORS), text)


def _streams(owed: Obligation, unit: Unit, scene: Scene) -> tuple[int, int]:
    first, last = owed.terms["window"].value
    held = ledger.of_unit(
        scene.tx, scene.plan, unit.code, "live", since=start_of(first), until=end_of(last)
    )
    least = owed.terms["minutes"].value
    done = sum(stream.fact.details["minutes"] >= least for stream in held)
    return done, int(owed.terms["sessions"].value)


def _ask_for_streams(owed: Obligation, unit: Unit, done: int, *, scene: Scene) -> Iterator[Item]:
    first, last = owed.terms["window"].value
    begun = day_of(scene.now) >= first
    leaders = scene.role(DEAN) if owed.code == LIVE[0] else []
    for person in scene.present([*leaders, *scene.heads(unit)]):
        text = say(
            "remind.live" if begun else "remind.live_soon",
            who=address(person, scene.plan),
            word=owed.word,
            first=date_text(first),
            by=deadline(end_of(last)),
            done=done,
            due=owed.terms["sessions"].value,
            minutes=owed.terms["minutes"].value,
        )
        yield Item(person=person, text=text, actions=(press("live", "live"),), snooze=IN_AN_HOUR)


def _quota(unit: Unit) -> Button:
    return press("quota", f"quota {unit.code}")
