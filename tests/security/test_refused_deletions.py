"""When a platform refuses to remove a message, people hear so and are asked for the recall."""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from bot.adapters.telegram import TelegramAdapter, make_driver
from bot.clock import VirtualClock
from bot.process.app import App, build
from commands.chat.messages import Button, Chat, Incoming, Instead, Outgoing
from commands.grammar import lexicon
from commands.roster import enrolment
from commands.roster import file as rosterfile
from db import chats
from db.engine.database import Database
from scoring.moments import MINUTE
from tests.emulators.bot_api import TOKEN, BotApi, Fault, Json
from tests.emulators.loopback import START
from tests.worlds.plan import PLAN
from tests.worlds.school import ROSTER, School

CHILD = "初三的小张想报名，电话13800010077"
LEAD = "报线索 张某 13800010077 初三"
REFUSED = (
    Fault(status=400, description="Bad Request: message can't be deleted"),
    Fault(status=400, description="Bad Request: not enough rights to delete the message"),
    Fault(status=403, description="Forbidden: bot is not an administrator"),
)


# --- the Telegram adapter ------------------------------------------------------------------


@pytest.fixture(params=["ptb", "aiogram"])
async def telegram(request: pytest.FixtureRequest) -> AsyncIterator[tuple[BotApi, TelegramAdapter]]:
    api = BotApi()
    await api.start()

    async def pause(_: float) -> None:
        return

    driver = make_driver(TOKEN, api.base, library=request.param)
    adapter = TelegramAdapter(driver, now=lambda: START, pause=pause)
    yield api, adapter
    await adapter.close()
    await api.stop()


def removing(chat: Json, *ids: int) -> Outgoing:
    return Outgoing(
        key="k",
        chat=Chat(platform="telegram", id=str(chat["id"]), group=True),
        kind="reply",
        text="已移走",
        deletes=tuple(map(str, ids)),
        instead=Instead(
            text="请撤回", buttons=((Button(label="已撤回", says="help"),),), moot=("m",)
        ),
    )


@pytest.mark.parametrize("fault", REFUSED, ids=lambda fault: str(fault.status))
async def test_a_refusal_is_told_and_the_other_text_is_sent(
    fault: Fault, telegram: tuple[BotApi, TelegramAdapter]
) -> None:
    api, adapter = telegram
    group = api.group("群")
    said = api.says(api.user(1001, "李"), group, CHILD)
    api.fail("deleteMessage", fault)
    receipt = await adapter.send(removing(group, said["message_id"]))
    assert receipt.kept
    assert [one.text for one in api.seen(group["id"])] == [CHILD, "请撤回"]
    assert api.seen(group["id"])[-1].buttons == [[("已撤回", "help")]]


@pytest.mark.parametrize(
    "fault", [None, Fault(status=400, description="message to delete not found")]
)
async def test_what_is_gone_is_called_gone(
    fault: Fault | None, telegram: tuple[BotApi, TelegramAdapter]
) -> None:
    api, adapter = telegram
    group = api.group("群")
    said = api.says(api.user(1001, "李"), group, CHILD)
    api.fail("deleteMessage", fault)
    receipt = await adapter.send(removing(group, said["message_id"]))
    assert not receipt.kept
    assert api.seen(group["id"])[-1].text == "已移走"


async def test_a_refusal_is_remembered_when_the_answer_has_to_wait(
    telegram: tuple[BotApi, TelegramAdapter],
) -> None:
    api, adapter = telegram
    group = api.group("群")
    said = api.says(api.user(1001, "李"), group, CHILD)
    api.fail("deleteMessage", REFUSED[0])
    api.fail("sendMessage", Fault(status=500))
    with pytest.raises(Exception, match=r".*"):
        await adapter.send(removing(group, said["message_id"]))
    assert (await adapter.send(removing(group, said["message_id"]))).kept
    assert len(api.called("deleteMessage")) == 1
    assert api.seen(group["id"])[-1].text == "请撤回"


async def test_when_nobody_knows_whether_it_is_gone_it_is_tried_again(
    telegram: tuple[BotApi, TelegramAdapter],
) -> None:
    api, adapter = telegram
    group = api.group("群")
    said = api.says(api.user(1001, "李"), group, CHILD)
    api.fail("deleteMessage", Fault(status=502))
    with pytest.raises(Exception, match=r".*"):
        await adapter.send(removing(group, said["message_id"]))
    assert not api.called("sendMessage")
    await adapter.send(removing(group, said["message_id"]))
    assert [one.text for one in api.seen(group["id"])] == ["已移走"]


