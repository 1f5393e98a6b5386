"""Checks across the lines of a plan file."""

import unicodedata
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any

from scoring.plan import Plan, Unit
from scoring.planlines import Sheet
from scoring.planterms import KIND_DUTIES, KIND_ITEMS, NEEDED_KINDS
from scoring.words import say

NO_ACCOUNT = "其他"
"""Where a plan has this group, it holds the units without an account, and only them."""


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
        if NO_ACCOUNT in plan.groups and (unit.account is None) != (unit.group == NO_ACCOUNT):
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
        item = plan.item.get(code)
        if item is None:
            continue
        most = attainable(lambda name, code=code: plan.term(code, name))
        if most != item.max:
            said = say("fault.maximum", most=most, max=item.max)
            sheet.flaw(f"items.{code}.terms.{name}", said)
    if "ppt" not in plan.item:
        return
    if plan.term("ppt", "second_deadline") <= plan.term("ppt", "first_deadline"):
        sheet.flaw("items.ppt.terms.second_deadline", say("fault.second_deadline"))
    if plan.term("ppt", "second_points") >= plan.term("ppt", "first_points"):
        sheet.flaw("items.ppt.terms.second_points", say("fault.second_points"))


def check_needs(sheet: Sheet, plan: Plan) -> None:
    """What is computed or asked together must stand in the plan together."""
    owed = {task for unit in plan.units for task, quota in unit.quotas.items() if quota.due}
    duties = {duty.code for duty in plan.obligations}
    for code in plan.item:
        _need(sheet, f"items.{code}", "kinds", NEEDED_KINDS[code] - plan.kinds.keys())
    for code in plan.kinds:
        path = f"kinds.{code}"
        _need(sheet, path, "items", KIND_ITEMS.get(code, frozenset()) - plan.item.keys())
        _need(sheet, path, "obligations", KIND_DUTIES.get(code, frozenset()) - duties)
    _need(sheet, "kinds", "kinds", owed - plan.kinds.keys())


def _need(sheet: Sheet, path: str, table: str, missing: Iterable[str]) -> None:
    for code in sorted(missing):
        sheet.flaw(path, say("fault.needs", needed=f"{table}.{code}"))


def totals(plan: Plan) -> dict[str, Decimal | int]:
    """What the lines of a plan add up to: points, and by the month news and soft articles, of
    which an empty cell is not in the document's own sum."""
    quotas = [unit.quotas for unit in plan.units if unit.quotas]
    return {
        "points": sum((item.max for item in plan.items), Decimal(0)),
        "news": sum(row["news"].due or 0 for row in quotas),
        "soft_articles": sum(
            row["soft_article"].due or 0 for row in quotas if row["soft_article"].written
        ),
    }


def check_totals(sheet: Sheet, plan: Plan) -> None:
    """The totals stated in the file must equal the sums of its lines."""
    stated = sheet.root.raw["totals"]
    for name, total in totals(plan).items():
        if total != stated[name]:
            said = say("fault.total", total=total, stated=stated[name])
            sheet.flaw(f"totals.{name}", said)
