"""走势: the charts of a year as a picture in the chat, the same that the pages draw (issue 24)."""

import io
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise

import pytest
from PIL import Image

from bot.adapters.local import CAPABILITIES
from commands.chat.messages import File
from commands.paper import fonts, panels, plot
from commands.paper.panels import Cells, Panel
from commands.paper.plot import Plot
from commands.wording.formats import percent
from db.engine.database import Database
from tests.worlds.episodes import reported
from tests.worlds.paged import claimed, pages_of
from tests.worlds.school import GROUP, School, close_school, open_school

KILOBYTE = 1024


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[list[Panel]]:
    """What each picture showed, as the drawer was given it."""
    seen: list[list[Panel]] = []
    really = panels.draw

    def draw(title: str, note: str, found: list[Panel]) -> object:
        seen.append(found)
        return really(title, note, found)

    monkeypatch.setattr(panels, "draw", draw)
    return seen


async def asked(school: School, who: str, text: str) -> File:
    await school.says(who, text)
    [file] = school.shown(who)[-1].files
    with Image.open(io.BytesIO(file.data)) as picture:
        assert (picture.format, picture.width) == ("PNG", 1080)
    assert len(file.data) <= 300 * KILOBYTE
    return file


async def test_the_year_of_a_unit_is_drawn_week_by_week_as_on_its_page(
    sqlite_database: Database, drawn: list[list[Panel]]
) -> None:
    school = await open_school(sqlite_database, claimed=claimed())
    # Before anything counted the picture says so instead of an empty field.
    await asked(school, "u-chen", "走势 信工")
    assert drawn[-1][0].body == "还没有哪一周有分，等第一周过完再看。"
    assert drawn[-1][1:] == []
    await reported(school)
    await school.at("04-09 09:00")
    for link in ("a2", "a3"):
        await school.says("u-chen", f"报视频 机房的一天 https://v.douyin.com/{link}")
    await school.at("04-16 09:00")
    file = await asked(school, "u-chen", "走势")
    assert file.name == "信息工程系走势.png"
    assert school.last("u-chen") == "信息工程系走势　截至 4月16日 09:00"
    assert school.buttons("u-chen") == ["得分", "线索走势"]
    year, quotas = (panel.body for panel in drawn[-1])
    assert isinstance(year, Plot)
    assert [dot.told.split("：")[0] for dot in year.dots] == [
        "3月31日",
        "4月7日",
        "4月14日",
    ]
    rate = school.score("04-15 00:00")
    own = next(card["rate"] for card in rate["units"] if card["unit"] == "信息工程系")
    assert year.keys[0] == ("own", f"信息工程系 {percent(Decimal(own))}")
    assert isinstance(quotas, Cells)
    weeks = {name: [(one.look, one.under) for one in row] for name, _, row in quotas.rows}
    assert weeks["视频"] == [("met", "14"), ("waits", "15"), ("open", "16")]
    assert weeks["新闻"] == [("open", "4月")]
    # A sign beside the shade tells each apart, and the key holds those that are shown.
    assert [word for _, _, word in quotas.keys] == ["达标", "等审", "还差"]
    async with pages_of(school) as pages:
        page = await (await pages.enters("u-wu")).opens("/units/it")
    for said in (
        year.label,
        *(dot.told for dot in year.dots),
        *(word for _, word in year.keys),
        *(one.told for *_, row in quotas.rows for one in row),
    ):
        assert said in page.body
    close_school(school)


async def test_the_leads_of_the_school_are_drawn_for_everybody(
    school: School, drawn: list[list[Panel]]
) -> None:
    await asked(school, "u-liu", "走势 两院")
    leads, people = (panel.body for panel in drawn[-1])
    assert leads == "今年还没有认定过线索。"
    assert isinstance(people, tuple)
    assert ("健康", "0/2", "0.0%") in [(one.name, one.value, one.rate) for one in people]
    await school.says("u-liu", "报线索 张某 13800010001 初三")
    await school.says("u-sun", "认定 #1")
    await school.at("03-26 09:00")
    await asked(school, "u-han", "走势 全校")
    [leads, _] = (panel.body for panel in drawn[-1])
    assert isinstance(leads, Plot)
    assert [(box.told) for box in leads.boxes] == ["到 3月24日 的一周：1 条"]
    # In a group the picture goes to whoever asked, as one's other pictures do.
    await school.says("u-chen", "@宣传助手 走势 信工", group=GROUP)
    assert school.shown("u-chen")[-1].files[0].name == "信息工程系走势.png"
    assert not any(message.files for message in school.shown("", GROUP))
    assert (await school.says("u-chen", "走势 融媒体"))[-1].startswith("融媒体 没有计分项目")


async def test_what_cannot_be_drawn_is_said(
    sqlite_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = await open_school(sqlite_database, capabilities=replace(CAPABILITIES, files=False))
    try:
        assert (await found.says("u-chen", "走势"))[-1] == "这里发不了图，请看文字。"
    finally:
        close_school(found)
    monkeypatch.setattr(fonts, "_faces", lambda preferred: ())
    assert panels.draw("题", "注", [Panel(head="头", body="句")]).warning.startswith(
        "没有找到中文字体"
    )


@pytest.mark.parametrize("count", [1, 2, 3, 7, 13, 20, 40, 53])
def test_no_label_of_a_chart_touches_another(count: int) -> None:
    counts = [plot.Count(day="12月30日", count=at * 37 % 400, told="") for at in range(count)]
    rates = [plot.Rates(day="12月30日", own=1, mean=0, told="") for _ in range(count)]  # type: ignore[arg-type]
    for chart in (plot.columns("", counts), plot.year_line("", rates, ("", ""))):
        spans: dict[int, list[tuple[int, int]]] = {}
        for word in chart.words:
            # As wide as the picture draws it: 18 pixels a sign, half of that for a digit.
            wide = sum(18 if sign > "~" else 10 for sign in word.said) * plot.WIDE // 1000
            shift = {"start": 0, "middle": wide // 2, "end": wide}[word.anchor]
            left = round(word.place[0]) - shift
            assert 0 <= left <= plot.WIDE - wide
            spans.setdefault(round(word.place[1]), []).append((left, left + wide))
        for row in spans.values():
            row.sort()
            assert all(one[1] <= other[0] for one, other in pairwise(row))
