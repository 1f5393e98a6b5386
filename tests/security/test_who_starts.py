"""Issue 18, 4: the first use of a first-start code ends all of them."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from db import accounts, people
from db.accounts import FIRST_ADMIN, issue_code, redeem_code
from db.engine.database import Database
from db.engine.tx import Tx
from db.engine.writer import Writer
from scoring.moments import MINUTE
from tests.conftest import KEY, Address

NOW = 1_712_000_000


def issued(writer: Writer) -> str:
    return writer.submit(lambda tx: issue_code(tx, FIRST_ADMIN, None, NOW, 30 * MINUTE)).result()


def redeemed(writer: Writer, code: str) -> bool:
    return writer.submit(lambda tx: redeem_code(tx, code, NOW + 1)).result() is not None


def test_the_first_use_ends_all_first_start_codes(writer: Writer) -> None:
    first, second, third = issued(writer), issued(writer), issued(writer)
    assert redeemed(writer, second)
    assert not redeemed(writer, first)
    assert not redeemed(writer, third)


def test_an_administrator_who_is_bound_makes_an_old_code_useless(writer: Writer) -> None:
    code = issued(writer)

    def bind(tx: Tx) -> None:
        accounts.bind(tx, "local", "u-he", "u-he", people.found(tx, NOW), at=NOW)

    writer.submit(bind).result()
    assert not redeemed(writer, code)


def test_an_administrator_without_an_account_does_not_lock_the_school_out(
    writer: Writer,
) -> None:
    code = issued(writer)
    writer.submit(lambda tx: people.found(tx, NOW)).result()
    assert redeemed(writer, code)


@pytest.mark.parametrize("same", [True, False])
def test_of_two_processes_one_becomes_administrator(address: Address, same: bool) -> None:
    url = address(True)
    doors = [Database.open(url, KEY) for _ in range(2)]
    writers = [Writer(door) for door in doors]
    try:
        for _ in range(5):
            first = issued(writers[0])
            codes = (first, first if same else issued(writers[1]))
            start = Barrier(2)

            def use(at: Barrier, writer: Writer, code: str) -> bool:
                at.wait()
                return redeemed(writer, code)

            with ThreadPoolExecutor(2) as pool:
                assert sorted(pool.map(use, [start] * 2, writers, codes)) == [False, True]
    finally:
        for writer in writers:
            writer.close()
        for door in doors:
            door.close()
