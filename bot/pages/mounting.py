"""Serving the signed-in pages: from a request to a visit, its view and its page.

Pages are read on snapshots, in threads of their own, so that neither the loop nor the writer waits
for them. What a form asks for goes into the gateway as a line of its person's chat.
"""

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from hmac import compare_digest
from typing import TypeVar

from aiohttp import web

from bot.pages import drawing, handbook, pictures
from bot.pages.door import HEADERS, PREFIX, Fields, NotShown, admit, form_of
from bot.pages.entering import Gate, is_page
from bot.pages.figures import Figures
from bot.pages.papers import Papers, disposition
from bot.pages.past import Past
from bot.pages.views import table
from bot.pages.visits import Kept, Shown, Visit, noting, visit
from bot.process.app import App
from bot.services.patience import Cause, Patience
from bot.services.references import reference_to
from bot.wording import say
from commands.chat.messages import Chat, File, Incoming, Reply
from commands.help import guided
from db import pagekeys
from db.engine.tx import Reading, Tx
from scoring.errors import UserError

READERS = 2
"""Pages drawn at a time."""

MAX_LINE = 1_000
"""Characters of the line that a form says."""

NOTHING: Mapping[str, str] = {}
ONCE = re.compile("[0-9a-f]{32}")

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
T = TypeVar("T")

log = logging.getLogger("promobot.pages")


class SignedOut(NotShown):
    """Nobody is signed in, or no longer. `wanted`: the page that a form would have led back to."""

    def __init__(self, wanted: str = "") -> None:
        super().__init__(say("pages.signed_out"), 401)
        self.wanted = wanted


