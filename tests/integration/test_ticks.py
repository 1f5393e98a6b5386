"""Every due reminder is said once: whatever the replicas, deaths, stops and jumps of the clock."""

import asyncio
import random
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import Future
from datetime import datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from sqlalchemy import select

from bot.adapters.local import LocalPlatform
from bot.clock import VirtualClock
from bot.process.app import App, build
from db import reminders
from db.engine.database import Database
from db.engine.tx import Tx
from db.errors import Conflict
from db.schema import outbox
from reminders import tick as ticking
from reminders.scene import Item
from reminders.schedule import schedule
from reminders.tick import idle, tick
from scoring.moments import DAY, HOUR, MINUTE, ZONE, Instant, instant, local
from tests.conftest import KEY, Address
from tests.worlds.school import GROUP, School, close_school, open_school

ROSTER = Path(__file__).parents[1] / "acceptance" / "year_roster.csv"
SAID = select(outbox.c.key, outbox.c.due_at).where(outbox.c.key.like("remind:%"))
BEGINS = "2024-03-15T08:00:00+08:00"
START: Instant = instant(datetime.fromisoformat(BEGINS))
DAYS = 30
DIES_EVERY = 10 * MINUTE


def instant_of(moment: str) -> Instant:
    return instant(datetime.fromisoformat(f"2024-{moment}").replace(tzinfo=ZONE))


class Died(Exception):
    """The process went away before its commit."""


class Replica:
    """One process of several on a database: it ticks every minute, unless it is dead."""

    def __init__(self, url: str, number: int, clock: VirtualClock) -> None:
        self.database = Database.open(url, KEY)
        platform = LocalPlatform(now=clock.now)
        self.app: App = build(self.database, clock, [platform])
        self.deaths = 0
        self.dead_until: Instant = 0

    def die(self, now: Instant) -> None:
        self.deaths += 1
        self.dead_until = now + DIES_EVERY

    def idle(self, now: Instant) -> bool:
        with self.database.reading() as tx:
            return idle(tx, now, tx.cached("world", self.app.gateway.inside.load))

    def tick(self, now: Instant, *, dies: bool) -> "Future[int]":
        return self.app.writer.submit(partial(self._tick, now=now, dies=dies))

    def _tick(self, tx: Tx, now: Instant, *, dies: bool) -> int:
        world = tx.cached("world", self.app.gateway.inside.load)
        said = tick(tx, now, world)
        if dies:
            raise Died
        return said


@pytest.fixture
def replicas(address: Address) -> Iterator[list[Replica]]:
    """Three processes on one database with a roster, on SQLite and on PostgreSQL."""
    url, clock = address(True), VirtualClock()
    asyncio.run(_enrolled(url))
    found = [Replica(url, number, clock) for number in range(3)]
    yield found
    for replica in found:
        replica.app.close()


async def _enrolled(url: str) -> None:
    database = Database.open(url, KEY)
    close_school(await open_school(database, start=BEGINS, roster=ROSTER))
    database.close()


def minute(replicas: list[Replica], now: Instant, chance: random.Random) -> Replica | None:
    """All who live tick at once; every other time one of them was first, and died with all its
    rows written and nothing committed. Who settled what was due, if anybody did."""
    awake = [one for one in replicas if one.dead_until <= now and not one.idle(now)]
    if len(awake) > 1 and chance.random() < 0.5:
        first = awake.pop(chance.randrange(len(awake)))
        with pytest.raises(Died):
            first.tick(now, dies=True).result()
        first.die(now)
    leader = None
    for one, future in [(one, one.tick(now, dies=False)) for one in awake]:
        try:
            if future.result():
                leader = one
        except Conflict:
            continue  # another was faster: its rows stand
    return leader


def minutes(start: Instant, busy: set[Instant]) -> Iterator[Instant]:
    """Every tenth minute of the days, and every minute around those at which something is due."""
    for now in range(start, start + DAYS * DAY, MINUTE):
        if now % DIES_EVERY == 0 or any(now + n * MINUTE in busy for n in range(-3, 3)):
            yield now


def test_three_schedulers_say_each_once_though_the_leader_dies_every_ten_minutes(
    replicas: list[Replica],
) -> None:
    chance = random.Random(7)
    expected = asyncio.run(_alone())
    leader = replicas[0]
    for now in minutes(START, {due for _, _, due in expected}):
        if now % DIES_EVERY == 0:
            leader.die(now)
        leader = minute(replicas, now, chance) or chance.choice(replicas)
    with replicas[0].database.reading() as tx:
        rows = reminders.since(tx, 0)
        keys = Counter(row.key for row in tx.run(SAID))
        late = [row.due_at - int(row.key.split(":")[2]) for row in tx.run(SAID)]
    assert {(r.rule, r.audience, r.due_at) for r in rows if r.state == reminders.SENT} == expected
    assert len(keys) > 100
    assert max(keys.values()) == 1
    assert min(late) >= 0
    assert max(late) <= MINUTE
    assert sum(replica.deaths for replica in replicas) > DAYS * DAY / DIES_EVERY + 10


