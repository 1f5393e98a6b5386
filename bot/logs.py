"""Logging: one JSON line per record, or on a terminal a Chinese one; masked before it is written.

Masking comes first and covers arguments and tracebacks: mobile numbers, bot tokens and our own
secrets never leave the process. What people write is never logged, so names need no masking.
Lines that are equal but for their time are folded: the first is written, and at the end of each
minute the last of the others with how many there were.
"""

import json
import logging
import re
import sys
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any, TextIO

from bot.loggedwords import SAID
from bot.wording import say
from commands.grammar.phones import without_phones
from scoring.moments import ZONE

_MOBILE = re.compile(
    r"(?<![0-9])((?:\+?86[ -]?)?1[3-9][0-9])[ -]?([0-9]{4})[ -]?([0-9]{4})(?![0-9])"
)
_TOKEN = re.compile(r"(?:bot)?[0-9]{6,}:[A-Za-z0-9_-]{20,}")
_URL_TOKEN = re.compile(r"(?<=/bot)[0-9]+:[^/\s\"']+")
_FULL_WIDTH = str.maketrans("０１２３４５６７８９", "0123456789")
_OWN = frozenset(vars(logging.makeLogRecord({}))) | {
    *("message", "asctime", "taskName"),
    *("template", "given"),
}
ERROR = logging.ERROR
TEXT = "text"
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
        given = record.args if isinstance(record.args, tuple) else ()
        record.template, record.given = str(record.msg), [self.mask(str(one)) for one in given]
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


FOLD = 60.0
"""Seconds in which equal lines are counted instead of written."""

MOST_FOLDED = 1_000
"""Most different lines remembered for counting."""


class _Fold:
    """The equal lines since the first was written: when that was, how many more, the last."""

    __slots__ = ("count", "last", "since")

    def __init__(self, since: float) -> None:
        self.since = since
        self.count = 0
        self.last: logging.LogRecord | None = None


class Folding(logging.StreamHandler[TextIO]):
    """Writes the first of equal lines, and a count of the rest (`times`) once a minute."""

    def __init__(self, stream: TextIO, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(stream)
        self._clock = clock
        self._folds: dict[tuple[object, ...], _Fold] = {}

    def emit(self, record: logging.LogRecord) -> None:
        """Write the record or count it; write first what was counted long enough."""
        now = self._clock()
        self._unfold(now - FOLD)
        key = _likeness(record)
        fold = self._folds.get(key)
        if fold is not None:
            fold.count += 1
            fold.last = record
            return
        while len(self._folds) >= MOST_FOLDED:
            self._tell(self._folds.pop(next(iter(self._folds))))
        self._folds[key] = _Fold(now)
        super().emit(record)

    def close(self) -> None:
        """Write what was counted so far."""
        self.acquire()
        try:
            self._unfold(self._clock())
        finally:
            self.release()
        super().close()

    def _unfold(self, until: float) -> None:
        # They are in the order of `since`, so this ends at the first that is still young.
        while self._folds:
            key = next(iter(self._folds))
            if self._folds[key].since > until:
                break
            self._tell(self._folds.pop(key))

    def _tell(self, fold: _Fold) -> None:
        if fold.last is not None:
            fold.last.times = fold.count
            super().emit(fold.last)


def _likeness(record: logging.LogRecord) -> tuple[object, ...]:
    """Return what makes two lines equal: all but their time, and the traces' last lines."""
    extra = sorted(
        (name, str(value)) for name, value in record.__dict__.items() if name not in _OWN
    )
    trace = (record.exc_text or "").rpartition("\n")[2]
    return record.name, record.levelno, str(record.msg), trace, *extra


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


class Lines(logging.Formatter):
    """Formats a record as one Chinese line for whoever watches the terminal: the time, how bad,
    what. A fault shows its last line; the whole trace is in the JSON."""

    def format(self, record: logging.LogRecord) -> str:
        extra = {name: record.__dict__[name] for name in record.__dict__.keys() - _OWN}
        given = dict(zip(("one", "other"), getattr(record, "given", ()), strict=False))
        key = SAID.get(getattr(record, "template", ""))
        if key is None:
            told = say("log.other", logger=record.name, event=record.getMessage())
        else:
            told = say(key, **{**extra, **given})
        if record.exc_text:
            told = say("log.fault", told=told, fault=record.exc_text.rpartition("\n")[2][:200])
        if times := extra.get("times"):
            told = say("log.times", told=told, times=times)
        grave = say("log.grave" if record.levelno >= logging.ERROR else "log.mind")
        if record.levelno < logging.WARNING:
            grave = say("log.told")
        return f"{datetime.fromtimestamp(record.created, ZONE):%H:%M:%S} {grave} {told}"


class Worded(logging.Filter):
    """Lets pass what a terminal shows: warnings, and what there is a sentence for."""

    def filter(self, record: logging.LogRecord) -> bool:
        return record.levelno >= logging.WARNING or getattr(record, "template", "") in SAID


def setup(
    secrets: Iterable[str] = (),
    *,
    stream: TextIO | None = None,
    level: int = logging.INFO,
    form: str = "",
) -> logging.Handler:
    """Send all logging through one masked handler (standard error by default). `form`: text, json,
    or "" for text on a terminal and JSON elsewhere."""
    stream = stream or sys.stderr
    text = form == TEXT or (not form and stream.isatty())
    handler = Folding(stream)
    handler.addFilter(Masking(secrets))
    if text:
        handler.addFilter(Worded())
    handler.setFormatter(Lines() if text else JsonLines())
    root = logging.getLogger()
    for old in list(root.handlers):
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(level)
    logging.captureWarnings(capture=True)
    for name in _CHATTY:
        logging.getLogger(name).setLevel(logging.WARNING)
    return handler
