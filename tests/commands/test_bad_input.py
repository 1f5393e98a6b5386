"""What goes wrong gets one clear sentence with the next step, and nothing is stored by halves."""

import pytest
from sqlalchemy import func, select

from commands.chat.messages import File
from db.schema import facts, people, postings
from tests.worlds.school import GROUP, School

COUNT = {
    table: select(func.count().label("rows")).select_from(table) for table in (facts, postings)
}
EMPLOYED = select(func.count().label("rows")).select_from(people)


def stored(school: School) -> list[int]:
    with school.app.db.reading() as tx:
        return [int(tx.run(statement)[0].rows) for statement in COUNT.values()]


@pytest.mark.parametrize(
    ("account", "line", "answer"),
    [
        ("u-nobody", "得分", "老师好。先认一下您：请发“绑定 工号”，如 绑定 T2031。"),
        ("u-liu", "报线索 张某 12345678901", "电话开头不对，没有处理"),
        ("u-liu", "报线索 张某 1380001000", "电话是 10 位，没有处理"),
        ("u-liu", "报线索 张某 138000", "电话没看懂（138000），没有登记"),
        ("u-liu", "得分 机电 截至 2月30日", "日期没看懂"),
        ("u-liu", "得分 机电 截至 12月30日", "时间还没到，查不了。"),
        ("u-liu", "报新闻 标题 " + "长" * 5000, "这条太长，没有读"),
        ("u-liu", "交接 已授权", "交接 由宣传员、部门负责人来做，没有处理。"),
        ("u-liu", "得分 信工教研室", "部门“信工教研室”不认识"),
        ("u-ma", "通过 #1", "没有 #1 这一条，没有处理。"),
        ("u-chen", "推荐 李强", "李强 是 机电 的，没有登记"),
        ("u-chen", "推荐 无此人", "花名册里没有“无此人”"),
        ("u-he", "名册", "没有看到文件。"),
        ("u-he", "关联", "关联要在群里说"),
        ("u-liu", "今天天气不错", "这句我听不懂，没有记任何东西。"),
        ("u-liu", "/scroe", "您是想做这个吗？没有记任何东西。"),
    ],
)
async def test_it_is_answered_in_one_sentence(
    school: School, account: str, line: str, answer: str
) -> None:
    before = stored(school)
    [said] = await school.says(account, line)
    assert said.startswith(answer)
    assert stored(school) == before


async def test_control_and_direction_marks_are_taken_out(school: School) -> None:
    [said] = await school.says("u-liu", "报线索 张\u202e某\u200b 13800010007\x00 初三\x07")
    assert said.startswith("已收 #1 张某（138****0007） 初三")


async def test_a_stranger_in_the_group_is_told_how_to_bind_once_a_day(school: School) -> None:
    assert await school.says("u-nobody", "得分", group=GROUP) == []
    [first] = await school.says("u-nobody", "@宣传助手 得分", group=GROUP)
    assert first.startswith("老师好。先认一下您：请私聊我发")
    assert await school.says("u-nobody", "@宣传助手 得分", group=GROUP) == []


async def test_an_unlinked_group_hears_who_can_link_it_once_a_day(school: School) -> None:
    assert await school.says("u-liu", "得分", group="elsewhere") == []
    [hint] = await school.says("u-liu", "@宣传助手 得分", group="elsewhere")
    assert hint == "本群还没有关联，我先不说话。请管理员（何平）在群里发：@宣传助手 关联"
    assert await school.says("u-liu", "@宣传助手 得分", group="elsewhere") == []
    await school.says("u-he", "@宣传助手 关联", group="elsewhere")
    [score] = await school.says("u-liu", "得分", group="elsewhere")
    assert score.startswith("系部：")


async def test_a_new_word_ends_a_dialogue(school: School) -> None:
    await school.says("u-liu", "报线索")
    [asked] = await school.says("u-liu", "报新闻 没有链接的标题")
    assert asked.startswith("请发标题和链接")
    assert await school.says("u-liu", "取消") == ["好的，没有改动。"]
    assert stored(school) == [0, 0]


async def test_a_dialogue_takes_the_missing_part_and_forgets_after_ten_minutes(
    school: School,
) -> None:
    await school.says("u-liu", "报线索")
    [taken] = await school.says("u-liu", "张某 13800010009")
    assert taken.startswith("已收 #1 张某")
    await school.says("u-liu", "报线索")
    [late] = await school.says("u-liu", "李某 13800010008", at="03-18 09:11")
    assert late == "这里面有电话，还没有登记。要作为线索报吗？\n李某 138****0008"


@pytest.mark.parametrize(
    ("name", "data", "answer"),
    [
        ("花名册.xls", b"\xd0\xcf\x11\xe0", "这是旧式 .xls"),
        ("花名册.xlsx", b"PK\x03\x04 no table", "这份表格打不开"),
        (
            "花名册.csv",
            "工号,姓名,部门\nT1,张三,信工教研室\nT1,李四,机电工程系\n".encode("gb18030"),
            "试读：2 人、0 个部门。新增 0，看不懂 2 行，没有导入。",
        ),
    ],
)
async def test_a_roster_that_cannot_be_read_imports_nobody(
    school: School, name: str, data: bytes, answer: str
) -> None:
    with school.app.db.reading() as tx:
        before = tx.run(EMPLOYED)[0].rows
    [said] = await school.says("u-he", "名册", file=File(name=name, data=data))
    assert said.startswith(answer)
    assert school.buttons("u-he") == []
    with school.app.db.reading() as tx:
        assert tx.run(EMPLOYED)[0].rows == before


async def test_a_roster_is_imported_once_it_is_confirmed(school: School) -> None:
    data = "工号,姓名,部门,角色,账号\nT9009,何平,后勤保障部,管理员,u-he\nT1,张三,机电,,u-new\n"
    [shown] = await school.says("u-he", "名册", file=File(name="a.csv", data=data.encode()))
    assert shown.startswith("试读：2 人，新增 1，改 0，离 25，错 0。")
    assert await school.says("u-new", "我的") != []
    assert school.last("u-new").startswith("老师好。先认一下您")
    await school.presses("u-he", "导入")
    [mine] = await school.says("u-new", "我的")
    assert mine.startswith("线索 认定 0/10")
