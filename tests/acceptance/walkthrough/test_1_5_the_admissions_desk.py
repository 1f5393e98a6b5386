"""1.5: 孙丽 and 周海 at the admissions desk: a PPT before the holiday, and leads by the dozen."""

from collections.abc import AsyncIterator
from io import BytesIO

import pytest
import pytest_asyncio
from openpyxl import load_workbook

from commands.chat.messages import File
from db.engine.database import Database
from tests.worlds.school import School, close_school, open_school
from tests.worlds.transcripts import number_in

REPORTERS = ("u-liu", "u-kong", "u-feng")


@pytest_asyncio.fixture
async def spring(sqlite_database: Database) -> AsyncIterator[School]:
    found = await open_school(sqlite_database, start="03-25 09:00")
    yield found
    close_school(found)


async def reported(school: School, count: int = 30) -> None:
    """Leads of three teachers from #1 on, the tenth and twentieth of 孙丽 herself."""
    for number in range(1, count + 1):
        who = "u-sun" if number % 10 == 0 else REPORTERS[number % 3]
        phone = f"138{number * 7919 + 10_000_000:08d}"
        await school.says(who, f"报线索 学{number} {phone} 初三 护理")
    await school.at("04-08 08:40")


async def two_ppts(school: School) -> tuple[int, int]:
    first = await school.says(
        "u-zhou", "报PPT 2024招生政策解读 https://pan.example.cn/zs", at="04-03 09:20"
    )
    second = await school.says("u-min", "报PPT 数控技术专业介绍 https://pan.example.cn/x1")
    return number_in(first[0]), number_in(second[0])


async def test_a_ppt_reaches_the_dean_with_its_buttons(spring: School) -> None:
    number, _ = await two_ppts(spring)
    assert spring.last("u-zhou").startswith(f"已收 #{number} 政策PPT，已送院长审。")
    sent = [message.text for message in spring.shown("u-li", "")]
    assert any(f"待您审（#{number}）" in text and "pan.example.cn/zs" in text for text in sent)
    assert spring.buttons("u-li") == ["通过", "退回", "下午再看"]


async def test_on_his_last_workday_the_dean_is_asked_again(spring: School) -> None:
    number, _ = await two_ppts(spring)
    assert "院长最后工作日是今天。30 分钟未看我会再提醒他一次。" in spring.shown("u-zhou")[-1].text
    assert "现在提醒院长" in spring.buttons("u-zhou")
    await spring.presses("u-zhou", "现在提醒院长")
    assert spring.last("u-li") == f"李院长，招生办公室（周海）请您看 PPT #{number}。"
    before = len(spring.shown("u-li"))
    await spring.at("04-03 09:49")
    assert len(spring.shown("u-li")) == before
    await spring.at("04-03 09:51")
    assert len(spring.shown("u-li")) == before + 1
    assert spring.last("u-li").startswith("李院长，招生办公室 PPT 还在等您")


async def test_what_he_puts_off_to_the_afternoon_comes_then_unless_it_is_done(
    spring: School,
) -> None:
    first, second = await two_ppts(spring)
    await spring.at("04-03 10:30")
    before = len(spring.shown("u-li"))
    [said] = await spring.presses("u-li", "下午再看")
    assert said == "好的，4月3日 14:30 再提醒您。"
    await spring.says("u-li", f"通过 #{first}")
    await spring.at("04-03 14:31")
    last = spring.shown("u-li")[-1].text
    assert f"#{second}" in last
    assert f"#{first}）" not in last
    assert len(spring.shown("u-li")) > before


@pytest.mark.parametrize("word", ["可以", "同意", "OK", "行", "好的"])
async def test_a_loose_word_of_the_dean_brings_the_button_and_decides_nothing(
    spring: School, word: str
) -> None:
    first, second = await two_ppts(spring)
    [said] = await spring.says("u-li", word, at="04-03 11:40")
    assert said.startswith(f"还没有通过。要通过 #{first} PPT《2024招生政策解读》 吗？")
    assert f"#{second} 也在等您" in said
    assert spring.buttons("u-li") == [f"通过 #{first}", "2 条都通过", "取消"]
    assert spring.points("招生办公室", "ppt") is None
    await spring.presses("u-li", "2 条都通过")
    assert spring.points("招生办公室", "ppt") == "5"
    assert spring.points("机电工程系", "ppt") == "5"


