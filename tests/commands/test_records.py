"""台账: what was reported before the school began is shown, booked by two assessors, and taken back
as one."""

import io
from datetime import datetime
from typing import Any

import pytest
from openpyxl import Workbook

from bot.adapters.local import Message
from commands.chat.messages import File
from commands.records import booking
from db import audit, ledger, records
from db.engine.database import Database
from scoring.facts import State
from tests.worlds.school import School, close_school, open_school
from tests.worlds.transcripts import number_in

ASKER, SECOND = "u-wu", "u-zheng"
HEAD = ("类别", "部门", "人员", "时间", "标题", "链接", "结果", "说明")
ROWS = (
    ("新闻", "机电", "周敏", "4月2日", "技能节", "https://a.cn/n1", "通过", ""),
    ("新闻", "信工", "", "2024-04-03 10:00", "开放日", "https://a.cn/n2", "", ""),
    ("视频", "信息工程系", "陈晓", "4月3日", "机房的一天", "https://v.douyin.com/a1", "通过", ""),
    ("视频", "信工", "T3012", "4月4日", "无关的", "视频号", "偏题", ""),
    ("交接", "机电", "", "3月28日 16:00", "", "", "核实", "登记第 3 行"),
    ("PPT", "信工", "陈晓", "4月4日", "网络专业", "", "通过", ""),
    ("推荐", "机电", "王建国", "4月1日", "李强", "", "认可", ""),
    ("发布成绩", "机电", "", "4月5日", "等级成绩", "https://a.cn/r1", "通过", ""),
    ("成绩发布", "信工", "", "4月5日", "等级成绩", "https://a.cn/r2", "退回", "不是成绩"),
    ("线索", "", "刘桂芳", "4月6日", "张某 138-0001-0001 初三 护理 中职", "", "认定", ""),
    ("线索", "健康", "刘桂芳", "4月6日", "李某 13800010002 初三", "", "", ""),
)


def csv(*rows: tuple[str, ...], head: tuple[str, ...] = HEAD, coding: str = "utf-8-sig") -> File:
    text = "\n".join(",".join(f'"{cell}"' for cell in row) for row in (head, *rows))
    return File(name="台账.csv", data=text.encode(coding))


def xlsx(*rows: list[Any]) -> File:
    book = Workbook()
    sheet = book.active
    for row in (("2024 年台账",), HEAD, *rows, ("合计", len(rows))):
        sheet.append(row)
    packed = io.BytesIO()
    book.save(packed)
    return File(name="台账.xlsx", data=packed.getvalue())


async def _worked(school: School) -> None:
    await school.app.jobs.run_due()
    await school.app.delivery.deliver_all()


async def hands_in(school: School, file: File, who: str = ASKER) -> str:
    await school.says(who, "台账", file=file)
    await _worked(school)
    return school.last(who)


async def confirms(school: School, label: str = "确认补录") -> str:
    await school.presses(SECOND, label)
    await _worked(school)
    return school.last(SECOND)


def entries(school: School, batch: int = 1) -> list[ledger.Entry]:
    with school.app.db.reading() as tx:
        found = [ledger.entry(tx, number) for number in records.facts(tx, batch)]
    return [one for one in found if one is not None]


def states(school: School, batch: int = 1) -> list[State]:
    with school.app.db.reading() as tx:
        return [ledger.stands(tx, number).state for number in records.facts(tx, batch)]


