"""The report as blocks of text and tables, in the order they stand on the paper.

Nothing is computed that is not in the report, so what is printed can be compared with the
scorecards line by line.
"""

from collections.abc import Callable, Iterator
from decimal import Decimal
from math import ceil

from commands.months.picture import ranking
from commands.months.places import contested, month_words, ranked
from commands.months.report import (
    Account,
    Before,
    Convention,
    Correction,
    OpenItem,
    Report,
    Row,
    Settled,
)
from commands.paper.blocks import Block, Drawing, Table, Text, date_words, shown, signed, when
from commands.wording.formats import moment, percent, week_span
from commands.wording.sentences import say
from commands.wording.terms import ACTS, groups_of
from scoring.plan import Plan

NUMERALS = "一二三四五六七八九十"


def title(report: Report) -> str:
    """2024年4月宣传工作考核月报."""
    return say("document.title", **month_words(report))


def until_words(report: Report) -> str:
    """2024年4月30日 24:00, or the moment up to which a running month was counted."""
    if report.whole:
        return f"{date_words(report.until - 1)} 24:00"
    return when(report.known)


def outline(plan: Plan, report: Report) -> Iterator[Block]:
    """The body of the report, from its opening sentence to the readings used."""
    yield Text(
        text=say(
            "document.opening",
            title=report.title,
            until=until_words(report),
            known=when(report.known),
            **month_words(report),
        )
    )
    if report.early:
        yield Text(text=say("document.early", why=report.early))
    yield from _totals(plan, report)
    yield from _changes(plan, report)
    yield from _corrections(report.corrections)
    yield from _attention(plan, report)
    yield from _videos(plan, report.videos)
    yield from _interaction(plan, report.interaction)
    yield from _open(plan, report.open)
    yield from _conventions(report.conventions)


# --- the parts ----------------------------------------------------------------------------

RANKING = ("名次", "部门", "得分", "应得", "得分率", "较上月", "已失", "待评", "还可争取")


def _totals(plan: Plan, report: Report) -> Iterator[Block]:
    yield Text(text=say("document.totals"), level=1)
    groups = groups_of(row.group for row in report.units)
    for number, group in zip(NUMERALS, groups, strict=False):
        yield Text(text=say("document.ranking", number=number, group=group), level=2)
        yield Table(
            name=group,
            head=RANKING,
            rows=tuple(
                _ranking(place, row, report.before[row.unit])
                for place, row in ranked(report, group)
            ),
            widths=(9, 28, 11, 9, 12, 12, 9, 9, 14),
        )
    yield Text(text=say("document.school", number=NUMERALS[len(groups)]), level=2)
    school = report.school
    leads = next((item for item in school.items if item.max), school.items[-1])
    yield Text(
        text=say(
            "document.school_line",
            points=shown(school.points),
            max=shown(school.max),
            because=leads.because,
        )
    )
    if report.enrolments:
        each = plan.term("leads", "each_enrolment")
        yield Text(text=say("document.enrolments", total=report.enrolments, each=each))
    yield Text(text=say("document.pending_note"))
    if (drawn := ranking(report)).data:
        yield Drawing(data=drawn.data, share=84, told=say("document.drawing"))


def _ranking(place: int, row: Row, before: Before) -> tuple[str, ...]:
    return (
        str(place),
        row.unit,
        shown(row.points),
        shown(row.max),
        percent(row.rate),
        signed(row.points - before.points),
        *map(shown, (row.lost, row.open, row.winnable)),
    )


def _changes(plan: Plan, report: Report) -> Iterator[Block]:
    yield Text(text=say("document.changes"), level=1)
    told, mark = 0, marks(plan, report)
    for row in report.rows:
        before = report.before[row.unit]
        items = "；".join(
            say(
                "document.changed_item",
                word=plan.item[item.item].word,
                was=shown(before.items[item.item]),
                now=shown(item.points) + mark(row.unit, item.item),
            )
            for item in row.items
            if item.points != before.items[item.item]
        )
        if items:
            told += 1
            yield Text(
                text=say(
                    "document.changed",
                    unit=row.unit,
                    was=shown(before.points),
                    now=shown(row.points),
                    change=signed(row.points - before.points),
                    items=f"{items}。",
                )
            )
    if not told:
        yield Text(text=say("document.unchanged"))


def _corrections(corrections: tuple[Correction, ...]) -> Iterator[Block]:
    yield Text(text=say("document.corrections"), level=1)
    for number, one in enumerate(corrections, start=1):
        same = one.was == one.now
        text = say(
            "document.correction_same" if same else "document.correction",
            month=one.month,
            unit=one.unit,
            word=one.word,
            was=shown(one.was),
            now=shown(one.now),
            was_because=one.was_because,
            now_because=one.now_because,
            causes=causes(one),
        )
        yield Text(text=f"{number}. {text}")
    if not corrections:
        yield Text(text=say("document.no_correction"))


