"""Replay: contracts 5, to the letter."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bot.cli import main
from tests.conftest import KEY, Address

ROSTER = """工号,姓名,部门,角色,账号
T3012,陈晓,信息工程系,宣传员,u-chen
T3001,徐明,信息工程系,部门负责人,u-xu
M0007,赵倩,融媒体中心,融媒体中心,u-zhao
T9009,何平,后勤保障部,管理员,u-he
"""
FIELDS = ["line", "at", "chat", "kind", "text", "buttons", "files", "deleted"]


@dataclass
class Play:
    """Play lines (dicts, or text as it stands) and have the exit code and the output."""

    tmp_path: Path
    capsys: pytest.CaptureFixture[str]
    raw: str = ""
    err: str = ""

    def __call__(
        self,
        *lines: dict[str, Any] | str,
        db: str | None = None,
        score: str | None = None,
        roster: str = "roster.csv",
    ) -> tuple[int, list[dict[str, Any]]]:
        script = self.tmp_path / "script.jsonl"
        text = "\n".join(one if isinstance(one, str) else json.dumps(one) for one in lines)
        script.write_text(text + "\n", "utf-8")
        options = ["--db", db] if db else []
        options += ["--score", str(self.tmp_path / score)] if score else []
        code = main(["replay", str(script), "--roster", str(self.tmp_path / roster), *options])
        self.raw, self.err = self.capsys.readouterr()
        return code, [json.loads(line) for line in self.raw.splitlines()]


@pytest.fixture
def play(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Play:
    (tmp_path / "roster.csv").write_text(ROSTER, "utf-8")
    return Play(tmp_path, capsys)


def at(moment: str, **rest: object) -> dict[str, Any]:
    return {"at": f"{moment}:00+08:00", **rest}


def private(moment: str, who: str, text: str) -> dict[str, Any]:
    return at(moment, **{"from": who, "chat": "private", "text": text})


REPORT = private("2024-03-21T09:40", "u-chen", "交接 已授权")


def test_an_answer_has_all_fields_and_precedes_the_next_line(play: Play) -> None:
    code, out = play(REPORT, private("2024-03-21T09:41", "u-xu", "我的"))

    assert code == 0
    assert all(list(line) == FIELDS for line in out)
    assert [line["line"] for line in out] == sorted(line["line"] for line in out)
    assert out[0] == out[0] | {
        "line": 1,
        "at": "2024-03-21T09:40:00+08:00",
        "chat": "private:u-chen",
        "kind": "reply",
        "files": [],
        "deleted": [],
    }


def test_a_press_finds_the_newest_message_with_the_label_and_turns_it(play: Play) -> None:
    press = at("2024-03-21T15:20", **{"from": "u-zhao", "chat": "private", "press": "通过"})

    code, out = play(REPORT, press)

    assert code == 0
    assert [(line["kind"], line["chat"]) for line in out if line["line"] == 2] == [
        ("edit", "private:u-zhao"),
        ("notice", "private:u-chen"),
    ]


def test_a_group_is_linked_from_the_start_and_chatter_stays_silent(play: Play) -> None:
    group = {"from": "u-chen", "chat": "staff"}

    code, out = play(
        at("2024-03-21T09:00", **group, text="大家辛苦了"),
        at("2024-03-21T09:01", **group, text="＠宣传助手 得分 信工"),
    )

    assert code == 0
    assert [(line["line"], line["chat"]) for line in out] == [(2, "staff")]


def test_a_lead_in_a_group_names_the_line_that_was_removed(play: Play) -> None:
    chatter = at("2024-03-21T09:00", **{"from": "u-chen", "chat": "staff", "text": "早"})
    lead = at(
        "2024-03-21T09:01",
        **{"from": "u-chen", "chat": "staff", "text": "报线索 赵小某 13800010077 初三"},
    )

    _, out = play(chatter, "", lead)

    assert out[0]["deleted"] == [3]
    assert "13800010077" not in play.raw
    assert "赵小某" not in play.raw


def test_a_reminder_fires_at_its_own_time_before_the_line_that_passes_it(play: Play) -> None:
    code, out = play(
        private("2024-03-26T09:00", "u-chen", "我的"),
        at("2024-03-27T12:00"),
    )

    notices = [line for line in out if line["kind"] == "notice"]
    assert code == 0
    assert notices
    assert {(line["line"], line["at"]) for line in notices} == {(2, "2024-03-27T09:00:00+08:00")}


def test_the_clock_reaches_what_is_due_at_that_very_moment(play: Play) -> None:
    _, out = play(private("2024-03-26T09:00", "u-chen", "我的"), at("2024-03-27T09:00"))

    assert "notice" in [line["kind"] for line in out]


def test_months_pass_in_one_line(play: Play) -> None:
    code, out = play(private("2024-03-20T09:00", "u-chen", "我的"), at("2024-06-30T23:59"))

    assert code == 0
    assert len({line["at"] for line in out}) > 30


@pytest.mark.parametrize(
    ("line", "word"),
    [
        (at("2024-03-21T10:00", **{"from": "u-chen", "chat": "private", "press": "飞"}), "按钮"),
        (private("2024-03-21T10:00", "u-nobody", "我的"), "u-nobody"),
        (private("2024-03-20T10:00", "u-chen", "我的"), "倒退"),
        ({"at": "2024-03-21T10:00:00", "from": "u-chen", "chat": "private", "text": "x"}, "时区"),
        ({"at": "tomorrow", "from": "u-chen", "chat": "private", "text": "x"}, "at"),
        (at("2024-03-21T10:00", **{"from": "u-chen", "chat": "private"}), "text"),
        (at("2024-03-21T10:00", **{"from": "u-chen", "text": "x"}), "chat"),
        (
            at("2024-03-21T10:00", **{"from": "u-chen", "chat": "private", "file": "no.csv"}),
            "no.csv",
        ),
    ],
)
def test_a_line_that_cannot_be_carried_out_is_an_error_and_the_next_one_is(
    play: Play, line: str, word: str
) -> None:
    code, out = play(REPORT, line, private("2024-03-21T11:00", "u-chen", "我的"))

    assert code == 1
    (error,) = [one for one in out if one["kind"] == "error"]
    assert error["line"] == 2
    assert word in error["text"]
    assert out[-1]["line"] == 3


@pytest.mark.parametrize(
    "line",
    [
        "{at: 1}",
        "[]",
        '{"at": 5}',
        '{"at": "2024-03-21T10:00:00+08:00", "form": "u"}',
    ],
)
def test_what_is_no_script_is_refused_before_anything_happens(play: Play, line: str) -> None:
    code, out = play(REPORT, line)

    assert (code, out) == (2, [])
    assert "第 2 行" in play.err
    assert "Traceback" not in play.err


def test_a_bad_roster_is_named_by_line(play: Play, tmp_path: Path) -> None:
    (tmp_path / "bad.csv").write_text(ROSTER + "T1,某,无此部门,教师,\n", "utf-8")

    code, out = play(REPORT, roster="bad.csv")

    assert (code, out) == (2, [])
    assert "第 6 行" in play.err


def test_a_file_comes_from_beside_the_script(play: Play, tmp_path: Path) -> None:
    (tmp_path / "new.csv").write_text(ROSTER + "T1,新人,财务部,教师,u-new\n", "utf-8")
    upload = {"from": "u-he", "chat": "private", "file": "new.csv", "text": "名册"}

    code, out = play(
        at("2024-03-21T10:00", **upload),
        at("2024-03-21T10:01", **{"from": "u-he", "chat": "private", "press": "导入"}),
        private("2024-03-21T10:02", "u-new", "我的"),
    )

    assert code == 0, out
    assert out[-1]["chat"] == "private:u-new"


def test_the_same_script_gives_the_same_bytes(play: Play) -> None:
    lines = [REPORT, private("2024-03-21T09:41", "u-xu", "得分"), at("2024-04-12T16:00")]

    play(*lines)
    first = play.raw
    play(*lines)

    assert play.raw == first


def test_both_databases_give_the_same_bytes(
    play: Play, postgres_address: Address, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PROMOBOT_KEY", KEY.hex())
    lines = [REPORT, private("2024-03-21T09:41", "u-xu", "得分"), at("2024-04-12T16:00")]

    play(*lines)
    first = play.raw
    play(*lines, db=postgres_address(True))

    assert play.raw == first


def test_a_second_replay_goes_on_where_the_first_ended(play: Play, tmp_path: Path) -> None:
    db = f"sqlite:///{(tmp_path / 'x.db').as_posix()}"
    play(REPORT, db=db)

    code, out = play(private("2024-03-21T10:00", "u-zhao", "通过 #1"), db=db)
    again, _ = play(private("2024-03-21T09:00", "u-zhao", "我的"), db=db)

    assert code == 0
    assert "#1" in out[0]["text"]
    assert again == 1


def test_the_score_is_written_as_of_the_last_moment(play: Play, tmp_path: Path) -> None:
    approve = private("2024-03-22T10:00", "u-zhao", "通过 #1")

    code, _ = play(REPORT, approve, score="out.json")

    score = json.loads((tmp_path / "out.json").read_text("utf-8"))
    assert code == 0
    assert score["as_of"] == "2024-03-22T10:00:00+08:00"
    (card,) = [unit for unit in score["units"] if unit["unit"] == "信息工程系"]
    (item,) = [item for item in card["items"] if item["item"] == "dy_handover"]
    assert (item["points"], item["status"]) == ("3", "scored")
    assert score["school"]["unit"] == "两院"
