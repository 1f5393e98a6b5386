"""What happens at the school of worlds/school.py before several tests begin."""

from tests.worlds.school import School
from tests.worlds.transcripts import number_in

WORKS = "报视频 {} https://v.douyin.com/{}"
ROLL = "培训 短视频培训 4月10日 缺席 李强 夏雨 马超 请假 王芳 不合格 陈晓"


async def reported(school: School) -> None:
    """A few things of March and April: a handover, a PPT, videos of two weeks."""
    await school.at("03-29 09:00")
    await school.says("u-chen", "交接")
    await school.says("u-zhao", "通过 #1")
    await school.at("04-03 09:00")
    await school.says("u-chen", "报PPT 专业介绍 https://example.cn/ppt")
    await school.says("u-li", "通过 #2")
    await school.says("u-chen", WORKS.format("机房的一天", "a1"))
    await school.says("u-zhao", "通过 #3")
    await school.says("u-min", WORKS.format("实训", "b1"))


async def frozen(school: School, month: str = "2024-04", at: str = "05-09 10:00") -> list[str]:
    """The month proposed by one assessor and confirmed by the other."""
    await school.says("u-wu", f"月报 {month} 定稿", at=at)
    return await school.presses("u-zheng", "确认定稿")


async def late(school: School) -> int:
    """The handover of 04-01, verified the same morning; its number."""
    await school.says("u-ma", "交接", at="04-01 09:12")
    number = number_in(school.last("u-ma"))
    await school.presses("u-zhao", "通过", at="04-01 10:30")
    return number


async def appealed(school: School) -> tuple[int, int]:
    """The handover and its appeal."""
    handover = await late(school)
    await school.says("u-lin", f"申诉 #{handover} 周六下午4点我们去了没人", at="04-02 10:20")
    return handover, number_in(school.last("u-lin"))


async def answered(school: School) -> tuple[int, int]:
    """The appeal is answered by 郑涛."""
    handover, appeal = await appealed(school)
    await school.says(
        "u-zheng", f"处理 {appeal} 不成立 值班到12点，3月29日已通知本人", at="04-07 16:30"
    )
    await school.presses("u-zheng", "确认")
    return handover, appeal


def row(school: School, unit: str, item: str) -> dict[str, str]:
    card = next(card for card in school.score()["units"] if card["unit"] == unit)
    found: dict[str, str] = next(one for one in card["items"] if one["item"] == item)
    return found
