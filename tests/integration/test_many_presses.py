"""Everybody presses every button of a card within ten minutes: each hears it over the button, the
group is told no more than Telegram takes, and the card counts all of them in the end."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import Any

import pytest

from bot.adapters.telegram import TelegramAdapter, make_driver
from bot.clock import VirtualClock
from bot.process.app import App, build
from bot.services import pacing
from commands.grammar import lexicon
from commands.roster import enrolment
from commands.roster import file as rosterfile
from db import chats, plans
from db.engine.database import Database
from scoring.moments import MINUTE
from tests.contract.adapter_contract import listening
from tests.emulators.bot_api import TOKEN, BotApi, Json
from tests.worlds.school import _instant

STEP = 5
"""Seconds between two bursts of presses."""

LABELS = ("已转发", "已点赞", "已评论", "已关注")
MEDIA, FIRST = 999, 1_000
PER_SECOND, PER_MINUTE = 30, 20


def virtual(clock: VirtualClock) -> Any:
    """`asyncio` as pacing sees it, whose loop tells the virtual time."""
    loop = SimpleNamespace(
        time=lambda: float(clock.now()),
        call_later=lambda *given: asyncio.get_running_loop().call_later(*given),
    )
    return SimpleNamespace(**{**vars(asyncio), "get_running_loop": lambda: loop})


@asynccontextmanager
async def crowd(
    size: int, database: Database, clock: VirtualClock, api: BotApi
) -> AsyncIterator[tuple[App, Json, list[Json]]]:
    """A school of so many teachers on Telegram, one linked group, and the bot at work."""
    await api.start()
    adapter = TelegramAdapter(make_driver(TOKEN, api.base), now=clock.now, press_seconds=30.0)
    app, group = build(database, clock, [adapter]), api.group("宣传群")
    people = [api.user(number, f"师{number}") for number in (MEDIA, *range(FIRST, FIRST + size))]
    rows = [
        f"X{one['id']},师{one['id']},信息工程系,教师,telegram:{one['id']}" for one in people[1:]
    ]
    media = f"X{MEDIA},赵倩,融媒体中心,融媒体中心,telegram:{MEDIA}"
    table = "\n".join(["工号,姓名,部门,角色,账号", media, *rows])
    [plan] = [one for one in plans.shipped() if one.year == 2024]

    def begin(tx: Any) -> None:
        now = clock.now()
        read = rosterfile.read("roster.csv", table.encode(), lexicon.units_of(plan))
        enrolment.apply(tx, enrolment.compare(tx, read), now, None)
        where = {"platform": "telegram", "chat": str(group["id"]), "title": "宣传群"}
        chats.link(tx, **where, unit=None, by=None, at=now)

    await app.write(begin)
    delivering = asyncio.create_task(app.delivery.run())
    async with listening(adapter, app.gateway.receive):
        yield app, group, people
    app.delivery.stopping = True
    app.delivery.wake()
    await delivering
    await adapter.close()
    await api.stop()
    app.gateway.close()
    app.writer.close()


async def _told(api: BotApi, total: int) -> None:
    await api.until(lambda: len(api.toasts) == total)


@pytest.mark.parametrize("size", [40, pytest.param(400, marks=pytest.mark.soak)])
async def test_the_presses_of_a_whole_school_stay_within_every_limit(
    size: int,
    sqlite_database: Database,
    monkeypatch: pytest.MonkeyPatch,
    figure: Callable[[str], None],
) -> None:
    clock = VirtualClock(_instant("04-08 10:00"))
    api = BotApi(clock.now)
    monkeypatch.setattr(pacing, "asyncio", virtual(clock))
    async with crowd(size, sqlite_database, clock, api) as (app, group, people):
        api.says(people[0], group, "发任务 春招宣传片 https://v.douyin.com/iAbc123/ 截止 4月15日")
        await api.until(lambda: any(one.buttons for one in api.seen(group["id"])))
        card = next(one for one in api.seen(group["id"]) if one.buttons)
        begun, before = clock.now(), len(api.calls)
        presses = [(person, label) for person in people[1:] for label in LABELS]
        a_step = len(presses) * STEP // (10 * MINUTE) + 1
        for done in range(0, len(presses), a_step):
            for person, label in presses[done : done + a_step]:
                api.presses(person, card, label)
            clock.advance(clock.now() + STEP)
            await _told(api, min(done + a_step, len(presses)))
            await app.turn_cards()
            app.delivery.wake()
        assert clock.now() - begun <= 10 * MINUTE + STEP
        clock.advance(clock.now() + MINUTE)
        await app.turn_cards()
        app.delivery.wake()
        await api.until(lambda: f"{LABELS[0][1:]} {size}" in card.text)
    calls = list(zip(api.calls, api.moments, strict=True))[before:]
    messages = [at for (method, _), at in calls if method.startswith(("send", "edit"))]
    assert [method for (method, _), _ in calls if method.startswith("send")] == []
    assert max(Counter(messages).values()) <= PER_SECOND
    for at in messages:
        assert sum(at - MINUTE < other <= at for other in messages) <= PER_MINUTE
    assert card.text.endswith("已报：" + "　".join(f"{label[1:]} {size}" for label in LABELS))
    assert len(api.toasts) == len(presses)
    assert all(toast.strip() for toast in api.toasts)
    figure(f"{len(presses)} presses in ten minutes: {len(messages)} changes of the card")
