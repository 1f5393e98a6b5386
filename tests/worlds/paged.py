"""The signed-in pages of a school in a test: its real server on loopback, and people who look.

async with pages_of(school) as pages:
    wu = await pages.enters("u-wu")
    page = await wu.opens("/")
    assert "总览" in page.text
    page = await wu.presses(page, "发到聊天")
"""

import io
import re
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from html.parser import HTMLParser

import aiohttp

from bot.pages.mounting import Pages
from bot.process.http import application, listen
from tests.worlds.school import School

LINK = re.compile(r"(http://\S+)/pages/enter/(\S+)")


@dataclass
class Form:
    """A form of a page: where it goes, what it carries, what its buttons say."""

    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)
    labels: list[str] = field(default_factory=list)


class _Reading(HTMLParser):
    """Takes a page apart: its text, its forms, its links."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.forms: list[Form] = []
        self.links: list[str] = []
        self._in_button = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(Form(said.get("action", ""), said.get("method", "get")))
        elif tag in ("input", "select", "textarea") and self.forms and said.get("name"):
            self.forms[-1].fields.setdefault(said["name"], said.get("value", ""))
        elif tag == "a":
            self.links.append(said.get("href", ""))
        elif tag == "button":
            self._in_button = True

    def handle_endtag(self, tag: str) -> None:
        self._in_button = self._in_button and tag != "button"

    def handle_data(self, data: str) -> None:
        if text := " ".join(data.split()):
            self.texts.append(text)
            if self._in_button and self.forms:
                self.forms[-1].labels.append(text)


@dataclass(frozen=True)
class Page:
    """What somebody was sent."""

    status: int
    body: str
    headers: Mapping[str, str]
    forms: list[Form]
    links: list[str]
    text: str
    data: bytes
    address: str

    def form(self, label: str) -> Form:
        """The first form with a button of this label."""
        found = next((form for form in self.forms if label in form.labels), None)
        assert found is not None, f"no button {label}: {[form.labels for form in self.forms]}"
        return found


class Visitor:
    """Somebody with a browser."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.session = aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True))

    async def opens(self, path: str, **headers: str) -> Page:
        """Open a page below /pages, or a whole address of this server."""
        address = path if path.startswith("/pages") else f"/pages{path}"
        return await self._sent("GET", address, headers=_named(headers))

    async def posts(self, address: str, fields: Mapping[str, str] | bytes, **headers: str) -> Page:
        """Post a form as our own pages do, unless `headers` say otherwise."""
        told = {"Sec-Fetch-Site": "same-origin", "Origin": "null", **_named(headers)}
        if isinstance(fields, bytes):
            told.setdefault("Content-Type", "application/x-www-form-urlencoded")
        return await self._sent("POST", address, data=fields, headers=told)

    async def uploads(self, fields: Mapping[str, str], name: str, data: bytes) -> Page:
        """Post a form with a file."""
        form = aiohttp.FormData()
        for field_name, value in fields.items():
            if field_name != "file":
                form.add_field(field_name, value)
        form.add_field(
            "file", io.BytesIO(data), filename=name, content_type="application/octet-stream"
        )
        told = {"Sec-Fetch-Site": "same-origin"}
        return await self._sent("POST", "/pages/do", data=form, headers=told)

    async def presses(self, page: Page, label: str, **more: str) -> Page:
        """Press the first button of this label; `more` is what was typed into its form."""
        form = page.form(label)
        if form.method != "post":
            query = "&".join(f"{name}={value}" for name, value in {**form.fields, **more}.items())
            return await self.opens(f"{form.action}?{query}")
        return await self.posts(form.action, {**form.fields, **more})

    async def _sent(self, method: str, address: str, **options: object) -> Page:
        async with self.session.request(method, self.url + address, **options) as answer:  # type: ignore[arg-type]
            data = await answer.read()
            body = data.decode(errors="replace")
            read = _Reading()
            if answer.content_type == "text/html":
                read.feed(body)
            text = " ".join(read.texts)
            seen = read.forms, read.links, text
            return Page(answer.status, body, answer.headers, *seen, data, answer.url.raw_path_qs)


def _named(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}


@dataclass
class Served:
    """The pages of a school, and their visitors."""

    school: School
    pages: Pages
    url: str
    visitors: list[Visitor] = field(default_factory=list)

    def visitor(self) -> Visitor:
        """Somebody who has not signed in."""
        self.visitors.append(Visitor(self.url))
        return self.visitors[-1]

    async def link(self, account: str) -> str:
        """The path of the link that 网页 gives."""
        said = await self.school.says(account, "网页")
        found = LINK.search(said[-1])
        assert found is not None, said
        assert found[1] == self.url
        return f"/pages/enter/{found[2]}"

    async def enters(self, account: str) -> Visitor:
        """Somebody signs in by the link from the chat."""
        visitor = self.visitor()
        page = await visitor.opens(await self.link(account))
        page = await visitor.posts(page.form("进入").action, {})
        assert page.status == 200, page.text
        return visitor


@asynccontextmanager
async def pages_of(school: School) -> AsyncIterator[Served]:
    """Serve the pages of a school that was opened with the address of `claimed()`."""
    world = school.app.db.peek("world", school.app.gateway.inside.load)
    assert school.claimed is not None
    pages = Pages(school.app, world.web_url)
    runner = await listen(
        application(_fine, (pages.mount,)), "127.0.0.1", 0, claimed=[school.claimed]
    )
    served = Served(school, pages, world.web_url)
    try:
        yield served
    finally:
        for visitor in served.visitors:
            await visitor.session.close()
        await runner.cleanup()


async def _fine() -> str:
    return ""


def claimed() -> socket.socket:
    """A port of this machine for pages to come."""
    return socket.create_server(("127.0.0.1", 0), backlog=64)
