"""Somebody sends a hostile file to the school's bot, and everybody else is answered meanwhile."""

import asyncio
import gc
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from time import perf_counter, thread_time
from typing import Any

import pytest
from sqlalchemy import select

from bot.adapters.local import NAME
from bot.services import limited as limits
from bot.services.gateway import Gateway
from bot.services.patience import Patience
from bot.shell import roster as shell
from commands.chat.messages import Chat, File
from commands.chat.requests import Opener
from commands.roster import opening
from db import calendar, people
from db.engine.database import Database
from db.schema import inbox, proposals
from scoring.errors import OperatorError
from tests.security import cruel
from tests.security.hostile_files import Hostile, plain, texts, workbooks
from tests.worlds.plan import PLAN
from tests.worlds.school import ROSTER, School, close_school, open_school

WORST = {
    "a row at the bottom",
    "700,000 cells in a row",
    "250,000 shared strings",
    "20,000 by 24",
    "5 million lines",
    "20,000 people",
    "20,000 faults",
}
FILES = [file for file in (*workbooks(), *texts()) if file.what in WORST]
PATIENT = 3.0
"""Seconds that nobody waits for an answer meanwhile, on however busy a machine."""

BUSY = 0.05
"""Seconds of processor time that one visit to the writer may take."""

FLAT = 96 * 1024 * 1024
"""Bytes by which the process may grow while a file of 5 MB goes through it."""


class Watched:
    """The processor time that each visit to the writer takes."""

    def __init__(self, school: School, monkeypatch: pytest.MonkeyPatch) -> None:
        self.spent: list[float] = []
        # As in the process that stays: what was there before us is not swept again meanwhile.
        gc.collect()
        gc.freeze()
        school.app.gateway.patience = Patience(None)
        before = Gateway._carry_out

        def carry_out(gateway: Gateway, *args: Any, **named: Any) -> Any:
            began = thread_time()
            try:
                return before(gateway, *args, **named)
            finally:
                self.spent.append(thread_time() - began)

        monkeypatch.setattr(Gateway, "_carry_out", carry_out)


def resident() -> int:
    """Bytes of memory in use now; 0 where it cannot be told."""
    statm = Path("/proc/self/statm")
    return int(statm.read_text().split()[1]) * 4096 if statm.exists() else 0


def private(account: str) -> Chat:
    return Chat(platform=NAME, id=account)


async def sends(school: School, account: str, text: str, file: File) -> None:
    await school.platform.says(account, private(account), text, file=file)
    await school.app.delivery.deliver_all()


def csv(*lines: str, times: int = 1) -> File:
    return File(name="a.csv", data="\n".join(lines * times).encode())


ROLL = "培训 短视频培训 3月15日"
SENT = {"roster": ("u-he", "名册"), "calendar": ("u-he", "校历"), "training": ("u-wu", ROLL)}
LONG = {
    "roster: 5,000 people": lambda: csv(
        "工号,姓名,部门", *(f"T{n},张{chr(0x4E00 + n)},机电" for n in range(4_998))
    ),
    "roster: 5,000 faults": lambda: csv("工号,姓名,部门", *("T！,,哪里" for _ in range(4_998))),
    "training: 2,000 times the same": lambda: csv("姓名,结果", *(["李强,缺席"] * 1_990)),
    "training: 2,000 unknown": lambda: csv("姓名,结果", *(f"胡{n},缺席" for n in range(1_990))),
    "training: 20,000": lambda: csv("姓名,结果", *(["李强,缺席"] * 19_990)),
    "calendar: 400 long lines": lambda: csv(*["10月8日放假" + ",4月" * 45] * 400),
    "calendar: 400 long cells": lambda: csv(*["10月8日放假," + "4月" * 250] * 400),
    "calendar: 24,000 days": lambda: csv(*["3月1日-4月29日 放假,"] * 400),
    "calendar: a year": lambda: csv(*["3月1日 放假,"] * 399),
    "desk: 500 results": lambda: csv("编号,结果", *(f"{n},认定" for n in range(498))),
    "desk: 20,000 results": lambda: csv("编号,结果", *(f"{n},认定" for n in range(19_990))),
}


