"""WeCom's HTTP API for a self-built app: one token per secret, kept while it lasts.

Every answer is checked for its error code. A token that WeCom has revoked is fetched again once.
No URL with a token or secret ever reaches a log or an error.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import quote

import aiohttp

from bot.adapters.bodies import json_object
from bot.adapters.wecom.errors import fault
from bot.adapters.wecom.line import Body
from commands.chat.errors import Refused, Retry
from scoring.moments import Instant

ADDRESS = "https://qyapi.weixin.qq.com"
TIMEOUT = 15.0
EARLY = 600
"""Seconds before its expiry at which a token is renewed."""

TAKEN_BACK = (40014, 42001, 40001)


@dataclass(frozen=True, slots=True)
class Token:
    """An access token and its expiry."""

    text: str
    ends_at: Instant


class Tokens(Protocol):
    """A store of tokens, by corporation, app and a hash of the secret."""

    async def get(self, name: str) -> Token | None: ...
    async def put(self, name: str, token: Token) -> None: ...


class InMemory:
    """Keeps the tokens of one process."""

    def __init__(self) -> None:
        self._kept: dict[str, Token] = {}

    async def get(self, name: str) -> Token | None:
        return self._kept.get(name)

    async def put(self, name: str, token: Token) -> None:
        self._kept[name] = token


class Api:
    """Calls the API as one app of one corporation."""

    def __init__(
        self,
        corp: str,
        secret: str,
        name: str,
        address: str = ADDRESS,
        *,
        now: Callable[[], Instant],
        tokens: Tokens | None = None,
    ) -> None:
        self._corp = corp
        self._secret = secret
        self._name = name
        self._address = address
        self._now = now
        self._tokens = tokens or InMemory()
        self._fetching = asyncio.Lock()
        self._session: aiohttp.ClientSession | None = None

    def use(self, tokens: Tokens) -> None:
        """Keep tokens in this store from now on."""
        self._tokens = tokens

    async def post(self, path: str, body: Body) -> Body:
        """Post a JSON body and return the answer; raise the error that its code means."""
        return await self._with_token("POST", path, json=body)

    async def get(self, path: str, **query: str | int) -> Body:
        """Get a path and return the answer; raise the error that its code means."""
        asked = "&".join(f"{name}={quote(str(value))}" for name, value in query.items())
        return await self._with_token("GET", f"{path}?{asked}" if asked else path)

    async def upload(self, name: str, data: bytes, kind: str = "file") -> str:
        """Upload a file (or an image) and return its media id, valid for three days."""

        def form() -> aiohttp.FormData:
            made = aiohttp.FormData(quote_fields=False)
            made.add_field("media", data, filename=name, content_type="application/octet-stream")
            return made

        said = await self._with_token("POST", f"/cgi-bin/media/upload?type={kind}", form=form)
        return str(said["media_id"])

    async def download(self, path: str, most: int, **query: str) -> bytes:
        """Get a medium; raise Refused for one of more than `most` bytes, else what `get` raises.
        WeCom tells an error in JSON, and a medium never is."""
        asked = "&".join(f"{name}={quote(value)}" for name, value in query.items())
        stale: Token | None = None
        while True:
            token = await self._token(stale)
            kind, raw = await self._bytes(f"{path}?{asked}&access_token={token.text}", most)
            if "json" not in kind and not raw.startswith(b"{"):
                return raw
            said = _told(raw)
            code = int(said.get("errcode") or 0)
            if code in TAKEN_BACK and stale is None:
                stale = token
                continue
            raise fault(code, str(said.get("errmsg", "")))

    async def close(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def _with_token(
        self, method: str, path: str, *, form: Callable[[], Any] | None = None, **more: Any
    ) -> Body:
        stale: Token | None = None
        while True:
            token = await self._token(stale)
            joint = "&" if "?" in path else "?"
            given = {**more, "data": form()} if form else more
            said = await self._call(method, f"{path}{joint}access_token={token.text}", **given)
            code = int(said.get("errcode") or 0)
            if code in TAKEN_BACK and stale is None:
                stale = token
                continue
            if code:
                raise fault(code, str(said.get("errmsg", "")))
            return said

    async def _token(self, stale: Token | None) -> Token:
        """Return the current token, other than `stale`."""
        async with self._fetching:
            kept = await self._tokens.get(self._name)
            if kept is not None and kept != stale and kept.ends_at - EARLY > self._now():
                return kept
            asked = f"/cgi-bin/gettoken?corpid={quote(self._corp)}&corpsecret={quote(self._secret)}"
            said = await self._call("GET", asked)
            if code := int(said.get("errcode") or 0):
                raise fault(code, str(said.get("errmsg", "")))
            token = Token(str(said["access_token"]), self._now() + int(said["expires_in"]))
            await self._tokens.put(self._name, token)
            return token

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            timeout = aiohttp.ClientTimeout(total=TIMEOUT)
            self._session = aiohttp.ClientSession(timeout=timeout)
        return self._session

    async def _bytes(self, path: str, most: int) -> tuple[str, bytes]:
        """The type and the bytes of an answer."""
        where = path.partition("?")[0]
        try:
            async with self._open().get(f"{self._address}{path}") as response:
                if response.status >= 500:
                    raise Retry(f"{where}: {response.status}")
                raw = b""
                async for chunk in response.content.iter_chunked(1 << 16):
                    raw += chunk
                    if len(raw) > most:
                        raise Refused("file too big")
                return response.content_type, raw
        except (aiohttp.ClientError, TimeoutError) as error:
            raise Retry(f"{where}: {type(error).__name__}") from None

    async def _call(self, method: str, path: str, **more: Any) -> Body:
        where = path.partition("?")[0]
        try:
            async with self._open().request(method, f"{self._address}{path}", **more) as response:
                raw = await response.read()
                if response.status >= 500:
                    raise Retry(f"{where}: {response.status}")
                said = json_object(raw)
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            # Not chained: the cause's text contains the URL, and with it the token.
            raise Retry(f"{where}: {type(error).__name__}") from None
        return said


def _told(raw: bytes) -> Body:
    try:
        return json_object(raw)
    except ValueError:
        raise Retry("an answer of another kind") from None
