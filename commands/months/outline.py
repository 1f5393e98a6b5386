"""The report as blocks of text and tables in the order of the paper; any file is made from these.

Nothing is computed here that is not in the document: what is printed can be compared with the
scorecards line by line.
"""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from commands.paper.blocks import Block, Table, Text, date_words, shown, signed, when
from commands.wording.formats import moment, percent, week_span
from commands.wording.sentences import say
from commands.wording.terms import ACTS, GROUPS
from scoring.plan import Plan

NUMERALS = "一二三四五六七八九十"


def month_words(document: Mapping[str, Any]) -> dict[str, Any]:
    """年 and 月 of the report, for its sentences."""
    year, month = document["month"].split("-")
    return {"year": year, "month": int(month)}


def title(document: Mapping[str, Any]) -> str:
    """2024年4月宣传工作考核月报."""
    return say("document.title", **month_words(document))


def until_words(document: Mapping[str, Any]) -> str:
    """2024年4月30日 24:00, or the moment a running month was counted to."""
    if document["whole"]:
        return f"{date_words(document['until'] - 1)} 24:00"
    return when(document["known"])


def outline(plan: Plan, document: Mapping[str, Any]) -> Iterator[Block]:
    """The body of the report, from its opening sentence to the readings used."""
    yield Text(
        text=say(
            "document.opening",
            title=document["title"],
            until=until_words(document),
            known=when(document["known"]),
            **month_words(document),
        )
    )
    for part in (_totals, _changes, _corrections, _attention):
        yield from part(plan, document)
    for part in (_videos, _interaction, _open, _conventions):
        yield from part(plan, document)


# --- the parts ----------------------------------------------------------------------------

RANKING = ("名次", "部门", "得分", "应得", "得分率", "较上月", "待评")


def ranked(document: Mapping[str, Any], group: str) -> list[tuple[int, Mapping[str, Any]]]:
    """The units of a group by rate with their places; equal rates share one (A43)."""
    found = [row for row in document["units"] if row["group"] == group]
    found.sort(key=lambda row: -Decimal(row["rate"] or 0))
    rates = [Decimal(row["rate"] or 0) for row in found]
    return [
        (1 + sum(other > rate for other in rates), row)
        for rate, row in zip(rates, found, strict=True)
    ]


def _totals(_plan: Plan, document: Mapping[str, Any]) -> Iterator[Block]:
    yield Text(text=say("document.totals"), level=1)
    for number, group in zip(NUMERALS, GROUPS, strict=False):
        yield Text(text=say("document.ranking", number=number, group=group), level=2)
        yield Table(
            name=group,
            head=RANKING,
            rows=tuple(_ranking(document, place, row) for place, row in ranked(document, group)),
            widths=(8, 32, 11, 11, 14, 12, 12),
        )
    yield Text(text=say("document.school", number=NUMERALS[len(GROUPS)]), level=2)
    school = document["school"]
    leads = next(item for item in school["items"] if Decimal(item["max"]))
    yield Text(
        text=say(
            "document.school_line",
            points=shown(school["points"]),
            max=shown(school["max"]),
            because=leads["because"],
        )
    )
    yield Text(text=say("document.pending_note"))


def _ranking(document: Mapping[str, Any], place: int, row: Mapping[str, Any]) -> tuple[str, ...]:
    change = Decimal(row["points"]) - Decimal(document["before"][row["unit"]]["points"])
    return (
        str(place),
        row["unit"],
        shown(row["points"]),
        shown(row["max"]),
        percent(None if row["rate"] is None else Decimal(row["rate"])),
        signed(change),
        shown(row["open"]),
    )


def _changes(plan: Plan, document: Mapping[str, Any]) -> Iterator[Block]:
    yield Text(text=say("document.changes"), level=1)
    told = 0
    for row in [*document["units"], document["school"]]:
        before = document["before"][row["unit"]]
        change = Decimal(row["points"]) - Decimal(before["points"])
        items = "；".join(
            say(
                "document.changed_item",
                word=plan.item[item["item"]].word,
                was=shown(before["items"][item["item"]]),
                now=shown(item["points"]),
            )
            for item in row["items"]
            if item["points"] != before["items"][item["item"]]
        )
        if items:
            told += 1
            yield Text(
                text=say(
                    "document.changed",
                    unit=row["unit"],
                    was=shown(before["points"]),
                    now=shown(row["points"]),
                    change=signed(change),
                    items=f"{items}。",
                )
            )
    if not told:
        yield Text(text=say("document.unchanged"))


def _corrections(_plan: Plan, document: Mapping[str, Any]) -> Iterator[Block]:
    yield Text(text=say("document.corrections"), level=1)
    for number, one in enumerate(document["corrections"], start=1):
        same = one["was"] == one["now"]
        text = say(
            "document.correction_same" if same else "document.correction",
            month=one["month"],
            unit=one["unit"],
            word=one["word"],
            was=shown(one["was"]),
            now=shown(one["now"]),
            was_because=one["was_because"],
            now_because=one["now_because"],
            causes=causes(one),
        )
        yield Text(text=f"{number}. {text}")
    if not document["corrections"]:
        yield Text(text=say("document.no_correction"))


