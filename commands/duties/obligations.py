"""What a unit owes besides its quotas, as board rows: class meetings and views.

Neither carries points, so neither is in the board of contracts 6.
"""

import re
from collections.abc import Iterator
from datetime import timedelta

from commands.filing.kinds import CLICKED
from commands.wording.sentences import say
from db import histories, ledger
from db.calendar import calendar
from db.engine.tx import Reading
from db.people import ADVISER, Directory, Person
from scoring.duties import Task
from scoring.moments import DAY, Instant, day_of, month_of, period_days, start_of, week_of
from scoring.periods import effective_at, period_end, periods
from scoring.plan import Obligation, Plan
from scoring.verdicts import EVERYBODY

ASKED_FOR = 45 * DAY
"""Nobody is asked for the views of a post older than this."""


def obligation(plan: Plan, code: str) -> Obligation:
    """A duty without points of the plan, by its code; asked of nobody if the plan has none."""
    nobody = Obligation(code=code, word="", clause="", units=frozenset(), terms={})
    return next((one for one in plan.obligations if one.code == code), nobody)


def rows(tx: Reading, plan: Plan, people: Directory, unit: str, at: Instant) -> Iterator[Task]:
    """The meetings of the current week, the videos of the week where a month's number is scored,
    and the views that fell due in the current month."""
    if at < effective_at(plan):
        return
    weekly = weekly_videos(tx, plan, unit, at)
    if weekly:
        yield weekly
    meetings = meeting_row(tx, plan, people, unit, at)
    if meetings:
        yield meetings
    views = views_row(tx, plan, unit, at)
    if views:
        yield views


# --- a week's videos ------------------------------------------------------------------------

WEEKLY = re.compile(r"≥\s*(\d+)\s*/\s*周")


def weekly_videos(tx: Reading, plan: Plan, unit: str, at: Instant) -> Task | None:
    """What the cell of 附件2 asks of a unit's videos a week, where its month is what is scored: a
    reminder, without points (A19)."""
    quota = plan.by_code[unit].quotas.get("video")
    asked = WEEKLY.search(quota.written) if quota and quota.per == "month" else None
    week = week_of(day_of(at))
    if asked is None or week not in periods(plan)["week"]:
        return None
    if any(tx.tally(plan.id, unit, "waiver.accepted", one) for one in (week, month_of(day_of(at)))):
        return None
    first, last = period_days(week)
    sent = histories.of_unit(
        tx, plan, unit, "video", since=start_of(first), until=start_of(last) + DAY
    )
    return _row("video", week, due=int(asked[1]), done=len(sent))


# --- class meetings -----------------------------------------------------------------------


def classes(people: Directory, unit: str) -> tuple[str, ...]:
    """The classes of a unit: the 班级 values of its people (contracts 3)."""
    own = (person for person in people.by_id.values() if person.unit == unit)
    return tuple(sorted({name for person in own for name in person.classes}))


def meeting_row(tx: Reading, plan: Plan, people: Directory, unit: str, at: Instant) -> Task | None:
    """One meeting per class and teaching week (A58); None where there is no class or none is
    asked for."""
    due = len(classes(people, unit))
    week = week_of(day_of(at))
    if not due or not _meets(tx, plan, unit, week):
        return None
    held = tx.tally(plan.id, unit, "meeting.accepted", week)
    return _row("meeting", week, due=due, done=held)


def _meets(tx: Reading, plan: Plan, unit: str, week: str) -> bool:
    """Whether the classes of a unit owe a meeting in a week."""
    thursday = period_days(week)[0] + timedelta(days=3)
    asked = unit in obligation(plan, "class_meeting").units
    return asked and calendar(tx).teaches(thursday)


def unheld(tx: Reading, plan: Plan, person: Person, week: str) -> list[str]:
    """The classes of a 班主任 whose meeting of a week is owed and not reported."""
    if ADVISER not in person.roles or not _meets(tx, plan, person.unit, week):
        return []
    return [
        name
        for name in person.classes
        if ledger.claimed(tx, plan, "meeting", f"{name} {week}") is None
    ]


