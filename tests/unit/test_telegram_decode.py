"""Raw updates of Telegram to what they say, and our messages to calls."""

from typing import Any

import pytest

from bot.adapters.telegram.decode import Decoded, chat_of, decode
from bot.adapters.telegram.encode import calls_of, split, units
from commands.chat.errors import Refused
from commands.chat.messages import Button, Chat, File, Incoming, Outgoing

US = {"id": 4242, "is_bot": True, "first_name": "宣传助手", "username": "XuanchuanBot"}
LI = {"id": 1001, "is_bot": False, "first_name": "静", "last_name": "李"}
GROUP = {"id": -1007, "type": "supergroup", "title": "宣传群"}
PRIVATE = {"id": 1001, "type": "private", "first_name": "静"}
SENT, RECEIVED = 1711690000, 1711690005


def decoded(kind: str = "message", **fields: Any) -> Decoded | None:
    message = {"message_id": 77, "from": LI, "chat": GROUP, "date": SENT, **fields}
    update = {"update_id": 900, kind: message}
    return decode(update, username="xuanchuanbot", received_at=RECEIVED)


def read(kind: str = "message", **fields: Any) -> Incoming:
    found = decoded(kind, **fields)
    assert found is not None
    return found.incoming


def test_a_private_message_is_read_whole() -> None:
    assert read(chat=PRIVATE, text="得分") == Incoming(
        update="900",
        chat=Chat(platform="telegram", id="1001"),
        author="1001",
        author_name="静 李",
        sent_at=SENT,
        received_at=RECEIVED,
        text="得分",
        message="77",
    )


@pytest.mark.parametrize("kind", ["group", "supergroup"])
def test_both_kinds_of_group_are_groups(kind: str) -> None:
    chat = read(chat={**GROUP, "type": kind}, text="得分").chat
    assert chat == Chat(platform="telegram", id="-1007", group=True, title="宣传群")


def test_a_thread_is_a_place_only_in_a_topic() -> None:
    assert read(text="a", message_thread_id=5).chat.thread is None
    assert read(text="a", message_thread_id=5, is_topic_message=True).chat.thread == "5"


def test_a_caption_is_a_text() -> None:
    assert read(caption="报新闻 开放日", photo=[{}]).text == "报新闻 开放日"


@pytest.mark.parametrize(
    ("fields", "brings", "text"),
    [
        ({"photo": [{"file_id": "a", "width": 90}]}, "picture", ""),
        ({"document": {"file_id": "a", "file_name": "图.PNG"}}, "picture", ""),
        ({"document": {"file_id": "a", "mime_type": "image/webp"}}, "picture", ""),
        ({"document": {"file_id": "a", "file_name": "名册.xlsx"}}, "", ""),
        ({"animation": {}, "document": {"file_id": "a", "file_name": "a.gif"}}, "video", ""),
        ({"contact": {"first_name": "张", "phone_number": "+8613800010001"}}, "contact", None),
        ({"voice": {}}, "voice", ""),
        ({"audio": {}, "caption": "会议"}, "voice", "会议"),
        ({"video_note": {}}, "video", ""),
        ({"sticker": {}}, "sticker", ""),
        ({"venue": {}, "location": {}}, "location", ""),
        ({"poll": {}}, "other", ""),
    ],
)
def test_what_is_no_text_is_handed_in_privately_and_passed_over_in_a_group(
    fields: dict[str, Any], brings: str, text: str | None
) -> None:
    found = read(chat=PRIVATE, **fields)
    assert (found.brings, found.text) == (brings, "张 +8613800010001" if text is None else text)
    handed_in = decoded(**fields) is not None
    assert handed_in == ("caption" in fields) or not brings


def test_of_a_photo_the_largest_size_that_we_take_is_meant() -> None:
    sizes = [
        {"file_id": "s", "width": 90, "file_size": 900},
        {"file_id": "m", "width": 1280, "file_size": 90_000},
        {"file_id": "l", "width": 9000, "file_size": 50_000_000},
    ]
    found = decoded(chat=PRIVATE, photo=sizes)
    assert found is not None
    assert found.picture is not None
    assert found.picture.file_id == "m"
    found = decoded(chat=PRIVATE, photo=sizes[2:])
    assert found is not None
    assert (found.picture, found.incoming.file_too_big) == (None, True)


def test_a_group_that_becomes_a_supergroup_goes_on_under_its_new_id() -> None:
    incoming = read(chat=GROUP, migrate_to_chat_id=-1008)
    assert (incoming.chat.id, incoming.moved_to) == ("-1007", "-1008")


