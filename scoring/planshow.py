"""A plan as people read it: every number with its clause, and which readings are ours.

Plain lines: the Chinese column first, padded with U+3000 (walkthrough, style rule 12).
"""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from scoring.plan import Item, Obligation, Plan, Quota, Source, Term, Unit
from scoring.planterms import CELLS, ITEMS, OBLIGATIONS, Shape

_WEEKDAYS = "一二三四五六日"
_PER = {"week": "每周", "month": "每月"}
_FROM = {"submitted": "按提交时间", "decided": "按审定时间"}
_PERIODS = {
    "day": "记在当天",
    "week": "记在当周",
    "month": "记在当月",
    "person": "记在个人",
    "cadence": "按指标的周或月",
    "fact": "记在该条",
}


def show(plan: Plan) -> str:
    """The whole plan as a Chinese listing."""
    parts = (
        ("", _head(plan)),
        ("部门和应得", _units(plan)),
        ("附件2 的数量（不计分，视频除外）", _rows(plan)),
        ("计分项", _items(plan)),
        ("不计分的任务", _obligations(plan)),
        ("截止，按日期", _deadlines(plan)),
        ("上报的种类", _kinds(plan)),
        ("现行口径", _readings(plan)),
    )
    return "\n\n".join(
        "\n".join([f"【{title}】", *body] if title else body) for title, body in parts
    )


def _head(plan: Plan) -> list[str]:
    since = _where(plan.effective_source)
    head = [
        f"{plan.title}（{plan.document}），方案 {plan.id}，{plan.year} 年",
        f"经常性任务从 {_value(plan.effective_from)}起算　{since}",
        f"两院：{'、'.join(plan.schools)}（约定 A45）",
        f"各项满分合计 {_value(sum((item.max for item in plan.items), Decimal(0)))} 分",
    ]
    if plan.majors:
        head.append(f"不归任何系部的专业：{'、'.join(plan.majors)}（约定 A47）")
    head.append(f"平台：{'、'.join(plan.words['platforms'])}")
    head.append(f"群里像学生信息的词：{'、'.join(plan.words['minor_hints'])}")
    return head


def _units(plan: Plan) -> list[str]:
    names = _column(unit.name for unit in plan.units)
    groups = _column(unit.group for unit in plan.units)
    lines = []
    for unit in plan.units:
        most = sum((item.max for item in plan.items if unit.code in item.units), Decimal(0))
        score = f"应得 {_value(most)}" if unit.scored else "不设成绩单"
        lines.append(f"{names[unit.name]}　{groups[unit.group]}　{score}")
        lines.append(f"　　又称：{'、'.join(unit.aliases)}")
        if unit.majors:
            lines.append(f"　　专业：{'、'.join(unit.majors)}")
        if sharers := [code for code in plan.sharers.get(unit.code, ()) if code != unit.code]:
            shared = "、".join(plan.by_code[code].name for code in sharers)
            lines.append(f"　　抖音号：与 {shared} 合用（约定 A16）")
        elif unit.account:
            lines.append("　　抖音号：本部门一个")
    return lines


def _rows(plan: Plan) -> list[str]:
    lines = []
    for unit in plan.units:
        if unit.quotas:
            lines.append(unit.name)
            lines += [_cell(CELLS[task], quota) for task, quota in unit.quotas.items()]
            lines += _views(unit)
    return lines


def _cell(label: str, quota: Quota) -> str:
    asked = f"{_PER[quota.per]} {quota.due}" if quota.due else "不定数量"
    return _cell_line(label, quota.written, asked, quota.source)


def _views(unit: Unit) -> list[str]:
    if not unit.views:
        return []
    asked = f"每篇 {unit.views.least} 次" if unit.views.least else "不定数量"
    return [_cell_line(CELLS["views"], unit.views.written, asked, unit.views.source)]


