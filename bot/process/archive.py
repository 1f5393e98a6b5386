"""The folder of backups: making one and opening it again to check, and thinning.

A backup counts only once a second database, built from it and thrown away, has the same rows,
the same score and the same frozen months. The list of erasures lies beside the backups.
"""

import errno
import os
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import BinaryIO

from bot.process.proof import proof, same
from bot.wording import say
from db import backup, erasedlist
from db.backup import BackupFault, Head, Source
from db.engine.database import Database
from db.engine.sqlite import Sqlite
from db.engine.tx import Tx
from db.engine.vault import Unsealable, Vault
from db.erasedlist import Listed
from db.errors import DatabaseFault
from scoring.moments import DAY, ZONE, Instant, day_of, instant, local
from scoring.values import frozen

NAME = re.compile(r"promobot-(\d{8}-\d{6})\.backup")
LIST = "erasures.sealed"
"""The list of erasures, beside the backups."""

LEFT_OVER = DAY
"""Seconds after which a file half made can only be one of a process that was killed."""


@frozen
class Made:
    """A backup that has been made and checked."""

    path: Path
    head: Head
    size: int


# --- making ---------------------------------------------------------------------------------


def make(db: Database, folder: Path, now: Instant) -> Made:
    """Write a backup into the folder and check it. Raises BackupFault, and leaves nothing
    behind, if the folder or the disk does not allow it or the check fails."""
    with told(folder):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _sweep(folder)
        path = _free(folder, now)
        part = path.with_name(f".{path.name}.part")
        try:
            head = _write(db, part, now)
            _check(db, part)
            os.replace(part, path)
            durable(folder)
        finally:
            part.unlink(missing_ok=True)
        keep_list(db, folder)
        return Made(path=path, head=head, size=path.stat().st_size)


def _write(db: Database, part: Path, now: Instant) -> Head:
    with private(part) as out:
        with backup.snapshot(db) as tx:
            head = backup.write(tx, out, taken_at=now, proof=proof(tx, now), vault=db.vault)
        out.flush()
        os.fsync(out.fileno())
    return head


def private(path: Path) -> BinaryIO:
    """A new file that only its owner reads."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    return os.fdopen(os.open(path, flags, 0o600), "wb")


def _check(db: Database, part: Path) -> None:
    """Restore into a database that is thrown away; it lies where the live one does."""
    where = db.driver.path.parent if isinstance(db.driver, Sqlite) else None
    with (
        tempfile.TemporaryDirectory(prefix=".promobot-check-", dir=where) as room,
        part.open("rb") as file,
    ):
        source = Source(file, part.name, db.vault)
        driver = Sqlite(Path(room) / "copy.db")
        try:
            backup.fill(driver, db.vault, source, partial(_agree, source.head))
        except DatabaseFault as fault:
            raise BackupFault(say("archive.unchecked", fault=fault)) from fault


def _agree(head: Head, tx: Tx) -> None:
    same(head, tx)


@contextmanager
def told(
    folder: Path, full: str = "archive.full", unwritable: str = "archive.unwritable"
) -> Iterator[None]:
    """Say a fault of the file system in one of these sentences."""
    try:
        yield
    except OSError as fault:
        key = full if fault.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG} else unwritable
        raise BackupFault(say(key, folder=folder, fault=fault.strerror)) from fault


def _free(folder: Path, now: Instant) -> Path:
    path = folder / f"promobot-{local(now):%Y%m%d-%H%M%S}.backup"
    return path if not path.exists() else _free(folder, now + 1)


def _sweep(folder: Path) -> None:
    """Remove what a killed process has left half made."""
    for left in folder.glob(".promobot-*.part"):
        if left.stat().st_mtime < datetime.now(ZONE).timestamp() - LEFT_OVER:
            left.unlink(missing_ok=True)


def durable(folder: Path) -> None:
    """Make the names in a folder durable; Windows does so by itself."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


# --- thinning -------------------------------------------------------------------------------


def thin(folder: Path, keep: tuple[int, ...], now: Instant, vault: Vault) -> list[Path]:
    """Delete the backups of this key that are neither the newest of one of the last days, weeks
    or months to `keep`, nor allowed to be kept any longer; those deleted. The newest stays: it
    holds no more than the database itself."""
    heads = dict(_own(folder, vault))
    lasting = kept({path: taken_at(path) for path in heads}, keep)
    gone = []
    for path, head in heads.items():
        outlived = head.until is not None and head.until <= now and path != max(heads)
        if path not in lasting or outlived:
            path.unlink(missing_ok=True)
            gone.append(path)
    return gone


def taken_at(path: Path) -> Instant:
    """When a backup was taken, by its name."""
    found = NAME.fullmatch(path.name)
    assert found is not None  # noqa: S101 - only such names are asked
    return instant(datetime.strptime(found[1], "%Y%m%d-%H%M%S").replace(tzinfo=ZONE))


def kept(times: dict[Path, Instant], keep: tuple[int, ...]) -> set[Path]:
    """The newest of each of the last days, weeks and months that have one."""
    newest_first = sorted(times, key=lambda path: times[path], reverse=True)
    lasting: set[Path] = set()
    spans: tuple[Callable[[Instant], object], ...] = (
        day_of,
        lambda at: day_of(at).isocalendar()[:2],
        lambda at: (day_of(at).year, day_of(at).month),
    )
    for most, span in zip(keep, spans, strict=True):
        newest: dict[object, Path] = {}
        for path in newest_first:
            newest.setdefault(span(times[path]), path)
        lasting.update(list(newest.values())[:most])
    return lasting


def _own(folder: Path, vault: Vault) -> Iterator[tuple[Path, Head]]:
    for path in sorted(folder.glob("promobot-*.backup")):
        if NAME.fullmatch(path.name) is None:
            continue
        try:
            with path.open("rb") as file:
                head = backup.head_of(file, path.name)
        except (OSError, BackupFault):  # not ours to delete
            continue
        if head.key == vault.fingerprint.hex():
            yield path, head


# --- the list of erasures -------------------------------------------------------------------


def keep_list(db: Database, folder: Path) -> None:
    """Bring the list of erasures beside the backups up to date; it never loses an entry."""
    with db.reading() as tx:
        own = erasedlist.listed(tx)
    before = read_list([folder], db.vault)
    if own and (before is None or len(before | own) > len(before)):
        with told(folder):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            part = folder / f".{LIST}.part"
            try:
                part.unlink(missing_ok=True)
                with private(part) as out:
                    out.write(erasedlist.packed((before or Listed()) | own, db.vault))
                    out.flush()
                    os.fsync(out.fileno())
                os.replace(part, folder / LIST)
                durable(folder)
            finally:
                part.unlink(missing_ok=True)


def read_list(folders: Iterable[Path], vault: Vault) -> Listed | None:
    """What the lists in these folders say; None if there is none. Raises BackupFault for one that
    cannot be read."""
    found = None
    for path in dict.fromkeys(folder / LIST for folder in folders):
        try:
            listed = erasedlist.unpacked(path.read_bytes(), vault)
        except FileNotFoundError:
            continue
        except (OSError, ValueError, Unsealable) as fault:
            raise BackupFault(say("archive.list_damaged", file=path)) from fault
        found = listed if found is None else found | listed
    return found
