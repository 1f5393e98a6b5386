"""Handover, PPT and the live-stream team, at every edge of their days."""

import pytest

from scoring.cards import Status
from scoring.facts import Verb
from tests.worlds.plan import approved, decided_as, line, parts, tallied, waiting

# --- handover: 3 points by 3月30日 24:00 ----------------------------------------------------


@pytest.mark.parametrize(
    ("done", "points"), [("03-30 23:59:59", 3), ("03-31 00:00:00", 0), ("01-02 08:00", 3)]
)
def test_a_handover_counts_to_the_last_second_of_its_day(done: str, points: int) -> None:
    verdict = line("dy_handover", "it", "04-02", tallied(approved("handover", done)))
    assert verdict.points == points
    assert verdict.status is Status.SCORED
    assert verdict.lost == 3 - points


def test_a_late_handover_scores_nothing_and_says_when() -> None:
    verdict = line("dy_handover", "it", "04-02", tallied(approved("handover", "04-01 09:12")))
    assert parts(verdict) == ("0", "3", "0", "0")
    assert verdict.because == "4月1日 完成，晚于 3月30日"


def test_a_handover_counts_at_the_time_its_verifier_names() -> None:
    late = approved("handover", "04-01 09:12", decided_at="03-30 23:59")
    verdict = line("dy_handover", "it", "04-02", tallied(late))
    assert verdict.points == 3
    assert verdict.because == "3月30日 完成，在 3月30日 前"


def test_the_earliest_handover_decides() -> None:
    both = approved("handover", "04-01 09:00"), approved("handover", "03-29 09:00", number=2)
    assert line("dy_handover", "it", "04-02", tallied(*both)).points == 3


@pytest.mark.parametrize("until", ["03-29", "03-30 23:59:59", "03-31", "12-31"])
def test_a_handover_reported_in_time_stays_open_until_it_is_verified(until: str) -> None:
    verdict = line("dy_handover", "it", until, tallied(waiting("handover", "03-27 16:05")))
    assert verdict.status is Status.UNVERIFIED
    assert parts(verdict) == ("–", "0", "3", "0")
    assert verdict.because == "待核实：3月27日 已报"


def test_nobody_has_lost_a_handover_before_its_day_is_over() -> None:
    verdict = line("dy_handover", "it", "03-30 23:59:59")
    assert verdict.status is Status.PENDING
    assert parts(verdict) == ("–", "0", "3", "0")


def test_no_handover_at_all_is_lost_at_midnight() -> None:
    verdict = line("dy_handover", "it", "03-31 00:00:00")
    assert verdict.status is Status.SCORED
    assert parts(verdict) == ("0", "3", "0", "0")


def test_a_handover_reported_late_cannot_bring_anything() -> None:
    verdict = line("dy_handover", "it", "04-01 10:00", tallied(waiting("handover", "04-01 09:12")))
    assert parts(verdict) == ("0", "3", "0", "0")
    assert verdict.because == "4月1日 已报，晚于 3月30日"


def test_a_report_in_time_can_still_help_when_only_a_late_one_was_verified() -> None:
    both = approved("handover", "04-01 09:00"), waiting("handover", "03-29 09:00", number=2)
    assert parts(line("dy_handover", "it", "04-02", tallied(*both))) == ("–", "0", "3", "0")


def test_units_that_share_an_account_share_its_handover() -> None:
    done = tallied(approved("handover", "03-20 09:00", "supervision"))
    for unit in ("academic_affairs", "supervision"):
        assert line("dy_handover", unit, "04-02", done).points == 3
    assert line("dy_handover", "it", "04-02", done).points == 0


# --- PPT: 5 by 4月5日, 3 by 4月15日, approved ------------------------------------------------


@pytest.mark.parametrize(
    ("done", "points"),
    [
        ("04-05 23:59:59", 5),
        ("04-06 00:00:00", 3),
        ("04-15 23:59:59", 3),
        ("04-16 00:00:00", 0),
    ],
)
@pytest.mark.parametrize("unit", ["admissions", "it"])
def test_the_day_of_approval_decides_the_band(unit: str, done: str, points: int) -> None:
    tallies = tallied(approved("ppt", "04-01 09:00", unit, decided_at=done))
    verdict = line("ppt", unit, "05-01", tallies)
    assert verdict.points == points
    assert parts(verdict)[2:] == ("0", "0")


def test_the_earliest_approval_decides_though_a_second_follows() -> None:
    both = (
        approved("ppt", "04-01 09:00", decided_at="04-09 09:00"),
        approved("ppt", "04-02 09:00", decided_at="04-03 09:00", number=2),
    )
    assert line("ppt", "it", "05-01", tallied(*both)).points == 5


