"""`promobot backup|restore`: a sealed copy of everything, and the way back."""

import time
from argparse import Namespace
from contextlib import nullcontext
from pathlib import Path

from bot.process import archive, restoring
from bot.process.alone import alone
from bot.process.app import key_of, open_database, read_settings
from bot.process.upkeep import noted
from bot.settings import Settings
from bot.shell.output import out
from bot.wording import say
from db.engine.database import driver_of
from db.engine.vault import Vault
from scoring.moments import local

FILE = "sqlite:///"


def backup(arguments: Namespace) -> int:
    """Back up the database, also while it is in use."""
    found = read_settings(arguments.db)
    folder = Path(arguments.to) if arguments.to else found.backups
    db = open_database(found.database, found, to_look=True)
    try:
        made = archive.make(db, folder, int(time.time()))
        if folder == found.backups:
            noted(db, made.head.taken_at)
    finally:
        db.close()
    size = f"{made.size / 1024 / 1024:.1f} MB"
    out(say("backup.made", path=made.path, rows=made.head.rows, size=size))
    out(say("backup.key", key=_key_place(found)))
    if made.head.until is not None:
        key = "backup.until" if made.head.until > made.head.taken_at else "backup.outlived"
        out(say(key, day=f"{local(made.head.until):%Y-%m-%d}"))
    return 0


def restore(arguments: Namespace) -> int:
    """Restore a backup into an empty database."""
    found = read_settings(arguments.db)
    file = Path(arguments.file)
    key = key_of(found.database, found, generate=False)
    folders = [file.parent, found.backups]
    in_use = Path(found.database.removeprefix(FILE)).exists()
    with alone(found.database) if in_use else nullcontext():
        done = restoring.restore(driver_of(found.database), Vault(key), file, folders)
    when = f"{local(done.head.taken_at):%Y-%m-%d %H:%M}"
    out(say("restore.done", rows=done.head.rows, when=when))
    out(say("restore.same" if done.same else "restore.other_rules"))
    if done.listed:
        out(say("restore.erased", erased=done.erased, refused=done.refused))
    else:
        out(say("restore.no_list", name=archive.LIST))
    return 0


def _key_place(found: Settings) -> str:
    if found.key:
        return "PROMOBOT_KEY"
    if found.key_file:
        return found.key_file
    return Path(found.database.removeprefix(FILE)).with_name("key").as_posix()
