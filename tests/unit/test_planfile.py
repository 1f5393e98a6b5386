"""The plan of 2024 says what the paper says, and a damaged file is refused line by line."""

import re
import tomllib
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from fractions import Fraction
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from db.plans import MAX_BYTES, Shelf, read_file, shipped, templates
from scoring.moments import end_of, start_of
from scoring.planfile import PlanFault, parse, show

SOURCE = (files("scoring") / "plans" / "2024.toml").read_text(encoding="utf-8")
LINES = SOURCE.split("\n")
PLAN = parse(SOURCE, "2024.toml")


def fault(source: str) -> PlanFault:
    with pytest.raises(PlanFault) as caught:
        parse(source, "2024.toml")
    return caught.value


def line_of(start: str, below: str = "") -> int:
    """The number of the first line that begins so, after the line `below`."""
    first = LINES.index(below) if below else 0
    return next(n for n, line in enumerate(LINES[first:], first + 1) if line.startswith(start))


def changed(number: int, old: str, new: str) -> str:
    assert old in LINES[number - 1]
    return "\n".join([*LINES[: number - 1], LINES[number - 1].replace(old, new), *LINES[number:]])


# --- what the paper says ------------------------------------------------------------------

A3 = """
党群办             | “党建工作”栏目             | 4 | / | /    | /
学校办公室         | 学校官网                   | 4 | 2 | /    | ≥1/周
财务部             | /                          | 1 | / | /    | /
教务处             | “教学教研+提质培优”栏目    | 2 | 1 | /    | ≥2/周
督导办             | 参与“教学教研”栏目建设     | 1 | ∅ | /    | ∅
学籍管理与资助中心 | /                          | 1 | ∅ | /    | /
后勤保障部         | /                          | 1 | ∅ | /    | /
保卫处             | 参与“德育工作”栏目建设     | 1 | ∅ | /    | ≥2/周
学生处/团委        | “德育工作(含心理健康)”栏目 | 4 | 2 | /    | ∅
招生办公室         | “招生工作”栏目             | 1 | ∅ | /    | /
本科升学部         | 1篇/栏目                   | 2 | 2 | 1090 | ≥1/周
健康管理系         | 1篇/栏目                   | 2 | 2 | 1835 | ≥1/周
信息工程系         | 1篇/栏目                   | 2 | 2 | 1209 | ≥1/周
机电工程系         | 1篇/栏目                   | 2 | 2 | 1442 | ≥1/周
艺术工程系         | 1篇/栏目                   | 2 | 2 | 931  | ≥1/周
"""
TABLE = [re.split(r"\s*\|\s*", row.strip()) for row in A3.strip().split("\n")]


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row[0])
def test_every_cell_of_annex_2_is_kept_as_printed(row: list[str]) -> None:
    unit = next(unit for unit in PLAN.units if unit.name == row[0])
    assert unit.views is not None
    kept = [unit.quotas[task].written for task in ("column", "news", "soft_article")]
    kept += [unit.views.written, unit.quotas["video"].written]
    assert [cell or "∅" for cell in kept] == row[1:]


def test_annex_2_has_exactly_these_rows_in_this_order() -> None:
    assert [unit.name for unit in PLAN.units if unit.quotas] == [row[0] for row in TABLE]


def due(task: str) -> dict[str, tuple[int, str]]:
    return {
        unit.code: (quota.due, quota.per)
        for unit in PLAN.units
        if (quota := unit.quotas.get(task)) and quota.due is not None
    }


def test_videos_are_owed_by_account_owners_with_merged_cells_and_four_a_month_of_the_office() -> (
    None
):
    departments = ("undergrad_track", "health", "it", "mechatronics", "arts")
    assert due("video") == {
        "school_office": (4, "month"),
        "academic_affairs": (2, "week"),
        "supervision": (2, "week"),
        "student_affairs": (2, "week"),
        **dict.fromkeys(departments, (1, "week")),
    }


def test_an_empty_soft_article_cell_asks_for_one_a_month_and_a_slash_for_none() -> None:
    owed = due("soft_article")
    once = {code for code, asked in owed.items() if asked == (1, "month")}
    left_empty = {"supervision", "records_aid", "logistics", "security", "admissions"}
    assert once == {"academic_affairs", *left_empty}
    assert {"party_affairs", "finance"}.isdisjoint(owed)


def test_a_column_of_ones_own_is_owed_weekly_and_the_sites_to_be_redesigned_not_yet() -> None:
    owners = ["party_affairs", "school_office", "academic_affairs", "student_affairs", "admissions"]
    assert due("column") == dict.fromkeys(owners, (1, "week"))
    assert PLAN.by_code["it"].quotas["column"].per == "month"


