"""Delivery: in order inside a chat, chats side by side, nothing lost, nothing twice."""

import asyncio
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import select

from bot.adapters.local import LocalPlatform
from bot.clock import VirtualClock
from bot.services.attempts import DOUBTS, STRIKES
from bot.services.delivery import Delivery
from bot.services.pacing import HANGING
from commands.chat.errors import Moved, Refused, Retry, Unreachable
from commands.chat.messages import Adapter, Chat, Outgoing, Receipt
from commands.conversation.postbox import put
from db import outbox
from db.engine.database import Database
from db.engine.writer import Writer
from db.errors import DatabaseFault
from db.outbox import STALE, USEFUL
from db.people import directory
from db.schema import sendings
from scoring.moments import HOUR
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
        self.losing = ""
        """The text whose receipt is lost: it is taken, but we never hear of it."""
        self.recognises = False
        """Whether it recognises what it has taken before."""
        self.receipts: dict[str, Receipt] = {}

    async def send(self, message: Outgoing) -> Receipt:
        if message.again and self.recognises and message.key in self.receipts:
            return self.receipts[message.key]
        self.begun[message.text].set()
        if gate := self.gates.get(message.text):
            await gate.wait()
        if fault := next(iter(self.faults.get(message.text, ())), None):
            self.faults[message.text].pop(0)
            raise fault
        self.sent.append(message.text)
        receipt = self.receipts[message.key] = await super().send(message)
        self.taken[message.text].set()
        if message.text == self.losing:
            self.losing = ""
            await asyncio.Event().wait()
        return receipt


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


async def later_and_later(post: Post) -> list[int]:
    """Deliver until the only message is settled; the pauses between the attempts."""
    waits = []
    while post.states() == ["waiting"]:
        await post.delivery.quiet()
        (row,) = post.rows()
        waits.append(row.due_at - post.clock.now())
        post.clock.advance(max(row.due_at, post.clock.now()))
    return waits[:-1]


async def test_an_outage_of_the_platform_kills_no_message(lite: Post) -> None:
    lite.platform.faults["a"] = [Retry("401"), Retry("502"), Retry("network")] * 20
    lite.put("a")

    waits = await later_and_later(lite)

    assert waits == [1, 2, 4, 8, 16, 32, *[60] * 54]
    assert lite.states() == ["sent"]


async def test_what_is_of_no_use_any_more_ends_with_a_record(lite: Post) -> None:
    lite.platform.faults["a"] = [Retry("network", HOUR)] * 999
    lite.put("a")

    waits = await later_and_later(lite)

    assert sum(waits) > USEFUL["notice"] >= sum(waits[1:])
    (row,) = lite.rows()
    assert (row.state, row.failure) == ("buried", STALE)


async def test_a_bug_of_ours_ends_a_message_after_a_few_attempts(lite: Post) -> None:
    lite.platform.faults["a"] = [Retry("502")] * 20 + [ZeroDivisionError("ours")] * STRIKES
    lite.put("a")

    await later_and_later(lite)

    (row,) = lite.rows()
    assert (row.state, row.attempts) == ("buried", 20 + STRIKES)
    assert "ZeroDivisionError" in row.failure


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


