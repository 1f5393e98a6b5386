"""The gateway: once, in order, and nothing by halves."""

import asyncio
import json
import logging
from collections.abc import Iterator
from typing import Any, NoReturn

import pytest

from bot.services.references import reference_of
from commands.chat.messages import MAX_FILE, Chat, File, Incoming
from db.engine.database import Database
from db.engine.writer import Writer
from db.errors import DatabaseFault
from tests.worlds.stage import GROUP, NOW, Scene


@pytest.fixture
def scene(database: Database, writer: Writer) -> Iterator[Scene]:
    scene = Scene(database, writer)
    yield scene
    scene.gateway.close()


@pytest.fixture
def lite(sqlite_database: Database) -> Iterator[Scene]:
    """The same on SQLite alone, for what no database can change."""
    with Writer(sqlite_database) as writer:
        scene = Scene(sqlite_database, writer)
        yield scene
        scene.gateway.close()


async def test_an_event_is_kept_and_answered_in_one_commit(scene: Scene) -> None:
    commits = scene.writer.commits

    assert await scene.say("keep a") == ["kept a"]

    assert scene.writer.commits == commits + 1
    assert scene.kept() == {"a"}
    assert scene.inbox() == [("1", "keep")]


async def test_chatter_leaves_nothing_at_all(scene: Scene) -> None:
    commits = scene.writer.commits

    assert await scene.say("大家辛苦了", chat=GROUP) == []

    assert (scene.inbox(), scene.writer.commits, scene.commits) == ([], commits, 0)


async def test_the_same_update_twice_acts_and_answers_once(scene: Scene) -> None:
    event = scene.says("keep a")

    await asyncio.gather(scene.gateway.receive(event), scene.gateway.receive(event))
    await scene.gateway.receive(event)

    assert len(scene.outbox()) == 1
    assert len(scene.inbox()) == 1


async def test_the_same_number_from_another_platform_is_another_event(scene: Scene) -> None:
    other = Chat(platform="telegram", id="u-li")

    await scene.gateway.receive(scene.says("keep a", update="7"))
    await scene.gateway.receive(scene.says("keep b", update="7", chat=other))

    assert scene.kept() == {"a", "b"}


async def test_a_refusal_keeps_only_its_answer(scene: Scene) -> None:
    assert await scene.say("refuse a") == ["没有登记"]

    assert scene.kept() == set()
    assert scene.inbox() == [("1", "refused")]


async def test_a_refused_reading_is_answered_too(scene: Scene) -> None:
    assert await scene.say("lookbad") == ["看不到"]

    assert scene.inbox() == [("1", "refused")]


async def test_a_bug_keeps_only_an_apology_with_a_number_that_the_log_has(
    scene: Scene, caplog: pytest.LogCaptureFixture
) -> None:
    event = scene.says("crash a")

    with caplog.at_level(logging.ERROR):
        await scene.gateway.receive(event)

    (message,) = scene.messages()
    assert reference_of(event) in message.text
    assert scene.kept() == set()
    assert scene.inbox() == [("1", "failed")]
    records: list[Any] = [r for r in caplog.records if r.name == "promobot.gateway"]
    (record,) = records
    assert (record.reference, record.command) == (reference_of(event), "crash")


async def test_neighbours_of_a_failure_keep_what_is_theirs(scene: Scene) -> None:
    lines = ["keep a", "crash x", "keep b", "refuse y", "clash z", "keep c"]
    events = [scene.says(text, by=f"u{i}") for i, text in enumerate(lines)]

    await asyncio.gather(*map(scene.gateway.receive, events))

    assert scene.kept() == {"a", "b", "c"}
    outcomes = [outcome for _, outcome in scene.inbox()]
    assert outcomes == ["keep", "failed", "keep", "refused", "failed", "keep"]


async def test_what_fails_only_when_written_is_apologised_for(scene: Scene) -> None:
    event = scene.says("clash a")

    await scene.gateway.receive(event)

    (message,) = scene.messages()
    assert reference_of(event) in message.text
    assert scene.kept() == set()


async def test_a_reading_sees_everything_said_before_it_by_the_same_person(scene: Scene) -> None:
    events = [scene.says(f"keep {i}", chat=Chat(platform="local", id=f"c{i}")) for i in range(20)]
    events.append(scene.says("count"))

    await asyncio.gather(*map(scene.gateway.receive, events))

    assert scene.messages()[-1].text == "20"


