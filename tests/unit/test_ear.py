"""What the second ear hears in people's own words, without a database."""

from importlib.resources import files

import pytest

from commands.chat.requests import Registry, shown
from commands.ear import spelling
from commands.ear.listening import MOST, filled, listen
from commands.ear.wishes import FILLER, vocabulary
from commands.families import FAMILIES
from commands.grammar.folding import spoken
from commands.grammar.lexicon import build
from commands.grammar.line import Setting
from commands.help.ways import WAYS
from commands.wording.sentences import CATALOGUE
from db.people import ROLES, Person
from scoring.moments import Instant
from tests.worlds.plan import PLAN

REGISTRY = Registry(FAMILIES)
WORDS = vocabulary(tuple(sorted(shown(one) for one in REGISTRY.commands.values())))
PEOPLE = [
    Person(id=1, staff_no="T1", name="夏荷", unit="art", roles=frozenset({"教师"})),
    Person(id=2, staff_no="T2", name="毛彩", unit="art", roles=frozenset(), classes=("艺术2301",)),
]
SETTING = Setting(build(PLAN, PEOPLE), 2024, Instant(1_712_109_600))


def first(text: str, role: str = "教师", quote: str = "") -> str:
    """The wish heard first, with its line where it has one."""
    heard = listen(spoken(text, quote), SETTING, WORDS, frozenset({role}))
    if heard is None or not heard.wishes:
        return ""
    wish = heard.wishes[0]
    return filled(wish.line, heard.named) or wish.way or wish.says


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("我们部门得了几分啊", "得分"),
        ("能不能帮我看一眼咱们系的总得分", "得分"),
        ("帮查一下信工的得分呗", "得分 信工"),
        ("看看机电的得分", "得分 机电"),
        ("艺术系现在得多少了", "得分 艺术系"),
        ("咱们在学校里排多少", "排名"),
        ("哪个系干得最好", "排名"),
        ("这周我们还欠什么没交", "待办"),
        ("有什么我要做的吗", "待办"),
        ("软文还差几篇", "指标"),
        ("视频够了没", "指标"),
        ("PPT最迟哪天交", "截止"),
        ("我到底报了几个线索了", "我的"),
        ("有哪些官方平台", "平台"),
        ("机电那边为什么扣分", "losses"),
        ("扣的那3分怎么来的", "details"),
        ("我们培训怎么扣了一分", "为什么 培训"),
        ("视频占几分", "clause"),
        ("我们交的新闻怎么还没批", "status"),
    ],
)
def test_a_question_is_heard_as_the_word_that_answers_it(text: str, line: str) -> None:
    assert first(text) == line


