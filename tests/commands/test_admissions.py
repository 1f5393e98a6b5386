"""招办 at its desk: 待认定, the cards, the table that goes out and comes back (C11, C28)."""

import io
from typing import Any

import openpyxl
import pytest

from commands.admissions import table
from commands.chat.messages import File
from db import audit
from tests.worlds.school import GROUP, School


async def reports(school: School, total: int, account: str = "u-ma", first: int = 0) -> None:
    """Leads whose numbers do not follow on each other."""
    for n in range(first, first + total):
        await school.says(account, f"报线索 学{n} 138{n * 7919 + 10_000_000:08d}")


def sheet_of(school: School, account: str = "u-sun") -> Any:
    """The newest file that somebody was sent, opened."""
    [file] = [m.files[0] for m in school.shown(account) if m.files and m.author is None][-1:]
    return file, openpyxl.load_workbook(io.BytesIO(file.data)).active


def filled(school: School, *results: str, account: str = "u-sun") -> File:
    """The newest table with these results, one a row."""
    file, sheet = sheet_of(school, account)
    for place, said in enumerate(results, start=3):
        sheet.cell(place, len(table.COLUMNS)).value = said
    packed = io.BytesIO()
    sheet.parent.save(packed)
    return File(name=file.name, data=packed.getvalue())


def looked(school: School, subject: str) -> int:
    with school.app.db.reading() as tx:
        return sum(row.action == "reveal" for row in audit.about(tx, subject))


async def test_the_desk_says_how_many_wait_and_since_when(school: School) -> None:
    await school.says("u-liu", "报线索 张某 13800010001 初三")
    await reports(school, 2)
    [answer] = await school.says("u-sun", "待认定", at="04-01 08:40")
    assert answer == "待认定 3 条，最早已等 14 天（#1 3月18日）。"
    assert school.buttons("u-sun") == ["逐条认定", "下载表格", "只看艺术", "勾选几条"]
    assert await school.presses("u-sun", "只看艺术") == [
        "艺术待认定 2 条，最早已等 14 天（#2 3月18日）。"
    ]


async def test_only_the_desk_may_look(school: School) -> None:
    [answer] = await school.says("u-chen", "待认定")
    assert answer == "待认定 由考核组、招办来做，没有处理。要看自己能做什么，请发：帮助"


async def test_the_desks_own_leads_appear_only_to_the_assessors(school: School) -> None:
    await school.says("u-zhou", "报线索 张某 13800010001")
    await reports(school, 1)
    assert (await school.says("u-sun", "待认定"))[0].startswith("待认定 1 条，最早已等 0 天（#2 ")
    assert (await school.says("u-wu", "待认定"))[0].startswith("待认定 1 条，最早已等 0 天（#1 ")


async def test_each_card_shows_the_number_once_and_says_so_in_the_audit(school: School) -> None:
    await school.says("u-liu", "报线索 张某 13800010001 初三 护理 中职")
    await reports(school, 1)
    await school.says("u-sun", "待认定")
    [card] = await school.presses("u-sun", "逐条认定")
    assert card == "#1 张某 13800010001 初三 · 健康 · 中职\n报送：健康 刘桂芳 今天 09:00"
    assert school.buttons("u-sun") == ["认定", "无效", "打不通", "跳过"]
    assert (looked(school, "#1"), looked(school, "#2")) == (1, 0)
    await school.presses("u-sun", "认定")
    assert school.last("u-sun").startswith("#1 已认定（可撤）。\n#2 学0 13810000000")
    assert (looked(school, "#1"), looked(school, "#2")) == (1, 1)


async def test_who_does_not_answer_keeps_waiting_and_is_marked(school: School) -> None:
    await reports(school, 1)
    await school.says("u-sun", "待认定")
    await school.presses("u-sun", "逐条认定")
    await school.presses("u-sun", "打不通")
    assert school.last("u-sun") == "#1 打不通，已记一次，留着。\n到最后一条了，还留着 1 条。"
    await school.says("u-sun", "待认定")
    await school.presses("u-sun", "逐条认定")
    assert school.last("u-sun").endswith("已打不通 1 次")


async def test_an_invalid_lead_asks_for_the_reason_and_goes_on(school: School) -> None:
    await reports(school, 2)
    await school.says("u-sun", "待认定")
    await school.presses("u-sun", "逐条认定")
    await school.presses("u-sun", "无效")
    [following] = await school.says("u-sun", "空号")
    assert following.startswith("#1 已判无效（可撤）。\n#2 学1 ")


