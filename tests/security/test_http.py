"""What anybody can do to the HTTP server without a secret: nothing, and not for long."""

import asyncio
import gzip
import io
import json
import logging
import subprocess
import sys
import textwrap
import zlib
from collections.abc import AsyncIterator, Callable
from time import perf_counter, process_time

import pytest

from bot import logs
from bot.adapters import bodies
from bot.process import http
from tests.security.sites import SECRET, Doors, doors

PATHS = ("/telegram/webhook", "/wecom/bot", "/wecom/app", "/api/say", "/api/file", "/healthz", "/x")
BOMB = gzip.compress(b"0" * 50_000_000)
DEEP = b'{"a":' * 100_000 + b"1" + b"}" * 100_000
HEAD = "Host: 127.0.0.1\r\nContent-Type: application/json\r\n"


@pytest.fixture
async def here() -> AsyncIterator[Doors]:
    async with doors() as found:
        yield found


def telegram(**more: str) -> dict[str, str]:
    shown = {"X_Telegram_Bot_Api_Secret_Token": SECRET, "Content_Type": "application/json"}
    return {**shown, **more}


# --- compressed bodies ------------------------------------------------------------------------


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "x-gzip", "identity, gzip", "ZSTD"])
async def test_a_compressed_body_is_refused_and_never_inflated(
    path: str, coding: str, here: Doors
) -> None:
    began, worked = perf_counter(), process_time()
    status, _ = await here.post(path, BOMB, Content_Encoding=coding)
    assert status == 415
    assert perf_counter() - began < 1.0
    assert process_time() - worked < 0.5


async def test_a_compressed_body_with_the_right_secret_is_refused_too(here: Doors) -> None:
    body = zlib.compress(b'{"update_id": 1}')
    status, _ = await here.post(
        "/telegram/webhook", body, None, **telegram(Content_Encoding="deflate")
    )
    assert status == 415
    assert here.heard == []


# --- the secret before the body ----------------------------------------------------------------


@pytest.mark.parametrize("path", ["/telegram/webhook", "/wecom/bot", "/wecom/app"])
async def test_who_has_no_secret_is_answered_before_the_body_comes(path: str, here: Doors) -> None:
    promised = f"POST {path} HTTP/1.1\r\n{HEAD}Content-Length: 900000\r\n\r\n"
    began = perf_counter()
    answer = await here.raw(promised.encode())
    assert answer.startswith(b"HTTP/1.1 403 ")
    assert perf_counter() - began < 0.5


async def test_a_signature_of_another_time_is_refused_before_the_body_comes(here: Doors) -> None:
    path = f"/wecom/app?msg_signature={'0' * 40}&timestamp={here.now - 301}&nonce=n"
    promised = f"POST {path} HTTP/1.1\r\n{HEAD}Content-Length: 900000\r\n\r\n"
    assert (await here.raw(promised.encode())).startswith(b"HTTP/1.1 403 ")


@pytest.mark.parametrize("path", PATHS[:5])
async def test_a_body_announced_too_long_is_refused_unread(path: str, here: Doors) -> None:
    promised = (
        f"POST {path} HTTP/1.1\r\n{HEAD}X-Telegram-Bot-Api-Secret-Token: {SECRET}\r\n"
        "Content-Length: 99999999\r\n\r\n"
    )
    assert (await here.raw(promised.encode())).startswith(b"HTTP/1.1 413 ")


# --- time --------------------------------------------------------------------------------------


async def test_a_body_that_never_comes_is_not_awaited(
    here: Doors, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bodies, "READ", 0.2)
    monkeypatch.setattr("bot.adapters.forms.READ", 0.2)
    query = f"?msg_signature={'0' * 40}&timestamp={here.now}&nonce=n"
    form = HEAD.replace("application/json", "multipart/form-data; boundary=b")
    for path, head in (
        ("/telegram/webhook", HEAD),
        (f"/wecom/bot{query}", HEAD),
        (f"/wecom/app{query}", HEAD),
        ("/api/say", HEAD),
        ("/api/file", form),
    ):
        begun = (
            f"POST {path} HTTP/1.1\r\n{head}X-Telegram-Bot-Api-Secret-Token: {SECRET}\r\n"
            "Content-Length: 1000\r\n\r\n{"
        )
        assert (await here.raw(begun.encode())).startswith(b"HTTP/1.1 408 "), path


@pytest.mark.parametrize("said", [b"", b"GET / HT", b"GET / HTTP/1.1\r\nHost: a\r\nX-Slow: 1\r\n"])
async def test_a_connection_that_says_nothing_whole_is_closed(
    said: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http, "IDLE", 0.3)
    async with doors() as found:
        reader, writer = await asyncio.open_connection("127.0.0.1", found.port)
        writer.write(said)
        async with asyncio.timeout(3):
            while await reader.read(1_000):
                pass
        writer.close()