# --- a school on Telegram ------------------------------------------------------------------


@pytest.fixture(params=["ptb", "aiogram"])
async def on_telegram(
    request: pytest.FixtureRequest, sqlite_database: Database
) -> AsyncIterator[tuple[App, BotApi, VirtualClock]]:
    """The school with its group on Telegram; its people are those of the roster's accounts."""
    api, clock = BotApi(), VirtualClock(START)
    await api.start()
    driver = make_driver(TOKEN, api.base, library=request.param)

    async def pause(_: float) -> None:
        return

    adapter = TelegramAdapter(driver, bot_username="XuanchuanBot", now=clock.now, pause=pause)
    app = build(sqlite_database, clock, [adapter])
    group = api.group("宣传群")

    def begin(tx: object) -> None:
        text = ROSTER.read_text("utf-8")
        for name, number in (("u-liu", 1001), ("u-he", 1002)):
            text = text.replace(name, f"telegram:{number}")
        read = rosterfile.read("r.csv", text.encode(), lexicon.units_of(PLAN))
        enrolment.apply(tx, enrolment.compare(tx, read), clock.now(), None)  # type: ignore[arg-type]
        chats.link(
            tx,  # type: ignore[arg-type]
            platform="telegram",
            chat=str(group["id"]),
            title="宣传群",
            unit=None,
            by=None,
            at=clock.now(),
        )

    await app.write(begin)
    yield app, api, clock
    app.gateway.close()
    app.writer.close()
    await adapter.close()
    await api.stop()


@pytest.mark.parametrize("refused", [True, False])
@pytest.mark.parametrize("text", [CHILD, LEAD])
async def test_on_telegram_the_group_hears_what_became_of_the_message(
    text: str, refused: bool, on_telegram: tuple[App, BotApi, VirtualClock]
) -> None:
    app, api, clock = on_telegram
    [group] = [chat for chat in api._chats if chat < 0]
    person = api.user(1001, "刘")
    if refused:
        api.fail("deleteMessage", REFUSED[1])
    adapter = app.adapters["telegram"]
    polling = asyncio.create_task(adapter.run(app.gateway.receive))
    for one in (person, api.user(1002, "何")):
        api.says(one, None, "帮助")
    api.says(person, api._chats[group], text)
    await api.until(lambda: not api.unconfirmed)
    polling.cancel()
    await asyncio.gather(polling, return_exceptions=True)
    await app.delivery.deliver_all()
    shown = [one.text for one in api.seen(group)]
    assert (shown[0] == text) is refused
    assert ("已移走" in shown[-1]) is not refused
    assert ("点“撤回”" in shown[-1]) is refused
    before = len(api.called("sendMessage"))
    await app.fire_until(clock.now() + 11 * MINUTE, clock, app.delivery.deliver_all)
    later = [(call["chat_id"], call["text"]) for call in api.called("sendMessage")[before:]]
    recalls = sorted(int(chat) for chat, said in later if "撤回" in said)
    assert recalls == ([1001, 1002] if refused else [])


# --- the whole way, on the platform in memory -------------------------------------------------

Say = Callable[[str], Awaitable[list[str]]]


@pytest.mark.parametrize("text", [CHILD, LEAD, "抹除 13800010077 拒联"])
async def test_a_message_that_stays_is_never_called_removed(text: str, school: School) -> None:
    await school.says("u-liu", LEAD)
    school.platform.refuses_deletes = True
    await school.says("u-liu", text, group="staff")
    said = school.last(group="staff")
    assert "已移走" not in said
    assert "点“撤回”" in said
    assert "13800010077" not in said
    assert len(said.split("\n")) <= 3
    assert school.buttons(group="staff") == ["已撤回"]
    assert school.shown("u-liu", "staff")[0].text == text
    before = len(school.seen)
    await school.app.fire_until(
        school.clock.now() + 11 * MINUTE, school.clock, school.app.delivery.deliver_all
    )
    told = [message.text for message in school.seen[before:]]
    assert any("群里那条含学生电话的消息请撤回" in text for text in told)
    assert any("10 分钟还没有撤回" in text for text in told)


