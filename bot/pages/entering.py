"""Coming in and going out: links that are spent, the cookie of a session, the page one wanted."""

from urllib.parse import quote, unquote

from aiohttp import web

from bot.pages.door import PREFIX, NotShown, remote
from bot.pages.views import table
from bot.process.app import App
from bot.services.patience import Patience
from bot.wording import say
from db import audit, pagekeys
from db.engine.tx import Reading, Tx
from db.pagekeys import Entrance

WANTED, MAX_WANTED = "promobot-wanted", 500
"""The cookie that keeps the page somebody wanted while they sign in, and its longest value."""


class Gate:
    """`secure`: the pages are reached by https."""

    def __init__(self, app: App, patience: Patience, *, secure: bool) -> None:
        self._app = app
        self._patience = patience
        self._secure = secure
        self._cookie = "__Host-promobot" if secure else "promobot"

    def shown(self, request: web.Request) -> str:
        """The secret that a browser shows, "" if it has none."""
        return request.cookies.get(self._cookie, "")

    def remember(self, response: web.StreamResponse, wanted: str) -> None:
        """Have the browser keep the address of a page for which somebody has to sign in first."""
        self._set(response, WANTED, quote(wanted, safe=""), pagekeys.LASTS["link"])

    def link(self, request: web.Request, tx: Reading) -> tuple[Entrance, str]:
        """The link that is shown, and its person's name. Raises NotShown; who guesses is soon
        not looked at any more."""
        now, guesser = self._app.clock.now(), f"guess {remote(request)}"
        if self._patience.silent(guesser, now):
            raise NotShown(say("pages.slow_down"), 429)
        entrance = pagekeys.held(tx, "link", request.match_info["secret"][:200], now)
        world = tx.cached("world", self._app.gateway.inside.load).at(now)
        who = world.people.by_id.get(entrance.person) if entrance else None
        if entrance is None or who is None or pagekeys.rights_of(who) != entrance.rights:
            self._patience.mood(guesser, now, "guess")
            raise NotShown(say("pages.stale_link"), 404)
        return entrance, who.name

    def admitted(self, tx: Tx, *, entrance: Entrance, link: str) -> str:
        """Spend the link and open a session with the rights of now; its secret."""
        now = self._app.clock.now()
        world = tx.cached("world", self._app.gateway.inside.load).at(now)
        who = world.people.by_id.get(entrance.person)
        if who is None or not pagekeys.spend(tx, link, now):
            raise NotShown(say("pages.stale_link"), 404)
        chat = entrance.account.chat
        audit.note(tx, at=now, person=who.id, action="web_entered", subject=who.staff_no, chat=chat)
        return pagekeys.issue(tx, "session", who, entrance.account, now)

    def opened(self, request: web.Request, secret: str) -> web.HTTPSeeOther:
        """The way in with a new session: to the page that was wanted, if it is one of ours."""
        wanted = unquote(request.cookies.get(WANTED, ""))
        answer = web.HTTPSeeOther(wanted if is_page(wanted) else f"{PREFIX}/")
        self._set(answer, self._cookie, secret, pagekeys.LASTS["session"])
        self._set(answer, WANTED, "", 0)
        return answer

    def forget(self, response: web.StreamResponse) -> None:
        """Have the browser forget its session."""
        self._set(response, self._cookie, "", 0)

    def _set(self, response: web.StreamResponse, name: str, value: str, seconds: int) -> None:
        response.set_cookie(
            name,
            value,
            max_age=seconds,
            secure=self._secure,
            httponly=True,
            samesite="Lax",
            path="/",
        )


def is_page(address: str) -> bool:
    """Whether this is the address of a page of ours that one can be sent back to."""
    try:
        table.found(address)
    except NotShown:
        return False
    return len(address) <= MAX_WANTED and address.isascii() and address.isprintable()
