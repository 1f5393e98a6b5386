"""Whatever an account causes is counted: messages, presses, files, jobs, notices to others."""

import itertools

import pytest
from sqlalchemy import select

from bot.services.limits import with_fewer_notices
from bot.services.patience import AGAIN, LIMITS, MOST, Patience
from commands.chat.messages import Chat, File, Incoming, Notice, Reply
from db.schema import jobs, tries
from tests.worlds.school import School

NUMBERS = itertools.count()
SLOW_DOWN = "发得有些快，这条没有处理。"


def _press(
    school: School, says: str, number: int, *, account: str = "u-li", message: str = ""
) -> Incoming:
    now = school.clock.now()
    return Incoming(
        update=f"press{next(NUMBERS)}",
        chat=Chat(platform="local", id=account),
        author=account,
        sent_at=now,
        received_at=now,
        press=says,
        message=message or f"card{number}",
    )


async def _pressed(school: School, says: str, times: int, **more: str) -> list[str]:
    before = len(school.seen)
    for number in range(times):
        await school.app.gateway.receive(_press(school, says, number, **more))
    await school.app.delivery.deliver_all()
    return [message.text for message in school.seen[before:]]


async def test_presses_are_limited_with_one_sentence(school: School) -> None:
    said = await _pressed(school, "score", 300, account="u-liu")
    assert len(said) == LIMITS["press"][0] + 1
    assert [text for text in said if text.startswith(SLOW_DOWN)] == said[-1:]


async def test_who_is_limited_is_not_read(school: School, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(MOST + 1):
        await school.says("u-liu", "得分")
    assert school.last("u-liu").startswith(SLOW_DOWN)

    def never(*_: object) -> None:
        raise AssertionError("it was read")

    monkeypatch.setattr(school.app.gateway, "_understood", never)
    assert await school.says("u-liu", "豁免 " + "4月" * 1_995) == []
    assert await school.says("u-liu", "得分", group="staff") == []


async def test_a_flood_of_talk_in_a_group_is_dropped_without_a_word(school: School) -> None:
    said = [
        await school.says("u-liu", "大家好", group="staff") for _ in range(LIMITS["event"][0] + 5)
    ]
    assert not any(said)
    assert school.app.gateway.patience.silent("local:u-liu", school.clock.now())


async def test_files_are_limited(school: School) -> None:
    most = LIMITS["file"][0]
    said = [
        await school.says("u-liu", "", file=File(name=f"{number}.xlsx", data=b"x"))
        for number in range(most + 3)
    ]
    assert said[most][0].startswith(SLOW_DOWN)
    assert said[most + 1 :] == [[], []]


async def test_honest_work_is_not_limited(school: School) -> None:
    await school.at("04-02 10:00")
    for number in range(20):
        [said] = await school.says("u-liu", f"报线索 张某 138{number * 37:04}{number * 53:04} 初三")
        assert said.startswith("已收")
    for number in range(100):
        await school.at(f"04-02 11:{number * 6 // 60:02}:{number * 6 % 60:02}")
        [said] = await _pressed(
            school, f"why #{number % 20 + 1}", 1, account="u-sun", message=f"c{number}"
        )
        assert not said.startswith(SLOW_DOWN)


async def test_four_hundred_people_press_in_one_group() -> None:
    patience = Patience()
    assert {patience.mood(f"local:{number}", 0, "press") for number in range(400)} == {"fine"}


async def test_two_quick_presses_on_one_card_count_once(school: School) -> None:
    await school.at("04-02 10:00")
    await school.says("u-liu", "报线索 张某 13800010001 初三")
    for number, message in enumerate(["c", "c", "c"]):
        event = _press(school, "desk 打不通 #1", number, account="u-sun", message=message)
        await school.app.gateway.receive(event)
    with school.app.db.reading() as tx:
        assert len(tx.run(select(tries))) == 1
    await school.at(f"04-02 10:00:{AGAIN:02}")
    await school.app.gateway.receive(
        _press(school, "desk 打不通 #1", 9, account="u-sun", message="c")
    )
    with school.app.db.reading() as tx:
        assert len(tx.run(select(tries))) <= 2


async def test_one_account_does_not_bury_another_under_notices(school: School) -> None:
    told: list[Notice] = []
    for number in range(300):
        reply = Reply(text="", notices=(Notice(text=f"第{number}张", person=1),))
        event = _press(school, "x", number, account="nobody")
        told += with_fewer_notices(school.app.gateway.patience, event, reply).notices
    assert len(told) == LIMITS["notice"][0] + 1
    assert "待审" in told[-1].text


async def test_one_job_of_a_kind_at_a_time(school: School, monkeypatch: pytest.MonkeyPatch) -> None:
    async def busy() -> bool:
        return False

    monkeypatch.setattr(school.app.delivery, "errands", busy)
    said = await _pressed(school, "picture", 40, account="u-li")
    with school.app.db.reading() as tx:
        assert len(tx.run(select(jobs))) == 1
    assert said[1].startswith("同一种您要的还在做")
