"""An upheld appeal puts what it is about before whoever decides on it, whatever its kind (C14)."""

import pytest

from db import waits
from tests.worlds.episodes import row
from tests.worlds.school import GROUP, School
from tests.worlds.transcripts import number_in

DEAN, DESK, MEDIA = ("u-li",), ("u-sun",), ("u-zhao", "u-qian")


async def upheld(school: School, number: int, head: str, reason: str = "确有其事") -> int:
    """The head's appeal about a fact is upheld by whoever was named; its number."""
    said = await school.says(head, f"申诉 #{number} 请复核")
    appeal = number_in(said[0])
    handler = "u-wu" if "吴敏办理" in said[0] else "u-zheng"
    await school.says(handler, f"处理 #{appeal} 成立 {reason}")
    await school.presses(handler, "确认")
    return appeal


def is_asked(school: School, number: int) -> bool:
    with school.app.db.reading() as tx:
        return waits.since(tx, number) is not None


@pytest.mark.parametrize(
    ("reported", "decided", "head", "asked"),
    [
        (("u-ma", "报线索 乙某 13900010002 初三"), ("u-sun", "无效 #1 空号"), "u-ma", DESK),
        (("u-min", "交接"), ("u-zhao", "通过 #1"), "u-wang", MEDIA),
        (("u-wang", "推荐 李强"), ("u-qian", "退回 #1 没有粉丝"), "u-wang", MEDIA),
        (("u-min", "报PPT 数控 https://a.cn/p"), ("u-li", "退回 #1 太长"), "u-wang", DEAN),
        (("u-min", "报PPT 数控 https://a.cn/p"), ("u-li", "通过 #1"), "u-wang", DEAN),
        (("u-min", "报介绍 ppt 学校 https://a.cn/i"), ("u-sun", "退回 #1 太长"), "u-wang", DESK),
        (("u-min", "报视频 实训 https://v.cn/b1"), ("u-zhao", "通过 #1"), "u-wang", MEDIA),
    ],
)
async def test_whoever_decides_is_asked_at_once_until_it_is_decided(
    school: School,
    reported: tuple[str, str],
    decided: tuple[str, str],
    head: str,
    asked: tuple[str, ...],
) -> None:
    await school.says(*reported, at="04-07 09:00")
    await school.says(*decided, at="04-08 09:00")
    before = school.score()
    await school.at("04-08 10:00")
    appeal = await upheld(school, 1, head)
    assert [one["points"] for one in school.score()["units"]] == [
        one["points"] for one in before["units"]
    ]
    yes, no = ("认定", "无效") if asked is DESK and head == "u-ma" else ("通过", "退回")
    for account in asked:
        assert school.last(account).startswith(f"申诉 #{appeal} 成立：确有其事。#1 原")
        assert school.buttons(account)[:2] == [yes, no]
        assert "#1" in (await school.says(account, "待审"))[0]
    assert is_asked(school, 1)
    await school.says(asked[0], f"{no} #1 还是不行")
    assert not is_asked(school, 1)
    await school.says(asked[0], "撤回 #1")
    assert is_asked(school, 1), "what was taken back is asked for once more"


async def test_approved_already_and_too_late_it_asks_when_it_was_done(school: School) -> None:
    await school.says("u-ma", "交接", at="04-01 09:12")
    await school.says("u-zhao", "通过 #1", at="04-01 10:30")
    await school.at("04-02 10:20")
    await upheld(school, 1, "u-lin", "值班到17点")
    await school.presses("u-qian", "通过")
    assert "请写实际完成的时间和依据" in school.last("u-qian")
    assert school.buttons("u-qian") == ["照旧", "取消"]
    [batch] = await school.says("u-zhao", "通过 #1,#2")
    assert batch.startswith("#1 因申诉成立重新审定，须单独处理")
    await school.says("u-qian", "3月30日 16:00 值班登记")
    await school.presses("u-zhao", "确认")
    assert school.points("艺术工程系", "dy_handover") == "3"
    assert not is_asked(school, 1)
    [story] = await school.says("u-lin", "为什么 #1")
    assert "郑涛 重开审定：申诉 #2 成立：值班到17点" in story


async def test_unchanged_leaves_it_as_it_was(school: School) -> None:
    await school.says("u-ma", "交接", at="04-01 09:12")
    await school.says("u-zhao", "通过 #1", at="04-01 10:30")
    await upheld(school, 1, "u-lin")
    await school.presses("u-qian", "通过")
    await school.presses("u-qian", "照旧")
    assert school.points("艺术工程系", "dy_handover") == "0"
    assert not is_asked(school, 1)


async def test_a_settlement_is_entered_anew_by_any_of_the_media_center(school: School) -> None:
    await school.says(
        "u-zhao",
        "@宣传助手 发任务 春招 https://v.douyin.com/iAbc123/ 截止 4月15日",
        group=GROUP,
        at="04-11 09:00",
    )
    await school.says("u-zhao", "结任务 1 转发 6000 点赞 90 评论 6800 关注 7000", at="04-16 09:00")
    await school.presses("u-zhao", "确认结任务")
    await school.says("u-he", "授权 吴敏 部门负责人")
    await school.presses("u-he", "确认")
    assert school.points("学校办公室", "interaction") == "9"
    await upheld(school, 2, "u-wu", "截图6800")
    assert school.points("学校办公室", "interaction") == "9"
    assert school.buttons("u-zhao") == ["重新结任务"]
    await school.at("04-22 09:30")
    assert any(m.text.startswith("任务 #1 春招 因申诉成立要重新报") for m in school.shown("u-qian"))
    await school.says("u-he", "设置 在校人数 9000")
    await school.presses("u-he", "确认")
    await school.says("u-qian", "结任务 1 转发 6000 点赞 6000 评论 6800 关注 7000")
    assert "(7000+26)" in school.last("u-qian"), "by the head-counts of the first settlement"
    await school.presses("u-qian", "确认结任务")
    assert school.points("学校办公室", "interaction") == "10"
    assert row(school, "学校办公室", "interaction")["because"].startswith("1 个任务都达到")
    [again] = await school.says("u-zhao", "结任务 1 转发 1 点赞 1 评论 1 关注 1")
    assert again.startswith("#1 已经结过")


async def test_where_nobody_decides_by_now_the_administrator_hears(school: School) -> None:
    await school.says("u-min", "报PPT 数控 https://a.cn/p", at="04-03 09:00")
    await school.says("u-li", "退回 #1 太长", at="04-07 09:00")
    await school.says("u-he", "离职 T0001 4月7日")
    await school.presses("u-he", "确认")
    await upheld(school, 1, "u-wang")
    assert "现在没有能办的人（院长）" in school.last("u-he")
    assert is_asked(school, 1), "it waits for whoever is 院长 next"


async def test_a_batch_of_before_is_not_taken_back_with_a_later_decision(school: School) -> None:
    for place in (1, 2):
        await school.says("u-min", f"报视频 第{place}天 https://v.cn/{place}", at="04-07 09:00")
    await school.says("u-zhao", "通过 #1,#2", at="04-08 09:00")
    await school.presses("u-zhao", "确认 2 条")
    await school.at("04-08 09:01")
    await upheld(school, 1, "u-wang")
    await school.says("u-zhao", "退回 #1 还是暗")
    await school.says("u-zhao", "撤回")
    for number, last in ((1, "撤回了刚才的决定"), (2, "通过")):
        [story] = await school.says("u-wang", f"为什么 #{number}")
        assert story.endswith(f"赵倩 {last}")
