"""The matching copy is as long as the text, and nothing unseen is kept."""

import sys
import unicodedata

import pytest

from commands.grammar.folding import clean, clean_and_fold, fold


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("张\u200b某\ufeff", "张某"),
        ("\u202e反\u2066向\u2069", "反向"),
        ("a\x00b\x1bc\x7f", "abc"),
        ("一\r\n二\r三\u2028四", "一\n二\n三\n四"),
        ("甲\t乙", "甲 乙"),
        ("半\ud83d个", "半个"),
        ("我系举行“技能节” 开幕式", "我系举行“技能节” 开幕式"),
    ],
)
def test_what_cannot_be_seen_is_not_stored(said: str, kept: str) -> None:
    assert clean(said) == kept


def test_every_control_and_format_character_is_taken_out() -> None:
    seen = {"\n", "\t"} | {"\r", "\x0b", "\x0c", "\x85"}
    left = [
        f"{code:04x}"
        for code in range(sys.maxunicode + 1)
        if unicodedata.category(char := chr(code)) in {"Cc", "Cs", "Cf"}
        and char not in seen
        and clean(char)
        and code not in range(0x600, 0x900)  # Arabic and Syriac signs that are drawn
        and code not in (0x110BD, 0x110CD)  # Kaithi number signs, drawn
        and code not in range(0x13430, 0x13440)  # hieroglyph joiners, drawn as layout
    ]
    assert left == []


@pytest.mark.parametrize(
    ("said", "copy"),
    [
        ("＃１２", "#12"),
        ("／得分　机电", "/得分 机电"),
        ("＠宣传助手\u2005报PPT", "@宣传助手 报ppt"),
        ("https：//A，B；", "https：//a，b；"),
        ("㎡ß№", "㎡ß№"),
        ("16～19", "16~19"),
    ],
)
def test_the_copy_makes_full_width_and_case_alike(said: str, copy: str) -> None:
    assert fold(said) == copy


def test_the_copy_of_any_character_is_one_character() -> None:
    assert all(len(fold(chr(code))) == 1 for code in range(0x20000))


def test_both_at_once_are_the_same_as_one_by_one() -> None:
    said = " \u200bＰＰＴ 张某，１３８\n"
    assert clean_and_fold(said) == ("ＰＰＴ 张某，１３８", fold("ＰＰＴ 张某，１３８"))
    assert clean_and_fold(" 张某 138 ") == ("张某 138", "张某 138")
