"""Small words for telling a transcript: numbers as they are read from an answer, people who
forward or hide their name, a school whose only platform behaves as WeCom does in a group."""

import re
from dataclasses import replace
from itertools import count

from bot.adapters.local import CAPABILITIES
from commands.chat.messages import Incoming
from tests.worlds.school import School

WECOM = replace(CAPABILITIES, delete=False, edit=False, needs_mention=True)
"""A group bot there hears what mentions it, and removes nothing."""

LOST = (
    "听不懂",
    "没看懂",
    "您是想做这个吗",
    "没有这个词",
    "来做，没有处理",
    "花名册里没有",
    "没有看到",
)
"""What an answer says when a line was not understood, or did not suit."""

_UPDATES = count(1)


def numbers_in(text: str) -> list[int]:
    """Every #n of an answer, in its order."""
    return [int(found) for found in re.findall(r"#(\d+)", text)]


def number_in(text: str) -> int:
    """The first #n of an answer."""
    return numbers_in(text)[0]


async def hears(
    school: School, account: str | None, text: str, *, group: str = "", forwarded: bool = False
) -> list[str]:
    """An event as only a platform makes it: forwarded, or by somebody without a name."""
    before = len(school.seen)
    now = school.clock.now()
    await school.app.gateway.receive(
        Incoming(
            update=f"odd-{next(_UPDATES)}",
            chat=school._chat(account or "", group),
            author=account,
            sent_at=now,
            received_at=now,
            text=text,
            forwarded=forwarded,
        )
    )
    await school.app.delivery.deliver_all()
    return [message.text for message in school.seen[before:]]


def understood(said: list[str], line: str) -> None:
    """Assert that a line was answered, and not by a question what it means."""
    assert said, f"{line}: nothing was said"
    for word in LOST:
        assert word not in said[0], f"{line}: {said[0]}"