async def test_a_table_is_shown_booked_by_two_and_taken_back_as_one(school: School) -> None:
    await school.at("04-08 09:00")
    before = school.score()
    told = await hands_in(school, csv(*ROWS))
    for part in (
        "试读：11 行，可补录 11 条，已有 0 条不再记。",
        "新闻 2、视频 2、成绩发布 2、线索 2、交接 1、PPT 1、推荐 1",
        "按部门：信工 5、机电 4、健康 2",
        "其中 2 条没有结果，补录后待审。",
        "机电工程系　5/39 → 14/39",
        "信息工程系　5/39 → 12/39",
        "须另一位考核组成员确认，已请 郑涛。",
    ):
        assert part in told, (part, told)
    assert "健康管理系　" not in told
    assert school.score() == before
    assert school.last(SECOND).startswith("吴敏 请您确认补录这份台账。\n试读：11 行")
    assert school.buttons(SECOND) == ["确认补录", "取消"]
    told = await confirms(school)
    assert told == "已补录 11 条（台账 1），0 条已有或重复，没有再记。"
    assert school.last(ASKER) == told
    assert (school.points("机电工程系"), school.points("信息工程系")) == ("14", "12")
    assert states(school).count(State.WAITING) == 2
    handover, lead = entries(school)[4], entries(school)[9]
    assert handover.fact.happened_at < handover.fact.recorded_at
    assert (lead.fact.unit, lead.title, dict(lead.fact.details)["level"]) == ("health", "", "初三")
    with school.app.db.reading() as tx:
        reason = ledger.stands(tx, handover.number).decision
        assert reason is not None
        assert reason.reason == "补录（台账 1）登记第 3 行"
        assert [row.action for row in audit.about(tx, "records 1")] == ["records", "second"]
        assert "records" in [row.action for row in audit.about(tx, f"#{lead.number}")]
    again = await hands_in(school, csv(*ROWS))
    assert "试读：11 行，可补录 0 条，已有 11 条不再记。" in again
    assert f"第 2 行已有（#{entries(school)[0].number}），不再记" in again
    assert school.buttons(ASKER) == []
    await school.says(ASKER, "台账 撤回 #1")
    assert "将撤回台账 1 的 11 条" in school.last(ASKER)
    assert await confirms(school, "确认撤回") == "已撤回台账 1，11 条不再算。"
    after = school.score()
    assert [card["points"] for card in after["units"]] == [c["points"] for c in before["units"]]
    assert set(states(school)) == {State.WITHDRAWN}
    assert "已经撤回了" in (await school.says(ASKER, "台账 撤回 1"))[-1]
    assert "可补录 11 条" in await hands_in(school, csv(*ROWS))


BAD = (
    (("新文", "机电", "", "4月2日", "甲", "https://a.cn/1", "", ""), "类别“新文”不认识"),
    (("", "机电", "", "4月2日", "甲", "https://a.cn/1", "", ""), "类别为空"),
    (
        ("新闻", "信工教研室", "", "4月2日", "甲", "https://a.cn/1", "", ""),
        "部门“信工教研室”不认识",
    ),
    (("新闻", "", "", "4月2日", "甲", "https://a.cn/1", "", ""), "部门和人员都空着"),
    (("新闻", "机电", "某人", "4月2日", "甲", "https://a.cn/1", "", ""), "人员“某人”不在名册里"),
    (("新闻", "机电", "", "昨儿", "甲", "https://a.cn/1", "", ""), "时间“昨儿”看不懂"),
    (("新闻", "机电", "", "", "甲", "https://a.cn/1", "", ""), "时间为空"),
    (("新闻", "机电", "", "4月9日", "甲", "https://a.cn/1", "", ""), "时间“4月9日”还没到"),
    (("新闻", "机电", "", "2023-12-31", "甲", "https://a.cn/1", "", ""), "不在 2024 年"),
    (("新闻", "机电", "", "4月2日", "", "https://a.cn/1", "", ""), "标题为空"),
    (("新闻", "机电", "", "4月2日", "甲", "", "", ""), "新闻要有链接"),
    (("新闻", "机电", "", "4月2日", "甲", "https://a.cn/1", "再说", ""), "结果“再说”看不懂"),
    (("新闻", "机电", "", "4月2日", "甲", "https://a.cn/1", "偏题", ""), "只有视频能判偏题"),
    (("交接", "健康", "", "4月2日", "", "", "", ""), None),
    (("交接", "后勤", "何平", "4月2日", "", "", "", ""), "没有“交接”这一项"),
    (("新闻", "后勤", "", "4月2日", "甲", "https://a.cn/1", "", ""), "后勤没有宣传员和负责人"),
    (("推荐", "机电", "", "4月2日", "陈晓", "", "", ""), "教师“陈晓”不在"),
    (("推荐", "机电", "", "4月2日", "没这人", "", "", ""), "教师“没这人”不在"),
    (("直播", "机电", "", "4月2日", "开放日", "", "", ""), "直播要写时长"),
    (("直播", "机电", "", "4月2日", "开放日 130分钟", "", "退回", ""), "直播不用审"),
    (("专业介绍", "机电", "", "4月2日", "数控", "https://a.cn/2", "", ""), "是 PPT 还是视频"),
    (("线索", "机电", "", "4月2日", "张某 13800010003", "", "", ""), "线索要写是谁报的"),
    (("线索", "", "周敏", "4月2日", "张某 13800010003123", "", "", ""), "14 位"),
    (("线索", "", "周敏", "4月2日", "张某 13800010077", "", "", ""), "这个号码不接收联系"),
    (("新闻", "机电", "", "4月2日", "#REF!", "https://a.cn/1", "", ""), "标题是“#REF!”"),
    (("新闻", "机电", "", "4月2日", "=A1", "https://a.cn/1", "", ""), "标题是公式"),
    (("培训", "机电", "", "4月2日", "甲", "", "", ""), "培训、任务请用"),
)


