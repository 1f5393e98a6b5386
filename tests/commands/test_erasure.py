"""抹除: two people take a child out of what is stored; the score stays, the number does not."""

from collections.abc import Callable
from functools import partial
from time import perf_counter

import pytest
from sqlalchemy import select

from db import audit, ledger
from db.engine.tx import Tx
from db.engine.vault import Unsealable, Vault
from db.schema import claims, erasures, facts, leads, metadata, outbox, proposals, waiting
from scoring.facts import Verb
from tests.worlds.rows import NOW, fact
from tests.worlds.school import GROUP, School

PHONE = "13800010077"


async def reported(school: School) -> None:
    await school.says("u-feng", f"报线索 赵小某 {PHONE} 初三 计算机 妈妈姓钱", at="03-26 19:02")


async def erased(school: School, *, refuse: bool = True) -> None:
    await school.says("u-feng", f"抹除 {PHONE}{' 拒联' if refuse else ''}")
    await school.presses("u-sun", "确认抹除 #1")


def everything(school: School) -> bytes:
    """Every stored value, sealed ones opened where anybody could still open them."""
    found: list[bytes] = []
    with school.app.db.reading() as tx:
        for table in metadata.sorted_tables:
            for row in tx.run(select(table)):
                found += [
                    value if isinstance(value, bytes) else str(value).encode() for value in row
                ]
        for row in tx.run(select(outbox)):
            found.append(opened(tx.vault, bytes(row.sealed), f"outbox {row.key}".encode()))
        for row in tx.run(select(proposals)):
            found.append(opened(tx.vault, bytes(row.sealed), b"proposal"))
        for row in tx.run(select(leads)):
            found.append(opened(tx.vault, bytes(row.sealed), f"lead {row.fact}".encode()))
    return b"\0".join(found)


def opened(vault: Vault, sealed: bytes, context: bytes) -> bytes:
    try:
        return vault.open(sealed, context)
    except Unsealable:
        return b""


async def test_erasing_is_shown_asked_of_a_second_and_told_with_a_sentence_to_forward(
    school: School,
) -> None:
    await reported(school)
    answers = await school.says("u-feng", f"抹除 {PHONE} 拒联", at="04-09 15:31")
    assert answers[0] == (
        "将抹除 1 条（#1）：姓名、电话、备注、待发消息；只留“某人某日报过一条”。不能恢复。"
        "并列入拒联，以后谁再报都不收。\n须另一人确认，已转孙丽。确认前不生效。"
    )
    assert school.buttons("u-feng") == ["取消"]
    assert school.last("u-sun").startswith("冯强 申请抹除 138****0077，请您确认。")
    assert school.buttons("u-sun") == ["确认抹除 #1", "取消"]
    await school.presses("u-sun", "确认抹除 #1")
    assert school.last("u-sun") == "已抹除 #1，并列入拒联。"
    assert school.last("u-feng") == (
        "已抹除，并列入拒联。可转告家长：“您孩子的信息已删除，学校不会再联系，给您添麻烦了，抱歉。”"
    )


async def test_nothing_is_erased_before_the_second_person_agrees(school: School) -> None:
    await reported(school)
    await school.says("u-feng", f"抹除 {PHONE}")
    await school.presses("u-feng", "取消")
    assert (await school.says("u-feng", "我的"))[0].endswith("妈妈姓钱：待认定")


async def test_after_erasing_nobody_can_find_the_number_or_the_name_again(school: School) -> None:
    await reported(school)
    await school.says("u-sun", "无效 #1 赵小某的妈妈说不来")
    assert "赵小某".encode() in everything(school)
    await erased(school)
    stored = everything(school)
    with school.app.db.reading() as tx:
        digest = tx.vault.digest("phone", PHONE)
        assert [row for row in tx.run(select(claims)) if bytes(row.hash) == digest] == []
        assert [bytes(row.claim) for row in tx.run(select(facts))] == [b""]
    assert "赵小某".encode() not in stored
    assert PHONE.encode() not in stored


async def test_a_message_still_to_be_said_and_a_question_still_open_go_too(school: School) -> None:
    await reported(school)
    await school.platform.says("u-ma", school._chat("u-ma", ""), "报线索 张某 13900010001")
    before = len(school.seen)
    chat = school._chat("u-feng", "")
    await school.platform.says("u-feng", chat, "为什么 #1")
    await school.platform.says("u-sun", school._chat("u-sun", ""), "认定 1-2")
    await school.platform.says("u-sun", school._chat("u-sun", ""), "card")
    await school.platform.says("u-sun", school._chat("u-sun", ""), "待认定")
    await school.app.delivery.deliver_all()
    await school.presses("u-sun", "逐条认定")
    assert any(PHONE in message.text for message in school.seen[before:])
    await erased(school)
    assert PHONE.encode() not in everything(school)


