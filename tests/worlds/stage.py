"""A small inside for tests of the gateway and of delivery: a few words that do what they say.

The real database, writer and outbox are behind it; only what people can say is made up.
"""

import threading
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, select

from bot.clock import VirtualClock
from bot.services.gateway import Gateway, Inside
from bot.services.patience import Patience
from commands.chat.errors import Refusal
from commands.chat.messages import Chat, Incoming, Notice, Reply
from commands.conversation.packing import unpack
from db import accounts, people
from db.schema import hints, inbox, outbox

NOW = 1_711_690_000
GROUP = Chat(platform="local", id="staff", group=True)
COUNT = select(func.count().label("rows")).select_from(hints)
INBOX = select(inbox).order_by(inbox.c.platform, inbox.c.update)
OUTBOX = select(outbox).order_by(outbox.c.id)


@dataclass(frozen=True)
class Way:
    name: str
    rest: str
    silent: bool = False
    reads: bool = False
    wants: tuple[Any, ...] = ()


@dataclass
class Stage:
    """`keep X` stores X, `count` reads, and so on; everything else is chatter."""

    holding: threading.Event = field(default_factory=threading.Event)
    done: list[str] = field(default_factory=list)
    loads: int = 0

    @property
    def inside(self) -> Inside:
        route: Any = self.route  # a Way stands for a Route
        respond: Any = self.respond
        return Inside(load=self.load, route=route, respond=respond)

    def load(self, tx: Any) -> Any:
        self.loads += 1
        return {row.subject for row in tx.run(select(hints.c.subject))}

    def route(self, incoming: Incoming, world: Any) -> Way:
        if incoming.text == "\0unroutable":
            raise ValueError(incoming.text)
        name, _, rest = (incoming.press or incoming.text).partition(" ")
        known = hasattr(self, f"_{name}") or (name == "linked" and "link" in world)
        return Way(name, rest, silent=not known, reads=name in {"count", "held", "lookbad"})

    def respond(self, way: Way, incoming: Incoming, tx: Any, world: Any) -> Reply | None:
        self.done.append(incoming.text)
        if way.name == "linked":
            return Reply(text="here")
        said: Reply | None = getattr(self, f"_{way.name}")(tx, way.rest, incoming)
        return said

    def _keep(self, tx: Any, rest: str, incoming: Incoming) -> Reply:
        tx.add(hints, subject=rest, day="")
        return Reply(text=f"kept {rest}")

    def _link(self, tx: Any, rest: str, incoming: Incoming) -> Reply:
        tx.add(hints, subject="link", day="")
        tx.bump("world")
        return Reply(text="linked")

    def _refuse(self, tx: Any, rest: str, incoming: Incoming) -> Reply:
        tx.add(hints, subject=rest, day="")
        tx.run(COUNT)
        raise Refusal("没有登记")

    def _crash(self, tx: Any, rest: str, incoming: Incoming) -> Reply:
        tx.add(hints, subject=rest, day="")
        tx.run(COUNT)
        raise RuntimeError(f"13812345678 {rest}")

    def _clash(self, tx: Any, rest: str, incoming: Incoming) -> Reply:
        """Two rows of one key that `find` has not seen: it fails only at the flush."""
        tx.run(COUNT)
        tx._pending.rows[hints] += [("twice", rest), ("twice", rest)]
        return Reply(text="never said")

    def _quiet(self, tx: Any, rest: str, incoming: Incoming) -> None:
        tx.add(hints, subject=rest, day="")

    def _notify(self, tx: Any, rest: str, incoming: Incoming) -> Reply:
        notice = Notice(text="to all", person=int(rest), key="once")
        return Reply(text="told", notices=(notice,))

    def _count(self, tx: Any, rest: str, incoming: Incoming) -> Reply:
        return Reply(text=str(tx.run(COUNT)[0].rows))

    def _held(self, tx: Any, rest: str, incoming: Incoming) -> Reply:
        assert self.holding.wait(10)
        return self._count(tx, rest, incoming)

    def _lookbad(self, tx: Any, rest: str, incoming: Incoming) -> Reply:
        raise Refusal("看不到")

    def _private(self, tx: Any, rest: str, incoming: Incoming) -> Reply:
        return Reply(text="only for you", private=True)

    def _card(self, tx: Any, rest: str, incoming: Incoming) -> Reply:
        return Reply(text="card", replaces=True)

    def _remove(self, tx: Any, rest: str, incoming: Incoming) -> Reply:
        return Reply(text="removed", deletes=True)


class Scene:
    """A gateway on a real database with a Stage behind it."""

    def __init__(self, database: Any, writer: Any) -> None:
        self.db, self.writer = database, writer
        self.stage = Stage()
        self.clock = VirtualClock(NOW)
        self.commits = 0
        self.gateway = Gateway(
            database,
            writer,
            self.clock,
            self.stage.inside,
            on_commit=self.committed,
            patience=Patience(None),
        )
        self.updates = 0

    def committed(self) -> None:
        self.commits += 1

    def says(
        self, text: str, *, by: str | None = "u-li", chat: Chat | None = None, **more: Any
    ) -> Incoming:
        self.updates += 1
        values: dict[str, Any] = {
            "update": str(self.updates),
            "chat": chat or Chat(platform="local", id=by or ""),
            "author": by,
            "sent_at": NOW,
            "received_at": NOW,
            "text": text,
            "message": f"L{self.updates}",
        } | more
        return Incoming(**values)

    async def say(self, text: str, **more: Any) -> list[str]:
        """Say something and have what was answered since."""
        before = len(self.outbox())
        await self.gateway.receive(self.says(text, **more))
        return [message.text for message in self.messages()[before:]]

    def kept(self) -> set[str]:
        with self.db.reading() as tx:
            return {row.subject for row in tx.run(select(hints.c.subject))}

    def inbox(self) -> list[Any]:
        with self.db.reading() as tx:
            return [(row.update, row.outcome) for row in tx.run(INBOX)]

    def outbox(self) -> list[Any]:
        with self.db.reading() as tx:
            return list(tx.run(OUTBOX))

    def messages(self) -> list[Any]:
        return [unpack(row, self.db.vault) for row in self.outbox() if row.sealed]

    def hire(self, number: str, account: str = "", *, platform: str = "local") -> int:
        """Somebody on the roster, with an account if one is given."""

        def work(tx: Any) -> int:
            person = people.enter(tx, number)
            people.employ(
                tx,
                people.Person(
                    id=person, staff_no=number, name=number, unit="x", roles=frozenset({"教师"})
                ),
                NOW,
                NOW,
            )
            if account:
                accounts.register(tx, platform, account, person, at=NOW)
            return person

        return int(self.writer.submit(work).result())
