"""The first weeks of a school, replayed on both databases, against first_weeks.md."""

import json
from typing import Any

from tests.worlds.replaying import Run

BY_HAND = {
    "机电工程系": ("29", "39", "0.7435"),
    "信息工程系": ("23", "39", "0.5897"),
    "健康管理系": ("13", "39", "0.3333"),
    "艺术工程系": ("7", "39", "0.1794"),
    "本科升学部": ("5", "39", "0.1282"),
    "教务处": ("14", "15", "0.9333"),
    "督导办": ("14", "15", "0.9333"),
    "学生处/团委": ("5", "15", "0.3333"),
    "学校办公室": ("15", "25", "0.6"),
    "招生办公室": ("10", "10", "1"),
    "培训部": ("0", "9", "0"),
    "党群办": ("0", "5", "0"),
    "财务部": ("0", "5", "0"),
    "学籍管理与资助中心": ("0", "5", "0"),
    "后勤保障部": ("5", "5", "1"),
    "保卫处": ("0", "5", "0"),
}

ITEMS_BY_HAND = {
    "机电工程系": ["5", "3", "1", "5", "10", "5", None, "0", "0", None],
    "信息工程系": ["5", "3", "2", "5", "5", "3", None, "0", "0", None],
    "健康管理系": ["5", "0", "0", "5", "0", "3", None, "0", "0", None],
    "艺术工程系": ["5", "0", "2", "0", "0", "0", None, "0", "0", None],
    "本科升学部": ["5", "0", "0", "0", None, "0", None, "0", "0", None],
    "学校办公室": ["5", "0", None, None, None, None, "10", None, None, None],
}

SCRIPT = ("first_weeks.jsonl", "roster.csv")
"""What `runs` plays."""


def test_the_points_are_those_worked_out_by_hand(runs: list[Run]) -> None:
    units = {unit["unit"]: unit for unit in runs[0][1]["units"]}
    assert {
        name: (unit["points"], unit["max"], unit["rate"]) for name, unit in units.items()
    } == BY_HAND
    for name, points in ITEMS_BY_HAND.items():
        assert [item["points"] for item in units[name]["items"]] == points, name
    [recommended] = [item for item in units["本科升学部"]["items"] if item["item"] == "live_team"]
    assert (recommended["status"], recommended["max"]) == ("unverified", "10")
    school = runs[0][1]["school"]
    assert (school["unit"], school["points"], school["max"]) == ("两院", "0", "10")
    assert units["信息工程系"]["board"] == [
        {"task": "news", "period": "2024-04", "due": 2, "done": 2, "missing": 0},
        {"task": "soft_article", "period": "2024-04", "due": 2, "done": 1, "missing": 1},
        {"task": "video", "period": "2024-W16", "due": 1, "done": 0, "missing": 1},
    ]


def test_the_same_script_gives_the_same_output(runs: list[Run]) -> None:
    first, second = runs
    assert first == second
    assert len(first[0].splitlines()) > 150


def said_at(line: int, output: str) -> list[dict[str, Any]]:
    rows = [json.loads(row) for row in output.splitlines()]
    return [row for row in rows if row["line"] == line and row["kind"] != "notice"]


def test_what_people_read_on_the_way(runs: list[Run]) -> None:
    """The lines the issue names; their numbers are those of first_weeks.jsonl."""
    output = runs[0][0]
    chatter = range(3, 10)
    assert [said_at(line, output) for line in chatter] == [[] for _ in chatter]
    [duplicate] = said_at(16, output)
    assert duplicate["text"].startswith("该号码 3月26日 已有人先报")
    [in_group] = said_at(15, output)
    assert in_group["deleted"] == [15]
    assert "139" not in in_group["text"]
    assert said_at(19, output)[0]["text"] == "已撤回 #5，不再计数。"
    assert said_at(30, output)[0]["text"] == "您不能审核，#12 由融媒体中心处理。"
    assert "您本部门的" in said_at(80, output)[0]["text"]
    assert "不认识" in said_at(81, output)[0]["text"]
    assert said_at(82, output)[0]["text"].startswith(
        "机电工程系 得 29 / 应得 39（74.3%）■■■■■■■□□□\n"
    )
    [everybody] = said_at(89, output)
    assert everybody["chat"] == "staff"
    assert "机电 29/39" in everybody["text"]


def test_the_reminders_fall_on_their_days(runs: list[Run]) -> None:
    rows = [json.loads(row) for row in runs[0][0].splitlines()]
    notices = [row for row in rows if row["kind"] == "notice"]

    def days(to: str, word: str) -> list[str]:
        mine = [row for row in notices if row["chat"] == f"private:{to}" and word in row["text"]]
        return [row["at"][5:16] for row in mine]

    assert days("u-kong", "还未交接") == ["03-22T09:00", "03-27T09:00", "03-29T09:00"]
    assert days("u-kong", "交接最后一天") == ["03-30T10:00"]
    assert days("u-kong", "交接已过") == ["04-01T09:00"]
    assert days("u-lin", "还未交接") == ["03-27T09:00", "03-29T09:00"]
    assert days("u-lin", "交接最后一天") == ["03-30T10:00"]
    # On the last workday before the holiday everything is one list, and what is left of it one
    # line in the afternoon.
    assert days("u-jing", "PPT 还没报") == [
        "03-22T09:00",
        "03-29T09:00",
        "04-02T09:00",
        "04-03T10:00",
        "04-03T15:30",
    ]
    assert days("u-jing", "的最后一天") == ["04-05T10:00"]
    assert days("u-jing", "节前最后一个工作日") == ["04-03T10:00"]
    # The second digest of a week is for those who reported something since the first.
    assert days("u-wang", "第14周：") == ["04-03T10:00"]
    assert days("u-wang", "第15周：") == ["04-12T15:00"]
