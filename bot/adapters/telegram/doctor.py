"""What Telegram still has to be told: one Chinese line a finding, with the next step."""

from collections.abc import AsyncIterator, Sequence

from bot.adapters.findings import FINE, ILL, Finding
from bot.adapters.telegram.driver import Driver, Unauthorized
from commands.chat.errors import Retry
from scoring.errors import PlatformError


async def examine(
    driver: Driver, *, mode: str, url: str, groups: Sequence[tuple[str, str]]
) -> AsyncIterator[Finding]:
    """Look at the token, the bot's settings, the webhook and each linked group (id, title)."""
    try:
        me = await driver.call("getMe")
    except Unauthorized:
        yield ILL, "令牌不对：到 @BotFather 发 /token 重新复制，填到 PROMOBOT_TELEGRAM_TOKEN"
        return
    except PlatformError as error:
        yield (
            ILL,
            f"连不上 Telegram（{error}）：学校网络请设 PROMOBOT_TELEGRAM_PROXY，"
            "或用自建服务器 PROMOBOT_TELEGRAM_API_BASE",
        )
        return
    yield FINE, f"令牌可用，机器人是 @{me['username']}"
    if me.get("can_read_all_group_messages"):
        yield FINE, "隐私模式已关，群里不用 @ 也听得到"
    else:
        yield (
            ILL,
            "隐私模式开着：到 @BotFather 发 /setprivacy 选 Disable，再把机器人重新拉进群",
        )
    if not me.get("can_join_groups", True):
        yield ILL, "机器人不能进群：到 @BotFather 发 /setjoingroups 选 Enable"
    async for found in _of_the_webhook(driver, mode, url):
        yield found
    for chat, title in groups:
        yield await _of_a_group(driver, int(me["id"]), chat, title)


async def _of_the_webhook(driver: Driver, mode: str, url: str) -> AsyncIterator[Finding]:
    try:
        hook = await driver.call("getWebhookInfo")
    except PlatformError as error:
        yield ILL, f"查不到 webhook（{error}），请稍后再查"
        return
    there = str(hook.get("url", ""))
    if mode == "polling" and there:
        yield ILL, "还留着一个 webhook，轮询收不到消息：启动 promobot run 会自动去掉"
    elif mode == "webhook" and there != url:
        yield ILL, "webhook 还没有登记到现在的网址：启动 promobot run 会自动登记"
    elif mode == "webhook":
        yield FINE, "webhook 已登记"
    if fault := str(hook.get("last_error_message", "")):
        yield ILL, f"Telegram 最近一次打不开我们的网址：{fault[:80]}"
    if (waiting := int(hook.get("pending_update_count", 0))) > 100:
        yield ILL, f"有 {waiting} 条消息在 Telegram 那边等着，请看日志里有没有出错"


async def _of_a_group(driver: Driver, me: int, chat: str, title: str) -> Finding:
    shown = title or chat
    try:
        member = await driver.call("getChatMember", chat_id=int(chat), user_id=me)
    except Retry as error:
        return ILL, f"群“{shown}”没查到（{error}），请稍后再查"
    except (PlatformError, ValueError):
        return ILL, f"不在群“{shown}”里了：请重新拉进群，由管理员在群里发 /关联"
    if member.get("status") != "administrator":
        return ILL, f"群“{shown}”里还不是管理员：设为管理员并勾“删除消息”，才删得掉误发的电话"
    if not member.get("can_delete_messages"):
        return ILL, f"群“{shown}”里没有“删除消息”的权限，删不掉误发的电话"
    return FINE, f"群“{shown}”里权限齐了"
