"""The guides by role: drawn as they are written, with pictures that are small and told in words."""

import re
from pathlib import Path

import pytest
from PIL import Image

from tests.unit.test_templates import contrast
from tests.unit.test_texts import FORBIDDEN
from tests.worlds import roleguides, roleguides_drawn
from tests.worlds.guides import text_of as guide
from tests.worlds.roleguides import NAMES, PAGES, ROOT, text_of
from tests.worlds.roleguides_drawn import FOLDER

PICTURE = re.compile(r"!\[(.*?)\]\((.*?)\)")
FENCE = re.compile(r"```.*?```|<!--.*?-->", re.DOTALL)
MOST, MOST_OF_ALL = 80_000, 1_200_000
LONGEST = 2_600
"""Characters of a page without its talk: two screens."""

PARTS = ("您要做的", "最常做的五件事", "出了岔子", "不用您管的")


def prose(page: str) -> str:
    """A page without its talk."""
    return FENCE.sub("", text_of(page))


@pytest.mark.parametrize("page", NAMES)
def test_a_page_is_served_as_it_is_written(page: str) -> None:
    file = FOLDER / f"{page}.html"
    assert file.read_text("utf-8") == roleguides_drawn.drawn(page), "make pages"


@pytest.mark.parametrize("page", NAMES)
def test_a_page_is_short_and_polite(page: str) -> None:
    text = prose(page)
    assert len(text) <= LONGEST
    assert not [word for word in (*FORBIDDEN, "！") if word in text]
    assert [*re.findall("^## (.*)$", text, re.MULTILINE)] == [*PARTS]
    assert [*re.findall(r"^\*\*(\d)\. ", text, re.MULTILINE)] == ["1", "2", "3", "4", "5"]


@pytest.mark.parametrize("page", NAMES)
def test_pictures_are_small_and_told_in_words(page: str) -> None:
    found = PICTURE.findall(text_of(page))
    assert 1 <= len(found) <= 3
    for told, path in found:
        assert re.fullmatch(r".*[\u4e00-\u9fff].{9,}", told), told
        file = PAGES / path
        assert file.stat().st_size <= MOST
        with Image.open(file) as picture:
            assert picture.format == "PNG"
            assert 300 <= picture.width <= 900


def test_no_picture_is_there_for_nothing_and_all_are_light() -> None:
    shown = {Path(path).name for page in NAMES for _, path in PICTURE.findall(text_of(page))}
    assert {file.name for file in FOLDER.glob("*.png")} == shown
    assert sum(file.stat().st_size for file in FOLDER.glob("*.png")) <= MOST_OF_ALL


def test_every_page_is_linked() -> None:
    there = {f"roles/{page}.zh-CN.md" for page in NAMES}
    assert {f"roles/{file.name}" for file in PAGES.glob("*.md")} == there
    assert there <= {*re.findall(r"\]\((roles/[^)]+)\)", guide("README.md"))}
    for name in ("README.md", "README.zh-CN.md"):
        links = re.findall(r"\]\(docs/guides/([^)]+)\)", (ROOT / name).read_text("utf-8"))
        assert there <= {*links}, name


def test_a_value_of_the_plan_reads_as_people_say_it() -> None:
    assert roleguides.value("leads.each_person") == "10"
    assert roleguides.value("live_team.deadline") == "4月6日"
    assert roleguides.value("live_directors.window") == "6月15日–7月30日"
    assert roleguides.value("reminders.quiet") == "21:30-07:30"
    stale = "<!--=leads.each_person-->9<!--/-->"
    assert roleguides.with_values(stale) == "<!--=leads.each_person-->10<!--/-->"


def test_a_line_that_is_no_talk_is_a_slip() -> None:
    for line in ("随便写的一行", "4月12日", "您 转发"):
        with pytest.raises(AssertionError):
            list(roleguides.steps(line))


def test_the_ink_of_a_guide_is_dark_enough_to_be_read() -> None:
    css = FOLDER.joinpath("guides.css").read_text("utf-8")
    colour = dict(re.findall(r"--(\w+): (#[0-9a-f]{3,6});", css))
    for ink in ("ink", "soft", "accent"):
        for paper in ("paper", "sheet", "pale"):
            assert contrast(colour[ink], colour[paper]) >= 4.5, (ink, paper)
