"""The guides, done as they say: what one types to the program and what one types in the chat,
page by page, each on a school of its own."""

import os
import shutil
import subprocess
import time
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.cli import main
from commands.chat.messages import File
from db.accounts import FIRST_ADMIN, issue_code
from db.engine.database import Database
from scoring.moments import local
from tests.worlds import guides
from tests.worlds.guides import GUIDES
from tests.worlds.school import GROUP, School, close_school, open_school
from tests.worlds.transcripts import understood

ROSTER = GUIDES / "roster-template.csv"
YEAR = local(int(time.time())).year

NOT_HERE = (
    ["run"],  # for ever
    ["init"],  # asks: tests/integration/test_init.py answers
    ["demo"],  # another school
    ["doctor", "telegram"],  # both ask the platform
    ["doctor", "wecom"],
    ["roster", "import", "--wecom"],
)
OF_FILES = ("mkdir", "mv", "cp data", "rm")
"""The lines of a shell that are carried out, too: they move what lies beside the database."""

ELSEWHERE = ("docker.zh-CN.md",)
"""Pages whose program runs in a container: their lines are parsed only."""


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a school's database: a roster, and a plan of this year."""
    folder = tmp_path_factory.mktemp("school")
    shutil.copy(ROSTER, folder / "花名册.csv")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        for name in [name for name in os.environ if name.startswith("PROMOBOT_")]:
            patch.delenv(name)
        assert main(["roster", "import", "花名册.csv", "--yes"]) == 0
        if YEAR != 2024:
            assert main(["plan", "new", str(YEAR), "--from", "2024"]) == 0
    return folder


def filled(word: str, folder: Path) -> str:
    """A word of a line with what its placeholders stand for."""
    if "备份文件" in word:
        newest = max((folder / "data" / "backups").glob("*.backup"))
        word = word.replace("备份文件", newest.name)
    return word.replace("2027", str(YEAR + 1))


TITLE = 'title = "学校品牌'


def mend(plan: Path) -> None:
    """What a school does to its plan between two lines."""
    if plan.exists() and TITLE in (text := plan.read_text("utf-8")):
        plan.write_text(text.replace(TITLE, 'title = "本校品牌'), "utf-8")


PAGES = sorted({block.page for block in guides.blocks("sh")} - {*ELSEWHERE})


@pytest.mark.parametrize("page", PAGES)
def test_a_page_is_done_as_it_says(
    page: str,
    prepared: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
) -> None:
    folder = tmp_path / "school"
    shutil.copytree(prepared, folder)
    monkeypatch.chdir(folder)
    for name in [name for name in os.environ if name.startswith("PROMOBOT_")]:
        monkeypatch.delenv(name)
    for block in guides.blocks("sh", "toml"):
        if block.page != page:
            continue
        if block.kind == "toml":
            _set(block, monkeypatch, request)
            continue
        for line in block.lines:
            _do(line, folder)
            mend(folder / "我校.toml")


def _set(block: guides.Block, patch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    """Settings that change which database is meant hold from here on."""
    found = tomllib.loads(block.text)
    if "database_url" in found:
        address: Callable[[bool], str] = request.getfixturevalue("postgres_address")
        patch.setenv("PROMOBOT_DATABASE_URL", address(False))
        patch.setenv("PROMOBOT_KEY_FILE", found["key_file"])


def _do(line: str, folder: Path) -> None:
    passed = guides.of_promobot(line)
    if passed is None:
        if line.startswith(OF_FILES):
            subprocess.run(["bash", "-ec", line], check=True, cwd=folder, timeout=20)
        return
    if any(passed[: len(start)] == start for start in NOT_HERE):
        return
    assert main([filled(word, folder) for word in passed]) == 0, line


TALKS = sorted({block.page for block in guides.blocks("chat")})


@pytest.mark.parametrize("page", TALKS)
async def test_what_a_page_says_in_the_chat_is_understood(
    page: str, sqlite_database: Database, tmp_path: Path
) -> None:
    """The administrator is whoever sends the first code; the others have never written."""
    nobody = tmp_path / "one.csv"
    nobody.write_text("工号,姓名,部门\nT1,甲某,财务部\n", "utf-8")
    school = await open_school(sqlite_database, roster=nobody, students=None, groups=())
    now = school.clock.now()
    code = await school.app.write(lambda tx: issue_code(tx, FIRST_ADMIN, None, now, ttl=1800))
    lines = [said for block in guides.blocks("chat") if block.page == page
             for said in guides.chat(block)]  # fmt: skip
    if not lines[0].text.startswith("绑定"):
        await school.says("u-boss", f"绑定 {code}")
    for said in lines:
        await _say(school, said, code)
    close_school(school)


REFUSED = ("没有", "看不懂", "请")
"""How an answer begins that does not do what was asked."""


async def _say(school: School, said: guides.Said, code: str) -> None:
    account = f"u-{said.who or 'boss'}"
    group = GROUP if said.group else ""
    if said.button:
        heard = await school.presses(account, said.button, group=group)
    else:
        file = File(name=said.file, data=ROSTER.read_bytes()) if said.file else None
        text = said.text.replace("口令", code)
        heard = await school.says(account, text, group=group, file=file)
    understood(heard, said.button or said.text)
    assert not heard[0].startswith(REFUSED), heard
