"""The talk in the READMEs: said line by line through the real gateway, and answered so."""

import re
from pathlib import Path

import pytest

from db.engine.database import Database
from tests.worlds.school import close_school, open_school

ROOT = Path(__file__).parents[2]
TALK = re.compile(r"```\n(马超：.*?)\n```", re.DOTALL)
PEOPLE = {"马超": "u-ma", "李校长": "u-li"}
BESIDE = "　　"


def talk(name: str) -> list[tuple[str, str, list[str]]]:
    """Who says what, and the lines of the answer."""
    found = TALK.search((ROOT / name).read_text("utf-8"))
    assert found is not None
    said: list[tuple[str, str, list[str]]] = []
    for line in found[1].split("\n"):
        if line.startswith(BESIDE):
            said[-1][2].append(line.removeprefix(BESIDE))
        else:
            who, _, text = line.partition("：")
            said.append((PEOPLE[who], text, []))
    return said


@pytest.mark.parametrize("name", ["README.md", "README.zh-CN.md"])
async def test_the_talk_of_a_readme_is_what_is_said(name: str, sqlite_database: Database) -> None:
    school = await open_school(sqlite_database, start="04-01 09:12")
    await school.says("u-ma", "交接")
    await school.says("u-zhao", "通过 #1")
    await school.at("04-02 10:00")
    lines = talk(name)
    assert len(lines) == 4
    for account, text, answer in lines:
        pressed = re.fullmatch(r"\[(.+)\]", text)
        heard = await (
            school.presses(account, pressed[1]) if pressed else school.says(account, text)
        )
        assert heard[0].split("\n") == answer, text
    close_school(school)
