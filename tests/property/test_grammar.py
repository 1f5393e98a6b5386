"""Whatever is typed: the router never raises, is quick, and chatter books nothing."""

import gc
from time import thread_time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from commands.conversation.router import understand
from commands.grammar.folding import MAX_TEXT, clean, fold
from commands.grammar.links import normalise_link
from tests.worlds.vocabulary import LEXICON, OFFICER, REVIEWER, WORDS, incoming

SCRAPS = st.sampled_from(
    [
        *WORDS,
        *LEXICON.places,
        *("张某", "李某", "T1001", "张伟", "初三", "高三强", "中职", "小修", "成立", "缺席"),
        *("13800138000", "138 0001 0001", "+86 139-0001-0001", "幺三八零零零幺零零零二", "1380001"),
        *("#12", "＃１２", "202-205", "207", "第12条", "任务186", "9-1", "1-999999999", "6,000"),
        *("1.2万", "七千", "一百三", "4月5日", "2月30日", "截至 4/5", "昨天 14:30", "24:00"),
        *(
            "https://mp.weixin.qq.com/s/A?scene=1",
            "http://",
            "https：//x",
            "www.",
            "v.douyin.com/a/",
        ),
        *("7.53 复制打开抖音，看看【信工的作品】网线 # 网 https://v.douyin.com/iD/ 03/22 y@g.OX",),
        *("@宣传助手", "＠promo_bot", "@other_bot", "/", "／", "视频号", "1.", "③", "软文"),
        *(
            " ",
            "\n",
            "\u3000",
            "\u2005",
            "，",
            "、",
            "：",
            "=",
            "\u200b",
            "\u202e",
            "\ufe0f",
            "\x00",
        ),
        *("👍", "👨\u200d👩\u200d👧", "مرحبا", "𠮷", "ﷺ", "㎡", "\ud800", "（", "【", "】", "#"),
    ]
)
TEXTS = st.lists(st.one_of(SCRAPS, st.text(max_size=6)), max_size=14).map("".join)
FAST = settings(
    max_examples=1_500, deadline=None, suppress_health_check=[HealthCheck.too_slow], database=None
)


said = given(
    text=TEXTS,
    quote=st.sampled_from(["", "#12", "#3 #4"]),
    group=st.booleans(),
    pending=st.sampled_from(["", "报线索 张某"]),
)


def understood(text: str, quote: str, group: bool, pending: str) -> None:
    """Read a text as the router does, without a fault."""
    meaning = understand(
        incoming(text, group=group, quote=quote),
        LEXICON,
        OFFICER,
        bot_names=("宣传助手", "promo_bot"),
        year=2024,
        pending=pending,
        words=WORDS,
    )
    assert meaning.silent or meaning.addressed or meaning.complete
    assert len(meaning.guesses) <= 3


@FAST
@said
def test_no_text_makes_the_router_raise(text: str, quote: str, group: bool, pending: str) -> None:
    understood(text, quote, group, pending)


@pytest.mark.soak
@settings(FAST, max_examples=20_000)
@said
def test_nor_does_any_of_many(text: str, quote: str, group: bool, pending: str) -> None:
    understood(text, quote, group, pending)


@settings(FAST, max_examples=1_000)
@given(text=st.text(max_size=60))
def test_unaddressed_chatter_books_nothing(text: str) -> None:
    meaning = understand(
        incoming(text, group=True),
        LEXICON,
        REVIEWER,
        bot_names=("宣传助手",),
        year=2024,
        words=WORDS,
    )
    copy = fold(clean(text)).strip()
    if copy.startswith("/") or "@" in copy:
        return  # that is how one addresses the bot
    # Nothing is said to chatter; what is heard is a whole command that may be said like this.
    assert meaning.silent or (meaning.complete and meaning.command is not None)
    assert meaning.command is None or not meaning.command.never_bare


@settings(FAST, max_examples=1_000)
@given(text=TEXTS)
def test_cleaning_and_folding_settle(text: str) -> None:
    kept = clean(text)
    assert clean(kept) == kept
    assert len(fold(kept)) == len(kept)


@settings(FAST, max_examples=1_000)
@given(
    link=st.text(alphabet=st.characters(min_codepoint=33, max_codepoint=126)).map(
        "https://X.cn/".__add__
    )
)
def test_normalising_a_link_settles(link: str) -> None:
    assert normalise_link(normalise_link(link)) == normalise_link(link)


@settings(FAST, max_examples=300)
@given(scrap=SCRAPS, glue=st.sampled_from(["", " ", "，", "\n", "-"]))
def test_the_longest_texts_are_read_in_time(scrap: str, glue: str) -> None:
    for word in ("报线索", "报新闻", "通过", "培训", "结任务", ""):
        text = f"{word} {(scrap + glue) * (MAX_TEXT // max(1, len(scrap + glue)))}"[:MAX_TEXT]
        gc.disable()  # a sweep over the whole test session is not the router's time
        begun = thread_time()  # of this thread alone: the machine has other work
        understand(
            incoming(text),
            LEXICON,
            REVIEWER,
            bot_names=("宣传助手",),
            year=2024,
            words=WORDS,
        )
        spent = thread_time() - begun
        gc.enable()
        assert spent < 0.25, text[:40]
