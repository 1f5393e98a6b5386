"""Makes docs/picture.gif, the animation of the READMEs: `python -m tests.browser.film`.

The real playground in a fresh folder, a headless Chromium that types and presses, and what one
sees of two people's phones meanwhile.
"""

import asyncio
import os
import re
import sys
import tempfile
from pathlib import Path

from PIL import Image

from bot.playground.school import playground
from bot.settings import Settings
from tests.browser.chromium import Page, opened
from tests.browser.test_playground import button, newest, phone, says

OUT = Path(__file__).parents[2] / "docs" / "picture.gif"
WIDTH, HEIGHT = 1600, 680
COLOURS = 96
TEACHER, HEAD = "u-ma", "u-li"
WHO = f"#open={TEACHER}&open={HEAD}&who={TEACHER}"
SECONDS = (1.6, 3.2, 2.6, 3.6, 4.8)
"""How long each frame stands."""


async def frames(page: Page, folder: Path) -> list[Path]:
    """A report, its way to who decides, the decision, the score and the reason for it."""
    taken: list[Path] = []

    async def take() -> None:
        await page.js("new Promise(done => setTimeout(done, 400))")  # scrolling has come to rest
        taken.append(folder / f"{len(taken)}.png")
        await page.picture(taken[-1])

    await page.click(f"{phone(TEACHER)}.querySelector('textarea')")
    await page.write("报PPT 漆艺专业介绍 https://pan.example.cn/p9")
    await take()
    await page.press("Enter")
    await page.until(f"{newest(TEACHER)}.includes('已送院长审')")
    await page.until(f"{newest(HEAD)}.includes('待您审')")
    await take()
    await page.click(button(phone(HEAD), "通过"))
    await page.until(f"{newest(TEACHER)}.includes('已通过')")
    await page.until(f"{newest(HEAD)}.includes('已通过')")
    await take()
    await says(page, TEACHER, "得分")
    await page.until(f"{newest(TEACHER)}.includes('应得')")
    await take()
    await says(page, TEACHER, "为什么 艺术 PPT")
    await page.until(f"{newest(TEACHER)}.includes('附件3')")
    await take()
    return taken


async def seen(page: Page) -> tuple[int, int, int, int]:
    """The box of the two phones in the window."""
    box = f"[{phone(TEACHER)}, {phone(HEAD)}].map(one => one.getBoundingClientRect())"
    left, top, right, bottom = await page.js(
        f"(([a, b]) => [a.left, a.top, b.right, b.bottom])({box})"
    )
    return int(left) - 6, int(top) - 6, int(right) + 7, int(bottom) + 7


async def film(folder: Path) -> None:
    said: list[str] = []
    async with playground(Settings(http_port=0), said.append):
        port = re.search(r":(\d+)/", said[-1])
        assert port is not None
        url = f"http://127.0.0.1:{port[1]}/{WHO}"
        async with opened(url, folder / "chromium", WIDTH, HEIGHT) as page:
            await page.until(
                f"'ready' in document.body.dataset && !!{phone(TEACHER)} && !!{phone(HEAD)}"
            )
            await page.click("document.getElementById('guide-done')")
            files = await frames(page, folder)
            box = await seen(page)
    assemble([Image.open(file).convert("RGB").crop(box) for file in files])


def assemble(pictures: list[Image.Image]) -> None:
    """One palette for all frames, so that what stands still does not flicker."""
    width, height = pictures[0].size
    all_of_them = Image.new("RGB", (width, height * len(pictures)))
    for row, picture in enumerate(pictures):
        all_of_them.paste(picture, (0, row * height))
    palette = all_of_them.quantize(COLOURS, dither=Image.Dither.NONE)
    first, *others = (one.quantize(palette=palette, dither=Image.Dither.NONE) for one in pictures)
    durations = [int(seconds * 1000) for seconds in SECONDS]
    first.save(OUT, save_all=True, append_images=others, duration=durations, loop=0, optimize=True)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place:
        os.chdir(place)
        asyncio.run(film(Path(place)))
        os.chdir("/")
    sys.stdout.write(f"{OUT.name}: {OUT.stat().st_size // 1024} KB\n")
