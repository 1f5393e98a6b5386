"""Arguments are found by what they are, in any order, and never guessed."""

from typing import Any

import pytest

from commands.grammar.arguments import Arguments, read
from commands.grammar.links import Item, normalise_link
from commands.grammar.slots import Slot
from scoring.moments import local
from tests.worlds.vocabulary import AT, LEXICON, WORDS


def said(command: str, text: str) -> Arguments:
    return read(WORDS[command].slots, text, LEXICON, 2024, AT)


def alone(kind: Any, text: str, **more: Any) -> Arguments:
    return read((Slot(name="it", kind=kind, **more),), text, LEXICON, 2024, AT)


@pytest.mark.parametrize(
    "text",
    [
        "张某13800010001初三护理中职",
        "张某 13800010001 初三 护理 中职",
        "中职，护理，初三，13800010001，张某",
        "张某 138 0001 0001 九年级 护理 中专",
        "张某 138-0001-0001 初三 健康管理系 中职",
        "张某 +86 138-0001-0001 初三、护理、中职",
        "张某（+86）13800010001 初三 护理 中职",
        "张某 １３８０００１０００１　初三\u2005护理 中职",
        "张某，幺三八零零零幺零零零幺，初三，想学护理，中职。",
        "姓名：张某 电话：13800010001 年级：初三 专业：护理 层次：中职",
    ],
)
def test_a_lead_is_read_however_it_is_written(text: str) -> None:
    values = said("lead", text).values
    assert (values["phone"], values["level"], values["wished"]) == ("13800010001", "初三", "health")
    assert values["track"] == "中职"
    assert values["who"].strip("（）") == "张某"


def test_a_major_without_a_unit_stays_unassigned() -> None:
    values = said("lead", "李某 13800010002 想学幼师").values
    assert values["major"] == "幼儿教育"
    assert "wished" not in values
    assert values["who"] == "李某"


def test_a_name_keeps_what_looks_like_a_level_or_a_label() -> None:
    assert said("lead", "高三强 13800010002").values["who"] == "高三强"
    assert said("lead", "张学 13800010002").values["who"] == "张学"


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("张某 1380001000 初三", "10 位"),
        ("张某 138000100011 初三", "12 位"),
        ("张某 12800010001 初三", "13 至 19"),
        ("张某 13800010001 李某 13800010002", "一条只写一个电话"),
    ],
)
def test_a_phone_that_cannot_be_one_is_refused(text: str, part: str) -> None:
    found = said("lead", text)
    assert part in found.problem
    assert "1380001" not in found.problem


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("4月5日", "2024-04-05 23:59:59"),
        ("4/5", "2024-04-05 23:59:59"),
        ("2023-12-05", "2023-12-05 23:59:59"),
        ("2024年4月5号 14:30", "2024-04-05 14:30:00"),
        ("4月５日 １４：３０", "2024-04-05 14:30:00"),
        ("今天", "2024-04-03 23:59:59"),
        ("昨天 8:05", "2024-04-02 08:05:00"),
        ("3月30日 23:59", "2024-03-30 23:59:00"),
        ("3月30日 24:00", "2024-03-30 23:59:59"),
        ("3月31日 00:00", "2024-03-31 00:00:00"),
        ("截止 4月15日（周一）24:00前", "2024-04-15 23:59:59"),
        ("截至4月5日", "2024-04-05 23:59:59"),
        ("4月5日下午4点半", "2024-04-05 16:30:00"),
    ],
)
def test_a_time_is_read(text: str, shown: str) -> None:
    found = alone("when", text)
    assert f"{local(found.values['it']):%Y-%m-%d %H:%M:%S}" == shown
    assert found.leftover == ""


def test_the_time_after_until_is_meant_and_the_other_is_text() -> None:
    slots = (Slot(name="by", kind="when"), Slot(name="title", kind="text"))
    found = read(slots, "4月3日活动 截止 4月18日", LEXICON, 2024, AT)
    assert local(found.values["by"]).day == 18
    assert found.values["title"] == "4月3日活动"


@pytest.mark.parametrize("text", ["2月30日", "13/1", "4月5日 25:00", "0000-01-01", "4月31日"])
def test_a_day_that_does_not_exist_is_named(text: str) -> None:
    assert text in alone("when", text).problem


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("#12", (12,)),
        ("＃１２", (12,)),
        ("第12条", (12,)),
        ("任务186", (186,)),
        ("#12,#13", (12, 13)),
        ("202-205 207 ２０９", (202, 203, 204, 205, 207, 209)),
        ("9 #13 16-19、２１", (9, 13, 16, 17, 18, 19, 21)),
        ("#16～#18", (16, 17, 18)),
        ("202,205", (202, 205)),
        ("12 12", (12,)),
    ],
)
def test_numbers_and_ranges_are_a_batch(text: str, numbers: tuple[int, ...]) -> None:
    assert alone("numbers", text).values == {"it": numbers}


