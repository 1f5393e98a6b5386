"""Who is spoken to, which command is meant, and when silence is right."""

from typing import Any

import pytest

from commands.conversation.router import understand
from commands.conversation.understanding import Understanding
from commands.grammar.folding import MAX_TEXT
from db.people import Person
from tests.worlds.vocabulary import LEXICON, OFFICER, REVIEWER, TEACHER, WORDS, incoming


def heard(
    text: str = "", who: Person | None = OFFICER, pending: str = "", **more: Any
) -> Understanding:
    return understand(
        incoming(text, **more),
        LEXICON,
        who,
        bot_names=("宣传助手", "宣传助手 测试", "promo_bot"),
        year=2024,
        pending=pending,
        words=WORDS,
    )


def name(meaning: Understanding) -> str:
    return meaning.command.name if meaning.command else ""


@pytest.mark.parametrize(
    "text",
    [
        "通过努力我系取得佳绩",
        "通过努力我系三年共有12人获奖",
        "转发一下",
        "我的手机坏了",
        "关注一下学生动态",
        "直播今晚7点",
        "培训改到周五",
        "开始上课",
        "取消",
        "通过",
        "开始",
        "我的",
        "帮助",
        "设置",
        "直播",
        "培训",
        "关注",
        "关注 12",
        "通过 12",
        "score",
        "得分很高",
        "得分 信工教研室",
        "排名第一",
        "截止 4月5日",
        "报线索",
        "线索很多",
        "线索 很多",
        "报线索 张某 1380001000",
        "交接",
        "交接一下钥匙",
        "食堂订餐电话 13800010088",
        "赵小某13800010077 谁有空联系下，初三学生",
        "@小王 得分",
        "机电",
        "https://mp.weixin.qq.com/s/AAA",
        "",
        "👍",
    ],
)
def test_chatter_in_a_group_is_left_alone(text: str) -> None:
    for who in (OFFICER, REVIEWER, TEACHER, None):
        assert heard(text, who, group=True).silent


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("得分", "score"),
        ("得分机电", "score"),
        ("查分　机电", "score"),
        ("得分 截至 4月5日", "score"),
        ("排名", "rank"),
        ("待办", "todo"),
        ("截止", "deadlines"),
        ("转发12", "forward"),
        ("转发 12", "forward"),
        ("报线索 赵小某 13800010077 初三 想学计算机 妈妈姓钱", "lead"),
        ("报线索张某13800010001初三护理中职", "lead"),
        ("报新闻 标题 https://mp.weixin.qq.com/s/A", "news"),
        ("通过 #12", "approve"),
        ("退回 #12：画面太暗", "reject"),
    ],
)
def test_a_complete_line_counts_though_nobody_asked(text: str, command: str) -> None:
    meaning = heard(text, REVIEWER, group=True)
    assert (name(meaning), meaning.addressed, meaning.complete) == (command, False, True)


def test_a_complete_line_of_somebody_who_may_not_say_it_is_left_alone() -> None:
    assert heard("通过 #12", TEACHER, group=True).silent
    assert heard("得分", None, group=True).silent
    assert name(heard("@宣传助手 通过 #12", TEACHER, group=True)) == "approve"


@pytest.mark.parametrize(
    "text",
    [
        "@宣传助手 查分　机电",
        "＠宣传助手\u2005查分 机电",
        "@宣传助手查分机电",
        "查分 机电 @宣传助手",
        "@宣传助手 测试 查分 机电",
        "@Promo_Bot 查分 机电",
        "/score 机电",
        "／得分 机电",
        "/score@promo_bot 机电",
        "/SCORE@Promo_Bot 机电",
        "/得分机电",
        "@宣传助手：查分：机电",
        "@宣传助手 score mech",
    ],
)
def test_a_mention_or_a_slash_addresses_the_bot(text: str) -> None:
    meaning = heard(text, group=True)
    assert (name(meaning), meaning.args, meaning.addressed) == ("score", {"unit": "mech"}, True)


def test_a_command_for_another_bot_is_left_alone() -> None:
    assert heard("/score@other_bot 机电", group=True).silent
    assert heard("/score@promo_bot_2 机电", group=True).silent


@pytest.mark.parametrize("odd", [{"forwarded": True}, {"edited": True}])
def test_forwarded_and_edited_messages_are_never_commands(odd: dict[str, Any]) -> None:
    assert heard("通过 #12", REVIEWER, **odd).silent


def test_the_longest_word_wins() -> None:
    assert name(heard("待我审", REVIEWER)) == "queue"
    assert name(heard("线索 张某 13800010001")) == "lead"
    assert name(heard("/forward12")) == "forward"


def test_a_word_within_a_latin_word_is_none() -> None:
    assert heard("leading the way").command is None


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("绑定t2031", "绑定 t2031"),
        ("/bind 7K2M-QX9D", "绑定 7K2M-QX9D"),
        ("报线索：张某 13800010001", "报线索 张某 13800010001"),
        ("已转 #3", "转发 #3"),
    ],
)
def test_a_line_parses_to_the_same_again(text: str, line: str) -> None:
    meaning = heard(text)
    assert meaning.line == line
    assert heard(press=meaning.line).args == meaning.args


