"""Plans in the school's database: revisions, what a new one may change, and who is asked when."""

from typing import Any

import pytest

from commands.months import compose
from db import audit, ledger, months, plans, publishing, reposting
from db.engine.database import Database
from db.engine.writer import Writer
from db.months import Frozen
from db.publishing import Unpublishable
from db.schema import audit as audit_table
from scoring.cards import Tallies, scorecard
from scoring.facts import Verb
from scoring.moments import DAY, start_of
from scoring.plan import Plan
from scoring.planfile import parse
from scoring.planroll import roll
from scoring.refiled import files_differently
from tests.worlds.school import _instant as at
from tests.worlds.school import close_school, open_school

TEXT = plans.templates()[0].text
PLAN = plans.shipped()[0]
T1, T2, T3 = at("2024-04-10T10:00"), at("2024-04-12T10:00"), at("2024-04-14T10:00")


def changed(*pairs: tuple[str, str], text: str = TEXT) -> str:
    for old, new in pairs:
        assert text.count(old) == 1, (old, text.count(old))
        text = text.replace(old, new)
    return text


FIVE_TO_FOUR = (("terms.second_points = { is = 3,", "terms.second_points = { is = 2,"),)
_NEWS = 'news = { word = "新闻", deciders = ["考核组"], counts_from = "submitted", period = '
NEWS_BY_DAY = ((f'{_NEWS}"month" }}', f'{_NEWS}"day" }}'),)


def publish(writer: Writer, text: str, now: int = T1, **said: Any) -> plans.Revision:
    return writer.submit(lambda tx: publishing.publish(tx, text, now=now, **said)).result()


def shelf(database: Database) -> plans.Shelf:
    with database.reading() as tx:
        return plans.kept(tx)


def test_the_shipped_text_is_the_first_revision_without_a_row(database: Database) -> None:
    found = shelf(database).revision(2024, T1)
    assert found is not None
    assert (found.number, found.plan.revision, found.plan) == (1, 1, PLAN)
    assert shelf(database).in_force(at("2023-12-31T23:59")) is None
    assert shelf(database).nearest(at("2031-01-01T00:00")) == PLAN


def test_a_revision_counts_from_its_moment_on_and_for_no_past_one(
    database: Database, writer: Writer
) -> None:
    made = publish(writer, changed(*FIVE_TO_FOUR), second="王五", why="改第二档")
    assert (made.number, made.in_force_from, made.second, made.why) == (2, T1, "王五", "改第二档")
    kept = shelf(database)
    for known, points in ((T1 - 1, 3), (T1, 2), (T3, 2)):
        plan = kept.in_force(T2, known)
        assert plan is not None
        assert plan.term("ppt", "second_points") == points
    assert [one.number for one in kept.by_year[2024]] == [1, 2]
    assert kept.by_year[2024][0].text == TEXT
    assert kept.by_year[2024][0].plan == PLAN


def test_a_revision_with_a_day_of_its_own_waits_for_it(database: Database, writer: Writer) -> None:
    later = changed(*FIVE_TO_FOUR, ("year = 2024\n", 'year = 2024\nin_force_from = "04-14"\n'))
    made = publish(writer, later)
    assert made.plan.in_force_from is not None
    assert made.in_force_from == start_of(made.plan.in_force_from)
    kept = shelf(database)
    assert [kept.revision(2024, known).number for known in (T1, T2, T3)] == [1, 1, 2]
    publish(writer, changed(("points = 59", "points = 60"), ("max = 3\n", "max = 4\n")), T2)
    assert [kept.number for kept, _, _ in shelf(database).spans(2024)] == [3, 1]


def test_who_agreed_is_in_the_audit(database: Database, writer: Writer) -> None:
    writer.submit(
        lambda tx: publishing.publish(
            tx, changed(*FIVE_TO_FOUR), now=T1, second="王五", people=(None, 7)
        )
    ).result()
    with database.reading() as tx:
        rows = [(row.action, row.person) for row in audit.about(tx, "2024.2")]
    assert rows == [("publish", None), ("second", 7)]
    assert audit_table.name == "audit"


def test_the_same_text_another_id_or_a_taken_id_is_refused(
    database: Database, writer: Writer
) -> None:
    for text, said in (
        (TEXT, "一字不差"),
        (changed(('id = "2024"', 'id = "my"')), '请把 id 改回 "2024"'),
        (changed(("year = 2024\n", "year = 2025\n")), "已是 2024 年的方案"),
    ):
        with pytest.raises(Unpublishable, match=said):
            publish(writer, text)
    assert len(shelf(database).revisions) == 1


def test_another_year_is_in_force_at_once_beside_the_first(
    database: Database, writer: Writer
) -> None:
    publish(writer, roll(TEXT, 2025), at("2024-12-30T10:00"))
    kept = shelf(database)
    for day, year in (("2024-12-31T23:59", "2024"), ("2025-01-01T00:00", "2025")):
        plan = kept.in_force(at(day))
        assert plan is not None
        assert plan.id == year
    assert kept.in_force(at("2025-03-01T00:00"), T1) is not None  # before it was known: the first


