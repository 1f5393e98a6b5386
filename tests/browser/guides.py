"""Makes the pictures of the guides by role: `python -m tests.browser.guides [page …]`.

A school that has lived a month, in virtual time; what a page says is said to it, and where a
picture stands the real pages are looked at in a headless Chromium:

<!-- 图 手机 3 -->              the last three messages on the reader's phone
<!-- 图 手机 2 王建国 -->        on somebody else's
<!-- 图 职工群 3 -->            in the staff group
<!-- 图 网页 /pages/units/it .calendar -->   what a selector finds on the signed-in pages
<!-- 图 文件 -->                the last picture that the reader was sent
"""

import asyncio
import io
import sys
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from PIL import Image

from bot.playground.web import PersonView, WebPage
from bot.process.http import application, listen
from commands.chat.messages import Chat
from tests.browser.chromium import Page, opened
from tests.worlds.paged import Served, pages_of
from tests.worlds.roleguides import NAMES, Talk, accounts, live, told
from tests.worlds.roleguides import opened as reader_of
from tests.worlds.roleguides_drawn import FOLDER
from tests.worlds.school import GROUP

PHONE = (390, 1600)
SHEET = 480
CHART = 900
MARGIN = 12
COLOURS = 48
MOST = 80_000
"""Bytes of a picture."""

PANE = "[...document.querySelectorAll('.pane')].find(one => one.offsetParent)"
AT_REST = "new Promise(done => setTimeout(done, 500))"


class Camera:
    """A browser at the school of a page."""

    def __init__(self, page: Page, served: Served, playground: str, into: Path, shot: Path) -> None:
        self.page, self.served, self.playground = page, served, playground
        self.into, self.shot = into, shot

    async def __call__(self, talk: Talk, scene: str, file: str) -> None:
        kind, _, more = scene.partition(" ")
        if kind == "文件":
            part = sent(talk)
        elif kind == "网页":
            part = await self._part(await self._sheet(talk, *more.split(" ", 1)))
        else:
            last, _, who = more.partition(" ")
            part = await self._part(
                await self._phone(who or talk.reader, int(last), group=kind == "职工群")
            )
        await asyncio.to_thread(save, part, self.into / Path(file).name)

    async def _part(self, box: tuple[float, ...]) -> Image.Image:
        """A part of what is seen now."""
        await self.page.picture(self.shot)
        with Image.open(self.shot) as whole:
            return whole.convert("RGB").crop((int(box[0]), int(box[1]), int(box[2]), int(box[3])))

    async def _phone(self, who: str, last: int, *, group: bool) -> tuple[float, ...]:
        account = accounts()[who]
        await self.page.size(*PHONE)
        await self.page.goes("about:blank")
        await self.page.goes(f"{self.playground}/#open={account}&who={account}")
        view = "group" if group else "private"
        await self.page.until("document.querySelectorAll('.pane').length > 0")
        await self.page.click(f"document.querySelector('.tabs [data-view={view}]')")
        await self.page.until(f"{PANE}.querySelectorAll('li').length > 0")
        await self.page.js(AT_REST)
        left, _, right, _ = await self._box(f"[{PANE}.querySelector('.messages')]")
        _, top, _, bottom = await self._box(f"[...{PANE}.querySelectorAll('li')].slice(-{last})")
        return left, top, right, bottom

    async def _sheet(self, talk: Talk, path: str, parts: str) -> tuple[float, ...]:
        await self.page.size(SHEET, 3000)
        await self.page.goes(self.served.url + await self.served.link(talk.account))
        await self.page.press("Tab")
        await self.page.press("Enter")
        await self.page.until("!!document.querySelector('nav')")
        await self.page.goes(self.served.url + path)
        await self.page.js(AT_REST)
        left, top, right, bottom = await self._box(f"[...document.querySelectorAll('{parts}')]")
        return left - MARGIN, top, right + MARGIN, bottom

    async def _box(self, elements: str) -> tuple[float, ...]:
        """The box around elements."""
        assert await self.page.js(f"{elements}.length") > 0, elements
        boxes = await self.page.js(
            f"{elements}.map(e => e.getBoundingClientRect())"
            ".map(b => [b.left, b.top, b.right, b.bottom])"
        )
        lefts, tops, rights, bottoms = zip(*boxes, strict=True)
        return min(lefts), min(tops) - MARGIN, max(rights), max(bottoms) + MARGIN


def sent(talk: Talk) -> Image.Image:
    """The last picture that the reader was sent, smaller."""
    data = next(
        file.data
        for message in reversed(talk.school.shown(talk.account))
        for file in message.files
        if file.name.endswith(".png")
    )
    with Image.open(io.BytesIO(data)) as whole:
        height = whole.height * CHART // whole.width
        return whole.convert("RGB").resize((CHART, height), Image.Resampling.LANCZOS)


def save(part: Image.Image, file: Path) -> None:
    """A picture in few colours."""
    out = io.BytesIO()
    part.quantize(COLOURS, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
    assert len(out.getvalue()) <= MOST, (file.name, len(out.getvalue()))
    file.write_bytes(out.getvalue())


@asynccontextmanager
async def playground_of(talk: Talk) -> AsyncIterator[str]:
    """The playground's page on the school of a page; its address."""
    school = talk.school
    people = [
        PersonView(account=account, name=name, unit="", roles=())
        for name, account in accounts().items()
        if account
    ]
    group = Chat(platform=school.platform.name, id=GROUP, group=True, title="职工群")
    page = WebPage(
        people=lambda: people, now=school.clock.now, group=group, platform=school.platform
    )
    runner = await listen(application(_fine, (page.mount,)), "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


async def _fine() -> str:
    return ""


async def main(names: Sequence[str], into: Path) -> None:
    """Take the pictures of these pages into a folder."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        month = await live(folder)
        async with opened("about:blank", folder / "chromium", *PHONE) as page:
            await page.do("Emulation.setScrollbarsHidden", hidden=True)
            for name in names:
                async with (
                    reader_of(name, month, folder) as talk,
                    pages_of(talk.school) as served,
                    playground_of(talk) as address,
                ):
                    await told(name, talk, Camera(page, served, address, into, folder / "shot.png"))
                await page.goes("about:blank")


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:] or NAMES, FOLDER))
    for file in sorted(FOLDER.glob("*.png")):
        sys.stdout.write(f"{file.name}: {file.stat().st_size // 1024} KB\n")