def test_a_pressed_button_is_its_line_and_always_addressed() -> None:
    meaning = heard(group=True, press="answer 7 确认", text="得分")
    assert (name(meaning), meaning.args) == ("answer", {"number": 7, "word": "确认"})
    assert heard("answer 7 确认").command is None


def test_a_quoted_number_is_the_one_that_is_meant() -> None:
    quote: dict[str, Any] = {"quote": "任务 #186 春招宣传片", "addressed": True, "group": True}
    assert heard("已转👍", **quote).args == {"number": 186}
    assert heard("已转👍", **quote).line.startswith("转发 #186")
    assert heard("转发 12", **quote).args == {"number": 12}
    assert heard("退回 画面太暗", REVIEWER, **quote).args == {
        "numbers": (186,),
        "reason": "画面太暗",
    }
    assert heard("点击 １３０２", **quote).args == {"number": 186, "count": 1302}
    assert heard("撤回", **quote).args == {"numbers": (186,)}


def test_several_quoted_numbers_are_asked_back() -> None:
    meaning = heard("通过", REVIEWER, quote="#3 与 #4")
    assert meaning.problem
    assert meaning.choices == (("#3", "通过 #3"), ("#4", "通过 #4"))


def test_privately_everything_is_answered_but_stickers() -> None:
    assert heard("").silent
    assert heard("👍").silent
    assert not heard("马超说系统时间是错的？").silent
    assert heard("马超说系统时间是错的？").command is None
    assert not heard("", group=True, addressed=True).silent


def test_a_bare_unit_in_private_is_its_score() -> None:
    meaning = heard("艺术")
    assert (name(meaning), meaning.args, meaning.bare_unit) == ("score", {"unit": "art"}, "art")
    assert heard(press=meaning.line).args == {"unit": "art"}


def test_a_bare_link_is_asked_for_its_kind() -> None:
    meaning = heard("@宣传助手 https://mp.weixin.qq.com/s/HHH888", group=True)
    assert meaning.command is None
    assert meaning.bare_links == ("https://mp.weixin.qq.com/s/HHH888",)


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("/scroe", "score"),
        ("招线索 张某 13800010001", "报线索"),
        ("报线锁", "报线索"),
        ("我得怎么样了", "我的"),
        ("得分怎么样", "得分"),
    ],
)
def test_a_near_miss_brings_a_guess(text: str, first: str) -> None:
    meaning = heard(text)
    assert meaning.command is None
    assert meaning.guesses[0] == first
    assert len(meaning.guesses) <= 3


def test_only_what_one_may_say_is_guessed() -> None:
    assert heard("/aprove 12", REVIEWER).guesses == ("approve",)
    assert heard("/aprove 12", TEACHER).guesses == ()


def test_a_short_word_is_guessed_only_where_it_does_nothing() -> None:
    assert heard("谢了", TEACHER).guesses == ()
    assert "撤回" not in heard("撒回", TEACHER).guesses


def test_what_is_left_over_is_named_with_an_example() -> None:
    meaning = heard("得分 机电 怎么算的呢")
    assert "怎么算的呢" in meaning.problem
    assert "得分 …" in meaning.problem


def test_a_problem_of_a_glued_line_is_said() -> None:
    assert "10 位" in heard("报线索张某1380001000").problem
    assert "信工教研室" in heard("得分信工教研室").problem


def test_a_missing_argument_is_asked_for() -> None:
    meaning = heard("报新闻 师生植树")
    assert meaning.missing is not None
    assert (meaning.missing.name, meaning.line) == ("items", "报新闻 师生植树")


def test_a_dialogue_goes_on_until_the_line_is_complete() -> None:
    meaning = heard("https://mp.weixin.qq.com/s/x", pending="报新闻 师生植树")
    assert [item.title for item in meaning.args["items"]] == ["师生植树"]
    still = heard("机电", pending="报线索 13800010001")
    assert (still.missing and still.missing.name, still.line) == ("who", "报线索 13800010001 机电")


def test_a_bad_answer_keeps_the_dialogue_where_it_was() -> None:
    meaning = heard("1380001000", pending="报线索 张某")
    assert "10 位" in meaning.problem
    assert meaning.line == "报线索 张某"


@pytest.mark.parametrize("text", ["得分", "得分 机电", "取消", "报视频"])
def test_a_command_of_its_own_ends_a_dialogue(text: str) -> None:
    assert name(heard(text, pending="报线索 张某")) != "lead"


def test_a_text_that_is_too_long_is_answered_where_one_was_asked() -> None:
    text = "报" * (MAX_TEXT + 1)
    assert "太长" in heard(text).problem
    assert heard(text, group=True).silent
    assert "太长" in heard("/" + text, group=True).problem


def test_one_link_twice_in_a_message_is_one_item() -> None:
    line = "@宣传助手 报视频 机房的一天 https://v.douyin.com/iGhi789/"
    meaning = heard(f"{line}\n{line}", group=True)
    assert [item.title for item in meaning.args["items"]] == ["机房的一天"]


def test_numbers_are_read_at_the_speed_of_friday() -> None:
    assert heard("通过 202-205 207 ２０９", REVIEWER).args == {
        "numbers": (202, 203, 204, 205, 207, 209)
    }
    assert heard("处理 32 不成立 值班到12点，3月29日已通知本人").args == {
        "number": 32,
        "outcome": "不成立",
        "reason": "值班到12点，3月29日已通知本人",
    }