def _cell_line(label: str, written: str, asked: str, source: Source) -> str:
    asked = "不要求" if written == "/" else asked
    return f"　　{label} {written or '空格'}：{asked}　{_where(source)}"


def _items(plan: Plan) -> list[str]:
    words = _column(item.word for item in plan.items)
    lines = []
    for item in plan.items:
        ours = f"（约定 {item.convention}）" if item.convention else ""
        lines.append(f"{words[item.word]}　满分 {_value(item.max)}　{item.clause}{ours}")
        lines.append(f"　　部门：{_who(plan, item)}")
        lines += _terms(item.terms, ITEMS[item.code])
        lines.append(f"　　口径：{' '.join(item.readings)}")
    return lines


def _obligations(plan: Plan) -> list[str]:
    words = _column(duty.word for duty in plan.obligations)
    lines = []
    for duty in plan.obligations:
        lines.append(f"{words[duty.word]}　{duty.clause}")
        lines.append(f"　　部门：{_who(plan, duty)}")
        lines += _terms(duty.terms, OBLIGATIONS[duty.code])
    return lines


def _terms(terms: Mapping[str, Term], shapes: Mapping[str, Shape]) -> list[str]:
    return [
        f"　　{shapes[name].says.format(_value(term.value))}　{_where(term.source)}"
        for name, term in terms.items()
    ]


def _who(plan: Plan, owner: Item | Obligation) -> str:
    if not owner.units:
        return "两院合计"
    if len(owner.units) == len(plan.units):
        return "所有部门"
    if owner.units == {unit.code for unit in plan.scored_units}:
        return "所有有成绩单的部门"
    return "、".join(unit.name for unit in plan.units if unit.code in owner.units)


def _deadlines(plan: Plan) -> list[str]:
    found: list[tuple[date, str, str]] = []
    owners: list[Item | Obligation] = [*plan.items, *plan.obligations]
    for owner in owners:
        for name, term in owner.terms.items():
            if name.endswith("deadline"):
                found.append((term.value, f"{_value(term.value)}24:00前", owner.word))
            elif name == "start":
                found.append((term.value, f"{_value(term.value)}起", owner.word))
            elif name == "window":
                found.append((term.value[0], _value(term.value), owner.word))
    found.append((plan.last_day, f"{_value(plan.last_day)}24:00前", "全年各项"))
    return [f"{when}　{word}" for _, when, word in sorted(found)]


def _kinds(plan: Plan) -> list[str]:
    words = _column(kind.word for kind in plan.kinds.values())
    return [
        f"{words[kind.word]}　{'、'.join(kind.deciders) + '审' if kind.deciders else '不用审'}"
        f"，{_FROM[kind.counts_from]}，{_PERIODS[kind.period]}"
        for kind in plan.kinds.values()
    ]


def _readings(plan: Plan) -> list[str]:
    return [
        f"{reading.number}　{reading.source.note}　{reading.source.clause}"
        f"　{reading.setting} = {_value(reading.value)}"
        for reading in plan.readings.values()
    ]


def _where(source: Source) -> str:
    ours = f"（约定 {source.convention}）" if source.convention else ""
    return f"{source.clause}{ours}{'　' + source.note if source.note else ''}"


def _column(words: Iterable[str]) -> dict[str, str]:
    """Each word padded with U+3000 to the longest one's count of characters."""
    found = list(words)
    width = max(map(len, found), default=0)
    return {word: word.ljust(width, "\u3000") for word in found}


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, Fraction):
        return f"{_value(Decimal((value * 1_000_000).numerator) / 10_000)}%"
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, date):
        return f"{value.month}月{value.day}日（周{_WEEKDAYS[value.weekday()]}）"
    if isinstance(value, tuple) and isinstance(value[0], date):
        return f"{_value(value[0])}至 {_value(value[1])}"
    if isinstance(value, tuple):
        return "，".join(f"{_value(floor)} 起 {_value(worth)} 分" for floor, worth in value)
    return str(value)
