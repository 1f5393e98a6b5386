"""`promobot doctor telegram`: what a platform still has to be told, asked of itself."""

import asyncio

from bot.adapters.telegram.doctor import ILL, Finding, examine
from bot.app import open_database, read_settings
from bot.serve import telegram_driver
from bot.settings import Settings
from bot.shell.output import out
from db import chats
from scoring.errors import OperatorError

EXIT_ILL = 1


def telegram(url: str | None) -> int:
    """Print one line a finding; 1 if something is to be done."""
    found = read_settings(url)
    if not found.telegram_token:
        raise OperatorError("PROMOBOT_TELEGRAM_TOKEN 没有设置：先到 @BotFather 发 /newbot 领一个")
    db = open_database(found.database, found)
    try:
        with db.reading() as tx:
            groups = [
                (row.chat, row.title) for row in chats.groups(tx) if row.platform == "telegram"
            ]
    finally:
        db.close()
    findings = asyncio.run(_examined(found, groups))
    for kind, line in findings:
        out(f"{kind}　{line}")
    if not groups:
        out("还没有关联的群：把机器人拉进职工群，由管理员在群里发 /关联")
    return EXIT_ILL if any(kind == ILL for kind, _ in findings) else 0


async def _examined(found: Settings, groups: list[tuple[str, str]]) -> list[Finding]:
    driver = telegram_driver(found)
    try:
        looked = examine(
            driver, mode=found.telegram_mode, url=found.telegram_webhook_url, groups=groups
        )
        return [finding async for finding in looked]
    finally:
        await driver.close()