async def test_every_bad_line_is_named_and_nothing_is_booked(school: School) -> None:
    await school.at("04-07 10:00")
    await school.says("u-liu", "报线索 赵小某 13800010077 初三")
    number = number_in(school.last("u-liu"))
    await school.says("u-liu", "抹除 13800010077 拒联")
    await school.presses("u-sun", f"确认抹除 #{number}")
    await school.at("04-08 09:00")
    told = await hands_in(school, csv(*(row for row, _ in BAD), ROWS[0]))
    bad = [reason for _, reason in BAD if reason]
    assert told.startswith(f"试读：{len(BAD) + 1} 行，{len(bad)} 行看不懂，一行都没有记：")
    assert told.count("\n") == 11
    assert school.buttons(ASKER) == []
    [file] = next(m for m in reversed(school.seen) if m.files).files
    listed = file.data.decode("utf-8-sig").splitlines()
    for line, (_, reason) in enumerate(BAD, start=2):
        said = "\n".join(one for one in listed if one.startswith(f'"{line}",'))
        assert (reason in said) if reason else not said, (line, reason, said)
    assert "13800010077" not in "\n".join(listed)
    with school.app.db.reading() as tx:
        assert records.latest(tx, 9) == []


async def test_files_that_are_no_such_table_are_told_in_one_sentence(school: School) -> None:
    for file, said in (
        (File(name="a.xls", data=b"\xd0\xcf\x11\xe0" + bytes(100)), "另存为 .xlsx"),
        (File(name="a.csv", data=b""), "文件是空的"),
        (File(name="a.csv", data="工号,姓名\nT1,甲".encode()), "没有找到表头"),
        (csv(head=("类别", "部门", "标题")), "缺“时间”一列"),
        (csv(), "表头下面没有内容"),
        (csv(*(ROWS[0] for _ in range(5_001))), "超过 5000 行"),
    ):
        told = (await school.says(ASKER, "台账", file=file))[-1]
        assert said in told
    assert "考核组" in (await school.says("u-chen", "台账", file=csv(*ROWS)))[-1]
    heard = await school.says(ASKER, "台账", group="staff", file=csv(*ROWS))
    assert not any("13800010002" in text for text in heard)


async def test_a_workbook_and_a_table_of_wps_say_the_same(school: School) -> None:
    await school.at("04-08 09:00")
    rows: list[list[Any]] = [[*row] for row in ROWS]
    rows[0][3] = datetime.fromisoformat("2024-04-02")
    rows[1][3] = datetime.fromisoformat("2024-04-03T10:00")
    for file in (xlsx(*rows), csv(*ROWS, coding="gb18030")):
        assert "试读：11 行，可补录 11 条" in await hands_in(school, file)
    await confirms(school)
    assert school.points("机电工程系") == "14"


async def test_what_stands_or_is_said_twice_is_named_and_left_out(school: School) -> None:
    await school.at("04-08 09:00")
    await school.says("u-min", "报新闻 技能节 https://a.cn/n1?from=timeline")
    await school.says("u-chen", "报视频 无关的 视频号", at="04-08 09:10")
    await school.says("u-liu", "报线索 张某 13800010001 初三")
    rows: list[tuple[str, ...]] = list(ROWS)
    rows[3] = (*ROWS[3][:3], "4月8日 09:00", *ROWS[3][4:])
    told = await hands_in(school, csv(*rows, ROWS[7], ROWS[10]))
    assert "试读：13 行，可补录 8 条，已有 5 条不再记。" in told
    for said in ("第 2 行已有（#1）", "第 5 行已有（#2）", "第 11 行已有（#3）"):
        assert said in told
    assert "第 13 行与第 9 行相同" in told
    assert "第 14 行与第 12 行相同" in told
    await school.says("u-min", "发布成绩 等级成绩 https://a.cn/r1")
    assert await confirms(school) == "已补录 7 条（台账 1），6 条已有或重复，没有再记。"