@pytest.mark.parametrize("text", [CHILD, LEAD])
async def test_a_recall_that_is_confirmed_is_not_asked_for_again(text: str, school: School) -> None:
    school.platform.refuses_deletes = True
    await school.says("u-liu", text, group="staff")
    await school.presses("u-liu", "已撤回", group="staff")
    before = len(school.seen)
    await school.app.fire_until(
        school.clock.now() + 30 * MINUTE, school.clock, school.app.delivery.deliver_all
    )
    assert not [one.text for one in school.seen[before:] if "撤回" in one.text]


@pytest.mark.parametrize("text", [CHILD, LEAD])
async def test_where_it_was_removed_nobody_is_asked_later(text: str, school: School) -> None:
    await school.says("u-liu", text, group="staff")
    assert "已移走" in school.last(group="staff")
    assert text not in [one.text for one in school.shown("u-liu", "staff")]
    before = len(school.seen)
    await school.app.fire_until(
        school.clock.now() + 30 * MINUTE, school.clock, school.app.delivery.deliver_all
    )
    assert not [one.text for one in school.seen[before:] if "撤回" in one.text]


# --- made-up buttons ------------------------------------------------------------------------

WORDS = ["done", "cannot", "x", "0", "-1", "1", "9" * 30, "²", "٣", "a1b2c3d4e5f6", "#1", "", " "]


async def pressed(school: School, number: int, account: str, says: str, *, group: bool) -> None:
    now = school.clock.now()
    chat = Chat(platform="local", id="staff" if group else account, group=group)
    await school.app.gateway.receive(
        Incoming(
            update=f"made-up-{number}",
            chat=chat,
            author=account,
            sent_at=now,
            received_at=now,
            press=says,
            message="m1",
            query="1",
        )
    )


@pytest.mark.parametrize(
    "says",
    [
        "recalled done x y",
        "recalled done",
        "recalled done a1b2c3d4e5f6",
        "recalled done a1b2c3d4e5f6 ²",
        f"recalled cannot a1b2c3d4e5f6 {'9' * 40}",
        "recalled cannot a1b2c3d4e5f6 -1",
    ],
)
async def test_a_made_up_recall_is_one_sentence(
    says: str, school: School, caplog: pytest.LogCaptureFixture
) -> None:
    await pressed(school, 1, "u-liu", says, group=False)
    await school.app.delivery.deliver_all()
    assert len(school.seen) == 1
    assert not [record for record in caplog.records if record.exc_info]


async def test_nobody_withdraws_or_spreads_the_recall_of_another(school: School) -> None:
    school.platform.refuses_deletes = True
    await school.says("u-liu", CHILD, group="staff")
    [row] = school.shown("u-liu", "staff")[-1].buttons
    mark = row[0].says.split()[2]
    with school.app.db.reading() as tx:
        from db.people import directory

        other = directory(tx).by_account["local", "u-chen"].id
    before = len(school.seen)
    await pressed(school, 1, "u-chen", f"recalled done {mark} {other}", group=False)
    await pressed(school, 2, "u-chen", f"recalled cannot {mark} {other}", group=False)
    await school.app.delivery.deliver_all()
    assert len(school.seen) == before + 2  # one word to each press, nobody else is told
    await school.app.fire_until(
        school.clock.now() + 11 * MINUTE, school.clock, school.app.delivery.deliver_all
    )
    assert any("10 分钟还没有撤回" in one.text for one in school.seen[before:])


async def test_every_internal_button_answers_whatever_it_says(
    school: School, caplog: pytest.LogCaptureFixture
) -> None:
    await school.says("u-liu", LEAD)
    draw = random.Random(18)
    commands = [one for one in school.app.registry.commands.values() if one.internal]
    people = ["u-liu", "u-chen", "u-he", "u-kong", "u-li"]
    for number in range(600):
        command = draw.choice(commands)
        choices = [word for slot in command.slots for word in slot.choices or ()]
        said = [draw.choice([*WORDS, *choices]) for _ in range(draw.randrange(5))]
        says = " ".join([command.name, *said])
        await pressed(school, number, draw.choice(people), says, group=draw.random() < 0.2)
    assert not [record.getMessage() for record in caplog.records if record.exc_info]
