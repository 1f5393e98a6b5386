"""Whoever types what stands on a button gets what the button does."""

import pytest

from tests.worlds.school import GROUP, School


async def test_a_label_does_what_the_newest_card_s_button_does(school: School) -> None:
    await school.at("04-02 10:00")
    await school.says("u-liu", "报线索 周某 13800010055 初三")
    await school.says("u-liu", "报线索 吴某 13800010077 初三")
    said = {
        "u-liu": [
            ("中职", "#2 已更正为 #3 吴某（138****0077） 初三 · 中职"),
            ("改一下", "请发要改成的内容"),
            ("高三", "#3 已更正为 #4 吴某（138****0077） 高三 · 中职"),
        ],
        "u-sun": [
            ("待认定", "待认定 2 条"),
            ("下载表格", "好了，见下一条。"),
            ("{逐条认定}", "#1 周某 13800010055"),
            ("打不通。", "#1 打不通，已记一次，留着。\n#4 吴某"),
            ("跳过", "到最后一条了，还留着 2 条。"),
        ],
        "u-kong": [("得分", "健康管理系 得 5"), ("明细", "培训 5/5"), ("出图", "好了，见下一条。")],
    }
    for account, lines in said.items():
        for text, answer in lines:
            assert (await school.says(account, text))[0].startswith(answer), text


async def test_a_card_that_turned_has_the_buttons_of_now(school: School) -> None:
    await school.at("04-02 10:00")
    for name in ("ab1", "ab2"):
        await school.says("u-ma", f"报视频 标题{name} https://v.douyin.com/{name}/")
    await school.says("u-zhao", "待审")
    await school.says("u-zhao", "乱七八糟")
    assert (await school.says("u-zhao", "逐条看"))[0].startswith("#1 艺术 视频")
    await school.presses("u-zhao", "跳过")
    assert school.last("u-zhao").startswith("#2 艺术 视频")
    assert await school.says("u-zhao", "跳过") == ["后面没有等您处理的了。"]


@pytest.mark.parametrize("label", ["通过", "【通过】", "{退回}", "偏题"])
async def test_a_label_alone_decides_nothing(school: School, label: str) -> None:
    await school.says("u-ma", "报视频 甲 https://v.douyin.com/ab1/", at="04-02 10:00")
    await school.says("u-zhao", "待审")
    await school.says("u-zhao", "逐条看")
    await school.says("u-zhao", label)
    assert (await school.says("u-zhao", "待审"))[0].startswith("等您处理 1 条")


async def test_a_label_means_nothing_later_elsewhere_or_to_others(school: School) -> None:
    await school.says("u-liu", "报线索 周某 13800010055 初三", at="04-02 10:00")
    assert await school.says("u-liu", "中职", group=GROUP) == []
    assert "更正" not in (await school.says("u-chen", "中职"))[0]
    await school.at("04-02 10:11")
    assert "更正" not in (await school.says("u-liu", "中职"))[0]


async def test_agreement_is_the_button_of_the_newest_card(school: School) -> None:
    await school.at("04-02 10:00")
    for name in ("ab1", "ab2"):
        await school.says("u-ma", f"报视频 标题{name} https://v.douyin.com/{name}/")
    await school.says("u-zhao", "通过 1-2")
    assert "已通过 2 条" in (await school.says("u-zhao", "确认"))[0]
    await school.says("u-liu", "报线索 周某 13800010055 初三")
    assert "已" not in (await school.says("u-liu", "确认"))[0]


async def test_agreement_is_not_the_button_of_an_older_card(school: School) -> None:
    await school.at("04-02 10:00")
    for name in ("ab1", "ab2"):
        await school.says("u-ma", f"报视频 标题{name} https://v.douyin.com/{name}/")
    await school.says("u-zhao", "通过 1-2")
    await school.says("u-zhao", "待审")
    await school.says("u-zhao", "确认")
    assert (await school.says("u-zhao", "待审"))[0].startswith("等您处理 2 条")


async def test_a_label_with_a_number_names_what_it_decides(school: School) -> None:
    await school.says("u-feng", "报线索 周某 13800010055 初三", at="04-02 10:00")
    await school.says("u-feng", "抹除 13800010055")
    assert "#1" in (await school.says("u-sun", "确认抹除 #1"))[0]
    assert "周某" not in "".join(await school.says("u-feng", "我的"))