# --- views --------------------------------------------------------------------------------


def read_after(plan: Plan) -> int:
    """How long after publication views are due (A41), in seconds."""
    return plan.rhythm.views_after * DAY


def unread(tx: Reading, plan: Plan, unit: str, at: Instant) -> list[ledger.Entry]:
    """A unit's posts whose views are due but not known: never reported, or short of the bar
    before their first week was over."""
    since = max(effective_at(plan), at - ASKED_FOR)
    found = _posts(tx, plan, unit, since, at - read_after(plan) + 1)
    return [post for post in found if not _is_read(tx, plan, post)]


def _is_read(tx: Reading, plan: Plan, post: ledger.Entry) -> bool:
    """Whether the views of a post are known: read after its first week, or enough before."""
    holder = ledger.claimed(tx, plan, "views", str(post.number))
    read = ledger.entry(tx, holder) if holder is not None else None
    bar = plan.by_code[post.fact.unit].views
    if read is None or bar is None or bar.least is None:
        return read is not None
    enough = read.fact.details["count"] >= bar.least
    return bool(enough) or read.fact.happened_at >= post.fact.happened_at + read_after(plan)


def views_row(tx: Reading, plan: Plan, unit: str, at: Instant) -> Task | None:
    """Of the posts whose views fell due this month, how many reached the unit's bar."""
    bar = plan.by_code[unit].views
    if bar is None or not bar.least:
        return None
    month = month_of(day_of(at))
    first = max(effective_at(plan), start_of(period_days(month)[0]) - read_after(plan))
    posts = _posts(tx, plan, unit, first, at - read_after(plan) + 1)
    counts = [count_of(tx, plan, post.number) for post in posts]
    reached = sum(count is not None and count >= bar.least for count in counts)
    return _row("views", month, due=len(posts), done=reached) if posts else None


def count_of(tx: Reading, plan: Plan, number: int) -> int | None:
    """The views of a post as last reported; None if never."""
    holder = ledger.claimed(tx, plan, "views", str(number))
    fact = ledger.entry(tx, holder) if holder is not None else None
    return fact.fact.details["count"] if fact else None


def _posts(
    tx: Reading, plan: Plan, unit: str, since: Instant, until: Instant
) -> list[ledger.Entry]:
    found = [
        post
        for kind in CLICKED
        for post in histories.of_unit(tx, plan, unit, kind, since=since, until=until)
    ]
    return sorted(found, key=lambda post: post.number)


def _row(task: str, period: str, *, due: int, done: int) -> Task:
    return Task(
        task=task,
        period=period,
        due=due,
        done=done,
        missing=max(0, due - done),
        accepted=done,
        waiting=0,
        ends_at=period_end(period),
    )


def leads_due(plan: Plan) -> int:
    """How many certified leads each person owes; 0 in a plan without leads."""
    return int(plan.term("leads", "each_person")) if "leads" in plan.item else 0


def enrolments(plan: Plan, certified: int) -> int:
    """How many people of the enrolment task a person's certified leads stand for (A33)."""
    return certified // int(plan.term("leads", "each_enrolment")) if "leads" in plan.item else 0


def enrolments_said(plan: Plan, certified: int) -> str:
    """抵招生任务 2 人: what one's leads stand for; "" while it is nobody."""
    total = enrolments(plan, certified)
    each = plan.term("leads", "each_enrolment") if total else 0
    return say("duties.enrolments", total=total, each=each) if total else ""


def lead_counts(tx: Reading, plan: Plan, person: int) -> dict[str, int]:
    """A person's certified and waiting leads of the plan, and how many they owe."""
    return {
        "done": tx.tally(plan.id, EVERYBODY, "lead.accepted", str(person)),
        "due": leads_due(plan),
        "waiting": tx.tally(plan.id, EVERYBODY, "lead.waiting", str(person)),
    }
