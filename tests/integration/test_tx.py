"""One request's part of a batch: seen at once, undone without a trace, numbered without holes."""

import itertools
from functools import partial
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import bindparam, func, select, update

from db import outbox as messages
from db.engine.database import Database
from db.engine.tx import Reading, Tx
from db.engine.writer import Writer
from db.errors import Conflict
from db.schema import (
    accounts,
    facts,
    hints,
    inbox,
    outbox,
    people,
    postings,
    sequences,
    tallies,
)
from tests.worlds.rows import NOW, fact, message, posting, report

TITLES = select(facts.c.id, facts.c.title).order_by(facts.c.id)
RETITLE = (
    update(facts).where(facts.c.id == bindparam("number")).values(title=bindparam("new_title"))
)
STORED = select(tallies).order_by(tallies.c.unit, tallies.c.measure, tallies.c.period)
TALLIED = (postings.c.unit, postings.c.measure, postings.c.period)
SUMS = select(*TALLIED, func.sum(postings.c.delta).label("v")).group_by(*TALLIED)
CHOSEN = select(facts.c.id).where(facts.c.id.in_(bindparam("numbers", expanding=True)))


def titles(tx: Reading) -> dict[int, str]:
    return {row.id: row.title for row in tx.run(TITLES)}


def agree(tx: Reading) -> bool:
    """The tallies are the sums of the postings."""
    stored = {(r.unit, r.measure, r.period): r.value for r in tx.run(STORED) if r.value}
    return stored == {(r.unit, r.measure, r.period): r.v for r in tx.run(SUMS) if r.v}


def test_an_added_row_is_found_and_selected_before_it_is_written(writer: Writer) -> None:
    def work(tx: Tx) -> None:
        number = tx.add(facts, **fact(title="first"))
        assert tx.find(facts, number).title == "first"
        assert titles(tx) == {number: "first"}
        tx.add(facts, **fact(title="second"))
        assert titles(tx) == {number: "first", number + 1: "second"}

    writer.submit(work).result()


def test_a_reader_sees_only_what_was_committed(database: Database, writer: Writer) -> None:
    writer.submit(lambda tx: tx.add(facts, **fact(title="kept"))).result()
    with database.reading() as tx:
        assert titles(tx) == {1: "kept"}
        writer.submit(lambda tx: tx.add(facts, **fact(title="later"))).result()
        assert titles(tx) == {1: "kept"}
    with database.reading() as tx:
        assert tx.find(facts, 2).title == "later"


def test_every_column_must_be_named_and_exist(writer: Writer) -> None:
    row = fact()
    del row["chat"]
    with pytest.raises(TypeError, match=r"facts: .*chat"):
        writer.submit(lambda tx: tx.add(facts, **row)).result()
    with pytest.raises(TypeError, match=r"facts: .*colour"):
        writer.submit(lambda tx: tx.add(facts, **fact(colour="red"))).result()
    assert writer.submit(lambda tx: tx.add(facts, **fact())).result() == 1


def test_a_statement_is_given_exactly_what_it_needs(writer: Writer) -> None:
    with pytest.raises(TypeError, match="new_title"):
        writer.submit(lambda tx: tx.change(RETITLE, number=1)).result()
    with pytest.raises(TypeError, match="colour"):
        writer.submit(lambda tx: tx.run(TITLES, colour="red")).result()
    with pytest.raises(TypeError, match="change"):
        writer.submit(lambda tx: tx.run(RETITLE, number=1, new_title="")).result()


def test_lists_are_spelled_out_anew_for_each_run(writer: Writer) -> None:
    def work(tx: Tx) -> list[list[int]]:
        for _ in range(4):
            tx.add(facts, **fact())
        return [
            sorted(row.id for row in tx.run(CHOSEN, numbers=numbers))
            for numbers in ([2], [], [1, 3, 4, 9])
        ]

    assert writer.submit(work).result() == [[2], [], [1, 3, 4]]


def titled(tx: Tx, title: str) -> int:
    return tx.add(facts, **fact(title=title))