async def test_a_reading_sees_everything_said_before_it_in_the_same_chat(scene: Scene) -> None:
    events = [scene.says(f"keep {i}", by=f"u{i}", chat=GROUP) for i in range(20)]
    events.append(scene.says("count", by="u-last", chat=GROUP))

    await asyncio.gather(*map(scene.gateway.receive, events))

    assert scene.messages()[-1].text == "20"


async def test_a_report_after_a_slow_reading_waits_for_it_and_strangers_do_not(lite: Scene) -> None:
    slow = asyncio.create_task(lite.gateway.receive(lite.says("held", chat=GROUP)))
    await asyncio.sleep(0)
    behind = asyncio.create_task(
        lite.gateway.receive(lite.says("keep a", by="u-other", chat=GROUP))
    )
    await lite.gateway.receive(lite.says("keep b", by="u-far"))

    assert lite.kept() == {"b"}
    lite.stage.holding.set()
    await asyncio.gather(slow, behind)
    assert lite.kept() == {"a", "b"}
    texts = [message.text for message in lite.messages()]
    assert (texts[0], texts[2]) == ("kept b", "kept a")


async def test_reports_of_one_person_share_a_commit_in_their_order(lite: Scene) -> None:
    await lite.say("keep first")
    commits = lite.writer.commits
    events = [lite.says(f"keep {i}") for i in range(50)]

    await asyncio.gather(*map(lite.gateway.receive, events))

    assert lite.writer.commits - commits <= 5
    assert [m.text for m in lite.messages()][1:] == [f"kept {i}" for i in range(50)]


async def test_a_line_that_matters_only_after_the_one_before_it_is_heard(lite: Scene) -> None:
    events = [
        lite.says("link", by="u-admin", chat=GROUP),
        lite.says("linked", by="u-li", chat=GROUP),
    ]

    await asyncio.gather(*map(lite.gateway.receive, events))

    assert [message.text for message in lite.messages()] == ["linked", "here"]


async def test_nothing_said_is_still_something_done(scene: Scene) -> None:
    assert await scene.say("quiet a") == []

    assert scene.kept() == {"a"}
    assert scene.inbox() == [("1", "quiet")]


async def test_the_receipt_is_ours_whatever_the_adapter_says(lite: Scene) -> None:
    await lite.gateway.receive(lite.says("keep a", received_at=NOW + 999))

    (row,) = lite.outbox()
    assert row.due_at == NOW


async def test_a_very_long_text_is_cut_before_anybody_reads_it(lite: Scene) -> None:
    await lite.gateway.receive(lite.says("keep " + "长" * 100_000))

    (text,) = lite.stage.done
    assert len(text) == 64 * 1024


async def test_a_file_that_is_too_big_does_not_come_in(lite: Scene) -> None:
    seen: list[Incoming] = []
    stage: Any = lite.stage
    stage._keep = lambda tx, rest, incoming: seen.append(incoming)

    await lite.gateway.receive(
        lite.says("keep a", file=File(name="big", data=b"x" * (MAX_FILE + 1)))
    )

    assert (seen[0].file, seen[0].file_too_big) == (None, True)


async def test_the_outbox_does_not_show_what_is_said(scene: Scene) -> None:
    await scene.say("keep 张某")

    (row,) = scene.outbox()
    assert "张某".encode() not in bytes(row.sealed)
    assert "张某" not in json.dumps([str(value) for value in row])


