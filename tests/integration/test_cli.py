"""The shell: one clear Chinese line for bad input, and never a trace."""

import io
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.cli import main

Shell = Callable[..., tuple[int, str, str]]

ROSTER = "工号,姓名,部门,角色,账号\nT1,陈晓,信息工程系,宣传员,u-chen\nT2,何平,财务部,管理员,\n"


@pytest.fixture
def shell(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Shell:
    """Run a command in an empty folder; exit code, output, faults."""
    monkeypatch.chdir(tmp_path)
    for key in [key for key in os.environ if key.startswith("PROMOBOT_")]:
        monkeypatch.delenv(key)
    (tmp_path / "roster.csv").write_text(ROSTER, "utf-8")

    def run(*arguments: str) -> tuple[int, str, str]:
        code = main(list(arguments))
        out, err = capsys.readouterr()
        return code, out, err

    return run


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("fly",),
        ("score", "a", "b"),
        ("score", "--as-of"),
        ("roster",),
        ("roster", "import"),
        ("replay",),
        ("run", "--port", "1"),
        ("replay", "missing.jsonl", "--roster", "roster.csv"),
        ("roster", "import", "missing.csv"),
        ("plan", "check", "missing.toml"),
        ("score", "--as-of", "gestern", "--db", "sqlite:///x.db"),
        ("score", "--db", "mysql://x"),
        ("score", "--as-of", "2024-04-05"),
        ("score", "无此部门", "--as-of", "2024-04-05"),
        ("doctor",),
        ("doctor", "--db", "postgresql://nobody@127.0.0.1:1/x"),
        ("report",),
        ("report", "2024-13"),
        ("report", "2031-01"),
        ("report", "2024-04"),
        ("migrate",),
        ("backup",),
        ("restore",),
        ("restore", "missing.backup"),
        ("restore", "roster.csv"),
    ],
)
def test_bad_input_costs_one_line_and_exit_code_two(
    shell: Shell, arguments: tuple[str, ...]
) -> None:
    code, out, err = shell(*arguments)

    assert code == 2
    assert out == ""
    assert "Traceback" not in err
    assert 1 <= len(err.strip().splitlines()) <= 2
    assert any("\u4e00" <= sign <= "\u9fff" for sign in err)


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        *(
            (name,)
            for name in [
                *("run", "console", "replay", "score", "roster", "plan"),
                *("migrate", "doctor", "backup", "restore"),
            ]
        ),
    ],
)
def test_every_command_explains_itself_with_an_example(
    shell: Shell, arguments: tuple[str, ...]
) -> None:
    code, out, _ = shell(*arguments, "--help")

    assert code == 0
    assert "用法" in out
    assert "promobot" in out


def test_the_roster_is_shown_before_it_counts(shell: Shell) -> None:
    code, out, _ = shell("roster", "import", "roster.csv", "--dry-run")
    assert (code, "新增 2" in out) == (0, True)

    code, out, _ = shell("roster", "import", "roster.csv", "--yes")
    assert (code, "已导入" in out) == (0, True)

    code, out, _ = shell("roster", "import", "roster.csv", "--dry-run")
    assert "新增 0" in out


def test_what_is_only_shown_makes_no_database(shell: Shell, tmp_path: Path) -> None:
    for arguments in (("--dry-run",), ()):
        _, out, _ = shell("roster", "import", "roster.csv", *arguments)
        assert "2 人" in out
    assert shell("roster", "codes")[0] == 2
    assert shell("roster", "import", "roster.csv", "--dry-run", "--db", "sqlite:///no/x.db")[0] == 2
    assert [one.name for one in tmp_path.iterdir()] == ["roster.csv"]


def test_the_version_is_said(shell: Shell) -> None:
    code, out, _ = shell("--version")
    assert code == 0
    assert out.startswith("promobot 0.")


def test_nobody_at_the_keyboard_means_no(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("y\n"))

    code, out, _ = shell("roster", "import", "roster.csv")

    assert code == 1
    assert "没有导入" in out


