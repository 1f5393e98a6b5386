"""`promobot records`: the table of a school that begins in mid-year, from the shell."""

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.cli import main
from scoring.moments import day_of

Shell = Callable[..., tuple[int, str, str]]

ROSTER = """工号,姓名,部门,角色
T1,陈晓,信息工程系,宣传员
T2,何平,财务部,管理员
T3,吴敏,学校办公室,考核组
"""
YEAR = day_of(int(time.time())).year
TABLE = f"""类别,部门,人员,时间,标题,链接,结果,说明
交接,信工,,{YEAR}-01-01 00:00,,,核实,
新闻,信工,陈晓,{YEAR}-01-01 00:00,开放日,https://a.cn/1,通过,
新闻,学校办公室,吴敏,{YEAR}-01-01 00:00,办公室,https://a.cn/2,通过,
线索,,陈晓,{YEAR}-01-01 00:00,张某 13800010001 初三,,,
"""


@pytest.fixture
def shell(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Shell:
    """Run a command beside a roster and a table; exit code, output, faults."""
    monkeypatch.chdir(tmp_path)
    for key in [key for key in os.environ if key.startswith("PROMOBOT_")]:
        monkeypatch.delenv(key)
    (tmp_path / "roster.csv").write_text(ROSTER, "utf-8")
    (tmp_path / "台账.csv").write_text(TABLE, "gb18030")

    def run(*arguments: str) -> tuple[int, str, str]:
        code = main(list(arguments))
        out, err = capsys.readouterr()
        return code, out, err

    assert run("roster", "import", "roster.csv", "--yes")[0] == 0
    assert "plan new" in run("records", "import", "台账.csv")[2]
    assert run("plan", "new", str(YEAR), "--from", "2024")[0] == 0
    return run


def test_a_table_is_tried_booked_with_a_name_listed_and_taken_back(shell: Shell) -> None:
    assert "还没有补录过台账" in shell("records", "list")[1]
    for asked, code in ((("--dry-run",), 0), ((), 1)):
        found, out, err = shell("records", "import", "台账.csv", *asked)
        assert (found, err) == (code, "")
        assert "试读：4 行，可补录 4 条，已有 0 条不再记。" in out
        assert "信息工程系　5/39 → 8/39" in out
    assert "没有补录" in out
    code, out, _ = shell("records", "import", "台账.csv", "--yes", "吴敏")
    assert code == 0
    assert "已补录 4 条（台账 1），吴敏 同意" in out
    assert "其中 1 条是吴敏自己部门的" in out
    assert "信息工程系　8/39" in shell("score", "信工")[1]
    assert "4 条　命令行 提交，吴敏 同意" in shell("records", "list")[1]
    assert "可补录 0 条，已有 4 条" in shell("records", "import", "台账.csv", "--yes", "吴敏")[1]
    assert shell("records", "undo", "1")[0] == 1
    code, out, _ = shell("records", "undo", "1", "--yes", "T3")
    assert (code, out.strip()) == (0, "已撤回台账 1，4 条不再算。")
    assert "已整份撤回" in shell("records", "list")[1]
    assert shell("records", "undo", "1", "--yes", "吴敏")[0] == 2
    assert "没有问题" in shell("doctor")[1]


def test_bad_lines_and_names_cost_a_sentence_and_book_nothing(shell: Shell, tmp_path: Path) -> None:
    bad = TABLE.replace(f"{YEAR}-01-01 00:00,开放日", "2131-04-02,开放日").replace(
        "信工", "天文系", 1
    )
    (tmp_path / "bad.csv").write_text(bad, "utf-8")
    code, out, err = shell("records", "import", "bad.csv", "--yes", "吴敏")
    assert (code, out) == (2, "")
    assert "2 行看不懂，一行都没有记" in err
    assert "第 2 行 部门“天文系”不认识" in err
    assert "第 3 行 时间“2131-04-02”" in err
    for asked in (
        ("import", "台账.csv", "--yes", "陈晓"),
        ("import", "台账.csv", "--yes", " "),
        ("import", "none.csv"),
        ("import", "roster.csv"),
        ("undo", "7", "--yes", "吴敏"),
        ("fly",),
    ):
        code, out, err = shell("records", *asked)
        assert (code, out) == (2, ""), asked
        assert len(err.strip().splitlines()) == 1
    assert "还没有补录过台账" in shell("records", "list")[1]


def test_the_template_can_be_filled_and_is_never_overwritten(shell: Shell, tmp_path: Path) -> None:
    assert shell("records", "template")[0] == 0
    assert shell("records", "template")[0] == 2
    assert (tmp_path / "台账模板.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    code, _, err = shell("records", "import", "台账模板.csv", "--dry-run")
    assert code == 2
    assert "表头" not in err