async def test_chats_that_hang_hold_up_no_other(
    lite: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.services.pacing.QUICK", 0.05)
    gate = asyncio.Event()
    for number in range(HANGING):
        lite.platform.gates[f"stuck {number}"] = gate
        lite.put(f"stuck {number}", f"deaf {number}")
    for number in range(50):
        lite.put(f"free {number}", f"well {number}")
    going = asyncio.create_task(lite.delivery.quiet())

    async with asyncio.timeout(30):
        for number in range(50):
            await lite.platform.taken[f"free {number}"].wait()
    gate.set()
    await going

    assert len(lite.platform.sent) == HANGING + 50


# --- several processes, and what they leave when they die ---------------------------------


def another(post: Post) -> Delivery:
    """The delivery of another process on the same database and platform."""
    adapters = post.delivery.adapters
    return Delivery(post.db, post.writer, adapters, post.clock, chance=lambda: 1.0)


def doubts(post: Post) -> list[Any]:
    with post.db.reading() as tx:
        return [(row.sender, row.doubts) for row in tx.run(select(sendings))]


async def killed(delivery: Delivery, sent: asyncio.Event) -> None:
    """End a delivery without a word, once the platform has a message and before it is noted."""
    running = asyncio.create_task(delivery.quiet())
    await sent.wait()
    for task in (*delivery.tasks, running):
        task.cancel()
    await asyncio.gather(*delivery.tasks, running, return_exceptions=True)


async def test_what_one_process_is_sending_no_other_sends(post: Post) -> None:
    gate = post.platform.gates["a"] = asyncio.Event()
    post.put("a")
    other = another(post)
    other.recalled |= other.led  # it has been beside the first one all the time
    going = asyncio.create_task(post.delivery.quiet())
    await post.platform.begun["a"].wait()

    await other.quiet()
    gate.set()
    await going

    assert post.platform.sent == ["a"]
    assert doubts(post) == []


async def test_what_was_on_its_way_when_a_process_died_is_sent_once_more(post: Post) -> None:
    post.platform.losing = "a"
    post.put("a")
    post.put("b")
    await killed(post.delivery, post.platform.taken["a"])
    assert post.states() == ["waiting", "waiting"]

    heir = another(post)
    await heir.quiet()

    assert post.platform.sent == ["a", "a", "b"]
    assert post.states() == ["sent", "sent"]


async def test_what_the_platform_recognises_is_not_shown_again(post: Post) -> None:
    post.platform.losing, post.platform.recognises = "a", True
    post.put("a")
    await killed(post.delivery, post.platform.taken["a"])

    await another(post).quiet()

    assert post.platform.sent == ["a"]
    assert [row.message for row in post.rows()] == ["m1"]


async def test_a_message_that_ends_every_process_is_taken_for_the_cause(lite: Post) -> None:
    lite.put("a")
    lite.put("b")
    for _ in range(DOUBTS):
        lite.platform.losing = "a"
        lite.platform.taken.clear()
        await killed(another(lite), lite.platform.taken["a"])

    await another(lite).quiet()

    assert lite.platform.sent == ["a"] * DOUBTS + ["b"]
    assert lite.states() == ["buried", "sent"]


async def test_who_lost_the_right_to_send_begins_nothing_and_skips_nothing(post: Post) -> None:
    post.put("a")
    post.put("b")
    rights = iter([False])  # and the next time again
    post.delivery.books.guard = lambda tx, platform: next(rights, True)

    await post.delivery.quiet()
    assert post.platform.sent == []

    await another(post).quiet()
    assert post.platform.sent == ["a", "b"]


async def test_what_a_dead_process_had_begun_is_not_overtaken(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    post.platform.losing = "a"
    post.put("a")
    post.put("b")
    await killed(post.delivery, post.platform.taken["a"])
    heir = another(post)
    heir.led = {""}
    recall = heir.books.recall

    async def recall_and_lead(share: outbox.Share) -> None:
        await recall(share)
        heir.led.add("local")  # the lease comes while the outbox is looked at

    monkeypatch.setattr(heir.books, "recall", recall_and_lead)
    await heir.quiet()
    heir.recalled.clear()
    await heir.quiet()
    assert post.platform.sent == ["a", "a", "b"]


async def test_what_another_process_is_sending_is_not_overtaken(post: Post) -> None:
    gate = post.platform.gates["a"] = asyncio.Event()
    post.put("a")
    post.put("b")
    other = another(post)
    other.recalled |= other.led
    going = asyncio.create_task(post.delivery.quiet())
    await post.platform.begun["a"].wait()

    await other.quiet()
    assert post.platform.sent == []
    gate.set()
    await going
    assert post.platform.sent == ["a", "b"]


async def test_only_what_is_led_is_sent(post: Post) -> None:
    post.put("a")
    post.put("b", platform="gone")
    post.delivery.led = {""}

    await post.delivery.quiet()
    assert post.states() == ["waiting", "buried"]

    post.delivery.led = {"local"}
    await post.delivery.quiet()
    assert post.states() == ["sent", "buried"]


async def test_an_outcome_that_cannot_be_recorded_is_kept_and_not_sent_again(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.services.books.SHORTEST", 0.001)
    run, failures = post.writer.run, 5

    def full(work: Any, wants: Any = ()) -> Any:
        nonlocal failures
        if post.platform.sent and failures:
            failures -= 1
            raise DatabaseFault("the disk is full")
        return run(work, wants)

    monkeypatch.setattr(post.writer, "run", full)
    post.put("a")
    post.put("b")

    await post.delivery.quiet()
    assert post.platform.sent == ["a"]
    assert post.states() == ["sent", "waiting"]
    assert (failures, post.delivery.books.unkept) == (0, {})

    post.clock.advance(NOW + 1)
    await post.delivery.quiet()
    assert post.platform.sent == ["a", "b"]


async def test_an_outcome_that_makes_no_sense_disturbs_no_other(
    lite: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    lite.platform.faults["a"] = [Moved("new")]
    monkeypatch.setattr("db.chats.move", lambda *_: 1 / 0)
    lite.put("a", "one")
    lite.put("b", "two")

    await lite.delivery.quiet()

    assert lite.states() == ["buried", "sent"]


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