@pytest.mark.parametrize(
    "fields",
    [
        {"sticker": {}},
        {"photo": [{}]},
        {"new_chat_members": [LI]},
        {"forum_topic_created": {"name": "一"}},
        {"text": ""},
    ],
    ids=lambda fields: next(iter(fields)),
)
def test_what_says_nothing_is_passed_over(fields: dict[str, Any]) -> None:
    assert decoded(**fields) is None


@pytest.mark.parametrize(
    "fields",
    [
        {"from": {"id": 1087968824, "is_bot": True, "username": "GroupAnonymousBot"}},
        {"sender_chat": GROUP},
        {"sender_chat": {"id": -1009, "type": "channel"}},
        {"from": {"id": 136817688, "is_bot": True, "username": "Channel_Bot"}},
        {"from": {"id": 777000, "is_bot": False}, "is_automatic_forward": True},
        {"from": {"id": 777000, "is_bot": False}},
        {"from": {"id": 5, "is_bot": True}},
        {"from": None},
    ],
)
def test_nobody_knows_who_speaks_for_a_chat(fields: dict[str, Any]) -> None:
    assert read(text="通过 #12", **fields).author is None


def test_an_edit_counts_from_the_moment_of_the_edit() -> None:
    edit = read("edited_message", text="报新闻", edit_date=SENT + 60)
    assert (edit.edited, edit.sent_at) == (True, SENT + 60)
    assert not read(text="报新闻", edit_date=SENT + 60).edited


def test_a_forwarded_message_says_so() -> None:
    assert read(text="a", forward_origin={"type": "hidden_user"}).forwarded
    assert not read(text="a").forwarded


# Whom it is meant for


@pytest.mark.parametrize(
    ("said", "text"),
    [
        ("@XuanchuanBot 得分", "得分"),
        ("@xuanchuanbot　得分 机电", "得分 机电"),
        ("＠XuanchuanBot 得分", "得分"),
        ("得分 @XuanchuanBot", "得分"),
        ("得分@XuanchuanBot 机电", "得分 机电"),
        ("你好@XuanchuanBot", "你好"),
        ("@XuanchuanBot", ""),
        ("/score@XuanchuanBot", "/score"),
        ("/score@xuanchuanbot 机电", "/score 机电"),
        ("／得分＠XuanchuanBot", "／得分"),
    ],
)
def test_our_name_addresses_us_and_is_not_in_the_text(said: str, text: str) -> None:
    incoming = read(text=said)
    assert (incoming.addressed, incoming.text) == (True, text)


@pytest.mark.parametrize(
    "said",
    [
        "@XuanchuanBot2 得分",
        "@OtherBot 得分",
        "li@XuanchuanBot.cn",
        "https://t.me/@XuanchuanBot",
        "XuanchuanBot 得分",
        "/score",
        "  两个  空格\n换行  ",
    ],
)
def test_other_names_do_not_and_leave_the_text_as_it_is(said: str) -> None:
    incoming = read(text=said)
    assert (incoming.addressed, incoming.text) == (False, said)


def test_a_mention_by_text_addresses_us_whatever_signs_precede_it() -> None:
    entity = {"type": "text_mention", "offset": 3, "length": 2, "user": US}
    incoming = read(text="🎓 助手 得分", entities=[entity])
    assert (incoming.addressed, incoming.text) == (True, "🎓   得分")
    other = read(text="🎓 助手 得分", entities=[{**entity, "user": LI}])
    assert (other.addressed, other.text) == (False, "🎓 助手 得分")


@pytest.mark.parametrize(
    ("text", "marked", "read_as"),
    [
        (
            "报新闻 开放日",
            [("开放日", "https://a.cn/1")],
            "报新闻 开放日 https://a.cn/1",
        ),
        (
            "🎓报新闻 开放日 第二条",
            [("开放日", "https://a.cn/1"), ("第二条", "https://a.cn/2")],
            "🎓报新闻 开放日 https://a.cn/1  第二条 https://a.cn/2",
        ),
        ("看 https://a.cn/1", [("看", "https://a.cn/1")], "看 https://a.cn/1"),
        ("找 张三", [("张三", "tg://user?id=5")], "找 张三"),
    ],
)
def test_the_link_behind_words_is_written_after_them(
    text: str, marked: list[tuple[str, str]], read_as: str
) -> None:
    entities = [
        {
            "type": "text_link",
            "offset": len(text[: text.index(words)].encode("utf-16-le")) // 2,
            "length": len(words),
            "url": url,
        }
        for words, url in marked
    ]
    assert read(text=text, entities=entities).text == read_as


