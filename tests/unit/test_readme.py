"""What the two READMEs promise about words, length, figures, links and the picture."""

import re
from pathlib import Path

import pytest
from PIL import Image

from commands.chat.requests import Registry
from commands.families import FAMILIES

ROOT = Path(__file__).parents[2]
BOTH = pytest.mark.parametrize("name", ["README.md", "README.zh-CN.md"])


@BOTH
def test_every_word_one_can_say_stands_in_the_readme(name: str) -> None:
    text = (ROOT / name).read_text("utf-8")
    said = [
        entry
        for entry in Registry(FAMILIES).commands.values()
        if not entry.internal and entry.words
    ]
    unsaid = [entry.name for entry in said if not any(f"`{word}" in text for word in entry.words)]
    # Two that nobody has to learn: 开始 is what a platform's first button says.
    assert set(unsaid) <= {"start", "cancel"}


@BOTH
def test_a_readme_is_read_in_one_go(name: str) -> None:
    text = (ROOT / name).read_text("utf-8")
    assert len(text.splitlines()) <= 150
    for command in ("make setup", "make run", "make test"):
        assert command in text


def test_the_picture_is_small_and_wide_enough_to_be_read() -> None:
    """`python -m tests.browser.film` makes it again."""
    file = ROOT / "docs" / "picture.gif"
    assert file.stat().st_size <= 600_000
    with Image.open(file) as picture:
        assert 800 <= picture.width <= 1000
        assert getattr(picture, "n_frames", 1) >= 4


@BOTH
def test_every_link_of_a_readme_leads_somewhere(name: str) -> None:
    links = re.findall(r"\]\(([^)]+)\)", (ROOT / name).read_text("utf-8"))
    assert {f"docs/guides/{page.name}" for page in (ROOT / "docs/guides").glob("*.md")} <= {*links}
    assert [link for link in links if not (ROOT / link).exists()] == []


NUMBER = re.compile(r"\d[\d.,_]*\d|\d")


def _numbers(text: str) -> set[str]:
    return {re.sub("[,_]", "", number) for number in NUMBER.findall(text)}


@BOTH
def test_every_figure_of_a_readme_stands_where_it_says(name: str) -> None:
    rows = re.findall(
        r"^\| (.+?) \| (.+?) \| \[[^]]*\]\((\S+)\) \|$",
        (ROOT / name).read_text("utf-8"),
        re.MULTILINE,
    )
    assert len(rows) >= 6
    for _, figures, where in rows:
        assert _numbers(figures) - {"99"} <= _numbers((ROOT / where).read_text("utf-8")), figures