def causes(one: Mapping[str, Any], most: int = 3) -> str:
    """Who did what to which fact, and why; without a fact, that the head-counts changed."""
    if not one["causes"]:
        return say("document.cause_basis") + "。"
    said = "；".join(
        say(
            "document.cause",
            number=cause["number"],
            what=cause["what"],
            when=moment(cause["at"]),
            who=cause["who"],
            verb=cause["verb"],
            why=say("document.cause_why", why=cause["why"]) if cause["why"] else "",
        )
        for cause in one["causes"][:most]
    )
    more = say("document.cause_more", total=one["total"]) if one["total"] > most else ""
    return f"{said}{more}。"


def _attention(plan: Plan, document: Mapping[str, Any]) -> Iterator[Block]:
    yield Text(text=say("document.attention"), level=1)
    for number, one in enumerate(document["attention"], start=1):
        text = say(
            "document.attention_item",
            unit=one["unit"],
            word=plan.item[one["item"]].word,
            points=shown(one["points"]),
            because=one["because"],
        )
        yield Text(text=f"{number}. {text}")
    if not document["attention"]:
        yield Text(text=say("document.no_attention"))


VIDEOS = ("账号", "每周或每月", "达标", "通过", "偏题", "退回", "待审")
STATES = ("accepted", "off_topic", "rejected", "waiting")


def _videos(plan: Plan, document: Mapping[str, Any]) -> Iterator[Block]:
    yield Text(text=say("document.videos"), level=1)
    yield Table(
        name="视频",
        head=VIDEOS,
        rows=tuple(_account(one) for one in document["videos"]),
        widths=(32, 20, 12, 9, 9, 9, 9),
    )
    first = plan.effective_from
    yield Text(text=say("document.videos_note", month=first.month, day=first.day))


def _account(one: Mapping[str, Any]) -> tuple[str, ...]:
    """An account's month in one line; how each week went stands in the workbook."""
    spans = [span for span in one["periods"] if not span["waived"]]
    met = sum(span["accepted"] + span["off_topic"] >= one["due"] for span in spans)
    per = "周" if "W" in one["periods"][0]["period"] else "月"
    return (
        "、".join(one["units"]),
        f"每{per}≥{one['due']}",
        f"{met}/{len(spans)}",
        *(str(sum(span[state] for span in one["periods"])) for state in STATES),
    )


def period_words(period: str) -> str:
    """第15周（4月8日–14日), or the month as it is written."""
    return week_span(period) if "W" in period else period


INTERACTION = ("任务", "标题", "合格线", *ACTS.values(), "结果")


def _interaction(plan: Plan, document: Mapping[str, Any]) -> Iterator[Block]:
    yield Text(text=say("document.interaction"), level=1)
    if not document["interaction"]:
        yield Text(text=say("document.no_interaction"))
        return
    yield Table(
        name="互动",
        head=INTERACTION,
        rows=tuple(_task(one) for one in document["interaction"]),
        widths=(9, 28, 13, 10, 10, 10, 10, 10),
    )
    share = int(plan.term("interaction", "share") * 100)
    yield Text(text=say("document.interaction_note", share=share))


def _task(one: Mapping[str, Any]) -> tuple[str, ...]:
    counts = {metric["act"]: metric for metric in one["metrics"]}
    return (
        f"#{one['task']}",
        one["title"],
        one["line"] or say("paper.unknown"),
        *(str(counts[act]["count"]) if act in counts else "–" for act in ACTS),
        result(one),
    )


def result(one: Mapping[str, Any]) -> str:
    """达 when every counter reached the line; 待补基数 without a line."""
    if one["line"] is None:
        return "待补基数"
    return "达" if all(metric["met"] for metric in one["metrics"]) else "未达"


def _open(_plan: Plan, document: Mapping[str, Any]) -> Iterator[Block]:
    yield Text(text=say("document.open"), level=1)
    together: dict[tuple[str, str, str, str], list[Mapping[str, Any]]] = {}
    for one in document["open"]:
        who = "、".join(one["who"]) or say("document.nobody")
        key = one["what"], one["kind"], "、".join(one["roles"]), who
        together.setdefault(key, []).append(one)
    for number, (key, found) in enumerate(together.items(), start=1):
        what, kind, roles, who = key
        text = say(
            "document.open_item",
            what=what,
            kind=kind,
            total=sum(one["total"] for one in found),
            units="、".join(one["unit"] for one in found),
            roles=roles,
            who=who,
        )
        yield Text(text=f"{number}. {text}")
    if not document["open"]:
        yield Text(text=say("document.no_open"))


def _conventions(_plan: Plan, document: Mapping[str, Any]) -> Iterator[Block]:
    yield Text(text=say("document.conventions"), level=1)
    for number, one in enumerate(document["conventions"], start=1):
        text = say(
            "document.convention",
            number=one["number"],
            clause=one["clause"],
            note=one["note"],
            items="、".join(one["items"]),
        )
        yield Text(text=f"{number}. {text}")
