"""Days and times as people write and dictate them: 4月5日, 3.30, 本周五 16:00, 18号下午三点半.

Works on folded copies. What is meant as a day but cannot be one raises `Unclear`, so that no
free text swallows it.
"""

import re
from datetime import date, datetime, time, timedelta

from commands.grammar.quantities import chinese_number
from commands.grammar.unclear import Unclear
from commands.wording.sentences import say
from scoring.moments import ZONE, Instant, day_of, end_of, instant

_DAYS = {
    **{"大前天": -3, "前天": -2, "昨天": -1, "昨日": -1, "今天": 0, "今日": 0},
    **{"明天": 1, "明日": 1, "后天": 2, "大后天": 3},
    **{"前晚": -2, "昨晚": -1, "今早": 0, "今晚": 0, "明早": 1, "明晚": 1},
}
_WEEKS = {"上上": -2, "上": -1, "本": 0, "这": 0, "": 0, "下": 1, "下下": 2}
_MONTHS = {"上": -1, "本": 0, "这": 0, "": 0, "下": 1}
_QUARTERS = {"半": 30, "一刻": 15, "三刻": 45}

_HALVES = r"凌晨|清晨|早晨|早上|上午|中午|正午|午后|下午|傍晚|晚上|夜里|(?<=[日号天今昨明前])[早晚]"
_SAID = "一二三四五六七八九十"
_DASH = "-–—−"
_AFTER = r"(?=[\s\x00,，、;；。!~?)(（号日前止截之以的上中下凌早晚傍–—−-]|$)"
"""What may stand behind a day written in bare figures; 3.5分 is none."""

_WHEN = re.compile(
    rf"""
    (?P<until>截止到?|截至到?|到|至|于)?[ ]?
    (?:(?P<word>{"|".join(sorted(_DAYS, key=len, reverse=True))})
      |(?P<which>上上|下下|(?<![上下])[上下]|本|这)个?(?:周|星期|礼拜)(?P<w1>[一二三四五六日天])
      |(?:(?<=[\s\x00,，、;；。(到至于])|^)(?:周|星期|礼拜)(?P<w2>[一二三四五六日天])
         (?=[\s\x00,，、;；。)0-9上中下早晚凌前]|$)
      |(?<![0-9/.{_DASH}])(?:
         (?P<y1>[0-9]{{4}})[ ]?[-/.年][ ]?(?P<m1>[0-9]{{1,2}})[ ]?[-/.月][ ]?(?P<d1>[0-9]{{1,2}})
        |(?P<m2>[0-9]{{1,2}})[ ]?月[ ]?(?P<d2>[0-9]{{1,2}})
        |(?P<m3>[0-9]{{1,2}})/(?P<d3>[0-9]{{1,2}}))(?![0-9/])[日号]?
      |(?P<m4>十[一二]?|[一二三四五六七八九])月(?P<d4>[{_SAID}]{{1,3}})[日号]
      |(?:(?<=[\s\x00,，、;；。(到至于])|^)(?:
         (?P<m5>1[0-2]|0?[1-9])(?:\.(?P<d5>[0-9]{{1,2}})|[{_DASH}](?P<range>[0-9]{{1,2}}))
        |(?P<whole>20[0-9]{{6}})
        |(?:(?P<month>[上本这下])个?月)?(?P<alone>[0-9]{{1,2}}|[{_SAID}]{{1,3}})[日号])
        (?![0-9]){_AFTER}[日号]?)
    (?:[ ]?[(（](?:周|星期)[一二三四五六日天][)）])?
    (?:[ t]?(?P<half>{_HALVES})?[ ]?
       (?:(?P<hour>[0-9]{{1,2}})(?:[:：](?P<minute>[0-9]{{2}})(?::[0-9]{{2}})?
                              |[点时](?:(?P<q1>半|[一三]刻)|(?P<past>[0-9]{{1,2}})分?)?)
         |(?P<spoken>[两{_SAID}]{{1,3}})点(?:(?P<q2>半|[一三]刻)
            |(?P<said_past>[零{_SAID}]{{1,3}})分?)?)(?![0-9]))?
    (?:[ ]?(?:之前|以前|前|止))?
    """,
    re.VERBOSE,
)
_NUMBER = re.compile(r"#[ ]?[0-9]|第[0-9]|任务[ ]?#?[0-9]|编号[ ]?[0-9]")
_FIGURE = re.compile(r"[0-9]")
_OF_DAYS = re.compile(
    r"(?:(?<=[\s\x00,，、;；。])|^)(?=[^\s\x00,，、;；。]*[0-9])"
    r"[0-9零一二三四五六七八九十两半刻年月日号点时分周星期个上下本这中午晚早凌晨前之:：./–—−-]{2,20}"
    r"(?=[\s\x00,，、;；。]|$)"
)
_MARKED_DAY = re.compile(r"[年月日号点时周:：./]")
_NOT_A_DAY = re.compile(r"[0-9]{1,9}[条号]?|[0-9]{1,9}[-–—−][0-9]{1,9}[条号]?")
_A_MONTH = re.compile(r"(?:[0-9]{2,4}年)?(?:[0-9]{1,2}月)?份?")
_UNTIL = re.compile(
    r"(?:截止到?|截至到?)[ :：]?"
    r"(?P<said>[^\s\x00,，、;；。]{0,8}[0-9一二三四五六七八九十月周底][^\s\x00,，、;；。]{0,8})"
)