def test_numbers_in_a_reason_are_not_taken() -> None:
    found = said("reject", "194 与#193同一条").values
    assert found == {"numbers": (194,), "reason": "与#193同一条"}
    assert said("reject", "206 3处画面太暗").values["reason"] == "3处画面太暗"


@pytest.mark.parametrize(("text", "part"), [("205-202", "202-205"), ("1-99999999", "太多")])
def test_a_range_that_cannot_be_meant_is_refused(text: str, part: str) -> None:
    assert part in alone("numbers", text).problem


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("6,000", 6000),
        ("1.2万", 12000),
        ("七千", 7000),
        ("一百三十", 130),
        ("130分钟", 130),
        ("１３０２", 1302),
        ("10万+", 100000),
        ("１０万＋", 100000),
        ("1.2w", 12000),
        ("1.2W+", 12000),
        ("3k", 3000),
        ("1302次", 1302),
        ("一千二", 1200),
        ("一万二", 12000),
        ("一万零二", 10002),
        ("六千八", 6800),
        ("一百三", 130),
        ("两万三", 23000),
        ("十二万+", 120000),
    ],
)
def test_a_count_is_read(text: str, count: int) -> None:
    assert alone("count", text).values == {"it": count}


@pytest.mark.parametrize("text", ["1.23456万", "-5", "12a", "一亿", "12ww", "万", "1.2.3"])
def test_what_is_no_whole_number_is_left(text: str) -> None:
    assert "it" not in alone("count", text).values


def test_counts_are_found_by_their_labels() -> None:
    values = said("settle", "186 转发=6000 点赞 5900 评论5800").values
    assert values == {"number": 186, "转发": 6000, "点赞": 5900, "评论": 5800}


def test_a_number_and_a_count_stand_side_by_side() -> None:
    assert said("views", "#45 1,302").values == {"number": 45, "count": 1302}
    assert said("views", "1302 #45").values == {"number": 45, "count": 1302}


@pytest.mark.parametrize(
    ("text", "code"),
    [("机电", "mech"), ("机电工程系", "mech"), ("院办", "office"), ("ＭＥＣＨ", "mech")],
)
def test_a_unit_goes_by_its_aliases(text: str, code: str) -> None:
    assert said("score", text).values == {"unit": code}


def test_an_unknown_unit_is_asked_back_with_a_full_name() -> None:
    expected = "部门“信工教研室”不认识，请写全称，如 信息工程系。"
    assert said("score", "信工教研室").problem == expected
    assert "教研室" not in said("why", "教研室").problem


def test_an_alias_of_two_units_is_asked_with_choices() -> None:
    found = said("score", "保障 4月5日")
    assert [text for _, text in found.choices] == ["logistics 4月5日", "security 4月5日"]


def test_namesakes_are_asked_back_by_staff_number() -> None:
    found = said("grant", "张伟 融媒体中心")
    assert "person" not in found.values
    assert [text for _, text in found.choices] == ["T1001 融媒体中心", "T1002 融媒体中心"]
    assert said("grant", "t1002 融媒体中心").values["person"].unit == "logistics"


def test_an_unknown_name_is_said() -> None:
    assert "赵六" in said("recommend", "李某 赵六").problem


def test_people_are_heard_after_their_label() -> None:
    values = said("training", "短视频培训 4月10日 缺席 李某 王某 请假 陈晓").values
    assert [person.name for person in values["absent"]] == ["李某", "王某"]
    assert [person.name for person in values["leave"]] == ["陈晓"]
    assert values["title"] == "短视频培训"


def test_what_remains_is_kept_verbatim() -> None:
    values = said("ppt", "数控 “技能节”，Ｂ版 https://pan.example.cn/x1").values
    assert values == {"link": "https://pan.example.cn/x1", "title": "数控 “技能节”，Ｂ版"}


def test_an_item_goes_by_its_word_or_what_only_it_holds() -> None:
    assert said("why", "机电 视频更新").values == {"unit": "mech", "item": "dy_update"}
    assert said("why", "机电视频更新").values == {"unit": "mech", "item": "dy_update"}
    assert said("why", "ppt").values == {"item": "ppt"}
    assert [text for _, text in said("why", "视频").choices] == ["视频更新", "视频内容"]


def test_the_first_required_slot_without_a_value_is_missing() -> None:
    missing = said("reject", "#12").missing
    assert missing is not None
    assert missing.name == "reason"


