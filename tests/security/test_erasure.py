"""An erasure forgets: every place where personal text can lie is known and emptied, and what was
counted stays counted (C7)."""

import logging
from typing import Any

import pytest
from sqlalchemy import LargeBinary, Text, select, update

from bot.cli import main
from db import appeals, erasures, ledger, personal, pictures
from db.engine.database import Database
from db.engine.tx import Tx
from db.engine.vault import Unsealable
from db.engine.writer import Writer
from db.schema import dialogues, facts, leads, metadata, outbox, proposals
from reminders import upkeep
from scoring.moments import DAY
from tests.conftest import KEY, Address
from tests.worlds.rows import NOW, fact
from tests.worlds.school import GROUP, School, close_school, open_school

PHONE = "13800010077"
NAME = "赵小某"


def test_every_column_that_may_hold_text_is_declared() -> None:
    stated = {
        (table.name, column.name)
        for table in metadata.tables.values()
        for column in table.columns
        if isinstance(column.type, (Text, LargeBinary))
    }
    declared = [
        (table, name)
        for table, held in personal.HOLDS.items()
        for names in held.values()
        for name in names.split()
    ]
    assert stated == set(declared)
    assert len(declared) == len(set(declared))


def test_every_sealed_column_is_searched_by_an_erasure() -> None:
    assert set(personal.columns("sealed")) == {
        ("proposals", "sealed"),
        ("dialogues", "sealed"),
        ("outbox", "sealed"),
        ("line", "sealed"),
        ("tokens", "sealed"),  # of a platform, not of a person
    }
    assert personal.columns("lead") == [("leads", "sealed")]
    assert personal.columns("picture") == [("picture_bytes", "sealed")]


def everything(school: School) -> str:
    """Every stored value, sealed ones opened where anybody could still open them."""
    found: list[bytes] = []

    def opened(sealed: bytes, context: str) -> bytes:
        try:
            return tx.vault.open(bytes(sealed), context.encode())
        except Unsealable:
            return b""

    with school.app.db.reading() as tx:
        for table in metadata.sorted_tables:
            for row in tx.run(select(table)):
                found += [v if isinstance(v, bytes) else str(v).encode() for v in row]
        found += [opened(r.sealed, f"outbox {r.key}") for r in tx.run(select(outbox))]
        found += [opened(r.sealed, "proposal") for r in tx.run(select(proposals))]
        found += [opened(r.sealed, "dialogue") for r in tx.run(select(dialogues))]
        found += [opened(r.sealed, f"lead {r.fact}") for r in tx.run(select(leads))]
        for number in [row.id for row in tx.run(select(facts))]:
            entry = ledger.entry(tx, number)
            assert entry is not None
            texts = [entry.title, str(entry.fact.details)]
            texts += [one.reason for one in ledger.decided(tx, number)]
            found += [text.encode() for text in texts]
    return b"\0".join(found).decode("utf-8", "replace")


async def reported(school: School) -> None:
    await school.says("u-feng", f"报线索 {NAME} {PHONE} 初三 计算机 妈妈姓钱", at="03-26 19:02")


async def erased(school: School) -> None:
    await school.says("u-feng", f"抹除 {PHONE}")
    await school.presses("u-sun", "确认抹除 #1")


async def test_reasons_and_appeals_about_a_lead_are_sealed_with_it(school: School) -> None:
    await reported(school)
    await school.says("u-sun", f"无效 #1 {NAME}的妈妈说不来")
    await school.says("u-feng", f"申诉 #1 {NAME}昨天又来问过", at="03-27 10:00")
    with school.app.db.reading() as tx:
        rows = [
            str(tuple(row)) for table in metadata.sorted_tables for row in tx.run(select(table))
        ]
        assert NAME not in "".join(rows)
        [case] = appeals.open_appeals(tx)
        assert case.entry.fact.details["reason"] == f"{NAME}昨天又来问过"
    assert f"{NAME}的妈妈说不来" in (await school.says("u-feng", "为什么 #1"))[0]
    await school.says("u-wu", f"处理 #2 不成立 {NAME}不来")
    await school.presses("u-wu", "确认")
    await erased(school)
    stored = everything(school)
    assert NAME not in stored
    assert PHONE not in stored
    assert (await school.says("u-feng", "为什么 #2"))[0]


