"""WeCom's bot over its long connection, against a loopback service: the contract, and what is
WeCom's alone."""

import math
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from commands.chat.errors import Refused, Retry, Unreachable
from commands.chat.messages import MAX_FILE, Button, File, Incoming
from tests.contract.adapter_contract import (
    YES_NO,
    AdapterContract,
    Inbox,
    Seen,
    fetched,
    listening,
    said,
)
from tests.contract.wecom_harness import Clock, WecomHarness
from tests.emulators.wecom_bot import NAME, Fault, WecomBot
from tests.worlds.photos import photo


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def harness(clock: Clock) -> AsyncIterator[WecomHarness]:
    service = WecomBot(now=lambda: clock.now)
    await service.start()
    harness = WecomHarness(service)
    await harness.connected()
    yield harness
    await harness.adapter.close()
    await service.stop()


@pytest.fixture
def service(harness: WecomHarness) -> WecomBot:
    return harness.service


class TestWecomBot(AdapterContract):
    """The contract."""

    # The long connection keeps no events for us.
    test_an_event_whose_receipt_failed_is_seen_again = None  # type: ignore[assignment]
    test_an_event_in_work_at_a_stop_is_seen_again = None  # type: ignore[assignment]

    async def test_what_looks_like_markup_is_shown_as_it_is(self, harness: WecomHarness) -> None:
        """There is no escape in WeCom's Markdown: marks are shown by their wide twins."""
        chat = harness.group()
        await harness.adapter.send(
            said(chat, "<b>88.5</b> *点赞* [x](y)\n# 头\n#12 https://a.cn/*1")
        )
        assert harness.seen(chat)[-1].text == (
            "＜b＞88.5＜/b＞ ＊点赞＊ ［x］(y)\n＃ 头\n#12 https://a.cn/*1"
        )

    async def test_a_sent_message_shows_its_text_and_buttons(self, harness: WecomHarness) -> None:
        """A card has one list of buttons."""
        chat = harness.group()
        receipt = await harness.adapter.send(said(chat, "#12 待审\n李静", buttons=YES_NO))
        assert receipt.message
        assert harness.seen(chat)[-1] == Seen(
            text="#12 待审\n李静", labels=(("通过", "退回", "为什么"),)
        )

    async def test_a_too_long_text_arrives_whole(self, harness: WecomHarness) -> None:
        """The card below it is named by its first line."""
        chat = harness.group()
        lines = "\n".join(f"#{number} 🎓 {'得分' * 20}" for number in range(400))
        await harness.adapter.send(said(chat, lines, buttons=YES_NO))
        *texts, card = harness.seen(chat)
        assert "\n".join(part.text for part in texts) == lines
        assert len(texts) == 3
        assert not any(part.labels for part in texts)
        assert lines.startswith(card.text)
        assert card.labels == (("通过", "退回", "为什么"),)


# --- the line -----------------------------------------------------------------------------


async def heard(harness: WecomHarness, user: str, text: str) -> Incoming:
    inbox = Inbox()
    async with listening(harness.adapter, inbox.receive):
        harness.user_says(user, text, chat=harness.private(user))
        return await inbox.next()


@pytest.mark.parametrize("code", [1000, 1001, 1006, 1011])
async def test_the_connection_comes_back_after_every_close(
    harness: WecomHarness, code: int
) -> None:
    await harness.service.cut(code)
    await harness.connected(2)
    assert (await heard(harness, "li", "得分")).text == "得分"
    assert 0.7 <= harness.pauses[0] <= 1.3


async def test_waiting_grows_while_the_service_cuts_the_line_at_once(
    harness: WecomHarness,
) -> None:
    harness.service.fail("aibot_subscribe", *[Fault(cut=True)] * 7)
    await harness.service.cut()
    await harness.connected(2)
    assert len(harness.pauses) == 8
    assert harness.pauses[2] < harness.pauses[4] < harness.pauses[6]
    assert max(harness.pauses) <= 37.5


async def test_a_wrong_secret_is_tried_seldom(harness: WecomHarness) -> None:
    harness.service.fail("aibot_subscribe", Fault(code=853000), Fault(code=853000))
    await harness.service.cut()
    await harness.connected(2)
    assert harness.pauses[1:] == [300.0, 300.0]


async def test_whoever_is_displaced_takes_the_bot_back_three_times_and_then_rests(
    harness: WecomHarness, caplog: pytest.LogCaptureFixture
) -> None:
    for time in range(1, 5):
        await harness.service.displace()
        await harness.connected(time + 1)
    assert harness.pauses == [60.0, 60.0, 60.0, math.inf]
    assert [r.message for r in caplog.records if r.levelname == "CRITICAL"] == [
        "another program keeps connecting with this bot of wecom; stop one of the two, "
        "then start promobot again"
    ]


