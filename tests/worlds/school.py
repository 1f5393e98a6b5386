"""A whole school in a test: the real gateway, delivery, ticker and database, virtual time, and
people who talk on the local platform.

    await school.says("u-liu", "报线索 张某 13800010001 初三")
    assert school.last("u-liu").startswith("已收")
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from socket import socket
from typing import Any, ClassVar

from bot.adapters.local import CAPABILITIES, NAME, Event, LocalPlatform, Message
from bot.clock import VirtualClock
from bot.process.app import App, build
from bot.services.limited import Limited
from commands.chat.messages import Capabilities, Chat, File
from commands.grammar import lexicon
from commands.roster import enrolment
from commands.roster import file as rosterfile
from db import chats, ledger, plans, publishing, settings
from db.engine.database import Database
from scoring import export
from scoring.cards import school_card, scorecard
from scoring.duties import board
from scoring.moments import ZONE, Instant, instant
from scoring.plan import Plan
from scoring.planfile import parse

ROSTER = Path(__file__).parents[1] / "acceptance" / "roster.csv"
GROUP = "staff"
START = "03-18 09:00"


class Lent(Limited):
    """Takes over the processes for files that an earlier school has started, and leaves them to
    the next: each costs as much as ten worlds."""

    idle: ClassVar[list[Any]] = []

    def __init__(self) -> None:
        super().__init__()
        self._free = Lent.idle

    def close(self) -> None:
        """End what is at work."""
        self._free = []
        super().close()

    @classmethod
    def end(cls) -> None:
        """End them all, after the last test."""
        while cls.idle:
            cls.idle.pop().end()


@dataclass(repr=False)  # asyncio writes it out for every test: pages of it
class School:
    """The school of acceptance/roster.csv with one linked group, from `start` on."""

    app: App
    platform: LocalPlatform
    clock: VirtualClock
    plan: Plan
    seen: list[Message] = field(default_factory=list)
    claimed: socket | None = None
    """The port of its signed-in pages, where it has any."""

    # --- time -----------------------------------------------------------------------------

    async def at(self, moment: str) -> None:
        """Move to 04-02 10:00 (or a full ISO time); what is due on the way happens."""
        await self.app.fire_until(_instant(moment), self.clock, self.app.delivery.deliver_all)

    # --- people ---------------------------------------------------------------------------

    async def says(
        self,
        account: str,
        text: str,
        *,
        group: str = "",
        quote: str = "",
        file: File | None = None,
        at: str = "",
    ) -> list[str]:
        """Somebody writes (privately, or in a group); the texts the bot then sends anywhere."""
        if at:
            await self.at(at)
        before = len(self.seen)
        await self.platform.says(account, self._chat(account, group), text, quote=quote, file=file)
        await self.app.delivery.deliver_all()
        return [message.text for message in self.seen[before:]]

    async def presses(
        self, account: str, label: str, *, group: str = "", at: str = ""
    ) -> list[str]:
        """Somebody presses the newest button of that label that he sees."""
        if at:
            await self.at(at)
        before = len(self.seen)
        chat = self._chat(account, group)
        found = self.platform.newest_with(chat, label)
        assert found is not None, f"{account} sees no button {label}: {self.shown(account, group)}"
        await self.platform.presses(account, chat, *found)
        await self.app.delivery.deliver_all()
        return [message.text for message in self.seen[before:]]

    # --- what is seen ---------------------------------------------------------------------

    def shown(self, account: str, group: str = "") -> list[Message]:
        """What stands in a chat, oldest first."""
        return [m for m in self.platform.transcript(self._chat(account, group)) if not m.deleted]

    def last(self, account: str = "", group: str = "") -> str:
        """The newest text of the bot in a chat."""
        mine = [m.text for m in self.shown(account, group) if m.author is None]
        return mine[-1] if mine else ""

    def buttons(self, account: str = "", group: str = "") -> list[str]:
        """The labels under the newest message of the bot in a chat."""
        mine = [m for m in self.shown(account, group) if m.author is None]
        return [button.label for row in mine[-1].buttons for button in row] if mine else []

    # --- what counts ----------------------------------------------------------------------

    def score(self, until: str = "") -> dict[str, Any]:
        """The document of contracts 6 as of now, or as of a past moment."""
        now = _instant(until) if until else self.clock.now()
        with self.app.db.reading() as tx:
            if until:
                tallies = ledger.tallies_at(tx, self.plan, now, now)
            else:
                tallies = ledger.tallies(tx, self.plan)
            basis = ledger.basis(tx, self.plan, now, now)
        units = self.plan.scored_units
        cards = [scorecard(self.plan, unit, tallies, basis, now) for unit in units]
        boards = {unit.code: board(self.plan, unit, tallies, now) for unit in units}
        school = school_card(self.plan, tallies, basis, now)
        return export.document(self.plan, [*cards, school], boards, now)

    def points(self, unit: str, item: str = "", until: str = "") -> str | None:
        """A unit's points by its name, or those of one item."""
        document = self.score(until)
        card = next(card for card in document["units"] if card["unit"] == unit)
        if not item:
            total: str = card["points"]
            return total
        found: str | None = next(row["points"] for row in card["items"] if row["item"] == item)
        return found

    @staticmethod
    def _chat(account: str, group: str) -> Chat:
        if group:
            return Chat(platform=NAME, id=group, group=True, title=group)
        return Chat(platform=NAME, id=account)


async def open_school(
    database: Database,
    *,
    start: str = START,
    students: int | None = 7000,
    roster: Path = ROSTER,
    groups: Sequence[str] = (GROUP,),
    capabilities: Capabilities = CAPABILITIES,
    own: str = "",
    claimed: socket | None = None,
    again: bool = False,
) -> School:
    """A school on a migrated, empty database; `own`: the text of its plan, not the shipped one;
    `claimed`: the port on this machine where its signed-in pages will be; `again`: the database
    is one that was filled before."""
    clock = VirtualClock(_instant(start))
    prefix = f"{start} " if again else ""
    platform = LocalPlatform(now=clock.now, capabilities=capabilities, prefix=prefix)
    [plan] = [parse(own, "")] if own else [one for one in plans.shipped() if one.year == 2024]
    web_url = f"http://127.0.0.1:{claimed.getsockname()[1]}" if claimed else ""
    app = build(database, clock, [platform], web_url=web_url)
    app.gateway.files.limited = Lent()
    school = School(app, platform, clock, plan, claimed=claimed)

    def on_event(event: Event) -> None:
        if event.sent is not None:
            school.seen.append(event.message)

    platform.open(app.gateway.receive)
    platform.hooks.append(on_event)
    now = clock.now()
    if again:
        return school

    def begin(tx: Any) -> None:
        if own:
            publishing.publish(tx, own, now=now)
        read = rosterfile.read(roster.name, roster.read_bytes(), lexicon.units_of(plan))
        enrolment.apply(tx, enrolment.compare(tx, read), now, None)
        if students is not None:
            settings.put(tx, settings.STUDENTS, str(students), now=now, by=None)
        for group in groups:
            chats.link(tx, platform=NAME, chat=group, title=group, unit=None, by=None, at=now)

    await app.write(begin)
    return school


def close_school(school: School) -> None:
    """Let its threads go; the database belongs to the fixture."""
    with suppress(RuntimeError):
        school.app.gateway.close()
    school.app.writer.close()


def _instant(moment: str) -> Instant:
    text = moment if moment.startswith("20") else f"2024-{moment}"
    return instant(datetime.fromisoformat(text).replace(tzinfo=ZONE))
