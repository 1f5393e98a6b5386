"""How steadily an account is updated, and how much of it is on topic."""

import pytest

from scoring.cards import Status, Tallies
from scoring.facts import Verb
from tests.worlds.plan import (
    approved,
    counted,
    decided_as,
    line,
    parts,
    tallied,
    waiting,
)


def weekly(unit: str = "it", **weeks: int) -> Tallies:
    """W14=1 → one accepted video in 2024-W14."""
    return counted({(unit, "video.accepted"): {f"2024-{week}": n for week, n in weeks.items()}})


def test_no_week_is_due_before_the_first_one_has_ended() -> None:
    for until in ("01-05", "04-01", "04-07 23:59:59"):
        verdict = line("dy_update", "it", until, weekly(W14=3))
        assert verdict.status is Status.PENDING
        assert parts(verdict) == ("–", "0", "2", "0")


def test_the_first_week_is_due_on_monday_at_midnight() -> None:
    met = line("dy_update", "it", "04-08 00:00:00", weekly(W14=1))
    assert parts(met) == ("2", "0", "0", "0")
    assert met.because == "2×1/1 周 = 2"
    assert parts(line("dy_update", "it", "04-08 00:00:00")) == ("0", "0", "0", "2")


def test_points_are_the_share_of_weeks_met_cut_to_a_hundredth() -> None:
    verdict = line("dy_update", "it", "04-22", weekly(W14=1, W16=1))
    assert verdict.because == "2×2/3 周 = 1.33"
    assert parts(verdict) == ("1.33", "0", "0", "0.67")
    verdict = line("dy_update", "it", "04-29", weekly(W14=1, W15=1, W16=5))
    assert verdict.because == "2×3/4 周 = 1.5"


def test_a_surplus_makes_no_other_week_up() -> None:
    assert line("dy_update", "it", "04-15", weekly(W14=9)).points == 1


def test_the_running_week_never_counts() -> None:
    assert line("dy_update", "it", "04-10", weekly(W14=1, W15=4)).because == "2×1/1 周 = 2"


def test_a_video_counts_for_the_week_it_was_submitted_in() -> None:
    late_review = tallied(approved("video", "04-07 23:59:59", decided_at="04-07 23:59:59"))
    assert line("dy_update", "it", "04-08", late_review).points == 2
    next_week = tallied(approved("video", "04-08 00:00:00"))
    assert line("dy_update", "it", "04-08", next_week).points == 0


def test_an_off_topic_video_counts_for_the_week_and_against_the_content() -> None:
    published = tallied(decided_as(Verb.OFF_TOPIC, "video", "04-03 09:00"))
    assert line("dy_update", "it", "04-08", published).points == 2
    content = line("dy_content", "it", "04-08", published)
    assert content.points == 0
    assert content.because == "切题 0/1 = 0.0%，0 分"


def test_a_rejected_or_waiting_video_counts_in_neither() -> None:
    for entries in (
        decided_as(Verb.REJECT, "video", "04-03 09:00"),
        waiting("video", "04-03 09:00"),
    ):
        assert line("dy_update", "it", "04-08", tallied(entries)).points == 0
        content = line("dy_content", "it", "04-08", tallied(entries))
        assert content.because == "还没有审过的作品"
        assert parts(content) == ("0", "0", "0", "5")


def test_two_units_of_one_account_fill_its_quota_together() -> None:
    pooled = counted(
        {
            ("academic_affairs", "video.accepted"): {"2024-W14": 1},
            ("supervision", "video.accepted"): {"2024-W14": 1},
        }
    )
    for unit in ("academic_affairs", "supervision"):
        assert line("dy_update", unit, "04-08", pooled).points == 2
        assert line("dy_content", unit, "04-08", pooled).because == "切题 2/2 = 100.0%，5 分"
    alone = weekly("supervision", W14=1)
    assert line("dy_update", "academic_affairs", "04-08", alone).points == 0


def test_the_school_office_owes_four_a_calendar_month() -> None:
    april = counted({("school_office", "video.accepted"): {"2024-04": 4}})
    assert line("dy_update", "school_office", "04-30 23:59:59", april).status is Status.PENDING
    verdict = line("dy_update", "school_office", "05-01 00:00:00", april)
    assert verdict.because == "2×1/1 月 = 2"
    three = counted({("school_office", "video.accepted"): {"2024-04": 3}})
    assert line("dy_update", "school_office", "05-01", three).points == 0


