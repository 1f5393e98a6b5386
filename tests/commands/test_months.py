"""月报: drafted, frozen by two, told to 董办, and never changed again."""

import json

import pytest

from commands.months import compose
from commands.months.document import files
from commands.months.report import Report
from commands.months.stored import from_json, to_json
from db import months
from tests.worlds.episodes import frozen, reported
from tests.worlds.school import School


def kept(school: School, month: str = "2024-04") -> months.Frozen:
    with school.app.db.reading() as tx:
        found = months.frozen(tx, school.plan, month)
    assert found is not None
    return found


def holds(school: School, month: str = "2024-04") -> bool:
    with school.app.db.reading() as tx:
        return compose.holds(tx, school.plan, kept(school, month))


def composed(school: School, month: str) -> Report:
    with school.app.db.reading() as tx:
        return compose.compose(tx, school.plan, month, school.clock.now())


async def test_a_draft_says_the_totals_the_changes_and_what_is_open(school: School) -> None:
    await reported(school)
    await school.at("05-06 09:00")
    first, second, third = (await school.says("u-wu", "月报 2024-04"))[-1].split("\n")
    assert first.startswith("2024-04 月报草稿（数到 5月6日 09:00）：16 个部门，系部最高 信息工程系")
    assert second.startswith("本月升 ")
    assert third.startswith("未结：待核 1，申诉中 0，无数据 5")
    assert third.endswith("异议到 5月8日（周三），5月10日（周五）定稿。")


@pytest.mark.begins("04-08 08:00")
async def test_the_assessors_hear_how_often_full_numbers_were_shown(school: School) -> None:
    await school.says("u-chen", "报线索 张某 13800010001 初三", at="04-08 08:40")
    await school.says("u-sun", "待认定")
    await school.presses("u-sun", "逐条认定")
    await school.says("u-wu", "月报 2024-04", at="05-06 09:00")
    assert "查看完整号码 1 次（孙丽 1）。" in school.last("u-wu")


@pytest.mark.begins("05-06 08:00")
async def test_without_a_month_it_is_the_last_that_ended(school: School) -> None:
    await school.at("05-06 09:00")
    assert (await school.says("u-wu", "月报"))[-1].startswith("2024-04 月报草稿")


@pytest.mark.begins("04-19 09:00")
async def test_a_month_still_running_is_counted_so_far_and_not_frozen(school: School) -> None:
    await school.at("04-20 09:00")
    assert (await school.says("u-wu", "月报 4月"))[-1].startswith("2024-04 还没过完，先数到")
    said = await school.says("u-wu", "月报 2024-04 定稿")
    assert said[0].startswith("2024-04 还没过完，不能定稿。5月1日（周三）起可定稿")


@pytest.mark.begins("05-06 08:00")
async def test_only_assessors_may_ask_for_it(school: School) -> None:
    said = await school.says("u-chen", "月报 2024-04", at="05-06 09:00")
    assert any(text.startswith("月报 由考核组、院长、董办来做，没有处理。") for text in said)


async def test_the_freeze_shows_what_is_open_and_who_can_close_it(school: School) -> None:
    await reported(school)
    said = await school.says("u-wu", "月报 2024-04 定稿", at="05-09 10:00")
    own = next(text for text in said if text.startswith("2024-04 定稿须"))
    assert "未结：待核 1，申诉中 0，无数据 5。" in own
    assert own.endswith("可办结：视频 1（赵倩、钱峰）；培训 5（何平）。")
    assert school.buttons("u-wu") == ["取消"]
    assert school.buttons("u-zheng") == ["确认定稿", "取消"]


@pytest.mark.begins("05-08 09:00")
async def test_nobody_freezes_a_month_alone(school: School) -> None:
    await school.says("u-wu", "月报 2024-04 定稿", at="05-09 10:00")
    assert "确认定稿" not in school.buttons("u-wu")
    with school.app.db.reading() as tx:
        assert months.frozen(tx, school.plan, "2024-04") is None


async def test_the_second_assessor_freezes_it_and_the_chairmans_office_hears(
    school: School,
) -> None:
    await reported(school)
    said = await frozen(school)
    month = kept(school)
    assert any(month.sha256 in text for text in said)
    told, papers = (m for m in school.shown("u-han")[-2:])
    assert [file.name.rsplit(".")[-1] for file in papers.files][:2] == ["docx", "xlsx"]
    cover = told.text
    assert len(cover.split("\n")) == 3
    assert cover.startswith("韩老师您好：2024-04 宣传考核月报已定稿。")
    assert month.sha256[:16] in cover
    assert holds(school)


