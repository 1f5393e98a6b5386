"""Hostile bodies at every HTTP door: each is answered at once, and none leaves a trace.

A few hundred in every run; `-m soak` sends 20,000 a door.
"""

import base64
import io
import json
import logging
import random
from collections.abc import Callable
from time import perf_counter

import aiohttp
import pytest

from tests.security.sites import SECRET, Doors, doors

CASES = 80
SOAK = 20_000
AT_MOST = 0.5

Made = tuple[str, bytes, dict[str, str], dict[str, str]]
"""The method, a body, headers and the query of one call."""


# --- bodies --------------------------------------------------------------------------------

ODD: list[object] = [
    None, True, False, 0, -1, 1.5, 10**25, 1e308, "", "x", "得分", "\ud83d", "\x00\u202e",
    "9" * 5_000, [], {}, [[]], {"id": {}}, "撤回", "绑定 ADMIN", ["a"] * 100,
]  # fmt: skip
UPDATE: dict[str, object] = {
    "update_id": 7,
    "message": {
        "message_id": 1,
        "date": 1711690000,
        "text": "得分",
        "chat": {"id": -100, "type": "supergroup", "title": "群"},
        "from": {"id": 1001, "is_bot": False, "first_name": "李"},
        "reply_to_message": {"text": "#12", "from": {"username": "x"}},
        "entities": [{"type": "text_mention", "offset": 0, "length": 1, "user": {"username": "x"}}],
    },
}
PRESS: dict[str, object] = {
    "update_id": 8,
    "callback_query": {
        "id": "1",
        "data": "help",
        "from": {"id": 1001, "first_name": "李"},
        "message": {"message_id": 5, "date": 1, "chat": {"id": 1001, "type": "private"}},
    },
}
TO_BOT: dict[str, object] = {
    "msgid": "m",
    "from": {"userid": "li"},
    "chattype": "group",
    "chatid": "wr",
    "msgtype": "mixed",
    "mixed": {"msg_item": [{"msgtype": "text", "text": {"content": "得分"}}]},
    "quote": {"msgtype": "text", "text": {"content": "#1"}},
    "create_time": 1711690000,
}
CARD: dict[str, object] = {
    "msgid": "e",
    "from": {"userid": "li"},
    "msgtype": "event",
    "event": {
        "eventtype": "template_card_event",
        "template_card_event": {"event_key": "0 help", "task_id": "t"},
    },
}
TO_APP = (
    "<xml><ToUserName><![CDATA[ww]]></ToUserName><FromUserName><![CDATA[lin]]></FromUserName>"
    "<CreateTime>1711690000</CreateTime><MsgType><![CDATA[text]]></MsgType>"
    "<Content><![CDATA[得分]]></Content><MsgId>7</MsgId><AgentID>1000002</AgentID></xml>"
)
SAY: dict[str, object] = {"person": "u-li", "chat": "private", "text": "得分", "quote": ""}
BUTTON: dict[str, object] = {"person": "u-li", "chat": "staff", "message": "m1", "button": 0}
CODINGS = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32", "utf-7", "gb18030"]


def bent(value: object, draw: random.Random) -> object:
    """The value with something in it of another kind, missing or doubled."""
    if isinstance(value, dict) and value and draw.random() < 0.8:
        name = draw.choice(list(value))
        changed = {**value, name: bent(value[name], draw)}
        if draw.random() < 0.2:
            del changed[name]
        return changed
    if isinstance(value, list) and value and draw.random() < 0.5:
        return [bent(value[0], draw), *value]
    return draw.choice(ODD)


def spoilt(body: bytes, draw: random.Random) -> bytes:
    """The body as it is, cut, altered, padded, repeated, deep or long."""
    at = draw.randrange(len(body) + 1)
    ways: list[Callable[[], bytes]] = [
        lambda: body,
        lambda: body,
        lambda: body[:at],
        lambda: body[:at] + draw.randbytes(draw.randrange(8)) + body[at:],
        lambda: body[:at] + body[at + 1 :],
        lambda: body + body,
        lambda: b"\x00" * draw.randrange(64) + body,
        lambda: draw.randbytes(draw.randrange(2_000)),
        lambda: b"[" * 100_000,
        lambda: b'{"a":' * 50_000 + b"1" + b"}" * 50_000,
        lambda: b"<a>" * 50_000,
        lambda: b'<!DOCTYPE x [<!ENTITY a "b">]>' + body,
        lambda: body.replace(b"\xe5", b"\xff"),
        lambda: body[:at] + b"\xed\xa0\x80]]>&#0;\xef\xbf\xbe" + body[at:],
        lambda: body[:at] + b"x" * 700_000 + body[at:],
        lambda: b" " * 1_200_000 + body,
    ]
    return draw.choice(ways)()


def as_json(draw: random.Random, *shapes: dict[str, object]) -> bytes:
    found: object = draw.choice(shapes)
    for _ in range(draw.randrange(4)):
        found = bent(found, draw)
    text = json.dumps(found, ensure_ascii=draw.random() < 0.5)
    return text.encode(draw.choice(CODINGS) if draw.random() < 0.2 else "utf-8", "replace")


# --- doors ----------------------------------------------------------------------------------


def telegram(draw: random.Random, _: Doors) -> Made:
    headers = {"Content-Type": "application/json", "X-Telegram-Bot-Api-Secret-Token": SECRET}
    return "POST", spoilt(as_json(draw, UPDATE, PRESS), draw), headers, {}


