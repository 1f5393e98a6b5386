"""A script of tests/acceptance through `promobot replay`, as a school would run it."""

import json
from pathlib import Path
from typing import Any

import pytest

from bot.cli import main

SCRIPTS = Path(__file__).parents[1] / "acceptance"

Run = tuple[str, dict[str, Any]]
"""The output of a script, and the score document it leaves."""


def replayed(
    script: str, roster: str, url: str, out: Path, capsys: pytest.CaptureFixture[str]
) -> Run:
    """Play a script on a fresh database."""
    score = out / "score.json"
    options = ["--roster", str(SCRIPTS / roster), "--db", url, "--score", str(score)]
    assert main(["replay", str(SCRIPTS / script), *options]) == 0
    return capsys.readouterr().out, json.loads(score.read_text("utf-8"))


def points(run: Run) -> dict[str, tuple[str, str]]:
    """Unit -> (points, max) of a run."""
    return {unit["unit"]: (unit["points"], unit["max"]) for unit in run[1]["units"]}


def items(run: Run, unit: str) -> list[str | None]:
    """The points of a unit's ten items, in table order."""
    [found] = [row for row in run[1]["units"] if row["unit"] == unit]
    return [item["points"] for item in found["items"]]


def said(run: Run, word: str) -> list[str]:
    """All texts of the output that hold a word, in order."""
    texts = [json.loads(row)["text"] for row in run[0].splitlines()]
    return [text for text in texts if word in text]