async def test_drafts_and_proposals_go_also_expired_ones(school: School) -> None:
    await reported(school)
    await school.says("u-ma", f"更正 #1 {NAME}")
    await school.says("u-sun", f"撤销 #1 {NAME}不来")
    await school.says("u-sun", "认定 #1")
    await school.says("u-sun", f"撤销 #1 {NAME}不来")
    await school.says("u-chen", f"报新闻 {NAME}获奖")
    assert NAME in everything(school)
    await erased(school)
    assert NAME not in everything(school)


async def test_a_dialogue_or_proposal_that_ended_is_swept(school: School) -> None:
    await school.says("u-chen", "报新闻 某人获奖")
    await school.says("u-he", "设置 抬头 某校")
    await school.at("03-20 09:00")
    await school.app.tick()
    with school.app.db.reading() as tx:
        assert tx.run(select(dialogues)) == []
        assert [bytes(row.sealed) for row in tx.run(select(proposals))] == [b""]


@pytest.mark.parametrize("word", ["抹去", "保留"])
async def test_the_two_are_asked_about_other_entries_that_name_the_child(
    school: School, word: str
) -> None:
    await reported(school)
    await school.says("u-chen", f"报新闻 初三{NAME}来校参观 https://mp.weixin.qq.com/s/A1")
    await school.says("u-zhao", f"退回 #2 {NAME}的照片要授权")
    before = school.score()["units"]
    [asked, *_] = await school.says("u-feng", f"抹除 {PHONE}")
    assert asked.endswith("另有 #2 的文字提到此人，抹除后逐条问二位是否抹去。")
    assert "另有 #2" in school.last("u-sun")
    await school.presses("u-sun", "确认抹除 #1")
    for account in ("u-feng", "u-sun"):
        assert f"{word} #2" in school.buttons(account)
        assert NAME not in school.last(account)
    [answer] = await school.presses("u-feng", f"{word} #2")
    assert answer.startswith("已抹去 #2" if word == "抹去" else "#2 保留原样")
    assert (NAME in everything(school)) is (word == "保留")
    assert school.score()["units"] == before


async def test_nobody_else_blanks_an_entry(school: School) -> None:
    await school.says("u-chen", "报新闻 参观 https://mp.weixin.qq.com/s/A1")
    message = school.shown("u-ma")
    assert not message
    with school.app.db.reading() as tx:
        title = tx.run(select(facts))[0].title
    await school.says("u-ma", "blank #1 抹去")
    with school.app.db.reading() as tx:
        assert tx.run(select(facts))[0].title == title


async def test_small_free_texts_lose_the_name(school: School) -> None:
    await reported(school)
    await school.says("u-he", f"校历 4月10日 放假 {NAME}来访")
    await erased(school)
    assert NAME not in everything(school)


async def test_a_message_that_waits_is_buried_and_another_loses_the_name(school: School) -> None:
    await reported(school)
    chat = school._chat("u-zhao", "")
    await school.says("u-chen", f"报视频 {NAME}的一天 https://v.douyin.com/iabc/")
    await school.platform.says("u-zhao", chat, f"退回 #2 {NAME}太暗")
    await school.platform.says("u-feng", school._chat("u-feng", ""), f"抹除 {PHONE}")
    await school.app.gateway.drain()
    await school.platform.says("u-sun", school._chat("u-sun", ""), "待审")
    await school.app.delivery.deliver_all()
    await school.presses("u-sun", "确认抹除 #1")
    with school.app.db.reading() as tx:
        assert all(not row.sealed for row in tx.run(select(outbox)) if row.state != "waiting")


# --- an older copy, and time --------------------------------------------------------------


async def test_erasures_are_applied_again_to_an_older_copy(school: School) -> None:
    await reported(school)
    await school.says("u-chen", f"报新闻 {NAME}来校 https://mp.weixin.qq.com/s/A1")
    with school.app.db.reading() as tx:
        kept = [tuple(row) for row in tx.run(select(leads))]
        title = tx.run(select(facts).where(facts.c.id == 2))[0].title
    await erased(school)
    await school.presses("u-sun", "抹去 #2")

    def restored(tx: Any) -> int:
        for number, hashed, sealed in kept:
            again = update(leads).where(leads.c.fact == number)
            tx.change(again.values(phone_hash=hashed, sealed=sealed))
        tx.change(update(facts).where(facts.c.id == 2).values(title=title))
        return erasures.apply_again(tx)

    assert await school.app.write(restored) == 2
    assert NAME not in everything(school)