def test_a_video_of_the_school_office_is_filed_under_its_month() -> None:
    four = tallied(
        *(approved("video", f"04-{day} 09:00", "school_office") for day in ("01", "02", "29", "30"))
    )
    assert line("dy_update", "school_office", "05-01", four).points == 2


def test_a_waived_week_is_not_due() -> None:
    waived = tallied(approved("waiver", "04-08 09:00", weeks=["2024-W15"]))
    assert line("dy_update", "it", "04-15", waived).because == "2×0/1 周 = 0"
    first = tallied(approved("waiver", "04-02 09:00", weeks=["2024-W14"]))
    assert line("dy_update", "it", "04-08", first).status is Status.PENDING
    assert line("dy_content", "it", "04-08", first).status is Status.PENDING
    assert line("dy_content", "it", "04-15", first).status is Status.SCORED


def test_a_week_waived_for_one_unit_is_due_for_none_that_shares_its_account() -> None:
    waived = tallied(approved("waiver", "04-02 09:00", "supervision", weeks=["2024-W14"]))
    for unit in ("supervision", "academic_affairs"):
        assert line("dy_update", unit, "04-08", waived).status is Status.PENDING
        assert line("dy_content", unit, "04-08", waived).status is Status.PENDING
        assert line("dy_update", unit, "04-15", waived).because == "2×0/1 周 = 0"
    assert line("dy_update", "it", "04-08", waived).because == "2×0/1 周 = 0"


def test_a_waiver_that_was_refused_changes_nothing() -> None:
    refused = tallied(decided_as(Verb.REJECT, "waiver", "04-08 09:00"))
    assert line("dy_update", "it", "04-15", refused).because == "2×0/2 周 = 0"


def test_weeks_end_with_the_year_of_their_thursday() -> None:
    year = line("dy_update", "it", "2025-03-01 00:00")
    assert year.because == "2×0/39 周 = 0"
    assert parts(year) == ("0", "2", "0", "0")


def test_what_is_missing_can_be_won_until_the_year_ends() -> None:
    one = weekly(W14=1)
    assert parts(line("dy_update", "it", "04-15", one)) == ("1", "0", "0", "1")
    assert line("dy_update", "it", "12-31 23:59:59", one).winnable > 0
    after = line("dy_update", "it", "2025-01-01 00:00:00", one)
    assert (after.winnable, after.lost) == (0, 2 - (after.points or 0))


@pytest.mark.parametrize(
    ("good", "off", "points", "shown"),
    [
        (95, 5, 5, "95.0%"),
        (949, 51, 3, "94.9%"),
        (9499, 501, 3, "94.9%"),
        (90, 10, 3, "90.0%"),
        (899, 101, 2, "89.9%"),
        (80, 20, 2, "80.0%"),
        (799, 201, 1, "79.9%"),
        (70, 30, 1, "70.0%"),
        (699, 301, 0, "69.9%"),
        (0, 1, 0, "0.0%"),
        (1, 0, 5, "100.0%"),
    ],
)
def test_the_band_of_the_content_is_the_exact_share(
    good: int, off: int, points: int, shown: str
) -> None:
    judged = counted(
        {("it", "video.accepted"): {"2024-W14": good}, ("it", "video.off_topic"): {"2024-W15": off}}
    )
    verdict = line("dy_content", "it", "04-15", judged)
    assert verdict.points == points
    assert shown in verdict.because
    assert verdict.winnable == 5 - points


def test_the_content_is_pending_until_the_first_week_has_ended() -> None:
    judged = weekly(W14=3)
    assert line("dy_content", "it", "04-07 23:59:59", judged).status is Status.PENDING
    assert line("dy_content", "it", "04-08 00:00:00", judged).points == 5


def test_works_before_the_first_week_count_for_the_content() -> None:
    assert line("dy_content", "it", "04-08", weekly(W10=3)).points == 5


@pytest.mark.parametrize("item", ["dy_handover", "dy_update", "dy_content"])
def test_a_unit_without_an_account_is_not_asked(item: str) -> None:
    for unit in ("security", "finance", "admissions", "training_dept"):
        verdict = line(item, unit, "06-01")
        assert verdict.status is Status.NA
        assert (verdict.points, verdict.max) == (None, 0)