async def answered_meanwhile(school: School, account: str, text: str, file: File) -> float:
    """Send a file, and lead after lead of somebody else until it is answered; return the longest
    of their waits."""
    reading = asyncio.ensure_future(sends(school, account, text, file))
    await asyncio.sleep(0)
    answered, longest = 0, 0.0
    while not reading.done() or not answered:
        began = perf_counter()
        said = await school.says("u-liu", f"报线索 张某 139{answered:08} 初三")
        assert any(one.startswith("已收") for one in said)
        answered += 1
        longest = max(longest, perf_counter() - began)
        await asyncio.sleep(0.02)
    await reading
    answer = school.last(account)
    assert answer
    assert answer.count("\n") < 3
    assert not answer.startswith("没有办成")  # the apology for a bug
    return longest


@pytest.mark.parametrize("room", [*SENT, "desk"])
@pytest.mark.parametrize("hostile", FILES, ids=str)
async def test_others_are_answered_while_a_file_is_read(
    school: School, monkeypatch: pytest.MonkeyPatch, hostile: Hostile, room: str
) -> None:
    watched = Watched(school, monkeypatch)
    file = File(name=hostile.name, data=hostile.make())
    before = resident()
    longest = await answered_meanwhile(school, *SENT.get(room, ("u-sun", "")), file)
    assert max(watched.spent) < BUSY
    assert longest < PATIENT
    assert resident() - before < FLAT