@pytest.mark.parametrize(
    ("role", "text", "line"),
    [
        ("宣传员", "报一条新闻 校园招聘会 https://x.cn/1", "报新闻 校园招聘会 https://x.cn/1"),
        (
            "宣传员",
            "新闻报送 《爱国卫生运动》 https://x.cn/1",
            "报新闻 爱国卫生运动 https://x.cn/1",
        ),
        ("宣传员", "快手那条 https://v.kuaishou.com/K 报一下", "报视频 https://v.kuaishou.com/K"),
        ("宣传员", "软文写好了，链接 https://x.cn/1", "报软文 https://x.cn/1"),
        ("宣传员", "#12 的阅读量现在是3500", "点击 #12 3500"),
        ("宣传员", "那篇新闻阅读量到1500了", "点击 1500"),
        ("宣传员", "抖音交接办妥了", "交接"),
        ("宣传员", "专业PPT做好了 https://pan.x.cn/1", "报PPT https://pan.x.cn/1"),
        ("宣传员", "录取查询入口已经挂出来了 https://x.cn/3", "发布查询 https://x.cn/3"),
        ("宣传员", "今天直播了两个小时", "直播 两个小时"),
        ("部门负责人", "我们推荐夏荷和毛彩进专班", "推荐 夏荷 毛彩"),
        ("班主任", "班会开过了 43人", "meeting"),
        ("融媒体中心", "21没问题", "通过 #21"),
        ("融媒体中心", "20和21两条通过", "通过 #20 #21"),
        ("融媒体中心", "21画面太暗 退回", "退回 #21 画面太暗"),
        ("融媒体中心", "21跟主题无关", "偏题 #21"),
        ("招办", "30核实过了", "认定 #30"),
        ("招办", "31到33全部认定", "认定 #31-33"),
        ("招办", "29号码是空的", "无效 #29"),
        ("招办", "3认定错了", "撤销 #3"),
        ("考核组", "机电系第15周不考核", "豁免 机电系 第15周"),
        ("管理员", "shenji 3", "审计 #3"),
    ],
)
def test_a_wish_to_do_something_is_heard_as_its_line(role: str, text: str, line: str) -> None:
    assert first(text, role) == line


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("我們系現在幾分", "得分"),
        ("defen", "得分"),
        ("de fen", "得分"),
        ("df", "得分"),
        ("womenxiduoshaofen", "得分"),
        ("德份多少", "得分"),
        ("排民", "排名"),
        ("zhibiao", "指标"),
        ("zhuanfale", "participation"),
        ("xiexie", "courtesy"),
        ("報縣所", "how_to_lead"),
        ("撤會", "undo"),
    ],
)
def test_words_are_heard_however_they_are_written(text: str, line: str) -> None:
    assert first(text) == line


def test_pinyin_with_a_slip_is_the_word_one_letter_away() -> None:
    assert first("piandi 22", "融媒体中心") == "偏题 #22"


@pytest.mark.parametrize(
    "text",
    [
        "今天食堂吃什么",
        "周五篮球赛去不去",
        "打印机没纸了",
        "我儿子今年高考",
        "直播今晚7点记得看",
        "【通知】各部门：请于4月8日前报送工作总结",
        "例会纪要：一、通过上周视频；二、退回不合格作品",
        "各位老师：清明节放假安排如下，4月4日至6日放假",
        "得分" * MOST,
    ],
)
def test_talk_is_no_wish(text: str) -> None:
    assert first(text) == ""


def test_a_title_of_four_thousand_characters_is_not_listened_to() -> None:
    assert first("报新闻 " + "好" * 4_000) == ""


def test_every_idea_way_sentence_and_role_of_a_wish_exists() -> None:
    things = {"unit", "person", "number", "bare", "count", "when", "weeks", "month", "link"}
    things |= {"phone", "class", "item", "quote", "quoted", "titled"}
    known = {idea for ideas in WORDS.ideas.values() for idea in ideas}
    known |= {idea for idea, _ in WORDS.shapes} | {f"@{thing}" for thing in things}
    for wish in WORDS.wishes:
        said = frozenset().union(*wish.needs) | wish.bars
        assert said <= known, wish.name
        assert wish.roles <= frozenset(ROLES), wish.name
        assert bool(wish.line) + bool(wish.way) + bool(wish.says) == 1, wish.name
        assert wish.way in WAYS or not wish.way, wish.name
        assert not wish.says or wish.says in CATALOGUE.families["ear"], wish.name
        assert not wish.line or wish.line.split(" ")[0].casefold() in REGISTRY.words, wish.name
    assert {wish.way for wish in WORDS.wishes} - {""} == set(WAYS)


def test_every_idea_is_asked_for_by_a_wish() -> None:
    asked = {idea for wish in WORDS.wishes for idea in frozenset().union(*wish.needs) | wish.bars}
    said = {idea for ideas in WORDS.ideas.values() for idea in ideas} - {FILLER, "notice"}
    assert said <= asked


def test_the_tables_stay_small() -> None:
    folder = files("commands.ear.tables")
    sizes = [len(folder.joinpath(f"{name}.txt").read_bytes()) for name in ("traditional", "sounds")]
    assert 0 < sum(sizes) <= 300_000
    assert spelling.simplified("報線索 轉發") == "报线索 转发"
    assert spelling.simplified("著名") == "著名"
