"""WeCom's sealing against published vectors, its bodies, and what forgers send."""

import json
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.adapters.wecom.crypto import Forged, Seal
from bot.adapters.wecom.decode import decode, unnamed
from bot.adapters.wecom.encode import BOT, plain, split
from commands.chat.messages import Chat
from scoring.errors import OperatorError

VECTORS = json.loads((Path(__file__).parent / "wecom_vectors.json").read_text("utf-8"))
NAMES = ("宣传助手", "招生 宣传助手")


def seal_of(vector: dict[str, str]) -> Seal:
    return Seal(vector["token"], vector["encoding_aes_key"], vector["receiveid"])


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])
def test_a_published_vector_opens_and_seals_to_the_byte(vector: dict[str, str]) -> None:
    seal, message = seal_of(vector), vector["plaintext"].encode()
    stamp, nonce, sealed = vector["timestamp"], vector["nonce"], vector["encrypt"]
    assert seal.open(vector["msg_signature"], stamp, nonce, sealed) == message
    assert seal.seal(message, random=bytes.fromhex(vector["random_hex"])) == sealed
    assert seal.signature(stamp, nonce, sealed) == vector["msg_signature"]


@given(st.binary(max_size=200))
def test_whatever_is_sealed_opens_again(message: bytes) -> None:
    seal = seal_of(VECTORS[0])
    sealed = seal.seal(message)
    assert seal.open(seal.signature("1", "2", sealed), "1", "2", sealed) == message


@given(st.data())
def test_what_a_forger_changes_is_forged(data: st.DataObject) -> None:
    """Whatever is altered: one error, and never another one."""
    seal = seal_of(VECTORS[1])
    sealed = VECTORS[1]["encrypt"]
    at = data.draw(st.integers(0, len(sealed) - 1))
    other = sealed[:at] + data.draw(st.text(max_size=4)) + sealed[at + 1 :]
    said = [VECTORS[1]["msg_signature"], VECTORS[1]["timestamp"], VECTORS[1]["nonce"], other]
    if other != sealed:
        with pytest.raises(Forged):
            seal.open(*said)
        # Even one who knows the token meets no other error.
        said[0] = seal.signature(*said[1:])
        with suppress(Forged):
            seal.open(*said)


def test_a_message_for_another_enterprise_is_forged() -> None:
    mine, other = (Seal("t", VECTORS[0]["encoding_aes_key"], name) for name in ("ww1", "ww2"))
    sealed = other.seal(b"hello")
    with pytest.raises(Forged):
        mine.open(mine.signature("1", "2", sealed), "1", "2", sealed)


@pytest.mark.parametrize("key", ["", "short", "x" * 42, "宣" * 43, "!" * 43])
def test_a_key_that_cannot_be_one_is_the_operators_to_mend(key: str) -> None:
    with pytest.raises(OperatorError, match="43"):
        Seal("token", key, "")


# --- words --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("@宣传助手 得分", "得分"),
        ("＠宣传助手\u2005得分", "得分"),
        ("@招生 宣传助手 得分 机电", "得分 机电"),
        ("得分 @宣传助手", "得分"),
        ("@宣传助手", ""),
        ("@张三 @宣传助手 已转", "@张三 已转"),
        ("@别的 名字 /score 机电", "/score 机电"),
        ("@宣传助手吗 得分", "@宣传助手吗 得分"),
        ("问 a/b 的事", "问 a/b 的事"),
    ],
)
def test_our_name_is_no_part_of_what_is_said(said: str, meant: str) -> None:
    assert unnamed(said, NAMES) == meant


def test_without_a_name_of_ours_a_command_is_found_behind_the_mention() -> None:
    assert unnamed("@School Bot /score", ()) == "/score"
    assert unnamed("得分", ()) == "得分"


def test_a_mixed_message_says_its_words() -> None:
    items = [
        {"msgtype": "text", "text": {"content": "@宣传助手 报新闻 开放日"}},
        {"msgtype": "image", "image": {"url": "https://a.cn/1"}},
        {"msgtype": "text", "text": {"content": "https://a.cn/2"}},
    ]
    body = {
        "msgid": "m1",
        "from": {"userid": "Li"},
        "chattype": "group",
        "chatid": "wrAbC",
        "msgtype": "mixed",
        "mixed": {"msg_item": items},
    }
    found = decode(body, names=NAMES, received_at=100)
    assert found is not None
    assert found.incoming.text == "报新闻 开放日\nhttps://a.cn/2"
    assert found.incoming.chat == Chat(platform="wecom", id="wrAbC", group=True)
    assert (found.incoming.author, found.incoming.sent_at) == ("li", 100)


@given(st.text(alphabet=st.sampled_from("得分 #*x\n🎓-_1"), max_size=3000), st.integers(40, 400))
def test_parts_of_a_text_are_never_too_long_and_lose_nothing(text: str, limit: int) -> None:
    parts = split(text, replace(BOT, limit=limit))
    assert all(len(plain(part).encode()) <= limit for part in parts)
    if text.strip():
        assert "".join(parts).replace("\n", "") == text.replace("\n", "")


def test_a_text_that_fits_is_one_part() -> None:
    assert split("得分\n\n第二段") == ["得分\n\n第二段"]
    assert len(split("得" * BOT.limit)) > 3