@pytest.mark.parametrize("decided", [True, False])
async def test_erasing_changes_no_points(school: School, decided: bool) -> None:
    await reported(school)
    await school.says("u-ma", "报线索 乙某 13900010002")
    if decided:
        await school.says("u-sun", "认定 #1")
    before = {unit["unit"]: unit["points"] for unit in school.score()["units"]}
    counted = (await school.says("u-feng", "我的"))[0].split("，")[0]
    await erased(school)
    assert {unit["unit"]: unit["points"] for unit in school.score()["units"]} == before
    assert (await school.says("u-feng", "我的"))[0].startswith(counted)


async def test_what_was_erased_is_called_so(school: School) -> None:
    await reported(school)
    await school.says("u-sun", "认定 #1")
    await erased(school)
    assert "#1 3月26日 线索（已抹除）：认定" in (await school.says("u-feng", "我的"))[0]
    assert (await school.says("u-feng", "为什么 #1"))[0].startswith("#1 线索（已抹除）：")


async def test_an_erased_lead_no_longer_waits(school: School) -> None:
    await reported(school)
    await erased(school)
    assert await school.says("u-sun", "待认定") == ["没有等您认定的线索，可以放心。"]


@pytest.mark.parametrize("decided", ["认定 #1", "无效 #1 空号"])
async def test_what_was_decided_on_an_erased_lead_makes_it_wait_no_more(
    school: School, decided: str
) -> None:
    await reported(school)
    await school.says("u-sun", decided)
    counted = school.score()["school"]["points"]
    await erased(school)
    for taken_back in ("撤回 #1", "撤回"):
        [told] = await school.says("u-sun", taken_back)
        assert told == "#1 已抹除，没法再核实，决定撤不回来，没有改动。"
    [told] = await school.says("u-feng", "申诉 #1 是真的")
    assert told == "#1 已抹除，没法再核实，不能申诉，没有登记。"
    assert await waits_for_nobody(school)
    assert school.score()["school"]["points"] == counted


async def test_an_appeal_upheld_after_the_erasure_asks_nobody_to_call(school: School) -> None:
    await reported(school)
    await school.says("u-sun", "无效 #1 空号")
    await school.says("u-feng", "申诉 #1 昨天打通过")
    await erased(school)
    await school.says("u-wu", "处理 #2 成立 核对了通话记录")
    assert "#1 已撤回或已抹除，没有可改的。" in school.last("u-wu")
    await school.presses("u-wu", "确认")
    assert "重新认定" not in school.last("u-sun")
    assert await waits_for_nobody(school)


async def test_a_lead_that_waits_once_more_waits_no_longer_when_it_is_erased(
    school: School,
) -> None:
    await reported(school)
    await school.says("u-sun", "认定 #1")
    await school.app.write(partial(reopened, school))
    assert not await waits_for_nobody(school)
    await erased(school)
    assert await waits_for_nobody(school)


def reopened(school: School, tx: Tx) -> None:
    """Put the decision on the first lead up to be taken once more."""
    entry = ledger.entry(tx, 1)
    assert entry is not None
    at = school.clock.now()
    ledger.decide(tx, school.plan, entry, Verb.REOPEN, person=1, recorded_at=at)


async def waits_for_nobody(school: School) -> bool:
    with school.app.db.reading() as tx:
        listed = [row.fact for row in tx.run(select(waiting)) if row.kind == "lead"]
    said = await school.says("u-sun", "待认定")
    assert (said == ["没有等您认定的线索，可以放心。"]) is (listed == [])
    return not listed


async def test_a_number_that_wants_no_contact_is_never_taken_again(school: School) -> None:
    await reported(school)
    await erased(school)
    for line in (f"报线索 赵某 {PHONE} 初三", "报线索 赵某 138 0001 0077"):
        assert await school.says("u-ma", line) == ["这个号码不接收联系，没有登记。"]
    [answer] = await school.says("u-ma", f"报线索 赵某 {PHONE}", group=GROUP)
    assert answer == "马老师，含电话的消息已移走。这个号码不接收联系，没有登记。"


