"""What is seen of a process from inside: figures, alarms, and a file that is damaged."""

import asyncio
import logging
import os
import sqlite3
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import select

from bot.process import alarm as alarms
from bot.process.alarm import Alarm
from bot.process.running import running
from bot.process.soundness import damaged, refuse_damaged
from bot.services.references import reference_to
from commands.chat.errors import Retry
from db import leases
from db.engine.database import Database
from db.schema import inbox
from scoring.errors import OperatorError
from tests.conftest import KEY, Address
from tests.worlds.school import School


@asynccontextmanager
async def looking(school: School, token: str = "") -> AsyncIterator[Any]:
    async with AsyncExitStack() as stack:
        served = running(school.app, "127.0.0.1", 0, metrics_token=token)
        port = await stack.enter_async_context(served)
        session = aiohttp.ClientSession(f"http://127.0.0.1:{port}")
        await stack.enter_async_context(session)

        async def look(**headers: str) -> tuple[int, str]:
            async with session.get("/metrics", headers=headers) as answer:
                return answer.status, await answer.text()

        yield look


Figures = dict[str, list[tuple[dict[str, str], float]]]


def figures(told: str) -> Figures:
    """What Prometheus reads: labels and values by the name of their samples."""
    found: Figures = {}
    for family in text_string_to_metric_families(told):
        for sample in family.samples:
            found.setdefault(sample.name, []).append((sample.labels, sample.value))
    return found


async def test_the_figures_tell_what_came_in_and_what_waits(school: School) -> None:
    async with looking(school) as look:
        await school.platform.says("u-chen", school._chat("u-chen", ""), "得分")
        async with asyncio.timeout(30):
            while 'messages{state="sent"}' not in (told := (await look())[1]):  # noqa: ASYNC110
                await asyncio.sleep(0.02)
    found = figures(told)
    assert found["promobot_intake_seconds_count"] == [({}, 1)]
    assert found["promobot_intake_seconds_bucket"][-1] == ({"le": "+Inf"}, 1)
    for name in ("database_up", "ready"):
        assert found[f"promobot_{name}"] == [({}, 1)]
    assert found["promobot_sends_total"][0][0] == {"platform": "local", "outcome": "sent"}
    for name in ("commits_total", "disk_free_bytes", "clock_timestamp_seconds"):
        assert found[f"promobot_{name}"][0][1] > 0
    for name in ("outbox_age_seconds", "queue_age_seconds", "writer_waiting", "sends_open"):
        assert found[f"promobot_{name}"][0][1] >= 0
    assert "u-chen" not in told


async def test_what_failed_or_was_slow_is_counted_by_command(school: School) -> None:
    intake = school.app.gateway.intake
    intake.slow["score"] = 2
    intake.failed['a "quoted" one\n'] = 3
    school.app.delivery.attempts.counts["local", "later"] = 4
    async with looking(school) as look:
        _, told = await look()
    found = figures(told)
    assert found["promobot_slow_handlers_total"] == [({"command": "score"}, 2)]
    assert found["promobot_intake_failed_total"] == [({"command": 'a "quoted" one\n'}, 3)]
    assert found["promobot_sends_total"] == [({"platform": "local", "outcome": "later"}, 4)]


