"""Logging: one JSON line per record, masked before it is written.

Masking comes first and covers arguments and tracebacks: mobile numbers, bot tokens and our own
secrets never leave the process. What people write is never logged, so names need no masking.
"""

import json
import logging
import re
import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, TextIO

from commands.grammar.phones import without_phones

_MOBILE = re.compile(
    r"(?<![0-9])((?:\+?86[ -]?)?1[3-9][0-9])[ -]?([0-9]{4})[ -]?([0-9]{4})(?![0-9])"
)
_TOKEN = re.compile(r"(?:bot)?[0-9]{6,}:[A-Za-z0-9_-]{20,}")
_URL_TOKEN = re.compile(r"(?<=/bot)[0-9]+:[^/\s\"']+")
_FULL_WIDTH = str.maketrans("０１２３４５６７８９", "0123456789")
_OWN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
ERROR = logging.ERROR
_CHATTY = ("httpx", "httpcore", "aiohttp.access", "apscheduler", "alembic", "asyncio")


class Masking(logging.Filter):
    """Renders each record and masks what must not be written; lets every record pass."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        super().__init__()
        self.secrets = tuple(sorted((s for s in secrets if len(s) > 3), key=len, reverse=True))

    def mask(self, text: str) -> str:
        """Return the text with secrets, tokens and the middle of mobile numbers masked."""
        for secret in self.secrets:
            text = text.replace(secret, "***")
        text = _URL_TOKEN.sub("***", text)
        text = _TOKEN.sub("***", text)
        return without_phones(_MOBILE.sub(r"\1****\3", text.translate(_FULL_WIDTH)))

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg = self.mask(_rendered(record))
        record.args = None
        if record.exc_info:
            record.exc_text = self.mask(_PLAIN.formatException(record.exc_info))
            record.exc_info = None
        elif record.exc_text:
            record.exc_text = self.mask(record.exc_text)
        if record.stack_info:
            record.stack_info = self.mask(record.stack_info)
        for name in record.__dict__.keys() - _OWN:
            value = record.__dict__[name]
            if value is not None and not isinstance(value, bool | float):
                masked = self.mask(str(value))
                record.__dict__[name] = value if masked == str(value) else masked
        return True


_PLAIN = logging.Formatter()


def _rendered(record: logging.LogRecord) -> str:
    try:
        return record.getMessage()
    except Exception:  # a wrong placeholder must not lose the record
        return f"{record.msg} {record.args}"


class JsonLines(logging.Formatter):
    """Formats a record as one JSON line: at, level, logger, event, extra fields, traceback."""

    def format(self, record: logging.LogRecord) -> str:
        moment = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line: dict[str, Any] = {
            "at": moment,
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.getMessage(),
        }
        for name in record.__dict__.keys() - _OWN:
            line[name] = record.__dict__[name]
        if record.exc_text:
            line["trace"] = record.exc_text
        if record.stack_info:
            line["stack"] = record.stack_info
        return json.dumps(line, ensure_ascii=True, default=str)


def setup(
    secrets: Iterable[str] = (), *, stream: TextIO | None = None, level: int = logging.INFO
) -> logging.Handler:
    """Send all logging through one masked JSON handler (standard error by default)."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.addFilter(Masking(secrets))
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    for old in list(root.handlers):
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(level)
    logging.captureWarnings(capture=True)
    for name in _CHATTY:
        logging.getLogger(name).setLevel(logging.WARNING)
    return handler
