"""Two reviewers and one queue (C5): each takes a half for half an hour, so that they do not meet;
and what can wait until Monday does."""

from collections.abc import Iterable

from commands.chat.errors import Refusal
from commands.chat.messages import Button, Reply, Request
from commands.conversation.registry import Slot, command
from commands.filing.deciders import DECIDERS, may_decide
from commands.wording.formats import date_text, say
from db import leases
from db.calendar import calendar
from db.engine.tx import Reading, Row, Tx
from db.people import Person
from scoring.moments import MINUTE, day_of, week_of

LASTS = 30 * MINUTE
WORTH = 10
"""Fewer than these one person looks through in a minute."""

FIRST, LAST = "前", "后"
PREFIX = "review:"


def free(request: Request, tx: Reading, rows: Iterable[Row]) -> list[Row]:
    """Those of the waiting rows that nobody else has taken for now."""
    taken = leases.of_others(tx, PREFIX, str(request.who.id), request.now)
    return [row for row in rows if f"{PREFIX}{row.fact}" not in taken]


def halves(total: int, reviewers: int) -> tuple[Button, ...]:
    """{我审前 20|我审后 19}, where there is enough for two and are two."""
    if total < WORTH or reviewers < 2:
        return ()
    first = (total + 1) // 2
    sizes = ((FIRST, first), (LAST, total - first))
    return tuple(
        Button(label=say("queue.half", which=which, total=size), says=f"slice {which} {size}")
        for which, size in sizes
    )


def others(request: Request, rows: Iterable[Row]) -> list[Person]:
    """Who else may decide on what waits."""
    kinds = {(row.kind, row.unit) for row in rows}
    people = {one.id: one for role in DECIDERS.split() for one in request.people.with_role(role)}
    return [
        one
        for one in people.values()
        if one.id != request.who.id
        and any(may_decide(request.plan, one, kind, unit) for kind, unit in kinds)
    ]


def can_wait(request: Request, tx: Reading) -> bool:
    """Whether the next workday lies in another week: then Monday is soon enough."""
    today = day_of(request.now)
    return week_of(calendar(tx).next_workday(today)) != week_of(today)


@command(
    "slice",
    roles=DECIDERS,
    internal=True,
    private=True,
    slots=(
        Slot(name="which", kind="choice", choices=(FIRST, LAST), required=True),
        Slot(name="size", kind="count", required=True),
    ),
)
def take(request: Request, tx: Tx) -> Reply:
    """{我审前 20}: half of what waits is mine for half an hour; its first card follows."""
    from commands.review.queue import (
        card_after,
        waiting,  # it shows what we leave free
    )

    rows = [row for row in waiting(request, tx) if row.kind != "lead"]
    size, last = request.args["size"], request.args["which"] == LAST
    mine = rows[-size:] if last else rows[:size]
    taken = [
        row
        for row in mine
        if leases.hold(tx, f"{PREFIX}{row.fact}", str(request.who.id), request.now, LASTS)
    ]
    if not taken:
        raise Refusal(say("queue.taken"))
    return card_after(request, tx, taken[0].fact - 1)


@command("untilmonday", roles=DECIDERS, internal=True, private=True)
def until_monday(request: Request, tx: Tx) -> Reply:
    """{周一再审}: what waits is said to every reviewer on the first workday of the week anyway."""
    from commands.review.queue import waiting

    rows = waiting(request, tx)
    day = calendar(tx).next_workday(day_of(request.now))
    names = "".join(say("queue.and", name=one.name) for one in others(request, rows)[:2])
    weekday = "一二三四五六日"[day.weekday()]
    text = say("queue.on_monday", weekday=weekday, day=date_text(day), names=names, total=len(rows))
    return Reply(text=text)
