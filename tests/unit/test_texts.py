"""The catalogue of sentences: everything said exists, and every sentence can be said."""

import ast
import re
import tomllib
from dataclasses import replace
from datetime import date
from pathlib import Path
from string import Formatter

import pytest

import db.wording
import scoring.words
from bot import wording as of_the_process
from commands.chat.requests import Registry
from commands.families import FAMILIES
from commands.wording import formats
from commands.wording.sentences import CATALOGUE
from scoring.moments import end_of
from scoring.wording import Catalogue
from tests.worlds import written_pages
from tests.worlds.plan import PLAN

ROOT = Path(__file__).parents[2]
SAID = re.compile(r'say\(\s*"(\w+\.\w+)"')
QUOTED = re.compile(r'"(\w+\.\w+)"')
KEY = re.compile(r"\w+\.\w+")
SENTENCE = re.compile(r"(?=.*[\u4e00-\u9fff]{2}).*[，。：；？！、（）“”《》]")


def _sentences(catalogue: Catalogue) -> dict[str, str]:
    return {
        f"{family}.{name}": text
        for family, rows in catalogue.families.items()
        for name, text in rows.items()
    }


SENTENCES = _sentences(CATALOGUE)
OF_THE_PROCESS = _sentences(of_the_process.CATALOGUE)
FORBIDDEN = ("系统", "用户", "参数", "非法", "无效命令", "错误", "亲爱")


def _sources(*rooms: str) -> list[str]:
    return [path.read_text("utf-8") for room in rooms for path in ROOT.joinpath(room).rglob("*.py")]


def test_every_sentence_that_is_said_exists() -> None:
    theirs, process = _sources("commands", "reminders"), list[str]()
    for source in _sources("bot"):
        (theirs if "from commands.wording.sentences import" in source else process).append(source)
    for sources, sentences in ((theirs, SENTENCES), (process, OF_THE_PROCESS)):
        said = {key for source in sources for key in SAID.findall(source)}
        assert said
        assert said <= sentences.keys()


def test_every_sentence_of_the_process_is_said() -> None:
    named = {key for source in _sources("bot") for key in QUOTED.findall(source)}
    assert OF_THE_PROCESS.keys() <= named


def test_a_sentence_of_the_process_stands_once() -> None:
    files = ROOT.joinpath("bot", "sentences").glob("*.toml")
    families = [family for file in files for family in tomllib.loads(file.read_text("utf-8"))]
    assert len(families) == len(set(families))


def test_every_question_of_a_slot_exists() -> None:
    commands = Registry(FAMILIES).commands.values()
    asked = {slot.ask for command in commands for slot in command.slots} - {""}
    assert asked
    assert asked <= SENTENCES.keys()


def test_every_required_slot_of_a_sayable_command_has_a_question() -> None:
    sayable = [entry for entry in Registry(FAMILIES).commands.values() if not entry.internal]
    required = [(entry.name, slot) for entry in sayable for slot in entry.slots if slot.required]
    assert not [f"{name} {slot.name}" for name, slot in required if not slot.ask]


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


def test_a_day_that_is_over_and_a_period_are_named() -> None:
    assert formats.day_end(end_of(date(2024, 4, 30))) == "4月30日 24:00"
    assert formats.period_name("2024-W05") == "第5周"
    assert formats.period_name("2024-04") == "4月"


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


# --- the floors below commands ------------------------------------------------------------

BELOW = {"scoring": scoring.words.CATALOGUE, "db": db.wording.CATALOGUE}


def known(floor: str) -> dict[str, str]:
    return _sentences(BELOW[floor])


def texts_in(node: ast.AST) -> set[str]:
    return {
        one.value
        for one in ast.walk(node)
        if isinstance(one, ast.Constant) and isinstance(one.value, str)
    }


def keys_in(floor: str) -> set[str]:
    """Every key that a floor's code spells out, f"family.{name}" as the whole family."""
    sentences, found = known(floor), set()
    families = BELOW[floor].families.keys()
    for path in ROOT.joinpath(floor).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.JoinedStr):
                begins = node.values[0] if node.values else None
                if isinstance(begins, ast.Constant) and str(begins.value).endswith("."):
                    found |= {key for key in sentences if key.startswith(str(begins.value))}
            elif isinstance(node, ast.Constant) and KEY.fullmatch(str(node.value)):
                if str(node.value).partition(".")[0] in families:
                    found.add(str(node.value))
            elif isinstance(node, ast.Call) and ast.unparse(node.func) == "say":
                found |= {key for key in texts_in(node.args[0]) if KEY.fullmatch(key)}
    return found


@pytest.mark.parametrize("floor", BELOW)
def test_what_a_floor_below_says_exists_and_what_exists_is_said(floor: str) -> None:
    assert keys_in(floor) == known(floor).keys()


@pytest.mark.parametrize("floor", BELOW)
def test_a_sentence_below_is_one_line_that_a_console_can_show(floor: str) -> None:
    for key, text in known(floor).items():
        assert not [word for word in FORBIDDEN if word in text], key
        assert "\n" not in text
        text.encode("gbk")
        names = [name for _, name, _, _ in Formatter().parse(text) if name is not None]
        assert all(name.isidentifier() for name in names), key


@pytest.mark.parametrize("floor", [*BELOW, "reminders"])
def test_no_sentence_of_a_floor_stands_in_its_code(floor: str) -> None:
    """A literal with two Chinese characters in a row and a sign of theirs; ^ begins a pattern."""
    for path in ROOT.joinpath(floor).rglob("*.py"):
        tree = ast.parse(path.read_text("utf-8"))
        docs = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                is_pattern = node.value.startswith("^")
                told = SENTENCE.search(node.value) and id(node) not in docs and not is_pattern
                assert not told, f"{path}:{node.lineno} {node.value}"


OF_START_AND_DOCTOR = (
    *("bot/sentences/adapters.toml", "bot/sentences/process.toml", "bot/sentences/settings.toml"),
    *("db/sentences/database.toml", "db/sentences/backup.toml"),
)
BESIDE = ("bot.run", "bot.care", "bot.platforms", "bot.backup", "bot.restore")


def test_what_start_doctor_and_restore_say_has_its_mend() -> None:
    """Every sentence of them stands in faq.toml with what to do, or under `fine`."""
    families = {*BESIDE}
    for file in OF_START_AND_DOCTOR:
        floor = file.partition("/")[0]
        families |= {f"{floor}.{name}" for name in tomllib.loads((ROOT / file).read_text("utf-8"))}
    said = {key for key in written_pages.sentences() if key.rpartition(".")[0] in families}
    told = written_pages.told("faq.toml")
    fine = {*told.pop(written_pages.FINE)}
    mended = [key for rows in told.values() for key, _ in written_pages.mends(rows)]
    assert len(mended) == len({*mended})
    assert not fine & {*mended}
    assert fine | {*mended} == said, "docs/guides/faq.toml, then: make pages"


@pytest.mark.parametrize("page", written_pages.PAGES)
def test_a_written_page_is_up_to_date(page: str) -> None:
    assert written_pages.GUIDES.joinpath(page).read_text("utf-8") == written_pages.written(page), (
        "run: make pages"
    )
