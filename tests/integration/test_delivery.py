"""Delivery: in order inside a chat, chats side by side, nothing lost, nothing twice."""

import asyncio
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import pytest

from bot.adapters.local import LocalPlatform
from bot.clock import VirtualClock
from bot.services.delivery import ATTEMPTS, Delivery
from commands.chat.errors import Refused, Retry, Unreachable
from commands.chat.messages import Adapter, Chat, Outgoing, Receipt
from commands.conversation.postbox import put
from db.engine.database import Database
from db.engine.writer import Writer
from db.people import directory
from tests.worlds.stage import NOW, OUTBOX, Scene


class Platform(LocalPlatform):
    """A platform in memory that does as it is told, text by text."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.faults: dict[str, list[Exception]] = {}
        self.sent: list[str] = []
        self.gates: dict[str, asyncio.Event] = {}
        self.begun: defaultdict[str, asyncio.Event] = defaultdict(asyncio.Event)
        self.taken: defaultdict[str, asyncio.Event] = defaultdict(asyncio.Event)

    async def send(self, message: Outgoing) -> Receipt:
        self.begun[message.text].set()
        if gate := self.gates.get(message.text):
            await gate.wait()
        if fault := next(iter(self.faults.get(message.text, ())), None):
            self.faults[message.text].pop(0)
            raise fault
        self.sent.append(message.text)
        self.taken[message.text].set()
        return await super().send(message)


class Post:
    """An outbox, a platform and the delivery between them."""

    def __init__(
        self, database: Database, writer: Writer, adapters: dict[str, Adapter] | None = None
    ) -> None:
        self.db, self.writer = database, writer
        self.clock = VirtualClock(NOW)
        self.platform = Platform(now=self.clock.now)
        adapters = {"local": self.platform} if adapters is None else adapters
        self.delivery = Delivery(database, writer, adapters, self.clock, chance=lambda: 1.0)
        self.keys = 0

    def put(
        self,
        text: str,
        chat: str = "u-li",
        *,
        platform: str = "local",
        due: int = NOW,
        person: int | None = None,
    ) -> None:
        self.keys += 1
        message = Outgoing(
            key=f"k{self.keys}", chat=Chat(platform=platform, id=chat), kind="notice", text=text
        )
        self.writer.submit(lambda tx: put(tx, message, person=person, now=due)).result()

    def rows(self) -> list[Any]:
        with self.db.reading() as tx:
            return list(tx.run(OUTBOX))

    def states(self) -> list[str]:
        return [row.state for row in self.rows()]


@pytest.fixture
def post(database: Database, writer: Writer) -> Post:
    return Post(database, writer)


@pytest.fixture
def lite(sqlite_database: Database) -> Iterator[Post]:
    with Writer(sqlite_database) as writer:
        yield Post(sqlite_database, writer)


async def test_what_is_due_is_sent_marked_and_blanked(post: Post) -> None:
    post.put("你好")

    await post.delivery.quiet()

    (row,) = post.rows()
    assert (row.state, row.message, bytes(row.sealed)) == ("sent", "m1", b"")
    assert post.platform.sent == ["你好"]


async def test_what_is_not_due_yet_waits(post: Post) -> None:
    post.put("later", due=NOW + 60)

    await post.delivery.quiet()
    assert post.platform.sent == []

    post.clock.advance(NOW + 60)
    await post.delivery.quiet()
    assert post.platform.sent == ["later"]


async def test_a_chat_keeps_its_order(post: Post) -> None:
    for number in range(30):
        post.put(str(number))

    await post.delivery.quiet()

    assert post.platform.sent == [str(number) for number in range(30)]


async def test_a_chat_that_waits_holds_up_no_other(lite: Post) -> None:
    gate = lite.platform.gates["stuck"] = asyncio.Event()
    lite.put("stuck", "a")
    lite.put("behind", "a")
    lite.put("free", "b")
    going = asyncio.create_task(lite.delivery.quiet())

    await lite.platform.taken["free"].wait()
    gate.set()
    await going

    assert lite.platform.sent == ["free", "stuck", "behind"]


async def test_a_platform_that_says_when_is_not_asked_before(post: Post) -> None:
    post.platform.faults["a"] = [Retry("flood", 30)]
    post.put("a")
    post.put("b")

    await post.delivery.quiet()
    assert post.platform.sent == []
    assert [row.due_at for row in post.rows()] == [NOW + 30, NOW]

    post.clock.advance(NOW + 29)
    await post.delivery.quiet()
    assert post.platform.sent == []

    post.clock.advance(NOW + 30)
    await post.delivery.quiet()
    assert post.platform.sent == ["a", "b"]


async def test_pauses_double_up_to_five_minutes_and_then_it_is_buried(lite: Post) -> None:
    lite.platform.faults["a"] = [Retry("network")] * ATTEMPTS
    lite.put("a")
    waits = []

    while lite.states() == ["waiting"]:
        await lite.delivery.quiet()
        (row,) = lite.rows()
        waits.append(row.due_at - lite.clock.now())
        lite.clock.advance(max(row.due_at, lite.clock.now()))

    assert waits[:-1] == [1, 2, 4, 8, 16, 32, 64, 128, 256]
    (row,) = lite.rows()
    assert (row.state, row.attempts) == ("buried", ATTEMPTS)
    assert "network" in row.failure


async def test_a_message_the_platform_never_takes_is_buried_and_the_next_one_sent(
    post: Post,
) -> None:
    post.platform.faults["bad"] = [Refused("too long")]
    post.put("bad")
    post.put("good")

    await post.delivery.quiet()

    assert post.states() == ["buried", "sent"]
    assert post.rows()[0].failure == "refused: too long"
    assert bytes(post.rows()[0].sealed) == b""


async def test_what_somebody_cannot_be_told_is_held_for_him(
    database: Database, writer: Writer
) -> None:
    scene, post = Scene(database, writer), Post(database, writer)
    person = scene.hire("T1", "u-li")
    post.platform.faults["hello"] = [Unreachable("blocked")]
    post.put("hello", person=person)

    await post.delivery.quiet()

    assert post.states() == ["held"]
    with database.reading() as tx:
        assert directory(tx).account_of(person) is None
    scene.gateway.close()


async def test_a_fault_of_an_adapter_is_tried_again(lite: Post) -> None:
    lite.platform.faults["a"] = [ZeroDivisionError("ours")]
    lite.put("a")

    await lite.delivery.quiet()
    assert lite.states() == ["waiting"]

    lite.clock.advance(NOW + 1)
    await lite.delivery.quiet()
    assert lite.states() == ["sent"]


async def test_a_message_for_a_platform_that_does_not_run_is_buried(lite: Post) -> None:
    lite.put("a", platform="telegram")

    await lite.delivery.quiet()

    assert lite.rows()[0].failure == "no adapter for telegram"


async def test_a_message_moved_to_another_row_is_not_readable(lite: Post) -> None:
    lite.put("one")
    lite.put("two")
    one, two = lite.rows()
    from sqlalchemy import update

    from db.schema import outbox

    swap = update(outbox).where(outbox.c.id == two.id).values(sealed=bytes(one.sealed))
    lite.writer.submit(lambda tx: tx.change(swap)).result()

    await lite.delivery.quiet()

    assert lite.states() == ["sent", "buried"]


async def test_a_chat_gets_no_more_a_minute_than_its_platform_takes(
    lite: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dataclasses import replace

    lite.platform.capabilities = replace(lite.platform.capabilities, per_minute=20)
    for number in range(25):
        lite.put(str(number), "a")
    lite.put("other", "b")

    await lite.delivery.quiet()

    assert len(lite.platform.sent) == 21
    assert "other" in lite.platform.sent
    assert lite.states().count("waiting") == 5


async def test_two_messages_of_a_chat_keep_their_distance(lite: Post) -> None:
    from dataclasses import replace

    lite.platform.capabilities = replace(lite.platform.capabilities, apart=1.0)
    for number in range(3):
        lite.put(str(number), "a")
        lite.put(f"other {number}", f"b{number}")

    await lite.delivery.quiet()

    assert sorted(lite.platform.sent) == ["0", "other 0", "other 1", "other 2"]


async def test_a_person_may_be_told_more_a_minute_than_a_group(lite: Post) -> None:
    from dataclasses import replace

    lite.platform.capabilities = replace(
        lite.platform.capabilities, per_minute=2, per_minute_private=4
    )
    for number in range(6):
        lite.put(str(number), "a")

    await lite.delivery.quiet()

    assert len(lite.platform.sent) == 4


async def test_all_chats_together_get_no_more_a_second_than_the_platform_takes(lite: Post) -> None:
    from dataclasses import replace

    lite.platform.capabilities = replace(lite.platform.capabilities, per_second=100)
    for number in range(21):
        lite.put(str(number), f"chat {number}")
    started = asyncio.get_running_loop().time()

    await lite.delivery.quiet()

    assert len(lite.platform.sent) == 21
    assert asyncio.get_running_loop().time() - started >= 0.2


async def test_a_long_queue_of_one_chat_does_not_hide_another(
    lite: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dataclasses import replace

    monkeypatch.setattr("bot.services.delivery.PAGE", 5)
    lite.platform.capabilities = replace(lite.platform.capabilities, per_minute=2)
    for number in range(20):
        lite.put(str(number), "a")
    await lite.delivery.quiet()
    lite.put("other", "b")

    await lite.delivery.quiet()

    assert lite.platform.sent == ["0", "1", "other"]


async def test_the_loop_wakes_for_what_is_committed_and_stops_when_drained(lite: Post) -> None:
    running = asyncio.create_task(lite.delivery.run())
    lite.put("a")
    lite.delivery.wake()
    await lite.platform.taken["a"].wait()

    assert await lite.delivery.drain(10)
    await running
    assert lite.states() == ["sent"]


async def test_draining_lets_what_is_due_arrive(lite: Post) -> None:
    gate = lite.platform.gates["a"] = asyncio.Event()
    lite.put("a")
    lite.put("b")
    running = asyncio.create_task(lite.delivery.run())
    await lite.platform.begun["a"].wait()
    draining = asyncio.create_task(lite.delivery.drain(10))
    await asyncio.sleep(0)
    gate.set()

    assert await draining
    await running
    assert lite.states() == ["sent", "sent"]


async def test_a_platform_that_hangs_does_not_hold_up_the_end(lite: Post) -> None:
    lite.platform.gates["a"] = asyncio.Event()
    lite.put("a")
    running = asyncio.create_task(lite.delivery.run())
    await lite.platform.begun["a"].wait()

    assert not await lite.delivery.drain(0.01)
    await running
    assert lite.states() == ["waiting"]


async def test_nothing_is_sent_twice_while_many_look(lite: Post) -> None:
    for number in range(200):
        lite.put(str(number), f"c{number % 7}")

    await asyncio.gather(*(lite.delivery.quiet() for _ in range(5)))

    assert sorted(map(int, lite.platform.sent)) == list(range(200))


async def test_replay_sends_everything_in_the_order_of_writing(lite: Post) -> None:
    for number in range(9):
        lite.put(str(number), f"c{number % 3}")

    assert await lite.delivery.deliver_all() == 9
    assert lite.platform.sent == [str(number) for number in range(9)]


async def test_an_edit_finds_its_message(lite: Post) -> None:
    lite.put("card")
    await lite.delivery.quiet()
    message = Outgoing(
        key="edit", chat=Chat(platform="local", id="u-li"), kind="edit", text="done", edits="m1"
    )
    lite.writer.submit(lambda tx: put(tx, message, person=None, now=NOW)).result()

    await lite.delivery.quiet()

    (shown,) = lite.platform.transcript(message.chat)
    assert (shown.text, shown.edited) == ("done", True)


async def test_a_button_that_says_too_much_is_caught_when_it_is_posted(lite: Post) -> None:
    from commands.chat.messages import Button

    message = Outgoing(
        key="k",
        chat=Chat(platform="local", id="u-li"),
        kind="reply",
        text="x",
        buttons=((Button(label="a", says="长" * 22),),),
    )

    with pytest.raises(ValueError, match="64 bytes"):
        lite.writer.submit(lambda tx: put(tx, message, person=None, now=NOW)).result()
