"""Checks across the lines of a plan file."""

import unicodedata
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from scoring.plan import Plan, Unit
from scoring.planlines import Sheet
from scoring.words import say


def check_units(sheet: Sheet, plan: Plan) -> None:
    """A word must mean one unit, and the group must match having an account."""
    owner: dict[str, Unit | None] = {_same(major): None for major in plan.majors}
    for unit in plan.units:
        for field, words in (
            ("name", (unit.name,)),
            ("aliases", unit.aliases),
            ("majors", unit.majors),
        ):
            for word in words:
                first = owner.setdefault(_same(word), unit)
                if first is not unit:
                    name = first.name if first else say("fault.major_of_no_unit")
                    said = say("fault.word_taken", word=word, owner=name)
                    sheet.flaw(f"units.{unit.code}.{field}", said)
        if (unit.account is None) != (unit.group == "其他"):
            sheet.flaw(f"units.{unit.code}.group", say("fault.group"))


def check_accounts(sheet: Sheet, plan: Plan) -> None:
    """Every unit with an account owes videos, and units sharing one owe the same (A16)."""
    for unit in plan.units:
        video = unit.quotas.get("video")
        field = f"units.{unit.code}.quotas.video"
        if unit.account and (video is None or video.due is None):
            sheet.flaw(field, say("fault.video_missing"))
        for code in plan.sharers.get(unit.code, ()):
            other = plan.by_code[code].quotas.get("video")
            if video and other and (video.due, video.per) != (other.due, other.per):
                sheet.flaw(field, say("fault.video_differs", other=plan.by_code[code].name))


def _same(word: str) -> str:
    return unicodedata.normalize("NFKC", word).casefold()


def check_items(sheet: Sheet, plan: Plan) -> None:
    """The most an item can earn must be its maximum; the second PPT deadline must be the later."""
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
            said = say("fault.maximum", most=most, max=item.max)
            sheet.flaw(f"items.{code}.terms.{name}", said)
    if plan.term("ppt", "second_deadline") <= plan.term("ppt", "first_deadline"):
        sheet.flaw("items.ppt.terms.second_deadline", say("fault.second_deadline"))
    if plan.term("ppt", "second_points") >= plan.term("ppt", "first_points"):
        sheet.flaw("items.ppt.terms.second_points", say("fault.second_points"))


def check_totals(sheet: Sheet, plan: Plan) -> None:
    """The totals stated in the file must equal the sums of its lines."""
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
            said = say("fault.total", total=total, stated=stated[name])
            sheet.flaw(f"totals.{name}", said)
