"""A school to measure: 300 teachers with Telegram accounts on an empty database."""

import json
from typing import Any

from bot.adapters.local import LocalPlatform
from bot.clock import VirtualClock
from bot.process.app import App, build
from bot.services.patience import Patience
from commands.grammar import lexicon
from commands.roster import enrolment, file
from db import plans
from db.engine.database import Database
from scoring.moments import Instant

KEY = bytes(range(32))
NOW = 1_712_023_200
TEACHERS = 300
SCATTER = 61_803_399
"""Spreads phone numbers as people have them: few stand beside each other."""


class Telegram(LocalPlatform):
    """A platform of that name that takes nothing to send: only intake is measured."""


def open_school(address: str, *, now: Instant = NOW, web_url: str = "") -> App:
    """The real application, its delivery not running, on a database that need not be fresh."""
    db = Database.open(address, KEY)
    db.migrate()
    clock = VirtualClock(now)
    platform = Telegram(now=clock.now)
    platform.name = "telegram"
    app = build(db, clock, [platform], patience=Patience(None), web_url=web_url)
    rows = "\n".join(f"T{n},张{n},机电工程系,教师,telegram:{1000 + n}" for n in range(TEACHERS))
    table = f"工号,姓名,部门,角色,账号\n{rows}\nA1,何平,后勤保障部,管理员,telegram:9\n"
    read = file.read("roster.csv", table.encode(), lexicon.units_of(plans.shipped()[0]))
    app.writer.submit(
        lambda tx: enrolment.apply(tx, enrolment.compare(tx, read), NOW, None)
    ).result()
    return app


def updates(first: int, count: int) -> list[bytes]:
    """Raw updates as Telegram sends them: one lead each, from all teachers in turn."""
    return [json.dumps(_update(number)).encode() for number in range(first, first + count)]


def _update(number: int) -> dict[str, Any]:
    user = 1000 + number % TEACHERS
    return {
        "update_id": number,
        "message": {
            "message_id": number,
            "from": {"id": user, "is_bot": False, "first_name": "张"},
            "chat": {"id": user, "type": "private", "first_name": "张"},
            "date": NOW,
            "text": f"/lead 张某 138{number * SCATTER % 10**8:08d} 初三 机电 中职",
            "entities": [{"offset": 0, "length": 5, "type": "bot_command"}],
        },
    }