def test_codes_are_given_to_those_without_an_account(shell: Shell) -> None:
    shell("roster", "import", "roster.csv", "--yes")

    code, out, _ = shell("roster", "codes")

    assert code == 0
    assert out.startswith("T2\t何平\t绑定 ")
    assert len(out.splitlines()) == 1
    assert shell("roster", "codes", "T77")[0] == 2


def test_the_score_is_shown_for_all_for_one_and_for_programs(shell: Shell) -> None:
    shell("roster", "import", "roster.csv", "--yes")

    everybody = shell("score", "--as-of", "2026-12-31", "--until", "2024-04-05T24:00")[1]
    one = shell("score", "信工", "--as-of", "2026-12-31", "--until", "2024-04-05")[1]
    data = shell("score", "信工", "--json", "--as-of", "2026-12-31", "--until", "2024-04-05")[1]

    assert "信息工程系" in everybody
    assert "两院" in everybody
    assert "交接" in one
    (unit,) = json.loads(data)["units"]
    assert (unit["unit"], len(unit["items"]), unit["max"]) == ("信息工程系", 10, "39")
    for asked, status in (("07T24:00", "scored"), ("07", "scored"), ("07T23:59", "pending")):
        until = ("--as-of", "2026-12-31", "--until", f"2024-04-{asked}")
        shown = json.loads(shell("score", "信工", "--json", *until)[1])
        assert shown["units"][0]["items"][2]["status"] == status


def test_a_months_report_is_laid_down_as_files(shell: Shell, tmp_path: Path) -> None:
    shell("roster", "import", "roster.csv", "--yes")

    code, out, _ = shell("report", "2024-04", "--out", "papers")

    assert code == 0
    assert "2024-04 月报草稿" in out
    names = sorted(path.name for path in (tmp_path / "papers").iterdir())
    assert {name.rsplit(".")[-1] for name in names} >= {"docx", "xlsx"}
    assert all(name.startswith("2024年4月宣传工作考核月报草稿") for name in names)


def test_a_folder_that_cannot_be_written_is_named(shell: Shell, tmp_path: Path) -> None:
    shell("roster", "import", "roster.csv", "--yes")
    (tmp_path / "papers").write_text("a file")

    code, _, err = shell("report", "2024-04", "--out", "papers")

    assert code == 2
    assert "papers 写不进去" in err


def test_a_frozen_month_that_was_changed_by_hand_is_found(shell: Shell, tmp_path: Path) -> None:
    import sqlite3

    shell("roster", "import", "roster.csv", "--yes")
    document = '{"basis": {"students": null, "staff": {}}, "units": [], "school": {}}'
    with sqlite3.connect(tmp_path / "data" / "promobot.db") as raw:
        raw.execute(
            "INSERT INTO months VALUES ('2024', '2024-04', 1714492800, 1715220000, 0, 0, 0,"
            " 'abcd', ?, 1, 2)",
            (document,),
        )
    raw.close()

    code, out, _ = shell("doctor")

    assert code == 1
    assert "2024-04 的定稿与当时的事实和决定不符（校验码 abcd）" in out


def test_a_backup_is_made_and_restored_where_there_is_nothing(shell: Shell, tmp_path: Path) -> None:
    shell("roster", "import", "roster.csv", "--yes")

    code, out, _ = shell("backup")

    assert code == 0
    assert "已打开核对：行数、得分、定稿都一致" in out
    assert "密钥不在备份里。请把 data/key 另存到别的地方" in out
    [file] = (tmp_path / "data" / "backups").iterdir()
    assert shell("restore", str(file))[0] == 2  # the school is still there
    (tmp_path / "data" / "promobot.db").rename(tmp_path / "lost.db")
    code, out, err = shell("restore", str(file))
    assert (code, err) == (0, "")
    assert "得分和定稿与备份时一致" in out
    assert "没有找到抹除名单" in out
    assert "新增 0" in shell("roster", "import", "roster.csv", "--dry-run")[1]