def find_when(
    copy: str, year: int, at: Instant, *, numbered: bool = False, strict: bool = False
) -> tuple[Instant, int, int] | None:
    """The moment after 截止 or 截至 if there is one, else the first moment, one that names its
    month before one that does not.

    A day alone, or its 24:00, means its last second. Without a year, `year` is meant. `numbered`:
    the line holds numbers of things, so 4-8 and 18号 are days only behind such a number.
    `strict`: raise Unclear where something else looks like a day.
    """
    found = None
    figure, mark = (_place(_FIGURE, copy), _place(_NUMBER, copy)) if numbered else (0, 0)
    for match in _WHEN.finditer(copy):
        start = match.start()
        if numbered and not _is_a_day(match, year, at, behind=start > figure, marked=start > mark):
            continue
        if match["until"]:
            found = match
            break
        if found is None or (_names_no_month(found) and not _names_no_month(match)):
            found = match
    if found is None:
        if strict:
            _refuse_other(copy, numbered=numbered)
        return None
    try:
        return _moment(found, year, at), found.start(), found.end()
    except (ValueError, OverflowError):
        raise _unclear(found[0]) from None


def _unclear(said: str) -> Unclear:
    return Unclear(say("unclear.when", said=said.strip()))


def _refuse_other(copy: str, *, numbered: bool) -> None:
    """Raise Unclear for a word that is written like a day or a time, or stands behind 截止. A
    title may name a month or a year."""
    if until := _UNTIL.search(copy):
        raise _unclear(until["said"])
    for word in _OF_DAYS.finditer(copy):
        if not _MARKED_DAY.search(word[0]) or _NOT_A_DAY.fullmatch(word[0]):
            continue
        if numbered or not _A_MONTH.fullmatch(word[0]):
            raise _unclear(word[0])


def _names_no_month(found: re.Match[str]) -> bool:
    return bool(found["word"] or found["w1"] or found["w2"] or found["alone"])


def _place(pattern: re.Pattern[str], copy: str) -> int:
    found = pattern.search(copy)
    return found.start() if found else len(copy)


def _is_a_day(found: re.Match[str], year: int, at: Instant, *, behind: bool, marked: bool) -> bool:
    """Whether what could be a number or a range of numbers as well is meant as a day: a time or
    前 stands behind it, or it has been and stands behind a #number. `behind`: figures stand
    before it; `marked`: a #number does."""
    if not (found["range"] or found["alone"] or found["whole"]):
        return True
    if found["hour"] or found["spoken"] or found["until"] or found["whole"]:
        return behind
    try:
        return marked and _day(found, year, at) <= day_of(at)
    except ValueError:
        return False


def _moment(found: re.Match[str], year: int, at: Instant) -> Instant:
    day = _day(found, year, at)
    if day.year < 1970:
        raise ValueError("before all instants")
    if not (found["hour"] or found["spoken"]):
        return end_of(day) - 1
    hour = _number(found["hour"] or found["spoken"])
    quarter = found["q1"] or found["q2"]
    past = found["minute"] or found["past"] or found["said_past"] or "0"
    minute = _QUARTERS[quarter] if quarter else _number(past)
    hour = _of_the_day(found["half"] or _half_of(found["word"]), hour)
    if (hour, minute) == (24, 0):
        return end_of(day) - 1
    return instant(datetime.combine(day, time(hour, minute), ZONE))


def _half_of(word: str | None) -> str:
    return word[-1] if word and word[-1] in "早晚" else ""


def _of_the_day(half: str, hour: int) -> int:
    """The hour of 0 to 24 that is meant; ValueError for one that no half of a day has."""
    if half in ("中午", "正午"):
        if hour not in (11, 12, 13, 14, 1, 2):
            raise ValueError("no hour of noon")
        return hour + 12 if hour < 3 else hour
    if half in ("下午", "午后", "傍晚"):
        return hour + 12 if hour < 12 else hour
    if half in ("晚上", "夜里", "晚"):
        if hour < 5:
            raise ValueError("of this night or of the next day")
        return hour + 12 if hour <= 12 else hour
    return 0 if half == "凌晨" and hour == 12 else hour


def _day(found: re.Match[str], year: int, at: Instant) -> date:
    today = day_of(at)
    if found["word"]:
        return today + timedelta(days=_DAYS[found["word"]])
    if weekday := found["w1"] or found["w2"]:
        weeks = _WEEKS[found["which"] or ""]
        monday = today - timedelta(days=today.weekday())
        return monday + timedelta(weeks=weeks, days=min("一二三四五六日天".index(weekday), 6))
    if found["whole"]:
        return date.fromisoformat(found["whole"])
    if found["alone"]:
        months = today.year * 12 + today.month - 1 + _MONTHS[found["month"] or ""]
        return date(months // 12, months % 12 + 1, _number(found["alone"]))
    month = found["m1"] or found["m2"] or found["m3"] or found["m4"] or found["m5"]
    number = (
        found["d1"] or found["d2"] or found["d3"] or found["d4"] or found["d5"] or found["range"]
    )
    return date(int(found["y1"] or year), _number(month), _number(number))


def _number(said: str) -> int:
    """The value of figures or of Chinese numerals; ValueError for what is none."""
    value = int(said) if said.isdecimal() else chinese_number(said)
    if value is None:
        raise ValueError("no number")
    return value
