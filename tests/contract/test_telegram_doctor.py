"""`promobot doctor telegram` tells what Telegram still has to be told."""

from collections.abc import AsyncIterator

import pytest

from bot.adapters.findings import CUT, FINE, ILL, WRONG, Finding
from bot.adapters.telegram import make_driver
from bot.adapters.telegram.doctor import examine
from bot.adapters.telegram.driver import Driver
from tests.emulators.bot_api import TOKEN, BotApi, Fault

URL = "https://bot.school.example/telegram/webhook"


@pytest.fixture
async def api() -> AsyncIterator[BotApi]:
    api = BotApi()
    await api.start()
    yield api
    await api.stop()


@pytest.fixture(params=["ptb", "aiogram"])
async def driver(request: pytest.FixtureRequest, api: BotApi) -> AsyncIterator[Driver]:
    made = make_driver(TOKEN, api.base, library=request.param)
    yield made
    await made.close()


async def examined(
    driver: Driver, *groups: tuple[str, str], mode: str = "polling"
) -> list[Finding]:
    return [one async for one in examine(driver, mode=mode, url=URL, groups=groups)]


async def test_where_all_is_well_nothing_is_to_be_done(api: BotApi, driver: Driver) -> None:
    group = api.group("全体教职工")
    api.rights[group["id"]] = {"status": "administrator", "can_delete_messages": True}
    found = await examined(driver, (str(group["id"]), "全体教职工"))
    assert {kind for kind, _ in found} == {FINE}
    assert any("@XuanchuanBot" in line for _, line in found)


async def test_a_refused_token_is_all_there_is_to_say(api: BotApi, driver: Driver) -> None:
    api.fail("getMe", Fault(status=401, description="Unauthorized"))
    [(kind, line)] = await examined(driver)
    assert (kind, "PROMOBOT_TELEGRAM_TOKEN" in line) == (WRONG, True)


async def test_an_unreachable_server_is_told_with_the_ways_round_it(
    api: BotApi, driver: Driver
) -> None:
    api.fail("getMe", Fault(reset=True))
    [(kind, line)] = await examined(driver)
    assert kind == CUT
    assert "请设 PROMOBOT_TELEGRAM_PROXY" in line
    assert TOKEN not in line
    api.fail("getMe", Fault(reset=True))
    asked = examine(driver, mode="polling", url=URL, groups=(), proxied=True)
    [(kind, line)] = [one async for one in asked]
    assert (kind, line.startswith("代理没有应答"), "请设" in line) == (CUT, True, False)


async def test_what_botfather_must_still_be_told(api: BotApi, driver: Driver) -> None:
    api.hears_all = False
    found = await examined(driver)
    assert any(kind == ILL and "/setprivacy" in line for kind, line in found)


async def test_a_webhook_that_is_left_or_missing(api: BotApi, driver: Driver) -> None:
    assert any(
        kind == ILL and "登记" in line for kind, line in await examined(driver, mode="webhook")
    )
    await driver.call("setWebhook", url="https://old.example/x")
    found = await examined(driver)
    assert any(kind == ILL and "webhook" in line for kind, line in found)


@pytest.mark.parametrize(
    ("rights", "told"),
    [
        ({}, "还不是管理员"),
        ({"status": "administrator"}, "没有“删除消息”的权限"),
        ({"status": "administrator", "can_delete_messages": True}, "权限齐了"),
    ],
)
async def test_the_rights_in_each_linked_group(
    api: BotApi, driver: Driver, rights: dict[str, object], told: str
) -> None:
    group = api.group("职工群")
    api.rights[group["id"]] = rights
    *_, (_, line) = await examined(driver, (str(group["id"]), "职工群"))
    assert told in line


async def test_a_group_that_threw_the_bot_out(api: BotApi, driver: Driver) -> None:
    *_, (kind, line) = await examined(driver, ("-100999", "旧群"))
    assert (kind, "不在群“旧群”里" in line) == (ILL, True)
