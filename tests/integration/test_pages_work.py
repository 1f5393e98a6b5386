"""Working on the signed-in pages does what the same words do in the chat, and nothing else."""

import asyncio
import io
import re
from collections.abc import AsyncIterator

import openpyxl
import pytest
from sqlalchemy import select

from bot.pages import papers
from db import audit
from db.engine.database import Database
from db.schema import jobs
from tests.worlds.episodes import WORKS
from tests.worlds.paged import Page, Served, claimed, pages_of
from tests.worlds.photos import sent
from tests.worlds.school import close_school, open_school

JOBS = select(jobs)
NUMBERS = re.compile(r"(?<![0-9a-f])1[3-9]\d{9}(?![0-9a-f])")


@pytest.fixture
async def served(sqlite_database: Database) -> AsyncIterator[Served]:
    school = await open_school(sqlite_database, start="04-03 09:00", claimed=claimed())
    async with pages_of(school) as pages:
        yield pages
    close_school(school)


def decision(page: Page, says: str) -> dict[str, str]:
    """The fields of the form on a page that says this."""
    return next(form.fields for form in page.forms if form.fields.get("says") == says)


def audited(served: Served, subject: str) -> list[tuple[str, str]]:
    with served.school.app.db.reading() as tx:
        people = {
            one.id: one.name
            for one in served.school.app.db.peek(
                "world", served.school.app.gateway.inside.load
            ).people.by_id.values()
        }
        return [(row.action, people[row.person]) for row in audit.about(tx, subject)]


async def test_a_reviewer_goes_through_the_queue(served: Served) -> None:
    school = served.school
    for number, title in enumerate(("机房的一天", "实训", "宿舍", "食堂"), start=1):
        await school.says("u-chen", WORKS.format(title, f"a{number}"))
    zhao = await served.enters("u-zhao")
    page = await zhao.opens("/review")
    assert [f"#{number} 信工 视频" in page.text for number in (1, 2, 3, 4)] == [True] * 4
    assert "v.douyin.com" in page.text

    before = len(school.seen)
    told = await zhao.posts("/pages/do", decision(page, "approve #1"))
    assert "通过，计入第14周" in told.text
    assert "#1 信工 视频" not in told.text
    assert audited(served, "#1")[-1] == ("approve", "赵倩")
    await school.app.delivery.deliver_all()
    told_to = {message.chat.id for message in school.seen[before:]}
    assert told_to == {"u-chen"}  # the answer is on the page, the notice in the reporter's chat

    no_reason = await zhao.posts("/pages/do", {**decision(page, "reject #2"), "more": "  "})
    assert audited(served, "#2")[-1][0] == "video"
    assert "理由" in no_reason.text
    await zhao.posts("/pages/do", {**decision(no_reason, "reject #2"), "more": "画面太暗"})
    assert audited(served, "#2")[-1] == ("reject", "赵倩")
    assert "画面太暗" in (await school.says("u-chen", "为什么 #2"))[-1]

    batch = page.form("通过选中的").fields
    asked = await zhao.posts("/pages/do", {**batch, "says": "approve", "more": "#3 #4"})
    assert audited(served, "#3")[-1][0] == "video"
    done = await zhao.presses(asked, "确认 2 条")
    assert "没有等您审的" in done.text
    assert [audited(served, f"#{number}")[-1][0] for number in (3, 4)] == ["approve"] * 2


async def test_a_card_has_the_link_the_pictures_and_what_it_is_like(served: Served) -> None:
    school = served.school
    await school.says("u-chen", WORKS.format("食堂的一天", "a1"))
    await school.says("u-chen", WORKS.format("食堂的一天2", "a2"), file=sent())
    await school.says("u-min", WORKS.format("食堂的一天", "b1"))
    zhao = await served.enters("u-zhao")
    page = await zhao.opens("/review")
    assert "与 #1 标题相近（信工，同日）： 《食堂的一天》" in page.text
    assert "与 #1 标题相同（信工，同日）： 《食堂的一天》" in page.text
    assert "v.douyin.com （新窗口打开） /a2" in page.text
    [source] = re.findall(r'<img src="(/pages/pictures/\d+)"', page.body)
    looked = await zhao.opens(source)
    assert (looked.status, looked.headers["Cache-Control"]) == (200, "no-store")
    assert audited(served, "#2")[-1] == ("look", "赵倩")


async def test_two_reviewers_on_one_thing_decide_it_once(served: Served) -> None:
    await served.school.says("u-chen", WORKS.format("机房的一天", "a1"))
    zhao, qian = await served.enters("u-zhao"), await served.enters("u-qian")
    pages = await asyncio.gather(zhao.opens("/review"), qian.opens("/review"))
    told = await asyncio.gather(
        zhao.posts("/pages/do", decision(pages[0], "approve #1")),
        qian.posts("/pages/do", {**decision(pages[1], "reject #1"), "more": "太短"}),
    )
    assert len([one for one in audited(served, "#1") if one[0] in ("approve", "reject")]) == 1
    assert sum("没有重复处理" in page.text for page in told) == 1


async def test_a_second_person_confirms_on_the_page(served: Served) -> None:
    school = served.school
    await school.says("u-chen", "交接", at="04-03 10:00")
    await school.says("u-zhao", "通过 #1 3月30日 18:00 有截图为证")
    qian, chen = await served.enters("u-qian"), await served.enters("u-chen")
    page = await qian.opens("/review")
    assert "等您作为第二人确认" in page.text
    assert (await chen.opens("/review")).status == 403
    done = await qian.presses(page, "确认")
    assert "等您作为第二人确认" not in done.text
    assert school.points("信息工程系", "dy_handover") == "3"