async def test_a_line_that_no_longer_knows_us_is_made_anew(harness: WecomHarness) -> None:
    """WeCom's 846609: open on our side, unknown on theirs."""
    harness.service.fail("aibot_send_msg", Fault(code=846609))
    with pytest.raises(Retry):
        await harness.adapter.send(said(harness.group(), "得分"))
    await harness.connected(2)
    await harness.adapter.send(said(harness.group(), "得分"))
    assert [shown.text for shown in harness.seen(harness.group())] == ["得分"]


async def test_an_answer_that_never_comes_is_waited_for_and_given_up(
    harness: WecomHarness,
) -> None:
    harness.service.fail("aibot_send_msg", Fault(silent=True))
    with pytest.raises(Retry):
        await harness.adapter.send(said(harness.group(), "得分"))


async def test_more_than_thirty_a_minute_wait_a_minute(harness: WecomHarness) -> None:
    for number in range(30):
        await harness.adapter.send(said(harness.group(), f"第{number}条", key=f"k-{number}"))
    with pytest.raises(Retry) as refused:
        await harness.adapter.send(said(harness.group(), "第30条", key="k-30"))
    assert refused.value.seconds == 60.0


async def test_a_chat_is_known_by_the_very_case_of_its_id(harness: WecomHarness) -> None:
    lowered = replace(harness.group(), id=harness.group().id.lower())
    with pytest.raises(Unreachable):
        await harness.adapter.send(said(lowered, "得分"))


# --- answering ----------------------------------------------------------------------------


async def test_an_answer_goes_to_what_it_answers_and_later_by_itself(
    harness: WecomHarness, service: WecomBot, clock: Clock
) -> None:
    asked = await heard(harness, "li", "得分")
    await harness.adapter.send(said(asked.chat, "39 分", answers=asked.message))
    clock.now += 86_401
    await harness.adapter.send(said(asked.chat, "还是 39 分", key="k-2", answers=asked.message))
    assert [shown.text for shown in harness.seen(asked.chat)] == ["得分", "39 分", "还是 39 分"]
    sent = service.commands
    assert sent[-3:] == ["aibot_respond_msg", "aibot_respond_msg", "aibot_send_msg"]


async def test_a_pressed_card_turns_into_its_answer(harness: WecomHarness, clock: Clock) -> None:
    chat = harness.group()
    await harness.adapter.send(said(chat, "#12 待审", buttons=YES_NO))
    inbox = Inbox()
    async with listening(harness.adapter, inbox.receive):
        harness.user_presses("wang", "通过", chat=chat)
        press = await inbox.next()
    after = said(chat, "#12 已通过", key="k-2", kind="edit", edits=press.message)
    await harness.adapter.send(after)
    assert [(shown.text, shown.labels) for shown in harness.seen(chat)] == [("#12 已通过", ())]


async def test_a_card_pressed_too_long_ago_is_answered_by_a_new_message(
    harness: WecomHarness, clock: Clock
) -> None:
    chat = harness.group()
    await harness.adapter.send(said(chat, "#12 待审", buttons=YES_NO))
    inbox = Inbox()
    async with listening(harness.adapter, inbox.receive):
        harness.user_presses("wang", "通过", chat=chat)
        press = await inbox.next()
    clock.now += 6
    after = said(chat, "#12 已通过", key="k-2", kind="edit", edits=press.message)
    await harness.adapter.send(after)
    assert [shown.text for shown in harness.seen(chat)] == ["#12 待审", "#12 已通过"]


async def test_who_opens_the_chat_is_greeted(harness: WecomHarness, service: WecomBot) -> None:
    inbox = Inbox()
    async with listening(harness.adapter, inbox.receive):
        service.enters("li")
        entered = await inbox.next()
    assert (entered.text, entered.author) == ("开始", "li")
    await harness.adapter.send(said(entered.chat, "李老师好", answers=entered.message))
    assert [shown.text for shown in harness.seen(entered.chat)] == ["李老师好"]
    assert service.commands[-1] == "aibot_respond_welcome_msg"


async def test_a_list_of_many_buttons_stands_on_several_cards(harness: WecomHarness) -> None:
    chat = harness.group()
    many = tuple((Button(label=f"第{n}项", says=f"approve {n}"),) for n in range(8))
    await harness.adapter.send(said(chat, "待审 8 条", buttons=many))
    assert [len(shown.labels[0]) for shown in harness.seen(chat)] == [6, 2]


