"""The words of the signed-in pages stand in their templates and follow the style guide."""

import ast
import re
from pathlib import Path

import pytest

from bot.pages import drawing
from bot.pages.views.table import VIEWS
from tests.unit.test_texts import FORBIDDEN, SENTENCE

PAGES = Path(__file__).parents[2] / "bot" / "pages"
TEMPLATES = sorted(PAGES.joinpath("templates").glob("*.html"))
BESIDE_VIEWS = {"alone", "base", "charts", "enter", "guide", "parts", "plain"}
PLACES = re.compile(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}|<[^>]*>", re.S)


@pytest.mark.parametrize("file", TEMPLATES, ids=lambda file: file.stem)
def test_a_template_follows_the_style_guide_and_escapes_everything(file: Path) -> None:
    text = file.read_text("utf-8")
    assert not [word for word in (*FORBIDDEN, "！") if word in PLACES.sub("", text)]
    assert not re.search(r"\|\s*safe|autoescape|style=|\son\w+=|<script(?! src)", text)
    assert not re.search(r"https?:", text)
    drawing.environment().get_template(file.name)


def test_every_page_has_its_template_and_every_template_its_page() -> None:
    assert {file.stem for file in TEMPLATES} == {view.name for view in VIEWS} | BESIDE_VIEWS


def test_no_sentence_of_the_pages_stands_in_code() -> None:
    for path in PAGES.rglob("*.py"):
        tree = ast.parse(path.read_text("utf-8"))
        docs = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                assert not (SENTENCE.search(node.value) and id(node) not in docs), f"{path} {node}"


def test_the_ink_is_dark_enough_to_be_read() -> None:
    """Each colour of a text against what it stands on, by the ratio of WCAG."""
    css = PAGES.joinpath("static", "pages.css").read_text("utf-8")
    colour = dict(re.findall(r"--(\w+): (#[0-9a-f]{3,6});", css))
    for ink in ("ink", "soft", "accent", "warm"):
        for paper in ("paper", "sheet", "pale"):
            assert contrast(colour[ink], colour[paper]) >= 4.5, (ink, paper)


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(2 * one for one in colour[1:])
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