async def test_under_a_quote_a_loose_word_means_the_quoted_one(spring: School) -> None:
    _, second = await two_ppts(spring)
    [said] = await spring.says("u-li", "可以", quote=f"机电 PPT 待您审（#{second}）")
    assert said.startswith(f"还没有通过。要通过 #{second} ")
    assert spring.buttons("u-li") == [f"通过 #{second}"]


async def test_a_loose_word_of_somebody_else_is_no_riddle(spring: School) -> None:
    await two_ppts(spring)
    [said] = await spring.says("u-liu", "好的")
    assert "没有记任何东西" in said


async def test_the_desk_says_how_many_and_since_when(spring: School) -> None:
    await reported(spring)
    [said] = await spring.says("u-sun", "待认定")
    assert said == "待认定 27 条，最早已等 14 天（#1 3月25日）。"
    assert spring.buttons("u-sun")[:2] == ["逐条认定", "下载表格"]


async def test_the_full_number_shows_on_the_desks_card_and_each_showing_is_audited(
    spring: School,
) -> None:
    await reported(spring)
    await spring.says("u-sun", "待认定")
    [card] = await spring.presses("u-sun", "逐条认定")
    assert card.startswith("#1 学1 13810007919 初三 · 健康")
    assert spring.buttons("u-sun") == ["认定", "无效", "打不通", "跳过"]
    [audit] = await spring.says("u-he", "审计 #1")
    assert "查看过号码：孙丽 1 次" in audit


async def test_a_list_is_shown_back_with_what_others_must_decide(spring: School) -> None:
    await reported(spring)
    [preview] = await spring.says("u-sun", "认定 1 #2 5-7、１０", at="04-08 08:52")
    assert preview.startswith("将认定 5 条：")
    assert "#10 是您本部门的，须由别的人（考核组）处理。" in preview
    [done, *_] = await spring.presses("u-sun", "确认 5 条")
    assert done.startswith("已认定 5 条，剩 22 条。")


async def test_the_table_goes_out_and_comes_back(spring: School) -> None:
    await reported(spring)
    await spring.says("u-sun", "待认定")
    await spring.presses("u-sun", "下载表格", at="04-08 09:30")
    message = next(one for one in reversed(spring.seen) if one.files)
    assert message.files[0].name == "待认定_0408.xlsx"
    assert "请勿转发到群" in message.text
    book = load_workbook(BytesIO(message.files[0].data))
    sheet = book.active
    assert sheet is not None
    header = next(row for row in sheet.iter_rows() if any(c.value == "结果" for c in row))
    result = next(c.column for c in header if c.value == "结果")
    first = header[0].row + 1
    said = ["认定"] * 20 + ["无效"] * 4 + ["", "", "再打"]
    for row, word in enumerate(said, start=first):
        sheet.cell(row=row, column=result).value = word or None
    filled = BytesIO()
    book.save(filled)
    table = File(name="待认定_0408.xlsx", data=filled.getvalue())
    await spring.says("u-sun", "", file=table, at="04-08 15:10")
    preview = spring.last("u-sun")
    assert "读到 27 行：认定 20、无效 4、空着 2、看不懂 1" in preview
    assert "再打" in preview
    await spring.presses("u-sun", "确认 24 条", at="04-08 15:11")
    # Three of 孙丽's own, two left empty, one unreadable.
    assert spring.last("u-sun").startswith(
        "已认定 20、无效 4，剩 6 条（其中 3 条须别的部门认定）。"
    )
    before = len(spring.shown("u-liu", ""))
    await spring.at("04-09 12:00")
    told = [message.text for message in spring.shown("u-liu", "")[before:]]
    assert sum("您的线索" in text for text in told) <= 1


async def test_a_certified_lead_is_revoked_after_a_look_at_what_it_costs(spring: School) -> None:
    await reported(spring)
    await spring.says("u-sun", "认定 #1")
    await spring.at("04-11 10:00")
    [preview] = await spring.says("u-sun", "撤销 #1 家长说从未咨询")
    assert "撤销" in preview
    assert "1 → 0" in preview
    assert "取消" in spring.buttons("u-sun")
