"""The gateway: takes one event, commits its effects and puts its answer into the outbox.

It promises: an event takes effect once, even if delivered twice; requests of one person and of
one chat keep their order; a failed request leaves only its inbox row and its answer; `receive`
returns after the commit. It knows no platform and sends nothing itself. A file is opened between
two visits to the writer: nobody else waits for it.
"""

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from time import monotonic, perf_counter

from bot.clock import Clock
from bot.services import limits
from bot.services.bounds import bounded
from bot.services.counts import Intake
from bot.services.entries import Answer, enter, keep, known, place, say_reading
from bot.services.files import Files
from bot.services.order import Keep, Keys, at_once
from bot.services.patience import Mood, Patience
from bot.services.references import reference_of
from bot.services.turns import DONE, QUEUED, Turn, lanes
from bot.wording import say
from commands.carrying import Route
from commands.chat.messages import Incoming, Reply
from commands.chat.requests import Unopened
from commands.conversation.world import World
from db.engine.database import Database
from db.engine.tx import Reading, Tx
from db.engine.writer import Wants, Writer
from db.errors import Conflict
from db.pictures import kept
from db.schema import inbox
from scoring.errors import Fault, UserError

BUDGET = 0.005
"""Seconds a handler may take before it is logged as slow (design 4)."""

READERS = 4

OPENINGS = 3
"""How often a file is opened for one event at most: again if the world has changed meanwhile and
another command is meant."""

log = logging.getLogger("promobot.gateway")


@dataclass(frozen=True, slots=True, kw_only=True)
class Inside:
    """The commands as the gateway sees them. `load` reads what routing needs; `route` is pure
    and fast; `respond` gets the writer's Tx unless the route reads, and raises only UserError
    or bugs."""

    load: Callable[[Reading], World]
    route: Callable[[Incoming, World], Route]
    respond: Callable[[Route, Incoming, Reading, World], Reply | None]


class Stopping(Fault):
    """The process is about to end: the event is not taken and must come again."""


class _NoLongerARead(Exception):
    """The world changed between routing and reading: the request must now run as a write."""