async def test_a_frozen_month_is_neither_frozen_again_nor_changed(school: School) -> None:
    await reported(school)
    await frozen(school)
    before = kept(school)
    await school.says("u-zhao", "通过 #4", at="05-10 09:00")
    assert (await school.says("u-wu", "月报 2024-04 定稿"))[0].startswith("2024-04 已于 5月9日")
    assert kept(school) == before
    assert holds(school)


async def test_what_comes_later_is_a_correction_with_who_and_why(school: School) -> None:
    await reported(school)
    await frozen(school)
    await school.says("u-zhao", "通过 #4", at="05-10 09:00")
    found = composed(school, "2024-05").corrections
    assert [(one.month, one.unit, one.word) for one in found] == [
        ("2024-04", "机电工程系", "视频更新"),
        ("2024-04", "机电工程系", "视频内容"),
    ]
    [cause] = found[0].causes
    assert (cause.number, cause.verb, cause.who) == (4, "通过", "赵倩")


async def test_a_correction_is_told_once(school: School) -> None:
    await reported(school)
    await frozen(school)
    await school.says("u-zhao", "通过 #4", at="05-10 09:00")
    await frozen(school, "2024-05", "06-10 10:00")
    assert kept(school, "2024-05").document["corrections"]
    assert composed(school, "2024-06").corrections == ()
    assert holds(school)
    assert holds(school, "2024-05")


async def test_a_report_is_stored_as_json_and_read_back_as_it_was(school: School) -> None:
    await reported(school)
    await frozen(school)
    await school.says("u-zhao", "通过 #4", at="05-10 09:00")
    report = composed(school, "2024-05")
    stored = json.loads(json.dumps(to_json(report)))
    assert from_json(Report, stored) == report
    assert to_json(from_json(Report, kept(school).document)) == kept(school).document


@pytest.mark.begins("05-08 09:00")
async def test_a_month_frozen_before_tasks_and_reveals_were_listed_is_read(
    school: School,
) -> None:
    await frozen(school)
    old = {k: v for k, v in kept(school).document.items() if k not in {"tasks", "reveals"}}
    report = from_json(Report, old)
    assert (report.tasks, report.reveals) == ((), ())
    assert len(files(school.plan, report, "5e" * 32)[0]) == 3


async def test_what_was_changed_by_hand_no_longer_holds(school: School) -> None:
    await reported(school)
    await frozen(school)
    with school.app.db.driver.engine().begin() as connection:
        connection.exec_driver_sql("UPDATE facts SET title = 'x' WHERE id = 3")
    assert not holds(school)


async def test_a_month_is_not_frozen_while_objections_are_open_without_a_reason(
    school: School,
) -> None:
    await reported(school)
    [refused] = await school.says("u-wu", "月报 2024-04 定稿", at="05-07 10:00")
    assert refused.startswith("异议到 5月8日（周三） 24:00 才截止，没有定稿。")
    said = await school.says("u-wu", "月报 2024-04 定稿 各部门已书面确认")
    asked = next(text for text in said if text.startswith("吴敏提请"))
    assert "异议期未过，提前定稿，理由：各部门已书面确认。" in asked
    await school.presses("u-zheng", "确认定稿")
    with school.app.db.reading() as tx:
        [frozen] = months.all_frozen(tx, school.plan)
    assert frozen.document["early"] == "各部门已书面确认"


async def test_heads_hear_of_the_draft_and_of_the_final_month(school: School) -> None:
    await reported(school)
    await school.at("05-06 09:00")
    assert any("2024-04 月报草稿" in m.text for m in school.shown("u-wang"))
    await school.says("u-wu", "月报 2024-04 定稿", at="05-09 10:00")
    await school.presses("u-zheng", "确认定稿")
    assert school.last("u-wang").startswith("2024-04 月报已定稿：机电 ")


async def test_the_chairman_and_the_dean_get_a_frozen_month_again(school: School) -> None:
    await reported(school)
    for reader in ("u-han", "u-li"):
        [waits] = await school.says(reader, "月报 2024-04", at="05-09 09:00")
        assert waits == "2024-04 还没有定稿，没有可看的月报。定稿后会送给您。"
    await school.says("u-wu", "月报 2024-04 定稿", at="05-09 10:00")
    await school.presses("u-zheng", "确认定稿")
    for reader in ("u-han", "u-li"):
        await school.says(reader, "月报 2024-04", at="06-20 09:00")
        sent = [m for m in school.shown(reader) if m.files]
        assert sent[-1].files[0].name.endswith(".docx")
        [kept] = await school.says(reader, "月报 2024-04 定稿")
        assert kept.startswith("2024-04 已定稿，定稿由考核组来做，没有处理。")
