"""A month that was lived, two leads erased: no erased name and no full number lies in the bytes of
what anybody reads or of what is stored, outside the vault."""

import io
import json
import logging
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from bot import logs
from bot.adapters.local import NAME as LOCAL
from commands.chat.messages import Chat
from commands.grammar.phones import phones
from db import ledger
from db.engine.database import Database
from db.schema import facts, leads
from scoring.moments import local
from tests.conftest import KEY
from tests.worlds.school import GROUP, School, close_school, open_school

HERE = Path(__file__).parents[1] / "acceptance"
FIRST, SECOND = "13711110001", "13711110002"
GONE = ("欧阳小花", "司马小树")


async def lived(school: School) -> None:
    """Play the month's script, and write about the two children wherever people write."""
    for raw in (HERE / "month.jsonl").read_text("utf-8").splitlines():
        line = json.loads(raw)
        at = line["at"][:16].replace("T", " ")
        if local(school.clock.now()).isoformat()[:16].replace("T", " ") < at:
            await school.at(at)
        if "from" not in line:
            continue
        group = "" if line.get("chat", "private") == "private" else line["chat"]
        if "press" in line:
            found = school.platform.newest_with(school._chat(line["from"], group), line["press"])
            if found is not None:
                await school.presses(line["from"], line["press"], group=group)
        elif "text" in line:
            await school.says(line["from"], line["text"], group=group)
        await school.app.jobs.run_due()
        await school.app.delivery.deliver_all()


async def wrote_about_them(school: School) -> None:
    await school.says("u-feng", f"报线索 {GONE[0]} {FIRST} 初三 妈妈姓钱")
    await school.says("u-feng", f"报线索 {GONE[1]} 137‑1111‑0002 初三")
    one, two = numbers(school)
    await school.says("u-sun", f"无效 #{one} {GONE[0]}说不来")
    await school.says("u-feng", f"申诉 #{one} {GONE[0]}昨天又来问")
    await school.says(
        "u-feng", f"报新闻 {GONE[0]}来校 {FIRST} https://mp.weixin.qq.com/s/ZZ9", group=GROUP
    )
    await school.says("u-sun", f"撤销 #{two} {GONE[1]}不来")
    await school.says("u-ma", f"报新闻 {GONE[1]}获奖 137·1111·0002 https://mp.weixin.qq.com/s/ZZ8")
    await school.says("u-he", f"校历 5月10日 放假 {GONE[1]}来访")
    await school.says("u-zheng", f"为什么 #{one}")
    await school.says("u-sun", "待认定")
    await school.presses("u-sun", "下载表格")
    await school.app.jobs.run_due()
    await school.app.delivery.deliver_all()


def numbers(school: School) -> list[int]:
    with school.app.db.reading() as tx:
        return sorted(row.fact for row in tx.run(select(leads)))[-2:]


async def erase(school: School) -> None:
    for phone in (FIRST, SECOND):
        await school.says("u-feng", f"抹除 {phone}")
        label = next(one for one in school.buttons("u-sun") if one.startswith("确认抹除"))
        await school.presses("u-sun", label)
        for _ in range(5):
            chat = Chat(platform=LOCAL, id="u-sun")
            blank = [
                button.label
                for message in school.platform.transcript(chat)
                for row in message.buttons
                for button in row
                if button.label.startswith("抹去 #")
            ]
            if not blank:
                break
            await school.presses("u-sun", blank[-1])


def parts(data: bytes) -> Iterator[bytes]:
    yield data
    if zipfile.is_zipfile(io.BytesIO(data)):
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            for name in packed.namelist():
                yield from parts(packed.read(name))


@pytest.fixture
def logged() -> Iterator[io.StringIO]:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logs.JsonLines())
    logging.getLogger("promobot").addHandler(handler)
    yield stream
    logging.getLogger("promobot").removeHandler(handler)


async def test_no_erased_name_and_no_full_number_lies_in_any_byte(
    sqlite_database: Database, tmp_path: Path, logged: io.StringIO
) -> None:
    school = await open_school(
        sqlite_database, start="03-25 08:00", roster=HERE / "month_roster.csv"
    )
    await lived(school)
    await wrote_about_them(school)
    path = Path(str(sqlite_database.driver.path))  # type: ignore[attr-defined]
    stored = b"".join(one.read_bytes() for one in path.parent.glob(path.name + "*"))
    assert all(name.encode() in stored for name in GONE)
    await erase(school)
    told = "".join(message.text for message in school.shown("u-sun"))
    assert told.count("已抹除 #") == 3  # one in the script itself
    assert told.count("已抹去 #") == 2
    await school.says("u-he", "得分")  # the next commit lets the log be emptied

    said: list[bytes] = []
    before = len(school.seen)
    with school.app.db.reading() as tx:
        known = [row.id for row in tx.run(select(facts))]
        entries = [ledger.entry(tx, number) for number in known]
    assert all(entry is not None for entry in entries)
    for number in numbers(school) + known[-8:]:
        await school.at(local(school.clock.now() + 60).isoformat()[:16])
        for account, word in (("u-wu", "为什么"), ("u-he", "审计"), ("u-zheng", "为什么")):
            await school.says(account, f"{word} #{number}")
    for line in ("月报 2024-04", "导出", "月报 2024-05"):
        await school.at(local(school.clock.now() + 300).isoformat()[:16])
        await school.says("u-wu", line)
        await school.app.jobs.run_due()
        await school.app.delivery.deliver_all()
    for message in school.seen[before:]:
        said.append(message.text.encode())
        said += [part for file in message.files for part in parts(file.data)]
    assert any(b"word/document" in part or b"<w:" in part for part in said)

    close_school(school)
    files = [one.read_bytes() for one in path.parent.glob(path.name + "*")]
    said += [*files, logged.getvalue().encode()]
    for part in said:
        for name in GONE:
            assert name.encode() not in part
            assert name.encode("utf-16-le") not in part
        for phone in (FIRST, SECOND, "137‑1111‑0002", "137·1111·0002"):
            assert phone.encode() not in part
    for text in (part.decode("utf-8", "replace") for part in said if part not in files):
        assert not phones(text)
    assert KEY not in b"".join(files)


async def test_a_reader_in_the_way_only_delays_the_emptying_of_the_log(school: School) -> None:
    await school.says("u-feng", f"报线索 {GONE[0]} {FIRST}")
    path = Path(str(school.app.db.driver.path))  # type: ignore[attr-defined]
    log = path.with_name(path.name + "-wal")
    with school.app.db.reading() as tx:
        assert len(tx.run(select(leads))) == 1
        await school.says("u-feng", f"抹除 {FIRST}")
        await school.presses("u-sun", "确认抹除 #1")
        held = log.stat().st_size
    await school.says("u-feng", "报线索 别人 13900001234")
    await school.says("u-feng", "我的")
    await school.app.write(lambda tx: None)
    assert log.stat().st_size < held / 2