async def test_what_broke_off_goes_on_behind_what_was_taken(harness: WecomHarness) -> None:
    chat, table = harness.group(), File(name="得分.xlsx", data=b"x" * 600_000)
    harness.service.fail("aibot_upload_media_finish", Fault(code=6000))
    message = said(chat, "四月得分", files=(table,))
    with pytest.raises(Retry):
        await harness.adapter.send(message)
    await harness.adapter.send(message)
    assert [(shown.text, bool(shown.file)) for shown in harness.seen(chat)] == [
        ("四月得分", False),
        ("", True),
    ]


# --- hearing ------------------------------------------------------------------------------


async def test_a_message_that_could_not_be_kept_is_tried_again_in_its_order(
    harness: WecomHarness,
) -> None:
    inbox, chat = Inbox(faults=2), harness.private("li")
    async with listening(harness.adapter, inbox.receive):
        harness.user_says("li", "撤回", chat=chat)
        harness.user_says("li", "我的", chat=chat)
        texts = [(await inbox.next()).text for _ in range(4)]
    assert texts == ["撤回", "撤回", "撤回", "我的"]


async def test_speech_comes_as_words(harness: WecomHarness, service: WecomBot) -> None:
    inbox = Inbox()
    async with listening(harness.adapter, inbox.receive):
        service.speaks("li", "报线索，李某，幺三八零零零幺零零零二。")
        assert (await inbox.next()).text == "报线索，李某，幺三八零零零幺零零零二。"


async def test_a_file_of_the_one_to_one_chat_is_fetched_and_opened(
    harness: WecomHarness, service: WecomBot
) -> None:
    inbox = Inbox()
    async with listening(harness.adapter, inbox.receive):
        service.hands_in("li", "花名册.xlsx", b"PK\x03\x04" * 1000)
        incoming = await inbox.next()
    assert incoming.file == File(name="花名册.xlsx", data=b"PK\x03\x04" * 1000)


async def test_several_pictures_of_one_message_follow_as_an_album(
    harness: WecomHarness, service: WecomBot
) -> None:
    inbox = Inbox()
    async with listening(harness.adapter, inbox.receive):
        service.shows("li", photo("red"), photo("blue"), text="报视频 机房")
        first, second = await inbox.next(), await inbox.next()
        found = [await fetched(one) for one in (first, second)]
    assert found == [photo("red"), photo("blue")]
    assert (first.text, second.text) == ("报视频 机房", "")
    assert first.album == second.album != ""
    assert first.update != second.update


async def test_a_picture_that_cannot_be_had_says_so_and_holds_nothing_up(
    harness: WecomHarness, service: WecomBot
) -> None:
    inbox = Inbox()
    async with listening(harness.adapter, inbox.receive):
        service.shows("li", bytes(MAX_FILE + 1))
        with pytest.raises(Refused):
            await fetched(await inbox.next())
        service.shows("li", photo())
        service.files.clear()
        with pytest.raises(Retry):
            await fetched(await inbox.next())
        service.brings("li", {"msgtype": "image", "image": {"url": service.base, "aeskey": "x"}})
        with pytest.raises(Retry):
            await fetched(await inbox.next())
        service.brings("li", {"msgtype": "video", "video": {"url": service.base, "aeskey": "x"}})
        assert (await inbox.next()).brings == "video"


async def test_a_quote_says_what_was_quoted(harness: WecomHarness, service: WecomBot) -> None:
    card = {"main_title": {"title": "任务 #186 春招宣传片"}, "sub_title_text": "看完请按下面"}
    quoted = {"msgtype": "template_card", "template_card": card}
    inbox = Inbox()
    async with listening(harness.adapter, inbox.receive):
        service.says("li", f"@{NAME} 已转", harness.group().id, quoted=quoted)
        incoming = await inbox.next()
    assert (incoming.text, incoming.quote) == ("已转", "任务 #186 春招宣传片\n看完请按下面")


async def test_what_is_not_as_described_stops_nobody(
    harness: WecomHarness, service: WecomBot
) -> None:
    inbox = Inbox()
    async with listening(harness.adapter, inbox.receive):
        service.brings("li", {"msgtype": "text", "text": "?"})
        service.brings("li", {"msgtype": "image", "image": {"media": "1"}})
        service.brings("li", {"msgtype": "hologram"})
        service.says("li", "得分")
        assert (await inbox.next()).text == "得分"
