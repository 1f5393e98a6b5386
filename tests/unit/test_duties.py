"""What is owed now, until when, at what price."""

from dataclasses import replace
from decimal import Decimal

from scoring.cards import Tallies
from scoring.duties import Duty, Task, board, duties, gates
from scoring.facts import Verb
from tests.worlds.plan import PLAN, approved, at, counted, decided_as, tallied, waiting


def rows(unit: str, until: str, tallies: Tallies | None = None) -> tuple[Task, ...]:
    return board(PLAN, PLAN.by_code[unit], tallies or tallied(), at(until))


def shown(unit: str, until: str, tallies: Tallies | None = None) -> list[tuple[str, str, int, int]]:
    return [(row.task, row.period, row.due, row.missing) for row in rows(unit, until, tallies)]


def owed(unit: str, until: str, tallies: Tallies | None = None) -> dict[str, Duty]:
    found = duties(PLAN, PLAN.by_code[unit], tallies or tallied(), at(until))
    assert [duty.deadline for duty in found] == sorted(duty.deadline for duty in found)
    return {duty.code: duty for duty in found}


def ahead(unit: str, until: str, tallies: Tallies | None = None) -> list[str]:
    found = gates(PLAN, PLAN.by_code[unit], tallies or tallied(), at(until))
    return [duty.code for duty in found]


# --- the board ----------------------------------------------------------------------------


def test_the_board_shows_the_running_week_and_month() -> None:
    assert shown("it", "04-02") == [
        ("news", "2024-04", 2, 2),
        ("soft_article", "2024-04", 2, 2),
        ("video", "2024-W14", 1, 1),
    ]
    assert shown("party_affairs", "04-10") == [
        ("column", "2024-W15", 1, 1),
        ("news", "2024-04", 4, 4),
    ]


def test_nothing_is_owed_before_the_plan_takes_effect() -> None:
    assert shown("it", "03-31 23:59:59") == []
    assert shown("it", "04-01 00:00:00") != []


def test_week_and_month_turn_at_midnight_each_on_its_own() -> None:
    assert {row.period for row in rows("it", "04-30 23:59:59")} == {"2024-04", "2024-W18"}
    assert {row.period for row in rows("it", "05-01 00:00:00")} == {"2024-05", "2024-W18"}
    assert {row.period for row in rows("it", "05-05 23:59:59")} == {"2024-05", "2024-W18"}
    assert {row.period for row in rows("it", "05-06 00:00:00")} == {"2024-05", "2024-W19"}


def test_a_week_of_the_next_year_is_not_of_this_plan() -> None:
    assert {row.period for row in rows("it", "12-30 00:00")} == {"2024-12"}
    assert rows("it", "2025-01-01 00:00") == ()


def test_what_waits_for_review_is_not_owed() -> None:
    tallies = tallied(waiting("news", "04-02 09:00"), approved("news", "04-03 09:00"))
    news = rows("it", "04-10", tallies)[0]
    assert (news.done, news.accepted, news.waiting, news.missing) == (2, 1, 1, 0)


def test_more_than_due_is_not_less_than_nothing_missing() -> None:
    many = tallied(*(approved("news", "04-02 09:00") for _ in range(5)))
    assert (rows("it", "04-10", many)[0].done, rows("it", "04-10", many)[0].missing) == (5, 0)


def test_an_off_topic_video_was_published_but_an_off_topic_article_was_not() -> None:
    tallies = tallied(
        decided_as(Verb.OFF_TOPIC, "video", "04-02 09:00"),
        decided_as(Verb.OFF_TOPIC, "news", "04-02 09:00"),
    )
    missing = {row.task: row.missing for row in rows("it", "04-03", tallies)}
    assert missing == {"news": 2, "soft_article": 2, "video": 0}


def test_videos_of_one_account_are_pooled_but_articles_are_not() -> None:
    tallies = tallied(
        approved("video", "04-02 09:00", "supervision"),
        approved("news", "04-02 09:00", "supervision"),
    )
    missing = {row.task: row.missing for row in rows("academic_affairs", "04-03", tallies)}
    assert missing["video"] == 1
    assert missing["news"] == 2


def test_a_waived_week_has_no_row() -> None:
    waived = tallied(approved("waiver", "04-02 09:00", weeks=["2024-W15"]))
    assert "video" not in {row.task for row in rows("it", "04-10", waived)}
    assert "video" in {row.task for row in rows("it", "04-03", waived)}


def test_a_unit_without_countable_cells_has_no_board() -> None:
    assert rows("training_dept", "04-10") == ()


# --- duties -------------------------------------------------------------------------------


def test_a_department_owes_its_milestones_from_the_first_day() -> None:
    found = owed("it", "03-20")
    assert {code: (duty.points, duty.missing, duty.missed) for code, duty in found.items()} == {
        "dy_handover": (3, 1, False),
        "ppt.first": (5, 1, False),
        "live_team": (10, 2, False),
        "ppt.second": (3, 1, False),
    }
    assert found["dy_handover"].deadline == at("03-31 00:00:00")


