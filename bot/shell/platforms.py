"""`promobot doctor telegram|wecom`: ask a platform what is still to be set up."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from bot.adapters.findings import CUT, FINE, Finding
from bot.adapters.telegram.doctor import examine, of_the_bot
from bot.adapters.wecom import api, doctor, doors, socket
from bot.process.app import exists, open_database, read_settings
from bot.settings import Settings
from bot.shell.output import out
from bot.shell.run import shown, telegram_driver
from bot.wording import say
from db import chats, leases
from db.engine.tx import Reading
from scoring.errors import OperatorError

EXIT_ILL = 1

PATIENCE = 10.0
"""Seconds in which a platform must have answered."""

T = TypeVar("T")


def telegram(url: str | None) -> int:
    """Print one line per finding; return 1 if something is to be done."""
    found = read_settings(url)
    if not found.telegram_token:
        raise OperatorError(say("platforms.telegram_token"))
    groups = _looked(found, _telegram_groups) or []
    ill = _told(asyncio.run(_examined(found, groups)))
    if not groups:
        out(say("platforms.telegram_groups"))
    return ill if groups else EXIT_ILL


def _looked(found: Settings, look: Callable[[Reading], T]) -> T | None:
    """Return what the database says; None before the first start, when there is none."""
    if not exists(found.database, found):
        return None
    db = open_database(found.database, found, to_look=True)
    try:
        with db.reading() as tx:
            return look(tx)
    finally:
        db.close()


def _telegram_groups(tx: Reading) -> list[tuple[str, str]]:
    return [(row.chat, row.title) for row in chats.groups(tx) if row.platform == "telegram"]


def _told(findings: list[Finding]) -> int:
    """Print the findings; return the exit code."""
    for kind, line in findings:
        out(f"{kind}　{line}")
    return EXIT_ILL if any(kind != FINE for kind, _ in findings) else 0


async def _examined(found: Settings, groups: list[tuple[str, str]]) -> list[Finding]:
    driver = telegram_driver(found)
    try:
        looked = examine(
            driver,
            mode=found.telegram_mode,
            url=found.telegram_webhook_url,
            groups=groups,
            proxied=bool(found.telegram_proxy),
        )
        return [finding async for finding in looked]
    finally:
        await driver.close()


def wecom(url: str | None) -> int:
    """Print one line per finding, way by way; return 1 if something is to be done."""
    found = read_settings(url)
    if not (found.wecom_bot_id or found.wecom_bot_token or found.wecom_app_secret):
        raise OperatorError(say("platforms.wecom"))
    return _told(asyncio.run(_looked_at(found, _in_use(found))))


@dataclass(frozen=True, slots=True)
class Reached:
    """What a platform says. `bot`: the name in links to it, "" without one; `private`: whether it
    hears only what is addressed to it, unless it is an administrator of the group."""

    findings: list[Finding]
    bot: str = ""
    private: bool = False


async def reached(name: str, found: Settings) -> Reached:
    """What a platform says of our settings, within PATIENCE; nothing for one that needs none. The
    connection of a running process is left alone."""
    look = REACHED.get(name)
    if look is None:
        return Reached([])
    try:
        async with asyncio.timeout(PATIENCE):
            return await look(found)
    except TimeoutError:
        told = say("platforms.no_answer", platform=shown(name), seconds=int(PATIENCE))
        return Reached([(CUT, told)])


async def _reached_telegram(found: Settings) -> Reached:
    driver = telegram_driver(found)
    try:
        me, findings = await of_the_bot(driver, proxied=bool(found.telegram_proxy))
    finally:
        await driver.close()
    if me is None:
        return Reached(findings)
    return Reached(findings, str(me["username"]), not me.get("can_read_all_group_messages"))


async def _reached_wecom(found: Settings) -> Reached:
    return Reached(await _looked_at(found, await asyncio.to_thread(_in_use, found)))


def _in_use(found: Settings) -> bool:
    """Whether a running process holds the bot's only connection."""
    name = f"socket:wecom:{found.wecom_bot_id}"
    return bool(_looked(found, lambda tx: leases.holder_of(tx, name)))


REACHED: dict[str, Callable[[Settings], Awaitable[Reached]]] = {
    "telegram": _reached_telegram,
    "wecom": _reached_wecom,
}


async def _looked_at(found: Settings, in_use: bool) -> list[Finding]:
    base = found.wecom_api_base or api.ADDRESS
    findings: list[Finding] = []
    if found.wecom_bot_id:
        address = found.wecom_ws_url or socket.ADDRESS
        looked = doctor.of_connection(
            found.wecom_bot_id, found.wecom_bot_secret, address, in_use=in_use
        )
        findings += [one async for one in looked]
    if found.wecom_bot_token:
        findings.append(doctor.of_callback("/wecom/bot", to="智能机器人"))
    if found.wecom_app_secret:
        interface = doors.interface(found, lambda: int(time.time()))
        try:
            called = bool(found.wecom_token)
            looked = doctor.of_app(interface, int(found.wecom_agent_id), called=called)
            findings += [one async for one in looked]
        finally:
            await interface.close()
    if found.wecom_webhook_key:
        findings += [one async for one in doctor.of_webhook(found.wecom_webhook_key, base)]
    return findings