def test_our_name_is_found_behind_a_linked_passage() -> None:
    entities = [
        {"type": "text_link", "offset": 0, "length": 3, "url": "https://a.cn/1"},
        {"type": "text_mention", "offset": 4, "length": 2, "user": US},
    ]
    incoming = read(text="开放日 助手", entities=entities)
    assert (incoming.addressed, incoming.text) == (True, "开放日 https://a.cn/1")


def test_a_message_without_a_number_cannot_be_answered() -> None:
    assert read(text="得分", message_id=0).message == ""


def test_an_ephemeral_message_is_to_us_and_has_a_number_of_its_own() -> None:
    incoming = read(text="待办", message_id=0, ephemeral_message_id=5)
    assert (incoming.message, incoming.aside, incoming.addressed) == ("~5", True, True)


def test_a_command_to_another_bot_is_not_for_us() -> None:
    assert decoded(text="/score@OtherBot 机电") is None


def test_a_reply_to_our_message_addresses_us_and_quotes_it() -> None:
    incoming = read(text="已转", reply_to_message={"from": US, "text": "#186 转发任务"})
    assert (incoming.addressed, incoming.quote) == (True, "#186 转发任务")


def test_a_reply_to_a_colleague_quotes_without_addressing() -> None:
    incoming = read(text="已转", reply_to_message={"from": LI, "caption": "#186"})
    assert (incoming.addressed, incoming.quote) == (False, "#186")


def test_a_line_picked_out_by_hand_is_the_quote() -> None:
    card = {"from": US, "text": "#12 新闻\n#13 视频"}
    assert (
        read(text="a", reply_to_message=card, quote={"text": "#13", "is_manual": True}).quote
        == "#13"
    )
    assert read(text="a", reply_to_message=card, quote={"text": "#12"}).quote == card["text"]


def test_the_beginning_of_a_topic_is_no_reply() -> None:
    incoming = read(text="a", reply_to_message={"from": US, "forum_topic_created": {"name": "b"}})
    assert (incoming.addressed, incoming.quote) == (False, "")


# Presses


def press(message: Any, **fields: Any) -> Decoded | None:
    query = {"id": "1", "from": LI, "chat_instance": "1", "data": "approve 12", **fields}
    query |= {"message": message} if message else {}
    update = {"update_id": 901, "callback_query": query}
    return decode(update, username="XuanchuanBot", received_at=RECEIVED)


def test_a_press_happens_when_it_arrives_whatever_the_card_is_dated() -> None:
    card = {"message_id": 70, "from": US, "chat": GROUP, "date": SENT - 86_400, "text": "#12"}
    found = press(card)
    assert found is not None
    assert found.incoming == Incoming(
        update="901",
        chat=Chat(platform="telegram", id="-1007", group=True, title="宣传群"),
        author="1001",
        author_name="静 李",
        sent_at=RECEIVED,
        received_at=RECEIVED,
        message="70",
        press="approve 12",
        query="1",
    )


def test_a_press_on_a_card_too_old_to_be_shown_still_counts() -> None:
    found = press({"message_id": 70, "chat": GROUP, "date": 0})
    assert found is not None
    assert (found.incoming.press, found.incoming.message) == ("approve 12", "70")


def test_a_press_without_a_card_or_without_data_says_nothing() -> None:
    assert press(None) is None
    assert press({"message_id": 70, "chat": GROUP, "date": 0}, data=None) is None


def test_order_is_kept_within_the_chat_of_a_message_or_card() -> None:
    assert chat_of({"update_id": 1, "message": {"chat": {"id": 5}}}) == 5
    assert chat_of({"update_id": 1, "edited_message": {"chat": {"id": 5}}}) == 5
    assert chat_of({"update_id": 1, "callback_query": {"message": {"chat": {"id": 5}}}}) == 5
    assert chat_of({"update_id": 1, "callback_query": {"id": "1"}}) is None
    assert chat_of({"update_id": 1, "message": "?"}) is None
    assert chat_of({"update_id": 1}) is None


def test_half_a_sign_does_not_get_in() -> None:
    read(text="得分 \ud83d").text.encode()


# Our messages as calls

CHAT = Chat(platform="telegram", id="-1007", group=True)


def out(text: str, **fields: Any) -> Outgoing:
    return Outgoing(key="k", chat=CHAT, kind="reply", text=text, **fields)


def test_a_text_is_cut_at_line_ends_and_loses_nothing() -> None:
    text = "\n".join("得" * 30 for _ in range(10))
    parts = split(text, 100)
    assert "\n".join(parts) == text
    assert [units(part) for part in parts] == [92, 92, 92, 30]


def test_a_line_longer_than_a_message_is_cut_between_signs() -> None:
    parts = split("🎓" * 120, 101)
    assert [units(part) for part in parts] == [100, 100, 40]
    assert "".join(parts) == "🎓" * 120