async def test_leads_are_retired_365_days_after_the_plans_year(
    school: School, caplog: pytest.LogCaptureFixture
) -> None:
    for number in range(upkeep.PAGE + 5):
        if number % 5 == 0:  # nobody types faster than the gateway likes
            await school.at(f"03-19 {9 + number // 60:02d}:{number % 60:02d}")
        await school.says("u-feng", f"报线索 {NAME}{number} 139{number:08d}")
    await school.says("u-sun", "认定 #1")
    before = school.score("2024-12-31 20:00")["units"]
    at = upkeep.forgotten_at(school.plan)
    with caplog.at_level(logging.INFO, logger="promobot.upkeep"), school.app.db.reading() as tx:
        assert upkeep.idle(tx, (school.plan,), at - 1) or erasures.has_ended(tx, at - 1)
        assert [total for _, total in upkeep.due(tx, (school.plan,), at)] == [upkeep.PAGE + 5]
    with caplog.at_level(logging.INFO, logger="promobot.upkeep"):
        for _ in range(2):
            await school.app.write(lambda tx: upkeep.forget(tx, (school.plan,), at))
    lines = [record for record in caplog.records if record.name == "promobot.upkeep"]
    assert [record.__dict__["n"] for record in lines] == [upkeep.PAGE, 5]
    with school.app.db.reading() as tx:
        assert erasures.kept_leads(tx, school.plan) == 0
    assert school.score("2024-12-31 20:00")["units"] == before
    assert NAME not in everything(school)
    assert at % DAY == 16 * 3600  # midnight in China


# --- frozen months --------------------------------------------------------------------------


async def test_a_reported_month_still_holds_after_a_title_in_it_was_blanked(
    school: School,
) -> None:
    from commands.months import compose
    from db import months

    await reported(school)
    await school.says("u-chen", f"报新闻 {NAME}来校 https://mp.weixin.qq.com/s/A1")
    await school.at("04-02 10:00")
    await school.says("u-wu", "月报 2024-03 定稿 各部门已书面确认")
    await school.app.jobs.run_due()
    await school.app.delivery.deliver_all()
    await school.presses("u-zheng", "确认")
    await school.app.jobs.run_due()
    await school.app.delivery.deliver_all()
    await erased(school)
    await school.presses("u-sun", "抹去 #2")
    with school.app.db.reading() as tx:
        [frozen] = months.all_frozen(tx, school.plan)
        assert compose.holds(tx, school.plan, frozen)
        assert NAME not in str(frozen.document)
    assert NAME not in everything(school)


async def test_the_same_on_postgresql(postgres_address: Address) -> None:

    database = Database.open(postgres_address(True), KEY)
    school = await open_school(database)
    await reported(school)
    await school.says("u-sun", f"无效 #1 {NAME}的妈妈说不来", group=GROUP)
    await school.says("u-chen", f"报新闻 {NAME}来校 https://mp.weixin.qq.com/s/A1")
    await erased(school)
    await school.presses("u-sun", "抹去 #2")
    assert NAME not in everything(school)
    close_school(school)
    database.close()


def test_the_preview_says_what_will_be_forgotten_and_when(
    sqlite_address: Address, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PROMOBOT_KEY", KEY.hex())
    address = sqlite_address(True)
    database = Database.open(address, KEY)
    one = pictures.Kept(key="0" * 32, sealed=b"")

    def pictured(tx: Tx) -> None:
        number = tx.add(facts, **fact())
        pictures.add(tx, one, fact=number, person=1, at=NOW, album="")

    with Writer(database) as writer:
        writer.submit(pictured).result()
    database.close()
    assert main(["erase", "preview", "--db", address]) == 0
    assert "2024 年方案：0 条线索、1 张图片" in capsys.readouterr().out
