"""One reader of mobile numbers: a lead has the number however it is written, or is refused."""

import pytest

from commands.grammar.arguments import Arguments, read
from commands.grammar.phones import without_phones
from tests.worlds.vocabulary import AT, LEXICON, WORDS

SPLIT = [
    *"‐‑‒–—−﹣－―_·•・/*,、.~丨丶|。，：",
    *("  ", " – ", " - ", "——", "\u3000\u3000", " , ", "...", "->", " / "),
]


def lead(number: str) -> Arguments:
    return read(WORDS["lead"].slots, f"张某 {number} 初三", LEXICON, 2024, AT)


@pytest.mark.parametrize("mark", SPLIT)
def test_a_number_in_groups_is_read_whatever_stands_between_them(mark: str) -> None:
    found = lead(f"138{mark}0001{mark}0001")
    assert (found.values["phone"], found.values["who"]) == ("13800010001", "张某")
    assert without_phones(f"138{mark}0001{mark}0001") == "138****0001"


@pytest.mark.parametrize(
    "number",
    [
        "1️⃣3️⃣8️⃣0️⃣0️⃣0️⃣1️⃣0️⃣0️⃣0️⃣1️⃣",
        "(138)0001-0001",
        "13 80 00 10 00 1",
        "1 3 8 0 0 0 1 0 0 0 1",
        "138-00010001",
        "1380001-0001",
        "①③⑧⓪⓪⓪①⓪⓪⓪①",
        "幺三八-零零零幺-零零零幺",
        "+86 (138) 0001 0001",
    ],
)
def test_a_number_in_any_other_form_is_read_too(number: str) -> None:
    found = lead(number)
    assert (found.values["phone"], found.values["who"]) == ("13800010001", "张某")


@pytest.mark.parametrize(
    "number", ["138#0001#0001", "138、00010001", "1,3800010001", "13800#010001", "（138）00010001"]
)
def test_what_is_meant_as_a_number_but_not_read_is_refused_without_it(number: str) -> None:
    found = lead(number)
    assert found.problem.startswith("电话没看懂")
    assert not any(
        char.isdigit() for char in found.problem.replace("138 0001 0001", "").replace("11 位", "")
    )
