"""An empty roster to fill in: a note on every column, the plan's units and the roles to choose."""

import io
from datetime import UTC, datetime

from commands.roster.file import HEADINGS, MAX_PEOPLE, REQUIRED
from commands.wording.sentences import say
from db.people import ROLES
from scoring.plan import Plan

NOTES = {
    "工号": "rostertemplate.staff_no",
    "姓名": "rostertemplate.name",
    "部门": "rostertemplate.unit",
    "角色": "rostertemplate.roles",
    "账号": "rostertemplate.accounts",
    "学校": "rostertemplate.school",
    "班级": "rostertemplate.classes",
    "状态": "rostertemplate.state",
}
WIDTH = 16
MADE = datetime(2024, 1, 1, tzinfo=UTC)


def write(plan: Plan) -> bytes:
    """The bytes of an .xlsx with the head of a roster and no people; every cell below is a text."""
    import xlsxwriter

    packed = io.BytesIO()
    book = xlsxwriter.Workbook(packed, {"in_memory": True, "strings_to_formulas": False})
    book.set_properties({"created": MADE.replace(tzinfo=None)})
    text = book.add_format({"num_format": "@"})
    needed, free = (book.add_format({"bold": True, "bg_color": c}) for c in ("#F4C7C3", "#E8EAED"))
    sheet = book.add_worksheet(say("rostertemplate.sheet"))
    for column, heading in enumerate(HEADINGS):
        sheet.set_column(column, column, WIDTH, text)
        sheet.write_string(0, column, heading, needed if heading in REQUIRED else free)
        note = say(NOTES[heading], roles="、".join(ROLES))
        sheet.write_comment(0, column, note, {"x_scale": 2, "y_scale": 1.6})
    sheet.freeze_panes(1, 0)
    choices = book.add_worksheet(say("rostertemplate.choices"))
    names = [unit.name for unit in plan.units]
    for column, (head, rows) in enumerate(
        ((say("rostertemplate.units"), names), (say("rostertemplate.roles_head"), ROLES))
    ):
        choices.set_column(column, column, WIDTH)
        choices.write_column(0, column, (head, *rows))
    at = list(HEADINGS).index("部门")
    source = f"='{choices.name}'!$A$2:$A${len(names) + 1}"
    # A warning only: an alias of a unit is understood as well.
    rule = {"validate": "list", "source": source, "error_type": "information"}
    sheet.data_validation(1, at, MAX_PEOPLE, at, rule)
    book.close()
    return packed.getvalue()
