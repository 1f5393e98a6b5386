"""Settings of a platform as they are answered, checked against what the platform really says."""

import asyncio
from collections.abc import Mapping
from pathlib import Path

from bot import settings
from bot.adapters.findings import CUT, WRONG
from bot.settings import PREFIX, Settings, SettingsFault
from bot.shell import platforms
from bot.shell.output import out
from bot.shell.platforms import Answered, Reached, shown
from bot.wording import say
from scoring.errors import OperatorError

Values = dict[str, str]

NOWHERE = Path("/nowhere")


def parsed(values: Mapping[str, str], *, to_run: bool = True) -> Settings:
    """These values as settings. Raises OperatorError, one line a fault."""
    environ = {PREFIX + name.upper(): value for name, value in values.items() if value}
    try:
        return settings.read(environ, NOWHERE, to_run=to_run)
    except SettingsFault as fault:
        raise OperatorError("\n".join(fault.faults)) from None


def names(said: str) -> tuple[str, ...]:
    """The platforms named; the page of the demonstration goes with no other."""
    try:
        found: tuple[str, ...] = settings.PARSERS["platforms"](said)
    except ValueError as fault:
        raise OperatorError(say("init.platform", fault=fault)) from None
    if "web" in found and len(found) > 1:
        raise OperatorError(say("init.web_alone"))
    return found


def answered(values: Mapping[str, str], told: Reached) -> Answered:
    """These values and what the platform said of them."""
    return Answered(
        values={name: value for name, value in values.items() if name != "platforms"},
        cut=any(kind == CUT for kind, _ in told.findings),
        bot=told.bot,
        private=told.private,
    )


def reach(name: str, values: Mapping[str, str], *, to_run: bool = True) -> Reached:
    """Ask a platform and tell what it says. Raises OperatorError with what it refuses."""
    found = parsed(values, to_run=to_run)
    out(say("init.asking", platform=shown(name)))
    told = asyncio.run(platforms.reached(name, found))
    if wrong := [line for kind, line in told.findings if kind == WRONG]:
        raise OperatorError("\n".join(wrong))
    for kind, line in told.findings:
        out(f"{kind}　{line}")
    return told
