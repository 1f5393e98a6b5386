"""WeCom's door, over every way that is set up."""

import asyncio
import re
import time
from collections.abc import Mapping

from bot.adapters.findings import Finding
from bot.adapters.wecom import api, doctor, doors, socket
from bot.adapters.wecom.adapter import WecomAdapter
from bot.adapters.wecom.tokens import Shared
from bot.clock import Clock
from bot.process.app import BOT_NAMES, App, names_in_groups
from bot.settings import PREFIX, Settings
from bot.shell.platforms import Answered, Door, Reached, looked
from bot.shell.setup import questions
from bot.shell.setup.asking import Asking
from bot.shell.setup.reaching import answered, parsed, reach
from bot.wording import say
from commands.chat.messages import Adapter
from db import leases
from scoring.errors import OperatorError

NAME = "wecom"
CONNECTED, CALLED = "bot", "callback"


def make(found: Settings, clock: Clock) -> Adapter:
    """Make the adapter over every way that is set up."""
    return doors.make(found, names_in_groups(found), clock.now)


def settled(adapter: Adapter, app: App) -> None:
    """Share the tokens of WeCom's interface among the replicas of this database."""
    if isinstance(adapter, WecomAdapter):
        adapter.share(Shared(app.db, app.writer))


async def reached(found: Settings) -> Reached:
    """See `Door`."""
    return Reached(await _looked_at(found, await asyncio.to_thread(_in_use, found)))


def examined(found: Settings) -> list[Finding]:
    """See `Door`; way by way."""
    if not (found.wecom_bot_id or found.wecom_bot_token or found.wecom_app_secret):
        raise OperatorError(say("platforms.wecom"))
    return asyncio.run(_looked_at(found, _in_use(found)))


def _in_use(found: Settings) -> bool:
    """Whether a running process holds the bot's only connection."""
    name = f"socket:{NAME}:{found.wecom_bot_id}"
    return bool(looked(found, lambda tx: leases.holder_of(tx, name)))


async def _looked_at(found: Settings, in_use: bool) -> list[Finding]:
    base = found.wecom_api_base or api.ADDRESS
    findings: list[Finding] = []
    if found.wecom_bot_id:
        address = found.wecom_ws_url or socket.ADDRESS
        looks = doctor.of_connection(
            found.wecom_bot_id, found.wecom_bot_secret, address, in_use=in_use
        )
        findings += [one async for one in looks]
    if found.wecom_bot_token:
        findings.append(doctor.of_callback("/wecom/bot", to="智能机器人"))
    if found.wecom_app_secret:
        interface = doors.interface(found, lambda: int(time.time()))
        try:
            called = bool(found.wecom_token)
            looks = doctor.of_app(interface, int(found.wecom_agent_id), called=called)
            findings += [one async for one in looks]
        finally:
            await interface.close()
    if found.wecom_webhook_key:
        findings += [one async for one in doctor.of_webhook(found.wecom_webhook_key, base)]
    return findings


def asked(ask: Asking, kept: Mapping[str, str]) -> Answered:
    """Ask for the bot, by connection or callback, then for the app and the group's webhook, which
    may be left out."""
    base = {name: kept[name] for name in ("wecom_ws_url", "wecom_api_base") if kept.get(name)}

    def take(said: Mapping[str, str]) -> Answered:
        values = base | _whole(said)
        return answered(values, reach(NAME, values, to_run=False))

    way = ask.one(questions.WAY, _way, CALLED if kept.get("wecom_bot_token") else CONNECTED)
    bot = ask.all(questions.BOT if way == CONNECTED else questions.CALLBACK, take, kept)
    [usual] = BOT_NAMES
    called_as = ask.one(questions.BOT_NAME, str, kept.get("wecom_bot_names", "") or usual)
    app = ask.all(questions.APP, take, kept, optional=True)
    called = ask.all(questions.APP_CALLBACK, _whole, kept, optional=True) if app else None
    group = ask.all((questions.GROUP_KEY,), take, kept, optional=True)
    parts = [one for one in (bot, app, group) if one is not None]
    values = {name: value for one in parts for name, value in one.values.items()} | (called or {})
    values["wecom_bot_names"] = "" if called_as == usual else called_as
    parsed(values | {"platforms": NAME})
    return Answered(values=values, cut=any(one.cut for one in parts), bot=called_as)


def _whole(said: Mapping[str, str]) -> dict[str, str]:
    """Answers that only make sense together and in their form."""
    if missing := [name for name, value in said.items() if not value]:
        key = PREFIX + missing[0].upper()
        raise OperatorError(say("settings_wecom.incomplete", name=key))
    keys = [value for name, value in said.items() if name.endswith("aes_key")]
    if not all(re.fullmatch("[A-Za-z0-9]{43}", key) for key in keys):
        raise OperatorError(say("wecom.bad_aes_key"))
    parsed(said, to_run=False)
    return dict(said)


def _way(said: str) -> str:
    if said not in (CONNECTED, CALLED):
        raise ValueError(say("settings_value.choice", choices=f"{CONNECTED} 或 {CALLED}"))
    return said


DOOR = Door(
    shown="企业微信",
    make=make,
    reached=reached,
    examined=examined,
    asked=asked,
    settled=settled,
)