async def test_suspects_are_rung_up_last(school: School) -> None:
    lines = "\n".join(f"报线索 甲{n} 1390000000{n}" for n in range(1, 6))
    await school.says("u-ma", lines)
    await school.says("u-liu", "报线索 张某 13800010001")
    [answer] = await school.says("u-sun", "待认定")
    assert answer.endswith("疑似 5 条（连号或一天报得多）已排到最后，请先打电话。")
    await school.presses("u-sun", "逐条认定")
    assert school.last("u-sun").startswith("#6 张某")
    await school.presses("u-sun", "跳过")
    assert school.last("u-sun").startswith("#1 甲1")
    assert school.last("u-sun").endswith("疑似，请先打电话")


# --- the table ----------------------------------------------------------------------------


async def test_the_table_holds_the_full_numbers_and_every_showing_is_audited(
    school: School,
) -> None:
    await reports(school, 3)
    await school.says("u-sun", "待认定", at="04-08 08:40")
    *_, answer = await school.presses("u-sun", "下载表格")
    assert answer == (
        "已生成 待认定_0408.xlsx（3 条，含电话，24 小时后失效）。填“结果”列再传给我。\n"
        "请勿转发到群。下载已记入审计。"
    )
    _, sheet = sheet_of(school)
    assert [cell.value for cell in sheet["C"][2:]] == ["13810000000", "13810007919", "13810015838"]
    assert [looked(school, f"#{n}") for n in (1, 2, 3)] == [1, 1, 1]


async def test_nothing_in_the_table_is_ever_a_formula(school: School) -> None:
    await school.says("u-ma", '报线索 +HYPERLINK("x") 13800010001')
    await school.says("u-sun", "待认定")
    await school.presses("u-sun", "下载表格")
    _, sheet = sheet_of(school)
    again = table.write("a", "", [["=1+1"]])
    [cell] = openpyxl.load_workbook(io.BytesIO(again)).active["A3:A3"][0]
    assert (cell.data_type == "f", cell.value) == (False, "=1+1")
    assert "f" not in {cell.data_type for row in sheet.iter_rows() for cell in row}
    assert sheet["B3"].value.startswith("+HYPERLINK")


async def test_the_table_comes_back_and_counts_once_confirmed(school: School) -> None:
    await reports(school, 5)
    await school.says("u-sun", "待认定")
    await school.presses("u-sun", "下载表格")
    back = filled(school, "认定", "认定", "无效 空号", "再打", "")
    [answer] = await school.says("u-sun", "", file=back)
    assert answer == (
        "读到 5 行：认定 2、无效 1、空着 1、看不懂 1（第 6 行“再打”）。\n"
        "确认后计入，空着和看不懂的留着。"
    )
    assert school.buttons("u-sun") == ["确认 3 条", "取消"]
    assert (await school.says("u-ma", "我的"))[0].startswith("线索 认定 0/10，待认定 5。")
    await school.presses("u-sun", "确认 3 条")
    assert school.last("u-sun") == ("已认定 2、无效 1，剩 2 条。报送人会各收到一条合并通知。")
    assert (await school.says("u-ma", "我的"))[0].startswith("线索 认定 2/10，待认定 2。")


async def test_the_word_with_the_file_is_as_good_as_the_file_alone(school: School) -> None:
    await reports(school, 1)
    await school.says("u-sun", "待认定")
    await school.presses("u-sun", "下载表格")
    [answer] = await school.says("u-sun", "待认定", file=filled(school, "认定"))
    assert answer.startswith("读到 1 行：认定 1、无效 0、空着 0。")


async def test_a_table_of_ones_own_making_needs_only_two_columns(school: School) -> None:
    await reports(school, 2)
    data = "结果,编号\n认定,#1\n无效（空号）,2\n".encode()
    [answer] = await school.says("u-sun", "", file=File(name="我的.csv", data=data))
    assert answer.startswith("读到 2 行：认定 1、无效 1、空着 0。")


