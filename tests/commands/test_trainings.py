"""培训 and 豁免: what 考核组 enters itself, who hears of it, and what it does to the points."""

from pathlib import Path

from commands.chat.messages import File
from db import ledger
from db.engine.database import Database
from tests.worlds.episodes import ROLL, row
from tests.worlds.school import GROUP, ROSTER, School, close_school, open_school

# --- 培训 ---------------------------------------------------------------------------------


async def test_a_training_is_told_by_unit_and_charged_at_home(school: School) -> None:
    [answer] = await school.says("u-wu", ROLL, at="04-10 17:00")
    assert answer == (
        "已记 #1 短视频培训（4月10日）：缺席 机电 1、艺术 2；不合格 信工 1；请假 1 人不扣。\n"
        "10 分钟内可撤回，之后告诉本人，名单发给有扣分部门的负责人。"
    )
    assert school.points("机电工程系", "training") == "4"
    assert school.points("艺术工程系", "training") == "3"
    assert school.points("信息工程系", "training") == "4"
    assert school.points("学校办公室", "training") == "5"
    assert row(school, "机电工程系", "training")["because"] == "5－1×缺席1"


async def test_in_the_group_nobody_absent_is_named(school: School) -> None:
    said = await school.says("u-wu", f"@宣传助手 {ROLL}", group=GROUP, at="04-10 17:00")
    assert len(said) == 1
    assert not any(name in said[0] for name in ("李强", "夏雨", "马超", "王芳", "陈晓"))


async def test_eight_points_become_seven_and_leave_is_not_counted(school: School) -> None:
    await school.says("u-min", "交接", at="03-27 16:05")
    await school.says("u-zhao", "通过 #1")
    assert school.points("机电工程系") == "8"
    await school.says("u-wu", "培训 短视频培训 3月27日 缺席 李强 请假 王芳")
    assert school.points("机电工程系") == "7"
    [card] = await school.says("u-wang", "@宣传助手 查分　机电", group=GROUP)
    assert card.startswith("机电工程系 得 7 / 应得 39（17.9%）")
    assert "已失 1（培训 1）；" in card


async def test_the_same_person_twice_in_one_training_is_one_absence(school: School) -> None:
    await school.says("u-wu", "培训 直播培训 4月10日 缺席 李强 T4011 李强", at="04-11 09:00")
    assert school.points("机电工程系", "training") == "4"


async def test_absent_and_failed_both_stand(school: School) -> None:
    await school.says("u-wu", "培训 直播培训 4月10日 缺席 李强 不合格 李强", at="04-11 09:00")
    assert school.points("机电工程系", "training") == "3"


async def test_a_resit_is_recorded_and_gives_no_point_back(school: School) -> None:
    await school.says("u-wu", "培训 短视频 4月10日 不合格 周敏", at="04-10 17:00")
    [said, *_] = await school.says("u-wu", "培训 短视频补考 4月20日 补考 周敏", at="04-20 17:00")
    assert "补考 1 人已记，不抵扣分" in said
    assert school.points("机电工程系", "training") == "4"
    with school.app.db.reading() as tx:
        [resit] = [e for n in (1, 2) if (e := ledger.entry(tx, n)) and e.fact.details.get("resit")]
    assert resit.number == 2


async def test_there_is_no_floor(school: School) -> None:
    await school.at("04-20 09:00")
    for day in range(10, 17):
        await school.says("u-wu", f"培训 直播培训 4月{day}日 缺席 李强")
    assert school.points("机电工程系", "training") == "-2"


async def test_a_name_not_on_the_roster_is_refused_by_name_and_nothing_is_kept(
    school: School,
) -> None:
    [answer] = await school.says("u-wu", "培训 直播培训 4月10日 缺席 李强 胡某某", at="04-11 09:00")
    assert answer == "没有登记：花名册里没有 胡某某。请写全名或工号，整条重发。"
    assert school.points("机电工程系", "training") == "5"


async def test_of_namesakes_one_is_chosen_by_a_button(
    sqlite_database: Database, tmp_path: Path
) -> None:
    roster = tmp_path / "roster.csv"
    more = "T9101,王芳,后勤保障部,教师,\n"
    roster.write_text(ROSTER.read_text("utf-8").rstrip() + "\n" + more, "utf-8")
    school = await open_school(sqlite_database, roster=roster)
    await school.at("04-11 09:00")
    said = await school.says("u-wu", "@宣传助手 培训 直播培训 4月10日 缺席 王芳 李强", group=GROUP)
    assert "叫 王芳 的有 2 位，是哪一位？选好前没有登记。" in said
    assert school.buttons("u-wu") == ["王芳 机电 T4012", "王芳 后勤 T9101"]
    assert "王芳" not in school.last("", GROUP)
    await school.presses("u-wu", "王芳 后勤 T9101")
    assert school.last("u-wu").startswith("已记 #1 直播培训（4月10日）：缺席 后勤 1、机电 1。")
    assert school.points("后勤保障部", "training") == "4"
    close_school(school)


