"""What facts and decisions enter into the ledger."""

from collections import Counter
from dataclasses import replace

import pytest

from scoring.facts import Verb
from scoring.postings import Posting, ledger, postings
from tests.worlds.plan import PLAN, at, decided, fact


def entries(found: list[Posting]) -> list[tuple[str, str, int]]:
    return [(entry.measure, entry.period, entry.delta) for entry in found]


def sums(found: list[Posting]) -> dict[tuple[str, str, str], int]:
    total: Counter[tuple[str, str, str]] = Counter()
    for entry in found:
        total[entry.unit, entry.measure, entry.period] += entry.delta
    return {key: value for key, value in total.items() if value}


def by(until: str, found: list[Posting]) -> list[Posting]:
    """What happened by then, whenever it became known."""
    return [entry for entry in found if entry.happened_at <= at(until)]


def known_by(known: str, found: list[Posting]) -> list[Posting]:
    return [entry for entry in found if entry.recorded_at <= at(known)]


def _unit(kind: str) -> str:
    return "*" if kind == "lead" else "it"


def _period(kind: str) -> str:
    return "7" if kind == "lead" else "2024-04-05"


def times(found: list[Posting]) -> set[int]:
    return {entry.happened_at for entry in found}


@pytest.mark.parametrize(
    ("kind", "unit", "period"),
    [
        ("handover", "it", "2024-04-30"),
        ("ppt", "it", "2024-04-30"),
        ("recommend", "it", "2024-04-30"),
        ("news", "it", "2024-04"),
        ("soft_article", "finance", "2024-04"),
        ("video", "it", "2024-W18"),
        ("video", "school_office", "2024-04"),
        ("video", "finance", "2024-W18"),
        ("column", "finance", "2024-W18"),
        ("column", "school_office", "2024-W18"),
        ("column", "it", "2024-04"),
        ("lead", "*", "7"),
        ("appeal", "it", "1"),
    ],
)
def test_a_report_waits_under_the_period_of_its_kind(kind: str, unit: str, period: str) -> None:
    report = fact(kind, "04-30 23:59:59", "it" if unit == "*" else unit)
    (entry,) = ledger(PLAN, report, [])
    assert entry == Posting(
        unit=unit,
        measure=f"{kind}.waiting",
        period=period,
        delta=1,
        happened_at=report.happened_at,
        recorded_at=report.recorded_at,
        fact=1,
    )


@pytest.mark.parametrize(("kind", "period"), [("meeting", "2024-W15"), ("live", "2024-04-10")])
def test_what_nobody_decides_counts_at_once(kind: str, period: str) -> None:
    assert entries(ledger(PLAN, fact(kind, "04-10 09:00"), [])) == [(f"{kind}.accepted", period, 1)]


def test_participation_is_filed_under_the_task_it_answers() -> None:
    found = ledger(PLAN, fact("forward", "04-10 09:00", task=186, number=4), [])
    assert entries(found) == [("forward.accepted", "186", 1)]


def test_what_counts_from_its_submission_keeps_that_time() -> None:
    report = fact("video", "04-07 23:59:59")
    found = ledger(PLAN, report, [decided(report, Verb.APPROVE, "04-09 10:00")])
    assert times(found) == {report.happened_at}
    assert sums(found) == {("it", "video.accepted", "2024-W14"): 1}


def test_a_handover_moves_to_the_time_its_verifier_names() -> None:
    report = fact("handover", "04-01 09:12")
    verified = decided(report, Verb.APPROVE, "03-30 23:59", recorded="04-01 10:30")
    found = ledger(PLAN, report, [verified])
    assert entries(found) == [
        ("handover.waiting", "2024-04-01", 1),
        ("handover.waiting", "2024-04-01", -1),
        ("handover.accepted", "2024-03-30", 1),
    ]
    assert [entry.happened_at for entry in found] == [
        at("04-01 09:12"),
        at("04-01 09:12"),
        at("03-30 23:59"),
    ]
    assert [entry.recorded_at for entry in found[1:]] == [at("04-01 10:30")] * 2


def test_a_handover_verified_for_a_later_time_waited_at_none_before() -> None:
    report = fact("handover", "04-01 09:12")
    found = ledger(PLAN, report, [decided(report, Verb.APPROVE, "04-02 16:00")])
    net = Counter[tuple[str, int]]()
    for one in found:
        net[one.measure, one.happened_at] += one.delta
    assert {key: delta for key, delta in net.items() if delta} == {
        ("handover.accepted", at("04-02 16:00")): 1
    }


