"""The report as a workbook: a sheet for each table, typed cells, frozen heads, native charts.

Text is always text, whatever it begins with.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from commands.months.outline import MET, marks, people_line, period_words, result, title
from commands.months.places import ranked
from commands.months.report import Cause, Item, Report, Row, Sheet
from commands.paper import book
from commands.paper.book import Cell, Folded, Share, Tab
from commands.wording.sentences import say
from commands.wording.terms import QUOTAS, groups_of
from scoring.moments import Instant, local
from scoring.plan import Plan

STATES = {
    "scored": "已定",
    "pending": "待评",
    "unverified": "待核",
    "unscored": "不计入",
    "na": "不适用",
}
NOT_APPLICABLE = "na"
CHARTS = "图"

STANDING = ("部门", "组别", "名次", "得分", "应得", "得分率", "已失", "待评", "还可争取")
SUMMARY = (*STANDING, "上月末", "本月增减")
VERDICT = ("部门", "项目", "条款", "得分", "应得", "状态", "已失", "待评", "还可争取")
GROUNDS = ("约定", "理由")
VERDICTS = (*VERDICT, "上月末", *GROUNDS)
BOARD = ("部门", "任务", "期间", "要求", "完成", "还差")
CORRECTIONS = (
    "月份",
    "部门",
    "项目",
    "原得分",
    "现得分",
    "增减",
    "原理由",
    "现理由",
    "依据",
    "经办",
)
CAUSES = ("月份", "部门", "项目", "编号", "类别", "时间", "经办人", "处理", "原因")
ATTENTION = ("部门", "项目", "得分", "理由")
VIDEOS = ("账号", "期间", "要求", "豁免", "通过", "偏题", "退回", "待审")
INTERACTION = (
    *("任务", "标题", "结束时间", "在校人数", "教职工人数", "合格线", "指标", "平台数"),
    *("达标", "职工自报", "任务结果"),
)
OPEN = ("类别", "部门", "事项", "件数", "最早编号", "由谁办理", "可办的人")
CONVENTIONS = ("约定", "条款", "读法", "用于")


def write(plan: Plan, report: Report, *, seal: str = "") -> bytes:
    """The bytes of the .xlsx."""
    return book.write(
        title(report),
        datetime.fromtimestamp(report.known, UTC),
        sheets(plan, report, seal=seal),
        extra=lambda made: _chart(made, report),
    )


def sheets(plan: Plan, report: Report, *, seal: str) -> list[Tab]:
    """Every table with rows: its name, head and rows of typed cells. The last one names those
    without."""
    tabs: list[tuple[str, Sequence[str], list[Sequence[Cell]]]] = [
        ("总表", SUMMARY, list(_summary(report))),
        ("逐项", VERDICTS, list(_verdicts(plan, report))),
        ("未计分任务", BOARD, list(_board(report))),
        ("更正", CORRECTIONS, list(_corrections(report))),
        ("更正依据", CAUSES, list(_causes(report))),
        ("需要关注", ATTENTION, list(_attention(plan, report))),
        ("视频", VIDEOS, list(_videos(report))),
        ("互动", INTERACTION, list(_interaction(report))),
        ("未结", OPEN, list(_open(report))),
        ("口径", CONVENTIONS, list(_conventions(report))),
    ]
    empty = [name for name, _, rows in tabs if not rows]
    about = [*_about(report, seal), *([(say("workbook.empty"), "、".join(empty))] if empty else [])]
    return [*(tab for tab in tabs if tab[2]), ("说明", ("事项", "内容"), about)]


# --- the tables ---------------------------------------------------------------------------


def _less(now: Decimal | None, was: Decimal | None) -> Decimal | None:
    return None if now is None or was is None else now - was


def _time(at: Instant) -> datetime:
    return local(at).replace(tzinfo=None)


def placed(sheet: Sheet) -> Iterator[tuple[int | None, Row]]:
    """The units by group and place, then the school, which has none."""
    for group in groups_of(row.group for row in sheet.units):
        yield from ranked(sheet, group)
    yield None, sheet.school


def standing(place: int | None, row: Row) -> tuple[Cell, ...]:
    """A row under STANDING."""
    rate = None if row.rate is None else Share(row.rate)
    points = row.points, row.max, rate
    return (row.unit, row.group, place, *points, row.lost, row.open, row.winnable)


def _summary(report: Report) -> Iterable[Sequence[Cell]]:
    for place, row in placed(report):
        before = report.before[row.unit].points
        yield *standing(place, row), before, row.points - before


def verdict(plan: Plan, row: Row, item: Item, mark: str = "") -> tuple[Cell, ...]:
    """A row under VERDICT; `mark` stands behind its state."""
    word, status = plan.item[item.item].word, STATES[item.status] + mark
    points = item.points, item.max, status, item.lost, item.open, item.winnable
    return (row.unit, word, item.clause, *points)


def grounds(item: Item) -> tuple[Cell, ...]:
    """The cells under GROUNDS."""
    return item.convention or "", item.because


def _verdicts(plan: Plan, report: Report) -> Iterable[Sequence[Cell]]:
    mark = marks(plan, report)
    for row in report.rows:
        for item in row.items:
            before = report.before[row.unit].items[item.item]
            cells = (*verdict(plan, row, item, mark(row.unit, item.item)), before, *grounds(item))
            yield Folded(cells) if item.status == NOT_APPLICABLE else cells


def _board(report: Report) -> Iterable[Sequence[Cell]]:
    for task in report.tasks:
        yield (
            task.unit,
            QUOTAS.get(task.task, task.task),
            period_words(task.period),
            task.due,
            task.done,
            task.missing,
        )


def _corrections(report: Report) -> Iterable[Sequence[Cell]]:
    for one in report.corrections:
        yield (
            one.month,
            one.unit,
            one.word,
            one.was,
            one.now,
            _less(one.now, one.was),
            one.was_because,
            one.now_because,
            "、".join(map(_named, one.causes)) or say("document.cause_basis"),
            "、".join(dict.fromkeys(cause.who for cause in one.causes)),
        )


def _named(cause: Cause) -> str:
    """#12, or the reading that was switched."""
    return f"#{cause.number}" if cause.number else cause.what