async def test_what_is_not_the_desks_to_decide_is_refused_by_its_line(school: School) -> None:
    await school.says("u-zhou", "报线索 张某 13800010001")
    await reports(school, 1)
    data = "编号,结果\n1,认定\n2,认定\n2,无效\n77,认定\n".encode()
    [answer] = await school.says("u-sun", "", file=File(name="a.csv", data=data))
    first, _, refused = answer.split("\n")
    assert first == "读到 4 行：认定 1、无效 0、空着 0、不能处理 3。"
    assert refused.startswith(
        "第 2 行：#1 是您本部门的，须由别的人（考核组）处理；第 4 行：#2 前面"
    )


async def test_an_old_table_is_refused_with_the_way(school: School) -> None:
    await reports(school, 1)
    await school.says("u-sun", "待认定", at="04-08 08:40")
    await school.presses("u-sun", "下载表格")
    back = filled(school, "认定")
    [answer] = await school.says("u-sun", "", file=back, at="04-09 08:41")
    assert answer == "这份表已过 24 小时，没有处理。请发“待认定”重新下载，把结果抄过去再传。"


async def test_a_file_without_the_columns_is_refused(school: School) -> None:
    file = File(name="a.csv", data="姓名,电话\n张,1\n".encode())
    [answer] = await school.says("u-sun", "", file=file)
    assert answer == "这份表里没有“编号”和“结果”两列，没有处理。要核实表请发：待认定"


async def test_the_table_sent_to_a_group_is_taken_away(school: School) -> None:
    await reports(school, 1)
    await school.says("u-sun", "待认定")
    await school.presses("u-sun", "下载表格")
    await school.says("u-sun", "", file=filled(school, "认定"), group=GROUP)
    assert [m.files for m in school.shown("", GROUP)] == [()]


async def test_what_was_confirmed_can_be_taken_back_whole(school: School) -> None:
    await reports(school, 2)
    data = "编号,结果\n1,认定\n2,无效\n".encode()
    await school.says("u-sun", "", file=File(name="a.csv", data=data))
    await school.presses("u-sun", "确认 2 条")
    await school.presses("u-sun", "撤回这批")
    await school.at("03-18 12:00")
    assert not any(m.text.startswith("您的线索") for m in school.shown("u-ma"))
    assert (await school.says("u-ma", "我的"))[0].startswith("线索 认定 0/10，待认定 2。")


# --- what reporters hear ------------------------------------------------------------------


async def test_a_reporter_hears_once_of_all_that_was_decided(school: School) -> None:
    await school.says("u-liu", "报线索 张某 13800010001 初三")
    await school.says("u-liu", "报线索 李某 13800010002 初三")
    await school.says("u-liu", "报线索 王某 13800010007 初三")
    await school.says("u-sun", "认定 #1", at="03-20 10:00")
    await school.says("u-sun", "无效 #3 空号", at="03-20 10:05")
    await school.at("03-20 10:14")
    assert not any(m.text.startswith("您的线索") for m in school.shown("u-liu"))
    await school.at("03-20 10:16")
    assert school.last("u-liu") == (
        "您的线索：认定 1 条（#1），无效 1 条（#3 空号），现在 1/10；#2 还在核实。谢谢您！"
    )


async def test_what_is_decided_later_that_day_is_told_the_next_morning(school: School) -> None:
    await reports(school, 3)
    await school.says("u-sun", "认定 #1", at="03-20 10:00")
    await school.says("u-sun", "认定 #2", at="03-20 11:00")
    await school.says("u-sun", "认定 #3", at="03-20 15:00")
    await school.at("03-20 23:00")
    assert school.last("u-ma").startswith("您的线索：认定 1 条（#1），现在 1/10；")
    await school.at("03-21 08:01")
    assert school.last("u-ma") == "您的线索：认定 2 条（#2、#3），现在 3/10。谢谢您！"


@pytest.mark.parametrize("said", ["认定", "已认定 ", "认 定"])
def test_a_result_is_read_as_people_write_it(said: str) -> None:
    data = f"编号,结果\n＃９,{said}\n".encode()
    [line] = table.read("a.csv", data).lines
    assert (line.number, line.accepted, line.line) == (9, True, 2)


async def test_a_decision_taken_back_by_its_button_is_never_told(school: School) -> None:
    await reports(school, 1)
    await school.says("u-sun", "认定 #1")
    await school.presses("u-sun", "撤回")
    await school.at("03-18 12:00")
    assert not any("线索已认定" in m.text or "您的线索" in m.text for m in school.shown("u-ma"))