def test_of_two_approvals_after_a_rejection_the_earlier_counts() -> None:
    report = fact("ppt", "04-01 09:12")
    verbs = [
        decided(report, Verb.REJECT, "04-02 10:00"),
        decided(report, Verb.APPROVE, "04-04 10:00"),
        decided(report, Verb.APPROVE, "04-03 10:00", recorded="04-04 11:00"),
    ]
    found = ledger(PLAN, report, verbs)
    assert sums(found) == {("it", "ppt.accepted", "2024-04-03"): 1}
    assert sums(by("04-02 12:00", found)) == {("it", "ppt.rejected", "2024-04-02"): 1}


def test_a_rejected_handover_keeps_the_time_of_its_report() -> None:
    report = fact("handover", "03-29 09:12")
    found = ledger(PLAN, report, [decided(report, Verb.REJECT, "04-01 10:30")])
    assert sums(found) == {("it", "handover.rejected", "2024-03-29"): 1}


def test_what_counts_from_its_decision_stops_waiting_at_that_moment() -> None:
    report = fact("ppt", "04-02 15:10")
    found = ledger(PLAN, report, [decided(report, Verb.APPROVE, "04-05 23:59:59")])
    assert entries(found) == [
        ("ppt.waiting", "2024-04-02", 1),
        ("ppt.waiting", "2024-04-02", -1),
        ("ppt.accepted", "2024-04-05", 1),
    ]
    assert {entry.happened_at for entry in found[1:]} == {at("04-05 23:59:59")}


def test_a_revoked_lead_counts_until_it_was_revoked() -> None:
    report = fact("lead", "04-01 09:00")
    certified = decided(report, Verb.APPROVE, "04-02 09:00")
    revoked = decided(report, Verb.REVOKE, "04-09 09:00")
    found = ledger(PLAN, report, [certified, revoked])
    assert sums(found) == {}
    by_april_5 = [entry for entry in found if entry.happened_at <= at("04-05")]
    assert sums(by_april_5) == {("*", "lead.accepted", "7"): 1}


@pytest.mark.parametrize("kind", ["ppt", "lead", "recommend", "handover"])
def test_what_is_taken_back_after_a_gate_never_was_before_it(kind: str) -> None:
    report = fact(kind, "04-05 09:00")
    approved = decided(report, Verb.APPROVE, "04-05 23:55")
    retracted = decided(report, Verb.RETRACT, "04-06 00:02")
    rejected = decided(report, Verb.REJECT, "04-06 00:03")
    for taken in ([approved, retracted], [approved, retracted, rejected]):
        found = ledger(PLAN, report, taken)
        assert sums(by("04-06", found)) == sums(by("04-06", ledger(PLAN, report, taken[2:])))
        assert sums(found) == sums(ledger(PLAN, report, taken[2:]))
        assert sums(known_by("04-06", found))[_unit(kind), f"{kind}.accepted", _period(kind)] == 1


def test_a_revocation_taken_back_never_was() -> None:
    report = fact("lead", "04-01 09:00")
    certified = decided(report, Verb.APPROVE, "04-02 09:00")
    revoked = decided(report, Verb.REVOKE, "04-03 09:00")
    retracted = decided(report, Verb.RETRACT, "04-03 09:05")
    found = ledger(PLAN, report, [certified, revoked, retracted])
    for until in ("04-03 09:00", "04-03 09:04", "04-04"):
        assert sums(by(until, found)) == {("*", "lead.accepted", "7"): 1}


@pytest.mark.parametrize("kind", ["ppt", "lead", "video"])
def test_a_report_withdrawn_later_waited_at_no_time(kind: str) -> None:
    report = fact(kind, "04-04 09:00")
    withdrawn = decided(report, Verb.WITHDRAW, "05-02 09:00")
    assert sums(by("04-06", ledger(PLAN, report, [withdrawn]))) == {}
    again = decided(report, Verb.RETRACT, "05-03 09:00")
    assert sums(by("04-06", ledger(PLAN, report, [withdrawn, again]))) == sums(
        ledger(PLAN, report, [])
    )


