"""The school's WeCom contacts as a roster table, imported like a file: completely or not at all.

Only the app's visible range can be read. What the roster already knows (工号, 角色, 班级) stays;
the contacts tell who is there, in which department, and who leads.
"""

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.adapters.wecom.api import Api
from bot.adapters.wecom.line import Body
from db.people import HEAD, ROLES, Directory, Person, same_account

LEFT = 5
"""The status of a member who has left."""

STAFF_NO = ("工号", "职工号", "教工号")
"""Possible names of the extra field with the staff number."""

COLUMNS = ("工号", "姓名", "部门", "角色", "账号", "班级", "状态")


@dataclass(frozen=True, slots=True)
class Contacts:
    """Department names and parents by department number, and the members."""

    names: Mapping[int, str]
    parents: Mapping[int, int]
    members: tuple[Body, ...]


async def read(api: Api) -> Contacts:
    """Read everything the app can see. Raises PlatformError."""
    tree = (await api.get("/cgi-bin/department/simplelist")).get("department_id") or ()
    parents = {int(row["id"]): int(row.get("parentid") or 0) for row in tree}
    names: dict[int, str] = {}
    members: dict[str, Body] = {}
    for number in parents:
        told = await api.get("/cgi-bin/department/get", id=number)
        names[number] = str((told.get("department") or {}).get("name", ""))
        listed = await api.get("/cgi-bin/user/list", department_id=number)
        for row in listed.get("userlist") or ():
            members.setdefault(str(row["userid"]).lower(), row)
    return Contacts(names, parents, tuple(members.values()))


def table(contacts: Contacts, known: Directory, units: Any) -> bytes:
    """Return the members as a roster file. `units` finds a unit's code by name; a department that
    is no unit keeps its own name, and the dry run says so."""
    said = io.StringIO()
    rows = csv.writer(said)
    rows.writerow(COLUMNS)
    for member in contacts.members:
        if int(member.get("status") or 0) != LEFT:
            rows.writerow(_row(member, contacts, known, units))
    return said.getvalue().encode()


def _row(member: Body, contacts: Contacts, known: Directory, units: Any) -> tuple[str, ...]:
    account = str(member["userid"])
    held = known.by_account.get(("wecom", same_account("wecom", account)))
    person = held or known.by_staff_no.get(_staff_no(member))
    return (
        person.staff_no if person else _staff_no(member),
        str(member.get("name", "")),
        _department(member, contacts, units),
        "；".join(_roles(member, person)),
        f"wecom:{account}",
        "；".join(person.classes) if person else "",
        "",
    )


def _staff_no(member: Body) -> str:
    for field in (member.get("extattr") or {}).get("attrs") or ():
        if field.get("name") in STAFF_NO:
            return str((field.get("text") or {}).get("value") or field.get("value") or "").upper()
    return str(member["userid"]).upper()


def _department(member: Body, contacts: Contacts, units: Any) -> str:
    """Return the nearest department upwards that is a unit of the plan; else its own name."""
    own = [int(member.get("main_department") or 0), *map(int, member.get("department") or ())]
    for number in own:
        above = number
        while above in contacts.names:
            if units(contacts.names[above]):
                return contacts.names[above]
            above = contacts.parents.get(above, 0)
    return next((contacts.names[number] for number in own if number in contacts.names), "")


def _roles(member: Body, person: Person | None) -> list[str]:
    roles = set(person.roles) if person else set()
    if any(int(flag) for flag in member.get("is_leader_in_dept") or ()):
        roles.add(HEAD)
    return [role for role in ROLES if role in roles] or ["教师"]
