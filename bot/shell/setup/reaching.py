"""The platforms of a school: what is asked for each, checked against its real answers."""

import asyncio
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from bot import settings
from bot.adapters.findings import CUT, WRONG
from bot.process.app import BOT_NAMES
from bot.settings import PREFIX, Settings, SettingsFault
from bot.shell import platforms
from bot.shell.output import out
from bot.shell.platforms import Reached
from bot.shell.run import shown
from bot.shell.setup import questions
from bot.shell.setup.asking import Asking
from bot.wording import say
from scoring.errors import OperatorError

Values = dict[str, str]

NOWHERE = Path("/nowhere")
CONNECTED, CALLED = "bot", "callback"


@dataclass(frozen=True, slots=True, kw_only=True)
class Platform:
    """What was answered for a platform. `cut`: it did not answer, so nothing is checked; `bot`:
    the name by which it is found."""

    values: Values = field(default_factory=dict)
    cut: bool = False
    bot: str = ""
    private: bool = False
    """Whether the bot hears only what is addressed to it."""


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


def telegram(ask: Asking, kept: Mapping[str, str]) -> Platform:
    """Ask for the token, and for a proxy where Telegram does not answer."""
    base = {"platforms": "telegram"}
    for question in (questions.PROXY, questions.API_BASE):
        base[question.name] = ask.given(question.name) or kept.get(question.name, "")

    def take(said: Mapping[str, str]) -> Platform:
        values = base | dict(said)
        return _platform(values, reach("telegram", values))

    found = ask.all((questions.TOKEN,), take, kept)
    if not found.cut or ask.silent:
        return found

    def around(said: str) -> Platform:
        if not said:
            return found
        values = found.values | {questions.PROXY.name: said}
        again = reach("telegram", values)
        if any(kind == CUT for kind, _ in again.findings):
            raise OperatorError(say("init.still_cut"))
        return _platform(values, again)

    return ask.one(questions.PROXY, around)


def _platform(values: Mapping[str, str], told: Reached) -> Platform:
    return Platform(
        values={name: value for name, value in values.items() if name != "platforms"},
        cut=any(kind == CUT for kind, _ in told.findings),
        bot=told.bot,
        private=told.private,
    )


def wecom(ask: Asking, kept: Mapping[str, str]) -> Platform:
    """Ask for the bot, by connection or callback, then for the app and the group's webhook, which
    may be left out."""
    base = {name: kept[name] for name in ("wecom_ws_url", "wecom_api_base") if kept.get(name)}

    def whole(said: Mapping[str, str]) -> Values:
        if missing := [name for name, value in said.items() if not value]:
            raise OperatorError(say("settings_wecom.incomplete", name=_shown(missing[0])))
        keys = [value for name, value in said.items() if name.endswith("aes_key")]
        if not all(re.fullmatch("[A-Za-z0-9]{43}", key) for key in keys):
            raise OperatorError(say("wecom.bad_aes_key"))
        parsed(said, to_run=False)
        return dict(said)

    def take(said: Mapping[str, str]) -> Platform:
        values = base | whole(said)
        return _platform(values, reach("wecom", values, to_run=False))

    way = ask.one(questions.WAY, _way, CALLED if kept.get("wecom_bot_token") else CONNECTED)
    bot = ask.all(questions.BOT if way == CONNECTED else questions.CALLBACK, take, kept)
    [usual] = BOT_NAMES
    called_as = ask.one(questions.BOT_NAME, str, kept.get("wecom_bot_names", "") or usual)
    app = ask.all(questions.APP, take, kept, optional=True)
    called = ask.all(questions.APP_CALLBACK, whole, kept, optional=True) if app else None
    group = ask.all((questions.GROUP_KEY,), take, kept, optional=True)
    parts = [one for one in (bot, app, group) if one is not None]
    values = {name: value for one in parts for name, value in one.values.items()} | (called or {})
    values["wecom_bot_names"] = "" if called_as == usual else called_as
    parsed(values | {"platforms": "wecom"})
    return Platform(values=values, cut=any(one.cut for one in parts), bot=called_as)


def _way(said: str) -> str:
    if said not in (CONNECTED, CALLED):
        raise ValueError(say("settings_value.choice", choices=f"{CONNECTED} 或 {CALLED}"))
    return said


def _shown(name: str) -> str:
    return PREFIX + name.upper()


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


ASKED: dict[str, Callable[[Asking, Mapping[str, str]], Platform]] = {
    "telegram": telegram,
    "wecom": wecom,
}