class Pages:
    """The signed-in pages of an application, at the address `url`."""

    def __init__(self, app: App, url: str) -> None:
        self.app = app
        self.url = url
        self.past = Past()
        self.figures = Figures(app)
        self.papers = Papers(app)
        self.patience = Patience(app.gateway.patience.most)
        self.gate = Gate(app, self.patience, secure=url.startswith("https:"))
        self.readers = ThreadPoolExecutor(READERS, thread_name_prefix="pages")

    def mount(self, application: web.Application) -> None:
        """Add the routes of the pages to the server."""
        router = application.router
        router.add_get(PREFIX, self._closed(self._home))
        for view in table.VIEWS:
            router.add_get(PREFIX + view.path, self._closed(self._show))
        router.add_get(f"{PREFIX}/enter/{{secret}}", self._closed(self._knock))
        router.add_post(f"{PREFIX}/enter/{{secret}}", self._closed(self._enter))
        router.add_post(f"{PREFIX}/leave", self._closed(self._leave))
        router.add_post(f"{PREFIX}/search", self._closed(self._search))
        router.add_get(f"{PREFIX}/pictures/{{row}}", self._closed(self._picture))
        router.add_post(f"{PREFIX}/do", self._closed(self._do))
        router.add_post(f"{PREFIX}/files", self._closed(self._file))
        for name in drawing.STATIC:
            router.add_get(f"{PREFIX}/static/{name}", self._closed(partial(self._static, name)))
        router.add_get(f"{guided.PATH}/{{name}}", self._closed(handbook.show))
        router.add_route("*", f"{PREFIX}/{{rest:.*}}", self._closed(self._nowhere))
        application.on_startup.append(self._begin)
        application.on_cleanup.append(self._close)

    async def _begin(self, _: web.Application) -> None:
        self._watching = asyncio.create_task(self.figures.watch(), name="figures of the pages")

    async def _close(self, _: web.Application) -> None:
        self._watching.cancel()
        await asyncio.gather(self._watching, return_exceptions=True)
        self.readers.shutdown(wait=False)
        self.papers.close()

    # --- every request ----------------------------------------------------------------------

    def _closed(self, handler: Handler) -> Handler:
        """Wrap a handler: refuse strangers, turn faults into pages, keep all out of caches."""

        async def behind(request: web.Request) -> web.StreamResponse:
            try:
                admit(request, self.url)
                response = await handler(request)
            except web.HTTPException as answer:
                answer.headers.update(HEADERS)
                raise
            except ConnectionError:
                raise
            except SignedOut as refusal:
                wanted = request.path_qs if request.method == "GET" else refusal.wanted
                kept = is_page(wanted)
                response = self._plain(str(refusal), refusal.status, comes_back=kept)
                if kept:
                    self.gate.remember(response, wanted)
            except NotShown as refusal:
                response = self._plain(str(refusal), refusal.status)
            except UserError as refusal:
                response = self._plain(str(refusal), 400)
            except self.app.db.driver.errors:
                log.exception("page request failed", extra={"reference": ""})
                response = self._plain(say("pages.away"), 503)
            except Exception:
                reference = reference_to(drawing.once())
                log.exception("page request failed", extra={"reference": reference})
                response = self._plain(say("pages.failed", reference=reference), 500)
            for name, value in HEADERS.items():
                response.headers.setdefault(name, value)
            return response

        return behind

    def _plain(self, text: str, status: int, *, comes_back: bool = False) -> web.Response:
        values = {"text": text, "signed_out": status == 401, "comes_back": comes_back}
        return _html(drawing.drawn("plain", values), status)

    async def _read(self, look: Callable[[Reading], T]) -> T:
        def in_thread() -> T:
            with self.app.db.reading() as tx:
                return look(tx)

        return await asyncio.get_running_loop().run_in_executor(self.readers, in_thread)

    # --- looking ----------------------------------------------------------------------------

    async def _home(self, _: web.Request) -> web.StreamResponse:
        raise web.HTTPSeeOther(f"{PREFIX}/")

    async def _nowhere(self, _: web.Request) -> web.StreamResponse:
        raise NotShown(say("pages.no_page"), 404)

    async def _show(self, request: web.Request) -> web.StreamResponse:
        secret = self.gate.shown(request)
        return await self._drawn(secret, request.path_qs)

    async def _search(self, request: web.Request) -> web.StreamResponse:
        """Look for what was posted, so that it stands in no address."""
        secret = self.gate.shown(request)
        _, fields, _ = await self._form(request, secret)
        posted = {name: said[0] for name, said in fields.items()}
        return await self._drawn(secret, f"{PREFIX}/search", posted=posted)

    async def _picture(self, request: web.Request) -> web.StreamResponse:
        """A picture of a report, for who may see it; the look is noted before it is sent."""
        secret, row = self.gate.shown(request), request.match_info["row"]
        data, note = await self._read(
            lambda tx: pictures.opened(self._visitor(tx, secret, "picture"), tx, row)
        )
        if note:
            await self.app.write(note)
        return web.Response(body=data, content_type="image/jpeg")

    async def _drawn(
        self,
        secret: str,
        address: str,
        told: Reply | None = None,
        posted: Mapping[str, str] = NOTHING,
    ) -> web.Response:
        """The page at an address of ours, with what was just answered on top."""
        body, reveals = await self._read(lambda tx: self._look(tx, secret, address, told, posted))
        if reveals:
            await self.app.write(reveals)
        return _html(body)

    def _look(
        self,
        tx: Reading,
        secret: str,
        address: str,
        told: Reply | None,
        posted: Mapping[str, str],
    ) -> tuple[bytes, Callable[[Tx], None] | None]:
        visitor = self._visitor(tx, secret)
        view, given = table.found(address)
        visitor = replace(visitor, given=given, posted=posted)
        if not visitor.may(view.roles):
            raise NotShown(say("pages.not_yours", roles="、".join(sorted(view.roles))), 403)
        shown = view.show(visitor, tx)
        values = {
            "visit": visitor,
            "here": view,
            "address": address,
            "menu": [one for one in table.VIEWS if one.listed and visitor.may(one.roles)],
            "told": told,
            **shown.data,
        }
        return drawing.drawn(view.name, values), _revealed(visitor, shown)

    def _visitor(self, tx: Reading, secret: str, cause: Cause = "page") -> Visit:
        """Who is signed in. Raises SignedOut, or NotShown for one who asks too much."""
        now = self.app.clock.now()
        world = tx.cached("world", self.app.gateway.inside.load)
        found = visit(tx, secret, world, now, kept=Kept(self.past, self.figures))
        if found is None:
            raise SignedOut
        if self.patience.mood(f"{found.who.id}", now, cause) != "fine":
            raise NotShown(say("pages.slow_down"), 429)
        return found

    # --- coming and going -------------------------------------------------------------------

    async def _knock(self, request: web.Request) -> web.StreamResponse:
        """Show {进入}; looking at a link spends nothing, whoever scans it."""
        entrance, name = await self._read(partial(self.gate.link, request))
        minutes = max(1, (entrance.ends_at - self.app.clock.now()) // 60)
        values = {"name": name, "minutes": minutes, "secret": request.match_info["secret"]}
        return _html(drawing.drawn("enter", values))

    async def _enter(self, request: web.Request) -> web.StreamResponse:
        entrance, _ = await self._read(partial(self.gate.link, request))
        link = request.match_info["secret"]
        secret = await self.app.write(partial(self.gate.admitted, entrance=entrance, link=link))
        raise self.gate.opened(request, secret)

    async def _leave(self, request: web.Request) -> web.StreamResponse:
        secret = self.gate.shown(request)
        await self._form(request, secret)
        await self.app.write(lambda tx: pagekeys.spend(tx, secret, self.app.clock.now()))
        response = self._plain(say("pages.left"), 200)
        self.gate.forget(response)
        return response

    # --- doing ------------------------------------------------------------------------------

    async def _form(self, request: web.Request, secret: str) -> tuple[Visit, Fields, File | None]:
        """Whoever posts, and the form, which must be one of ours for this session."""
        fields, file = await form_of(request)
        try:
            visitor = await self._read(lambda tx: self._visitor(tx, secret))
        except SignedOut:
            raise SignedOut(fields.get("back", [""])[0]) from None
        shown = fields.get("form", [""])[0].encode()
        if not compare_digest(shown, visitor.form.encode()):
            raise NotShown(say("pages.foreign"), 403)
        return visitor, fields, file

    async def _do(self, request: web.Request) -> web.StreamResponse:
        """Say a line in the name of the visitor, as a button of the chat would, and show the page
        again with the answer."""
        secret = self.gate.shown(request)
        visitor, fields, file = await self._form(request, secret)
        once = fields.get("once", [""])[0]
        if not ONCE.fullmatch(once):
            raise NotShown(say("pages.no_form"))
        line, back = _line_of(fields), _back_of(fields)
        told = await self._said(visitor, line, once, file)
        return await self._drawn(secret, back, told)

    async def _file(self, request: web.Request) -> web.StreamResponse:
        """What the chat would send as a file, to be kept; the same line may be said again."""
        secret = self.gate.shown(request)
        visitor, fields, _ = await self._form(request, secret)
        line, back = _line_of(fields), _back_of(fields)
        told = await self._said(visitor, line, drawing.once(), fetches=True)
        if told.makes is None:
            return await self._drawn(secret, back, told)
        file = await self.papers.made(visitor, told, fields.get("kind", [""])[0])
        return web.Response(
            body=file.data,
            content_type="application/octet-stream",
            headers={"Content-Disposition": disposition(file)},
        )

    async def _said(
        self,
        visitor: Visit,
        line: str,
        once: str,
        file: File | None = None,
        *,
        fetches: bool = False,
    ) -> Reply:
        now, account = self.app.clock.now(), visitor.account
        answer = await self.app.gateway.ask(
            Incoming(
                update=f"page:{once}",
                chat=Chat(platform=account.platform, id=account.chat),
                author=account.account,
                sent_at=now,
                received_at=now,
                press=line,
                file=file,
                signed_in=visitor.who.id,
                fetches=fetches,
            )
        )
        if answer is None or answer[1] is None:
            return Reply(text=say("pages.done_before"))
        return answer[1]

    async def _static(self, name: str, _: web.Request) -> web.StreamResponse:
        kept = {"Cache-Control": "public, max-age=31536000, immutable"}
        kind = drawing.STATIC[name]
        return web.Response(
            body=drawing.static(name), content_type=kind, charset="utf-8", headers=kept
        )


def _line_of(fields: Fields) -> str:
    """The line that a form says. Raises NotShown."""
    line = " ".join(" ".join([*fields.get("says", []), *fields.get("more", [])]).split())
    if not line:
        raise NotShown(say("pages.no_form"))
    if len(line) > MAX_LINE:
        raise NotShown(say("pages.too_long"), 413)
    return line


def _back_of(fields: Fields) -> str:
    """The page to which a form leads back. Raises NotShown."""
    back = fields.get("back", [f"{PREFIX}/"])[0]
    table.found(back)
    return back


def _revealed(visitor: Visit, shown: Shown) -> Callable[[Tx], None] | None:
    """What notes that full numbers were shown."""
    subjects = [f"#{number}" for number in shown.reveals]
    return noting(visitor, "reveal", subjects) if subjects else None


def _html(body: bytes, status: int = 200) -> web.Response:
    return web.Response(body=body, status=status, content_type="text/html", charset="utf-8")