async def test_nobody_decides_on_his_own_unit_through_a_table(school: School) -> None:
    await school.at("04-08 09:00")
    own = (
        ("新闻", "学校办公室", "吴敏", "4月2日", "办公室", "https://a.cn/o1", "通过", ""),
        ("新闻", "融媒体中心", "钱峰", "4月2日", "中心", "https://a.cn/o2", "通过", ""),
    )
    await hands_in(school, csv(*own))
    await confirms(school)
    with school.app.db.reading() as tx:
        for entry in entries(school):
            decision = ledger.stands(tx, entry.number).decision
            assert decision is not None
            people = school.app.db.peek("world", school.app.gateway.inside.load).people
            assert people.by_id[decision.person].unit != entry.fact.unit


async def test_only_a_second_assessor_books_and_a_press_books_once(school: School) -> None:
    await school.at("04-08 09:00")
    await hands_in(school, csv(*ROWS))
    card: Message = school.shown(SECOND)[-1]
    yes = card.buttons[0][0]
    for who in (ASKER, "u-chen"):
        await school.platform.presses(who, school._chat(who, ""), card, yes)
        await _worked(school)
    with school.app.db.reading() as tx:
        assert records.latest(tx, 9) == []
    await confirms(school)
    await school.platform.presses(SECOND, school._chat(SECOND, ""), card, yes)
    await _worked(school)
    assert len(entries(school)) == 11
    with school.app.db.reading() as tx:
        assert len(records.latest(tx, 9)) == 1


async def test_what_changed_after_it_was_shown_is_not_booked(school: School) -> None:
    await school.at("04-08 09:00")
    await hands_in(school, csv(*ROWS))
    await school.says("u-liu", "报线索 张某 13800010001 初三")
    number = number_in(school.last("u-liu"))
    await school.says("u-liu", "抹除 13800010001 拒联")
    await school.presses("u-sun", f"确认抹除 #{number}")
    await school.presses(SECOND, "确认补录")
    await _worked(school)
    assert entries(school) == []
    assert "138" not in "\n".join(message.text for message in school.seen[-2:])


async def test_a_booking_that_was_cut_off_goes_on_where_it_was(
    school: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    await school.at("04-08 09:00")
    many = [
        ("新闻", "机电", "", "4月2日", f"第 {n} 篇", f"https://a.cn/x{n}", "通过", "")
        for n in range(3 * booking.PART)
    ]
    await hands_in(school, csv(*many))
    whole, calls = booking.book, []

    def fails_once(*said: Any, **more: Any) -> None:
        calls.append(1)
        if len(calls) == 2:
            raise RuntimeError("cut off")
        whole(*said, **more)

    monkeypatch.setattr(booking, "book", fails_once)
    await confirms(school)
    assert len(entries(school)) == len(many)
    assert len({entry.number for entry in entries(school)}) == len(many)
    assert school.last(SECOND).startswith(f"已补录 {len(many)} 条（台账 1），0 条")


async def test_alone_the_word_brings_a_template_that_can_be_read(school: School) -> None:
    await school.at("04-08 09:00")
    await school.says(ASKER, "台账")
    assert "类别、部门、人员、时间、标题、链接、结果、说明" in school.last(ASKER)
    [file] = school.seen[-1].files
    assert file.name == "台账模板.csv"
    told = await hands_in(school, file)
    assert "试读：2 行" in told
    assert "表头" not in told


async def test_it_is_the_same_on_postgresql(postgres_database: Database) -> None:
    school = await open_school(postgres_database, start="04-08 09:00")
    await hands_in(school, csv(*ROWS))
    assert await confirms(school) == "已补录 11 条（台账 1），0 条已有或重复，没有再记。"
    assert school.points("机电工程系") == "14"
    await school.says(ASKER, "台账 撤回 #1")
    assert await confirms(school, "确认撤回") == "已撤回台账 1，11 条不再算。"
    assert school.points("机电工程系") == "5"
    close_school(school)