def test_texts_and_bytes_come_back_as_they_were(writer: Writer, database: Database) -> None:
    odd = ["", "NULL", 'a "b" \\c', "{1,2}", "行\n\t'，", "𠮷", "%s %(x)s", ":name", "\x1f,"]
    for title in odd:
        writer.submit(partial(titled, title=title)).result()
    blob = bytes(range(256))
    number = writer.submit(lambda tx: tx.add(outbox, **message("k", sealed=blob))).result()
    with database.reading() as tx:
        assert list(titles(tx).values()) == odd
        assert tx.find(outbox, number).sealed == blob
        assert tx.find(outbox, number).person is None


def test_a_row_is_found_by_its_declared_unique_key(writer: Writer) -> None:
    def work(tx: Tx) -> None:
        number = tx.add(people, staff_no="T1024")
        assert tx.find_by(people, staff_no="T1024").id == number
        assert tx.find_by(people, staff_no="T9") is None
        with pytest.raises(TypeError, match="not unique"):
            tx.find_by(facts, title="x")

    writer.submit(work).result()
    assert writer.submit(lambda tx: tx.find_by(people, staff_no="T1024").id).result() == 1


def test_a_key_added_twice_is_a_conflict_at_once(writer: Writer) -> None:
    def work(tx: Tx) -> None:
        tx.add(hints, subject="group 1", day="2024-04-02")
        with pytest.raises(Conflict, match="hints"):
            tx.add(hints, subject="group 1", day="2024-04-02")

    writer.submit(work).result()


def test_undo_after_immediate_writes_leaves_what_was_before(writer: Writer) -> None:
    def work(tx: Tx) -> None:
        kept = tx.add(facts, **fact(title="kept"))
        mark = tx.mark()
        tx.add(facts, **fact(title="gone"))
        tx.enter("2024", [posting()])
        assert tx.change(RETITLE, number=kept, new_title="changed") == 1
        assert titles(tx) == {1: "changed", 2: "gone"}
        assert tx.tally("2024", "info", "lead.reported", "2024-04") == 1
        assert tx.run(STORED)[0].value == 1
        tx.undo(mark)
        assert tx.find(facts, 1).title == "kept"
        assert tx.find(facts, 2) is None
        assert tx.tally("2024", "info", "lead.reported", "2024-04") == 0
        assert tx.add(facts, **fact(title="next")) == 2

    writer.submit(work).result()
    assert writer.submit(titles).result() == {1: "kept", 2: "next"}
    assert writer.submit(agree).result()


def test_marks_may_be_nested_and_returned_to_again(writer: Writer) -> None:
    def work(tx: Tx) -> None:
        outer = tx.mark()
        tx.add(facts, **fact(title="a"))
        assert len(titles(tx)) == 1
        inner = tx.mark()
        tx.change(RETITLE, number=1, new_title="b")
        tx.undo(inner)
        assert titles(tx) == {1: "a"}
        tx.change(RETITLE, number=1, new_title="c")
        tx.undo(inner)
        assert titles(tx) == {1: "a"}
        tx.undo(outer)
        assert titles(tx) == {}
        tx.add(facts, **fact(title="d"))

    writer.submit(work).result()
    assert writer.submit(titles).result() == {1: "d"}


def test_numbers_of_an_undone_request_are_given_to_the_next(writer: Writer) -> None:
    def fails(tx: Tx) -> None:
        report(tx, "gone")
        raise LookupError

    numbers = []
    for _ in range(3):
        numbers.append(writer.submit(lambda tx: report(tx, "kept")).result())
        with pytest.raises(LookupError):
            writer.submit(fails).result()
    assert numbers == [1, 2, 3]


def test_facts_draw_from_the_visible_numbers_and_others_from_their_own(writer: Writer) -> None:
    writer.submit(lambda tx: [report(tx, "a"), tx.add(people, staff_no="T1")]).result()
    heads = writer.submit(lambda tx: tx.run(select(sequences))).result()
    assert {row.name: row.head for row in heads} == {
        "number": 1,
        "postings": 1,
        "audit": 1,
        "outbox": 1,
        "people": 1,
    }


