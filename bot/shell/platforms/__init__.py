"""The doors of the platforms: how each is made, what it says of our settings, what is asked for it.

A platform's door is the `DOOR` of the module here that has its name, and is imported only when the
platform is chosen.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING, TypeVar

from bot.adapters.findings import CUT, FINE, Finding
from bot.clock import Clock
from bot.process.app import App, exists, open_database, read_settings
from bot.settings import Settings
from bot.shell.output import out
from bot.wording import say
from commands.chat.messages import Adapter
from db.engine.tx import Reading

if TYPE_CHECKING:
    from bot.shell.setup.asking import Asking

EXIT_ILL = 1

PATIENCE = 10.0
"""Seconds in which a platform must have answered."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Reached:
    """What a platform says. `bot`: the name in links to it, "" without one; `private`: whether it
    hears only what is addressed to it, unless it is an administrator of the group."""

    findings: list[Finding]
    bot: str = ""
    private: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What was answered for a platform. `cut`: it did not answer, so nothing is checked; `bot`:
    the name by which it is found."""

    values: Mapping[str, str] = field(default_factory=dict)
    cut: bool = False
    bot: str = ""
    private: bool = False
    """Whether the bot hears only what is addressed to it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """What the shell knows of a platform. `shown`: what people call it; `make`: its adapter, its
    library is imported only there. The others may be left out.

    `reached`: ask it about our settings, and leave the connection of a running process alone.
    `examined`: all that `promobot doctor` finds. `asked`: what `promobot init` asks, with the
    settings so far as defaults. `steps`: the two things to do after that, binding the first
    administrator and linking a group. `settled`: called once the school's database is open.
    """

    shown: str
    make: Callable[[Settings, Clock], Adapter]
    reached: Callable[[Settings], Awaitable[Reached]] | None = None
    examined: Callable[[Settings], list[Finding]] | None = None
    asked: "Callable[[Asking, Mapping[str, str]], Answered] | None" = None
    steps: Callable[[Answered], tuple[str, str]] | None = None
    settled: Callable[[Adapter, App], None] | None = None


def door(name: str) -> Door:
    """The door of a platform that settings may name."""
    found: Door = import_module(f"{__name__}.{name}").DOOR
    return found


def shown(name: str) -> str:
    """What people call a platform."""
    return door(name).shown


def doctor(name: str, url: str | None) -> int:
    """Print one line per finding; return 1 if something is to be done."""
    examined = door(name).examined
    found = read_settings(url)
    findings = examined(found) if examined else []
    for kind, line in findings:
        out(f"{kind}　{line}")
    return EXIT_ILL if any(kind != FINE for kind, _ in findings) else 0


async def reached(name: str, found: Settings) -> Reached:
    """What a platform says of our settings, within PATIENCE; nothing for one that needs none."""
    look = door(name).reached
    if look is None:
        return Reached([])
    try:
        async with asyncio.timeout(PATIENCE):
            return await look(found)
    except TimeoutError:
        told = say("platforms.no_answer", platform=shown(name), seconds=int(PATIENCE))
        return Reached([(CUT, told)])


def looked(found: Settings, look: Callable[[Reading], T]) -> T | None:
    """Return what the database says; None before the first start, when there is none."""
    if not exists(found.database, found):
        return None
    db = open_database(found.database, found, to_look=True)
    try:
        with db.reading() as tx:
            return look(tx)
    finally:
        db.close()
