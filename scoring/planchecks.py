"""What the lines of a plan file must agree on with each other."""

import unicodedata
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from scoring.plan import Plan
from scoring.planlines import Sheet


def check_units(sheet: Sheet, plan: Plan) -> None:
    """A word means one unit; the group says whether there is an account."""
    owner = {_same(major): ("", "不归任何系部的专业") for major in plan.majors}
    for unit in plan.units:
        for field, words in (
            ("name", (unit.name,)),
            ("aliases", unit.aliases),
            ("majors", unit.majors),
        ):
            for word in words:
                code, name = owner.setdefault(_same(word), (unit.code, unit.name))
                if code != unit.code:
                    said = f"“{word}”已经指 {name}，请换一个叫法"
                    sheet.flaw(f"units.{unit.code}.{field}", said)
        if (unit.account is None) != (unit.group == "其他"):
            said = "有抖音号的归 系部 或 有号职能部门，没有的归 其他"
            sheet.flaw(f"units.{unit.code}.group", said)


def check_accounts(sheet: Sheet, plan: Plan) -> None:
    """Every account owes videos, and those who share one owe the same (A16)."""
    for unit in plan.units:
        video = unit.quotas.get("video")
        field = f"units.{unit.code}.quotas.video"
        if unit.account and (video is None or video.due is None):
            sheet.flaw(field, "有抖音号就要有视频数量，请写 due")
        for code in plan.sharers.get(unit.code, ()):
            other = plan.by_code[code].quotas.get("video")
            if video and other and (video.due, video.per) != (other.due, other.per):
                said = f"与 {plan.by_code[code].name} 合用账号，数量要一样，请改成一样"
                sheet.flaw(field, said)


def _same(word: str) -> str:
    return unicodedata.normalize("NFKC", word).casefold()


def check_items(sheet: Sheet, plan: Plan) -> None:
    """What an item can bring at most is its maximum; its second deadline follows its first."""
    best: dict[str, tuple[str, Callable[[Any], Decimal]]] = {
        "dy_content": ("bands", lambda term: term("bands")[0][1]),
        "leads": ("bands", lambda term: term("bands")[0][1]),
        "live_team": ("seat", lambda term: term("seat") * term("seats")),
        "ppt": ("first_points", lambda term: term("first_points")),
    }
    for code, (name, attainable) in best.items():
        item = plan.item[code]
        most = attainable(lambda name, code=code: plan.term(code, name))
        if most != item.max:
            said = f"最多能得 {most} 分，满分写的是 {item.max}，请改成一样"
            sheet.flaw(f"items.{code}.terms.{name}", said)
    if plan.term("ppt", "second_deadline") <= plan.term("ppt", "first_deadline"):
        sheet.flaw("items.ppt.terms.second_deadline", "第二档截止要晚于第一档，请改日期")
    if plan.term("ppt", "second_points") >= plan.term("ppt", "first_points"):
        sheet.flaw("items.ppt.terms.second_points", "第二档要少于第一档，请改分数")


def check_totals(sheet: Sheet, plan: Plan) -> None:
    """The sums the file states are those of its lines."""
    stated = sheet.root.raw["totals"]
    quotas = [unit.quotas for unit in plan.units if unit.quotas]
    sums = {
        "points": sum((item.max for item in plan.items), Decimal(0)),
        "news": sum(row["news"].due or 0 for row in quotas),
        "soft_articles": sum(
            row["soft_article"].due or 0 for row in quotas if row["soft_article"].written
        ),
    }
    for name, total in sums.items():
        if total != stated[name]:
            said = f"各行合计是 {total}，这里写的是 {stated[name]}，请核对"
            sheet.flaw(f"totals.{name}", said)