async def test_the_desk_shows_one_whole_number_at_a_time_and_each_showing_is_noted(
    served: Served,
) -> None:
    school = served.school
    for phone in ("13800010001", "13900020002"):
        await school.says("u-liu", f"报线索 张某 {phone} 初三")
    sun = await served.enters("u-sun")
    listed = await sun.opens("/leads")
    assert NUMBERS.findall(listed.body) == []
    assert "138****0001" in listed.text
    card = await sun.opens("/leads?unit=&lead=1")
    assert {*NUMBERS.findall(card.body)} == {"13800010001"}
    assert audited(served, "#1")[-1] == ("reveal", "孙丽")
    assert [one for one, _ in audited(served, "#2")] == ["lead"]

    tried = await sun.presses(card, "打不通，下一条")
    assert {*NUMBERS.findall(tried.body)} == {"13900020002"}
    assert audited(served, "#2")[-1] == ("reveal", "孙丽")
    certified = await sun.presses(tried, "认定")
    assert audited(served, "#2")[-1] == ("approve", "孙丽")
    assert NUMBERS.findall(certified.body) == []
    assert "待认定 1 条" in certified.text

    for account, status in (("u-chen", 403), ("u-zhao", 403), ("u-wu", 200)):
        other = await served.enters(account)
        assert (await other.opens("/leads?lead=1")).status == status
    assert NUMBERS.findall((await other.opens("/leads?lead=1")).body) == []


async def test_a_table_goes_out_and_comes_back_filled_in(served: Served) -> None:
    school = served.school
    for phone in ("13800010001", "13900020002"):
        await school.says("u-liu", f"报线索 张某 {phone} 初三")
    sun = await served.enters("u-sun")
    page = await sun.opens("/leads")
    for _ in range(2):  # the page stays as it was, its button too
        sent = await sun.presses(page, "下载表格")
        assert (sent.status, sent.headers["Cache-Control"]) == (200, "no-store")
        assert sent.headers["Content-Disposition"] == (
            "attachment; filename*=UTF-8''%E5%BE%85%E8%AE%A4%E5%AE%9A_0403.xlsx"
        )
    assert [one for one, _ in audited(served, "#2")] == ["lead", "reveal", "reveal"]
    with school.app.db.reading() as tx:
        assert tx.run(JOBS) == []  # nothing of it goes to the chat
    book = openpyxl.load_workbook(io.BytesIO(sent.data))
    assert [cell.value for cell in book.active["C"][2:]] == ["13800010001", "13900020002"]
    for row, said in ((3, "认定"), (4, "无效 空号")):
        book.active.cell(row, book.active.max_column, said)
    filled = io.BytesIO()
    book.save(filled)
    shown = await sun.uploads(decision(page, "deskfile"), "待认定.xlsx", filled.getvalue())
    await sun.presses(shown, "确认 2 条")
    assert [audited(served, f"#{number}")[-1][0] for number in (1, 2)] == ["approve", "reject"]


async def test_a_file_is_only_for_whom_the_chat_would_send_it(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    await served.school.says("u-liu", "报线索 张某 13800010001 初三")
    chen, sun = await served.enters("u-chen"), await served.enters("u-sun")
    fields = (await chen.opens("/")).form("退出").fields
    told = await chen.posts("/pages/files", {**fields, "says": "desktable"})
    assert "Content-Disposition" not in told.headers
    assert "招办" in told.text
    assert [one for one, _ in audited(served, "#1")] == ["lead"]
    page = await sun.opens("/leads")
    form = page.form("下载表格")
    foreign = await sun.posts(form.action, form.fields, Sec_Fetch_Site="cross-site")
    assert foreign.status == 403
    assert (await sun.posts(form.action, {**form.fields, "says": "queue"})).status == 200
    monkeypatch.setattr(papers, "LONGEST", 0.0)
    late = await sun.presses(page, "下载表格")
    assert (late.status, "发到聊天" in late.text) == (503, True)


async def test_a_table_goes_to_the_chat_and_comes_back_on_the_page(served: Served) -> None:
    school = served.school
    for phone in ("13800010001", "13900020002"):
        await school.says("u-liu", f"报线索 张某 {phone} 初三")
    sun = await served.enters("u-sun")
    page = await sun.opens("/leads")
    ordered = await sun.presses(page, "发到聊天")
    assert "2 条" in ordered.text
    assert [audited(served, f"#{number}")[-1][0] for number in (1, 2)] == ["reveal"] * 2
    with school.app.db.reading() as tx:
        [job] = tx.run(JOBS)
    assert (job.kind, job.account) == ("desktable", "u-sun")  # its file goes to the chat
    fields = decision(page, "deskfile")
    back = "编号,结果,原因\n1,认定,\n2,无效,空号\n".encode()
    shown = await sun.uploads(fields, "结果.csv", back)
    done = await sun.presses(shown, "确认 2 条")
    assert "待认定 0 条" in done.text
    assert [audited(served, f"#{number}")[-1][0] for number in (1, 2)] == ["approve", "reject"]
    huge = await sun.uploads(decision(done, "deskfile"), "大.csv", b"1" * (5 * 1024 * 1024 + 9))
    assert (huge.status, "5 MB" in huge.text) == (413, True)
