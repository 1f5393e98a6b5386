"""1.2: 陈晓, officer, who pastes five at a time."""

from collections.abc import AsyncIterator

import pytest_asyncio

from db.engine.database import Database
from tests.worlds.school import GROUP, School, close_school, open_school
from tests.worlds.transcripts import number_in, numbers_in

FIVE = (
    "报新闻\n"
    "1.信工系召开班主任例会 https://mp.weixin.qq.com/s/BBB222\n"
    "２、师生植树\nhttps://mp.weixin.qq.com/s/CCC333\n"
    "③ 技能节开幕 https://mp.weixin.qq.com/s/AAA111?from=timeline\n"
    "7.53 复制打开抖音，看看【信工系的作品】网线制作小课堂 # 网络技术 "
    "https://v.douyin.com/iDef456/ 03/22 y@g.OX :2pm\n"
    "软文 一根网线的教育 https://mp.weixin.qq.com/s/EEE555"
)


@pytest_asyncio.fixture
async def spring(sqlite_database: Database) -> AsyncIterator[School]:
    found = await open_school(sqlite_database, start="03-18 09:00")
    yield found
    close_school(found)


async def first_news(school: School) -> int:
    [said] = await school.says(
        "u-chen",
        "报新闻 我系举行“技能节” 开幕式 "
        "https://mp.weixin.qq.com/s/AAA111?chksm=9f&scene=126&sharer_shareinfo=zz",
        at="03-25 10:00",
    )
    return number_in(said)


async def pasted(school: School) -> list[int]:
    """The numbers of the four that are taken of the five."""
    await first_news(school)
    [said] = await school.says("u-chen", FIVE, at="04-02 20:15")
    return numbers_in(said)[:4]


async def test_a_handover_is_received_and_verified_by_one_press(spring: School) -> None:
    said = await spring.says("u-chen", "交接 信工抖音号已在融媒体中心登录授权", at="03-21 09:40")
    number = number_in(said[0])
    assert said[0] == (f"已收 #{number} 信息工程系 账号交接，待融媒体中心核实；核实后得 3 分。")
    await spring.presses("u-zhao", "通过", at="03-21 15:20")
    assert spring.last("u-chen") == f"#{number} 信工 账号交接已核实：3月21日 09:40 完成。"
    assert spring.points("信息工程系", "dy_handover") == "3"


async def test_news_before_the_quotas_begin_is_kept_and_not_counted(spring: School) -> None:
    [said] = await spring.says(
        "u-chen",
        "报新闻 我系举行“技能节” 开幕式 https://mp.weixin.qq.com/s/AAA111?chksm=9f",
        at="03-25 10:00",
    )
    assert said == (
        f"已收 #{number_in(said)} 新闻《我系举行“技能节” 开幕式》，待核。\n"
        "指标从 4月1日（第14周）起算，这条存档，不计本月数。"
    )


async def test_of_five_pasted_four_are_taken_and_the_fifth_is_named(spring: School) -> None:
    before = await first_news(spring)
    [said] = await spring.says("u-chen", FIVE, at="04-02 20:15")
    a, b, c, d, old = numbers_in(said)
    assert said == (
        f"五条收四条：#{a} 新闻、#{b} 新闻、#{c} 视频（第14周）、#{d} 软文，均待核。\n"
        f"未收第 3 条：同一链接 3月25日 已报（#{before}）。\n"
        "本月 新闻 2/2　软文 1/2　本周 视频 1/1（均含待核）"
    )
    assert old == before
    assert spring.buttons("u-chen") == ["看明细", "全部撤回"]
    [told, *_] = await spring.presses("u-chen", "看明细")
    assert "信工系召开班主任例会" in told
    assert "网线制作小课堂" in told


async def test_a_video_of_another_platform_needs_no_link(spring: School) -> None:
    [said] = await spring.says("u-chen", "报视频 宿舍网络安全三分钟 视频号", at="04-03 08:31")
    assert said.startswith(
        f"已收 #{number_in(said)} 视频《宿舍网络安全三分钟》（视频号，无链接），第14周，待审。"
    )


async def test_a_return_is_told_at_once_with_its_reason_and_what_to_do(spring: School) -> None:
    await pasted(spring)
    [said] = await spring.says("u-chen", "报视频 宿舍网络安全三分钟 视频号", at="04-03 08:31")
    number = number_in(said)
    reason = "学生正脸，请补肖像同意或换背影镜头"
    await spring.says("u-qian", f"退回 #{number} {reason}", at="04-07 09:10")
    # 不缺数 is left to 待办: another video of the week may yet be returned as well.
    assert spring.last("u-chen") == (
        f"#{number} 视频《宿舍网络安全三分钟》 退回：{reason}。\n"
        "改好后引用本条发“报视频 …”即可，按重交时间计周。"
    )


async def test_the_same_line_twice_in_one_message_is_one_video(spring: School) -> None:
    line = "@宣传助手 报视频 机房的一天 https://v.douyin.com/iGhi789/"
    [said] = await spring.says("u-chen", f"{line}\n{line}", group=GROUP, at="04-09 12:00")
    assert said.startswith(f"已收 #{number_in(said)} 视频《机房的一天》，第15周，待审。")
    assert "本周 视频 1/1" in said
    [other] = await spring.says("u-chen", "报视频 另一天 https://v.douyin.com/iGhi790/")
    assert number_in(other) == number_in(said) + 1


async def test_a_bare_link_is_asked_for_its_kind(spring: School) -> None:
    [said] = await spring.says(
        "u-chen", "@宣传助手 https://mp.weixin.qq.com/s/HHH888", group=GROUP, at="04-09 12:02"
    )
    assert said == "这条报成哪一类？"
    assert spring.buttons(group=GROUP) == ["新闻", "软文", "栏目", "视频", "不报"]


async def test_a_number_under_a_quote_is_the_count_of_its_views(spring: School) -> None:
    first, second, _, article = await pasted(spring)
    [said] = await spring.says(
        "u-chen", "１３０２", quote=f"#{first}《信工系召开班主任例会》", at="04-16 09:06"
    )
    assert said == f"#{first} 点击 1302，达标（≥1209）。还差 #{second}、#{article}。"
