"""提醒, and the buttons under a reminder: answered in the chat, never lost, never twice."""

import pytest

from commands.chat.messages import File
from db import reminders
from tests.worlds.school import ROSTER, School


async def reminded(school: School) -> None:
    """Wednesday 03-27 09:00: 王建国 and 周敏 have been told that the account is still out."""
    await school.at("03-27 09:00")


def states(school: School, rule: str) -> dict[str, list[str]]:
    with school.app.db.reading() as tx:
        rows = [row for row in reminders.since(tx, 0) if row.rule == rule and row.audience]
        world = tx.cached("world", school.app.gateway.inside.load)
    names = {f"person:{person.id}": person.name for person in world.people.by_id.values()}
    found: dict[str, list[str]] = {}
    for row in sorted(rows, key=lambda row: row.due_at):
        found.setdefault(names.get(row.audience, row.audience), []).append(row.state)
    return found


async def test_of_several_texts_in_one_message_only_the_first_calls_its_listener(
    school: School,
) -> None:
    await school.at("04-03 10:01")
    _, ppt, _, team, *_ = school.last("u-wang").split("\n")
    assert ppt.startswith("王主任，机电 PPT 还没报")
    assert team.startswith("机电直播专班还差 2 名教师")


async def test_what_is_put_off_comes_at_eight_in_the_morning(school: School) -> None:
    await reminded(school)
    [said] = await school.presses("u-wang", "明早")
    assert said == "好的，3月28日 08:00 再提醒您。"
    before = len(school.shown("u-wang"))
    await school.at("03-28 07:59")
    assert len(school.shown("u-wang")) == before
    await school.at("03-28 08:01")
    assert len(school.shown("u-wang")) == before + 1
    assert school.last("u-wang").startswith("王主任，机电抖音号还未交接")
    assert states(school, "handover.T-3")["王建国"] == ["snoozed", "sent"]


async def test_what_is_done_meanwhile_does_not_come_again(school: School) -> None:
    await reminded(school)
    await school.presses("u-wang", "明早")
    await school.says("u-min", "交接")
    before = len(school.shown("u-wang"))
    await school.at("03-28 12:00")
    assert len(school.shown("u-wang")) == before
    assert states(school, "handover.T-3")["王建国"] == ["snoozed", "dropped"]


async def test_a_button_counts_once(school: School) -> None:
    await reminded(school)
    await school.presses("u-wang", "明早")
    assert await school.presses("u-wang", "明早") == ["这条提醒已经处理过了。"]


async def test_on_the_last_day_it_is_put_off_by_an_hour_and_not_beyond_the_deadline(
    school: School,
) -> None:
    await school.at("03-30 10:00")
    assert "一小时后" in school.buttons("u-wang")
    [said] = await school.presses("u-wang", "一小时后", at="03-30 20:00")
    assert said == "好的，3月30日 21:00 再提醒您。"
    await school.at("03-30 21:01")
    [late] = await school.presses("u-wang", "一小时后", at="03-30 23:10")
    assert late == "没有推迟：到 3月31日 00:10 就过了期限。"


async def test_a_head_hands_it_on_to_his_officer(school: School) -> None:
    # The digest goes to heads alone.
    await school.at("04-12 15:00")
    before = len(school.shown("u-min"))
    [said] = await school.presses("u-wang", "转给宣传员")
    assert said == "已转给宣传员 周敏，办好会算到本部门。"
    await school.at("04-12 15:01")
    assert len(school.shown("u-min")) == before + 1
    assert school.last("u-min").startswith("机电 第15周：视频 0/1")
    assert "转给宣传员" not in school.buttons("u-min")


async def test_the_digest_can_rest_until_next_week(school: School) -> None:
    await school.at("04-12 15:00")
    assert school.buttons("u-wang") == ["指标", "转给宣传员", "下周再说"]
    [said] = await school.presses("u-wang", "下周再说")
    assert said.startswith("好的，这周不再提醒")
    before = len(school.shown("u-wang"))
    await school.at("04-14 23:00")
    assert len(school.shown("u-wang")) == before


async def test_an_assessor_answers_for_what_was_missed_and_the_asking_ends(school: School) -> None:
    await school.at("04-01 09:00")
    assert school.last("u-wu").startswith("交接已过 3月30日，还没办的：")
    assert await school.presses("u-wu", "知道了") == ["好的，记下您已知道。"]
    await school.at("04-08 12:00")
    assert "逾期 5 个工作日" not in school.last("u-wu") + school.last("u-zheng")


async def test_without_an_answer_the_end_is_said(school: School) -> None:
    await school.at("04-08 12:00")
    assert any("逾期 5 个工作日仍没办" in message.text for message in school.shown("u-zheng"))


async def test_who_wants_quiet_hears_it_when_the_quiet_ends_if_it_still_helps(
    school: School,
) -> None:
    await school.says("u-wang", "免打扰 到 3月27日")
    before = len(school.shown("u-wang"))
    await school.at("03-28 07:29")
    assert len(school.shown("u-wang")) == before
    await school.at("03-28 07:30")
    assert "机电抖音号还未交接" in school.last("u-wang")