async def test_a_slow_handler_is_named_in_the_log(
    lite: Scene, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticks = iter([10.0, 10.02])
    monkeypatch.setattr("bot.services.gateway.perf_counter", lambda: next(ticks))

    with caplog.at_level(logging.INFO):
        await lite.say("keep a")

    records: list[Any] = [r for r in caplog.records if r.message == "slow handler"]
    (record,) = records
    assert (record.command, record.ms, record.levelname) == ("keep", 20.0, "INFO")


async def test_draining_waits_for_what_was_taken(lite: Scene) -> None:
    tasks = [asyncio.create_task(lite.gateway.receive(lite.says(f"keep {i}"))) for i in range(9)]
    await asyncio.sleep(0)

    await lite.gateway.drain()

    assert len(lite.kept()) == 9
    await asyncio.gather(*tasks)


async def test_whoever_gives_up_before_he_is_heard_stops_nobody_else(lite: Scene) -> None:
    tasks = [asyncio.create_task(lite.gateway.receive(lite.says(f"keep {i}"))) for i in range(3)]
    await asyncio.sleep(0)

    tasks[1].cancel()

    assert isinstance((await asyncio.gather(*tasks, return_exceptions=True))[1], BaseException)
    assert lite.kept() == {"0", "2"}


async def test_what_cannot_even_be_routed_keeps_nobody_else_waiting(lite: Scene) -> None:
    texts = ("keep 0", "\0unroutable", "keep 2")
    events = (lite.gateway.receive(lite.says(text)) for text in texts)

    faults = await asyncio.gather(*events, return_exceptions=True)

    assert [type(fault) for fault in faults] == [type(None), ValueError, type(None)]
    assert lite.kept() == {"0", "2"}


async def test_a_database_that_cannot_be_read_is_told_to_all_and_asked_again(
    lite: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unreadable(*_: object) -> NoReturn:
        raise DatabaseFault("读不出")

    with monkeypatch.context() as patch:
        patch.setattr(lite.db, "peek", unreadable)
        events = (lite.gateway.receive(lite.says(f"keep {i}")) for i in range(3))
        faults = await asyncio.gather(*events, return_exceptions=True)
    await lite.say("keep a")

    assert [type(fault) for fault in faults] == [DatabaseFault] * 3
    assert lite.kept() == {"a"}


# --- where answers go -----------------------------------------------------------------------


async def test_an_answer_names_the_message_it_answers(lite: Scene) -> None:
    await lite.say("keep a")

    (message,) = lite.messages()
    assert (message.kind, message.answers, message.chat.id) == ("reply", "L1", "u-li")


async def test_a_pressed_card_turns_into_its_answer(lite: Scene) -> None:
    await lite.gateway.receive(lite.says("", press="card", message="m7"))

    (message,) = lite.messages()
    assert (message.kind, message.edits) == ("edit", "m7")


async def test_a_typed_command_edits_nothing(lite: Scene) -> None:
    await lite.say("card")

    (message,) = lite.messages()
    assert (message.kind, message.edits) == ("reply", "")


async def test_a_message_that_must_go_is_named_and_not_replied_to(lite: Scene) -> None:
    await lite.say("remove", chat=GROUP)

    (message,) = lite.messages()
    assert (message.deletes, message.answers) == (("L1",), "")


async def test_what_is_personal_goes_to_the_own_chat_and_the_group_hears_so(scene: Scene) -> None:
    scene.hire("T1", "u-li")

    await scene.say("private", chat=GROUP)

    own, group = scene.messages()
    assert (own.chat.id, own.chat.group, own.text) == ("u-li", False, "only for you")
    assert (group.chat.id, group.chat.group, group.text) == ("staff", True, "已私信您。")


async def test_after_a_press_the_group_hears_nothing_of_it(lite: Scene) -> None:
    lite.hire("T1", "u-li")

    await lite.gateway.receive(lite.says("", press="private", chat=GROUP, message="m1"))

    (own,) = lite.messages()
    assert own.chat.id == "u-li"


async def test_what_is_personal_is_never_said_in_the_group_for_want_of_a_chat(lite: Scene) -> None:
    lite.hire("T1", "55", platform="telegram")
    group = Chat(platform="telegram", id="-100", group=True)

    await lite.gateway.receive(lite.says("private", by="55", chat=group))

    (line,) = lite.messages()
    assert "only for you" not in line.text
    assert "私聊我" in line.text


async def test_writing_privately_makes_somebody_reachable(scene: Scene) -> None:
    person = scene.hire("T1", "55", platform="telegram")
    await scene.gateway.receive(
        scene.says("keep a", by="55", chat=Chat(platform="telegram", id="55"))
    )

    await scene.say(f"notify {person}")

    notice = scene.messages()[-1]
    assert (notice.kind, notice.chat.platform, notice.chat.id) == ("notice", "telegram", "55")


async def test_a_notice_goes_out_once_for_its_key(scene: Scene) -> None:
    person = scene.hire("T1", "u-li")

    await scene.say(f"notify {person}")
    await scene.say(f"notify {person}")

    assert [m.kind for m in scene.messages()] == ["reply", "notice", "reply"]


async def test_a_notice_for_somebody_without_an_account_is_held_with_its_reason(
    scene: Scene,
) -> None:
    person = scene.hire("T1")

    await scene.say(f"notify {person}")

    row = scene.outbox()[-1]
    assert (row.state, row.failure) == ("held", "no account")