def test_views_are_a_bar_per_post_of_the_five_departments() -> None:
    bars = {unit.code: unit.views.least for unit in PLAN.units if unit.views and unit.views.least}
    assert bars == {
        "undergrad_track": 1090,
        "health": 1835,
        "it": 1209,
        "mechatronics": 1442,
        "arts": 931,
    }


def test_thirty_news_and_fifteen_soft_articles_are_stated_a_month() -> None:
    soft = [unit.quotas["soft_article"] for unit in PLAN.units if unit.quotas]
    assert sum(asked for asked, _ in due("news").values()) == 30
    assert sum(int(quota.written) for quota in soft if quota.written.isdigit()) == 15


def test_the_attainable_maximum_of_each_unit_is_that_of_the_analysis() -> None:
    most = {
        unit.code: sum(item.max for item in PLAN.items if unit.code in item.units)
        for unit in PLAN.scored_units
    }
    assert most == {
        **dict.fromkeys(("undergrad_track", "health", "it", "mechatronics", "arts"), 39),
        "school_office": 25,
        **dict.fromkeys(("academic_affairs", "supervision", "student_affairs"), 15),
        "admissions": 10,
        "training_dept": 9,
        **dict.fromkeys(("party_affairs", "finance", "records_aid", "logistics", "security"), 5),
    }


def test_the_ten_items_stand_in_table_order_with_their_maxima_and_conventions() -> None:
    assert [(item.code, int(item.max), item.convention) for item in PLAN.items] == [
        ("training", 5, "A07"),
        ("dy_handover", 3, None),
        ("dy_update", 2, "A06"),
        ("dy_content", 5, "A13"),
        ("live_team", 10, "A20"),
        ("ppt", 5, "A22"),
        ("interaction", 10, "A23"),
        ("results_channel", 5, "A30"),
        ("query_channel", 4, "A30"),
        ("leads", 10, "A29"),
    ]


def test_terms_are_typed_and_their_days_lie_in_the_plans_year() -> None:
    assert PLAN.term("dy_handover", "deadline") == date(2024, 3, 30)
    assert PLAN.term("ppt", "second_deadline") == date(2024, 4, 15)
    assert PLAN.term("live_team", "seats") == 2
    assert PLAN.term("interaction", "share") == Fraction(80, 100)
    assert PLAN.term("dy_content", "bands") == (
        (Fraction(95, 100), Decimal(5)),
        (Fraction(90, 100), Decimal(3)),
        (Fraction(80, 100), Decimal(2)),
        (Fraction(70, 100), Decimal(1)),
    )
    leaders = next(duty for duty in PLAN.obligations if duty.code == "live_leaders")
    assert leaders.terms["window"].value == (date(2024, 6, 15), date(2024, 7, 30))


def test_two_offices_share_one_account_and_nobody_else_does() -> None:
    shared = {code: units for code, units in PLAN.sharers.items() if len(units) > 1}
    joint = ("academic_affairs", "supervision")
    assert shared == dict.fromkeys(joint, joint)
    assert PLAN.by_code["security"].account is None


def test_all_sixty_readings_are_in_force_with_a_note_and_a_clause() -> None:
    assert list(PLAN.readings) == [f"A{number:02d}" for number in range(1, 61)]
    assert all(reading.source.note and reading.source.clause for reading in PLAN.readings.values())


def test_a_major_without_a_department_is_known_and_belongs_to_none() -> None:
    assert "幼儿教育" in PLAN.majors
    assert all("幼儿教育" not in (*unit.aliases, *unit.majors) for unit in PLAN.units)


def test_a_plan_for_a_later_year_resolves_its_days_in_that_year() -> None:
    later = parse(changed(line_of("year ="), "2024", "2027"), "2027.toml")
    assert later.term("ppt", "first_deadline") == date(2027, 4, 5)


# --- what the listing shows ---------------------------------------------------------------


def words_of(value: Any) -> list[str]:
    """What a term as the file holds it must look like in the listing."""
    if isinstance(value, list):
        return [f"{floor} 起 {worth} 分" for floor, worth in value]
    if isinstance(value, str) and "-" in value:
        days = [day.split("-") for day in value.split("..")]
        return [f"{int(month)}月{int(day)}日" for month, day in days]
    return [str(value)]


def section(listing: str, title: str, word: str) -> str:
    """The lines that belong to one entry of a section."""
    body = listing.split(f"【{title}】\n")[1].split("\n\n", maxsplit=1)[0]
    entries = re.split(r"\n(?!　)", body)
    return next(entry for entry in entries if entry.startswith(word))