@pytest.mark.parametrize(("kind", "period"), [("recommend", "2024-04-06"), ("video", "2024-W14")])
def test_an_earlier_time_that_the_approval_names_counts(kind: str, period: str) -> None:
    report = fact(kind, "04-08 09:00")
    backdated = decided(report, Verb.APPROVE, "04-06 20:00", recorded="04-08 10:00")
    assert sums(ledger(PLAN, report, [backdated])) == {("it", f"{kind}.accepted", period): 1}
    (_, _, counts) = ledger(PLAN, report, [backdated])
    assert counts.happened_at == at("04-06 20:00")


def test_a_report_happens_when_it_was_sent_not_when_we_received_it() -> None:
    for kind in ("lead", "news"):
        late = replace(fact(kind, "04-05 23:59"), recorded_at=at("04-06 08:00"))
        (entry,) = ledger(PLAN, late, [])
        assert (entry.happened_at, entry.recorded_at) == (at("04-05 23:59"), at("04-06 08:00"))


def test_a_decision_earlier_than_its_report_never_makes_a_count_negative() -> None:
    report = fact("ppt", "04-07 09:00")
    backdated = decided(report, Verb.APPROVE, "04-05 20:00", recorded="04-07 10:00")
    found = ledger(PLAN, report, [backdated])
    for until in ("04-05 20:00", "04-06", "04-07 09:00"):
        seen = sums([entry for entry in found if entry.happened_at <= at(until)])
        assert seen == {("it", "ppt.accepted", "2024-04-05"): 1}


def test_a_withdrawn_report_counts_nowhere() -> None:
    report = fact("news", "04-01 09:00")
    assert sums(ledger(PLAN, report, [decided(report, Verb.WITHDRAW, "04-01 09:10")])) == {}


def test_deciding_the_same_again_enters_nothing() -> None:
    report = fact("video", "04-01 09:00")
    first = decided(report, Verb.APPROVE, "04-02 09:00")
    again = decided(report, Verb.APPROVE, "04-03 09:00")
    assert postings(PLAN, report, [first], [first, again], at("04-03 09:00")) == []


def test_a_roll_counts_people_at_home_as_soon_as_it_is_entered() -> None:
    report = fact(
        "training",
        "04-10 17:00",
        "school_office",
        number=195,
        absent=[[31, "arts"], [32, "it"]],
        failed=[[31, "arts"]],
    )
    assert sums(ledger(PLAN, report, [])) == {
        ("*", "training.held", "195"): 1,
        ("arts", "training.absent", "31"): 1,
        ("it", "training.absent", "32"): 1,
        ("arts", "training.failed", "31"): 1,
    }


def test_a_settlement_enters_the_lowest_counter_and_the_head_counts() -> None:
    report = fact(
        "settlement",
        "04-16 09:00",
        "media_center",
        number=190,
        task=186,
        metrics={"forward": 6000, "like": 5900, "comment": 5800, "follow": 7000},
        students=7000,
        staff=412,
        teaching_staff=300,
    )
    assert sums(ledger(PLAN, report, [decided(report, Verb.APPROVE, "04-16 09:01")])) == {
        ("school_office", "interaction.settled", "186"): 1,
        ("school_office", "interaction.lowest", "186"): 5800,
        ("school_office", "interaction.students", "186"): 7000,
        ("school_office", "interaction.staff", "186"): 412,
        ("school_office", "interaction.teaching_staff", "186"): 300,
    }


def test_a_waiver_is_filed_under_each_week_it_waives() -> None:
    report = fact("waiver", "09-20 09:00", weeks=["2024-W40", "2024-W41"])
    found = ledger(PLAN, report, [decided(report, Verb.APPROVE, "09-21 09:00")])
    assert sums(found) == {
        ("it", "waiver.accepted", "2024-W40"): 1,
        ("it", "waiver.accepted", "2024-W41"): 1,
    }


def test_the_whole_ledger_is_the_decisions_entered_one_by_one() -> None:
    report = fact("ppt", "04-01 09:00")
    taken = [
        decided(report, Verb.REJECT, "04-02 09:00"),
        decided(report, Verb.RETRACT, "04-02 09:03"),
        decided(report, Verb.APPROVE, "04-05 09:00"),
    ]
    by_hand = postings(PLAN, report, None, [], report.recorded_at)
    for count, decision in enumerate(taken):
        so_far = taken[:count]
        by_hand += postings(PLAN, report, so_far, [*so_far, decision], decision.recorded_at)
    assert ledger(PLAN, report, taken) == by_hand
