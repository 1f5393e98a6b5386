"""Checks the Telegram setup: one Chinese line per finding, with the next step."""

from collections.abc import AsyncIterator, Sequence

from bot.adapters.findings import CUT, FINE, ILL, WRONG, Finding
from bot.adapters.telegram.driver import Driver, Unauthorized, Update
from bot.wording import say
from commands.chat.errors import Retry
from scoring.errors import PlatformError


async def examine(
    driver: Driver, *, mode: str, url: str, groups: Sequence[tuple[str, str]], proxied: bool = False
) -> AsyncIterator[Finding]:
    """Check the token, the bot's settings, the webhook and each linked group (id, title)."""
    me, found = await of_the_bot(driver, proxied=proxied)
    for one in found:
        yield one
    if me is None:
        return
    async for one in _of_the_webhook(driver, mode, url):
        yield one
    for chat, title in groups:
        yield await _of_a_group(driver, int(me["id"]), chat, title)


async def of_the_bot(
    driver: Driver, *, proxied: bool = False
) -> tuple[Update | None, list[Finding]]:
    """What Telegram says of the bot, None if it says nothing, and what is to be done about it.
    `proxied`: it is asked through the proxy of the settings."""
    try:
        me: Update = await driver.call("getMe")
    except Unauthorized:
        return None, [(WRONG, say("telegram.bad_token"))]
    except PlatformError as error:
        key = "telegram.proxy_silent" if proxied else "telegram.unreachable"
        return None, [(CUT, say(key, fault=error))]
    found = [(FINE, say("telegram.token", name=me["username"]))]
    if me.get("can_read_all_group_messages"):
        found.append((FINE, say("telegram.privacy_off")))
    else:
        found.append((ILL, say("telegram.privacy_on")))
    if not me.get("can_join_groups", True):
        found.append((ILL, say("telegram.no_groups")))
    return me, found


async def _of_the_webhook(driver: Driver, mode: str, url: str) -> AsyncIterator[Finding]:
    try:
        hook = await driver.call("getWebhookInfo")
    except PlatformError as error:
        yield ILL, say("telegram_webhook.unknown", fault=error)
        return
    there = str(hook.get("url", ""))
    if mode == "polling" and there:
        yield ILL, say("telegram_webhook.left_over")
    elif mode == "webhook" and there != url:
        yield ILL, say("telegram_webhook.elsewhere")
    elif mode == "webhook":
        yield FINE, say("telegram_webhook.fine")
    if fault := str(hook.get("last_error_message", "")):
        yield ILL, say("telegram_webhook.fault", fault=fault[:80])
    if (waiting := int(hook.get("pending_update_count", 0))) > 100:
        yield ILL, say("telegram_webhook.waiting", count=waiting)


async def _of_a_group(driver: Driver, me: int, chat: str, title: str) -> Finding:
    shown = title or chat
    try:
        member = await driver.call("getChatMember", chat_id=int(chat), user_id=me)
    except Retry as error:
        return ILL, say("telegram_group.unknown", group=shown, fault=error)
    except (PlatformError, ValueError):
        return ILL, say("telegram_group.outside", group=shown)
    if member.get("status") != "administrator":
        return ILL, say("telegram_group.no_admin", group=shown)
    if not member.get("can_delete_messages"):
        return ILL, say("telegram_group.no_delete", group=shown)
    return FINE, say("telegram_group.fine", group=shown)
