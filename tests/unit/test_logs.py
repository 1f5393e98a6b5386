"""Logs: one JSON line a record, and nothing that must not be there."""

import ast
import io
import json
import logging
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from string import Formatter
from typing import Any, NoReturn

import pytest

from bot import logs
from bot.loggedwords import SAID
from bot.wording import CATALOGUE

Written = tuple[logging.Logger, Callable[[], list[dict[str, Any]]]]

TOKEN = "123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw1"


def fail_because_of(cause: Exception, fault: Exception) -> NoReturn:
    raise fault from cause


@pytest.fixture
def written() -> Iterator[Written]:
    """Our logger with one handler of ours; call it for the lines written so far."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.addFilter(logs.Masking(["hunter22-secret"]))
    handler.setFormatter(logs.JsonLines())
    logger = logging.getLogger("promobot.test")
    logger.addHandler(handler)
    logger.setLevel(logging.DEBUG)
    logger.propagate = False
    yield logger, lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    logger.removeHandler(handler)
    logger.propagate = True


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("13812345678", "138****5678"),
        ("138 1234 5678", "138****5678"),
        ("138-1234-5678", "138****5678"),
        ("+86 13812345678", "+86 138****5678"),
        ("8613812345678", "86138****5678"),
        ("１３８１２３４５６７８", "138****5678"),
    ],
)
def test_the_middle_of_a_mobile_number_is_masked(number: str, shown: str) -> None:
    assert logs.Masking().mask(f"张某{number}初三") == f"张某{shown}初三"


@pytest.mark.parametrize("harmless", ["#13812", "20240405123456789", "12345678901", "5929.6"])
def test_other_digits_stay_as_they_are(harmless: str) -> None:
    assert logs.Masking().mask(harmless) == harmless


def test_tokens_and_secrets_are_masked() -> None:
    masking = logs.Masking(["hunter22-secret"])

    assert TOKEN not in masking.mask(f"POST https://api.example/bot{TOKEN}/getMe failed")
    assert masking.mask("key=hunter22-secret.") == "key=***."


def test_arguments_and_extra_fields_are_masked(written: Written) -> None:
    logger, lines = written

    logger.info("call %s", "13812345678", extra={"who": "13912345678", "count": 3})

    (line,) = lines()
    assert line["event"] == "call 138****5678"
    assert line["who"] == "139****5678"
    assert line["count"] == 3


def test_a_number_given_as_a_number_is_masked_too(written: Written) -> None:
    logger, lines = written

    logger.info("call %d", 13812345678, extra={"phone": 13812345678})

    assert "13812345678" not in json.dumps(lines())


def test_exceptions_and_their_causes_are_masked(written: Written) -> None:
    logger, lines = written
    try:
        fail_because_of(ValueError("13812345678"), RuntimeError("token hunter22-secret"))
    except RuntimeError:
        logger.exception("failed")

    (line,) = lines()
    assert "RuntimeError" in line["trace"]
    assert "13812345678" not in line["trace"]
    assert "hunter22-secret" not in line["trace"]


def test_a_record_with_wrong_placeholders_is_still_written_and_masked(written: Written) -> None:
    logger, lines = written

    wrong = "%d and %d"
    logger.info(wrong, "13812345678")

    (line,) = lines()
    assert "138****5678" in line["event"]


def test_every_record_is_one_line(written: Written) -> None:
    logger, lines = written

    logger.info("two\nlines\r\u2028three")

    assert len(lines()) == 1


def test_libraries_that_log_addresses_are_quiet() -> None:
    root = logging.getLogger()
    before = root.handlers[:], root.level
    try:
        handler = logs.setup(stream=io.StringIO())
        assert root.handlers == [handler]
        assert logging.getLogger("httpx").getEffectiveLevel() == logging.WARNING
        assert logging.getLogger("httpcore").getEffectiveLevel() == logging.WARNING
    finally:
        root.handlers[:], level = before
        root.setLevel(level)
        logging.captureWarnings(capture=False)


def test_a_console_of_another_code_page_takes_every_line() -> None:
    stream = io.TextIOWrapper(io.BytesIO(), encoding="gbk")
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logs.JsonLines())

    handler.handle(logging.makeLogRecord({"msg": "已收 \U0001f600 ✓", "levelname": "INFO"}))

    stream.flush()
    assert json.loads(stream.buffer.getvalue())["event"] == "已收 \U0001f600 ✓"
    assert sys.exc_info() == (None, None, None)


# --- on a terminal ------------------------------------------------------------------------


class Terminal(io.StringIO):
    """A stream somebody watches."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def set_up() -> Iterator[Callable[..., logging.Logger]]:
    root = logging.getLogger()
    kept, level = list(root.handlers), root.level

    def setup(stream: io.StringIO, form: str = "") -> logging.Logger:
        logs.setup(["hunter22-secret"], stream=stream, form=form)
        return logging.getLogger("promobot.test")

    yield setup
    logging.captureWarnings(capture=False)
    root.handlers[:] = kept
    root.setLevel(level)


