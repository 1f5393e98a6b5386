"""Whether a line asks is seen quickly, and seen rightly."""

from hypothesis import given
from hypothesis.strategies import from_regex

from commands.grammar.asking import ASKS, SIGN, asks


@given(from_regex(ASKS, fullmatch=True))
def test_every_way_of_asking_holds_a_sign_of_it(question: str) -> None:
    assert SIGN.search(question)


@given(from_regex(r"#[1-9][0-9]? (?:可以吗|行不行|呢|怎么办|几时|错了)[?。]?", fullmatch=True))
def test_a_question_behind_a_number_is_one(line: str) -> None:
    assert asks(line)


def test_what_tells_is_no_question() -> None:
    for line in (
        "#20 同意",
        "线索 张三 13800138000 初三",
        "#20 依据 公示第3页",
        "标题?里有问号 完",
    ):
        assert not asks(line)