async def test_a_day_to_come_is_refused(school: School) -> None:
    [answer] = await school.says("u-wu", "培训 直播培训 4月12日 缺席 李强", at="04-11 09:00")
    assert answer == "这一天还没到，没有登记。培训办完再记。"


async def test_on_leave_and_absent_at_once_is_asked_to_be_put_right(school: School) -> None:
    [answer] = await school.says(
        "u-wu", "培训 直播培训 4月10日 缺席 李强 请假 李强", at="04-11 09:00"
    )
    assert "李强（既请假又缺席，请只写一处）" in answer
    assert school.points("机电工程系", "training") == "5"


async def test_a_roll_without_names_is_confirmed_first(school: School) -> None:
    await school.says("u-wu", "培训 直播培训 4月10日", at="04-11 09:00")
    assert school.last("u-wu") == "“直播培训”没有写缺席、请假和不合格的人，按全到登记？"
    assert row(school, "机电工程系", "training")["because"] == "尚无培训"
    await school.presses("u-wu", "确认")
    assert row(school, "机电工程系", "training")["because"] == "1 场培训，没有缺席和不合格"


async def test_only_assessors_enter_trainings(school: School) -> None:
    [answer] = await school.says("u-ma", ROLL, at="04-10 17:00")
    assert "考核组" in answer
    assert school.points("机电工程系", "training") == "5"


async def test_the_head_gets_his_own_names_once_the_roll_stands(school: School) -> None:
    await school.says("u-wu", ROLL, at="04-10 17:00")
    assert "短视频培训" not in school.last("u-wang")
    await school.at("04-10 17:11")
    assert school.last("u-wang") == (
        "4月10日“短视频培训”（#1）机电：缺席 李强；请假 王芳 不扣。\n"
        "缺席每人次扣 1 分，不合格每人次扣 1 分。有不同意见请发：申诉 #1 理由"
    )
    assert school.buttons("u-wang") == ["申诉"]
    assert "夏雨" in school.last("u-lin")
    assert "李强" not in school.last("u-lin")


async def test_a_roll_taken_back_in_time_reaches_nobody(school: School) -> None:
    await school.says("u-wu", ROLL, at="04-10 17:00")
    await school.presses("u-wu", "撤回", at="04-10 17:05")
    assert school.points("艺术工程系", "training") == "5"
    await school.at("04-10 18:00")
    assert not any("短视频培训" in message.text for message in school.shown("u-wang"))


async def test_after_ten_minutes_a_roll_is_entered_anew_instead(school: School) -> None:
    await school.says("u-wu", ROLL, at="04-10 17:00")
    [late] = await school.says("u-wu", "撤回 #1", at="04-10 17:20")
    assert late.startswith("#1 已过 10 分钟，不能撤回，没有改动。")
    assert school.points("艺术工程系", "training") == "3"
    [asked] = await school.says("u-wu", "培训 短视频培训 4月10日 缺席 李强")
    assert asked == "4月10日“短视频培训”已记过（#1）。用这份名单代替它？原名单不再计。"
    assert school.points("艺术工程系", "training") == "3"
    await school.presses("u-wu", "确认")
    assert school.points("艺术工程系", "training") == "5"
    assert school.points("机电工程系", "training") == "4"
    assert row(school, "机电工程系", "training")["because"] == "5－1×缺席1"


async def test_taking_the_new_roll_back_brings_the_old_one_again(school: School) -> None:
    await school.says("u-wu", ROLL, at="04-10 17:00")
    await school.says("u-wu", "培训 短视频培训 4月10日 缺席 李强", at="04-10 17:30")
    await school.presses("u-wu", "确认")
    await school.presses("u-wu", "撤回")
    assert school.points("艺术工程系", "training") == "3"
    assert [school.points("艺术工程系", "training", until="04-10 16:00")] == ["5"]


async def test_a_table_is_read_in_private(school: School) -> None:
    table = (
        "4月培训签到,,\n工号,姓名,结果\n"
        "T4011,李强,缺席\nT4012,王芳,请假\nT3012,,不合格\nT6010,马超,到\n"
    )
    file = File(name="签到.csv", data=table.encode("gb18030"))
    [answer] = await school.says("u-wu", "培训 短视频培训 4月10日", file=file, at="04-11 09:00")
    assert answer.startswith(
        "已记 #1 短视频培训（4月10日）：缺席 机电 1；不合格 信工 1；请假 1 人不扣。"
    )


