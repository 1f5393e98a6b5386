"""Numbers of the plan stand in the plan file alone, so that another file changes what they do and
what is said of them."""

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import scoring
from scoring.planusual import usual
from tests.unit.test_golden_plan import _numbers as numbers

ROOT = Path(scoring.__file__).parents[1]
WORK = ("assessment", "duties", "leads", "months", "plans", "reports", "scores", "tasks", "wording")
ROOMS = ("scoring", "reminders", *(f"commands/{room}" for room in WORK))
"""Where points are counted and what is owed is told."""

LEAST = 5
"""Below it a literal is as likely the first of three as a number of the plan."""

LIMITS = re.compile(r"_?(MOST|MAX|NAMED|NOTED|SHOWN|FEW|PAGE|LOOKED|HEADER)(_.*)?")
"""What is named as a limit of a list, a text or a file."""

OTHERS = {
    "the calendar and the clock": """
        commands/reports/publications.py:LAST_WEEK reminders/planning.py:ONE_WEEK
        reminders/planning.py:_weekly reminders/planning.py:_year_end
        reminders/weeks.py:_last_letter scoring/calendar.py:SATURDAY
        scoring/calendar.py:TERM_BEGINS scoring/moments.py:MINUTE scoring/moments.py:OFFSET
        scoring/moments.py:period_days scoring/moments.py:weeks_between scoring/periods.py:ANCHORS
        scoring/planshow.py:_clock scoring/planvalues.py:clock
        """,
    "digits and lengths of what is written": """
        commands/leads/recall.py:asked commands/leads/report.py:_few
        commands/months/monthly_report.py:_seal commands/months/outline.py:_totals
        commands/months/workbook.py:_chart commands/scores/why.py:_quoted
        commands/wording/formats.py:bar commands/wording/formats.py:percent
        scoring/rules_counts.py:_shown scoring/verdicts.py:percent
        """,
    "how long something said may be answered, taken back or kept": """
        commands/duties/completion.py:HELD_BACK commands/leads/news.py:HELD_BACK
        commands/leads/recall.py:PATIENCE commands/scores/weekly.py:SETTLED
        scoring/planfile.py:kept
        """,
    "when our own reminders come, of which the plan says nothing": """
        commands/duties/agenda.py:MORNING commands/leads/flags.py:IN_A_ROW
        commands/leads/news.py:MORNING commands/reports/deans_approval.py:AFTERNOON
        commands/reports/deans_approval.py:AGAIN commands/reports/deans_approval.py:LATEST
        commands/reports/deans_approval.py:later reminders/deadlines.py:DUTY_ASKED_FROM
        reminders/desks.py:OLD_LEADS reminders/desks.py:health reminders/desks.py:views
        reminders/planning.py:AFTERNOON reminders/planning.py:DAY_OF
        reminders/planning.py:ENDS_AFTER reminders/planning.py:HEALTH reminders/planning.py:MIDWAY
        reminders/planning.py:SECOND_CALL reminders/planning.py:TURN reminders/planning.py:_live
        reminders/tick.py:LATE
        """,
}
"""Where a literal equals a number of the plan and is none, and what it is instead."""

EXAMPLE = re.compile(r"(如|可发|可设|请发|请写|请假写|要写|可写|写成)[^。\n]*")
COUNTED = re.compile(r"(?<![0-9A-Za-z.#{-])([0-9]+)(?:%| ?(?:分(?!钟)|条|天|次|人|篇|场|个))")
SAID = {
    "ear.appeal_none": "how far back is looked",
    "health.stale": "what is summed up to the administrator",
    "reminders.summary": "what is summed up to the administrator",
    "remind.ended": "workdays after which we no longer remind",
    "button.next_page": "a page of a list",
}
"""Sentences with a number of ours, and what it is."""


def figures() -> set[int]:
    """The numbers of the plan: counts, points, shares in percent."""
    found = (re.fullmatch(r"([0-9]+)%?", written) for _, _, written in numbers(usual()))
    return {int(one[1]) for one in found if one}


def literals(tree: ast.Module, wanted: set[int]) -> Iterator[tuple[str, int]]:
    """Each wanted number in a module, with the constant or function it belongs to; the bounds of
    slices are lengths."""
    todo: list[tuple[ast.AST, str]] = [(tree, "")]
    while todo:
        node, owner = todo.pop()
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.Slice):
                continue
            if isinstance(child, ast.Constant):
                if type(child.value) is int and child.value in wanted:
                    yield owner, child.value
                continue
            todo.append((child, _owner(child) or owner))


def _owner(node: ast.AST) -> str:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return node.name
    if isinstance(node, ast.Assign | ast.AnnAssign):
        target = node.targets[0] if isinstance(node, ast.Assign) else node.target
        names = [one.id for one in ast.walk(target) if isinstance(one, ast.Name)]
        return names[0] if names and names[0].isupper() else ""
    return ""


def test_no_number_of_the_plan_stands_in_the_code() -> None:
    wanted = {number for number in figures() if number >= LEAST}
    assert {7, 10, 59, 95, 120, 1835} <= wanted
    example = ast.parse("DAYS = 7\ndef f(a):\n    return a[:7] * 7")
    assert sorted(literals(example, wanted)) == [("DAYS", 7), ("f", 7)]
    allowed = {place for places in OTHERS.values() for place in places.split()}
    found = {
        f"{path.relative_to(ROOT).as_posix()}:{owner}"
        for room in ROOMS
        for path in (ROOT / room).rglob("*.py")
        for owner, _ in literals(ast.parse(path.read_text("utf-8")), wanted)
        if not LIMITS.fullmatch(owner)
    }
    assert sorted(found - allowed) == []
    assert len(found) > 30


def counted(sentence: str, days: set[str]) -> list[str]:
    """The counts and the plan's days that a sentence says by itself, its examples aside."""
    plain = EXAMPLE.sub("", sentence)
    return [*COUNTED.findall(plain), *(day for day in days if day in plain)]


def sentences() -> Iterator[tuple[str, str]]:
    """Each sentence with its key."""
    for room in ("scoring", "commands"):
        for path in sorted((ROOT / room / "sentences").glob("*.toml")):
            for table, entries in tomllib.loads(path.read_text("utf-8")).items():
                for name, said in entries.items():
                    if not name.startswith("example"):
                        yield f"{table}.{name}", str(said)


def test_no_number_of_the_plan_stands_in_a_sentence() -> None:
    found = (re.findall(r"([0-9]{2})-([0-9]{2})", written) for _, _, written in numbers(usual()))
    days = {f"{int(month)}月{int(day)}日" for pairs in found for month, day in pairs}
    assert {"4月5日", "6月15日", "8月31日"} <= days
    assert counted("交接得 3 分，4月5日前，#7 共 {a} 条，如 8 条", days) == ["3", "4月5日"]
    wanted = {str(number) for number in figures() if number > 1}
    told = {
        key: hits
        for key, said in sentences()
        if (hits := [one for one in counted(said, days) if one in wanted | days])
    }
    assert {key: hits for key, hits in told.items() if key not in SAID} == {}
