"""Monthly reminders: the gap before the end of the month, and its report (A48)."""

from collections.abc import Iterator

from commands.chat.messages import Button
from commands.duties import standing
from commands.wording.formats import points, short_name, weekday
from commands.wording.sentences import say
from db import ledger, months
from reminders.planning import Occurrence
from reminders.scene import (
    ASSESSORS,
    CHAIR,
    NEXT_MORNING,
    Item,
    Scene,
    board_of,
    press,
    quota_button,
    to_each,
)
from reminders.weeks import of_month
from scoring.cards import scorecard
from scoring.moments import end_of, period_days
from scoring.months import schedule


def month(_: Occurrence, scene: Scene) -> Iterator[Item]:
    """To heads whose month has gaps; on a Friday the digest says so instead."""
    for unit in scene.plan.scored_units:
        rows = standing.rows_of(board_of(scene, unit, scene.now), "")
        if any(row.missing for row in rows):
            people = scene.heads(unit) or scene.officers(unit)
            yield from to_each(
                people,
                of_month(unit, rows),
                actions=(quota_button(unit),),
                snooze=NEXT_MORNING,
                for_officer=people == scene.heads(unit) and bool(scene.officers(unit)),
            )


def report(occurrence: Occurrence, scene: Scene) -> Iterator[Item]:
    """The report of a month: draft and freeze to the assessors, draft and objections to heads
    (A48)."""
    period, step = occurrence.period, occurrence.rule.rpartition(".")[2]
    if months.is_frozen(scene.tx, scene.plan, period) is not None:
        return
    _, end = period_days(period)
    due = schedule(scene.plan, scene.calendar, period)
    told = {
        "month": end.month,
        "name": period,
        "objections": weekday(due.objections),
        "freeze": weekday(due.freeze),
    }
    if step == "objections":
        yield from _to_heads("objections", told, end_of(end), scene)
        return
    text = say(f"remind.report_{step}", **told)
    if step == "draft":
        button = Button.of(say("remind.report_button"), "report", period)
    else:
        button = Button.of(say("remind.freeze"), "report", f"{period} 定稿")
    yield from to_each(scene.role(ASSESSORS), text, actions=(button,))
    if step == "draft":
        yield from _to_heads("head_draft", told, end_of(end), scene)
    if step == "late":
        yield from to_each(scene.role(CHAIR), say("remind.report_waits", **told))


def _to_heads(step: str, told: dict[str, object], until: int, scene: Scene) -> Iterator[Item]:
    """Each head's own points at the end of the month, and until when to object."""
    tallies = ledger.tallies_at(scene.tx, scene.plan, until, scene.now)
    basis = ledger.basis(scene.tx, scene.plan, until, scene.now)
    for unit in scene.plan.scored_units:
        heads = scene.heads(unit)
        if not heads:
            continue
        card = scorecard(scene.plan, unit, tallies, basis, until)
        text = say(
            f"remind.report_{step}",
            unit=short_name(unit),
            points=points(card.points),
            max=points(card.max),
            lost=points(card.lost),
            **told,
        )
        buttons = (
            press("detail", "score", f"{unit.code} 明细"),
            press("why", "why", unit.code),
        )
        yield from to_each(heads, text, actions=buttons)
