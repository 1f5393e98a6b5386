"""Hostile texts and presses through the real gateway: each is answered or left in time, nothing
fails, and nobody may do more afterwards than before."""

import random
from time import perf_counter, process_time

import pytest

from bot.services.patience import Patience
from commands.chat.messages import Chat, Incoming
from db.people import directory
from tests.security.hostile import BEGINNINGS, BROKEN, PIECES
from tests.worlds.school import School

LONGEST = 0.5
APOLOGY = "没有办成，已记下（编号"
SPEAKERS = ("nobody", "u-liu", "u-sun", "u-zhao", "u-li")
PLACES = ("", "", "staff", "unlinked")


def _rights(school: School) -> list[tuple[object, ...]]:
    with school.app.db.reading() as tx:
        found = directory(tx)
        people = [
            (who.id, who.staff_no, who.unit, tuple(sorted(who.roles)))
            for who in found.by_id.values()
        ]
        return sorted(people) + sorted((*key, who.id) for key, who in found.by_account.items())


def _text(draw: random.Random, words: list[str]) -> str:
    pieces = [*PIECES, *BROKEN, *BEGINNINGS]
    match draw.randrange(8):
        case 0:
            return (draw.choice(words) + " " + draw.choice(pieces) * 4_000)[:4_000]
        case 1:
            return draw.choice(pieces) * draw.choice((1, 100, 3_000))
        case 2:
            return "".join(chr(draw.randrange(1, 0x11000)) for _ in range(draw.randrange(200)))
        case 3 if not draw.randrange(10):
            return "报线索 " * 2_500_000
        case _:
            said = "".join(draw.choice(pieces) for _ in range(draw.randrange(12)))
            return f"{draw.choice((*words, ''))}{draw.choice((' ', '', '：'))}{said}"


def _event(school: School, draw: random.Random, number: int) -> Incoming:
    registry = school.app.registry
    account, place = draw.choice(SPEAKERS), draw.choice(PLACES)
    press = None
    text = _text(draw, list(registry.words))
    if draw.random() < 0.4:
        command = registry.commands[draw.choice(list(registry.commands))]
        chosen = [draw.choice(slot.choices) for slot in command.slots if slot.choices]
        said = " ".join([command.name, *chosen, _text(draw, ["", "#1", "#2"])])
        press, text = said[: draw.choice((64, 64, 4_000))], ""
    now = school.clock.now()
    return Incoming(
        update=f"fuzz{number}",
        chat=Chat(platform="local", id=place or account, group=bool(place)),
        author=account,
        author_name=draw.choice((account, *BROKEN)),
        sent_at=now,
        received_at=now,
        text=text,
        press=press,
        message=f"m{number}",
        addressed=draw.random() < 0.5,
        quote=draw.choice(("", "", "#1", "#1 #2", draw.choice(BROKEN) * 50)),
        edited=draw.random() < 0.05,
        forwarded=draw.random() < 0.05,
    )


async def _survives(school: School, cases: int, seed: int) -> None:
    draw = random.Random(seed)
    await school.at("04-02 10:00")
    await school.says("u-jing", "报新闻 甲 https://x.cn/1")
    await school.says("u-liu", "报线索 张某 13800010001 初三")
    school.app.gateway.patience = Patience(None)
    before, slow = _rights(school), []
    for number in range(cases):
        event = _event(school, draw, number)
        began, worked = perf_counter(), process_time()
        await school.app.gateway.receive(event)
        # Time in which the machine did other work is not ours.
        if (spent := min(perf_counter() - began, process_time() - worked)) > LONGEST:
            slow.append((round(spent, 2), event.text[:60], event.press and event.press[:60]))
        if number % 50 == 49:
            await school.app.delivery.deliver_all()
            assert [m.text for m in school.seen if APOLOGY in m.text] == []
            school.seen.clear()
    await school.app.delivery.deliver_all()
    assert [m.text for m in school.seen if APOLOGY in m.text] == []
    assert slow == []
    assert _rights(school) == before


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_hostile_texts_and_presses_change_no_right(school: School, seed: int) -> None:
    await _survives(school, 200, seed)


@pytest.mark.soak
@pytest.mark.timeout(1_800)
async def test_twenty_thousand_hostile_texts_and_presses(school: School) -> None:
    await _survives(school, 20_000, 4)