class Gateway:
    """Receives the events of all platforms. `on_commit` is called whenever the outbox may have
    something new."""

    def __init__(
        self,
        db: Database,
        writer: Writer,
        clock: Clock,
        inside: Inside,
        *,
        on_commit: Callable[[], None] = lambda: None,
        patience: Patience | None = None,
        files: Files | None = None,
    ) -> None:
        self.db = db
        self.writer = writer
        self.clock = clock
        self.on_commit = on_commit
        self.patience = patience or Patience()
        self.inside = inside
        self.files = files or Files(partial(kept, vault=db.vault, beside=db.driver.beside))
        self.intake = Intake()
        self.stopping = False
        """Whether events are refused, so that their platforms bring them again later."""
        self.readers = ThreadPoolExecutor(READERS, thread_name_prefix="reader")
        self.last: dict[tuple[str, ...], Turn] = {}
        self._answers: dict[str, Answer] = {}
        self.orders: dict[str, Keep] = {}
        """What keeps the order among replicas, by platform; not needed where one alone listens."""
        self._arrived: list[tuple[Incoming, asyncio.Future[tuple[Route, World]]]] = []
        self._looking: asyncio.Task[None] | None = None

    async def receive(self, incoming: Incoming, *, ours: bool = False) -> None:
        """Take one event; return once its effects are committed (at once if it has none). `ours`:
        it is a result of our own work, which nobody has to wait for. Raises Stopping."""
        if self.stopping and not ours:
            raise Stopping
        incoming = bounded(incoming)
        if incoming.received_at != (now := self.clock.now()):
            incoming = replace(incoming, received_at=now)
        if incoming.moved_to or incoming.presence:
            await self._commit(incoming, "place", partial(place, incoming=incoming))
            return
        at_the_door: Mood = "fine" if ours else limits.at_the_door(self.patience, incoming)
        if at_the_door != "fine":
            if at_the_door == "warn" and limits.to_us(incoming):
                await self._slow_down(incoming)
            return
        again = not ours and limits.pressed_again(self.patience, incoming)
        started, keys = monotonic(), lanes(incoming)
        way, world = await self._understood(incoming)
        if way.silent:
            before = self._before(keys)
            if not before:
                return
            # An earlier event may make this one matter (/link, then a line in that group).
            for turn in before:
                await turn.until(DONE)
            way, world = await self._understood(incoming)
            if way.silent:
                return
        mood = limits.typed(self.patience, incoming)
        if mood == "warn":
            await self._slow_down(incoming)
        elif mood == "fine":
            await self._in_turn(incoming, way, world, keys, again=again)
            self.intake.times.add(monotonic() - started)

    async def ask(self, incoming: Incoming) -> Answer | None:
        """Take an event from a page, as `receive` does, and return its answer, which is not sent;
        None if it was taken before or its account is not listened to for now."""
        try:
            await self.receive(incoming)
        finally:
            answer = self._answers.pop(incoming.update, None)
        return answer

    async def drain(self) -> None:
        """Wait until everything received so far is committed."""
        while self._arrived or self.last:
            if self._arrived:
                await asyncio.wait([future for _, future in self._arrived])
            await asyncio.gather(*(turn.until(DONE) for turn in list(self.last.values())))

    def close(self) -> None:
        """Stop the reader threads and the processes that open files."""
        self.files.close()
        self.readers.shutdown(wait=True)

    async def _slow_down(self, incoming: Incoming) -> None:
        answer = "flood", Reply(text=say("gateway.slow_down"))
        await self._commit(incoming, "flood", self._keeping(incoming, answer))

    # --- routing --------------------------------------------------------------------------

    def _understood(self, incoming: Incoming) -> "asyncio.Future[tuple[Route, World]]":
        """Return the route of an event and the world it was routed in.

        Events that arrive in one turn of the loop are routed together, in order: running the same
        few functions in a row takes a third less time than decoding and handing over each event
        in between.
        """
        loop = asyncio.get_running_loop()
        future: asyncio.Future[tuple[Route, World]] = loop.create_future()
        if not self._arrived:
            loop.call_soon(self._route_arrived)
        self._arrived.append((incoming, future))
        return future

    def _route_arrived(self) -> None:
        try:
            held, world = self.db.at_hand("world", self.inside.load)
        except Exception as fault:
            self._fail_arrived(fault)
            return
        if held:
            self._route(world)
        else:
            self._looking = asyncio.create_task(self._look_and_route())

    async def _look_and_route(self) -> None:
        """Route what arrives while a server is asked; it may take its time, the loop does not."""
        loop = asyncio.get_running_loop()
        try:
            world = await loop.run_in_executor(
                self.readers, self.db.peek, "world", self.inside.load
            )
        except Exception as fault:
            self._fail_arrived(fault)
        else:
            self._route(world)

    def _route(self, world: World) -> None:
        arrived, self._arrived = self._arrived, []
        for incoming, future in arrived:
            if future.done():  # its task was cancelled
                continue
            try:
                future.set_result((self.inside.route(incoming, world), world))
            except StopIteration as fault:  # the only one that a future refuses
                future.set_exception(RuntimeError(f"routing raised {fault!r}"))
            except Exception as fault:
                future.set_exception(fault)

    def _fail_arrived(self, fault: Exception) -> None:
        arrived, self._arrived = self._arrived, []
        for _, future in arrived:
            if not future.done():
                future.set_exception(fault)

    # --- order ----------------------------------------------------------------------------

    def _before(self, keys: Keys) -> list[Turn]:
        return [self.last[key] for key in keys if key in self.last]

    async def _in_turn(
        self,
        incoming: Incoming,
        way: Route,
        world: World,
        keys: Keys,
        *,
        again: bool,
    ) -> None:
        before = self._before(keys)
        turn = Turn(reads=way.reads)
        for key in keys:
            self.last[key] = turn
        try:
            async with self.orders.get(incoming.chat.platform, at_once)(keys):
                for earlier in before:
                    await earlier.until(DONE if turn.reads or earlier.reads else QUEUED)
                for _ in range(OPENINGS):
                    unopened = await self._once(incoming, way, world, turn, again=again)
                    if unopened is None:
                        break
                    incoming = await self._opened(incoming, way, unopened)
        finally:
            turn.reach(DONE)
            for key in keys:
                if self.last.get(key) is turn:
                    del self.last[key]
        self.on_commit()

    async def _once(
        self, incoming: Incoming, way: Route, world: World, turn: Turn, *, again: bool
    ) -> Unopened | None:
        if way.reads:
            return await self._read(incoming, way, world)
        # A file may have to be opened first; then those behind it must not be queued before it.
        queued = turn if incoming.file is None else None
        work = self._work(incoming, way, world, again=again)
        return await self._commit(incoming, way.name, work, queued, way.wants)

    # --- files ----------------------------------------------------------------------------

    async def _opened(self, incoming: Incoming, way: Route, unopened: Unopened) -> Incoming:
        """Return the event with its file opened; say so if that takes long."""
        opening = asyncio.ensure_future(self.files.opened(unopened))
        done, _ = await asyncio.wait({opening}, timeout=self.files.patience)
        if not done:
            await self.writer.run(partial(say_reading, incoming=incoming, person=way.who.id))
            self.on_commit()
        return replace(incoming, file=await opening)

    # --- reading and writing --------------------------------------------------------------

    def _work(
        self, incoming: Incoming, way: Route, world: World, *, again: bool = False
    ) -> Callable[[Tx], Unopened | None]:
        return partial(self._carry_out, incoming, way, world, again=again)

    async def _read(self, incoming: Incoming, way: Route, world: World) -> Unopened | None:
        loop = asyncio.get_running_loop()
        try:
            answer = await loop.run_in_executor(self.readers, self._look_up, incoming, way, world)
        except _NoLongerARead:
            work = self._work(incoming, way, world)
            return await self._commit(incoming, way.name, work, keys=way.wants)
        except Unopened as unopened:
            return unopened
        except self.db.driver.errors:
            answer = self._failed(incoming, way.name)
        await self._commit(incoming, way.name, self._keeping(incoming, answer))
        return None

    async def _commit(
        self,
        incoming: Incoming,
        name: str,
        work: Callable[[Tx], Unopened | None],
        turn: Turn | None = None,
        keys: Wants = (),
    ) -> Unopened | None:
        if turn is not None:
            turn.reach(QUEUED)  # those waiting run only after `run` has queued the work
        wants = [(inbox, (incoming.chat.platform, incoming.update)), *keys]
        try:
            try:
                return await self.writer.run(work, wants)
            except Conflict:
                # Somebody took a key between our read and our commit: try again, once.
                return await self.writer.run(work, wants)
        except Exception:
            # It failed again at the flush, alone in its transaction: keep only the apology.
            answer = self._failed(incoming, name)
            await self.writer.run(self._keeping(incoming, answer), wants)
            return None

    # --- on the writer and on the readers ---------------------------------------------------

    def _carry_out(
        self, incoming: Incoming, way: Route, world: World, tx: Tx, *, again: bool = False
    ) -> Unopened | None:
        """Answer an event and keep what it does; a press made `again` does nothing twice: it is
        answered only if that takes nothing but reading."""
        if known(tx, incoming):
            return None
        try:
            outcome, reply = self._answer(tx, incoming, way, world, undo=partial(tx.undo, tx.began))
        except Unopened as unopened:
            return unopened.with_traceback(None)  # which would keep the transaction
        if again and tx.wrote():
            tx.undo(tx.began)
            outcome, reply = "again", None
        if reply is not None and reply.notices:
            reply = limits.with_fewer_notices(self.patience, incoming, reply)
        self._hand_over(incoming, (outcome, reply))
        enter(tx, incoming, (outcome, reply))
        return None

    def _keeping(self, incoming: Incoming, answer: Answer) -> Callable[[Tx], None]:
        self._hand_over(incoming, answer)
        return partial(keep, incoming=incoming, answer=answer)

    def _hand_over(self, incoming: Incoming, answer: Answer) -> None:
        if incoming.signed_in is not None:
            self._answers[incoming.update] = answer

    def _look_up(self, incoming: Incoming, way: Route, world: World) -> Answer:
        with self.db.reading() as reading:
            return self._answer(reading, incoming, way, world, undo=None)

    def _answer(
        self,
        tx: Reading,
        incoming: Incoming,
        way: Route,
        world: World,
        *,
        undo: Callable[[], None] | None,
    ) -> Answer:
        """Respond from what the transaction sees; with `undo` None only reading is possible."""
        fresh = tx.cached("world", self.inside.load)
        if fresh is not world:
            way = self.inside.route(incoming, fresh)
        if way.silent:
            return "silent", None
        if undo is None and not way.reads:
            raise _NoLongerARead
        started = perf_counter()
        try:
            return way.name, self.inside.respond(way, incoming, tx, fresh)
        except UserError as refusal:
            if undo:
                undo()
            return "refused", getattr(refusal, "reply", None) or Reply(text=str(refusal))
        except self.db.driver.errors:
            raise
        except Unopened:
            if undo:
                undo()
            raise
        except Exception:
            if undo:
                undo()
            return self._failed(incoming, way.name)
        finally:
            if (spent := perf_counter() - started) > BUDGET:
                self.intake.slow[way.name] += 1
                log.info("slow handler", extra={"command": way.name, "ms": round(spent * 1000, 1)})

    def _failed(self, incoming: Incoming, name: str) -> Answer:
        """Log the current exception under a number that the answer repeats."""
        self.intake.failed[name] += 1
        reference = reference_of(incoming)
        log.exception("request failed", extra={"reference": reference, "command": name})
        return "failed", Reply(text=say("gateway.failed", reference=reference))
