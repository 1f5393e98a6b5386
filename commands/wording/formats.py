"""Dates, names and numbers as people read them (walkthrough part 3)."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from db.people import FOUNDER, Person
from scoring.moments import Instant, day_of, local, period_days, week_of
from scoring.plan import Plan, Unit
from scoring.verdicts import digits

_WEEKDAYS = "一二三四五六日"
_COMPOUND_SURNAMES = (
    "欧阳",
    "上官",
    "司马",
    "诸葛",
    "东方",
    "皇甫",
    "尉迟",
    "公孙",
    "令狐",
    "慕容",
)


def day(at: Instant) -> str:
    """4月5日."""
    return date_text(day_of(at))


def date_text(when: date) -> str:
    """4月5日."""
    return f"{when.month}月{when.day}日"


def weekday(when: date) -> str:
    """4月5日（周五）."""
    return f"{date_text(when)}（周{_WEEKDAYS[when.weekday()]}）"


def clock(at: Instant) -> str:
    """15:00."""
    return local(at).strftime("%H:%M")


def moment(at: Instant) -> str:
    """4月5日 15:00."""
    return f"{day(at)} {clock(at)}"


def dated(at: Instant) -> str:
    """2024年4月5日 15:00."""
    return f"{day_of(at).year}年{moment(at)}"


def deadline(at: Instant) -> str:
    """4月5日（周五）24:00, given the first instant after a deadline."""
    return f"{weekday(day_of(at - 1))}24:00"


def day_end(at: Instant) -> str:
    """4月5日 24:00, of the first instant after a day."""
    return f"{day(at - 1)} 24:00"


def since(at: Instant, now: Instant) -> str:
    """今天 09:12, or 3月25日."""
    return f"今天 {clock(at)}" if day_of(at) == day_of(now) else day(at)


def week(period: str) -> str:
    """第15周."""
    return f"第{int(period.rpartition('W')[2])}周"


def period_name(period: str) -> str:
    """第15周 of 2024-W15, 4月 of 2024-04."""
    return week(period) if "W" in period else f"{period_days(period)[0].month}月"


def week_span(period: str) -> str:
    """第15周（4月8日–14日)."""
    first, last = period_days(period)
    end = f"{last.day}日" if last.month == first.month else date_text(last)
    return f"{week(period)}（{date_text(first)}–{end}）"


def week_at(at: Instant) -> str:
    """The week that contains an instant, as 第15周."""
    return week(week_of(day_of(at)))


def days_ago(at: Instant, now: Instant) -> int:
    """Whole calendar days between two instants."""
    return (day_of(now) - day_of(at)) // timedelta(days=1)


def points(value: Decimal) -> str:
    """5, 1.5, －2: no trailing zeros, and a full-width minus, which every console can show."""
    text = format(value.normalize(), "f") if value else "0"
    return text.replace("-", "－")


def percent(rate: Decimal | None) -> str:
    """46.1%, truncated, not rounded (A05)."""
    if rate is None:
        return "–"
    tenths = int(rate * 1000)
    sign = "－" if tenths < 0 else ""
    return f"{sign}{abs(tenths) // 10}.{abs(tenths) % 10}%"


def bar(rate: Decimal | None) -> str:
    """Ten cells, floor(rate × 10) of them filled, none when negative."""
    filled = max(0, min(10, int((rate or Decimal(0)) * 10)))
    return "■" * filled + "□" * (10 - filled)


def masked(phone: str) -> str:
    """138****8000."""
    return f"{phone[:3]}****{phone[-4:]}" if phone else ""


def surname(name: str) -> str:
    """The family name; two characters if it is a compound one."""
    return name[:2] if name.startswith(_COMPOUND_SURNAMES) else name[:1]


def address(who: Person, plan: Plan | None) -> str:
    """刘老师, 王主任 (head of a 系部), 李院长; the founder by their placeholder name."""
    if who.staff_no == FOUNDER:
        return who.name
    unit = plan.by_code.get(who.unit) if plan else None
    if "院长" in who.own_roles:
        title = "院长"
    elif "部门负责人" in who.roles and unit is not None and unit.group == "系部":
        title = "主任"
    else:
        title = "老师"
    return surname(who.name) + title


def unit_name(plan: Plan | None, code: str) -> str:
    """The unit's full name; its code if the plan does not know it."""
    unit = plan.by_code.get(code) if plan else None
    return unit.name if unit else code


def short_name(unit: Unit) -> str:
    """机电 for 机电工程系: the first alias in the plan if it is shorter than the name, which it is
    not for 董办."""
    return min((unit.name, *unit.aliases[:1]), key=len)


def short(plan: Plan, code: str) -> str:
    """`short_name` by code; the code if the plan does not know it."""
    unit = plan.by_code.get(code)
    return short_name(unit) if unit else code


def cut(text: str, most: int = 26) -> str:
    """Shorten a title to fit one line."""
    return text if len(text) <= most else text[: most - 1] + "…"


def decimal(value: Fraction) -> str:
    """5929.6, or 4285.71: cut to hundredths, so that no number looks larger than it is (A05)."""
    hundredths = int(value * 100)
    return digits(Decimal(hundredths) / 100)