def test_a_long_line_among_short_ones_loses_nothing() -> None:
    parts = split("甲\n" + "乙" * 25 + "\n丙", 10)
    assert parts == ["甲", "乙" * 10, "乙" * 10, "乙" * 5 + "\n丙"]


def test_a_text_that_just_fits_is_one_message() -> None:
    assert split("得" * 4000) == ["得" * 4000]
    assert len(split("得" * 4001)) == 2
    assert len(split("🎓" * 2001)) == 2


def test_blank_lines_stay_and_blank_messages_are_left_out() -> None:
    assert split("甲\n\n乙", 100) == ["甲\n\n乙"]
    assert split(" \n\n ") == []
    assert split("") == []


def test_an_edit_of_a_long_text_goes_on_in_new_messages() -> None:
    row = ((Button(label="是", says="yes"),),)
    calls = calls_of(out("甲" * 4000 + "\n乙", edits="70", buttons=row))
    assert [call.method for call in calls] == ["editMessageText", "sendMessage"]
    assert ["reply_markup" in call.params for call in calls] == [False, True]
    assert [call.carries for call in calls] == [False, True]


def test_an_edit_names_no_topic_but_its_replacement_does() -> None:
    topic = Chat(platform="telegram", id="-1007", group=True, thread="7")
    message = Outgoing(key="k", chat=topic, kind="edit", text="甲", edits="70")
    (call,) = calls_of(message)
    assert "message_thread_id" not in call.params
    assert call.anew is not None
    assert call.anew["message_thread_id"] == 7


def test_a_file_alone_carries_the_buttons() -> None:
    row = ((Button(label="是", says="yes"),),)
    (call,) = calls_of(out("", files=(File(name="a.csv", data=b"x"),), buttons=row, answers="5"))
    assert call.method == "sendDocument"
    assert {"reply_markup", "reply_parameters", "document"} <= call.params.keys()
    assert call.carries


@pytest.mark.parametrize("says", ["", "x" * 65, "宣" * 22])
def test_a_button_that_says_nothing_or_too_much_is_refused(says: str) -> None:
    with pytest.raises(Refused):
        calls_of(out("甲", buttons=((Button(label="是", says=says),),)))


def membership(before: str, after: str, **chat: Any) -> dict[str, Any]:
    """Telegram's word that our place in a chat has changed."""
    return {
        "update_id": 7,
        "my_chat_member": {
            "chat": {"id": 1001, "type": "private", **chat},
            "from": {"id": 1001, "is_bot": False, "first_name": "李"},
            "date": 1711690000,
            "old_chat_member": {"user": {"id": 4242}, "status": before},
            "new_chat_member": {"user": {"id": 4242}, "status": after},
        },
    }


@pytest.mark.parametrize(
    ("before", "after", "presence"),
    [("member", "kicked", "left"), ("kicked", "member", "came"), ("left", "administrator", "came")],
)
def test_being_let_in_or_shown_out_is_heard(before: str, after: str, presence: str) -> None:
    decoded = decode(membership(before, after), username="XuanchuanBot", received_at=1711690001)
    assert decoded is not None
    assert (decoded.incoming.presence, decoded.incoming.author) == (presence, "1001")


ADMIN = {"status": "administrator", "can_delete_messages": True}
SUPER = {"id": -1001, "type": "supergroup", "title": "群"}


@pytest.mark.parametrize(
    ("before", "after", "reads_all", "heard"),
    [
        ({"status": "left"}, {"status": "member"}, False, ("came", ("read", "delete"))),
        ({"status": "left"}, {"status": "member"}, True, ("came", ("delete",))),
        ({"status": "left"}, ADMIN, False, ("came", ())),
        ({"status": "member"}, ADMIN, False, ("rights", ())),
        (ADMIN, {**ADMIN, "can_delete_messages": False}, False, ("rights", ("delete",))),
        (ADMIN, {**ADMIN, "can_pin_messages": True}, False, None),
        (ADMIN, {"status": "kicked"}, False, ("left", ())),
    ],
)
def test_what_is_missing_in_a_group_is_told_with_every_change_of_rights(
    before: dict[str, Any],
    after: dict[str, Any],
    reads_all: bool,
    heard: tuple[str, tuple[str, ...]] | None,
) -> None:
    update = membership("", "", **SUPER)
    for name, status in (("old_chat_member", before), ("new_chat_member", after)):
        update["my_chat_member"][name] = {"user": US, **status}
    found = decode(update, username="XuanchuanBot", received_at=1711690001, reads_all=reads_all)
    assert (found and (found.incoming.presence, found.incoming.lacks)) == heard
