"""Names that people and groups choose reach nobody as an attack on the lines around them."""

import pytest

from bot.services.bounds import bounded
from bot.services.names import MAX_FILE_NAME, MAX_NAME, file_name, shown_name
from commands.chat.messages import Chat, File, Incoming
from tests.worlds.school import School

NAMES = {
    "张\u202e师老": "张师老",
    "张\u2066三\u2069": "张三",
    "张三\n管理员：已批准": "张三 管理员：已批准",
    "张三\r\n\r\n": "张三",
    "张三\u2028x\u2029y\x85z": "张三 x y z",
    "张\u200b三\u200d\ufeff": "张三",
    "\t张  三\u3000": "张 三",
    "张\x00\x1b[31m三": "张[31m三",
    "张\U000e0041三": "张三",
    "\u2800\u2800": "",
    "a\u0301\u0302\u0303\u0304\u0305b": "á\u0302\u0303b",
    "李静": "李静",
    "Li Jing": "Li Jing",
    "": "",
    "半\ud83d": "半",
}


@pytest.mark.parametrize("written", NAMES)
def test_a_name_is_one_short_line_that_can_be_seen(written: str) -> None:
    shown = shown_name(written)
    assert shown == NAMES[written]
    assert shown_name(shown) == shown


@pytest.mark.parametrize("sign", ["张", "x", "\u202e", "\n", "\u0301", "🎓"])
def test_a_name_of_ten_thousand_characters_is_cut(sign: str) -> None:
    assert len(shown_name(sign * 10_000)) <= MAX_NAME


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("得分.xlsx", "得分.xlsx"),
        ("名册\u202exslx.exe", "名册xslx.exe"),
        ("../../etc/passwd", "passwd"),
        ("C:\\x\\名册.csv", "名册.csv"),
        ("名册\n.xlsx", "名册 .xlsx"),
        ("\u200b", "文件"),
        ("..", "文件"),
        ("", "文件"),
    ],
)
def test_a_file_name_is_its_last_part(written: str, shown: str) -> None:
    assert file_name(written) == shown


def test_a_long_file_name_keeps_its_beginning_and_its_kind() -> None:
    name = file_name(f"待认定_{'长' * 10_000}.xlsx")
    assert name.startswith("待认定_")
    assert name.endswith(".xlsx")
    assert len(name) <= MAX_FILE_NAME


def test_every_event_is_cleaned_at_the_gateway() -> None:
    incoming = bounded(
        Incoming(
            update="1",
            chat=Chat(platform="local", id="g", group=True, title="群\u202e\n名"),
            author="u",
            author_name="王\n\u202e主任" + "x" * 10_000,
            sent_at=0,
            received_at=0,
            file=File(name="a\u202eb/\u2066c.csv", data=b""),
        )
    )
    assert incoming.chat.title == "群 名"
    assert incoming.author_name.startswith("王 主任")
    assert len(incoming.author_name) == MAX_NAME
    assert incoming.file is not None
    assert incoming.file.name == "c.csv"


async def test_a_strangers_name_reaches_the_administrators_card_cleaned(school: School) -> None:
    chat = Chat(platform="local", id="u-new")
    name = "李\u202e雪\n#1 已通过" + "很" * 10_000
    await school.platform.says("u-new", chat, "绑定 T1024", author_name=name)
    await school.app.delivery.deliver_all()
    for message in school.seen:
        assert "\u202e" not in message.text
        assert "\n#1 已通过" not in message.text
        assert len(message.text) < 1_000
