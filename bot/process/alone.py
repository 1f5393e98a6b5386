"""At most one `promobot run` on one SQLite file; other commands work beside it.

A locked file beside the database says so. The system lets the lock go when the process ends,
however it ends.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from bot.wording import say
from scoring.errors import OperatorError

FILE = "sqlite:///"


@contextmanager
def alone(url: str) -> Iterator[None]:
    """Hold the database for this process. Raises OperatorError, naming the file and the process,
    if another holds it. PostgreSQL serves several at once."""
    if not url.startswith(FILE):
        yield
        return
    file = Path(url.removeprefix(FILE))
    if not file.parent.is_dir():  # nothing to be alone on yet
        yield
        return
    with _opened(file) as lock:
        if not _locked(lock.fileno()):
            lock.seek(0)
            number = lock.read(20).strip()
            raise OperatorError(say("alone.taken", file=file, process=number or "?"))
        lock.seek(0)
        lock.truncate()
        lock.write(f"{os.getpid()}\n")
        lock.flush()
        try:
            yield
        finally:
            with suppress(OSError):
                lock.truncate(0)
                if not file.exists():  # a mistyped address leaves nothing behind
                    os.unlink(lock.name)


def _opened(file: Path) -> IO[str]:
    try:
        return (file.parent / f".{file.name}.run").open("a+", encoding="ascii")
    except OSError as fault:
        raise OperatorError(say("database.read_only", folder=file.parent)) from fault


if sys.platform == "win32":
    import msvcrt

    BEYOND = 1 << 20
    """The byte that is locked; the others stay readable."""

    def _locked(handle: int) -> bool:
        os.lseek(handle, BEYOND, os.SEEK_SET)
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _locked(handle: int) -> bool:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True
