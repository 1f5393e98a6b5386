"""The files of a month: opened again and held against the scorecards they come from."""

import asyncio
import io
import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from docx import Document
from docx.shared import Mm, Pt
from PIL import Image

from commands.months import compose, outline, workbook
from commands.months.document import files, write
from commands.months.picture import COLOURS, bar, ranking
from commands.months.report import Attention, Item, OpenItem, Report, Row
from commands.months.stored import from_json
from commands.paper import blocks, chart, fonts
from db import months
from scoring.plan import Plan
from tests.worlds.episodes import frozen, reported
from tests.worlds.school import School

EVIL = ('=HYPERLINK("x")', "+1", "-2+3", "@SUM(A1)", "=1+1")
SEAL = "5e" * 32


@dataclass
class April:
    """A month that happened once for all who only read it."""

    plan: Plan
    report: Report
    cards: dict[str, Any]

    @cached_property
    def table(self) -> bytes:
        return workbook.write(self.plan, self.report)

    @cached_property
    def draft(self) -> bytes:
        return write(self.plan, self.report)

    @cached_property
    def sealed(self) -> bytes:
        return write(self.plan, self.report, seal=SEAL)


_HAPPENED: list[April] = []


@pytest.fixture
async def april(school: School) -> April:
    if not _HAPPENED:
        report = await composed(school)
        _HAPPENED.append(April(school.plan, report, school.score("05-01 00:00")))
    return _HAPPENED[0]


async def composed(school: School) -> Report:
    """April of a school where something happened, with a task of an evil title."""
    await reported(school)
    await school.at("04-10 09:00")
    await school.says("u-zhao", "发任务 春招宣传片 https://v.douyin.com/task1 截止 4月12日")
    await school.says("u-zhao", "结任务 5 转发=6000 点赞 5900 评论5800 关注7000", at="04-14 09:00")
    await school.presses("u-zhao", "确认结任务")
    await school.at("05-09 10:00")
    with school.app.db.reading() as tx:
        return compose.compose(tx, school.plan, "2024-04", school.clock.now())


def rows_of(data: bytes, name: str) -> list[dict[str, Any]]:
    """A sheet as people read it: a dict a row."""
    sheet = openpyxl.load_workbook(io.BytesIO(data))[name]
    head, *rows = sheet.iter_rows(values_only=True)
    return [dict(zip(map(str, head), row, strict=True)) for row in rows]


def number(value: Any) -> Decimal | None:
    return None if value is None else Decimal(str(value))


def items_of(report: Report) -> Iterator[tuple[Row, Item]]:
    for row in report.rows:
        for item in row.items:
            yield row, item


# --- the workbook -------------------------------------------------------------------------


def test_every_verdict_stands_in_the_workbook_cell_by_cell(april: April) -> None:
    cards = april.cards
    found = rows_of(april.table, "逐项")
    expected = [
        (card["unit"], item)
        for card in [*cards["units"], cards["school"]]
        for item in card["items"]
    ]
    assert len(found) == len(expected) == 17 * 10
    for line, (unit, item) in zip(found, expected, strict=True):
        assert line["部门"] == unit
        assert line["项目"] == april.plan.item[item["item"]].word
        assert line["条款"] == item["clause"]
        assert number(line["得分"]) == number(item["points"])
        assert number(line["应得"]) == number(item["max"])
        assert (line["约定"] or "") == (item["convention"] or "")
        assert line["理由"] == item["because"]
        assert line["状态"] == workbook.STATES[item["status"]]


def test_the_totals_are_those_of_the_cards_in_cells_of_their_type(april: April) -> None:
    report = april.report
    found = {row["部门"]: row for row in rows_of(april.table, "总表")}
    for row in report.rows:
        line = found.pop(row.unit)
        parts = [number(line[name]) for name in ("得分", "已失", "待评", "还可争取")]
        assert sum(part or 0 for part in parts) == number(line["应得"]) == row.max
        assert parts[0] == row.points
        assert isinstance(line["得分率"], (int, float))
        assert number(line["得分率"]) == row.rate
    assert not found