async def _alone() -> set[tuple[str, str, Instant]]:
    """What one school with one process says in the same days."""
    with TemporaryDirectory() as folder:
        database = Database.open(f"sqlite:///{folder}/alone.db", KEY)
        database.migrate()
        school = await open_school(database, start=BEGINS, roster=ROSTER)
        await school.at(local(START + DAYS * DAY).isoformat())
        with database.reading() as tx:
            rows = reminders.since(tx, 0)
        close_school(school)
        database.close()
    return {(r.rule, r.audience, r.due_at) for r in rows if r.state == reminders.SENT}


# --- a process that was not there ---------------------------------------------------------


async def _away(school: School, to: str) -> None:
    """Nobody ticks until then."""
    school.clock.advance(instant_of(to))
    await school.app.tick()
    await school.app.delivery.deliver_all()


def states(school: School, rule: str) -> set[str]:
    with school.app.db.reading() as tx:
        rows = reminders.since(tx, 0)
    return {row.state for row in rows if row.rule == rule and not row.audience}


async def test_after_an_hour_away_what_was_due_comes_late_and_says_nothing_of_it(
    school: School,
) -> None:
    await school.at("03-27 08:50")
    await _away(school, "03-27 09:20")
    assert school.last("u-wang").startswith("王主任，机电抖音号还未交接")


async def test_after_a_day_away_it_comes_as_late_mail(school: School) -> None:
    await school.at("03-26 12:00")
    before = len(school.shown("u-wang"))
    await _away(school, "03-27 17:00")
    assert len(school.shown("u-wang")) == before + 1
    assert school.last("u-wang").startswith("补发停机期间的提醒：\n王主任，机电抖音号还未交接")


async def test_after_a_week_away_one_digest_says_what_still_helps_and_the_rest_is_kept_as_stale(
    school: School,
) -> None:
    await school.at("04-02 12:00")
    before = {who: len(school.shown(who)) for who in ("u-jing", "u-wang")}
    await _away(school, "04-09 12:00")
    assert {who: len(school.shown(who)) for who in before} == {
        who: count + 1 for who, count in before.items()
    }
    said = school.last("u-jing")
    assert "已进入 3 分档" in said
    assert "直播专班已过 4月6日" in said
    assert "第14周" not in said.replace("上周（第14周）", "")
    assert states(school, "ppt.T-1") == states(school, "ppt.day") == {reminders.STALE}
    assert states(school, "ppt.over") == {reminders.TOLD}


async def test_nothing_of_the_year_is_left_out_however_long_the_process_was_away(
    school: School,
) -> None:
    await school.at("03-20 12:00")
    await _away(school, "06-20 12:00")
    with school.app.db.reading() as tx:
        world = tx.cached("world", school.app.gateway.inside.load)
        every = [one for one in schedule(tx, world).all if one.at <= school.clock.now()]
        told = {(row.rule, row.due_at) for row in reminders.since(tx, 0) if not row.audience}
    after = {(one.rule, one.at) for one in every if one.at > instant_of("03-20 12:00")}
    assert after <= told


async def test_what_comes_back_at_night_waits_for_the_morning(school: School) -> None:
    await school.at("03-26 12:00")
    before = len(school.shown("u-wang"))
    await _away(school, "03-27 23:10")
    assert len(school.shown("u-wang")) == before
    await school.at("03-28 07:29")
    assert len(school.shown("u-wang")) == before
    await school.at("03-28 07:31")
    assert "机电抖音号还未交接" in school.last("u-wang")


async def test_what_comes_back_on_a_weekend_waits_for_the_workday_if_it_helps_then(
    school: School,
) -> None:
    await school.at("03-21 12:00")
    await _away(school, "03-23 12:00")
    before = len(school.shown("u-kong"))
    await school.at("03-25 08:59")
    assert len(school.shown("u-kong")) == before
    await school.at("03-25 09:01")
    assert "健康抖音号还未交接" in school.last("u-kong")


async def test_a_jump_of_the_clock_says_nothing_twice(school: School) -> None:
    await school.at("03-27 09:05")
    count = len(school.seen)
    school.clock.at -= HOUR
    await school.app.tick()
    school.clock.at += 2 * HOUR
    await school.app.tick()
    await school.app.delivery.deliver_all()
    assert len(school.seen) == count


async def test_a_fault_of_one_rule_keeps_no_other_from_going_out(
    school: School, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> Iterator[Item]:
        raise LookupError("ours")

    monkeypatch.setattr(ticking, "VOICES", {**ticking.VOICES, "ppt": broken})
    caplog.set_level("ERROR", "promobot.reminders")
    await school.at("03-22 09:01")
    assert "健康抖音号还未交接" in school.last("u-kong")
    assert "直播专班" in school.last("u-kong")
    assert states(school, "ppt.T-14") == {reminders.FAILED}
    assert any(record.__dict__.get("rule") == "ppt.T-14" for record in caplog.records)


async def test_a_digest_of_a_silent_group_that_came_to_nothing_is_dropped(school: School) -> None:
    await school.says("u-he", "@宣传助手 本群静音 今天", group=GROUP, at="04-03 09:00")
    before = len(school.shown("", GROUP))
    await school.at("04-03 12:00")
    assert len(school.shown("", GROUP)) == before
    with school.app.db.reading() as tx:
        rows = [row for row in reminders.since(tx, 0) if row.audience.startswith("group:")]
    assert {row.state for row in rows} & {reminders.WAITING, reminders.DROPPED}
    await school.at("04-08 12:00")  # nothing that waited for the group stops the others
    assert "上周（第14周）" in school.last("u-wang")