async def test_a_table_with_a_bad_row_is_named_by_line_and_nothing_is_kept(school: School) -> None:
    table = "姓名,结果\n李强,缺席\n胡某某,缺席\n王芳,迟到\n"
    file = File(name="签到.csv", data=table.encode())
    [answer] = await school.says("u-wu", "培训 短视频培训 4月10日", file=file, at="04-11 09:00")
    assert answer == (
        "没有登记：第 3 行 花名册里没有 胡某某；"
        "第 4 行 结果“迟到”看不懂，可写：缺席、请假、不合格、到。"
        "请改好后整份重发。"
    )
    assert school.points("机电工程系", "training") == "5"


# --- 为什么 -------------------------------------------------------------------------------


async def test_the_head_reads_why_with_names_and_may_appeal(school: School) -> None:
    await school.says("u-wu", ROLL, at="04-10 17:00")
    [answer] = await school.says("u-wang", "为什么 机电 培训", at="04-16 08:52")
    assert answer.split("\n")[:2] == [
        "机电 培训 4/5：5－1×缺席1（附件3·一）",
        "缺席 李强；请假 王芳 不扣（4月10日 短视频培训，#1）。",
    ]
    assert answer.endswith("口径：扣分记在本人人事所在部门（约定 A07）")
    assert school.buttons("u-wang") == ["申诉 #1"]


async def test_another_unit_reads_no_names(school: School) -> None:
    await school.says("u-wu", ROLL, at="04-10 17:00")
    [answer] = await school.says("u-chen", "为什么 机电 培训", at="04-16 08:52")
    assert "李强" not in answer
    assert "有扣分，姓名只给本部门看（4月10日 短视频培训，#1）。" in answer


# --- 豁免 ---------------------------------------------------------------------------------


async def due_weeks(school: School) -> str:
    return row(school, "机电工程系", "dy_update")["because"]


async def test_a_waived_week_leaves_what_is_due_and_comes_back(school: School) -> None:
    await school.at("04-22 09:00")
    assert await due_weeks(school) == "2×0/3 周 = 0"
    answer, *_ = await school.says("u-wu", "豁免 机电 第15-16周 期中考试")
    assert answer == (
        "已豁免 #1 机电 第15周、第16周：期中考试。\n"
        "这几周的视频不再要求，也不扣分；要收回请发：撤回"
    )
    assert await due_weeks(school) == "2×0/1 周 = 0"
    assert school.last("u-wang") == (
        "机电 第15周、第16周的视频已豁免（#1）：期中考试，这几周不用交。"
    )
    await school.says("u-wu", "撤回 #1")
    assert await due_weeks(school) == "2×0/3 周 = 0"
    assert school.last("u-wang") == "机电 第15周、第16周的豁免（#1）已收回，这几周的视频照常要交。"


async def test_a_week_is_waived_for_all_who_count_by_weeks(school: School) -> None:
    await school.at("04-22 09:00")
    answer, *_ = await school.says("u-wu", "豁免 全部 第14周 清明")
    assert "院办" not in answer
    for unit in ("机电工程系", "教务处", "督导办"):
        assert "/2 周" in row(school, unit, "dy_update")["because"]


async def test_the_same_week_is_not_waived_twice(school: School) -> None:
    await school.says("u-wu", "豁免 机电 第40周 国庆", at="04-22 09:00")
    [again] = await school.says("u-wu", "豁免 机电 第40周 国庆")
    assert again == "机电 第40周已经豁免过，没有重复登记。"


async def test_several_units_in_one_line_are_all_waived(school: School) -> None:
    answer, *_ = await school.says("u-wu", "豁免 机电 信工 第40周 国庆", at="04-22 09:00")
    assert answer.startswith("已豁免 #1–#2 机电、信工 第40周：国庆。")


async def test_a_week_that_never_counts_is_said_so(school: School) -> None:
    [early] = await school.says("u-wu", "豁免 机电 第3周 寒假", at="04-22 09:00")
    [none] = await school.says("u-wu", "豁免 机电 第60周 寒假")
    assert early.startswith("第3周本来就不计")
    assert none.startswith("2024 年没有“第60周”")


async def test_the_unit_that_counts_by_months_is_waived_by_months(school: School) -> None:
    [weeks] = await school.says("u-zheng", "豁免 学校办公室 第40周 国庆", at="05-06 09:00")
    assert "按月计" in weeks
    await school.says("u-zheng", "豁免 学校办公室 4月 改版")
    because = row(school, "学校办公室", "dy_update")["because"]
    assert because == "第一月还没过完"


async def test_nobody_waives_his_own_unit(school: School) -> None:
    answer, *_ = await school.says("u-wu", "豁免 学校办公室 10月 国庆", at="04-22 09:00")
    assert answer == "院办 是您本部门的，须由别的考核组成员豁免，没有改动。"
