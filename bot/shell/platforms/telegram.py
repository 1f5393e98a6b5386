"""Telegram's door."""

import asyncio
from collections.abc import Mapping

from bot.adapters.findings import CUT, ILL, Finding
from bot.adapters.telegram import TelegramAdapter, Webhook, make_driver
from bot.adapters.telegram.doctor import examine, of_the_bot
from bot.adapters.telegram.driver import Driver
from bot.clock import Clock
from bot.settings import Settings
from bot.shell.platforms import Answered, Door, Reached, looked
from bot.shell.setup import questions
from bot.shell.setup.asking import Asking
from bot.shell.setup.reaching import answered, reach
from bot.wording import say
from commands.chat.messages import Adapter
from db import chats
from db.engine.tx import Reading
from scoring.errors import OperatorError

NAME = "telegram"


def make(found: Settings, clock: Clock) -> Adapter:
    """Make the adapter over the chosen library."""
    webhook = None
    if found.telegram_mode == "webhook":
        webhook = Webhook(found.telegram_webhook_url, found.telegram_webhook_secret)
    account = found.telegram_token.partition(":")[0]
    return TelegramAdapter(driver(found), webhook=webhook, account=account, now=clock.now)


def driver(found: Settings) -> Driver:
    """Make the driver over the chosen library, which is imported only here."""
    options = {"api_base": found.telegram_api_base} if found.telegram_api_base else {}
    return make_driver(
        found.telegram_token,
        proxy=found.telegram_proxy or None,
        library=found.telegram_driver,
        **options,
    )


async def reached(found: Settings) -> Reached:
    """See `Door`."""
    over = driver(found)
    try:
        me, findings = await of_the_bot(over, proxied=bool(found.telegram_proxy))
    finally:
        await over.close()
    if me is None:
        return Reached(findings)
    return Reached(findings, str(me["username"]), not me.get("can_read_all_group_messages"))


def examined(found: Settings) -> list[Finding]:
    """See `Door`; Telegram is asked about each group that is linked."""
    if not found.telegram_token:
        raise OperatorError(say("platforms.telegram_token"))
    groups = looked(found, _groups) or []
    findings = asyncio.run(_examined(found, groups))
    return findings if groups else [*findings, (ILL, say("platforms.telegram_groups"))]


def _groups(tx: Reading) -> list[tuple[str, str]]:
    return [(row.chat, row.title) for row in chats.groups(tx) if row.platform == NAME]


async def _examined(found: Settings, groups: list[tuple[str, str]]) -> list[Finding]:
    over = driver(found)
    try:
        looks = examine(
            over,
            mode=found.telegram_mode,
            url=found.telegram_webhook_url,
            groups=groups,
            proxied=bool(found.telegram_proxy),
        )
        return [finding async for finding in looks]
    finally:
        await over.close()


def asked(ask: Asking, kept: Mapping[str, str]) -> Answered:
    """Ask for the token, and for a proxy where Telegram does not answer."""
    base = {"platforms": NAME}
    for question in (questions.PROXY, questions.API_BASE):
        base[question.name] = ask.given(question.name) or kept.get(question.name, "")

    def take(said: Mapping[str, str]) -> Answered:
        values = base | dict(said)
        return answered(values, reach(NAME, values))

    found = ask.all((questions.TOKEN,), take, kept)
    if not found.cut or ask.silent:
        return found

    def around(said: str) -> Answered:
        if not said:
            return found
        values = {**found.values, questions.PROXY.name: said}
        again = reach(NAME, values)
        if any(kind == CUT for kind, _ in again.findings):
            raise OperatorError(say("init.still_cut"))
        return answered(values, again)

    return ask.one(questions.PROXY, around)


def steps(one: Answered) -> tuple[str, str]:
    """See `Door`; a bot whose name is known is reached by links."""
    if not one.bot:
        bind = say("init_step.bind", platform=DOOR.shown)
        return bind, say("init_step.group_telegram", link=say("init_step.by_hand"))
    link = say("init_step.link", bot=one.bot)
    bind = say("init_step.bind_telegram", bot=one.bot)
    return bind, say("init_step.group_telegram", link=link)


DOOR = Door(
    shown="Telegram", make=make, reached=reached, examined=examined, asked=asked, steps=steps
)
