"""The playground in a real browser: reporting, reviewing, scoring; narrow; by keyboard alone.

A machine without a Chromium says so and skips them; CI, which brings one, never does.
"""

import os
import re
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest

from bot.playground.school import open_playground, playground
from bot.settings import Settings
from tests.browser.axe import findings
from tests.browser.chromium import Page, installed, opened

pytestmark = pytest.mark.skipif(
    installed() is None and not os.environ.get("CI"),
    reason="no Chromium is installed on this machine",
)

Opener = Callable[..., AbstractAsyncContextManager[Page]]
HOSTILE = (
    "http://a.cn/x?y=1，已交https://b.cn好 https://b.cn@c.cn/ https://b\u200b.cn "
    "https://b\u0430.cn/ javascript:alert(1) \u202ehttps://\u202c https://127.1.1.1\u2024cn "
    "&#12; #1234567890 ##7 看#12。"
)
READY = "'ready' in document.body.dataset && document.querySelectorAll('.entry').length > 3"
LOOKS = Path(__file__).with_name("looks.js").read_text("utf-8")
LISTED = """(([person, list]) => [
  document.getElementById('find').value,
  person.querySelector('b').innerText,
  person.getBoundingClientRect().top >= list.getBoundingClientRect().top
    && person.getBoundingClientRect().bottom <= list.getBoundingClientRect().bottom,
])([document.querySelector('.person.current'), document.getElementById('people')])"""
PHONE = "document.querySelector('.pane.current')"


