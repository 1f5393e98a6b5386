"""Thousands of random lines of the log, with a number in any spelling and any place of a record:
none of it is written."""

import io
import json
import logging
import random
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from bot import logs
from tests.security.test_numbers import PHONE, SPELLINGS

BEFORE = ("张某的电话是", "妈妈，", "🎉 ", "（", "\u200b：", "https://x.cn/a ", "\n", "家长", "")
AFTER = ("，初三", "）", "🎉", " 机电", "\n", "号", "")
HAN = str.maketrans("零〇幺一二三四五六七八九壹叁捌o", "0011234567891380")


class Refused(Exception):
    """What a platform said, with the number in it."""


@contextmanager
def logging_into(stream: io.StringIO) -> Iterator[logging.Logger]:
    handler = logs.Folding(stream)
    handler.addFilter(logs.Masking(["a-secret-of-ours"]))
    handler.setFormatter(logs.JsonLines())
    logger = logging.getLogger("promobot.private")
    logger.addHandler(handler)
    logger.setLevel(logging.DEBUG)
    logger.propagate = False
    yield logger
    handler.close()
    logger.removeHandler(handler)
    logger.propagate = True


def told(logger: logging.Logger, said: str, way: int, number: int) -> None:
    """Write a record with these words somewhere in it; no two records are equal."""
    match way:
        case 0:
            logger.info("%d: %s", number, said)
        case 1:
            logger.warning("event", extra={"number": number, "said": said})
        case 2:
            logger.error(f"{number} {said}")
        case 3:
            logger.info("nested", extra={"number": number, "given": {"said": [said]}})
        case _:
            try:
                refuse(said, number)
            except Refused:
                logger.exception("request failed", extra={"number": number})


def refuse(said: str, number: int) -> None:
    try:
        dict[str, str]()[said]
    except KeyError as cause:
        raise Refused(f"{number}: {said}") from cause


def digits(line: str) -> str:
    """All digits of a line but of its time, however they are written, and nothing between them."""
    plain = unicodedata.normalize("NFKC", "\n".join(leaves(json.loads(line)))).translate(HAN)
    return "".join(str(unicodedata.digit(one, "")) for one in plain)


def leaves(value: Any) -> Iterator[str]:
    match value:
        case dict():
            for name, held in value.items():
                if name != "at":
                    yield from leaves(held)
        case list():
            for held in value:
                yield from leaves(held)
        case _:
            yield str(value)


@pytest.mark.parametrize("lines", [1_000, pytest.param(50_000, marks=pytest.mark.soak)])
def test_no_line_of_the_log_holds_a_number(lines: int, figure: Callable[[str], None]) -> None:
    seen = [said for said in SPELLINGS if PHONE in digits(json.dumps(said))]
    assert len(seen) >= len(SPELLINGS) - 1  # all but the dash that is a 一, too
    draw, stream = random.Random(lines), io.StringIO()
    with logging_into(stream) as logger:
        for number in range(lines):
            said = draw.choice(BEFORE) + draw.choice(SPELLINGS) + draw.choice(AFTER)
            told(logger, said, draw.randrange(5), number)
    written = stream.getvalue().splitlines()
    assert len(written) == lines
    assert [line for line in written if PHONE in digits(line)] == []
    figure(f"{lines} lines with a number in any spelling: none is written (goal 0)")
