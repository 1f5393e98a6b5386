"""The guides by role, said line by line as their readers to a school that has lived a month: what
they quote is what is answered, and every line is understood, within a sentence as in a talk."""

import asyncio
import re
from pathlib import Path

import pytest

from tests.worlds import roleguides
from tests.worlds.roleguides import BESIDE, NAMES, STEP, Month, Step, text_of
from tests.worlds.transcripts import understood

WITHIN = re.compile(r"`([^`\n]+)`")
FENCE = re.compile(r"^```.*?^```$", re.DOTALL | re.MULTILINE)


@pytest.fixture(scope="module")
def month(tmp_path_factory: pytest.TempPathFactory) -> Month:
    """The month, lived once for all pages."""
    return asyncio.run(roleguides.live(tmp_path_factory.mktemp("month")))


@pytest.mark.parametrize("page", NAMES)
async def test_what_a_guide_quotes_is_what_is_said(page: str, month: Month, tmp_path: Path) -> None:
    async with roleguides.opened(page, month, tmp_path) as talk:
        told = await roleguides.told(page, talk)
        for line in WITHIN.findall(FENCE.sub("", told)):
            understood(await talk.do(Step(line=line, who="您", text=line)), line)
    assert text_of(page) == told, "make pages"


@pytest.mark.parametrize("page", NAMES)
def test_every_line_of_a_guide_is_understood(page: str) -> None:
    asked = 0
    for part in roleguides.PART.finditer(text_of(page)):
        lines = (part["talk"] or "").split("\n")
        for line, answer in zip(lines, [*lines[1:], ""], strict=True):
            said = STEP.fullmatch(line)
            if said is not None and said[1] == "您":
                asked += 1
                assert answer.startswith(BESIDE), f"{line}: nothing is shown"
                understood([answer], line)
    assert asked >= 5
