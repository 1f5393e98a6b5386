"""A headless Chromium by its own protocol: a page to open, look at, type into and press.

Needs a chromium on the PATH and nothing else. What the page logs as an error, and what it
throws, is kept in `faults`.
"""

import asyncio
import base64
import itertools
import json
import re
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import aiohttp

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
FLAGS = (
    "--headless=new",
    "--remote-debugging-port=0",
    "--no-sandbox",  # containers have none to offer; it only ever opens our own page
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-extensions",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--force-device-scale-factor=1",
    "--lang=zh-CN",
)
PATIENCE = 20.0
KEYS = {
    "Tab": 9,
    "Enter": 13,
    "Escape": 27,
    " ": 32,
    "ArrowLeft": 37,
    "ArrowUp": 38,
    "ArrowRight": 39,
    "ArrowDown": 40,
}


def installed() -> str | None:
    """The path of a Chromium, or None."""
    return next(filter(None, map(shutil.which, NAMES)), None)


class Page:
    """One tab."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.socket = socket
        self.faults: list[str] = []
        self._numbers = itertools.count(1)
        self._answers: dict[int, asyncio.Future[dict[str, Any]]] = {}

    async def listen(self) -> None:
        """Take what Chromium says, until it hangs up."""
        async for message in self.socket:
            told = json.loads(message.data)
            if "id" in told:
                answer = self._answers.pop(told["id"])
                if not answer.done():  # nobody waits any more
                    answer.set_result(told)
            elif told["method"] == "Runtime.exceptionThrown":
                self.faults.append(json.dumps(told["params"]["exceptionDetails"]))
            elif told["method"] == "Runtime.consoleAPICalled" and told["params"]["type"] == "error":
                self.faults.append(json.dumps(told["params"]["args"]))
            elif told["method"] == "Log.entryAdded" and told["params"]["entry"]["level"] == "error":
                entry = told["params"]["entry"]
                self.faults.append(f"{entry['text']} {entry.get('url', '')}")

    async def do(self, method: str, **params: Any) -> dict[str, Any]:
        """One command of the protocol."""
        number = next(self._numbers)
        answer = self._answers[number] = asyncio.get_running_loop().create_future()
        await self.socket.send_json({"id": number, "method": method, "params": params})
        async with asyncio.timeout(PATIENCE):
            told = await answer
        assert "error" not in told, told
        result: dict[str, Any] = told["result"]
        return result

    async def js(self, expression: str) -> Any:
        """The value of an expression in the page."""
        options = {"returnByValue": True, "awaitPromise": True}
        found = await self.do("Runtime.evaluate", expression=expression, **options)
        assert "exceptionDetails" not in found, found["exceptionDetails"]
        return found["result"].get("value")

    async def until(self, expression: str) -> Any:
        """The value of an expression once it is true; what it throws until then is no matter."""
        guarded = f"(() => {{ try {{ return {expression} }} catch {{ return null }} }})()"
        with suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE):
                while not (value := await self.js(guarded)):  # noqa: ASYNC110 - another process
                    await asyncio.sleep(0.02)
                return value
        raise AssertionError(f"never: {expression}\n{await self.js('document.body.innerText')}")

    async def size(self, width: int, height: int) -> None:
        """Make the window of this size."""
        await self.do(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=False,
        )

    async def goes(self, url: str) -> None:
        """Open another address and wait until it is there."""
        await self.js("window.left = true")
        await self.do("Page.navigate", url=url)
        await self.until("!window.left && document.readyState === 'complete'")

    async def press(self, key: str, *, shift: bool = False) -> None:
        """Strike a key."""
        code = KEYS.get(key) or ord(key.upper())
        named = {"key": key, "code": key, "windowsVirtualKeyCode": code}
        text = "\r" if key == "Enter" else key if len(key) == 1 else ""
        down = {"text": text} if text else {}
        for kind, more in (("keyDown", down), ("keyUp", {})):
            modifiers = 8 if shift else 0
            await self.do("Input.dispatchKeyEvent", type=kind, modifiers=modifiers, **named, **more)

    async def write(self, text: str) -> None:
        """Type where the focus is."""
        await self.do("Input.insertText", text=text)

    async def click(self, expression: str) -> None:
        """Click with the mouse in the middle of an element, given as an expression."""
        box = f"(() => {{ const e = {expression}; e.scrollIntoView({{block: 'nearest'}}); "
        box += "const b = e.getBoundingClientRect(); "
        x, y = await self.js(box + "return [b.x + b.width / 2, b.y + b.height / 2]; })()")
        for kind in ("mousePressed", "mouseReleased"):
            await self.do(
                "Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1
            )

    async def sheets(self) -> int:
        """How many sheets of A4 the page is on paper."""
        paper = {"paperWidth": 8.27, "paperHeight": 11.69, "preferCSSPageSize": True}
        found = await self.do("Page.printToPDF", **paper)
        return len(re.findall(rb"/Type\s*/Page\b", base64.b64decode(found["data"])))

    async def picture(self, file: Path) -> None:
        """Save what is seen."""
        found = await self.do("Page.captureScreenshot", format="png")
        await asyncio.to_thread(file.write_bytes, base64.b64decode(found["data"]))


@asynccontextmanager
async def opened(
    url: str, folder: Path, width: int = 1200, height: int = 800
) -> AsyncIterator[Page]:
    """A fresh Chromium with one page, loaded."""
    path = installed()
    assert path is not None
    process = await asyncio.create_subprocess_exec(
        path,
        *FLAGS,
        f"--user-data-dir={folder}",
        "about:blank",
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    listening: asyncio.Task[None] | None = None
    try:
        async with aiohttp.ClientSession() as session:
            port = await _port(process.stderr)
            async with session.put(f"http://127.0.0.1:{port}/json/new?about:blank") as answer:
                address = (await answer.json())["webSocketDebuggerUrl"]
            async with session.ws_connect(address, max_msg_size=0) as socket:
                page = Page(socket)
                listening = asyncio.create_task(page.listen())
                for domain in ("Runtime", "Log", "Page"):
                    await page.do(f"{domain}.enable")
                await page.size(width, height)
                await page.do("Page.navigate", url=url)
                yield page
    finally:
        if listening is not None:
            await listening
        with suppress(ProcessLookupError):
            process.terminate()
        await process.communicate()


async def _port(errors: asyncio.StreamReader | None) -> str:
    """Where it listens, as it says among its other worries."""
    assert errors is not None
    async with asyncio.timeout(2 * PATIENCE):
        async for line in errors:
            if found := re.search(rb"DevTools listening on ws://127\.0\.0\.1:(\d+)/", line):
                return found[1].decode()
    raise AssertionError("Chromium has ended")
