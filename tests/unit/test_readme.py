"""What the two READMEs promise about words, length and pictures."""

from pathlib import Path

import pytest

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


def test_the_picture_is_there_and_small() -> None:
    assert 0 < (ROOT / "docs" / "picture.png").stat().st_size <= 300_000
