"""The cheapest next points, and the weekly letter: what was gained and lost since the last, why,
and what to do next."""

from tests.worlds.episodes import ROLL
from tests.worlds.school import School


def letters(school: School, account: str) -> list[str]:
    return [m.text for m in school.shown(account) if m.author is None and "上周" in m.text]


async def test_the_letter_says_what_changed_since_the_last_and_why(school: School) -> None:
    await school.at("04-01 10:00")
    await school.says("u-min", "交接", at="04-01 11:00")
    await school.says("u-zhao", "通过 #1 3月29日 16:00 值班登记")
    await school.presses("u-qian", "确认")
    await school.says("u-wu", ROLL.replace("4月10日", "4月2日"), at="04-02 17:00")
    await school.at("04-08 09:30")
    mine = letters(school, "u-wang")[-1].split("\n")
    assert "上周得失：培训 －1（#2 培训“短视频培训”）；交接 +3（#1 账号交接 通过）。" in mine
    video = "再交 1 条视频保住第15周（4月14日前，0.05 分）"
    assert f"最省力：报PPT 并经院长通过 +3（4月15日前）；{video}。" in mine
    await school.at("04-15 09:30")
    assert "上周得失：" not in letters(school, "u-wang")[-1], "nothing changed in that week"


async def test_lost_by_time_alone_it_names_the_week(school: School) -> None:
    await school.says("u-chen", "报视频 一 https://v.cn/1", at="04-03 09:00")
    await school.says("u-zhao", "通过 #1")
    await school.at("04-08 09:30")
    await school.at("04-15 09:30")
    [said] = [one for one in letters(school, "u-xu")[-1].split("\n") if "上周得失" in one]
    assert "视频更新 －1（2×1/2" in said


async def test_a_line_says_what_its_item_gains_next(school: School) -> None:
    [why] = await school.says("u-wang", "为什么 机电 视频更新", at="04-16 09:00")
    assert why.endswith("下一步：再交 1 条视频保住第16周（4月21日前，0.05 分）。")
    [rows] = await school.says("u-wang", "得分 机电 明细")
    assert "→ 成绩发布一次 +1（12月31日前）" in rows
    [card] = await school.says("u-wang", "得分 机电")
    assert card.split("\n")[2].startswith("最省力：成绩发布一次 +1（12月31日前）；再交 1 条视频")
    await school.says("u-min", "报视频 二 https://v.cn/2")
    [why] = await school.says("u-wang", "为什么 机电 视频更新")
    assert "下一步" not in why, "what waits for review is done already"
