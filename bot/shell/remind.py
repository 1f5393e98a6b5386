"""`promobot remind preview`: the reminders to come, if nothing more is reported until then."""

import time
from argparse import Namespace
from collections.abc import Iterator
from functools import partial

from bot.process.app import inside, open_database, read_settings
from bot.shell.output import moment, out
from bot.wording import say
from commands.chat.requests import Registry
from commands.conversation.world import World
from commands.wording.formats import clock, unit_name, weekday
from commands.wording.terms import REMINDERS
from db import reminders
from db.engine.tx import Reading
from reminders.scene import Item
from reminders.schedule import schedule
from reminders.tick import items
from scoring.errors import OperatorError
from scoring.moments import DAY, Instant, day_of, end_of, start_of

TWO_WEEKS = 14 * DAY
LONGEST = 400 * DAY
MOST = 2_000
"""Most postponed reminders listed."""


def preview(arguments: Namespace) -> int:
    """Print every reminder between two days and who gets it; nothing is sent or stored."""
    now = int(time.time())
    since, to = arguments.since, arguments.to
    first = start_of(day_of(moment(since, option="--from"))) if since else now
    last = end_of(day_of(moment(to, option="--to"))) if to else first + TWO_WEEKS
    if last <= first:
        raise OperatorError(say("remind.backwards"))
    if last - first > LONGEST:
        raise OperatorError(say("remind.too_long"))
    found = read_settings(arguments.db)
    load = inside((), {}, Registry(())).load
    db = open_database(found.database, found, to_look=True)
    try:
        with db.reading() as tx:
            lines = list(told(tx, tx.cached("world", load), first, last))
    finally:
        db.close()
    out("\n".join(lines) or say("remind.nothing"))
    return 0


def told(tx: Reading, world: World, first: Instant, last: Instant) -> Iterator[str]:
    """Yield one entry per occurrence and text: when, to whom, what, by what is known now."""
    for one in schedule(tx, world).all:
        if not first <= one.at < last:
            continue
        by_text: dict[str, list[Item]] = {}
        for item in items(one, tx, one.at, world):
            by_text.setdefault(item.text, []).append(item)
        for text, same in by_text.items():
            names = "、".join(map(partial(_name, world=world, at=one.at), same))
            words = "\n".join(f"　　{line}" for line in text.split("\n"))
            yield f"{_when(one.at)}　{names}\n{words}"

    yield from _put_off(tx, world, first, last)


def _put_off(tx: Reading, world: World, first: Instant, last: Instant) -> Iterator[str]:
    """Yield the reminders postponed to these days; their text is composed only when due."""
    for row in reminders.waiting(tx, last, MOST):
        if row.due_at >= first:
            person = world.people.by_id.get(reminders.person_of(row.audience) or 0)
            word = REMINDERS.get(row.rule.partition(".")[0], "")
            name = person.name if person else ""
            yield say("remind.put_off", when=_when(row.due_at), name=name, word=word)


def _when(at: Instant) -> str:
    return f"{weekday(day_of(at))} {clock(at)}"


def _name(item: Item, world: World, at: Instant) -> str:
    if item.person is not None:
        unit = unit_name(world.nearest_plan(at), item.person.unit)
        return f"{item.person.name}（{unit}）"
    if item.chat is not None:
        return say("remind.group", title=item.chat.title or item.chat.id)
    return ""
