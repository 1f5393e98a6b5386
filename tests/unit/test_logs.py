"""Logs: one JSON line a record, and nothing that must not be there."""

import io
import json
import logging
import sys
from collections.abc import Callable, Iterator
from typing import Any, NoReturn

import pytest

from bot import logs

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
