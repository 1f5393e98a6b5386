"""方案 and 口径, and what a new text does to people who talk."""

import pytest

from db import ledger, plans, publishing
from scoring.planroll import roll
from tests.worlds.school import School
from tests.worlds.school import _instant as at

TEXT = plans.templates()[0].text
ASSESSOR = "u-xu"


async def _assessor(school: School) -> str:
    world = school.app.db.peek("world", school.app.gateway.inside.load)
    return world.people.addresses[world.people.with_role("考核组")[0].id][0].account


async def test_the_plan_says_which_text_is_in_force_since_when_and_by_whom(school: School) -> None:
    who = await _assessor(school)
    [said] = await school.says(who, "方案", at="04-02 10:00")
    assert said == "2024 年方案（民创发〔2024〕11号）第 1 版，随程序自带，在用。"
    text = TEXT.replace("terms.second_points = { is = 3,", "terms.second_points = { is = 2,")
    await school.app.write(
        lambda tx: publishing.publish(
            tx, text, now=at("04-03 09:00"), second="王五", why="第二档改 2 分"
        )
    )
    await school.app.write(
        lambda tx: publishing.publish(tx, roll(TEXT, 2025), now=at("04-03 09:01"))
    )
    [said] = await school.says(who, "方案", at="04-03 10:00")
    assert said.split("\n") == [
        "2024 年方案（民创发〔2024〕11号）第 2 版，2024年4月3日 09:00 起在用，由命令行发布，"
        "王五 同意。",
        "说明：第二档改 2 分",
        "另有：2025 年第 1 版",
    ]


async def test_the_plan_is_for_assessors_and_never_said_in_a_group_unasked(school: School) -> None:
    who = await _assessor(school)
    assert await school.says(who, "方案", group="staff", at="04-02 10:00") == []
    assert any("第 1 版" in text for text in await school.says(who, "/方案", group="staff"))
    assert "考核组" in (await school.says("u-liu", "方案"))[0]


async def test_every_reading_is_listed_with_its_value_and_clause(school: School) -> None:
    who = await _assessor(school)
    said = "\n".join(await school.says(who, "口径", at="04-02 10:00"))
    plan = plans.shipped()[0]
    for number, reading in plan.readings.items():
        assert f"{number}　{reading.source.note}" in said
        assert reading.source.clause in said
    [one] = await school.says(who, "口径 a06")
    assert one.split("\n")[1].startswith("A06　5 分里没说明的 2 分")
    [some] = await school.says(who, "口径 视频更新")
    assert "A18" in some
    assert "A20" not in some
    assert "没有“A99”这条口径" in (await school.says(who, "口径 A99"))[0]


async def test_a_new_text_counts_for_the_very_next_answer(school: School) -> None:
    await school.says("u-liu", "得分 机电", at="04-02 10:00")
    assert school.score()["units"][0]["max"]
    text = TEXT.replace("points = 59", "points = 60").replace(
        'clause = "附件3·二·(一)"\nmax = 3', 'clause = "附件3·二·(一)"\nmax = 4'
    )
    await school.app.write(lambda tx: publishing.publish(tx, text, now=at("04-02 10:30")))
    [said] = await school.says("u-liu", "得分 机电", at="04-02 11:00")
    assert "应得 40" in said


async def test_a_moved_deadline_moves_the_reminders_to_come(school: School) -> None:
    await school.says("u-liu", "得分 机电", at="04-01 10:00")
    text = TEXT.replace(
        'terms.second_deadline = { is = "04-15"', 'terms.second_deadline = { is = "04-22"'
    )
    await school.app.write(lambda tx: publishing.publish(tx, text, now=at("04-01 10:30")))
    before = len(school.seen)
    await school.at("04-23 12:00")
    told = [m.text for m in school.seen[before:] if "4月22日" in m.text]
    assert told
    assert not [m.text for m in school.seen[before:] if "4月15日（周一）24:00" in m.text]


@pytest.mark.begins("12-30 09:00")
async def test_january_without_a_plan_answers_for_last_year_and_refuses_reports(
    school: School,
) -> None:
    [said] = await school.says("u-liu", "报新闻 招生 https://a.cn/1", at="2025-01-06T10:00")
    assert "plan new 2025 --from 2024" in said
    who = await _assessor(school)
    assert "plan new 2025 --from 2024" in (await school.says(who, "方案"))[0]


@pytest.mark.begins("12-19 09:00")
async def test_january_without_a_plan_still_answers_for_last_year(school: School) -> None:
    await school.says("u-min", "发布成绩 喜报 https://a.cn/1", at="12-20 10:00")
    for said, told in (
        ("得分 机电", "机电工程系 得 "),
        ("排名", "系部"),
        ("为什么 机电 成绩发布", "成绩发布"),
    ):
        [text, *_] = await school.says("u-liu", said, at="2025-01-06T10:00")
        head, _, rest = text.partition("\n")
        assert head == "2025 年还没有方案，以下按 2024 年的方案："
        assert told in rest
    assert "2025 年还没有方案" in (await school.says("u-liu", "得分", group="staff"))[0]
    who = await _assessor(school)
    assert any("2024-12" in text for text in await school.says(who, "月报"))


@pytest.mark.begins("12-27 09:00")
async def test_a_fact_decided_in_the_new_year_stays_in_the_plan_of_its_own(school: School) -> None:
    [text, *_] = await school.says("u-min", "发布成绩 喜报 https://a.cn/1", at="12-30 10:00")
    number = "".join(sign for sign in text.partition("#")[2][:4] if sign.isdigit())
    await school.app.write(
        lambda tx: publishing.publish(tx, roll(TEXT, 2025), now=at("2024-12-31T09:00"))
    )
    who = await _assessor(school)
    await school.says(who, f"通过 #{number}", at="2025-01-03T10:00")
    assert school.points("机电工程系", "results_channel") == "1"
    with school.app.db.reading() as tx:
        shelf = plans.kept(tx)
        new = shelf.of_year(2025, at("2025-01-03T10:00"))
        assert new is not None
        assert ledger.tallies(tx, new).sums == {}
