"""Restoring a backup into an empty database; what was erased since is erased again."""

import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.process.archive import durable, read_list, told
from bot.process.proof import same
from bot.wording import say
from commands.conversation.packing import unpack
from commands.leads import identity
from commands.wording.formats import masked
from db import backup, erasedlist, erasures, ledger, line, plans
from db.backup import BackupFault, Head, Source
from db.engine.beside import Beside
from db.engine.driver import Driver
from db.engine.sqlite import Sqlite
from db.engine.tx import Row, Tx
from db.engine.vault import Unsealable, Vault
from db.erasedlist import Listed
from scoring.facts import State, Verb
from scoring.moments import Instant
from scoring.values import frozen


@frozen
class Restored:
    """A database that has been restored. `same`: it computes what the backup said; False is only
    possible where the rules of the program have changed since."""

    head: Head
    same: bool
    erased: int
    refused: int
    listed: bool


def restore(driver: Driver, vault: Vault, file: Path, folders: Iterable[Path]) -> Restored:
    """Fill an empty database from a backup; what was erased since is erased again, by the lists
    in `folders`. Raises BackupFault or DatabaseFault, and nothing has changed."""
    known = read_list(folders, vault)
    done: list[Restored] = []
    try:
        opened = file.open("rb")
    except OSError as fault:
        raise BackupFault(say("archive.unopened", file=file, fault=fault.strerror)) from fault
    with opened:
        source = Source(opened, file.name, vault)

        def settle(tx: Tx) -> None:
            agrees = same(source.head, tx)
            again = _erase_again(tx, known or Listed())
            if again and agrees:
                same(source.head, tx)
            done[:] = [
                Restored(
                    head=source.head,
                    same=agrees,
                    erased=again,
                    refused=len(known.refused) if known else 0,
                    listed=known is not None,
                )
            ]

        if isinstance(driver, Sqlite):
            with _beside(driver) as new:
                backup.fill(new, vault, source, settle)
        else:
            backup.fill(driver, vault, source, settle)
    return done[0]


@contextmanager
def _beside(driver: Sqlite) -> Iterator[Sqlite]:
    """A database file to fill beside the wanted one, put in its place at the end."""
    path = driver.path
    with told(path.parent, "archive.place", "archive.place"):
        if path.exists() and not backup.is_empty(driver):
            raise BackupFault(say("archive.not_empty", file=path))
        path.parent.mkdir(parents=True, exist_ok=True)
        new = Sqlite(path.with_name(f".{path.name}.restoring"))
        try:
            new.path.unlink(missing_ok=True)
            os.close(os.open(new.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
            yield new
            for side in ("-wal", "-shm"):  # a log without its database would spoil the new one
                left = path.with_name(path.name + side)
                if left.exists():
                    os.replace(left, left.with_name(f"{left.name}.old"))
            _put_beside(new, driver)
            os.replace(new.path, path)
            durable(path.parent)
        finally:
            for side in ("", "-journal", "-wal", "-shm"):
                new.path.with_name(new.path.name + side).unlink(missing_ok=True)
            shutil.rmtree(Beside(new.path).folder, ignore_errors=True)


def _put_beside(new: Sqlite, old: Sqlite) -> None:
    """Give the restored database the files that came with it, and no others."""
    made, wanted = Beside(new.path).folder, Beside(old.path).folder
    shutil.rmtree(wanted, ignore_errors=True)
    if made.exists():
        os.replace(made, wanted)


def _erase_again(tx: Tx, known: Listed) -> int:
    """Erase what was erased after the backup; how many leads."""
    late = []
    for number, reported_at, erased_at, asked_by, confirmed_by in erasedlist.missing(tx, known):
        entry = ledger.entry(tx, number)
        if entry is None or entry.fact.kind != "lead" or entry.fact.recorded_at != reported_at:
            continue  # another report that was given this number since
        late.append(number)
        name, phone, _ = identity.opened(tx, number)
        _unsay(tx, number, [word for word in (name, phone, masked(phone)) if word], erased_at)
        known_plans = plans.kept(tx).known(erased_at)
        plan = next((plan for plan in known_plans if plan.id == entry.plan), None)
        stands = ledger.stands(tx, number)
        if plan is not None and stands.waits and stands.state is not State.ACCEPTED:
            ledger.decide(
                tx,
                plan,
                entry,
                Verb.WITHDRAW,
                person=asked_by,
                recorded_at=erased_at,
                passes_on=False,
            )
        erasures.erase(
            tx,
            number,
            reported_at=reported_at,
            now=erased_at,
            asked_by=asked_by,
            confirmed_by=confirmed_by,
        )
    erasedlist.refuse_again(tx, known.refused)
    return len(late)


def _unsay(tx: Tx, number: int, words: list[str], now: Instant) -> None:
    """Bury the messages that would bring a person back, and drop all drafts and proposals, whose
    minutes are long over, and what stands in line."""

    def says(row: Row) -> bool:
        try:
            message = unpack(row, tx.vault)
        except Unsealable:
            return False
        return bool(message.files) or any(word in message.text for word in words)

    erasures.unsay(tx, now, says)
    erasures.forget_drafts(tx, lambda _: True)
    erasures.forget_proposals(tx, lambda _: True)
    line.forget(tx, lambda _: True)
