"""Two reviewers and one queue (C5): each takes a half for half an hour, so that they do not meet;
and what can wait until Monday does."""

from collections.abc import Iterable

from commands.chat.messages import Button
from commands.chat.requests import Asking
from commands.filing.deciders import DECIDERS, matter, may_decide
from commands.wording.sentences import say
from db.calendar import calendar
from db.engine.tx import Reading, Row
from db.people import Person
from scoring.moments import MINUTE, day_of, week_of

LASTS = 30 * MINUTE
WORTH = 10
"""Fewer than these one person looks through in a minute."""

FIRST, LAST = "前", "后"


def halves(total: int, reviewers: int) -> tuple[Button, ...]:
    """{我审前 20|我审后 19}, where there is enough for two and are two."""
    if total < WORTH or reviewers < 2:
        return ()
    first = (total + 1) // 2
    sizes = ((FIRST, first), (LAST, total - first))
    return tuple(
        Button.of(say("queue.half", which=which, total=size), "slice", f"{which} {size}")
        for which, size in sizes
    )


def others(asking: Asking, rows: Iterable[Row]) -> list[Person]:
    """Who else may decide on what waits."""
    matters = {matter(asking.plan, asking.people, row) for row in rows}
    people = {one.id: one for role in DECIDERS.split() for one in asking.people.with_role(role)}
    return [
        one
        for one in people.values()
        if one.id != asking.who.id and any(may_decide(asking.plan, one, what) for what in matters)
    ]


def can_wait(asking: Asking, tx: Reading) -> bool:
    """Whether the next workday lies in another week: then Monday is soon enough."""
    today = day_of(asking.now)
    return week_of(calendar(tx).next_workday(today)) != week_of(today)