def _counted(tallies: Tallies) -> dict[tuple[str, str, str], int]:
    return {
        (unit, measure, period): value
        for (unit, measure), rows in tallies.sums.items()
        for period, value in rows.items()
        if value
    }


async def test_a_text_that_files_facts_elsewhere_moves_the_tallies_and_no_past_sum(
    database: Database,
) -> None:
    school = await open_school(database)
    await school.says("u-liu", "报新闻 招生 https://a.cn/1", at="04-08 09:00")
    await school.says("u-zhao", "报新闻 招生 https://a.cn/2")
    with database.reading() as tx:
        used = reposting.used(tx, PLAN)
        before = ledger.tallies(tx, PLAN)
    assert sum(used.values()) >= 1
    text = changed(*NEWS_BY_DAY)
    new = parse(text, "")
    assert files_differently(PLAN, new)
    with database.reading() as tx:
        foretold = reposting.tallies(tx, PLAN, reposting.moved(tx, PLAN, new))
    await school.app.write(lambda tx: publishing.publish(tx, text, now=T1))
    with database.reading() as tx:
        new = plans.kept(tx).in_force(T3) or new
        kept = _counted(foretold)
        assert _counted(ledger.tallies(tx, new)) == kept
        assert _counted(ledger.tallies_at(tx, new, T3, T3)) == kept
        assert _counted(ledger.tallies_at(tx, PLAN, T1 - 1, T1 - 1)) == _counted(before)
        assert reposting.recomputed(tx, new) == kept
        assert {period for _, _, period in kept if period.startswith("2024-04-08")}
    assert "#" in (await school.says("u-liu", "报新闻 再报 https://a.cn/3", at="04-11 09:00"))[0]
    close_school(school)


async def test_a_text_may_not_drop_what_has_reports_or_people(database: Database) -> None:
    school = await open_school(database)
    await school.says("u-liu", "报新闻 招生 https://a.cn/1", at="04-08 09:00")
    no_card = changed(
        ('news = { word = "新闻", deciders = ["考核组"],', 'news = { word = "新闻", deciders = [],')
    )
    with pytest.raises(Unpublishable, match="不能在要审和不用审之间改"):
        await school.app.write(lambda tx: publishing.publish(tx, no_card, now=T1))
    later = changed(*NEWS_BY_DAY, ("year = 2024\n", 'year = 2024\nin_force_from = "05-01"\n'))
    with pytest.raises(Unpublishable, match="只能即时生效"):
        await school.app.write(lambda tx: publishing.publish(tx, later, now=T1))
    close_school(school)


def _frozen(tx: object, plan: Plan, known: int) -> Frozen:
    from commands.months.stored import to_json

    document = to_json(compose.compose(tx, plan, "2024-04", known))  # type: ignore[arg-type]
    heads = months.heads(tx)  # type: ignore[arg-type]
    return Frozen(
        month="2024-04",
        until=document["until"],
        known=known,
        heads=heads,
        sha256=compose.seal(tx, plan, document, heads),  # type: ignore[arg-type]
        document=document,
        by=1,
        confirmed_by=2,
    )


async def test_a_frozen_month_stays_what_it_was_under_its_own_plan(database: Database) -> None:
    school = await open_school(database)
    await school.says("u-liu", "报新闻 招生 https://a.cn/1", at="04-08 09:00")
    await school.says("u-qian", "交接")
    known = at("2024-05-08T09:00")
    await school.app.write(lambda tx: months.freeze(tx, PLAN, _frozen(tx, PLAN, known)))
    text = changed(("points = 59", "points = 60"), ("max = 3\n", "max = 4\n"))
    made = await school.app.write(lambda tx: publishing.publish(tx, text, now=known))
    assert made.in_force_from == known + 1  # never within the second of the freeze
    with database.reading() as tx:
        [april] = months.all_frozen(tx, made.plan)
        assert compose.holds(tx, made.plan, april)
        assert compose.plan_of(tx, made.plan, april) == PLAN
        may = compose.compose(tx, made.plan, "2024-05", known + 40 * DAY)
        assert not may.corrections
        row = next(card for card in may.units if card.unit == "机电工程系")
        assert next(item for item in row.items if item.item == "dy_handover").max == 4
    close_school(school)


def test_a_database_of_an_older_program_reads_the_shipped_plan(database: Database) -> None:
    with database.reading() as tx:
        assert plans.kept(tx).revisions == plans.templates()
        assert ledger.tallies(tx, PLAN).sums == {}
        basis = ledger.basis(tx, PLAN, T1, T1)
        card = scorecard(PLAN, PLAN.scored_units[0], ledger.tallies(tx, PLAN), basis, T1)
    assert card.verdicts
    assert Verb.APPROVE


def test_a_replayed_file_is_the_years_plan_while_nothing_is_reported(
    database: Database, writer: Writer
) -> None:
    text = changed(*FIVE_TO_FOUR, ('id = "2024"', 'id = "own"'))
    for _ in range(2):
        writer.submit(lambda tx: publishing.adopt(tx, text, T1)).result()
    kept = shelf(database)
    assert [plan.id for plan in kept.known(0)] == ["own"]
    assert kept.by_id("2024", T1) is None