def causes(one: Correction, most: int = 3) -> str:
    """Who did what to which fact, and why; with no fact behind it, the head-counts changed."""
    if not one.causes:
        return say("document.cause_basis") + "。"
    said = "；".join(
        say(
            "document.cause" if cause.number else "document.cause_switch",
            number=cause.number,
            what=cause.what,
            when=moment(cause.at),
            who=cause.who,
            verb=cause.verb,
            why=say("document.cause_why", why=cause.why) if cause.why else "",
        )
        for cause in one.causes[:most]
    )
    more = say("document.cause_more", total=one.total) if one.total > most else ""
    return f"{said}{more}。"


def marks(plan: Plan, report: Report) -> Callable[[str, str], str]:
    """What stands behind an item of a unit while an appeal about it is open; "" of any other."""
    about = contested(plan, report)
    return lambda unit, item: say("document.contested") if (unit, item) in about else ""


def _attention(plan: Plan, report: Report) -> Iterator[Block]:
    yield Text(text=say("document.attention"), level=1)
    mark = marks(plan, report)
    for number, one in enumerate(report.attention, start=1):
        text = say(
            "document.attention_item",
            unit=one.unit,
            word=plan.item[one.item].word,
            points=shown(one.points),
            because=one.because + mark(one.unit, one.item),
        )
        yield Text(text=f"{number}. {text}")
    if not report.attention:
        yield Text(text=say("document.no_attention"))


VIDEOS = ("账号", "每周或每月", "达标", "通过", "偏题", "退回", "待审")


def _videos(plan: Plan, accounts: tuple[Account, ...]) -> Iterator[Block]:
    yield Text(text=say("document.videos"), level=1)
    yield Table(
        name="视频",
        head=VIDEOS,
        rows=tuple(_account(one) for one in accounts),
        widths=(32, 20, 12, 9, 9, 9, 9),
    )
    first = plan.effective_from
    yield Text(text=say("document.videos_note", month=first.month, day=first.day))


def _account(one: Account) -> tuple[str, ...]:
    """An account's month in one line; the workbook has each week."""
    spans = [span for span in one.periods if not span.waived]
    due = one.due or 0
    met = sum(span.accepted + span.off_topic >= due for span in spans)
    per = "周" if "W" in one.periods[0].period else "月"
    totals = map(sum, zip(*(span.counts for span in one.periods), strict=True))
    return ("、".join(one.units), f"每{per}≥{due}", f"{met}/{len(spans)}", *map(str, totals))


def period_words(period: str) -> str:
    """第15周（4月8日–14日), or a month as written: 2024-04."""
    return week_span(period) if "W" in period else period


INTERACTION = ("任务", "标题", "合格线", *ACTS.values(), "结果")
MET = {None: "待补基数", True: "达", False: "未达"}


def _interaction(plan: Plan, tasks: tuple[Settled, ...]) -> Iterator[Block]:
    yield Text(text=say("document.interaction"), level=1)
    if not tasks:
        yield Text(text=say("document.no_interaction"))
        return
    yield Table(
        name="互动",
        head=INTERACTION,
        rows=tuple(_task(one) for one in tasks),
        widths=(9, 24, 13, 12, 12, 12, 12, 12),
    )
    share = int(plan.term("interaction", "share") * 100)
    yield Text(text=say("document.interaction_note", share=share))


def _task(one: Settled) -> tuple[str, ...]:
    counts = {metric.act: metric.count for metric in one.metrics}
    return (
        f"#{one.task}",
        one.title,
        MET[None] if (line := people_line(one)) is None else str(line),
        *(str(counts.get(act, "–")) for act in ACTS),
        result(one),
    )


def people_line(one: Settled) -> int | None:
    """The fewest people who reach the line of a task."""
    return None if one.line is None else ceil(Decimal(one.line))


def result(one: Settled) -> str:
    """达 when every metric reached the line; 待补基数 without a line."""
    return MET[None if one.line is None else all(metric.met for metric in one.metrics)]


def _open(plan: Plan, items: tuple[OpenItem, ...]) -> Iterator[Block]:
    yield Text(text=say("document.open"), level=1)
    by_decider: dict[tuple[str, str], dict[tuple[str, str], list[OpenItem]]] = {}
    for one in items:
        who = "、".join(one.who) or say("document.nobody")
        kinds = by_decider.setdefault(("、".join(one.roles), who), {})
        kinds.setdefault((one.what, one.kind), []).append(one)
    for number, ((roles, who), kinds) in enumerate(by_decider.items(), start=1):
        waits = "；".join(
            say(
                "document.open_kind",
                what=what,
                kind=kind,
                total=sum(one.total for one in found),
                units="、".join(
                    " ".join((one.unit, *(plan.item[item].word for item in one.items)))
                    for one in found
                ),
            )
            for (what, kind), found in kinds.items()
        )
        text = say("document.open_item", roles=roles, who=who, waits=waits)
        yield Text(text=f"{number}. {text}")
    if not items:
        yield Text(text=say("document.no_open"))


def _conventions(found: tuple[Convention, ...]) -> Iterator[Block]:
    yield Text(text=say("document.conventions"), level=1)
    for number, one in enumerate(found, start=1):
        text = say(
            "document.convention",
            number=one.number,
            clause=one.clause,
            note=one.note,
            items="、".join(one.items),
        )
        yield Text(text=f"{number}. {text}")
