"""Hostile texts in every form and address of the signed-in pages: a page each time, and no trace.

Some dozens in every run; `-m soak` sends thousands.
"""

import logging
import random
from collections.abc import AsyncIterator, Sequence
from urllib.parse import quote

import pytest

from bot.pages import drawing
from bot.pages.views.table import VIEWS
from db.engine.database import Database
from tests.security.hostile import BEGINNINGS, BROKEN, PIECES
from tests.worlds.paged import Form, Served, Visitor, claimed, pages_of
from tests.worlds.school import close_school, open_school

CASES, SOAK = 24, 4_000
OPENED = (*(view.path.replace("{unit}", "it").replace("{number}", "1") for view in VIEWS),
          "/leads?lead=2")  # fmt: skip
ASKED = ("until", "known", "unit", "kind", "after", "lead", "month", "year", "old", "new", "q",
         "before", "action", "subject", "who", "loose", "at", "rule", "audience")  # fmt: skip


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
    await _over_every_form(visitors, draw)
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


async def _over_every_form(visitors: Sequence[Visitor], draw: random.Random) -> None:
    """Each kind of form that is on a page, once for each of its fields."""
    done = set()
    for visitor in visitors:
        for path in OPENED:
            for form in (await visitor.opens(path)).forms:
                kind = form.action, form.fields.get("says", "").partition(" ")[0], *form.fields
                if form.method == "post" and kind not in done:
                    done.add(kind)
                    for name in form.fields:
                        await _posted(visitor, form, _text(draw), draw, name)
    assert {action for action, *_ in done} == {
        *("/pages/do", "/pages/files", "/pages/search", "/pages/leave")
    }


async def _posted(
    visitor: Visitor, form: Form, text: str, draw: random.Random, name: str = ""
) -> None:
    """The form with something hostile in one of its fields; the way out only without its secret,
    a file with hostile bytes and a hostile name."""
    name = name or draw.choice([*form.fields, "more", "says"])
    if form.action.endswith("/leave"):
        name = "form"
    said = text.encode(errors="replace").decode()
    fields = {**form.fields, "once": drawing.once(), name: said}
    fields.pop("file", None)
    if "file" in form.fields:
        called = "".join(filter(str.isprintable, said))[:80]
        page = await visitor.uploads(fields, called or "a.xlsx", said.encode())
    else:
        page = await visitor.posts(form.action, fields)
    assert page.status in (200, 400, 403, 404, 413, 414), (form, text)
    assert "<script>" not in page.body