def test_a_tally_shows_what_is_pending_by_every_way_of_asking(writer: Writer) -> None:
    key = ("2024", "info", "lead.reported", "2024-04")
    writer.submit(lambda tx: tx.enter("2024", [posting(), posting()])).result()

    def work(tx: Tx) -> None:
        assert tx.tally(*key) == 2
        tx.enter("2024", [posting(delta=-1), posting(period="2024-05")])
        assert tx.tally(*key) == 1
        assert tx.find(tallies, *key).value == 1
        tx.enter("2024", [posting(delta=5)])
        assert [row.value for row in tx.run(STORED)] == [6, 1]
        assert tx.tally(*key) == 6

    writer.submit(work).result()


def test_a_cached_value_is_loaded_once_and_again_after_a_bump(
    database: Database, writer: Writer
) -> None:
    loads: list[int] = []

    def load(tx: Reading) -> dict[int, str]:
        loads.append(1)
        return titles(tx)

    def add(tx: Tx) -> dict[int, str]:
        tx.add(facts, **fact(title="new"))
        tx.bump("titles")
        return tx.cached("titles", load)

    assert database.peek("titles", load) == {}
    with database.reading() as tx:
        assert tx.cached("titles", load) == {}
    assert writer.submit(lambda tx: tx.cached("titles", load)).result() == {}
    assert len(loads) == 1
    assert writer.submit(add).result() == {1: "new"}
    assert database.peek("titles", load) == {1: "new"}
    assert len(loads) == 2


def test_what_an_undone_request_cached_is_never_seen(database: Database, writer: Writer) -> None:
    def fails(tx: Tx) -> None:
        tx.add(facts, **fact(title="gone"))
        assert tx.cached("titles", titles) == {1: "gone"}
        tx.bump("titles")
        assert tx.cached("titles", titles) == {1: "gone"}
        raise LookupError

    with pytest.raises(LookupError):
        writer.submit(fails).result()
    assert writer.submit(lambda tx: tx.cached("titles", titles)).result() == {}
    assert database.peek("titles", titles) == {}


ALL = messages.Share(led=frozenset({"web"}), known=frozenset({"web"}))


def test_messages_go_out_once_and_are_blanked(writer: Writer) -> None:
    def put(tx: Tx, key: str, due_at: int) -> int:
        return tx.add(outbox, **message(key, due_at=due_at))

    def work(tx: Tx) -> None:
        late, early, never = put(tx, "late", NOW), put(tx, "early", NOW - 9), put(tx, "n", NOW)
        assert [row.id for row in messages.page(tx, NOW, 2, 0, ALL)] == [late, early]
        assert messages.settle(tx, early, NOW, "m1")
        assert not messages.settle(tx, early, NOW, "m2")
        assert messages.postpone(tx, late, NOW + 60)
        assert messages.bury(tx, never, NOW, "blocked")
        assert messages.page(tx, NOW, 9, 0, ALL) == []
        assert messages.next_due(tx) == NOW + 60
        assert messages.counts(tx) == {"sent": 1, "waiting": 1, "buried": 1}
        sent = tx.find(outbox, early)
        assert (sent.sealed, sent.message, sent.settled_at) == (b"", "m1", NOW)
        assert tx.find(outbox, never).sealed == b""

    writer.submit(work).result()


def test_rows_added_after_a_change_are_still_found_after_an_undo(writer: Writer) -> None:
    def work(tx: Tx) -> None:
        tx.change(RETITLE, number=9, new_title="x")
        number = tx.add(facts, **fact(title="kept"))
        mark = tx.mark()
        tx.change(RETITLE, number=number, new_title="x")
        tx.undo(mark)
        assert tx.find(facts, number).title == "kept"

    writer.submit(work).result()


PERIODS = itertools.count()
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["enter", "tally", "read", "change", "undo", "mark", "fail", "commit"]),
        st.sampled_from(["a", "b", "c"]),
        st.integers(-2, 3),
    ),
    max_size=25,
)


