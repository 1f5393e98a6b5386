"""Hours of a bad network and a bad database in a second: whatever is said arrives, in its order."""

import asyncio
import random
from collections import defaultdict
from collections.abc import Iterator

import pytest

from bot.adapters.telegram import TelegramAdapter, Webhook, make_driver
from commands.chat.messages import Incoming
from tests.contract.adapter_contract import listening
from tests.contract.telegram_harness import SECRET, served
from tests.emulators.bot_api import TOKEN, BotApi, Fault
from tests.emulators.loopback import START

ADDRESS = "https://bot.school.example/telegram/webhook"
PEOPLE = 30
BURSTS = 60
FAULTS = (
    Fault(status=401, description="Unauthorized"),
    Fault(status=409, description="Conflict: terminated by other getUpdates request"),
    Fault(status=429, parameters={"retry_after": 3}, description="Too Many Requests"),
    Fault(status=500, description="Internal Server Error"),
    Fault(status=502, body="<html>Bad Gateway</html>"),
    Fault(body="<html>Welcome to this hotel</html>"),
    Fault(body='{"ok": true, "result": [{"update_id": 9'),
    Fault(json={"ok": True, "result": None}),
    Fault(reset=True),
    Fault(reset=True, late=True),
    Fault(hangs=True),
)


def storm(draw: random.Random) -> Iterator[Fault | None]:
    """Each fault several times, in between as many calls that succeed."""
    faults: list[Fault | None] = [*FAULTS] * 4 + [None] * len(FAULTS) * 4
    draw.shuffle(faults)
    return iter(faults)


class Leaky:
    """A `receive` that now and then cannot commit. `taken`: what it kept, chat by chat."""

    def __init__(self, draw: random.Random) -> None:
        self.draw = draw
        self.taken: dict[str, list[str]] = defaultdict(list)

    async def receive(self, incoming: Incoming) -> None:
        await asyncio.sleep(0)
        if self.draw.random() < 0.1:
            raise RuntimeError("the database is away")
        self.taken[incoming.chat.id].append(incoming.text)


@pytest.mark.parametrize("library", ["ptb", "aiogram"])
@pytest.mark.parametrize("mode", ["polling", "webhook"])
@pytest.mark.parametrize(
    "seed", [1, 2, 3, *(pytest.param(seed, marks=pytest.mark.soak) for seed in range(4, 30))]
)
async def test_nothing_said_in_a_storm_is_lost_or_overtaken(
    library: str, mode: str, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(f"bot.adapters.telegram.driver_{library}._MARGIN", 0.05)
    draw, api, waited = random.Random(seed), BotApi(), list[float]()

    async def pause(seconds: float) -> None:
        waited.append(seconds)
        await asyncio.sleep(0)

    await api.start()
    adapter = TelegramAdapter(
        make_driver(TOKEN, api.base, library=library),
        poll_seconds=0,
        webhook=Webhook(ADDRESS, SECRET) if mode == "webhook" else None,
        now=lambda: START,
        pause=pause,
    )
    for method in ("getUpdates", "getMe", "setWebhook", "deleteWebhook"):
        faults = storm(draw)
        api.fail(method, *(f for f in faults if method == "getUpdates" or not (f and f.hangs)))
    people = [api.user(1000 + number, "教师") for number in range(PEOPLE)]
    leaky = Leaky(draw)
    said: dict[str, list[str]] = defaultdict(list)
    async with served(adapter.mount) as api.target, listening(adapter, leaky.receive):
        for burst in range(BURSTS):
            for person in draw.choices(people, k=10):
                text = f"{burst}.{len(said[str(person['id'])])}"
                said[str(person["id"])].append(text)
                api.says(person, None, text)
            calls = len(api.calls)
            await api.until(lambda calls=calls: len(api.calls) > calls or bool(api.hook))  # type: ignore[misc]
        await api.until(lambda: not api.unconfirmed, 30)
    await adapter.close()
    await api.stop()
    # What comes twice is not news: each chat tells its first receipts in the order of saying.
    assert {chat: list(dict.fromkeys(texts)) for chat, texts in leaky.taken.items()} == said
    assert waited
    if mode == "polling":
        assert len(api.called("getUpdates")) > len(FAULTS) * 8
