"""Hostile texts in every form and address of the signed-in pages: a page each time, and no trace.

Some dozens in every run; `-m soak` sends thousands.
"""

import logging
import random
from collections.abc import AsyncIterator
from urllib.parse import quote

import pytest

from bot.pages.views.table import VIEWS
from db.engine.database import Database
from tests.security.hostile import BEGINNINGS, BROKEN, PIECES
from tests.worlds.paged import Form, Served, Visitor, claimed, pages_of
from tests.worlds.school import close_school, open_school

CASES, SOAK = 24, 4_000
ASKED = ("until", "known", "unit", "kind", "after", "lead", "month", "year", "old", "new", "q",
         "before", "action", "subject", "who", "loose")  # fmt: skip


@pytest.fixture
async def served(sqlite_database: Database) -> AsyncIterator[Served]:
    school = await open_school(sqlite_database, start="04-15 09:00", claimed=claimed())
    await school.says("u-chen", "报视频 机房的一天 https://v.douyin.com/a1")
    await school.says("u-liu", "报线索 张某 13800010001 初三")
    async with pages_of(school) as pages:
        pages.pages.patience.most = None
        yield pages
    close_school(school)


async def test_hostile_texts_in_forms_and_addresses_leave_a_page_and_no_trace(
    served: Served, caplog: pytest.LogCaptureFixture
) -> None:
    await _sent(served, caplog, CASES)


@pytest.mark.soak
async def test_many_hostile_texts_in_forms_and_addresses(
    served: Served, caplog: pytest.LogCaptureFixture
) -> None:
    await _sent(served, caplog, SOAK)


def _text(draw: random.Random) -> str:
    pieces = [*PIECES, *BROKEN, *BEGINNINGS]
    match draw.randrange(4):
        case 0:
            return draw.choice(pieces) * draw.choice((1, 100, 3_000))
        case 1:
            return "".join(chr(draw.randrange(1, 0x11000)) for _ in range(draw.randrange(200)))
        case _:
            return "".join(draw.choice(pieces) for _ in range(draw.randrange(1, 12)))


async def _sent(served: Served, caplog: pytest.LogCaptureFixture, cases: int) -> None:
    draw = random.Random(cases)
    visitors = [await served.enters(account) for account in ("u-wu", "u-sun", "u-he")]
    caplog.set_level(logging.WARNING)
    for _ in range(cases):
        visitor = draw.choice(visitors)
        view = draw.choice(VIEWS)
        path = view.path.replace("{unit}", "it").replace("{number}", "1")
        text = _text(draw)
        address = f"{path}?{draw.choice(ASKED)}={quote(text.encode(errors='replace')[:400])}"
        page = await visitor.opens(address)
        assert page.status in (200, 400, 403, 404, 414), address
        whole = await visitor.opens(path)
        if whole.status == 200:
            await _posted(visitor, draw.choice(whole.forms), text, draw)
    assert not [row for row in caplog.records if row.exc_info], caplog.text
    assert "13800010001" not in caplog.text


async def _posted(visitor: Visitor, form: Form, text: str, draw: random.Random) -> None:
    """The form with something hostile in one of its fields; never the way out."""
    if form.action.endswith("/leave") or form.method != "post":
        return
    names = [*form.fields, "more", "says"]
    fields = {**form.fields, draw.choice(names): text.encode(errors="replace").decode()}
    fields.pop("file", None)
    page = await visitor.posts(form.action, fields)
    assert page.status in (200, 400, 403, 404, 413, 414), (form, text)
    assert "<script>" not in page.body