async def test_headers_that_trickle_are_not_awaited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "IDLE", 0.5)
    async with doors() as found:
        reader, writer = await asyncio.open_connection("127.0.0.1", found.port)
        writer.write(b"GET /healthz HTTP/1.1\r\nHost: a\r\n")
        hung_up = asyncio.create_task(reader.read())
        async with asyncio.timeout(5):
            while not hung_up.done():
                writer.write(b"X-Drop: 1\r\n")
                await asyncio.sleep(0.1)
        writer.close()
        await asyncio.gather(hung_up, return_exceptions=True)


# --- connections -------------------------------------------------------------------------------


async def test_a_newcomer_takes_the_place_of_the_one_that_idled_longest(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(http, "MOST", 8)
    async with doors() as found:
        idle = [await asyncio.open_connection("127.0.0.1", found.port) for _ in range(40)]
        for _ in range(5):
            asked = b"GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
            assert (await found.raw(asked)).startswith(b"HTTP/1.1 200 ")
        alive = 0
        for reader, writer in idle:
            try:
                async with asyncio.timeout(0.02):
                    await reader.read(1)
            except TimeoutError:
                alive += 1
            except ConnectionError:
                pass
            writer.close()
        assert alive <= 8


FLOODED = textwrap.dedent(
    """
    import asyncio, resource, socket, sys
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
    from bot import logs
    from bot.process.http import application, listen

    async def main():
        logs.setup()
        runner = await listen(application(lambda: True), "127.0.0.1", 0)
        print(runner.addresses[0][1], flush=True)
        await asyncio.to_thread(sys.stdin.readline)
        await runner.cleanup()

    asyncio.run(main())
    """
)


@pytest.mark.skipif(sys.platform == "win32", reason="no descriptor limit")
async def test_five_hundred_connections_at_sixty_four_descriptors_are_few_lines(
    figure: Callable[[str], None],
) -> None:
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        FLOODED,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert child.stdout is not None
    port = int(await child.stdout.readline())
    idle = await asyncio.gather(*(asyncio.open_connection("127.0.0.1", port) for _ in range(500)))
    found = Doors(port=port)
    asked = b"GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
    began = perf_counter()
    try:
        async with asyncio.timeout(http.IDLE / 2):  # until then none of them ends by itself
            assert (await found.raw(asked)).startswith(b"HTTP/1.1 200 ")
    finally:
        for _, writer in idle:
            writer.close()
    figure(f"/healthz beside 500 idle connections: {perf_counter() - began:.2f} s (goal ≤ 1 s)")
    _, told = await child.communicate(b"\n")
    assert child.returncode == 0
    assert len(told.splitlines()) < 20, told[-2_000:]


# --- lines of the log --------------------------------------------------------------------------


def test_equal_lines_are_written_once_and_then_counted() -> None:
    stream, now = io.StringIO(), [0.0]
    handler = logs.Folding(stream, clock=lambda: now[0])
    handler.setFormatter(logs.JsonLines())

    def write(text: str) -> None:
        handler.handle(logging.makeLogRecord({"name": "promobot", "msg": text, "levelname": "I"}))

    for _ in range(38_000):
        write("out of descriptors")
    write("another")
    now[0] = 61.0
    write("out of descriptors")
    told = [
        (line["event"], line.get("times"))
        for line in map(json.loads, stream.getvalue().splitlines())
    ]
    assert told == [
        ("out of descriptors", None),
        ("another", None),
        ("out of descriptors", 37_999),
        ("out of descriptors", None),
    ]
    write("out of descriptors")
    handler.close()
    assert json.loads(stream.getvalue().splitlines()[-1])["times"] == 1


async def test_what_is_no_http_is_one_line_without_a_trace(
    here: Doors, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(3):
        await here.raw(b"\x16\x03\x01\x02\x00 hello\r\n\r\n")
        await here.raw(b"GET /\r\n\r\nPOST x HTTP/9.9\r\n\r\n")
    assert all(record.exc_info is None for record in caplog.records)


# --- deep and odd bodies -----------------------------------------------------------------------


async def test_a_deep_body_is_refused_at_every_door_without_a_trace(
    here: Doors, caplog: pytest.LogCaptureFixture
) -> None:
    assert (await here.post("/telegram/webhook", DEEP, None, **telegram()))[0] == 400
    query = here.query(here.bot_seal, "x")
    assert (await here.post("/wecom/bot", DEEP, query))[0] == 400
    assert await here.to_bot(DEEP, nonce="m") == 400
    assert (await here.post("/wecom/app", b"<a>" * 100_000, query))[0] == 400
    assert await here.to_app(b"<a>" * 50_000, nonce="m") == 400
    status, _ = await here.post("/api/say", DEEP[:60_000], Content_Type="application/json")
    assert status == 400
    assert here.heard == []
    assert all(record.exc_info is None for record in caplog.records)


async def test_deep_frames_of_the_long_connection_are_passed_over() -> None:
    with pytest.raises(ValueError, match="deep"):
        bodies.json_object(DEEP)
