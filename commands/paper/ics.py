"""A calendar file (RFC 5545) of days by which something is owed, each with an alarm.

A file that is imported again changes what it brought before: the same `uid` with a higher
`sequence`, or as cancelled.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

from scoring.values import frozen

HALF_AN_HOUR = timedelta(minutes=30)
PRODUCT = "-//promobot//宣传助手//ZH"


@frozen
class Entry:
    """`day`: the whole day by whose end it is owed; else `until`, an aware time. `alarm`: how long
    after the start of the day, or before `until`, if negative. `cancelled`: it is not owed any
    more."""

    uid: str
    text: str
    note: str = ""
    day: date | None = None
    until: datetime | None = None
    alarm: timedelta = timedelta()
    cancelled: bool = False


def write(title: str, made: datetime, sequence: int, entries: Iterable[Entry]) -> bytes:
    """The file. `made`: an aware time; `sequence`: higher than in the file before, if anything in
    it has changed."""
    from icalendar import Calendar  # takes longer to import than all that is written here

    book = Calendar()
    book.add("prodid", PRODUCT)
    book.add("version", "2.0")
    book.add("method", "PUBLISH")
    book.add("x-wr-calname", title)
    for entry in entries:
        book.add_component(_event(entry, made.astimezone(UTC), sequence))
    data: bytes = book.to_ical()
    return data


def _event(entry: Entry, made: datetime, sequence: int):  # type: ignore[no-untyped-def]
    from icalendar import Alarm, Event

    event = Event()
    event.add("uid", entry.uid)
    event.add("dtstamp", made)
    event.add("sequence", sequence)
    event.add("summary", entry.text)
    event.add("status", "CANCELLED" if entry.cancelled else "CONFIRMED")
    event.add("transp", "TRANSPARENT")
    if entry.note:
        event.add("description", entry.note)
    if entry.day is not None:
        event.add("dtstart", entry.day)
        event.add("dtend", entry.day + timedelta(days=1))
    elif entry.until is not None:
        event.add("dtstart", entry.until.astimezone(UTC) - HALF_AN_HOUR)
        event.add("dtend", entry.until.astimezone(UTC))
    if not entry.cancelled:
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", entry.text)
        alarm.add("trigger", entry.alarm)
        event.add_component(alarm)
    return event