def test_a_restore_makes_no_key_of_its_own(shell: Shell, tmp_path: Path) -> None:
    shell("roster", "import", "roster.csv", "--yes")
    shell("backup", "--to", "kept")
    [file] = (tmp_path / "kept").iterdir()

    code, _, err = shell("restore", str(file), "--db", "sqlite:///new/x.db")

    assert code == 2
    assert "没有密钥" in err
    assert not (tmp_path / "new").exists()


def test_the_plan_is_checked_and_shown(shell: Shell, tmp_path: Path) -> None:
    assert shell("plan", "check")[0] == 0
    assert "3月30日" in shell("plan", "show")[1]

    (tmp_path / "own.toml").write_text("id = 5\n", "utf-8")
    code, _, err = shell("plan", "check", "own.toml")

    assert code == 2
    assert "own.toml" in err


def test_a_sound_database_is_said_to_be_sound(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    shell("roster", "import", "roster.csv", "--yes")
    monkeypatch.setattr("bot.shell.care.time.time", lambda: 1_711_700_000)

    code, out, _ = shell("doctor")

    assert code == 0
    assert "没有问题" in out


def test_what_a_platform_does_not_take_is_found(
    shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import sqlite3

    from db.outbox import STALE

    shell("roster", "import", "roster.csv", "--yes")
    monkeypatch.setattr("bot.shell.care.time.time", lambda: 1_711_700_000)
    with sqlite3.connect(tmp_path / "data" / "promobot.db") as raw:
        raw.executemany(
            "INSERT INTO outbox VALUES (?, ?, 'reply', 'telegram', '1', NULL, x'', ?, 9, ?, ?,"
            " '', ?)",
            [
                (91, "a", 1_711_699_000, "waiting", None, ""),
                (92, "b", 1_711_699_990, "waiting", None, ""),
                (93, "c", 1_711_600_000, "buried", 1_711_690_000, STALE),
            ],
        )
    raw.close()

    code, out, _ = shell("doctor")

    assert code == 1
    assert "telegram 有 1 条消息到时候没发出去，最早的从 2024-03-29 15:56 等起" in out
    assert "近 7 天有 1 条消息因平台一直不通而过期" in out


def test_a_tally_that_is_off_is_found(shell: Shell, tmp_path: Path) -> None:
    import sqlite3

    shell("roster", "import", "roster.csv", "--yes")
    with sqlite3.connect(tmp_path / "data" / "promobot.db") as raw:
        raw.execute(
            "INSERT INTO tallies VALUES ('2024', 'info_eng', 'news.accepted', '2024-04', 1)"
        )
    raw.close()

    code, out, _ = shell("doctor")

    assert code == 1
    assert "news.accepted" in out


def test_another_key_does_not_open_the_database(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    shell("migrate", "--new")
    monkeypatch.setenv("PROMOBOT_KEY", "22" * 32)

    code, _, err = shell("migrate")

    assert code == 2
    assert "PROMOBOT_KEY" in err


def test_the_faults_of_the_settings_are_all_named(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PROMOBOT_HTTP_PORT", "x")
    monkeypatch.setenv("PROMOBOT_PLATFORMS", "wecom")

    code, _, err = shell("run")

    assert code == 2
    assert "PROMOBOT_HTTP_PORT" in err
    assert "企业微信" in err


def test_a_console_of_another_code_page_takes_every_command() -> None:
    environ = {**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONPATH": os.getcwd()}
    done = subprocess.run(
        [sys.executable, "-m", "bot", "plan", "show"],
        env=environ,
        capture_output=True,
        timeout=60,
        check=False,
    )

    assert done.returncode == 0
    assert b"Traceback" not in done.stderr


def test_the_shell_imports_nothing_heavy_to_say_its_usage() -> None:
    code = (
        "import sys; from bot.cli import main; main(['--help']); "
        "heavy = {'sqlalchemy', 'aiohttp', 'telegram', 'openpyxl', 'apscheduler', 'cryptography'};"
        "sys.exit(', '.join(heavy & sys.modules.keys()) or 0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, timeout=60, check=False, text=True
    )

    assert done.returncode == 0, done.stderr


def test_next_year_is_carried_over_at_once_with_what_to_look_at(shell: Shell) -> None:
    year = time.localtime().tm_year + 1
    code, out, err = shell("plan", "new", str(year), "--from", "2024")
    assert (code, err) == (0, "")
    assert f"{year} 年的方案已按 2024.1 建好" in out
    for said in ("文号还是上一年的", "在校人数还没有设", "附件2 的数量照旧"):
        assert said in out
    code, out, _ = shell("plan", "list")
    assert code == 0
    assert f"{year}.1　在用" in out
    code, _, err = shell("plan", "new", str(year), "--from", "2024")
    assert (code, f"{year} 年已有方案" in err) == (2, True)
    assert shell("plan", "new", "27", "--from", "2024")[0] == 2
    assert shell("plan", "new", "2099", "--from", "2031")[0] == 2
    assert "2099" not in shell("plan", "list")[1]


def test_a_plan_is_exported_changed_shown_and_published(shell: Shell, tmp_path: Path) -> None:
    assert shell("roster", "import", "roster.csv", "--yes")[0] == 0
    assert shell("plan", "export", "2024", "--out", "own.toml")[0] == 0
    assert shell("plan", "export", "2024", "--out", "own.toml")[0] == 2
    own = tmp_path / "own.toml"
    source = own.read_text("utf-8")
    assert shell("plan", "publish", "own.toml")[0] == 2
    own.write_text(
        source.replace('terms.deadline = { is = "03-30"', 'terms.deadline = { is = "04-02"'),
        "utf-8",
    )
    change = "交接：截止 3月30日（周六） → 截止 4月2日（周二）　附件3·二·(一)（约定 A01）"
    code, out, _ = shell("plan", "diff", "2024", "own.toml")
    assert (code, out.strip()) == (0, change)
    code, out, _ = shell("plan", "publish", "own.toml")
    assert code == 1
    assert change in out
    assert "机电工程系" in out.partition("各部门得分")[2]
    assert "没有发布" in out
    assert "2024.2" not in shell("plan", "list")[1]
    code, out, _ = shell("plan", "publish", "own.toml", "--yes", "王五", "--why", "改日期")
    assert code == 0
    assert "已发布 2024.2" in out
    code, out, _ = shell("plan", "list")
    assert "2024.2　在用" in out
    assert "王五 同意" in out
    assert "改日期" in out
    assert "4月2日" in shell("plan", "show", "2024")[1]
    assert change in shell("plan", "diff", "2024.1", "2024.2")[1]


@pytest.mark.parametrize(
    "arguments",
    [
        ("plan", "show", "2031"),
        ("plan", "export", "x"),
        ("plan", "diff", "2024", "2024.7"),
        ("plan", "publish", "missing.toml"),
        ("plan", "new", "2027"),
        ("plan", "fly"),
    ],
)
def test_bad_input_about_plans_costs_one_line(shell: Shell, arguments: tuple[str, ...]) -> None:
    code, out, err = shell(*arguments)
    assert (code, out) == (2, "")
    assert 1 <= len(err.strip().splitlines()) <= 2
    assert "Traceback" not in err


def test_an_unknown_unit_of_a_roster_is_answered_with_the_units_and_both_ways_out(
    shell: Shell, tmp_path: Path
) -> None:
    (tmp_path / "own.csv").write_text("工号,姓名,部门,角色\nT1,陈晓,天文系,教师\n", "utf-8")
    code, out, err = shell("roster", "import", "own.csv", "--yes")
    assert (code, out) == (2, "")
    assert "天文系" in err
    assert "部门可写：党群办、学校办公室" in err
    assert "plan publish 我校.toml" in err


def test_a_school_of_another_shape_begins_with_the_example(shell: Shell) -> None:
    year = str(time.localtime().tm_year)
    code, out, _ = shell("plan", "new", year, "--from", "primary")
    assert code == 0
    assert f"{year} 年的方案已按 primary 建好" in out
    assert "低年级组" in shell("plan", "show", year)[1]
    code, out, _ = shell("score", "低年级", "--json")
    assert code == 0
    assert json.loads(out)["units"][0]["max"] == "13"
