"""The guides by role in a real browser: readable on a phone, and for whoever cannot see them.

A machine without a Chromium says so and skips them; CI, which brings one, never does.
"""

import os
from pathlib import Path

import pytest

from commands.help.guided import PATH
from db.engine.database import Database
from tests.browser import guides
from tests.browser.axe import findings
from tests.browser.chromium import installed, opened
from tests.worlds.paged import claimed, pages_of
from tests.worlds.roleguides import NAMES
from tests.worlds.roleguides_drawn import FOLDER
from tests.worlds.school import close_school, open_school

pytestmark = pytest.mark.skipif(
    installed() is None and not os.environ.get("CI"),
    reason="no Chromium is installed on this machine",
)

LOOKS = Path(__file__).with_name("looks.js").read_text("utf-8")
LOADED = "[...document.images].every(one => one.complete && one.naturalWidth > 0)"


async def test_every_guide_is_readable_on_a_phone(
    sqlite_database: Database, tmp_path: Path
) -> None:
    school = await open_school(sqlite_database, claimed=claimed())
    async with pages_of(school) as served, opened("about:blank", tmp_path / "chromium") as page:
        await page.size(360, 740)
        for name in NAMES:
            await page.goes(f"{served.url}{PATH}/{name}")
            await page.until(LOADED)
            assert await page.js(LOOKS) == [], name
        assert await findings(page) == []
        assert page.faults == []
    close_school(school)


@pytest.mark.soak
async def test_the_pictures_of_the_guides_can_be_taken_again(tmp_path: Path) -> None:
    """What they show is still there to be seen."""
    into = tmp_path / "pictures"
    into.mkdir()
    await guides.main(NAMES, into)
    assert {one.name for one in into.iterdir()} == {one.name for one in FOLDER.glob("*.png")}
