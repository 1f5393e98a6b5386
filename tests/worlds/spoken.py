"""A script of tests/acceptance spoken by people on a real platform: its adapter, its service's
rules, the whole product behind it, and the score that comes of it."""

import asyncio
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Protocol

from bot.clock import VirtualClock
from bot.playground.replay import Line, first_moment, moment_of, read_script
from bot.process.app import build
from bot.shell.score import document_at
from commands.chat.messages import Adapter, Chat, Incoming
from commands.grammar import lexicon
from commands.roster import enrolment, file
from db import chats, plans
from db.engine.database import Database
from db.engine.tx import Tx
from scoring.moments import Instant

SCRIPTS = Path(__file__).parents[1] / "acceptance"
MONTH = ("month.jsonl", "month_roster.csv")
MENTION = "@宣传助手 "


class People(Protocol):
    """A platform with a school's people on it. Names are those of the script: u-chen, staff."""

    @property
    def adapter(self) -> Adapter: ...

    def account(self, name: str) -> str:
        """A person's account, as the roster writes it (wecom:u-chen)."""

    def chat(self, name: str, *, group: bool) -> Chat:
        """A person's 1:1 chat, or a group."""

    def says(self, name: str, text: str, chat: Chat, quote: str) -> None:
        """A person writes; a quote is of something that the bot has said."""

    def presses(self, name: str, label: str, chat: Chat) -> None:
        """A person presses the newest button of a chat that begins with the label."""


class Ear:
    """The gateway's door, which knows how many events have come through it."""

    def __init__(self, receive: Any) -> None:
        self._receive = receive
        self.heard = 0
        self._news = asyncio.Event()

    async def receive(self, incoming: Incoming) -> None:
        await self._receive(incoming)
        self.heard += 1
        self._news.set()

    async def until(self, count: int) -> None:
        async with asyncio.timeout(10):
            while self.heard < count:
                self._news.clear()
                await self._news.wait()


async def spoken(
    people: People,
    clock: VirtualClock,
    script: str,
    roster: str,
    db: Database,
    *,
    part: slice = slice(None),
) -> dict[str, Any]:
    """Let the people speak a script, or a part of its lines; the score document it leaves."""
    lines = read_script(SCRIPTS / script)[part]
    app = build(db, clock, [people.adapter])
    await app.write(lambda tx: _furnish(tx, people, roster, lines, clock.now()))
    ear = Ear(app.gateway.receive)
    listening = asyncio.create_task(people.adapter.run(ear.receive))
    said = 0
    for line in lines:
        await app.fire_until(moment_of(line), clock, app.delivery.deliver_all)
        if not line.said.keys() - {"at"}:
            continue
        _act(people, line)
        said += 1
        await ear.until(said)
        await app.delivery.deliver_all()
    listening.cancel()
    await asyncio.gather(listening, return_exceptions=True)
    with db.reading() as tx:
        plan = plans.kept(tx).in_force(clock.now())
        assert plan is not None
        score = document_at(tx, plan, until=clock.now(), known=clock.now())
    app.gateway.close()
    app.writer.close()
    return score


def start_of(script: str) -> Instant:
    """When a script begins."""
    return first_moment(read_script(SCRIPTS / script)) or 0


def alike(score: dict[str, Any]) -> Any:
    """A score document as one compares it."""
    return json.loads(json.dumps(score))


def _act(people: People, line: Line) -> None:
    name = line.said["from"]
    chat = people.chat(line.group or name, group=bool(line.group))
    if "press" in line.said:
        people.presses(name, line.said["press"], chat)
        return
    text = line.said["text"]
    if chat.group and people.adapter.capabilities.needs_mention and "@" not in text:
        text = MENTION + text  # there one has to
    people.says(name, text, chat, line.said.get("quote", ""))


def _furnish(tx: Tx, people: People, roster: str, lines: Iterable[Line], now: Instant) -> None:
    """The roster with accounts of this platform, and the script's groups, linked."""
    table = (SCRIPTS / roster).read_text("utf-8")
    names = {word for row in table.split() for word in row.split(",") if word.startswith("u-")}
    for name in sorted(names, key=len, reverse=True):
        table = table.replace(f",{name},", f",{people.account(name)},")
    read = file.read(roster, table.encode(), lexicon.units_of(plans.shipped()[0]))
    assert not read.faults
    enrolment.apply(tx, enrolment.compare(tx, read), now, None)
    for group in sorted({line.group for line in lines} - {""}):
        chat = people.chat(group, group=True)
        chats.link(
            tx, platform=chat.platform, chat=chat.id, title=group, unit=None, by=None, at=now
        )