def replay(steps: list[tuple[str, str, int]], writer: Writer, period: str) -> None:
    """Run steps, a work up to each commit or failure, beside a plain sum that must agree."""
    works: list[list[tuple[str, str, int]]] = [[]]
    for step in steps:
        works[-1].append(step)
        if step[0] in {"commit", "fail"}:
            works.append([])
    model: dict[str, int] = {}

    def work(tx: Tx, steps: list[tuple[str, str, int]]) -> dict[str, int]:
        sums: dict[str, int] = {}
        marks = [(tx.mark(), sums)]
        before = {unit: tx.tally("2024", unit, "m", period) for unit in "abc"}
        for verb, unit, delta in steps:
            if verb == "enter":
                tx.enter("2024", [posting(unit=unit, measure="m", period=period, delta=delta)])
                sums = sums | {unit: sums.get(unit, 0) + delta}
            elif verb == "tally":
                expected = before[unit] + sums.get(unit, 0)
                assert tx.tally("2024", unit, "m", period) == expected
            elif verb == "read":
                assert agree(tx)
            elif verb == "change":
                tx.add(facts, **fact(title=unit))
                tx.change(RETITLE, number=delta, new_title=unit)
            elif verb == "mark":
                marks.append((tx.mark(), sums))
            elif verb == "undo":
                mark, sums = marks[-1]
                tx.undo(mark)
            elif verb == "fail":
                raise LookupError
        return sums

    futures = [writer.submit(partial(work, steps=steps)) for steps in works]
    for future in futures:
        fault = future.exception()
        if fault is None:
            for unit, delta in future.result().items():
                model[unit] = model.get(unit, 0) + delta
        else:
            assert isinstance(fault, LookupError), fault
    for unit in "abc":
        expected = model.get(unit, 0)
        actual = writer.submit(
            partial(Tx.tally, plan="2024", unit=unit, measure="m", period=period)
        ).result()
        assert actual == expected
    assert writer.submit(agree).result()
    numbers = writer.submit(lambda tx: list(titles(tx))).result()
    assert numbers == list(range(1, len(numbers) + 1))


QUIET: list[Any] = [HealthCheck.function_scoped_fixture]


@settings(max_examples=250, deadline=None, suppress_health_check=QUIET)
@given(steps=STEPS)
def test_tallies_equal_the_sum_of_postings_on_sqlite(
    steps: list[tuple[str, str, int]], sqlite_database: Database
) -> None:
    with Writer(sqlite_database) as writer:
        replay(steps, writer, f"period {next(PERIODS)}")


@settings(max_examples=30, deadline=None, suppress_health_check=QUIET)
@given(steps=STEPS)
def test_tallies_equal_the_sum_of_postings_on_postgresql(
    steps: list[tuple[str, str, int]], postgres_database: Database
) -> None:
    with Writer(postgres_database) as writer:
        replay(steps, writer, f"period {next(PERIODS)}")


def test_a_composite_key_is_found_by_its_parts_in_order(writer: Writer) -> None:
    def work(tx: Tx) -> None:
        assert tx.find(accounts, "web", "u-li") is None
        tx.add(
            accounts,
            platform="web",
            account="u-li",
            person=1,
            chat="c",
            since=NOW,
            reachable=1,
            seen_at=0,
        )
        assert tx.find(accounts, "web", "u-li").person == 1

    writer.submit(work).result()
    assert writer.submit(lambda tx: tx.find(accounts, "web", "u-li").chat).result() == "c"


def test_many_keys_are_prefetched_by_one_query(writer: Writer) -> None:
    def fill(tx: Tx) -> None:
        for update_id in range(700):
            tx.add(inbox, platform="web", update=str(update_id), received_at=NOW, outcome="done")

    writer.submit(fill).result()
    wants = [(inbox, ("web", str(number))) for number in range(650, 1300)]

    def work(tx: Tx) -> int:
        return sum(tx.find(inbox, *key) is not None for _, key in wants)

    assert writer.submit(work, wants).result() == 50
