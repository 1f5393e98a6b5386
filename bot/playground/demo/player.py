"""Plays the lines of the demonstration school through the gateway, in virtual time.

Lines are understood, refused, confirmed and delivered as if people had said them; reminders and
everything else due happen at their times. The same lines give the same content.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import func, select

from bot.adapters.local import NAME, LocalPlatform
from bot.clock import VirtualClock
from bot.playground.demo.script import Line
from bot.process.app import App
from commands.chat.messages import Chat
from commands.roster.demo_school import GROUP, TITLE
from db.engine.tx import Reading
from db.schema import facts
from scoring.moments import Instant

NEWEST = select(func.max(facts.c.id).label("number"))


@dataclass(frozen=True, slots=True)
class Unheard:
    """A line without effect, and what was answered."""

    said: str
    answer: str


class OutOfTune(Exception):
    """A line did not have the effect the script relies on: script and commands no longer match."""


async def play(
    app: App,
    platform: LocalPlatform,
    clock: VirtualClock,
    lines: Iterable[Line],
    until: Instant,
    *,
    unheard: list[Unheard] | None = None,
) -> None:
    """Say all lines at their times; leave the clock at `until`. `unheard`: takes the lines that
    had no effect; without it, such a line is a fault."""
    platform.open(app.gateway.receive)
    numbers: dict[str, int] = {}
    for line in lines:
        await app.fire_until(line.at, clock, app.delivery.deliver_all)
        before = _newest(app) if line.name else 0
        try:
            await _act(platform, line, numbers)
        except KeyError:  # it is about a line that had no effect
            if unheard is None:
                raise
            continue
        await app.delivery.deliver_all()
        if line.name:
            if (number := _newest(app)) == before:
                if unheard is None:
                    raise OutOfTune(f"{line.account}: {line.text or line.press}")
                unheard.append(Unheard(line.text, _answer(platform, line)))
            else:
                numbers[line.name] = number
    await app.fire_until(until, clock, app.delivery.deliver_all)


def _answer(platform: LocalPlatform, line: Line) -> str:
    """The first line of the newest message in the private chat of who spoke."""
    said = platform.transcript(Chat(platform=NAME, id=line.account))
    return said[-1].text.partition("\n")[0] if said else ""


async def _act(platform: LocalPlatform, line: Line, numbers: dict[str, int]) -> None:
    chat = Chat(platform=NAME, id=line.account)
    if line.chat:
        chat = Chat(platform=NAME, id=GROUP, group=True, title=TITLE)
    if not line.press:
        await platform.says(line.account, chat, line.text.format_map(numbers))
        return
    found = platform.newest_with(chat, line.press)
    if found is None:
        raise OutOfTune(f"{line.account}: no button {line.press}")
    await platform.presses(line.account, chat, *found)


def _newest(app: App) -> int:
    with app.db.reading() as tx:
        return newest(tx)


def newest(tx: Reading) -> int:
    """Return the highest fact number so far, 0 if none."""
    return int(tx.run(NEWEST)[0].number or 0)
