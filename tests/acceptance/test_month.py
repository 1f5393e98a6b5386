"""A month that feeds all ten items, replayed on both databases, against month.md."""

from pathlib import Path

from tests.worlds.replaying import Run, items, points, said

BY_HAND = {
    "信息工程系": ("36", "39"),
    "机电工程系": ("25.5", "39"),
    "健康管理系": ("23", "39"),
    "艺术工程系": ("22", "39"),
    "本科升学部": ("11", "39"),
    "教务处": ("14.33", "15"),
    "督导办": ("14.33", "15"),
    "学生处/团委": ("13.5", "15"),
    "学校办公室": ("21", "25"),
    "招生办公室": ("10", "10"),
    "培训部": ("9", "9"),
    "党群办": ("0", "5"),
    "财务部": ("0", "5"),
    "学籍管理与资助中心": ("0", "5"),
    "后勤保障部": ("5", "5"),
    "保卫处": ("0", "5"),
}

SCRIPT = ("month.jsonl", "month_roster.csv")
"""What `runs` plays."""


def test_every_item_is_fed_to_the_total_worked_out_by_hand(runs: list[Run]) -> None:
    first, second = runs
    assert points(first) == BY_HAND
    assert first == second
    none = None
    assert items(first, "信息工程系") == ["5", "3", "2", "5", "10", "5", none, "5", "1", none]
    assert items(first, "机电工程系") == ["4", "3", "1.5", "5", "5", "5", none, "2", "0", none]
    assert items(first, "健康管理系") == ["4", "3", "1", "5", "5", "5", none, "0", "0", none]
    assert items(first, "艺术工程系") == ["4", "0", "2", "1", "10", "5", none, "0", "0", none]
    assert items(first, "本科升学部") == ["5", "3", "0", "0", "0", "3", none, "0", "0", none]
    assert items(first, "教务处") == ["5", "3", "1.33", "5", *[none] * 6]
    assert items(first, "学校办公室") == ["5", "0", "2", "5", none, none, "9", none, none, none]
    assert items(first, "培训部") == ["5", *[none] * 7, "4", none]
    school = first[1]["school"]
    assert (school["points"], school["max"]) == ("2", "10")
    lines = Path(__file__).with_name("month.jsonl").read_text("utf-8").splitlines()
    assert len(lines) >= 150


def test_a_revoked_lead_drops_the_school_below_its_band_and_another_lifts_it(
    runs: list[Run],
) -> None:
    everybody = [text for text in said(runs[0], "两院 ") if text.startswith("系部：")]
    assert "两院 2/10" in everybody[0]
    assert "两院 0/10" in everybody[1]


def test_no_number_of_a_child_is_said_outside_the_admissions_desk(runs: list[Run]) -> None:
    assert said(runs[0], "13900007777") == []
    assert said(runs[0], "这个号码不接收联系，没有登记。") != []