async def test_quiet_until_the_next_one_is_due_leaves_the_older_one_out(school: School) -> None:
    await school.says("u-wang", "免打扰 到 3月28日")
    before = len(school.shown("u-wang"))
    await school.at("03-29 08:59")
    assert len(school.shown("u-wang")) == before
    await school.at("03-29 09:00")
    assert len(school.shown("u-wang")) == before + 1


async def test_the_overview_counts_what_became_of_reminders(school: School) -> None:
    await reminded(school)
    await school.presses("u-wang", "明早")
    [said] = await school.says("u-he", "提醒")
    first, *lines = said.split("\n")
    assert first.startswith("近 7 天提醒：送到 ")
    assert "推迟 1" in first
    assert any(line.startswith("账号交接：送到 ") for line in lines)
    assert lines[-1].startswith("都开着。")


async def test_a_kind_can_be_silenced_until_a_day_and_opened_again(school: School) -> None:
    [said] = await school.says("u-he", "提醒 停 账号交接 到 3月28日")
    assert said.startswith("账号交接提醒停到 3月28日。")
    await school.at("03-28 12:00")
    assert "交接" not in school.last("u-wang")
    [shown] = await school.says("u-he", "提醒")
    assert "停着的：账号交接（到 3月28日）" in shown
    await school.at("03-29 09:00")
    assert "机电抖音号还未交接" in school.last("u-wang")
    await school.says("u-he", "提醒 停 周一小结")
    assert await school.says("u-he", "提醒 开 周一小结") == ["周一小结提醒又开了。"]


@pytest.mark.parametrize(
    ("who", "line", "said"),
    [
        ("u-he", "提醒 停 天气", "没有改动。能停的有：账号交接、PPT"),
        ("u-he", "提醒 停 周五汇总 到 3月1日", "日期已经过了，没有改动"),
        ("u-wang", "提醒", "提醒 由管理员来做，没有处理"),
    ],
)
async def test_what_cannot_be_silenced_is_said(
    school: School, who: str, line: str, said: str
) -> None:
    [answer] = await school.says(who, line)
    assert said in answer


@pytest.mark.parametrize("forged", ["snooze hour 1", "snooze morning 99999999999999", "handon x"])
async def test_a_forged_button_does_nothing(school: School, forged: str) -> None:
    await reminded(school)
    before = states(school, "handover.T-3")
    await school.says("u-wang", f"/{forged}")
    assert states(school, "handover.T-3") == before


# --- 齐了 ---------------------------------------------------------------------------------


async def week_handed_in(school: School) -> int:
    said = await school.says(
        "u-min", "报视频 大赛备赛 https://v.douyin.com/iAb1/", at="04-09 10:00"
    )
    return int(said[0].split("#")[1].split()[0])


async def test_a_week_that_is_accepted_whole_is_told_to_its_head_once(school: School) -> None:
    number = await week_handed_in(school)
    await school.says("u-zhao", f"通过 #{number}", at="04-09 11:00")
    await school.at("04-09 11:09")
    assert "齐了" not in school.last("u-wang")
    await school.at("04-09 11:11")
    assert school.last("u-wang") == "机电 第15周齐了（视频 1/1），比截止早 5 天。谢谢大家！"
    more = await school.says("u-min", "报视频 再来一个 https://v.douyin.com/iAb2/")
    await school.says("u-zhao", f"通过 #{int(more[0].split('#')[1].split()[0])}")
    before = len(school.shown("u-wang"))
    await school.at("04-09 12:00")
    assert len(school.shown("u-wang")) == before


async def test_an_approval_that_is_taken_back_in_time_is_not_celebrated(school: School) -> None:
    number = await week_handed_in(school)
    await school.says("u-zhao", f"通过 #{number}", at="04-09 11:00")
    await school.says("u-zhao", "撤回", at="04-09 11:05")
    await school.at("04-09 12:00")
    assert "齐了" not in school.last("u-wang")


# --- on leave -----------------------------------------------------------------------------


async def test_who_is_on_leave_is_spared_and_somebody_else_hears_it(school: School) -> None:
    roster = ROSTER.read_text("utf-8").splitlines()
    away = [
        f"{line},{'请假3月20日-4月10日' if line.startswith('T4010') else ''}" for line in roster[1:]
    ]
    table = "\n".join([f"{roster[0]},状态", *away])
    [said] = await school.says("u-he", "名册", file=File(name="名册.csv", data=table.encode()))
    assert "错 0" in said
    await school.presses("u-he", "导入")
    before = len(school.shown("u-min"))
    # 周敏 is away: her head hears of it from the first notice on.
    await school.at("03-22 09:00")
    assert len(school.shown("u-min")) == before
    assert school.last("u-wang").startswith("王主任，机电抖音号还未交接")


async def test_a_leave_that_is_none_is_named_with_its_line(school: School) -> None:
    table = "工号,姓名,部门,状态\nT4010,周敏,机电工程系,请假2月30日-4月10日\n"
    [said] = await school.says("u-he", "名册", file=File(name="名册.csv", data=table.encode()))
    assert "状态“请假2月30日-4月10日”里没有这一天" in said
