"""审计: who did what when, newest first, by action, subject or person."""

from typing import Any

from bot.pages.door import NotShown
from bot.pages.views.lists import PAGE, chosen, number
from bot.pages.visits import Shown, Visit
from bot.wording import say
from commands.office.oversight import action_word, name_of
from db import audit
from db.engine.tx import Reading
from scoring.facts import Verb


def show(visit: Visit, tx: Reading) -> Shown:
    """A page of the trail; a person is named by 工号, which says nothing to outsiders."""
    actions = [*dict.fromkeys((*audit.ACTIONS, *(verb.value for verb in Verb)))]
    kinds = list(visit.plan.kinds)
    action = chosen(visit, "action", [*actions, *kinds])
    subject, staff_no = visit.given.get("subject", "").strip(), visit.given.get("who", "").strip()
    asked: dict[str, Any] = {}
    if action:
        asked["action"] = action
    if subject:
        asked["subject"] = f"#{subject}" if subject.isdecimal() else subject
    if staff_no:
        person = visit.people.by_staff_no.get(staff_no)
        if person is None:
            raise NotShown(say("pages.no_person"), 404)
        asked["person"] = person.id
    before = number(visit, "before")
    rows, further = audit.page(tx, before, PAGE, **asked)
    return Shown(
        data={
            "rows": [
                (row.at, name_of(visit, row.person), action_word(row.action), row.subject)
                for row in rows
            ],
            "actions": [(one, action_word(one)) for one in actions],
            "kinds": [(one, visit.plan.kinds[one].word) for one in kinds],
            "action": action,
            "subject": subject,
            "staff_no": staff_no,
            "before": before,
            "next": further if further > 1 else 0,
        }
    )
