"""What people are told unasked, and what they ask about their duties: once, only with news, and
only while something can be done about it."""

from pathlib import Path

from db.engine.database import Database
from tests.worlds.school import ROSTER, School, close_school, open_school


def heard(school: School, account: str, word: str) -> list[str]:
    return [m.text for m in school.shown(account) if m.author is None and word in m.text]


async def test_the_list_before_a_holiday_is_said_once_and_what_is_left_of_it_in_one_line(
    school: School,
) -> None:
    await school.at("04-03 23:00")
    [listed] = heard(school, "u-lin", "节前最后一个工作日")
    assert "林主任，艺术 PPT 还没报" in listed
    assert heard(school, "u-lin", "放假前只剩今天") == [
        "林主任，放假前只剩今天：艺术 PPT 还没报（院长今天最后在岗）、直播专班还差 2 名教师。"
    ]
    assert {"报PPT", "推荐"} <= set(school.buttons("u-lin"))


async def test_a_second_digest_of_a_week_goes_only_where_something_was_reported(
    school: School,
) -> None:
    await school.at("04-03 12:00")
    await school.says("u-min", "报新闻 甲 https://mp.weixin.qq.com/s/N1", at="04-03 16:00")
    await school.at("04-07 23:00")
    assert len(heard(school, "u-lin", "第14周：")) == 1
    assert len(heard(school, "u-wang", "第14周：")) == 2
    assert "新闻 1/2" in heard(school, "u-wang", "第14周：")[1]
    await school.at("04-09 23:00")
    # Nobody can be recommended any more; an account can still be handed over.
    [monday] = heard(school, "u-lin", "上周（第14周）")
    assert "已过期还没办：交接" in monday.split("\n")


async def test_a_unit_that_nobody_answers_for_is_told_of_to_the_assessors(
    sqlite_database: Database, tmp_path: Path
) -> None:
    roster = tmp_path / "roster.csv"
    kept = [
        line
        for line in ROSTER.read_text("utf-8").splitlines()
        if "林芳" not in line and "王建国" not in line and "周敏" not in line
    ]
    roster.write_text("\n".join(kept), "utf-8")
    school = await open_school(sqlite_database, start="04-11 09:00", roster=roster)
    try:
        await school.at("04-12 23:00")
        assert heard(school, "u-ma", "艺术 第15周：视频 0/1")
        [told] = heard(school, "u-wu", "请您过问")
        assert "机电" in told
        assert "艺术" not in told
    finally:
        close_school(school)


async def test_what_was_proposed_for_a_time_stands_on_the_second_reviewer_s_card(
    school: School,
) -> None:
    await school.says("u-chen", "交接", at="04-01 09:12")
    await school.says("u-ma", "报视频 甲 https://v.douyin.com/ab1/")
    await school.says("u-zhao", "通过 #1 3-30 16:00 值班登记")
    proposed = "赵倩 已提议：通过 #1 3-30 16:00 值班登记"
    for said in ("通过 #1", "退回 #1 不对"):
        assert proposed in (await school.says("u-qian", said))[0], said
        assert school.buttons("u-qian") == ["确认", "取消"]
    [batch] = await school.says("u-qian", "通过 1-2")
    assert "将通过 1 条：#2" in batch
    assert "#1 有补录提议" in batch
    await school.says("u-qian", "取消")
    await school.says("u-qian", "待审")
    [card] = await school.presses("u-qian", "逐条看")
    assert proposed in card
    assert school.buttons("u-qian") == ["确认", "取消", "跳过"]
    await school.presses("u-qian", "确认")
    assert school.points("信息工程系", "dy_handover") == "3"


async def test_who_declines_a_proposed_time_decides_as_usual(school: School) -> None:
    await school.says("u-chen", "交接", at="04-01 09:12")
    await school.says("u-zhao", "通过 #1 3-30 16:00 值班登记")
    await school.says("u-qian", "通过 #1")
    await school.presses("u-qian", "取消")
    assert (await school.says("u-qian", "通过 #1"))[0].startswith("#1 信工 账号交接已核实：4月1日")
    assert school.points("信息工程系", "dy_handover") == "0"


async def test_the_absent_of_a_training_are_told_and_read_it_among_their_own(
    school: School,
) -> None:
    await school.at("04-01 10:00")
    await school.says("u-wu", "培训 短训 4月1日 缺席 刘桂芳 王建国 不合格 刘桂芳 请假 冯强")
    assert not heard(school, "u-liu", "短训")
    await school.at("04-01 10:11")
    [told] = heard(school, "u-liu", "短训")
    assert told.startswith("4月1日“短训”登记您缺席、不合格（#1）。")
    assert "申诉 #1" in "".join(heard(school, "u-wang", "短训"))  # the head: his unit's names
    assert not heard(school, "u-feng", "短训")
    for who, said in (("u-liu", "缺席、不合格"), ("u-feng", "请假，不扣"), ("u-ma", "已到")):
        assert f"培训 4月1日“短训”：{said}（#1）" in (await school.says(who, "我的"))[0]
    assert (await school.says("u-liu", "反映 #1 我到了")) != []
    await school.says("u-wu", "培训 短训 4月1日 缺席 王建国")
    await school.presses("u-wu", "确认", at="04-01 11:00")
    await school.at("04-01 11:11")
    assert "不再记您缺席" in school.last("u-liu")
    assert "已到（#3）" in (await school.says("u-liu", "我的"))[0]


async def test_a_roll_that_is_taken_back_tells_nobody(school: School) -> None:
    await school.says("u-wu", "培训 短训 4月1日 缺席 刘桂芳", at="04-01 10:00")
    await school.says("u-wu", "撤回 #1")
    await school.at("04-01 11:00")
    assert not heard(school, "u-liu", "短训")
    assert "培训" not in (await school.says("u-liu", "我的"))[0]


ADVISED = "T4020,班主,机电工程系,教师；班主任,u-ban,机电2301；机电2302\n"


async def test_deadlines_and_duties_name_the_week_the_month_and_the_tasks(
    sqlite_database: Database, tmp_path: Path
) -> None:
    roster = tmp_path / "roster.csv"
    known = ROSTER.read_text("utf-8").replace("账号\n", "账号,班级\n", 1)
    roster.write_text(known + ADVISED, "utf-8")
    school = await open_school(sqlite_database, start="04-08 09:30", roster=roster)
    try:
        await school.says("u-zhao", "发任务 片 https://v.douyin.com/iA5/ 截止 4.12")
        [said] = await school.says("u-liu", "截止")
        assert said.splitlines() == [
            "4月12日（周五）24:00 任务 #1 片",
            "4月14日（周日）24:00 健康 本周 视频 0/1",
            "4月15日（周一）24:00 PPT（3 分），还有 7 天",
            "4月30日（周二）24:00 健康 本月 新闻 0/2　软文 0/2",
            "12月31日（周二） 年底：成绩发布、查询通道、线索",
        ]
        [own] = await school.says("u-ban", "待办")
        assert "机电2301、机电2302 本周班会还没报：4月14日（周日）24:00止。" in own
        await school.says("u-ban", "班会 机电2301 45")
        assert "\n机电2302 本周班会还没报" in (await school.says("u-ban", "待办"))[0]
        await school.says("u-ban", "班会 机电2302 45")
        [done] = await school.says("u-ban", "待办")
        assert "班会" not in done
        assert "机电 还差（由宣传员报）：本月 新闻 0/2　软文 0/2　本周 视频 0/1" in done
    finally:
        close_school(school)
