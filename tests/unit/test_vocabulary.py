"""What people can say is exactly the table of the contract, in Latin and in Chinese."""

import ast
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages

import pytest

import commands
import reminders
from commands.chat.requests import Command, Job, Registry
from commands.families import FAMILIES
from commands.grammar.folding import fold

REGISTRY = Registry(FAMILIES)
COMMANDS, WORDS = REGISTRY.commands, REGISTRY.words
TABLE = """
start 开始 | help 帮助 | bind 绑定 | lead 报线索
forward 转发 | like 点赞 | comment 评论 | follow 关注 | class 班级
news 报新闻 | article 报软文 | column 报栏目 | video 报视频 | views 点击
handover 交接 | ppt 报PPT | recommend 推荐 | results 发布成绩
lookup 发布查询 | live 直播 | intro 报介绍
meeting 班会
queue 待审 待我审 | approve 通过 | reject 退回 | offtopic 偏题
pending 待认定 | certify 认定 | invalid 无效 | revoke 撤销 | erase 抹除
task 发任务 | settle 结任务
training 培训 | waive 豁免 | resolve 处理 | report 月报
mine 我的 | undo 撤回 | edit 更正 | appeal 申诉 | doubt 反映 | onbehalf 代
score 得分 查分 | why 为什么 | quota 指标 | rank 排名 | todo 待办
deadlines 截止 | platforms 平台 | clause 原文
mute 免打扰 | silence 本群静音 | nudge 催办 | audit 审计 | health 健康
link 关联 | roster 名册 | confirm 待确认 | grant 授权 | ungrant 收回授权 | set 设置
calendar 校历 | reminders 提醒 | plan 方案 | readings 口径
rules 怎么算分 | web 网页 | missing 谁没 | export 导出 | whatif 试算
move 调动 | depart 离职 | officer 换宣传员 | deputy 代班
"""
CONTRACT = {
    row.split()[0]: row.split()[1:]
    for line in TABLE.strip().splitlines()
    for row in line.split(" | ")
}

TO_COME: set[str] = set()
"""Words of later issues; they stand here and nowhere else."""

BESIDE_THE_TABLE = {"agenda", "award", "cancel", "done", "records", "trend"}
"""评定 gives the points of the updates where they are given by hand (A06). 台账 is how a school
that begins in mid-year brings its records (issue 19), 日历 a file of one's own dates (issue 23),
走势 the charts of the pages as a picture (issue 24).
取消 ends a dialogue, 都做了 is how people say that they did all of a task (C9); the contract and
the walkthrough say so in their text, not in the table."""


def test_every_word_of_the_contract_is_registered_and_no_other() -> None:
    said = {name for name, entry in COMMANDS.items() if not entry.internal}
    assert said - BESIDE_THE_TABLE == CONTRACT.keys()
    assert not said & TO_COME


@pytest.mark.parametrize("name", CONTRACT)
def test_the_chinese_words_are_those_of_the_contract(name: str) -> None:
    assert set(CONTRACT[name]) <= set(COMMANDS[name].words)


@pytest.mark.parametrize("name", sorted(CONTRACT))
def test_a_word_has_an_example_that_begins_with_it(name: str) -> None:
    entry = COMMANDS[name]
    assert any(fold(entry.example).startswith(fold(word)) for word in (*entry.words, entry.name))


def test_no_word_means_two_things() -> None:
    assert all(WORDS[fold(word)] is entry for entry in COMMANDS.values() for word in entry.words)


def test_no_module_that_declares_a_command_or_a_job_is_left_out_of_the_application() -> None:
    modules = [import_module(one.name) for one in walk_packages(commands.__path__, "commands.")]
    declaring = {
        module.__name__
        for module in modules
        for declared in vars(module).values()
        if isinstance(declared, (Command, Job)) and declared.home == module.__name__
    }
    assert declaring == {module.__name__ for module in FAMILIES}


def test_a_button_names_a_command_that_exists() -> None:
    """By its name; what a button says is otherwise a line that parses or not."""
    floors = [Path(commands.__path__[0]), Path(reminders.__path__[0])]
    named = {
        call.args[1].value
        for floor in floors
        for file in floor.rglob("*.py")
        for call in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(call, ast.Call)
        and ast.unparse(call.func) in ("Button.of", "press")
        and len(call.args) > 1
        and isinstance(call.args[1], ast.Constant)
    }
    assert named
    assert named <= COMMANDS.keys()
