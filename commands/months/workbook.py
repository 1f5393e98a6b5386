"""The report as a workbook: one sheet a table, cells of their own type, heads that stay, charts
that the spreadsheet draws itself. Text is always text, whatever it begins with.
"""

import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from commands.months.outline import period_words, ranked, result, title
from commands.paper.steady import steady
from commands.wording.sentences import say
from commands.wording.terms import GROUPS, QUOTAS
from scoring import months as monthly
from scoring.moments import Instant, local
from scoring.plan import Plan

STATES = {
    "scored": "已定",
    "pending": "待评",
    "unverified": "待核",
    "unscored": "不计入",
    "na": "不适用",
}
WIDEST = 60
CHARTS = "图"


class Share(Decimal):
    """A share of four places, shown as a percentage of two: nothing is rounded (A05)."""


Cell = str | int | Decimal | datetime | None
Sheet = tuple[str, Sequence[str], Iterable[Sequence[Cell]]]

SUMMARY = (
    "部门",
    "组别",
    "名次",
    "得分",
    "应得",
    "得分率",
    "已失",
    "待评",
    "还可争取",
    "上月末",
    "本月增减",
)
VERDICTS = (
    *("部门", "项目", "条款", "得分", "应得", "状态", "已失", "待评", "还可争取"),
    *("上月末", "约定", "理由"),
)
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


def write(plan: Plan, document: Mapping[str, Any], *, seal: str = "") -> bytes:
    """The bytes of the .xlsx."""
    import xlsxwriter

    packed = io.BytesIO()
    book = xlsxwriter.Workbook(
        packed,
        {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )
    known = local(document["known"]).replace(tzinfo=None)
    book.set_properties({"title": title(document), "created": known})
    formats = _formats(book)
    for name, head, rows in sheets(plan, document, seal=seal):
        _sheet(book, formats, name, head, rows)
    _chart(book, document)
    book.close()
    return steady(packed.getvalue())


def sheets(plan: Plan, document: Mapping[str, Any], *, seal: str) -> list[Sheet]:
    """Every table: its name, head and rows of typed cells."""
    return [
        ("总表", SUMMARY, _summary(document)),
        ("逐项", VERDICTS, _verdicts(plan, document)),
        ("未计分任务", BOARD, _board(document)),
        ("更正", CORRECTIONS, _corrections(document)),
        ("更正依据", CAUSES, _causes(document)),
        ("需要关注", ATTENTION, _attention(plan, document)),
        ("视频", VIDEOS, _videos(document)),
        ("互动", INTERACTION, _interaction(document)),
        ("未结", OPEN, _open(document)),
        ("口径", CONVENTIONS, _conventions(document)),
        ("说明", ("事项", "内容"), _about(document, seal)),
    ]


# --- the tables ---------------------------------------------------------------------------


def _number(value: str | None) -> Decimal | None:
    return None if value is None else Decimal(value)


def _less(now: str | None, was: str | None) -> Decimal | None:
    return None if now is None or was is None else Decimal(now) - Decimal(was)


def _time(at: Instant) -> datetime:
    return local(at).replace(tzinfo=None)


def _summary(document: Mapping[str, Any]) -> Iterable[Sequence[Cell]]:
    placed = [pair for group in GROUPS for pair in ranked(document, group)]
    for place, row in [*placed, (None, document["school"])]:
        before = document["before"][row["unit"]]["points"]
        yield (
            row["unit"],
            row["group"],
            place,
            *(_number(row[name]) for name in ("points", "max")),
            None if row["rate"] is None else Share(row["rate"]),
            *(_number(row[name]) for name in ("lost", "open", "winnable")),
            _number(before),
            _less(row["points"], before),
        )


def _verdicts(plan: Plan, document: Mapping[str, Any]) -> Iterable[Sequence[Cell]]:
    for row in monthly.rows(document):
        for item in row["items"]:
            yield (
                row["unit"],
                plan.item[item["item"]].word,
                item["clause"],
                _number(item["points"]),
                _number(item["max"]),
                STATES[item["status"]],
                *(_number(item[name]) for name in ("lost", "open", "winnable")),
                _number(document["before"][row["unit"]]["items"][item["item"]]),
                item["convention"] or "",
                item["because"],
            )


def _board(document: Mapping[str, Any]) -> Iterable[Sequence[Cell]]:
    for task in document["tasks"]:
        yield (
            task["unit"],
            QUOTAS.get(task["task"], task["task"]),
            period_words(task["period"]),
            *(task[name] for name in ("due", "done", "missing")),
        )


def _corrections(document: Mapping[str, Any]) -> Iterable[Sequence[Cell]]:
    for one in document["corrections"]:
        yield (
            one["month"],
            one["unit"],
            one["word"],
            _number(one["was"]),
            _number(one["now"]),
            _less(one["now"], one["was"]),
            one["was_because"],
            one["now_because"],
            "、".join(f"#{cause['number']}" for cause in one["causes"])
            or say("document.cause_basis"),
            "、".join(dict.fromkeys(cause["who"] for cause in one["causes"])),
        )


def _causes(document: Mapping[str, Any]) -> Iterable[Sequence[Cell]]:
    for one in document["corrections"]:
        for cause in one["causes"]:
            yield (
                one["month"],
                one["unit"],
                one["word"],
                cause["number"],
                cause["what"],
                _time(cause["at"]),
                cause["who"],
                cause["verb"],
                cause["why"],
            )


def _attention(plan: Plan, document: Mapping[str, Any]) -> Iterable[Sequence[Cell]]:
    for one in document["attention"]:
        word = plan.item[one["item"]].word
        yield one["unit"], word, _number(one["points"]), one["because"]


def _videos(document: Mapping[str, Any]) -> Iterable[Sequence[Cell]]:
    for one in document["videos"]:
        for span in one["periods"]:
            yield (
                "、".join(one["units"]),
                period_words(span["period"]),
                one["due"],
                "是" if span["waived"] else "",
                *(span[state] for state in ("accepted", "off_topic", "rejected", "waiting")),
            )


def _interaction(document: Mapping[str, Any]) -> Iterable[Sequence[Cell]]:
    for one in document["interaction"]:
        reported = one["reported"]
        for metric in one["metrics"]:
            yield (
                one["task"],
                one["title"],
                _time(one["settled_at"]),
                one["students"],
                one["staff"],
                _number(one["line"]),
                metric["word"],
                metric["count"],
                {None: "待补基数", True: "达", False: "未达"}[metric["met"]],
                reported.get(metric["act"], 0),
                result(one),
            )


def _open(document: Mapping[str, Any]) -> Iterable[Sequence[Cell]]:
    for one in document["open"]:
        yield (
            one["what"],
            one["unit"],
            one["kind"],
            one["total"],
            one["oldest"] or None,
            "、".join(one["roles"]),
            "、".join(one["who"]) or say("document.nobody"),
        )


def _conventions(document: Mapping[str, Any]) -> Iterable[Sequence[Cell]]:
    for one in document["conventions"]:
        yield one["number"], one["clause"], one["note"], "、".join(one["items"])


def _about(document: Mapping[str, Any], seal: str) -> Iterable[Sequence[Cell]]:
    yield "月份", document["month"]
    yield "数到（不含）", _time(document["until"])
    yield "以此时所知为准", _time(document["known"])
    yield "在校人数", document["basis"]["students"]
    yield "教职工人数", len(document["basis"]["staff"])
    for one in document["reveals"]:
        yield f"本月查看完整号码次数：{one['who']}", one["total"]
    yield "校验码（SHA-256）", seal or say("document.seal_draft")


# --- cells and charts ---------------------------------------------------------------------


def _formats(book: Any) -> dict[type, Any]:
    """A format a type of cell; `object` is the head's."""
    plain = {"valign": "top", "text_wrap": True}
    return {
        object: book.add_format({"bold": True, "bg_color": "#DDE6F0", "border": 1}),
        str: book.add_format({**plain, "num_format": "@"}),
        int: book.add_format({"valign": "top", "num_format": "0"}),
        Decimal: book.add_format({"valign": "top", "num_format": "General"}),
        Share: book.add_format({"valign": "top", "num_format": "0.00%"}),
        datetime: book.add_format({"valign": "top", "num_format": "yyyy-mm-dd hh:mm"}),
    }


def _sheet(
    book: Any,
    formats: Mapping[type, Any],
    name: str,
    head: Sequence[str],
    rows: Iterable[Sequence[Cell]],
) -> None:
    sheet = book.add_worksheet(name)
    widths = [_wide(text) for text in head]
    for column, text in enumerate(head):
        sheet.write_string(0, column, text, formats[object])
    at = 0
    for at, row in enumerate(rows, start=1):
        for column, value in enumerate(row):
            _cell(sheet, at, column, value, formats)
            widths[column] = max(widths[column], _wide(_shown(value)))
    for column, width in enumerate(widths):
        sheet.set_column(column, column, min(WIDEST, width + 2))
    sheet.freeze_panes(1, 1)
    if at:
        sheet.autofilter(0, 0, at, len(head) - 1)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)