def wecom_bot(draw: random.Random, here: Doors) -> Made:
    sealed = here.bot_seal.seal(spoilt(as_json(draw, TO_BOT, CARD), draw))
    query = here.query(here.bot_seal, sealed, str(draw.random()))
    body = json.dumps({"encrypt": sealed}).encode()
    return "POST", body if draw.random() < 0.7 else spoilt(body, draw), {}, query


def wecom_app(draw: random.Random, here: Doors) -> Made:
    coding = draw.choice(CODINGS) if draw.random() < 0.2 else "utf-8"
    sealed = here.app_seal.seal(spoilt(TO_APP.encode(coding), draw))
    query = here.query(here.app_seal, sealed, str(draw.random()))
    body = f"<xml><Encrypt><![CDATA[{sealed}]]></Encrypt></xml>".encode()
    return "POST", body if draw.random() < 0.7 else spoilt(body, draw), {}, query


def unsigned(draw: random.Random, here: Doors) -> Made:
    odd = ["", "0" * 40, "宣" * 40, "\x00", str(here.now), "9" * 300, "%", "é", "-1", "²"]
    query = {
        name: draw.choice(odd)
        for name in ("msg_signature", "timestamp", "nonce", "echostr")
        if draw.random() < 0.8
    }
    if draw.random() < 0.3:
        query = here.query(here.bot_seal, draw.choice(odd))
    return draw.choice(["GET", "POST", "PUT"]), spoilt(b'{"encrypt": "x"}', draw), {}, query


def page(draw: random.Random, _: Doors) -> Made:
    body = spoilt(as_json(draw, SAY, BUTTON, {"person": "u-li", "at": "2024-04-05"}), draw)
    return "POST", body, {"Content-Type": "application/json"}, {}


def form(draw: random.Random, _: Doors) -> Made:
    names = ["person", "chat", "text", "file", "", "得", "x" * 300, 'a"b', "a\r\nX: y"]
    heads = ["", "Content-Transfer-Encoding: base64\r\n", "Content-Encoding: gzip\r\n", "x\r\n"]
    parts = b"".join(
        b'--b\r\nContent-Disposition: form-data; name="%s"; filename="%s"\r\n%s\r\n%s\r\n'
        % (
            draw.choice(names).encode(),
            draw.choice(names).encode(),
            draw.choice(heads).encode(),
            draw.choice([b"u-li", b"private", b"\xff" * 20_000, base64.b64encode(b"x" * 999)]),
        )
        for _ in range(draw.randrange(40))
    )
    kinds = [
        "multipart/form-data; boundary=b",
        "multipart/form-data",
        "multipart/mixed; boundary=b",
    ]
    kind = draw.choice([*kinds, f"multipart/form-data; boundary={'b' * 80}"])
    return "POST", spoilt(parts + b"--b--\r\n", draw), {"Content-Type": kind}, {}


DOORS: dict[str, tuple[list[str], Callable[[random.Random, Doors], Made]]] = {
    "telegram": (["/telegram/webhook"], telegram),
    "the bot of wecom": (["/wecom/bot"], wecom_bot),
    "the app of wecom": (["/wecom/app"], wecom_app),
    "wecom unsigned": (["/wecom/bot", "/wecom/app"], unsigned),
    "the page": (["/api/say", "/api/press", "/api/seen", "/api/jump"], page),
    "the page's upload": (["/api/file"], form),
    "any path": (["/", "/healthz", "/readyz", "/x", "/api/files/1.0", "/api/state"], unsigned),
}


async def attacked(door: str, cases: int, seed: int, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    paths, make = DOORS[door]
    draw = random.Random(seed)
    async with doors() as here, aiohttp.ClientSession() as session:
        for number in range(cases):
            path = draw.choice(paths)
            method, body, headers, query = make(draw, here)
            for _ in range(3):  # a machine at work on something else is not our slowness
                called = session.request(
                    method,
                    f"{here.url}{path}",
                    data=io.BytesIO(body),
                    headers=headers,
                    params=query,
                )
                began = perf_counter()
                try:
                    async with called as response:
                        await response.read()
                        status = response.status
                except aiohttp.ClientOSError:
                    status = 0  # refused while the body was still being sent
                if (spent := perf_counter() - began) < AT_MOST:
                    break
            case = f"{door} {number} of seed {seed}: {status} in {spent:.2f} s"
            assert status < 500, case
            assert spent < AT_MOST, case
            for record in caplog.records:
                told = ascii(record.getMessage())
                traced = bool(record.exc_info or record.exc_text)
                assert not traced, f"{case}: {told[:300]}"
                assert len(told) < 300, f"{case}: {told[:300]}"
            caplog.clear()
        async with session.get(f"{here.url}/healthz") as response:
            assert response.status == 200


@pytest.mark.parametrize("door", DOORS)
async def test_no_body_is_answered_late_or_with_a_trace(
    door: str, caplog: pytest.LogCaptureFixture
) -> None:
    await attacked(door, CASES, 18, caplog)


@pytest.mark.soak
@pytest.mark.timeout(3_600)
@pytest.mark.parametrize("door", DOORS)
async def test_twenty_thousand_bodies_are_answered_like_one(
    door: str, caplog: pytest.LogCaptureFixture
) -> None:
    await attacked(door, SOAK, random.randrange(10**9), caplog)
