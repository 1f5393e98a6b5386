"""Keeping a school: backup, restore and migration of 200,000 rows, and what a year of a school of
400 people leaves on the disk."""

import asyncio
import sqlite3
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter

from bench.report import line
from bench.school import KEY, Telegram, open_school
from bench.score import fill
from bot.clock import VirtualClock
from bot.process import archive, restoring
from bot.process.app import build
from bot.process.upkeep import prune
from bot.services.patience import Patience
from commands.chat.messages import Chat, Incoming
from commands.grammar import lexicon
from commands.roster import enrolment, file
from db import chats, plans
from db.engine.database import Database, driver_of
from db.engine.sqlite import Sqlite
from db.engine.vault import Vault
from db.migrations.run import upgrade
from scoring.moments import DAY, Instant
from scoring.plan import Plan

ROWS = 200_000
LONGEST = 60.0
"""Seconds that 200,000 rows may take, either way."""

PEOPLE = 400
LARGEST = 200 * 1024 * 1024
"""Bytes that a year may leave, evidence pictures aside."""

KEEP = 30 * DAY
LEADS, READS, WORKS = 20, 160, 6
"""A day's leads, readings (得分, 待办) and reports of publications: more than a busy day has."""

SHARE = 0.9
"""Of all people, who forward and like the task of the week."""


def run(*, quick: bool = False) -> None:
    """Print the times and the size."""
    with tempfile.TemporaryDirectory(prefix="bench-", dir=Path.cwd()) as made:
        folder = Path(made)
        _times(folder, ROWS // 10 if quick else ROWS)
        days = 30 if quick else 366
        asyncio.run(_year(folder / "year.db", days))
        size = (folder / "year.db").stat().st_size
        goal = LARGEST * days // 366
        line(
            "keep",
            f"{PEOPLE} people, {days} days",
            size / 1024 / 1024,
            "MB",
            goal=f"< {goal // 1024 // 1024} MB",
            ok=size < goal,
        )


# --- 200,000 rows ---------------------------------------------------------------------------


def _times(folder: Path, rows: int) -> None:
    [plan] = [plan for plan in plans.shipped() if plan.year == 2024]
    path = folder / "rows.db"
    open_school(f"sqlite:///{path}").close()
    fill(path, plan, rows // 2)  # a fact and its posting
    database = Database.open(f"sqlite:///{path}", KEY)
    began = perf_counter()
    made = archive.make(database, folder / "kept", 1_712_023_200)
    _told(f"backup of {made.head.rows:,} rows, checked", perf_counter() - began)
    database.close()
    began = perf_counter()
    copy = driver_of(f"sqlite:///{folder / 'copy.db'}")
    restoring.restore(copy, Vault(KEY), made.path, [])
    _told(f"restore of {made.head.rows:,} rows", perf_counter() - began)
    with sqlite3.connect(folder / "copy.db") as raw:  # as an earlier commit left it
        raw.execute("DROP TABLE live_cards")
        raw.execute("DROP TABLE tokens")
    raw.close()
    began = perf_counter()
    upgrade(Sqlite(folder / "copy.db").engine())
    _told(f"migration of {made.head.rows:,} rows", perf_counter() - began)


def _told(case: str, seconds: float) -> None:
    line("keep", case, seconds, "s", goal=f"≤ {LONGEST:g} s", ok=seconds <= LONGEST)


# --- a year ---------------------------------------------------------------------------------


async def _year(path: Path, days: int) -> None:
    """A year of messages through the gateway, with its reminders and nights."""
    [plan] = [plan for plan in plans.shipped() if plan.year == 2024]
    start = int(datetime(2024, 1, 1, 2, tzinfo=UTC).timestamp())
    clock = VirtualClock(start)
    database = Database.open(f"sqlite:///{path}", KEY)
    database.migrate()
    platform = Telegram(now=clock.now)
    platform.name = "telegram"
    app = build(database, clock, [platform], patience=Patience(None))
    await app.write(lambda tx: _begin(tx, plan, start))
    numbers = iter(range(10**9))
    for day in range(days):
        at = start + day * DAY
        await app.fire_until(at, clock, app.delivery.deliver_all)
        for text, person in _said(day):
            number = next(numbers)
            await app.gateway.receive(_incoming(number, person, text.format(n=number), at))
        await app.delivery.deliver_all()
        await prune(app, clock.now() - KEEP)
    app.close()


def _begin(tx: object, plan: Plan, now: Instant) -> None:
    units = [unit.name for unit in plan.scored_units]
    roles = ["宣传员", "部门负责人", "教师;班主任"]
    rows = [
        f"T{n},张{n},{units[n % len(units)]},{roles[min(n // len(units), 2)]},telegram:{1000 + n}"
        for n in range(PEOPLE)
    ]
    rows += [
        "D1,赵倩,融媒体中心,融媒体中心,telegram:901",
        "D2,吴敏,董办,考核组,telegram:902",
        "D3,钱进,招生办公室,招办,telegram:903",
    ]
    table = "\n".join(["工号,姓名,部门,角色,账号", *rows])
    read = file.read("roster.csv", table.encode(), lexicon.units_of(plan))
    enrolment.apply(tx, enrolment.compare(tx, read), now, None)  # type: ignore[arg-type]
    chats.link(
        tx,  # type: ignore[arg-type]
        platform="telegram",
        chat="-100",
        title="全校",
        unit=None,
        by=None,
        at=now,
    )


def _said(day: int) -> Iterator[tuple[str, int]]:
    """What is said on a day, and by whom."""
    for n in range(LEADS):
        yield "报线索 张某 138{n:08d} 初三 机电 中职", 1000 + (day * LEADS + n) % PEOPLE
    for n in range(READS):
        yield ("得分", "待办", "我的", "指标")[n % 4], 1000 + (day * READS + n) % PEOPLE
    for n in range(WORKS):
        yield "报新闻 招生宣传进校园 https://example.cn/news/{n}", 1000 + (day * WORKS + n) % 15
        yield "报视频 校园的一天 https://v.douyin.com/{n}", 1000 + (day * WORKS + n) % 15
    if day % 7 == 0:
        due = datetime(2024, 1, 1, tzinfo=UTC) + timedelta(days=day + 5)
        yield f"发任务 本周宣传 https://example.cn/task/{{n}} 截止 {due.month}月{due.day}日", 901
    if day % 7 == 2:
        for n in range(int(PEOPLE * SHARE)):
            yield "转发", 1000 + n
            yield "点赞", 1000 + n


def _incoming(number: int, person: int, text: str, at: Instant) -> Incoming:
    return Incoming(
        update=str(number),
        chat=Chat(platform="telegram", id=str(person)),
        author=str(person),
        sent_at=at,
        received_at=at,
        text=text,
        message=f"m{number}",
    )