async def test_one_reference_leads_from_an_event_to_its_sending(
    school: School, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    send, faults = school.platform.send, iter([Retry("502")])

    async def sending(message: Any) -> Any:
        for fault in faults:
            raise fault
        return await send(message)

    def fails(*_: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(school.platform, "send", sending)
    inside = school.app.gateway.inside
    school.app.gateway.inside = replace(inside, respond=fails)
    await school.platform.says("u-chen", school._chat("u-chen", ""), "得分")
    await school.app.delivery.deliver_all()
    [update] = [row.update for row in _inbox(school)]
    lines = {record.msg: record for record in caplog.records if hasattr(record, "reference")}
    assert set(lines) == {"request failed", "will retry"}
    assert {one.reference for one in lines.values()} == {reference_to(f"local:{update}")}


def _inbox(school: School) -> list[Any]:
    with school.app.db.reading() as tx:
        return tx.run(select(inbox))


async def test_every_work_that_one_replica_does_is_named(school: School) -> None:
    held: list[dict[str, str]] = []
    async with looking(school) as look, asyncio.timeout(30):
        while len(held) < 3:
            _, told = await look()
            held = [labels for labels, _ in figures(told).get("promobot_lease_holder", ())]
        said = await school.says("u-he", "健康")
    assert {one["lease"]: one["work"] for one in held} == {
        "ticker": "ticker",
        "delivery": "delivery",
        "delivery:local": "delivery",
    }
    assert len({one["holder"] for one in held}) == 1
    process = leases.spoken(held[0]["holder"])
    assert process.endswith(f"/{os.getpid()}")
    assert f"在做事的程序：{process} 其余发送、发网页、定时提醒。" in "".join(said)


async def test_without_a_token_only_the_machine_itself_may_look(school: School) -> None:
    async with looking(school) as look:
        assert (await look())[0] == 200
        assert (await look(**{"X-Forwarded-For": "10.0.0.1"}))[0] == 403


async def test_with_a_token_whoever_shows_it_may_look(school: School) -> None:
    async with looking(school, token="a-secret") as look:
        assert (await look())[0] == 403
        assert (await look(Authorization="Bearer wrong"))[0] == 403
        assert (await look(Authorization="Bearer a-secret"))[0] == 200


class Heard:
    """An alarm that hears of trouble at given seconds."""

    def __init__(self, school: School, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 0.0
        monkeypatch.setattr(alarms, "monotonic", lambda: self.now)
        self._alarm = Alarm(school.app)

    async def __call__(self, trouble: str, *moments: float) -> None:
        for self.now in moments:
            await self._alarm.heard(trouble)


async def test_trouble_that_lasts_is_told_to_administrators_once_and_its_end_once(
    school: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard = Heard(school, monkeypatch)

    def told() -> list[str]:
        texts = [one.text for one in school.shown("u-he") if one.author is None]
        return [text for text in texts if "宣传助手（" in text]

    await heard("", 0)
    await heard("连不上平台", 10, 100, 309)
    assert told() == []
    await heard("连不上平台", 311, 400, 4000)
    assert len(told()) == 1
    assert "5 分钟不能正常工作：连不上平台" in told()[0]
    await heard("", 4010, 4020)
    assert len(told()) == 2
    assert "恢复正常" in told()[1]


async def test_short_trouble_is_told_to_nobody_and_who_was_not_reached_is_told_later(
    school: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard = Heard(school, monkeypatch)
    send, sent = school.platform.send, []

    async def sending(message: Any) -> Any:
        if heard.now < 1000:
            raise Retry("502")
        sent.append(message.chat.id)
        return await send(message)

    monkeypatch.setattr(school.platform, "send", sending)
    await heard("", 0)
    await heard("满了", 10, 200)
    await heard("", 210)
    await heard("满了", 220, 500)
    await heard("", 510)
    assert sent == []
    await heard("满了", 600, 950, 1001, 1020)
    assert len(set(sent)) == len(sent) > 0


def test_a_damaged_file_is_told_in_one_sentence_before_it_is_served(
    sqlite_address: Address,
) -> None:
    address = sqlite_address(True)
    file = Path(address.removeprefix("sqlite:///"))
    database = Database.open(address, KEY)
    assert not damaged(database)
    refuse_damaged(database, address)
    database.close()
    with sqlite3.connect(file) as raw:  # a table that nothing reads at the start
        ((page,),) = raw.execute("SELECT rootpage FROM sqlite_master WHERE name = 'suspects'")
    raw.close()
    whole = bytearray(file.read_bytes())
    size = int.from_bytes(whole[16:18], "big")
    whole[(page - 1) * size : page * size] = b"\xff" * size
    file.write_bytes(whole)

    database = Database.open(address, KEY)
    assert damaged(database)
    with pytest.raises(OperatorError, match="有损坏，没有启动"):
        refuse_damaged(database, address)
    database.close()


async def test_damage_found_at_night_turns_the_process_red(school: School) -> None:
    from bot.process.health import Health

    health = Health(school.app)
    health.started = True
    assert await health.trouble() == ""
    school.app.damaged = True
    health._asked_at = -1e9
    assert "有损坏" in await health.trouble()