@pytest.fixture(scope="module")
def school(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a playground that has been opened once."""
    folder = tmp_path_factory.mktemp("school")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        open_playground(Settings())[0].close()
    return folder


@pytest.fixture
async def browser(
    school: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Opener]:
    """Opens the playground at an address and a size; no error may be logged meanwhile."""
    monkeypatch.chdir(tmp_path)
    shutil.copytree(school / "data", tmp_path / "data")
    said: list[str] = []
    async with playground(Settings(http_port=0), said.append):
        port = re.search(r":(\d+)/", said[-1])
        assert port is not None

        @asynccontextmanager
        async def page(who: str = "", width: int = 1200, height: int = 800) -> AsyncIterator[Page]:
            url = f"http://127.0.0.1:{port[1]}/{who}"
            async with opened(url, tmp_path / "chromium", width, height) as found:
                await found.until(READY)
                yield found
                assert found.faults == []

        yield page


def phone(account: str) -> str:
    """The pane of somebody's private chat, as an expression."""
    return f"document.querySelector('[data-chat=\"private:{account}\"]')"


def newest(account: str) -> str:
    """The text of the newest message there."""
    return f"{phone(account)}.querySelector('li:last-child').innerText"


def button(where: str, label: str) -> str:
    """The newest button of this label in a pane."""
    return f"[...{where}.querySelectorAll('.row button')].findLast(b => b.innerText === '{label}')"


def chip(where: str, word: str) -> str:
    """The word above somebody's line."""
    return f"[...{where}.querySelectorAll('.chips button')].find(b => b.innerText === '{word}')"


async def reloaded(page: Page) -> None:
    """Load the page anew, as somebody who strikes F5."""
    await page.js("window.left = true")
    await page.do("Page.reload")
    await page.until("!window.left && 'ready' in document.body.dataset")


async def says(page: Page, account: str, text: str) -> None:
    await page.click(f"{phone(account)}.querySelector('textarea')")
    await page.write(text)
    await page.press("Enter")


async def points(page: Page, account: str) -> int:
    """What 得分 answers now."""
    before = await page.js(f"{phone(account)}.querySelectorAll('li').length")
    await page.click(chip(phone(account), "得分"))
    await page.until(f"{phone(account)}.querySelectorAll('li').length === {before + 2}")
    found = re.search(r" 得 (\d+) / 应得 39", await page.js(newest(account)))
    assert found is not None
    return int(found[1])


async def test_what_one_reports_another_approves_and_it_scores(browser: Opener) -> None:
    async with browser("#open=u-ma&open=u-li&who=u-ma") as page:
        before = await points(page, "u-ma")

        await says(page, "u-ma", "报PPT 漆艺专业介绍 https://pan.example.cn/p9")
        await page.until(f"{newest('u-ma')}.includes('已送院长审')")
        await page.until(f"{newest('u-li')}.includes('艺术 PPT《漆艺专业介绍》待您审')")
        await page.click(button(phone("u-li"), "通过"))

        await page.until(f"{newest('u-ma')}.includes('艺术 PPT 已通过')")
        await page.until(f"{phone('u-li')}.innerText.includes('已更新')")
        assert await points(page, "u-ma") == before + 5


async def test_everybody_who_decides_finds_something_waiting(browser: Opener) -> None:
    async with browser("#open=u-qian&open=u-sun&who=u-sun") as page:
        await page.click(chip(phone("u-qian"), "待审"))
        await page.until(f"/等您处理 [0-9]+ 条/.test({newest('u-qian')})")
        await page.click(button(phone("u-qian"), "逐条看"))
        await page.until(f"{newest('u-qian')}.includes('账号交接')")
        await page.click(chip(phone("u-sun"), "待认定"))
        await page.until(f"/待认定 [0-9]+ 条/.test({newest('u-sun')})")


async def test_a_jump_of_the_clock_delivers_what_comes_due(browser: Opener) -> None:
    async with browser("#open=u-lin&who=u-lin") as page:
        await page.click("document.getElementById('open-jump')")
        await page.click("[...document.querySelectorAll('#quick button')][2]")
        await page.until("document.getElementById('jump-told').innerText.includes('4月8日')")
        progress = "document.getElementById('jump-progress-words').innerText"
        assert re.search("到了4月.日.*送达 [0-9]+ 条", await page.js(progress))
        assert await findings(page) == []
        assert "途中送达" in await page.js("document.getElementById('jump-told').innerText")
        assert await page.js("document.getElementById('jump-progress').hidden")
        reached = await page.js("document.activeElement.firstChild.data")
        assert await page.js("document.activeElement.closest('#jump-result') !== null")
        await page.press("Enter")
        await page.until(
            f"document.activeElement.closest('.pane')?.innerText.includes('{reached}')"
        )
        assert not await page.js("document.getElementById('jump').open")


async def test_a_first_visitor_tries_what_is_proposed_and_follows_what_is_named(
    browser: Opener,
) -> None:
    async with browser(width=1280) as page:
        await page.click("document.querySelector('#tries button')")
        await page.until(f"{newest('u-ma')}.includes('已送院长审')")
        link = f"[...{phone('u-ma')}.querySelectorAll('.mine a')].at(-1)"
        assert await page.js(f"[{link}.href, {link}.rel, {link}.target]") == [
            "https://pan.example.cn/p9",
            "noopener noreferrer",
            "_blank",
        ]
        await page.click(f"[...{phone('u-ma')}.querySelectorAll('.number')].at(-1)")
        await page.until(f"{newest('u-ma')}.includes('马超 4月2日')")

        await says(page, "u-ma", HOSTILE)
        said = f"[...{phone('u-ma')}.querySelectorAll('.mine')].at(-1)"
        await page.until(f"{said}.innerText.includes('javascript:')")
        found = f"[...{said}.querySelectorAll('a, [role=button]')].map(e => e.href ?? e.innerText)"
        assert await page.js(found) == ["http://a.cn/x?y=1", "https://b.cn/", "#12"]

        await page.click("document.getElementById('guide-done')")
        await page.click(f"{phone('u-ma')}.querySelector('.close')")
        await page.click(f"{phone('u-li')}.querySelector('.close')")
        await page.until("document.querySelectorAll('.pane').length === 1")
        await reloaded(page)
        assert await page.js("document.getElementById('guide').hidden")
        assert await page.js("document.querySelectorAll('.pane').length") == 1
        assert "先选一个人" in await page.js("document.querySelector('.pane').innerText")


async def test_what_was_begun_said_or_sought_is_found_again(browser: Opener) -> None:
    async with browser("#open=u-ma&open=u-li&who=u-li", width=1280) as page:
        line = f"{phone('u-ma')}.querySelector('textarea')"
        await page.click(line)
        await page.write("我的")
        await page.press("Enter")
        await page.until(f"{newest('u-ma')}.includes('4月1日 新闻')")
        await page.press("ArrowUp")
        assert await page.js(f"{line}.value") == "我的"
        await page.press("Escape")
        assert await page.js(f"{line}.value") == ""
        await page.click(f"[...{phone('u-ma')}.querySelectorAll('.quote-it')].at(-1)")
        await page.write("没写完")

        await page.click("document.getElementById('find')")
        await page.write("陈晓")
        await page.click("document.querySelector('.person')")
        await page.until(f"{phone('u-chen')}.querySelector('li') !== null")
        assert await page.js(f"{phone('u-ma')} === null")
        assert await page.js(LISTED) == ["", "陈晓", True]
        await page.js("document.querySelector('.person[data-account=u-ma]').click()")
        await page.until(f"{phone('u-ma')}?.querySelector('.quoting span')?.innerText.length > 3")
        await reloaded(page)
        assert await page.js(f"{line}.value") == "没写完"
        assert await page.js(f"!{phone('u-ma')}.querySelector('.quoting').hidden")

        seek = f"{phone('u-ma')}.querySelector('.search-bar')"
        await page.click(f"{phone('u-ma')}.querySelector('.find')")
        await page.write("ppt")
        before = await page.until(f"{seek}.querySelector('output').innerText")
        at, count = map(int, before.split("/"))
        assert at == count > 1
        await page.press("Enter")
        assert await page.js(f"{seek}.querySelector('output').innerText") == f"{at - 1}/{count}"
        assert await page.js(f"/ppt/i.test({phone('u-ma')}.querySelector('.found-now').innerText)")
        await page.press("Escape")
        assert await page.js(f"{seek}.hidden && document.activeElement === {line}")

        await page.do("Emulation.setEmulatedMedia", media="print")
        assert await page.js(f"getComputedStyle({line}).visibility && {line}.offsetParent") is None
        whole = "[...document.querySelectorAll('.log')].map(e => e.scrollHeight - e.clientHeight)"
        assert await page.js(whole) == [0, 0, 0]
        forced = [{"name": "forced-colors", "value": "active"}]
        await page.do("Emulation.setEmulatedMedia", media="", features=forced)
        mark = "getComputedStyle(document.querySelector('.person.current')).outlineStyle"
        assert await page.js(mark) == "solid"


async def test_it_is_usable_on_a_narrow_screen(browser: Opener) -> None:
    nobody = "#open=%3Cimg%20src=x%20onerror=alert(1)%3E&open=%ff&who=__proto__"
    async with browser(nobody, width=360, height=740) as page:
        assert await page.js("location.hash") == "#open=u-ma&who=u-ma"
        await page.click("document.getElementById('find')")
        await page.write("陈晓")
        await page.click("document.querySelector('.person')")
        assert await page.until(f"{PHONE}.querySelector('h2').innerText") == "陈晓"
        await page.click(chip(PHONE, "得分"))
        await page.until(f"{newest('u-chen')}.includes('信息工程系 得')")
        quote = f"{PHONE}.querySelector('.quote-it').getBoundingClientRect()"
        assert await page.js(f"Math.min({quote}.width, {quote}.height)") >= 44
        for view in ("people", "group", "private"):
            await page.click(f"document.querySelector('.tabs [data-view={view}]')")
            assert await page.js(LOOKS) == []
            assert await findings(page) == []
            assert await page.js("document.documentElement.scrollWidth") == 360
            assert await page.js(f"document.body.dataset.view === '{view}'")
            wide = "[...document.querySelectorAll('.pane *')].filter(e => e.offsetParent && "
            wide += "!e.closest('.chips') && e.getBoundingClientRect().right > 361).length"
            assert await page.js(wide) == 0


async def test_it_is_usable_by_keyboard_alone(browser: Opener) -> None:
    async with browser() as page:
        await tab_to(page, "e.id === 'find'")
        await page.write("信工")
        await tab_to(page, "e.classList.contains('person')")
        await page.press("ArrowDown")
        assert await page.js("document.activeElement.querySelector('b').innerText") == "陈晓"
        await page.press("Enter")
        await page.until(f"document.activeElement === {phone('u-chen')}.querySelector('textarea')")
        await page.write("得分")
        await page.press("Enter")
        await page.until(f"{newest('u-chen')}.includes('信息工程系 得')")
        await tab_to(page, "!!e.closest('.row')", back=True)
        await arrow_to(page, "e.innerText === '为什么'")
        assert await page.js("getComputedStyle(document.activeElement).outlineStyle") == "solid"
        await page.press("Enter")
        await page.until(f"!{newest('u-chen')}.includes('信息工程系 得')")


async def arrow_to(page: Page, wanted: str, key: str = "ArrowRight") -> None:
    """Strike an arrow until the focus is where it should be, within a few strokes."""
    for _ in range(12):
        if await page.js(f"(e => {wanted})(document.activeElement)"):
            return
        await page.press(key)
    raise AssertionError(await page.js("document.activeElement.outerHTML"))


async def tab_to(page: Page, wanted: str, *, back: bool = False) -> None:
    """Strike Tab until the focus is where it should be, within a few strokes."""
    for _ in range(6):
        await page.press("Tab", shift=back)
        if await page.js(f"(e => {wanted})(document.activeElement)"):
            return
    raise AssertionError(await page.js("document.activeElement.outerHTML"))