def test_every_term_of_the_file_is_printed_with_its_clause_and_convention() -> None:
    listing, raw = show(PLAN), tomllib.loads(SOURCE)
    for title, table in (("计分项", "items"), ("不计分的任务", "obligations")):
        for entry in raw[table].values():
            printed = section(listing, title, entry["word"])
            assert entry["clause"] in printed
            for term in entry.get("terms", {}).values():
                ours = term["basis"].replace("convention ", "（约定 ") + "）"
                where = term["clause"] + (ours if "A" in ours else "")
                for words in words_of(term["is"]):
                    assert re.search(rf"{re.escape(words)}.*{re.escape(where)}", printed)


def test_every_cell_and_every_reading_is_printed() -> None:
    listing, raw = show(PLAN), tomllib.loads(SOURCE)
    for unit in raw["units"].values():
        for quota in unit.get("quotas", {}).values():
            printed = section(listing, "附件2 的数量（不计分，视频除外）", unit["name"])
            assert f" {quota['cell'] or '空格'}：" in printed
            assert str(quota.get("due", "")) in printed
    for number, reading in raw["readings"].items():
        assert f"{number}　{reading['note']}　" in listing


def test_deadlines_are_listed_by_date_with_their_weekday() -> None:
    listed = show(PLAN).split("【截止，按日期】\n")[1].split("\n\n")[0].split("\n")
    assert listed[0] == "3月30日（周六）24:00前　交接"
    days = " ".join(line.split("日")[0] for line in listed)
    assert days == "3月30 4月1 4月5 4月6 4月15 6月15 6月15 12月31"


def test_the_listing_has_no_tabs_bars_or_signs_a_gbk_console_lacks() -> None:
    listing = show(PLAN)
    assert not set("\t|") & set(listing)
    assert listing.encode("gbk")


# --- what a damaged file is told ----------------------------------------------------------

PPT, OFFICE = "[items.ppt]", "[units.school_office]"
IT, ARTS = "[units.it]", "[units.arts]"
TOTALS = next(line for line in LINES if line.startswith("[totals]"))
DAMAGES = [
    ("terms.first_deadline", PPT, "04-05", "4月5日", "日期没看懂，请写成 04-05"),
    ("terms.first_deadline", PPT, "04-05", "04-31", "2024 年没有 04-31 这一天"),
    ("terms.first_deadline", PPT, "convention A01", "convention", "约定要带 [readings] 里的编号"),
    ("terms.first_deadline", PPT, "convention A01", "convention A61", "约定要带 [readings]"),
    ("terms.first_deadline", PPT, "convention A01", "ours", "请写 explicit 或 convention A06"),
    ("terms.first_deadline", PPT, "附件3", "第三份", "请写成 附件3·四·(四)"),
    ("terms.second_deadline", PPT, "04-15", "04-05", "第二档截止要晚于第一档"),
    ("terms.second_points", PPT, "is = 3", "is = 5", "第二档要少于第一档"),
    ("terms.first_points", PPT, "is = 5", "is = 4", "最多能得 4 分，满分写的是 5"),
    ("terms.first_points", PPT, "is = 5", "is = nan", "分数没看懂"),
    ("terms.first_points", PPT, "is = 5", "is = true", "分数没看懂"),
    ("terms.second_points", PPT, "second_points", "secnd_points", "是不是 second_points？"),
    ("units", PPT, "admissions", "admission", "没有代号为 admission 的部门"),
    ("readings", PPT, "A56", "A99", "没有这一条口径"),
    ("terms.seats", "[items.live_team]", "is = 2", "is = 2.5", "这里要写正整数"),
    ("terms.share", "[items.interaction]", "80%", "180%", "不超过 100%"),
    ("terms.bands", "[items.dy_content]", '"90%", 3', '"96%", 3', "从高到低排"),
    ("terms.bands", "[items.dy_content]", '"90%", 3', '"90%"', "分档没看懂"),
    ("terms.window", "[obligations.live_leaders]", "06-15", "08-15", "起止日期颠倒"),
    ("aliases", ARTS, "艺术系", "信工系", "“信工系”已经指 信息工程系"),
    ("aliases", IT, "信工系", "幼儿教育", "“幼儿教育”已经指 不归任何系部的专业"),
    ("aliases", IT, "信工系", "信工", "同一个词写了两遍"),
    ("group", IT, "系部", "其他", "有抖音号的归 系部"),
    ("group", IT, "系部", "学部", "这里只能写 系部、有号职能部门、其他"),
    ("quotas.news", IT, "due = 2", "due = 3", "due 请照写 2"),
    ("quotas.video", IT, "due = 1", "due = 3", "due 请照写 1"),
    ("quotas.video", IT, "due = 1, ", "", "due 请照写 1"),
    ("quotas.views", OFFICE, '"/"', '"/", due = 2', "不要求数量，请删去 due"),
    ("quotas.video", OFFICE, "due = 4, ", "", "有抖音号就要有视频数量"),
    ("quotas.video", "[units.supervision]", "due = 2", "due = 1", "合用账号，数量要一样"),
    ("points", TOTALS, "59", "65", "各行合计是 59，这里写的是 65"),
    ("news", TOTALS, "30", "31", "各行合计是 30"),
    ("soft_articles", TOTALS, "15", "20", "各行合计是 15"),
    ("A02", "[readings]", '"none"', '"later"', "口径 A02 只能取 none、next_workday"),
    ("A03", "[readings]", "true", "1", "口径 A03 只能取 true、false"),
    ("A03", "[readings]", "true", "false", "A03 取“不含本数”与 A04 取“归高一档”矛盾"),
    ("A17", "[readings]", "is = false", "is = true", "眼下只会按 false 计算"),
    ("A25", "[readings]", "is = 7", "is = 0", "这里要写正整数"),
    ("A40", "[readings]", "article.count", "articles.count", "这里只能写 article.count_basis"),
    ("A40", "[readings]", "convention A40", "convention A41", "请写 convention A40"),
    ("lead", "[kinds]", "招办", "招生", "没有“招生”这个角色"),
    ("lead", "[kinds]", "person", "year", "这里只能写 day、week"),
    ("year", "", "2024", "24", "年份没看懂"),
    ("effective_from", "", "04-01", "04-00", "2024 年没有 04-00 这一天"),
]