def test_what_does_not_apply_is_folded_and_empty_tables_are_named(april: April) -> None:
    found = openpyxl.load_workbook(io.BytesIO(april.table))
    lines = found["逐项"]
    for at, (status,) in enumerate(lines.iter_rows(min_col=6, max_col=6, values_only=True), 1):
        assert lines.row_dimensions[at].hidden == (status == "不适用")
    assert "更正" not in found.sheetnames
    about = {row["事项"]: row["内容"] for row in rows_of(april.table, "说明")}
    assert "更正、更正依据" in about["没有内容、未列出的表"]
    assert all(isinstance(value, str) for value in about.values())


def test_heads_stay_in_sight_and_charts_are_native(april: April) -> None:
    data = april.table
    found = openpyxl.load_workbook(io.BytesIO(data))
    assert all(sheet.freeze_panes == "B2" for sheet in found if sheet.title != workbook.CHARTS)
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        charts = [name for name in packed.namelist() if name.startswith("xl/charts/chart")]
    assert len(charts) == 2


@pytest.mark.parametrize("text", EVIL)
def test_a_cell_that_begins_like_a_formula_stays_text(april: April, text: str) -> None:
    report = april.report
    [task] = report.interaction
    report = replace(
        report,
        interaction=(replace(task, title=text),),
        attention=(Attention(unit=text, item="ppt", points=Decimal(0), because=text),),
    )
    found = openpyxl.load_workbook(io.BytesIO(workbook.write(april.plan, report)))
    cells = [found["互动"]["B2"], found["需要关注"]["A2"], found["需要关注"]["D2"]]
    assert [(cell.value, cell.data_type) for cell in cells] == [(text, "s")] * 3


def test_the_interaction_task_stands_with_its_counters_and_its_line(april: April) -> None:
    found = rows_of(april.table, "互动")
    assert [(row["指标"], row["平台数"], row["达标"]) for row in found] == [
        ("转发", 6000, "达"),
        ("点赞", 5900, "达"),
        ("评论", 5800, "达"),
        ("关注", 7000, "达"),
    ]
    assert {row["合格线"] for row in found} == {5621}  # people: 5620.8 is reached by 5621
    assert all(isinstance(row["结束时间"], datetime) for row in found)


def test_the_quotas_without_points_stand_week_by_week_and_for_the_month(
    april: April,
) -> None:
    found = rows_of(april.table, "未计分任务")
    mine = [row for row in found if row["部门"] == "信息工程系" and row["任务"] == "视频"]
    assert [row["期间"][:4] for row in mine] == ["第14周", "第15周", "第16周", "第17周"]
    assert [row["完成"] for row in mine] == [1, 0, 0, 0]
    assert all(row["还差"] == max(0, row["要求"] - row["完成"]) for row in found)
    assert any(row["期间"] == "2024-04" for row in found)


# --- the paper ----------------------------------------------------------------------------


def test_the_paper_has_the_format_of_an_official_document(april: April) -> None:
    paper = Document(io.BytesIO(april.sealed))
    page = paper.sections[0]
    lengths = (
        *(page.page_width, page.page_height, page.top_margin, page.bottom_margin),
        *(page.left_margin, page.right_margin),
    )
    assert [round((one or Mm(0)).mm) for one in lengths] == [210, 297, 37, 35, 28, 26]
    body = next(p for p in paper.paragraphs if p.text.startswith("根据《"))
    assert (body.runs[0].font.size, body.paragraph_format.line_spacing) == (Pt(16), Pt(28))
    assert 'w:eastAsia="仿宋_GB2312"' in body.runs[0]._element.xml
    heading = next(p for p in paper.paragraphs if p.text == "一、考核结果")
    assert 'w:eastAsia="黑体"' in heading.runs[0]._element.xml
    assert "PAGE" in page.footer._element.xml
    assert SEAL in paper.paragraphs[-1].text


