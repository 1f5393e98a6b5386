"""`promobot remind preview`: what would go to whom, if nothing more were reported until then."""

import time
from argparse import Namespace
from collections.abc import Iterator
from functools import partial

from bot.process.app import inside, open_database, read_settings
from bot.shell.output import moment, out
from commands.chat.requests import Registry
from commands.conversation.world import World
from commands.wording.formats import clock, unit_name, weekday
from commands.wording.terms import REMINDERS
from db import plans, reminders
from db.engine.tx import Reading
from reminders.scene import Item
from reminders.schedule import schedule
from reminders.tick import items
from scoring.errors import OperatorError
from scoring.moments import DAY, Instant, day_of, end_of, start_of

TWO_WEEKS = 14 * DAY
LONGEST = 400 * DAY
MOST = 2_000
"""Rows put off that are listed at most."""


def preview(arguments: Namespace) -> int:
    """Print every reminder between two days, with its listeners; nothing is sent or kept."""
    now = int(time.time())
    since, to = arguments.since, arguments.to
    first = start_of(day_of(moment(since, option="--from"))) if since else now
    last = end_of(day_of(moment(to, option="--to"))) if to else first + TWO_WEEKS
    if last <= first:
        raise OperatorError("--to 比 --from 早，没有可看的。请对调两个日期")
    if last - first > LONGEST:
        raise OperatorError("一次最多看 400 天，请把 --from 和 --to 写近一些")
    found = read_settings(arguments.db)
    shipped = plans.shipped()
    load = inside(shipped, (), {}, Registry(())).load
    db = open_database(found.database, found, to_look=True)
    try:
        with db.reading() as tx:
            lines = list(told(tx, tx.cached("world", load), first, last))
    finally:
        db.close()
    out("\n".join(lines) or "这段时间没有提醒。")
    return 0


def told(tx: Reading, world: World, first: Instant, last: Instant) -> Iterator[str]:
    """A line an occurrence and text: when, to whom, what; by what is known now."""
    for one in schedule(tx, world).all:
        if not first <= one.at < last:
            continue
        by_text: dict[str, list[Item]] = {}
        for item in items(one, tx, one.at, world):
            by_text.setdefault(item.text, []).append(item)
        for text, same in by_text.items():
            names = "、".join(map(partial(_name, world=world, at=one.at), same))
            yield f"{weekday(day_of(one.at))} {clock(one.at)}　{names}\n" + "\n".join(
                f"　　{line}" for line in text.split("\n")
            )

    yield from _put_off(tx, world, first, last)


def _put_off(tx: Reading, world: World, first: Instant, last: Instant) -> Iterator[str]:
    """What somebody put off to these days; its words are found when it is due."""
    for row in reminders.waiting(tx, last, MOST):
        if row.due_at >= first:
            person = world.people.by_id.get(reminders.person_of(row.audience) or 0)
            word = REMINDERS.get(row.rule.partition(".")[0], "")
            when = f"{weekday(day_of(row.due_at))} {clock(row.due_at)}"
            yield f"{when}　{person.name if person else ''}\n　　{word}（推迟到这时，还没办才发）"


def _name(item: Item, world: World, at: Instant) -> str:
    if item.person is not None:
        unit = unit_name(world.nearest_plan(at), item.person.unit)
        return f"{item.person.name}（{unit}）"
    return f"群“{item.chat.title or item.chat.id}”" if item.chat is not None else ""
