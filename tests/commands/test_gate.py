"""One gate in front of every push: night, quiet times, what waited together, what became untrue."""

import re
from pathlib import Path

from tests.worlds.school import School


def received(school: School, account: str, since: int) -> list[str]:
    """What the bot sent somebody privately after a number of messages."""
    return [m.text for m in school.seen[since:] if m.chat.id == account and m.author is None]


async def test_nobody_is_pushed_at_night_and_the_morning_says_what_is_true_then(
    school: School,
) -> None:
    await school.at("03-25 22:00")
    before = len(school.seen)
    [answer] = await school.says("u-chen", "交接")
    assert answer.startswith("已收 #1")
    await school.says("u-min", "交接", at="03-25 23:00")
    await school.says("u-ma", "交接")
    [answer] = await school.says("u-zhao", "通过 #1", at="03-26 02:10")
    assert answer.startswith("#1 信工 账号交接已核实")
    await school.at("03-26 07:29")
    assert received(school, "u-qian", before) == received(school, "u-chen", before)[1:] == []
    await school.at("03-26 07:31")
    [cards] = received(school, "u-qian", before)
    assert cards.splitlines()[0] == "等您处理的新到 2 条："
    assert [line[:2] for line in cards.splitlines()[1:]] == ["机电", "艺术"]  # #1 is decided
    assert school.buttons("u-qian") == ["逐条看", "待审"]
    assert received(school, "u-chen", before)[1:] == [
        "#1 信工 账号交接已核实：3月25日 22:00 完成。"
    ]
    [card] = await school.presses("u-qian", "逐条看")
    assert card.startswith("#2 机电")


async def test_a_quiet_time_holds_for_what_was_decided_before_it(school: School) -> None:
    for number in (1, 2):
        await school.says("u-liu", f"报线索 张某 1380001000{number} 初三", at=f"03-26 09:0{number}")
    await school.says("u-sun", "认定 1", at="03-26 10:00")
    await school.says("u-liu", "免打扰 到 3月27日", at="03-26 10:01")
    before = len(school.seen)
    await school.says("u-sun", "认定 2", at="03-26 10:05")
    await school.says("u-sun", "撤回 #2", at="03-26 10:06")
    await school.at("03-27 23:59")
    assert received(school, "u-liu", before) == []
    await school.at("03-28 07:31")
    [told] = received(school, "u-liu", before)
    assert told.startswith("您的线索：认定 1 条（#1），现在 1/10")


async def test_what_was_taken_back_before_it_went_is_never_said(school: School) -> None:
    await school.says("u-liu", "报线索 张某 13800010001 初三", at="03-26 21:00")
    await school.says("u-sun", "认定 1", at="03-26 21:25")
    before = len(school.seen)
    await school.says("u-sun", "撤销 #1 家长说从未咨询", at="03-26 21:40")
    await school.presses("u-sun", "确认")
    await school.at("03-27 12:00")
    assert not [text for text in received(school, "u-liu", before) if "认定 1 条" in text]


async def test_plain_pushes_of_one_night_go_as_one(school: School) -> None:
    for kind, title in (("新闻", "a"), ("新闻", "b")):
        await school.says("u-chen", f"报{kind} {title} https://a.cn/{title}1", at="04-02 15:00")
    before = len(school.seen)
    await school.says("u-wu", "通过 #1", at="04-02 21:40")
    await school.says("u-wu", "退回 #2 链接打不开")
    await school.at("04-03 07:31")
    [told] = received(school, "u-chen", before)
    assert told.count("\n") == 1
    assert "#1" in told.splitlines()[0]
    assert "#2" in told.splitlines()[1]


async def test_a_unit_without_a_head_is_told_through_its_officers(school: School) -> None:
    await school.at("04-12 14:59")
    before = len(school.seen)
    await school.at("04-12 15:01")
    [digest] = received(school, "u-tang", before)
    assert digest.startswith("教务 第15周：")
    assert "转给宣传员" not in school.buttons("u-tang")
    assert received(school, "u-wang", before)


def test_nothing_goes_past_the_gate_but_answers_to_who_is_writing() -> None:
    """Every push is a notice, and only what answers an event or the job it ordered is a prompt."""
    root = Path(__file__).parents[2]
    sources = {
        path.relative_to(root).as_posix(): path.read_text("utf-8")
        for floor in ("bot", "commands", "reminders")
        for path in (root / floor).rglob("*.py")
    }
    prompts = {name for name, text in sources.items() if "prompt=True" in text}
    assert prompts == {"bot/services/jobs.py", "commands/conversation/postbox.py"}
    written = {name for name, text in sources.items() if 'kind="notice"' in text}
    assert written == {"bot/process/alarm.py", "commands/conversation/postbox.py"}
    pushes = {name for name, text in sources.items() if re.search(r"\bNotice\(", text)}
    assert {"commands/appeals/appeal.py", "commands/assessment/trainings.py"} <= pushes
    assert len(pushes) > 25
