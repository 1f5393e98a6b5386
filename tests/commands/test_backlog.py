"""What waits longer than five workdays goes to whoever else may decide; where nobody may, the
administrators are told, once."""

from db import ledger
from db.engine.database import Database
from scoring.facts import State
from tests.worlds.school import School, close_school, open_school

BEFORE, AFTER = "04-09 23:59", "04-10 09:00"
"""The fifth workday after 4月1日 is 4月9日: three days are off for 清明, the 7th is worked."""


def state(school: School, number: int) -> State:
    with school.app.db.reading() as tx:
        return ledger.stands(tx, number).state


def told(school: School, account: str, word: str) -> list[str]:
    return [one.text for one in school.shown(account) if one.author is None and word in one.text]


async def test_the_other_body_decides_too_and_hears_of_it_once(database: Database) -> None:
    school = await open_school(database, start="04-01 10:00")
    try:
        await school.says("u-chen", "报视频 机房 https://v.douyin.com/i1/")
        await school.says("u-chen", "报新闻 技能节 https://mp.weixin.qq.com/s/A1")
        await school.says("u-liu", "报线索 张某 13800010001 初三 护理 中职")
        await school.says("u-kong", "报PPT 护理 https://pan.example.cn/x1")
        assert (await school.says("u-wu", "通过 #1", at=BEFORE))[0].startswith("您不能审核")
        assert (await school.says("u-wu", "待认定"))[0].startswith("没有等您认定的")
        await school.at(AFTER)
        [mine] = told(school, "u-wu", "等了 5 个工作日以上")
        assert "#1 #3 共 2 条" in mine
        assert "#2 共 1 条" in told(school, "u-zhao", "等了 5 个工作日以上")[0]
        [alone] = told(school, "u-he", "等了 5 个工作日以上")
        assert "#4 PPT等了 5 个工作日以上，只有院长（李校长）能审。" in alone
        assert "代班 替 李校长 姓名 到 日期" in alone
        await school.at("04-11 09:00")
        assert len(told(school, "u-wu", "等了 5 个工作日以上")) == 1
        assert len(told(school, "u-he", "等了 5 个工作日以上")) == 1

        await school.says("u-wu", "通过 #1")
        assert state(school, 1) is State.ACCEPTED
        await school.says("u-zhao", "通过 #2")
        assert state(school, 2) is State.ACCEPTED
        assert "#3" in (await school.says("u-wu", "待认定"))[0]
        for account in ("u-wu", "u-zhao"):
            assert (await school.says(account, "通过 #4"))[0].startswith("您不能审核")
        [fresh, *_] = await school.says("u-ma", "报视频 剪纸 https://v.douyin.com/i2/")
        assert fresh.startswith("已收 #5")
        assert (await school.says("u-wu", "通过 #5"))[0].startswith("您不能审核")
    finally:
        close_school(school)


async def test_what_is_handed_on_is_still_nobodys_own(school: School) -> None:
    await school.says("u-he", "授权 徐明 考核组", at="04-01 10:00")
    await school.presses("u-he", "确认")
    await school.says("u-chen", "报视频 机房 https://v.douyin.com/i1/")
    await school.at(AFTER)
    assert (await school.says("u-xu", "通过 #1"))[0].startswith("您不能审核")
    assert state(school, 1) is State.WAITING
    assert not told(school, "u-xu", "等了 5 个工作日以上")
    assert told(school, "u-wu", "等了 5 个工作日以上")


async def test_a_case_is_not_handed_on_to_those_it_may_be_about(school: School) -> None:
    await school.says("u-ma", "交接", at="04-01 09:12")
    await school.says("u-zhao", "通过 #1")
    await school.says("u-lin", "申诉 #1 周六去了没有人")
    await school.at(AFTER)
    assert not told(school, "u-zhao", "等了 5 个工作日以上")
    assert "申诉等了 5 个工作日以上，只有考核组（" in told(school, "u-he", "等了 5")[0]
    assert (await school.says("u-qian", "处理 #2 成立 值班"))[0].startswith("您不能审核")


async def test_a_deputy_is_somebody_else(school: School) -> None:
    await school.says("u-he", "代班 替 李校长 刘桂芳 到 4月20日", at="04-01 10:00")
    await school.presses("u-he", "确认")
    await school.says("u-chen", "报PPT 数控 https://pan.example.cn/x1")
    await school.at(AFTER)
    assert told(school, "u-liu", "等了 5 个工作日以上")
    assert not told(school, "u-he", "等了 5 个工作日以上")