PASTE = """
1.信工系召开班主任例会 https://mp.weixin.qq.com/s/BBB222
２、师生植树
https://mp.weixin.qq.com/s/CCC333
③ 技能节  开幕 https://mp.weixin.qq.com/s/AAA111?from=timeline
7.53 复制打开抖音，看看【信工系的作品】网线制作小课堂 # 网络 https://v.douyin.com/iD/ 03/22 y@g.OX
又一条新闻 https://mp.weixin.qq.com/s/DDD444
软文 一根网线的教育 https://mp.weixin.qq.com/s/EEE555
第二篇 https://mp.weixin.qq.com/s/FFF666"""


def test_a_paste_is_cut_at_its_links() -> None:
    items = said("news", PASTE).values["items"]
    assert [(item.kind, item.title) for item in items] == [
        (None, "信工系召开班主任例会"),
        (None, "师生植树"),
        (None, "技能节  开幕"),
        ("video", "信工系的作品 网线制作小课堂"),
        (None, "又一条新闻"),
        ("soft_article", "一根网线的教育"),
        ("soft_article", "第二篇"),
    ]
    assert items[2].link == "https://mp.weixin.qq.com/s/AAA111?from=timeline"


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("宿舍网络安全三分钟 视频号", [(None, "宿舍网络安全三分钟", "视频号")]),
        ("一 B站\n二 快手", [(None, "一", "B站"), (None, "二", "快手")]),
        ("https://a.cn/1 标题", [(None, "标题", "https://a.cn/1")]),
        (
            "https://a.cn/1 甲文\nhttps://a.cn/2 乙文",
            [(None, "甲文", "https://a.cn/1"), (None, "乙文", "https://a.cn/2")],
        ),
        ("标题https://a.cn/1，谢谢", [(None, "标题", "https://a.cn/1")]),
        ("标题 mp.weixin.qq.com/s/x", [(None, "标题", "https://mp.weixin.qq.com/s/x")]),
        ("1.5万人看过 https://a.cn/1", [(None, "1.5万人看过", "https://a.cn/1")]),
        ("新闻发布会 https://a.cn/1", [(None, "新闻发布会", "https://a.cn/1")]),
        ("甲 https://a.cn/1\n乙 https://A.cn/1", [(None, "甲", "https://a.cn/1")]),
        (
            "甲 https://a.cn/1\n没有链接的一条",
            [(None, "甲", "https://a.cn/1"), (None, "没有链接的一条", "")],
        ),
    ],
)
def test_pasted_items(text: str, items: list[tuple[str | None, str, str]]) -> None:
    expected = tuple(Item(kind=kind, title=title, link=link) for kind, title, link in items)
    assert said("news", text).values["items"] == expected


def test_more_than_twenty_items_are_refused_whole() -> None:
    found = said("news", "\n".join(f"标题{n} https://a.cn/{n}" for n in range(21)))
    assert "21 条" in found.problem
    assert "items" not in found.values


@pytest.mark.parametrize(
    "text", ["标题 htp://abc", "标题 https://abc", "标题 https:/mp.weixin", "标题 http"]
)
def test_a_malformed_link_is_refused(text: str) -> None:
    assert "链接没看懂" in said("news", text).problem


def test_a_title_without_its_link_is_asked_for() -> None:
    found = said("news", "师生植树")
    assert (found.problem, found.leftover) == ("", "")
    assert found.missing is not None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://mp.weixin.qq.com/s/AAA?chksm=9f&scene=126", "http://MP.weixin.qq.com/s/AAA#rd"),
        (
            "https://mp.weixin.qq.com/s?__biz=X&mid=1&idx=2&sn=a&scene=1",
            "mp.weixin.qq.com/s?mid=1&__biz=X&idx=2&chksm=b",
        ),
        ("https://v.douyin.com/iAbc/", "https://v.douyin.com/iAbc"),
        ("https://x.cn/a?utm_source=q&id=1&share_token=z&from=t", "https://x.cn/a?id=1"),
        (
            "https://www.douyin.com/video/7350001?previous_page=app_code_link",
            "www.douyin.com/video/7350001",
        ),
    ],
)
def test_links_are_the_same_without_traces_of_sharing(one: str, other: str) -> None:
    assert normalise_link(one) == normalise_link(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://mp.weixin.qq.com/s/AAA", "https://mp.weixin.qq.com/s/aaa"),
        (
            "https://mp.weixin.qq.com/s?__biz=X&mid=1&idx=1",
            "https://mp.weixin.qq.com/s?__biz=X&mid=1&idx=2",
        ),
        ("https://x.cn/a?id=1", "https://x.cn/a?id=2"),
    ],
)
def test_different_links_stay_different(one: str, other: str) -> None:
    assert normalise_link(one) != normalise_link(other)