@pytest.mark.parametrize(
    ("until", "expected"),
    [
        ("04-05 23:59:59", ("–", "0", "5", "0")),
        ("04-06 00:00:00", ("–", "2", "3", "0")),
        ("04-15 23:59:59", ("–", "2", "3", "0")),
        ("04-16 00:00:00", ("0", "5", "0", "0")),
    ],
)
def test_what_a_ppt_can_still_bring_shrinks_by_its_days(
    until: str, expected: tuple[str, ...]
) -> None:
    assert parts(line("ppt", "it", until)) == expected


@pytest.mark.parametrize(
    ("reported", "until", "expected"),
    [
        ("04-03 09:20", "04-10", ("–", "0", "5", "0")),
        ("04-03 09:20", "06-01", ("–", "0", "5", "0")),
        ("04-06 00:00", "04-10", ("–", "2", "3", "0")),
        ("04-15 23:59", "04-16", ("–", "2", "3", "0")),
        ("04-16 00:00", "04-17", ("0", "5", "0", "0")),
    ],
)
def test_a_waiting_ppt_counts_with_its_own_time(
    reported: str, until: str, expected: tuple[str, ...]
) -> None:
    verdict = line("ppt", "it", until, tallied(waiting("ppt", reported)))
    assert parts(verdict) == expected
    assert (verdict.status is Status.UNVERIFIED) == (expected[0] == "–")


def test_a_rejected_ppt_leaves_the_window_as_it_is() -> None:
    tallies = tallied(decided_as(Verb.REJECT, "ppt", "04-03 09:00"))
    assert line("ppt", "it", "04-04", tallies).status is Status.PENDING
    assert line("ppt", "it", "04-16", tallies).points == 0


def test_the_ppt_says_what_is_still_to_be_had() -> None:
    words = line("ppt", "it", "04-04").because
    assert words == "4月5日 前通过得 5 分，4月15日 前通过得 3 分"
    assert line("ppt", "it", "04-10").because == "4月15日 前通过得 3 分"


# --- live-stream team: 5 a seat, two seats, recommended by 4月6日 24:00 ----------------------


def team(*when: str, verb: Verb | None = Verb.APPROVE):  # type: ignore[no-untyped-def]
    return [
        decided_as(verb, "recommend", day) if verb else waiting("recommend", day) for day in when
    ]


@pytest.mark.parametrize(
    ("recommended", "points"),
    [
        (["04-06 23:59:59"], 5),
        (["04-07 00:00:00"], 0),
        (["03-28 10:21", "04-06 10:00"], 10),
        (["03-28 10:21", "04-07 00:00"], 5),
        (["03-28 10:21", "03-28 10:21", "03-29 10:00"], 10),
    ],
)
def test_each_accepted_teacher_recommended_in_time_brings_a_seat(
    recommended: list[str], points: int
) -> None:
    verdict = line("live_team", "it", "05-01", tallied(*team(*recommended)))
    assert verdict.points == points
    assert verdict.lost == 10 - points


def test_the_team_is_scored_from_the_first_decision_and_open_until_its_day() -> None:
    one = tallied(*team("03-28 10:21"))
    assert parts(line("live_team", "it", "04-06 23:59:59", one)) == ("5", "0", "5", "0")
    assert parts(line("live_team", "it", "04-07 00:00:00", one)) == ("5", "5", "0", "0")
    refused = tallied(*team("03-28 10:21", verb=Verb.REJECT))
    assert parts(line("live_team", "it", "04-01", refused)) == ("0", "0", "10", "0")
    assert parts(line("live_team", "it", "04-07", refused)) == ("0", "10", "0", "0")


def test_an_undecided_teacher_keeps_his_seat_open_after_the_day() -> None:
    mixed = tallied(*team("03-28 10:21"), *team("03-28 10:22", verb=None))
    assert parts(line("live_team", "it", "04-20", mixed)) == ("5", "0", "5", "0")
    alone = tallied(*team("03-28 10:22", verb=None))
    verdict = line("live_team", "it", "04-20", alone)
    assert verdict.status is Status.UNVERIFIED
    assert parts(verdict) == ("–", "5", "5", "0")


def test_more_candidates_than_seats_do_not_make_more_points_open() -> None:
    crowd = tallied(*team("03-28 10:21"), *team(*["03-29 09:00"] * 5, verb=None))
    assert parts(line("live_team", "it", "04-20", crowd)) == ("5", "0", "5", "0")


def test_before_any_recommendation_the_team_is_pending_then_lost() -> None:
    assert parts(line("live_team", "it", "04-06 23:59:59")) == ("–", "0", "10", "0")
    assert line("live_team", "it", "04-06 23:59:59").status is Status.PENDING
    assert parts(line("live_team", "it", "04-07 00:00:00")) == ("0", "10", "0", "0")


def test_a_late_recommendation_brings_nothing_and_says_so() -> None:
    verdict = line("live_team", "it", "04-08", tallied(*team("04-07 00:00", verb=None)))
    assert parts(verdict) == ("0", "10", "0", "0")
    assert verdict.because == "4月7日 已报，晚于 4月6日"
