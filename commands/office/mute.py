"""免打扰 for a person and 本群静音 for a group: notices wait until it ends, answers still come."""

from datetime import timedelta

from commands.chat.errors import Refusal
from commands.chat.messages import Button, Reply
from commands.chat.requests import Asking, Request, command
from commands.grammar.slots import Slot
from commands.wording.formats import date_text, day_end
from commands.wording.sentences import say
from db import quiet
from db.engine.tx import Tx
from db.people import ADMIN
from scoring.moments import Instant, day_of, end_of, period_days, week_of

TO = Slot(name="to", kind="when")
TODAY = Slot(name="today", kind="flag", choices=("今天",))


@command(
    "mute",
    "免打扰 别发了 别老发了",
    slots=(TO, Slot(name="off", kind="flag", choices=("不停了",))),
    planless=True,
    never_bare=True,
    private=True,
    example="免打扰 到 4月8日",
)
def mute(request: Request, tx: Tx) -> Reply:
    """Hold notices to the asker until the end of a day; it always ends."""
    who = quiet.subject(request.who.id, None)
    if request.args.get("off"):
        quiet.hush(tx, who, None)
        return Reply(text=say("mute.off"))
    named: Instant | None = request.args.get("to")
    if named is None:
        return Reply(text=say("mute.ask"), buttons=(_choices(request),), awaits=request.line)
    to = _end(request, named)
    quiet.hush(tx, who, to)
    return Reply(text=say("mute.done", until=day_end(to)))


def _choices(asking: Asking) -> tuple[Button, ...]:
    """{今天|到周日|到 月底|不停了}."""
    today = day_of(asking.now)
    sunday = period_days(week_of(today))[1]
    month_end = (today.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    labels = {
        say("mute.today"): today,
        say("mute.sunday"): sunday,
        say("mute.month_end", day=date_text(month_end)): month_end,
    }
    days = tuple(Button.of(label, "mute", day) for label, day in labels.items())
    return (*days, Button.of(say("mute.never"), "mute", "不停了"))


@command(
    "silence",
    "本群静音",
    slots=(TO, TODAY),
    roles=ADMIN,
    planless=True,
    never_bare=True,
    example="本群静音 今天",
)
def silence(request: Request, tx: Tx) -> Reply:
    """Hold notices to this group until the end of a day, today unless another is named."""
    if not request.chat.group:
        raise Refusal(say("silence.in_group"))
    to = _end(request, request.args.get("to") or request.now)
    quiet.hush(tx, quiet.subject(None, request.chat), to)
    return Reply(text=say("silence.done", until=day_end(to)))


def _end(asking: Asking, named: Instant) -> Instant:
    to = end_of(day_of(named))
    if to <= asking.now:
        raise Refusal(say("mute.past"))
    return to