def test_every_ranking_line_is_that_of_its_card(april: April) -> None:
    paper = Document(io.BytesIO(april.draft))
    printed: dict[str, list[str]] = {}
    for table in paper.tables[:3]:
        assert tuple(cell.text for cell in table.rows[0].cells) == outline.RANKING
        for row in table.rows[1:]:
            printed[row.cells[1].text] = [cell.text for cell in row.cells]
    for card in april.cards["units"]:
        _, _, points, most, rate, _, *rest = printed.pop(card["unit"])
        parts = [Decimal(part.replace("－", "-")) for part in (points, *rest)]
        assert sum(parts) == Decimal(most)
        assert points == blocks.shown(number(card["points"]))
        assert most == blocks.shown(number(card["max"]))
        assert Decimal(rate.rstrip("%")) == int(Decimal(card["rate"]) * 1000) / Decimal(10)
    assert not printed


def test_every_line_of_the_outline_is_printed_in_its_order(april: April) -> None:
    report = april.report
    paper = Document(io.BytesIO(april.draft))
    printed = [p.text for p in paper.paragraphs if p.text]
    told = [b.text for b in outline.outline(april.plan, report) if isinstance(b, blocks.Text)]
    start = printed.index(told[0])
    assert printed[start : start + len(told)] == told


async def test_the_paper_bears_the_schools_head_and_signature(school: School) -> None:
    await school.says("u-he", "设置 抬头 某某职业学校文件")
    await school.presses("u-he", "确认")
    await school.says("u-he", "设置 落款 宣传考核办")
    await school.presses("u-he", "确认")
    paper = Document(io.BytesIO(write(school.plan, await composed(school), seal=SEAL)))
    texts = [p.text for p in paper.paragraphs if p.text]
    assert texts[0] == "某某职业学校文件"
    assert texts[-3:-1] == ["宣传考核办", "2024年5月9日"]


def test_the_paper_is_chinese_of_the_mainland(april: April) -> None:
    paper = Document(io.BytesIO(april.draft))
    styles = paper.styles.element.xml
    assert styles.count('<w:lang w:val="en-US" w:eastAsia="zh-CN"/>') == 2
    assert styles.count("<w:lang") == 2


def test_a_short_table_and_the_signature_are_not_torn_apart(april: April) -> None:
    paper = Document(io.BytesIO(april.sealed))
    for table in paper.tables[:3]:
        kept = [row.cells[0].paragraphs[0].paragraph_format.keep_with_next for row in table.rows]
        assert kept == [True] * (len(table.rows) - 1) + [False]
    *last, seal = [p for p in paper.paragraphs if p.text][-4:]
    assert [p.paragraph_format.keep_with_next for p in last] == [True] * 3
    assert SEAL in seal.text


def test_the_paper_shows_the_rates_as_a_picture_that_is_told(april: April) -> None:
    paper = Document(io.BytesIO(april.draft))
    [shown] = paper.inline_shapes
    assert "条形图" in shown._inline.docPr.get("descr")


def test_each_decider_is_named_once_with_all_that_waits(april: April) -> None:
    report = april.report
    one = OpenItem(
        what="待核", kind="新闻", unit="信工", total=2, oldest=1, roles=("考核组",), who=("吴敏",)
    )
    items = (one, replace(one, kind="软文", total=1), replace(one, unit="机电"))
    told = outline.outline(april.plan, replace(report, open=items))
    named = [
        block.text for block in told if isinstance(block, blocks.Text) and "吴敏" in block.text
    ]
    assert named == ["1. 考核组（吴敏）办理：待核新闻 4 件（信工、机电）；待核软文 1 件（信工）。"]


def test_a_draft_says_that_it_is_one(april: April) -> None:
    paper = Document(io.BytesIO(april.draft))
    assert any(p.text.startswith("（草稿，数到") for p in paper.paragraphs)


# --- the same bytes -----------------------------------------------------------------------


async def test_a_frozen_month_comes_as_the_same_bytes_whenever_it_is_asked_for(
    school: School,
) -> None:
    await reported(school)
    await frozen(school)
    first = school.shown("u-han")[-1].files
    await school.says("u-zhao", "通过 #4", at="05-20 09:00")
    await school.says("u-wu", "月报 2024-04")
    again = school.shown("u-wu")[-1].files
    assert [(file.name, file.data) for file in again] == [(f.name, f.data) for f in first]
    with school.app.db.reading() as tx:
        kept = months.frozen(tx, school.plan, "2024-04")
        assert kept is not None
        made, _ = files(school.plan, from_json(Report, kept.document), kept.sha256)
    assert made == tuple(first)


