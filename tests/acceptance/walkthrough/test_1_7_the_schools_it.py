"""1.7: 何平 starts it, brings the roster, links the groups, and reads how it is."""

import io
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from openpyxl import Workbook, load_workbook

from bot.adapters.local import LocalPlatform
from bot.cli import forgiving, main
from bot.process.outages import Outages
from bot.settings import Settings
from bot.shell.run import serve
from commands.chat.errors import Unreachable
from commands.chat.messages import File, Outgoing, Receipt
from db.engine.database import Database
from tests.worlds.doors import behind
from tests.worlds.school import School, close_school, open_school
from tests.worlds.transcripts import WECOM

HEADER = ("工号", "姓名", "部门", "角色", "账号")
ADMIN = ("T9009", "何平", "后勤保障部", "管理员", "u-he")


def workbook(*rows: tuple[object, ...], title: bool = True) -> bytes:
    """A roster as schools keep it: a title above the header, 合计 below the last line."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    if title:
        sheet.append(("民办学校教职工花名册",))
    for row in (HEADER, *rows, ("合计", f"{len(rows)} 人")):
        sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


SOUND = workbook(
    ADMIN,
    (1024.0, "张伟", "机电工程系", "教师", ""),
    ("T1025", "张伟", "", "教师", ""),
    ("T3012", "陈晓", "信工", "宣传员", "u-chen"),
)
FAULTY = workbook(
    ADMIN,
    ("T1024", "张伟", "信工教研室", "教师", ""),
    ("T9009", "李强", "机电", "教师", ""),
    ("T1030", "", "机电", "教师", ""),
)


@pytest_asyncio.fixture
async def fresh(sqlite_database: Database) -> AsyncIterator[School]:
    """A school whose number of students and whose groups are not known yet."""
    found = await open_school(sqlite_database, students=None, groups=())
    yield found
    close_school(found)


@pytest_asyncio.fixture
async def wecom(sqlite_database: Database) -> AsyncIterator[School]:
    found = await open_school(sqlite_database, groups=(), capabilities=WECOM)
    yield found
    close_school(found)


# --- the console --------------------------------------------------------------------------


async def started(monkeypatch: pytest.MonkeyPatch, *platforms: str) -> list[str]:
    """What the console shows of a first start that ends at once."""
    import asyncio

    behind(monkeypatch, *platforms)
    said: list[str] = []
    stop = asyncio.Event()
    found = Settings(platforms=platforms, http_port=0)
    await serve(found, say=said.append, stop=stop, started=stop.set)
    return said


async def test_the_first_start_says_where_the_data_are_and_who_becomes_administrator(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    plan, first, *rest = await started(monkeypatch, "wecom", "telegram")
    assert "年还没有方案，暂不收报送。沿用一年的：promobot plan new " in plan
    assert first == (
        "宣传助手已启动（企业微信、Telegram）。数据在 data 文件夹（请每天备份这个文件夹）"
    )
    assert any(
        line.startswith("第一次使用：私聊我发“绑定 ")
        and line.endswith("”（管理员一次性口令，30 分钟内有效）。")
        for line in rest
    )
    assert "按 Ctrl+C 停止。" in rest


async def test_every_line_of_it_can_be_shown_by_a_chinese_windows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for line in await started(monkeypatch, "wecom"):
        line.encode("cp936")


def test_what_a_console_cannot_show_is_replaced_and_nothing_fails() -> None:
    raw = io.BytesIO()
    console = io.TextIOWrapper(raw, encoding="cp936")
    forgiving(console)
    print("已启动 ✓", file=console, flush=True)
    assert raw.getvalue().decode("cp936").strip() == "已启动 ?"


def test_a_second_start_is_one_line_with_the_setting_that_helps(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PROMOBOT_PLATFORMS", "console")
    with socket.socket() as first:
        first.bind(("127.0.0.1", 0))
        first.listen()
        port = first.getsockname()[1]
        monkeypatch.setenv("PROMOBOT_HTTP_PORT", str(port))
        assert main(["run"]) == 2
    [line] = capsys.readouterr().err.splitlines()
    assert f"{port} 已被占用" in line
    assert "可能本程序已在运行" in line
    assert f"换端口：设置 PROMOBOT_HTTP_PORT={port + 1} 再启动" in line


def test_a_folder_that_takes_no_data_is_one_line_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PROMOBOT_PLATFORMS", "console")
    monkeypatch.setenv("PROMOBOT_HTTP_PORT", "0")
    (tmp_path / "data").write_text("in the way")
    assert main(["run"]) == 2
    [line] = capsys.readouterr().err.splitlines()
    assert line.startswith("data 文件夹不能写，没有启动。")


def test_a_backup_says_where_it_is_and_what_it_leaves_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["migrate", "--new"]) == 0
    capsys.readouterr()
    assert main(["backup"]) == 0
    first, second = capsys.readouterr().out.splitlines()
    [made] = (tmp_path / "data" / "backups").iterdir()
    assert first.startswith(f"已备份 {made.relative_to(tmp_path).as_posix()}（")
    assert first.endswith("已打开核对：行数、得分、定稿都一致。")
    assert second.startswith("密钥不在备份里。请把 data/key 另存到别的地方")


def test_where_there_is_no_database_a_backup_is_one_line_and_makes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["backup"]) == 2
    [line] = capsys.readouterr().err.splitlines()
    assert line.startswith("还没有数据库 data/promobot.db。第一次用请运行 promobot init")
    assert list(tmp_path.iterdir()) == []


# --- the roster ---------------------------------------------------------------------------


async def test_an_old_workbook_is_named_with_the_way_out(fresh: School) -> None:
    old = File(name="花名册.xls", data=b"\xd0\xcf\x11\xe0" + bytes(100))
    assert await fresh.says("u-he", "名册", file=old) == [
        "这是旧式 .xls，请在 WPS/Excel 里“另存为 .xlsx”再传。一行都没有导入。"
    ]


async def test_a_faulty_roster_comes_back_with_its_faults_and_imports_nobody(
    fresh: School,
) -> None:
    [said] = await fresh.says("u-he", "名册", file=File(name="花名册.xlsx", data=FAULTY))
    first, second, third = said.split("\n")
    assert first == "试读：4 人、1 个部门。新增 0，看不懂 3 行，没有导入。"
    assert second == (
        "第 4 行 部门“信工教研室”不认识；第 5 行 工号与第 3 行重复；第 6 行 姓名为空。"
    )
    # No {把“信工教研室”当作…}: docs/decisions/0010.
    assert third.startswith("部门可写：")
    assert "两条路" in third
    assert fresh.buttons("u-he") == []
    [file] = fresh.seen[-1].files
    assert file.name == "花名册_问题.xlsx"
    sheet = load_workbook(io.BytesIO(file.data)).active
    rows = [[cell or "" for cell in row] for row in sheet.iter_rows(values_only=True)]
    assert [row[-1] for row in rows] == [
        "",
        "问题",
        "",
        "部门“信工教研室”不认识",
        "工号与第 3 行重复",
        "姓名为空",
        "",
    ]
    assert [row[1] for row in rows[2:6]] == ["何平", "张伟", "李强", ""]


async def test_a_formula_in_a_roster_that_comes_back_is_only_a_text(fresh: School) -> None:
    evil = workbook(ADMIN, ("T1024", "'=1+1", "哪里", "教师", ""))
    await fresh.says("u-he", "名册", file=File(name="册.xlsx", data=evil))
    [file] = fresh.seen[-1].files
    sheet = load_workbook(io.BytesIO(file.data)).active
    assert {cell.data_type for row in sheet.iter_rows() for cell in row if cell.value} == {"s"}


async def test_a_sound_roster_is_shown_imported_and_followed_by_the_next_steps(
    fresh: School,
) -> None:
    [dry] = await fresh.says("u-he", "名册", file=File(name="花名册2.xlsx", data=SOUND))
    # The people of this school are on the roster already: all but two of them leave.
    assert dry.split("\n")[0].startswith("试读：4 人，新增 2，改 ")
    assert "错 0。同名 1 组（张伟 2 人），以工号区分。" in dry
    assert fresh.buttons("u-he") == ["导入", "取消"]
    await fresh.presses("u-he", "导入", at="03-18 10:21")
    assert fresh.last("u-he") == (
        "已导入 4 人。\n"
        "下一步：设置 在校人数，如“设置 在校人数 7000”；到职工群里发“@宣传助手 关联”。"
    )


async def test_the_head_count_is_read_in_chinese_and_shown_with_its_line(fresh: School) -> None:
    [shown] = await fresh.says("u-he", "设置 在校人数 七千", at="03-18 10:22")
    # 26 people stand on this roster, 412 on the transcript's.
    assert shown == (
        "在校人数：未设 → 7000？\n"
        "互动线变为 (7000+26)×80% = 5620.8；点击量门槛不变（用附件2表列数）。"
    )
    assert fresh.buttons("u-he") == ["确认", "取消"]


# --- groups and bindings ------------------------------------------------------------------


async def test_a_group_that_hears_only_mentions_says_so(wecom: School) -> None:
    [said] = await wecom.says("u-he", "@宣传助手 关联", group="全体教职工", at="03-19 08:50")
    assert said == (
        "本群“全体教职工”已关联，可以在这里说话了。\n"
        "群里 @我 才看得见；我删不了消息，电话请私聊报。"
    )
    # What a group is for is not among the words of the contract: no {改用途}.
    assert wecom.buttons(group="全体教职工") == ["我能做什么"]
    await wecom.presses("u-he", "我能做什么", group="全体教职工")
    assert wecom.last(group="全体教职工").startswith("何老师好，常用的有")


async def test_a_group_where_messages_can_go_needs_the_right_to_do_so(fresh: School) -> None:
    [said] = await fresh.says("u-he", "／关联", group="群T", at="03-19 09:00")
    # Whether the right was given is not known before a message has to go, so it is always said.
    assert said.startswith("本群“群T”已关联")
    assert "请把我设为管理员并勾“删除消息”" in said


async def test_bindings_with_the_roster_s_name_are_confirmed_at_once(school: School) -> None:
    chat = school._chat("u-bai", "")
    await school.platform.says("u-bai", chat, "绑定 T3020", author_name="白露")
    await school.says("u-other", "绑定 T4011")
    [said] = await school.says("u-he", "待确认", at="03-20 09:02")
    assert said == "待确认绑定 2 人，其中 1 人姓名与名册一致。"
    assert school.buttons("u-he") == ["确认一致的 1 人", "逐个看"]


# --- how it is ----------------------------------------------------------------------------


async def test_whom_nothing_reaches_is_named(
    school: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    send = LocalPlatform.send

    async def closed(self: LocalPlatform, message: Outgoing) -> Receipt:
        if message.chat.id == "u-chen":
            raise Unreachable("403")
        return await send(self, message)

    monkeypatch.setattr(LocalPlatform, "send", closed)
    await school.at("03-27 10:00")
    [said] = await school.says("u-he", "健康", at="04-02 07:40")
    assert "收不到私信的 1 人：陈晓" in said


async def seen(outages: Outages, school: School, at: str, *, gone: bool) -> None:
    """What a look finds at a moment of 2 April."""
    await school.at(f"04-02 {at}")
    await outages.seen({"local"} if gone else (), {"local"})
    await school.app.delivery.deliver_all()


async def test_a_gap_in_the_connection_is_told(school: School) -> None:
    outages = Outages(school.app)
    await seen(outages, school, "02:09", gone=False)
    for at in ("02:10", "02:11", "02:12"):
        await seen(outages, school, at, gone=True)
    [said] = await school.says("u-he", "健康", at="04-02 02:20")
    assert "网页 从 4月2日 02:10 起连不上，正在自动重连" in said
    await seen(Outages(school.app), school, "02:25", gone=False)  # another start of the program
    [said] = await school.says("u-he", "健康", at="04-02 07:40")
    assert "网页 4月2日 02:10–02:25 断线，已自动恢复" in said
    assert "可能没收到" in said
    assert school.last(group="staff") == ""  # nobody was at work
    assert "断线" not in (await school.says("u-he", "健康", at="04-06 07:40"))[0]


async def test_groups_hear_of_a_gap_while_people_were_at_work(school: School) -> None:
    outages = Outages(school.app)
    await seen(outages, school, "09:50", gone=True)
    await seen(outages, school, "09:50", gone=False)  # a connection made anew at once
    for at in ("10:00", "10:02"):
        await seen(outages, school, at, gone=True)
    for at in ("10:15", "10:16"):
        await seen(outages, school, at, gone=False)
    told = [m.text for m in school.shown("", group="staff") if "断线" in m.text]
    assert told == [
        "10:00–10:15 我断线了，现在好了。这段时间群里 @我 的消息可能没收到，请再发一次。"
    ]


async def test_on_mondays_it_says_by_itself_that_all_is_well(school: School) -> None:
    await school.at("03-25 08:30")
    assert school.last("u-he").startswith("早上好")
