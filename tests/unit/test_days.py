"""Days and times are read as people write them; what is meant as one is never free text."""

import pytest

from commands.grammar.arguments import Arguments, read
from commands.grammar.days import find_when
from commands.grammar.folding import fold
from commands.grammar.slots import Slot
from scoring.moments import day_of, judged_at, local
from tests.worlds.plan import at
from tests.worlds.vocabulary import AT, LEXICON

DECIDES = (
    Slot(name="numbers", kind="numbers", required=True),
    Slot(name="when", kind="when"),
    Slot(name="evidence", kind="text"),
)
ISSUES = (
    Slot(name="link", kind="link"),
    Slot(name="closes", kind="when"),
    Slot(name="title", kind="text", required=True),
)


def decides(text: str) -> Arguments:
    return read(DECIDES, text, LEXICON, 2024, AT)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("3.30 16:00", "03-30 16:00:00"),
        ("３．３０ １６：００", "03-30 16:00:00"),
        ("3-30 16:00", "03-30 16:00:00"),
        ("4–18", "04-18 23:59:59"),
        ("4.18前", "04-18 23:59:59"),
        ("4.18（周四）24:00前", "04-18 23:59:59"),
        ("20240418", "04-18 23:59:59"),
        ("2024.4.18 9:30", "04-18 09:30:00"),
        ("4月18号", "04-18 23:59:59"),
        ("18号", "04-18 23:59:59"),
        ("上个月5号", "03-05 23:59:59"),
        ("下月1日", "05-01 23:59:59"),
        ("四月十八日", "04-18 23:59:59"),
        ("十二月三十一号", "12-31 23:59:59"),
        ("本周五", "04-05 23:59:59"),
        ("这周日", "04-07 23:59:59"),
        ("上周六", "03-30 23:59:59"),
        ("上上周五", "03-22 23:59:59"),
        ("下个星期天 8点", "04-14 08:00:00"),
        ("周五 16:00", "04-05 16:00:00"),
        ("大后天", "04-06 23:59:59"),
        ("昨晚8点", "04-02 20:00:00"),
        ("明早七点半", "04-04 07:30:00"),
        ("今天晚上12点", "04-03 23:59:59"),
        ("4月5日晚上12点", "04-05 23:59:59"),
        ("4月5日 24点", "04-05 23:59:59"),
        ("4月5日凌晨12点", "04-05 00:00:00"),
        ("4月5日中午12点", "04-05 12:00:00"),
        ("4月5日中午1点", "04-05 13:00:00"),
        ("4月5日下午3点半", "04-05 15:30:00"),
        ("4月5日下午三点二十", "04-05 15:20:00"),
        ("4月5日上午十点一刻", "04-05 10:15:00"),
        ("周一例会 4.18 14:00", "04-18 14:00:00"),
        ("今天的稿 截止 4.18", "04-18 23:59:59"),
    ],
)
def test_a_day_is_read_as_it_is_written(text: str, shown: str) -> None:
    found = find_when(fold(text), 2024, AT)
    assert found is not None
    assert f"{local(found[0]):%m-%d %H:%M:%S}" == shown


@pytest.mark.parametrize(
    "text",
    [
        "三月三歌会",
        "每周一例会",
        "一周一次",
        "版本3.5",
        "得3.5分",
        "涨了4.18%",
        "电话 138-1",
        "12人",
    ],
)
def test_what_is_no_day_is_left_alone(text: str) -> None:
    assert find_when(fold(text), 2024, AT, strict=True) is None


@pytest.mark.parametrize(
    "text",
    [
        "4月31号",
        "12.45",
        "4月5日 25:00",
        "截止月底",
        "截至下个月",
        "4月5日晚上1点",
        "4月5日中午9点",
        "下午3点",
    ],
)
def test_what_is_meant_as_a_day_is_named(text: str) -> None:
    found = read((Slot(name="it", kind="when"),), text, LEXICON, 2024, AT)
    assert "日期没看懂" in found.problem
    assert "4月5日" in found.problem


@pytest.mark.parametrize(
    ("text", "numbers", "shown"),
    [
        ("#1 3.30 16:00", (1,), "03-30 16:00"),
        ("#5 3-28 16:00", (5,), "03-28 16:00"),
        ("5 3-28 16:00", (5,), "03-28 16:00"),
        ("#5 3-28", (5,), "03-28 23:59"),
        ("#5 1号", (5,), "04-01 23:59"),
        ("#5 昨天下午3点", (5,), "04-02 15:00"),
        ("#5 20240330", (5,), "03-30 23:59"),
        ("第5条 3.30", (5,), "03-30 23:59"),
        ("#5-#7 本周一 16:00", (5, 6, 7), "04-01 16:00"),
    ],
)
def test_a_day_after_a_number_is_no_range(text: str, numbers: tuple[int, ...], shown: str) -> None:
    found = decides(text).values
    assert found["numbers"] == numbers
    assert f"{local(found['when']):%m-%d %H:%M}" == shown


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("3-5", (3, 4, 5)),
        ("12号", (12,)),
        ("1-3 9-12", (1, 2, 3, 9, 10, 11, 12)),
        ("202-205 207", (202, 203, 204, 205, 207)),
        ("#9 10-12", (9, 10, 11, 12)),
        ("20240330", (20240330,)),
    ],
)
def test_numbers_and_ranges_stay_what_they_are(text: str, numbers: tuple[int, ...]) -> None:
    found = decides(text)
    assert found.values == {"numbers": numbers}
    assert found.problem == ""


@pytest.mark.parametrize(
    "text", ["#1 16:00", "#1 13.40", "#1 4月", "#1 晚上12点", "#1 16点 拍了照"]
)
def test_a_time_without_its_day_is_not_swallowed_by_the_evidence(text: str) -> None:
    assert "日期没看懂" in decides(text).problem


def test_evidence_may_speak_of_minutes() -> None:
    assert decides("#1 画面3点很好 4月1日").values["evidence"] == "画面3点很好"
    assert decides("#1 开头很好").values["evidence"] == "开头很好"


def test_a_title_keeps_its_months_and_gives_its_deadline_back() -> None:
    values = read(ISSUES, "片5 https://v.douyin.com/iA5/ 截止 4.18", LEXICON, 2024, AT).values
    assert (values["title"], local(values["closes"]).day) == ("片5", 18)
    found = read(ISSUES, "5月 开放日 https://a.cn/x", LEXICON, 2024, AT)
    assert (found.values["title"], found.problem) == ("5月 开放日", "")


def test_what_runs_until_24_is_over_at_the_last_second_asked_for() -> None:
    assert judged_at(at("04-07 23:59:59")) == at("04-08")
    assert judged_at(at("04-07 23:59:00")) == at("04-07 23:59:00")
    assert day_of(judged_at(at("12-31 23:59:59"))).year == 2025
