"""A platform delivers at least once, in any order: the facts are those of one delivery."""

import asyncio
import random
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import func, select

from bot.adapters.telegram import TelegramAdapter
from bot.adapters.telegram.driver import Update
from bot.clock import VirtualClock
from bot.process.app import App, build
from bot.services.patience import Patience
from commands.grammar import lexicon
from commands.roster import enrolment, file
from db import plans
from db.engine.database import Database
from db.schema import facts, inbox, outbox, tallies
from tests.conftest import KEY, Address
from tests.emulators.bot_api import BOT

TEACHERS = 200
NOW = 1_712_023_200


class Pages:
    """A driver whose updates come in pages, then never again."""

    def __init__(self, updates: list[Update]) -> None:
        self._pages = (updates[at : at + 100] for at in range(0, len(updates), 100))
        self.done = asyncio.Event()

    async def get_updates(self, offset: int | None, wait: int) -> list[Update]:
        page = next(self._pages, None)
        if page is None:
            self.done.set()
            await asyncio.Event().wait()
        return page or []

    async def call(self, method: str, **params: Any) -> Any:
        return BOT if method == "getMe" else True


def leads(updates: int) -> Iterator[Update]:
    """Updates as Telegram sends them: everybody reports leads, a tenth of them twice known."""
    for number in range(updates):
        user = 1000 + number % TEACHERS
        phone = f"138{(number - number % 10 * (number % 7 == 0)) * 7919 % 10**8:08d}"
        yield {
            "update_id": 900_000_000 + number,
            "message": {
                "message_id": number,
                "from": {"id": user, "is_bot": False, "first_name": "张"},
                "chat": {"id": user, "type": "private", "first_name": "张"},
                "date": NOW,
                "text": f"报线索 张某 {phone} 初三",
            },
        }


def opened(address: str, adapter: TelegramAdapter) -> App:
    db = Database.open(address, KEY)
    return build(db, VirtualClock(NOW), [adapter], patience=Patience(None))


def enrol(app: App) -> None:
    rows = "\n".join(f"T{n},张{n},机电工程系,教师,telegram:{1000 + n}" for n in range(TEACHERS))
    table = f"工号,姓名,部门,角色,账号\n{rows}\n"
    read = file.read("roster.csv", table.encode(), lexicon.units_of(plans.shipped()[0]))
    app.writer.submit(
        lambda tx: enrolment.apply(tx, enrolment.compare(tx, read), NOW, None)
    ).result()


async def after(address: str, *shares: list[Update]) -> dict[str, Any]:
    """What a database holds once these updates have come, each share to a replica of its own."""
    drivers = [Pages(share) for share in shares]
    adapters = [TelegramAdapter(one, now=lambda: NOW) for one in drivers]  # type: ignore[arg-type]
    apps = [opened(address, adapter) for adapter in adapters]
    enrol(apps[0])
    pairs = zip(adapters, apps, strict=True)
    running = [asyncio.create_task(one.run(app.gateway.receive)) for one, app in pairs]
    await asyncio.gather(*(driver.done.wait() for driver in drivers))
    for task in running:
        task.cancel()
    await asyncio.gather(*running, return_exceptions=True)
    with apps[0].db.reading() as tx:
        found = {
            "claims": sorted(bytes(row.claim) for row in tx.run(select(facts.c.claim))),
            "numbers": sorted(row.id for row in tx.run(select(facts.c.id))),
            "rows": [
                tx.run(select(func.count().label("n")).select_from(table))[0].n
                for table in (inbox, outbox)
            ],
            "sum": tx.run(select(func.sum(tallies.c.value).label("n")))[0].n,
        }
    for app in apps:
        app.close()
    return found


@pytest.mark.parametrize(
    ("kind", "updates", "replicas"),
    [
        ("sqlite", 2_000, 1),
        ("postgres", 300, 3),
        pytest.param("sqlite", 10_000, 1, marks=pytest.mark.soak),
        pytest.param("postgres", 10_000, 3, marks=pytest.mark.soak),
    ],
)
async def test_updates_that_come_often_and_in_any_order_count_once(
    kind: str,
    updates: int,
    replicas: int,
    request: pytest.FixtureRequest,
    figure: Callable[[str], None],
) -> None:
    make: Address = request.getfixturevalue(f"{kind}_address")
    once = list(leads(updates))
    draw = random.Random(20240330)
    often = [update for update in once for _ in range(draw.randint(1, 5))]
    draw.shuffle(often)
    counted = await after(make(True), once)
    assert updates * 0.8 < len(counted["numbers"]) < updates
    shares = [often[at::replicas] for at in range(replicas)]
    assert await after(make(True), *shares) == counted
    figure(f"{updates} updates as {len(often)} on {replicas} replicas ({kind}): one effect each")
