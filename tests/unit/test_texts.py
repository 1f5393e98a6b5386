"""The catalogue of sentences: everything said exists, and every sentence can be said."""

import re
from dataclasses import replace
from pathlib import Path
from string import Formatter

import pytest

from commands.wording import formats
from commands.wording.sentences import CATALOGUE
from tests.worlds.plan import PLAN

ROOT = Path(__file__).parents[2]
SAID = re.compile(r'say\(\s*"(\w+\.\w+)"')
SENTENCES = {
    f"{family}.{name}": text
    for family, rows in CATALOGUE.families.items()
    for name, text in rows.items()
}
FORBIDDEN = ("系统", "用户", "参数", "非法", "无效命令", "错误", "亲爱")


def test_every_sentence_that_is_said_exists() -> None:
    sources = [
        path for room in ("commands", "reminders") for path in ROOT.joinpath(room).rglob("*.py")
    ]
    said = {key for path in sources for key in SAID.findall(path.read_text("utf-8"))}
    assert said
    assert said <= SENTENCES.keys()


@pytest.mark.parametrize("key", sorted(SENTENCES))
def test_a_sentence_follows_the_style_guide(key: str) -> None:
    text = SENTENCES[key]
    assert not [word for word in FORBIDDEN if word in text]
    assert text == text.strip("\n")
    assert len(text.split("\n")) <= 3
    text.encode("gbk")  # a console of code page 936 can show it
    names = [name for _, name, _, _ in Formatter().parse(text) if name is not None]
    assert all(name.isidentifier() for name in names)


@pytest.mark.parametrize(
    ("name", "aliases", "short"),
    [
        ("机电工程系", ("机电", "机电系"), "机电"),
        ("融媒体中心", ("融媒体", "融媒"), "融媒体"),
        ("董办", ("董事长办公室",), "董办"),
        ("培训部", ("培训处",), "培训部"),
        ("图书馆", (), "图书馆"),
    ],
)
def test_a_unit_is_called_by_its_first_alias_where_that_is_shorter(
    name: str, aliases: tuple[str, ...], short: str
) -> None:
    unit = replace(PLAN.units[0], name=name, aliases=aliases)
    assert formats.short_name(unit) == short


def test_points_and_rates_are_shown_as_the_school_reads_them() -> None:
    from decimal import Decimal

    assert [formats.points(Decimal(value)) for value in ("5", "1.50", "-2", "0")] == [
        "5",
        "1.5",
        "－2",
        "0",
    ]
    assert formats.percent(Decimal("0.4615")) == "46.1%"
    assert formats.percent(Decimal("-0.125")) == "－12.5%"
    assert formats.bar(Decimal("0.7435")) == "■■■■■■■□□□"
    assert formats.bar(Decimal("-1")) == "□" * 10