def test_a_deadline_is_missed_at_midnight_not_before() -> None:
    assert not owed("it", "03-30 23:59:59")["dy_handover"].missed
    assert owed("it", "03-31 00:00:00")["dy_handover"].missed


def test_what_was_handed_in_waits_and_is_not_missing() -> None:
    handed_in = tallied(waiting("handover", "03-27 16:05"), waiting("ppt", "04-02 15:10"))
    found = owed("it", "04-03", handed_in)
    assert (found["dy_handover"].missing, found["dy_handover"].waiting) == (0, 1)
    assert (found["ppt.first"].missing, found["ppt.first"].waiting) == (0, 1)
    assert found["ppt.first"].decided
    assert not found["dy_handover"].decided


def test_what_is_done_is_owed_no_more_however_late() -> None:
    done = tallied(
        approved("handover", "04-02 09:00"),
        approved("ppt", "04-01 09:00", decided_at="04-20 09:00"),
    )
    assert not {"dy_handover", "ppt.first", "ppt.second"} & owed("it", "04-21", done).keys()


def test_each_vacant_seat_has_its_price() -> None:
    one = tallied(decided_as(Verb.APPROVE, "recommend", "03-28 10:21"))
    assert (owed("it", "04-02", one)["live_team"].missing) == 1
    assert owed("it", "04-02", one)["live_team"].points == 5
    both = [waiting("recommend", "03-28 10:21"), waiting("recommend", "03-28 10:22")]
    seat = owed("it", "04-02", tallied(*both))["live_team"]
    assert (seat.missing, seat.waiting, seat.points) == (0, 2, 10)
    half = owed("it", "04-02", tallied(both[0]))["live_team"]
    assert (half.missing, half.waiting, half.points) == (1, 1, 5)
    full = [decided_as(Verb.APPROVE, "recommend", "03-28 10:21") for _ in range(2)]
    assert "live_team" not in owed("it", "04-02", tallied(*full))


def test_gaps_end_with_their_week_and_month_and_only_videos_have_a_price() -> None:
    found = owed("it", "04-12 15:00")
    assert found["video"].deadline == at("04-15")
    assert found["video"].points == Decimal("0.05")
    assert found["video"].item == "dy_update"
    assert found["news"].deadline == at("05-01")
    assert (found["news"].points, found["news"].item, found["news"].missing) == (None, None, 2)


def test_a_filled_quota_is_no_duty() -> None:
    done = counted({("it", "video.waiting"): {"2024-W15": 1}})
    assert "video" not in owed("it", "04-12", done)


def test_only_those_who_are_asked_owe() -> None:
    assert owed("finance", "03-20") == {}
    assert set(owed("admissions", "03-20")) == {"ppt.first", "ppt.second"}
    assert set(owed("school_office", "03-20")) == {"dy_handover"}


# --- gates --------------------------------------------------------------------------------


def test_the_nearest_gate_comes_first_and_the_ppt_shows_only_its_next() -> None:
    assert ahead("it", "03-28") == ["dy_handover", "ppt.first", "live_team"]
    assert ahead("it", "04-06 00:00") == ["live_team", "video", "ppt.second"]
    assert ahead("it", "04-16") == ["video"]


def test_what_waits_for_its_reviewer_is_no_gate_unless_he_must_be_in_time() -> None:
    handed_in = tallied(
        waiting("handover", "03-27 16:05"),
        waiting("ppt", "03-27 16:05"),
        waiting("recommend", "03-27 16:05"),
        waiting("recommend", "03-27 16:05"),
    )
    assert ahead("it", "03-28", handed_in) == ["ppt.first"]


def test_a_waived_month_leaves_news_and_soft_articles_owed() -> None:
    waived = tallied(approved("waiver", "04-02 09:00", "school_office", weeks=["2024-04"]))
    owed_still = {row.task: row.missing for row in rows("school_office", "04-10", waived)}
    assert owed_still == {"column": 1, "news": 4, "soft_article": 2}


def test_a_week_waived_for_one_leaves_the_videos_of_a_shared_account() -> None:
    waived = tallied(approved("waiver", "04-02 09:00", "supervision", weeks=["2024-W15"]))
    for unit in ("supervision", "academic_affairs"):
        assert "video" not in {row.task for row in rows(unit, "04-10", waived)}
        assert "video" in {row.task for row in rows(unit, "04-16", waived)}


def test_the_share_of_a_week_grows_when_weeks_are_waived() -> None:
    weeks = [f"2024-W{week}" for week in range(15, 53)]
    waived = tallied(approved("waiver", "04-02 09:00", weeks=weeks))
    assert owed("it", "04-03", waived)["video"].points == 2


def test_duties_are_of_the_unit_as_the_plan_has_it_now() -> None:
    idle = replace(PLAN.by_code["it"], quotas={})
    assert board(PLAN, idle, tallied(), at("04-10")) == ()