def _causes(report: Report) -> Iterable[Sequence[Cell]]:
    for one in report.corrections:
        for cause in one.causes:
            yield (
                one.month,
                one.unit,
                one.word,
                cause.number or None,
                cause.what,
                _time(cause.at),
                cause.who,
                cause.verb,
                cause.why,
            )


def _attention(plan: Plan, report: Report) -> Iterable[Sequence[Cell]]:
    for one in report.attention:
        word = plan.item[one.item].word
        yield one.unit, word, one.points, one.because


def _videos(report: Report) -> Iterable[Sequence[Cell]]:
    for one in report.videos:
        for span in one.periods:
            yield (
                "、".join(one.units),
                period_words(span.period),
                one.due,
                "是" if span.waived else "",
                *span.counts,
            )


def _interaction(report: Report) -> Iterable[Sequence[Cell]]:
    for one in report.interaction:
        for metric in one.metrics:
            yield (
                one.task,
                one.title,
                _time(one.settled_at),
                one.students,
                one.staff,
                people_line(one),
                metric.word,
                metric.count,
                MET[metric.met],
                one.reported.get(metric.act, 0),
                result(one),
            )


def _open(report: Report) -> Iterable[Sequence[Cell]]:
    for one in report.open:
        yield (
            one.what,
            one.unit,
            one.kind,
            one.total,
            one.oldest or None,
            "、".join(one.roles),
            "、".join(one.who) or say("document.nobody"),
        )


def _conventions(report: Report) -> Iterable[Sequence[Cell]]:
    for one in report.conventions:
        yield one.number, one.clause, one.note, "、".join(one.items)


def _about(report: Report, seal: str) -> Iterable[Sequence[Cell]]:
    yield "月份", report.month
    yield say("workbook.until"), _text(_time(report.until))
    yield "以此时所知为准", _text(_time(report.known))
    yield "在校人数", _text(report.basis.students)
    yield "教职工人数", _text(len(report.basis.staff))
    for one in report.reveals:
        yield say("workbook.reveals", who=one.who), _text(one.total)
    yield say("workbook.cut"), say("workbook.cut_note")
    yield say("workbook.seal"), seal or say("document.seal_draft")


def _text(value: int | datetime | None) -> str:
    """A value among words: in one column numbers and words would each stand at their own edge."""
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    return "" if value is None else str(value)


# --- charts ------------------------------------------------------------------------------


def _chart(made: Any, report: Report) -> None:
    """The rates as bars and the parts of each maximum as stacked bars, drawn by the spreadsheet."""
    last = len(report.units)
    sheet = made.add_worksheet(CHARTS)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 1)
    rates = [float(row.rate or 0) for row in report.units]
    rate = made.add_chart({"type": "bar"})
    rate.add_series(_series(5, last))
    rate.set_title({"name": "得分率"})
    rate.set_legend({"none": True})
    rate.set_y_axis({"reverse": True})
    rate.set_x_axis({"num_format": "0%", "min": min(0, *rates), "max": 1})
    parts = made.add_chart({"type": "bar", "subtype": "stacked"})
    for column in (3, 6, 7, 8):
        parts.add_series(_series(column, last))
    parts.set_title({"name": say("workbook.parts")})
    parts.set_y_axis({"reverse": True})
    for chart, place in ((rate, 0), (parts, 26)):
        chart.set_size({"width": 1000, "height": 500})
        sheet.insert_chart(place, 0, chart)


def _series(column: int, last: int) -> dict[str, Any]:
    return {
        "name": ["总表", 0, column],
        "categories": ["总表", 1, 0, last, 0],
        "values": ["总表", 1, column, last, column],
    }