def _cell(sheet: Any, at: int, column: int, value: Cell, formats: Mapping[type, Any]) -> None:
    """Each type by its own writer: what is text can never become a formula or a link."""
    if value is None:
        return
    if isinstance(value, str):
        sheet.write_string(at, column, value, formats[str])
    elif isinstance(value, datetime):
        sheet.write_datetime(at, column, value, formats[datetime])
    else:
        sheet.write_number(at, column, value, formats[type(value)])


def _shown(value: Cell) -> str:
    if isinstance(value, datetime):
        return "2024-04-30 24:00"
    return "" if value is None else str(value)


def _wide(text: str) -> int:
    """How many columns of a character a text takes: two for a Chinese one."""
    return sum(2 if ord(sign) > 0x2E7F else 1 for sign in text)


def _chart(book: Any, document: Mapping[str, Any]) -> None:
    """The rates as bars and the parts of each maximum as stacked bars, drawn by the reader."""
    last = len(document["units"])
    sheet = book.add_worksheet(CHARTS)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 1)
    rate = book.add_chart({"type": "bar"})
    rate.add_series(_series(5, last))
    rate.set_title({"name": "得分率"})
    rate.set_legend({"none": True})
    rate.set_y_axis({"reverse": True})
    rate.set_x_axis({"num_format": "0%"})
    parts = book.add_chart({"type": "bar", "subtype": "stacked"})
    for column in (3, 6, 7, 8):
        parts.add_series(_series(column, last))
    parts.set_title({"name": "得、已失、待评、还可争取"})
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
