"""Menus on Telegram: common words for all, more for a role, each set once."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from bot.adapters.telegram import TelegramAdapter, make_driver
from bot.clock import VirtualClock
from bot.process.app import App, build
from commands.grammar import lexicon
from commands.roster import enrolment, file
from db import plans
from db.engine.database import Database
from tests.emulators.bot_api import TOKEN, BotApi, Fault
from tests.emulators.loopback import START

ROSTER = """工号,姓名,部门,角色,账号
T1,张伟,机电工程系,教师,telegram:1001
T2,王芳,机电工程系,宣传员,telegram:1002
"""


@pytest_asyncio.fixture
async def api() -> AsyncIterator[BotApi]:
    api = BotApi()
    await api.start()
    for person in (1001, 1002):
        api.user(person, "教师")
    yield api
    await api.stop()


@pytest.fixture
def app(sqlite_database: Database, api: BotApi) -> App:
    driver = make_driver(TOKEN, api.base, library="ptb")
    adapter = TelegramAdapter(driver, now=lambda: START)
    app = build(sqlite_database, VirtualClock(START), [adapter])
    enrolled(app, ROSTER)
    return app


def enrolled(app: App, table: str) -> None:
    read = file.read("a.csv", table.encode(), lexicon.units_of(plans.shipped()[0]))
    app.writer.submit(
        lambda tx: enrolment.apply(tx, enrolment.compare(tx, read), START, None)
    ).result()


async def closed(app: App) -> None:
    await app.adapters["telegram"].close()  # type: ignore[attr-defined]
    app.close()


async def test_a_menu_is_set_once_and_again_when_a_role_changes(app: App, api: BotApi) -> None:
    assert await app.menus.refresh() == 3
    assert "lead" in api.menus["all_private_chats", None]
    assert "lead" not in api.menus["all_group_chats", None]
    assert "video" in api.menus["chat", 1002]
    assert ("chat", 1001) not in api.menus
    assert await app.menus.refresh() == 0
    enrolled(app, ROSTER.replace("教师,telegram:1001", "融媒体中心,telegram:1001"))
    assert await app.menus.refresh() == 1
    assert "approve" in api.menus["chat", 1001]
    await closed(app)


async def test_a_platform_that_is_away_gets_them_later(app: App, api: BotApi) -> None:
    api.fail("setMyCommands", Fault(status=502))
    assert await app.menus.refresh() == 0
    assert await app.menus.refresh() == 3
    await closed(app)
