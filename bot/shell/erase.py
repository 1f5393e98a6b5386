"""`promobot erase preview`: the leads whose people and the pictures that are going to be forgotten,
and when."""

import time
from argparse import Namespace

from bot.process.app import open_database, read_settings
from bot.shell.output import out
from bot.wording import say
from commands.wording.formats import date_text
from db import erasures, pictures, plans
from reminders.upkeep import forgotten_at
from scoring.moments import day_of


def preview(arguments: Namespace) -> int:
    """Print for each plan how many leads still hold a person, how many pictures are kept, and from
    when on none will; nothing is changed."""
    now = int(time.time())
    found = read_settings(arguments.db)
    db = open_database(found.database, found, to_look=True)
    try:
        with db.reading() as tx:
            kept = [
                (plan, erasures.kept_leads(tx, plan), pictures.in_plan(tx, plan))
                for plan in plans.kept(tx).known(now)
            ]
    finally:
        db.close()
    for plan, total, pictured in kept:
        at = forgotten_at(plan)
        day = f"{day_of(at).year}年{date_text(day_of(at))}"
        key = "erase.now" if at <= now else "erase.later"
        out(say(key, year=plan.year, total=total, pictures=pictured, day=day))
    return 0
