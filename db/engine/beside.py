"""Sealed bytes that would make a database file grow, in files of a folder beside it.

A file is written before the transaction that names it and removed after the one that no longer
does, so a crash can leave a file that nothing names, never a name without its file. `stray` finds
such files; nobody can read them without the key.
"""

import os
import re
from collections.abc import Collection, Iterator
from pathlib import Path
from time import time

SUFFIX = ".pictures"

SETTLED = 3_600.0
"""Seconds after which the transaction that was to name a file has ended."""

_NAME = re.compile("[0-9a-f]{32}")


class Beside:
    """The folder of one database file; made with the first file."""

    def __init__(self, database: Path) -> None:
        self.folder = database.with_name(database.name + SUFFIX)

    def put(self, key: str, sealed: bytes) -> None:
        """Keep bytes durably under a name; what was kept there is replaced."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        part = self.folder / f".{key}.{os.getpid()}.part"
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0)
        with os.fdopen(os.open(part, flags, 0o600), "wb") as out:
            out.write(sealed)
            out.flush()
            os.fsync(out.fileno())
        os.replace(part, self._file(key))

    def get(self, key: str) -> bytes | None:
        """The bytes under a name; None if there are none."""
        try:
            return self._file(key).read_bytes()
        except FileNotFoundError:
            return None

    def drop(self, key: str) -> None:
        """Overwrite and remove the bytes under a name, if there are any."""
        try:
            with self._file(key).open("r+b") as out:
                out.write(bytes(os.fstat(out.fileno()).st_size))
                out.flush()
                os.fsync(out.fileno())
            self._file(key).unlink(missing_ok=True)
        except FileNotFoundError:
            return

    def stray(self, named: Collection[str]) -> Iterator[str]:
        """The names under which bytes lie that none of `named` wants, and none will."""
        if not self.folder.is_dir():
            return
        old = time() - SETTLED
        for file in sorted(self.folder.iterdir()):
            key = file.name.removeprefix(".").partition(".")[0]
            if _NAME.fullmatch(key) and key not in named and file.stat().st_mtime < old:
                yield key

    def _file(self, key: str) -> Path:
        if not _NAME.fullmatch(key):
            raise ValueError("no name of a kept file")
        return self.folder / key