def test_a_terminal_gets_chinese_lines_and_a_file_gets_json(
    set_up: Callable[..., logging.Logger],
) -> None:
    for stream, form, chinese in (
        (Terminal(), "", True),
        (io.StringIO(), "", False),
        (Terminal(), "json", False),
        (io.StringIO(), "text", True),
    ):
        set_up(stream, form).warning("not ready: %s", "数据库写不进去")
        line = stream.getvalue()
        assert ("现在不收消息：数据库写不进去" in line) == chinese
        assert line.startswith("{") != chinese


def test_a_terminal_shows_a_fault_in_one_masked_line_and_no_small_talk(
    set_up: Callable[..., logging.Logger],
) -> None:
    stream = Terminal()
    log = set_up(stream)
    log.info("slow handler", extra={"command": "score", "ms": 9.1})
    log.info("wecom connected")
    log.warning("telegram poll failed %d in a row: %s", 4, f"bot{TOKEN} of 13812345678")
    log.error("something of a library: %s", "hunter22-secret")
    try:
        fail_because_of(ValueError("inner"), KeyError("13812345678"))
    except KeyError:
        log.exception("request failed", extra={"reference": "ab12cd34", "command": "lead"})
    told, poll, library, fault = stream.getvalue().splitlines()
    assert told.endswith("企业微信接上了")
    assert "已连续 4 次（*** of 138****5678）" in poll
    assert library.endswith("出错 promobot.test：something of a library: ***")
    assert fault.endswith("编号 ab12cd34：KeyError: '138****5678'")


def trees() -> Iterator[ast.AST]:
    for floor in ("bot", "commands", "db", "reminders"):
        for path in (Path(__file__).parents[2] / floor).rglob("*.py"):
            if path.stem != "loggedwords":
                yield from ast.walk(ast.parse(path.read_text("utf-8")))


def logged() -> Iterator[tuple[str, str, set[str]]]:
    """Every logging call of ours that names its event: its level, the event, and what a sentence
    may fill in."""
    for node in trees():
        match node:
            case ast.Call(ast.Attribute(ast.Name("log"), level), [_, *_] as arguments, keywords):
                event, *given = arguments[level == "log" :] or arguments
                names = {"one", "other"} if given[1:] else {"one"} if given else set()
                for extra in (ast.unparse(k.value) for k in keywords if k.arg == "extra"):
                    names |= set(re.findall(r"(\w+)(?:':|=)", extra))
                    names |= {"row", "platform"} if extra.startswith("traced(") else set()
                if isinstance(event, ast.Constant):
                    yield level, str(event.value), names


def test_every_warning_of_ours_has_its_sentence_and_every_sentence_its_event() -> None:
    calls = list(logged())
    grave = {event for level, event, _ in calls if level not in {"info", "debug"}}
    assert grave
    assert grave <= SAID.keys()
    assert SAID.keys() <= {node.value for node in trees() if isinstance(node, ast.Constant)}
    for _, event, names in calls:
        if event in SAID:
            family, name = SAID[event].split(".")
            sentence = CATALOGUE.families[family][name]
            wanted = {field for _, field, _, _ in Formatter().parse(sentence)}
            assert wanted - {None} <= names, event