async def test_a_lead_cannot_be_corrected_to_such_a_number(school: School) -> None:
    await reported(school)
    await erased(school)
    await school.says("u-ma", "报线索 赵某 13900010001")
    assert await school.says("u-ma", f"更正 #2 {PHONE}") == ["这个号码不接收联系，没有登记。"]


async def test_without_the_word_the_number_may_be_reported_again(school: School) -> None:
    await reported(school)
    await erased(school, refuse=False)
    [answer] = await school.says("u-ma", f"报线索 赵某 {PHONE}")
    assert answer.startswith("已收 #2 赵某")


async def test_a_stranger_to_the_lead_learns_nothing(school: School) -> None:
    await reported(school)
    [known] = await school.says("u-ma", f"抹除 {PHONE}")
    [unknown] = await school.says("u-ma", "抹除 13800019999")
    assert known == unknown == ("这个号码不是您报的，没有处理。请让报送人或招办发：抹除 电话")


async def test_the_desks_own_lead_needs_an_assessor(school: School) -> None:
    await school.says("u-zhou", f"报线索 赵小某 {PHONE}")
    [asked, *_] = await school.says("u-zhou", f"抹除 {PHONE}")
    assert "已转吴敏、郑涛" in asked
    await school.presses("u-wu", "确认抹除 #1")
    assert school.last("u-wu") == "已抹除 #1。"


async def test_the_only_one_at_the_desk_asks_an_assessor_and_the_reporter_is_told(
    school: School,
) -> None:
    await reported(school)
    [asked, *_] = await school.says("u-sun", f"抹除 {PHONE}")
    assert "已转吴敏、郑涛" in asked
    await school.presses("u-wu", "确认抹除 #1")
    assert school.last("u-feng") == "#1 应家长要求已抹除，认定数不变。"


async def test_nobody_confirms_his_own(school: School) -> None:
    await school.says("u-sun", f"报线索 赵小某 {PHONE}")
    await school.says("u-sun", f"抹除 {PHONE}")
    assert "确认抹除 #1" not in school.buttons("u-sun")


async def test_corrections_of_the_lead_go_with_it(school: School) -> None:
    await school.says("u-feng", "报线索 赵小某 13800010066 初三")
    await school.says("u-feng", f"更正 #1 {PHONE}")
    await school.says("u-feng", f"抹除 {PHONE}")
    await school.presses("u-sun", "确认抹除 #1–#2")
    stored = everything(school)
    assert "赵小某".encode() not in stored
    assert b"13800010066" not in stored


async def test_the_audit_says_who_asked_and_who_agreed_and_the_list_remembers(
    school: School,
) -> None:
    await reported(school)
    await erased(school)
    with school.app.db.reading() as tx:
        actions = [row.action for row in audit.about(tx, "#1")]
        [row] = tx.run(select(erasures))
    assert actions == ["lead", "erase_asked", "erase", "withdraw"]
    assert (row.fact, row.asked_by != row.confirmed_by) == (1, True)


async def test_in_a_group_the_demand_itself_is_removed_and_answered_privately(
    school: School,
) -> None:
    await reported(school)
    await school.says("u-feng", f"/抹除 {PHONE}", group=GROUP)
    assert PHONE not in "".join(m.text for m in school.shown("", GROUP))
    assert school.last("u-feng").startswith("将抹除 1 条（#1）")


def _more(first: int, tx: Tx) -> None:
    """Five hundred leads of others."""
    for number in range(first, first + 500):
        other = tx.add(facts, **fact(unit="it"))
        mark = tx.vault.digest("phone", str(number))
        tx.add(leads, fact=other, phone_hash=mark, sealed=b"sealed")
        tx.add(waiting, fact=other, kind="lead", unit="it", since=NOW)


@pytest.mark.parametrize("leads", [500, pytest.param(50_000, marks=pytest.mark.soak)])
async def test_erasing_among_many_takes_no_time(
    school: School, leads: int, figure: Callable[[str], None]
) -> None:
    await reported(school)
    for first in range(0, leads, 500):
        await school.app.write(partial(_more, first))
    before = school.score()
    await school.says("u-feng", f"抹除 {PHONE} 拒联")
    began = perf_counter()
    await school.presses("u-sun", "确认抹除 #1")
    took = perf_counter() - began
    figure(f"{took:.3f} s among {leads:,} leads")
    assert "赵小某" not in "".join(await school.says("u-feng", "我的"))
    assert school.score() == before
    assert took < 1 or leads < 50_000