@pytest.mark.parametrize(("start", "below", "old", "new", "said"), DAMAGES)
def test_a_fault_names_its_line_and_says_what_to_write(
    start: str, below: str, old: str, new: str, said: str
) -> None:
    number = line_of(start, below)
    told = str(fault(changed(number, old, new)))
    assert any(line.startswith(f"第 {number} 行 ") and said in line for line in told.split("\n"))


def test_the_field_is_named_as_a_path() -> None:
    number = line_of("terms.first_deadline", PPT)
    told = str(fault(changed(number, "04-05", "4-5")))
    assert told == (
        "方案 2024.toml 没有读入，有 1 处要改：\n"
        f"第 {number} 行 items.ppt.terms.first_deadline：日期没看懂，请写成 04-05"
    )


def test_all_faults_are_told_at_once_in_the_order_of_lines() -> None:
    source = changed(line_of("year"), "2024", '"24"').replace('is = "03-30"', 'is = "3.30"')
    source = source.replace("[obligations.like]", "[obligations.like2]")
    told = fault(source.replace('word = "申诉"', "word = 7"))
    assert [(flaw.line, flaw.field) for flaw in told.flaws] == [
        (line_of("year"), "year"),
        (line_of("terms.deadline", "[items.dy_handover]"), "items.dy_handover.terms.deadline"),
        (line_of("[obligations.like]"), "obligations.like2"),
        (line_of("appeal ="), "kinds.appeal.word"),
    ]


def test_a_maximum_that_its_terms_cannot_bring_is_refused() -> None:
    told = str(fault(changed(line_of("max", PPT), "5", "6")))
    assert "items.ppt.terms.first_points：最多能得 5 分，满分写的是 6" in told
    assert "totals.points：各行合计是 60，这里写的是 59" in told


def test_a_missing_line_is_told_at_its_table() -> None:
    number = line_of("terms.seat ", "[items.live_team]")
    told = fault("\n".join([*LINES[: number - 1], *LINES[number:]]))
    assert [flaw.field for flaw in told.flaws] == ["items.live_team.terms.seat"]
    assert "缺了这一项，请补上" in str(told)


def test_very_many_faults_are_counted_and_the_first_told() -> None:
    told = str(fault(SOURCE.replace('"explicit"', '"exact"')))
    assert len(told.split("\n")) == 32
    assert re.search(r"另有 \d+ 处，改好这些再看$", told)


@pytest.mark.parametrize(
    "source",
    ["", "\0", "[" * 50_000, "a = " + "[" * 50_000, "a = " + "9" * 5_000, "a = 1e" + "9" * 40],
    ids=["empty", "nul", "brackets", "nested", "digits", "exponent"],
)
def test_what_is_no_plan_at_all_is_refused_in_words(source: str) -> None:
    assert str(fault(source)).startswith("方案 2024.toml 没有读入")