# --- the picture --------------------------------------------------------------------------


def test_what_is_lost_is_told_from_what_is_still_open_without_colour(
    april: April,
) -> None:
    report = april.report
    row = next(row for row in report.units if row.lost and row.winnable + row.open)
    one = bar(row.unit, row, COLOURS["系部"])
    assert one.share + one.lost < 1
    picture = chart.draw("", "", [("", [one])], ("已失", "还可争取"))
    with Image.open(io.BytesIO(picture.data)) as drawn:
        middle = chart.HEAD + chart.ROW + chart.ROW // 2
        left, right = chart.MARGIN + chart.NAME_ROOM, chart.WIDTH - chart.MARGIN - chart.VALUE_ROOM
        shades = [drawn.convert("L").getpixel((x, middle)) for x in range(left, right)]
    lost = slice(int(len(shades) * one.share) + 2, int(len(shades) * (one.share + one.lost)) - 2)
    assert len(set(shades[lost])) > 1
    assert len(set(shades[lost.stop + 4 :])) == 1


def test_the_picture_shows_every_unit(april: April) -> None:
    picture = ranking(april.report)
    assert picture.warning == ""
    with Image.open(io.BytesIO(picture.data)) as drawn:
        assert drawn.size[0] == chart.WIDTH
        assert drawn.size[1] > (16 + 4) * chart.ROW


def test_rare_characters_of_names_are_drawn_or_named() -> None:
    face, lacking = fonts.find("宣传龑䶮\U0010fffd")
    assert face is not None
    assert "\U0010fffd" in lacking
    assert "宣" not in lacking


def test_without_a_font_there_is_a_word_instead_of_boxes(
    april: April, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = april.report
    monkeypatch.setattr(fonts, "_faces", lambda preferred: ())
    made, warning = files(april.plan, report)
    assert [file.name.rsplit(".")[-1] for file in made] == ["docx", "xlsx"]
    assert warning.startswith("没有找到中文字体，这次没有图。")


def test_missing_characters_are_counted_and_named(
    april: April, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = april.report
    first, *others = report.units
    report = replace(report, units=(replace(first, unit="某\U0010fffd系"), *others))
    assert ranking(report).warning.startswith("图里有 1 个字现有字体画不出：\U0010fffd")


def test_the_font_that_is_set_comes_first(tmp_path: Path) -> None:
    face, _ = fonts.find("宣")
    assert face is not None
    copy = tmp_path / "ours.ttc"
    with open(face.path, "rb") as font:
        copy.write_bytes(font.read())
    fonts.prefer(str(copy))
    try:
        chosen, _ = fonts.find("宣")
        assert chosen is not None
        assert chosen.path == str(copy)
    finally:
        fonts.prefer("")


# --- as the reader's program sees them ------------------------------------------------------


async def test_an_office_program_opens_both_and_prints_the_same_points(
    april: April, tmp_path: Path
) -> None:
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("no office program on this machine")
    report = april.report
    (tmp_path / "paper.docx").write_bytes(april.sealed)
    (tmp_path / "table.xlsx").write_bytes(workbook.write(april.plan, report, seal=SEAL))
    for kind, name in (
        ("txt:Text (encoded):UTF8", "paper.docx"),
        (
            "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,2",
            "table.xlsx",
        ),
    ):
        await asyncio.to_thread(converted, office, tmp_path, kind, name)
    paper = (tmp_path / "paper.txt").read_text("utf-8-sig")
    for block in outline.outline(april.plan, report):
        if isinstance(block, blocks.Text):
            assert block.text in paper
        elif isinstance(block, blocks.Table):
            assert all(cell in paper for row in block.rows for cell in row)
    table = (tmp_path / "table-逐项.csv").read_text("utf-8-sig")
    for row, item in items_of(report):
        assert f"{row.unit},{april.plan.item[item.item].word}," in table


def converted(office: str, folder: Path, kind: str, name: str) -> None:
    """A file as the office program saves it in another format, with a profile of its own."""
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = [office, profile, "--headless", "--convert-to", kind, "--outdir", str(folder), name]
    subprocess.run(command, cwd=folder, check=True, capture_output=True, timeout=100)
