"""What most bots do: an aiogram dispatcher, a middleware with an async ORM session an update.

It writes as many rows in as many tables as one of our leads, and reads as often.
"""

import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from aiogram import BaseMiddleware, Bot, Dispatcher, Router
from aiogram.types import Message, TelegramObject
from sqlalchemy import ForeignKey, LargeBinary, UniqueConstraint, event, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from bench.school import NOW, TEACHERS


class Base(DeclarativeBase):
    pass


class Member(Base):
    __tablename__ = "members"
    id: Mapped[int] = mapped_column(primary_key=True)
    telegram: Mapped[int] = mapped_column(unique=True)
    unit: Mapped[str]


class Seen(Base):
    __tablename__ = "seen"
    update: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[int]


class Fact(Base):
    __tablename__ = "facts"
    id: Mapped[int] = mapped_column(primary_key=True)
    member: Mapped[int] = mapped_column(ForeignKey("members.id"), index=True)
    kind: Mapped[str]
    unit: Mapped[str] = mapped_column(index=True)
    at: Mapped[int]


class Lead(Base):
    __tablename__ = "leads"
    fact: Mapped[int] = mapped_column(ForeignKey("facts.id"), primary_key=True)
    phone: Mapped[str] = mapped_column(index=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)


class Claim(Base):
    __tablename__ = "claims"
    phone: Mapped[str] = mapped_column(primary_key=True)
    fact: Mapped[int] = mapped_column(index=True)


class Waiting(Base):
    __tablename__ = "waiting"
    fact: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(index=True)


class Posting(Base):
    __tablename__ = "postings"
    id: Mapped[int] = mapped_column(primary_key=True)
    fact: Mapped[int] = mapped_column(index=True)
    measure: Mapped[str] = mapped_column(index=True)
    period: Mapped[str]
    delta: Mapped[int]


class Tally(Base):
    __tablename__ = "tallies"
    __table_args__ = (UniqueConstraint("measure", "period"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    measure: Mapped[str]
    period: Mapped[str]
    value: Mapped[int]


class Audit(Base):
    __tablename__ = "audit"
    id: Mapped[int] = mapped_column(primary_key=True)
    member: Mapped[int]
    action: Mapped[str]
    subject: Mapped[str] = mapped_column(index=True)


class Out(Base):
    __tablename__ = "outbox"
    id: Mapped[int] = mapped_column(primary_key=True)
    chat: Mapped[int]
    text: Mapped[str]
    state: Mapped[str] = mapped_column(index=True)


class Sessions(BaseMiddleware):
    """A session and a transaction an update."""

    def __init__(self, sessions: async_sessionmaker[AsyncSession]) -> None:
        self.sessions = sessions

    async def __call__(
        self,
        handler: Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]],
        event: TelegramObject,
        data: dict[str, Any],
    ) -> Any:
        async with self.sessions() as session, session.begin():
            data["session"] = session
            return await handler(event, data)


async def lead(message: Message, session: AsyncSession) -> None:
    """One lead, as a tutorial would write it."""
    assert message.from_user is not None
    assert message.text is not None
    if await session.get(Seen, message.message_id):
        return
    member = await session.scalar(select(Member).where(Member.telegram == message.from_user.id))
    assert member is not None
    _, name, phone, *_ = message.text.split()
    if await session.get(Claim, phone):
        return
    session.add(Seen(update=message.message_id, at=NOW))
    fact = Fact(member=member.id, kind="lead", unit=member.unit, at=NOW)
    session.add(fact)
    await session.flush()
    period = str(member.id)
    found = select(Tally).where(Tally.measure == "lead.waiting", Tally.period == period)
    tally = await session.scalar(found)
    if tally is None:
        tally = Tally(measure="lead.waiting", period=period, value=0)
        session.add(tally)
    tally.value += 1
    session.add_all(
        [
            Lead(fact=fact.id, phone=phone, sealed=name.encode()),
            Claim(phone=phone, fact=fact.id),
            Waiting(fact=fact.id, kind="lead"),
            Posting(fact=fact.id, measure="lead.waiting", period=period, delta=1),
            Audit(member=member.id, action="lead", subject=f"#{fact.id}"),
            Out(chat=message.chat.id, text=f"已收 #{fact.id} {name}", state="waiting"),
        ]
    )


def opened(path: Path) -> Callable[[bytes], Awaitable[object]]:
    """A dispatcher on a fresh file with the same durability as ours; takes raw updates."""
    engine = create_async_engine(f"sqlite+aiosqlite:///{path}", pool_size=5, max_overflow=0)

    @event.listens_for(engine.sync_engine, "connect")
    def durable(connection: Any, _record: Any) -> None:
        cursor = connection.cursor()
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=60000"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()
        connection.isolation_level = None

    @event.listens_for(engine.sync_engine, "begin")
    def immediate(connection: Any) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    sessions = async_sessionmaker(engine, expire_on_commit=False)
    router = Router()
    router.message.middleware(Sessions(sessions))
    router.message.register(lead)
    dispatcher = Dispatcher(disable_fsm=True)
    dispatcher.include_router(router)
    bot = Bot("1:bench")
    ready = False

    async def take(raw: bytes) -> None:
        nonlocal ready
        if not ready:
            ready = True
            async with engine.begin() as connection:
                await connection.run_sync(Base.metadata.create_all)
            async with sessions() as session, session.begin():
                session.add_all(
                    Member(telegram=1000 + n, unit="mechatronics") for n in range(TEACHERS)
                )
            first.set_result(None)
        await first
        await dispatcher.feed_raw_update(bot, json.loads(raw))

    class _First:
        future: Any = None

        def __await__(self) -> Any:
            return self._get().__await__()

        def _get(self) -> Any:
            import asyncio

            if self.future is None:
                self.future = asyncio.get_running_loop().create_future()
            return self.future

        def set_result(self, value: None) -> None:
            self._get().set_result(value)

    first = _First()
    return take
