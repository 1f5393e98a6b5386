"""Issue 18, 1: the codes that the shell prints, and the one that stands for the second person."""

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.cli import main

HEADER = "工号,姓名,部门,角色,账号\n"
HE, XU = "T2,何平,财务部,管理员,u-he\n", "T3,徐明,信息工程系,管理员,u-xu\n"

Shell = Callable[..., tuple[int, str, str]]


@pytest.fixture
def shell(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Shell:
    """Import a roster of these lines in an empty folder, then run a command there."""
    monkeypatch.chdir(tmp_path)
    for key in [key for key in os.environ if key.startswith("PROMOBOT_")]:
        monkeypatch.delenv(key)

    def run(roster: str, *arguments: str) -> tuple[int, str, str]:
        (tmp_path / "roster.csv").write_text(HEADER + roster, "utf-8")
        main(["roster", "import", "roster.csv", "--yes"])
        capsys.readouterr()
        code = main(list(arguments))
        out, err = capsys.readouterr()
        return code, out, err

    return run


def test_the_second_code_is_for_the_only_administrator(shell: Shell) -> None:
    code, out, _ = shell(HE, "roster", "codes", "--second")
    assert code == 0
    assert re.search(r"第二人口令 [0-9A-Z]{4}-[0-9A-Z]{4}，30 分钟内有效，只给 何平 用一次", out)


def test_two_administrators_have_each_other(shell: Shell) -> None:
    code, out, err = shell(HE + XU, "roster", "codes", "--second")
    assert (code, out) == (2, "")
    assert "请另一位来确认" in err


def test_an_administrator_who_is_not_bound_gets_no_second_code(shell: Shell) -> None:
    code, out, err = shell(HE.replace("u-he", ""), "roster", "codes", "--second")
    assert (code, out) == (2, "")
    assert "还没有绑定了账号的管理员" in err


def test_a_roster_for_the_shell_does_not_name_the_founder_either(shell: Shell) -> None:
    code, _, err = shell(HE, "roster", "import", "roster.csv", "--dry-run")
    assert code == 0
    Path("bad.csv").write_text(f"{HEADER}ADMIN,甲,财务部,,u-x\n", "utf-8")
    assert main(["roster", "import", "bad.csv", "--yes"]) == 2
    assert err == ""
