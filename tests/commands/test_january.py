"""January before the new plan is published: what waits from December is decided by the plan of its
day (decision 70), and nothing new is taken."""

from commands.chat.messages import File
from db import ledger
from db.engine.database import Database
from tests.worlds.school import School, close_school, open_school


def states(school: School, *numbers: int) -> list[str]:
    with school.app.db.reading() as tx:
        return [ledger.stands(tx, number).state.value for number in numbers]


async def test_what_waits_from_december_is_decided_and_what_is_new_is_not_taken(
    sqlite_database: Database,
) -> None:
    school = await open_school(sqlite_database, start="12-30 09:00")
    for number in range(1, 5):
        await school.says("u-min", f"报新闻 年终{number} https://a.cn/{number}")
    await school.says("u-min", "报视频 年终 https://v.douyin.com/z5")
    for number in range(6, 10):
        await school.says("u-liu", f"报线索 张某 1380001000{number} 初三")
    await school.at("2025-01-02 09:00")

    assert (await school.says("u-wu", "待审"))[0].startswith("等您处理 4 条")
    for who, said, told in (
        ("u-wu", "通过 #1", "#1 新闻《年终1》 通过"),
        ("u-wu", "退回 #2 没有图", "#2 新闻《年终2》 退回：没有图"),
        ("u-zhao", "偏题 #5", "#5 视频《年终》 判为偏题"),
        ("u-sun", "认定 #6", "#6 线索已认定"),
        ("u-sun", "无效 #7 空号", "#7 线索无效：空号"),
        ("u-sun", "撤回 #7", "已撤回对 #7 的决定"),
        ("u-sun", "撤销 #6 打错了", "将撤销 #6 的认定"),
    ):
        [answer, *_] = await school.says(who, said)
        assert answer.startswith(told), said
    await school.presses("u-sun", "确认")
    await school.presses("u-wu", "撤回")
    found = states(school, 1, 2, 5, 6, 7)
    assert found == ["accepted", "waiting", "off_topic", "revoked", "waiting"]

    # One by one, by the buttons of the cards, and the desk's table there and back.
    await school.says("u-wu", "待审")
    await school.presses("u-wu", "逐条看")
    await school.presses("u-wu", "通过")
    await school.says("u-sun", "待认定")
    await school.presses("u-sun", "逐条认定")
    await school.presses("u-sun", "认定")
    table = File(name="结果.csv", data="编号,结果\n8,认定\n9,无效 空号\n".encode())
    [shown] = await school.says("u-sun", "", file=table)
    assert shown.startswith("读到 2 行：认定 1、无效 1")
    await school.presses("u-sun", "确认 2 条")
    assert states(school, 2, 7, 8, 9) == ["accepted", "accepted", "accepted", "rejected"]
    await school.says("u-min", "撤回 #4")
    assert states(school, 4) == ["withdrawn"]

    for said in ("报新闻 新年 https://a.cn/9", "报线索 李某 13800010099 初三"):
        [answer] = await school.says("u-min", said)
        assert answer.startswith("2025 年还没有方案，没有登记。"), said
    close_school(school)
