"""Every threat on the page names a test that is there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "security.md").read_text("utf-8")
ROWS = [line.strip("|").split(" | ") for line in PAGE.splitlines() if line.startswith("| ")]
THREATS = [row for row in ROWS if row[0].strip() != "threat"]
SOURCES = "\n".join(
    f"{file.name}\n{file.read_text('utf-8')}" for file in (ROOT / "tests").rglob("*.py")
)


@pytest.mark.parametrize("row", THREATS, ids=lambda row: row[0].strip()[:60])
def test_a_threat_has_a_measure_and_a_test_that_exists(row: list[str]) -> None:
    assert len(row) == 3
    assert all(cell.strip() for cell in row)
    named = re.findall(r"test_\w+(?:\.py)?", row[2])
    assert [name for name in named if name not in SOURCES] == []