def test_windows_line_ends_and_comments_change_nothing() -> None:
    assert parse(SOURCE.replace("\n", "\r\n"), "2024.toml") == PLAN
    assert parse("# 学校自用\n" + SOURCE, "2024.toml") == PLAN


def without_half(line: str) -> str:
    return line[: len(line) // 2]


def under_another_name(line: str) -> str:
    return "[x" + line[1:] if line.startswith("[") else "x" + line


def with_a_list_for_a_value(line: str) -> str:
    return line if line.startswith("[") else line.split("=", maxsplit=1)[0] + "= [[]]"


def with_a_stray_quote(line: str) -> str:
    return line + '"'


SAID = [number for number, line in enumerate(LINES, 1) if line and not line.startswith("#")]


@pytest.mark.slow
@settings(max_examples=400, deadline=None)
@given(
    number=st.sampled_from(SAID),
    damage=st.sampled_from(
        [without_half, under_another_name, with_a_list_for_a_value, with_a_stray_quote]
    ),
)
def test_damage_to_any_line_is_told_at_that_line_or_changes_nothing(
    number: int, damage: Callable[[str], str]
) -> None:
    source = "\n".join([*LINES[: number - 1], damage(LINES[number - 1]), *LINES[number:]])
    try:
        plan = parse(source, "2024.toml")
    except PlanFault as told:
        assert number in {flaw.line for flaw in told.flaws}  # noqa: PT017 - both ends are fine
    else:
        assert plan == PLAN


@settings(max_examples=100, deadline=None)
@given(number=st.sampled_from(SAID))
def test_a_line_said_twice_is_told_at_the_second(number: int) -> None:
    told = fault("\n".join([*LINES[:number], *LINES[number - 1 :]]))
    assert [flaw.line for flaw in told.flaws] == [number + 1]


def test_a_bracket_left_open_is_told_where_it_was_opened() -> None:
    number = line_of("aliases", IT)
    assert [flaw.line for flaw in fault(changed(number, "]", "")).flaws] == [number]


def test_a_list_over_several_lines_is_read_and_is_not_blamed_for_what_follows() -> None:
    split = changed(line_of("aliases", IT), "[", "[\n  ")
    assert parse(split, "2024.toml") == PLAN
    told = fault(split + "\n多余的一行")
    assert [flaw.line for flaw in told.flaws] == [split.count("\n") + 2]


@pytest.mark.slow
@settings(max_examples=300, deadline=None)
@given(
    at=st.integers(0, len(SOURCE)),
    gone=st.integers(0, 40),
    put=st.text(alphabet=st.sampled_from(list('"[]{}=#.,\\\n 0aA-·月\t\x7f\ud800')), max_size=6),
)
def test_whatever_is_written_over_the_file_gives_a_plan_or_a_fault(
    at: int, gone: int, put: str
) -> None:
    try:
        plan = parse(SOURCE[:at] + put + SOURCE[at + gone :], "2024.toml")
    except PlanFault as told:
        assert str(told).startswith("方案 2024.toml 没有读入")  # noqa: PT017 - both ends are fine
    else:
        assert show(plan)


# --- files ---------------------------------------------------------------------------------


def test_the_shipped_plan_is_read_once_and_in_force_for_its_whole_year() -> None:
    assert shipped() is shipped()
    first, after = start_of(date(2024, 1, 1)), end_of(date(2024, 12, 31))
    in_force = Shelf(templates()).in_force
    assert [plan and plan.id for plan in map(in_force, (first, after - 1))] == ["2024", "2024"]
    assert in_force(first - 1) is None
    assert in_force(after) is None


def test_a_file_of_the_school_is_read_with_or_without_a_byte_order_mark(tmp_path: Path) -> None:
    plain, marked = tmp_path / "a.toml", tmp_path / "b.toml"
    plain.write_text(SOURCE, encoding="utf-8")
    marked.write_text(SOURCE, encoding="utf-8-sig")
    assert read_file(plain) == read_file(str(marked)) == PLAN


def test_a_file_that_cannot_be_read_is_refused_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "gbk.toml").write_bytes("标题".encode("gbk"))
    (tmp_path / "big.toml").write_bytes(b"#" * (MAX_BYTES + 1))
    said = {}
    for name in ("gbk.toml", "big.toml", "none.toml", "", "a\0b"):
        with pytest.raises(PlanFault) as caught:
            read_file(tmp_path / name)
        said[name] = str(caught.value)
    assert "不是 UTF-8 编码，请另存为 UTF-8" in said["gbk.toml"]
    assert "超过 1 MB" in said["big.toml"]
    assert all("文件打不开" in said[name] for name in ("none.toml", "", "a\0b"))
    assert all("\n" not in sentence for sentence in said.values())
