"""Checks the WeCom setup. Nothing here sends a message or displaces a running connection; no line
contains a secret, key or token."""

import json
import re
from collections.abc import AsyncIterator, Mapping
from secrets import token_hex

import aiohttp

from bot.adapters.findings import CUT, FINE, ILL, WRONG, Finding
from bot.adapters.wecom.api import TIMEOUT, Api
from bot.adapters.wecom.line import Body
from bot.wording import say
from scoring.errors import PlatformError

PLACES: Mapping[int, str] = {
    40001: "wecom_code.secret",
    40013: "wecom_code.corp",
    40056: "wecom_code.agent",
    40091: "wecom_code.app_secret",
    48002: "wecom_code.no_right",
    48009: "wecom_code.contacts_ip",
    60011: "wecom_code.range",
    60020: "wecom_code.ip",
    301002: "wecom_code.mismatch",
    853000: "wecom_code.bot",
    93000: "wecom_code.webhook",
}
"""The sentence for an error code: what to do about it, and where in the console."""

ELSEWHERE = frozenset({48009, 60011, 60020})
"""Codes that are mended in the console alone; the settings are right."""

_CODE = re.compile(r"\d+")
_IP = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}")


def advice(fault: PlatformError) -> str:
    """Return the line for a failure: what to do about its code; else the code itself."""
    code = _CODE.match(str(fault))
    if code is None:
        return say("wecom.unreachable", fault=str(fault)[:60])
    key = PLACES.get(int(code[0]))
    if key is None:
        return say("wecom.other_code", fault=str(fault)[:60])
    told = say(key)
    if code[0] == "60020" and (seen := _IP.search(str(fault))):
        return say("wecom_code.ip_seen", told=told, ip=seen[0])
    return told


def _kind(fault: PlatformError) -> str:
    code = _CODE.match(str(fault))
    if code is None:
        return CUT
    return WRONG if int(code[0]) in PLACES and int(code[0]) not in ELSEWHERE else ILL


# --- the AI bot ---------------------------------------------------------------------------


async def of_connection(
    bot_id: str, secret: str, address: str, *, in_use: bool
) -> AsyncIterator[Finding]:
    """Check the long connection. A second one would displace the first, so it is tried only if
    nobody holds it."""
    if in_use:
        yield FINE, say("wecom_connection.in_use")
        return
    try:
        code = await _subscribed(bot_id, secret, address)
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
        yield CUT, say("wecom_connection.unreachable", fault=type(error).__name__)
        return
    if code:
        told = say(PLACES[code]) if code in PLACES else say("wecom.answered", code=code)
        yield WRONG, say("wecom_connection.ill", advice=told)
    else:
        yield FINE, say("wecom_connection.fine")


async def _subscribed(bot_id: str, secret: str, address: str) -> int:
    """Subscribe, hang up at once, and return the code of WeCom's answer."""
    frame = {
        "cmd": "aibot_subscribe",
        "headers": {"req_id": token_hex(16)},
        "body": {"bot_id": bot_id, "secret": secret},
    }
    timeout = aiohttp.ClientTimeout(total=TIMEOUT)
    async with (
        aiohttp.ClientSession(timeout=timeout) as session,
        session.ws_connect(address) as ws,
    ):
        await ws.send_str(json.dumps(frame))
        said: Body = json.loads(await ws.receive_str(timeout=TIMEOUT))
    return int(said.get("errcode") or 0)


def of_callback(path: str, *, to: str) -> Finding:
    """Describe a callback: only WeCom can test it, when its address is saved."""
    return FINE, say("wecom.callback", to=to, path=path)


# --- the app ------------------------------------------------------------------------------


async def of_app(api: Api, agent: int, *, called: bool) -> AsyncIterator[Finding]:
    """Check the self-built app: its secret, its IP, its visible range, its callback."""
    try:
        told = await api.get("/cgi-bin/agent/get", agentid=agent)
    except PlatformError as fault:
        yield _kind(fault), say("wecom_app.ill", advice=advice(fault))
        return
    yield FINE, say("wecom_app.fine", name=told.get("name", ""))
    users = len((told.get("allow_userinfos") or {}).get("user") or ())
    parties = len((told.get("allow_partys") or {}).get("partyid") or ())
    if users or parties:
        yield FINE, say("wecom_app.range", parties=parties, users=users)
    else:
        yield ILL, say("wecom_app.no_range", advice=say(PLACES[60011]))
    if told.get("close"):
        yield ILL, say("wecom_app.closed")
    if called:
        yield of_callback("/wecom/app", to="自建应用")
    else:
        yield ILL, say("wecom_app.no_callback")


# --- the group's webhook ------------------------------------------------------------------


async def of_webhook(key: str, address: str) -> AsyncIterator[Finding]:
    """Check the key of a group's webhook with a message of no valid type, which is never shown."""
    url = f"{address}/cgi-bin/webhook/send"
    timeout = aiohttp.ClientTimeout(total=TIMEOUT)
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout) as session,
            session.post(url, params={"key": key}, json={"msgtype": "none"}) as response,
        ):
            said: Body = json.loads(await response.read())
    except (aiohttp.ClientError, TimeoutError, ValueError) as error:
        yield CUT, say("wecom_webhook.unreachable", fault=type(error).__name__)
        return
    if int(said.get("errcode") or 0) == 93000:
        yield WRONG, say("wecom_webhook.ill", advice=say(PLACES[93000]))
    else:
        yield FINE, say("wecom_webhook.fine")