@pytest.mark.parametrize("what", LONG)
async def test_a_long_table_that_is_read_holds_nobody_up(
    school: School, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    watched = Watched(school, monkeypatch)
    sent = SENT.get(what.partition(":")[0], ("u-sun", ""))
    longest = await answered_meanwhile(school, *sent, LONG[what]())
    assert max(watched.spent) < BUSY
    assert longest < PATIENT


# --- who, and in which order ------------------------------------------------------------------


def counted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the functions that processes are asked to run."""
    asked: list[str] = []
    before = limits.Limited.call

    def call(limited: limits.Limited, function: Callable[..., Any], *args: Any) -> Any:
        asked.append(function.__module__)
        return before(limited, function, *args)

    monkeypatch.setattr(limits.Limited, "call", call)
    return asked


async def test_a_file_of_somebody_who_may_not_is_not_opened(
    school: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = counted(monkeypatch)
    file = File(name="名册.xlsx", data=plain())
    for account, text in (
        ("u-liu", "名册"),
        ("u-nobody", "名册"),
        ("u-liu", ""),
        ("u-liu", "校历"),
    ):
        await school.says(account, text, file=file)
    await school.says("u-liu", "", file=file, group="staff")
    assert asked == []


async def test_what_the_same_person_says_next_waits_for_the_file(school: School) -> None:
    table = "校历\n10月8日 放假 校运会,\n".encode()
    file = File(name="校历.csv", data=table)
    both = [
        school.platform.says("u-he", private("u-he"), "校历", file=file),
        school.platform.says("u-he", private("u-he"), "校历 10月8日 上班"),
    ]
    await asyncio.gather(*both)
    await school.app.delivery.deliver_all()
    with school.app.db.reading() as tx:
        known = calendar.calendar(tx)
    assert date(2024, 10, 8) in known.on
    assert date(2024, 10, 8) not in known.off


async def test_a_redelivered_file_takes_effect_once(
    school: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = []
    before = school.app.gateway.receive

    async def twice(incoming: Any) -> None:
        seen.append(incoming)
        await asyncio.gather(before(incoming), before(incoming))

    school.platform.open(twice)
    file = File(name="校历.csv", data="10月8日 放假 校运会,\n".encode())
    said = await school.says("u-he", "校历", file=file)
    assert len(said) == 1
    with school.app.db.reading() as tx:
        rows = tx.run(select(inbox.c.update).where(inbox.c.update == seen[0].update))
    assert len(rows) == 1


def never_ends(school: School, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the files of 名册 opened by a function that never ends."""
    slow = Opener(read=cruel.takes_for_ever, value=opening.OPENER.value)
    commands = school.app.registry
    endless = replace(commands.commands["roster"], opens=slow)
    monkeypatch.setitem(commands.commands, "roster", endless)
    for word, entry in commands.words.items():
        if entry.name == "roster":
            monkeypatch.setitem(commands.words, word, endless)


async def test_long_reading_is_announced_once(
    school: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "WALL", 1.5)
    never_ends(school, monkeypatch)
    school.app.gateway.files.patience = 0.3
    said = await school.says("u-he", "名册", file=File(name="名册.xlsx", data=plain()))
    assert said[0] == "正在读“名册.xlsx”，读完马上回复。"
    assert "秒还没读完" in said[1]
    assert "一行都没有导入" in said[1]
    assert len(said) == 2


# --- what a confirmation carries ----------------------------------------------------------------


async def test_a_proposal_keeps_what_was_read_and_not_the_file(
    school: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = ROSTER.read_bytes()
    data += "T8888,新来,机电工程系,教师,u-new\n".encode()
    await school.says("u-he", "名册", file=File(name="名册.csv", data=data))
    with school.app.db.reading() as tx:
        [row] = tx.run(select(proposals))
        kept = json.loads(tx.vault.open(bytes(row.sealed), b"proposal"))
    assert "file" not in kept
    assert kept["opened"][0] == "名册.csv"
    assert data.hex()[:200] not in json.dumps(kept)
    asked = counted(monkeypatch)
    [said] = await school.presses("u-he", "导入")
    assert said.startswith("已导入 27 人")
    assert asked == []
    with school.app.db.reading() as tx:
        assert "T8888" in people.directory(tx).by_staff_no


async def test_a_proposal_of_an_earlier_version_is_not_carried_out(school: School) -> None:
    """One that kept the bytes: it must not be taken for a command without a file."""
    now = school.clock.now()

    def keep(tx: Any) -> int:
        person = people.directory(tx).by_account[NAME, "u-wu"].id
        old = {"line": "training 短视频培训 3月15日", "at": now, "file": ["a.csv", b"x".hex()]}
        return int(
            tx.add(
                proposals,
                action="training",
                sealed=tx.vault.seal(json.dumps(old).encode(), b"proposal"),
                person=person,
                answerer="",
                created_at=now,
                expires_at=now + 600,
                state="open",
            )
        )

    number = await school.app.write(keep)
    assert await school.says("u-wu", f"answer {number} 确认")
    assert school.points("机电工程系", "training") == "5"
    assert "已记" not in school.last("u-wu")


# --- the shell ----------------------------------------------------------------------------------


def test_the_shell_reads_a_roster_within_the_same_limits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = counted(monkeypatch)
    [bomb] = [file for file in workbooks() if file.what == "a row at the bottom"]
    path = tmp_path / "名册.xlsx"
    path.write_bytes(bomb.make())
    read = shell.read_roster(path, PLAN)
    assert [str(fault) for fault in read.faults] == [
        "中间空着 50000 多行，请删去空行再传。一行都没有导入。"
    ]
    assert asked == ["commands.roster.opening"]


def test_the_shell_names_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(OperatorError):
        shell.read_roster(tmp_path / "away.csv", PLAN)


async def test_a_stop_while_a_file_is_read_loses_nothing_that_was_said(
    sqlite_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file is not acknowledged before it is answered, so the platform sends it again."""
    school = await open_school(sqlite_database)
    never_ends(school, monkeypatch)
    file = File(name="名册.xlsx", data=plain())
    sending = asyncio.ensure_future(
        school.platform.says("u-he", private("u-he"), "名册", file=file)
    )
    await asyncio.sleep(1)
    sending.cancel()
    close_school(school)
    with sqlite_database.reading() as tx:
        assert not tx.run(select(inbox.c.update))
