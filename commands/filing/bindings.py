"""Who is told that an account now speaks for a person: the account that did before, and the
person's head. A mere wish stays between its sender and 管理员 (C17)."""

from collections.abc import Iterable, Iterator

from commands.chat.messages import Chat, Notice
from commands.chat.requests import Asking
from commands.wording.formats import short
from commands.wording.sentences import say
from db.people import ADMIN, Person

NAMED = 8
"""The most names in one line to a head."""

Account = tuple[str, str]
"""Platform and account."""


def told(asking: Asking, bound: Iterable[tuple[Person, Account]], key: str) -> Iterator[Notice]:
    """The notices of bindings that took effect. `asking.people` is the directory as it was before;
    `key`: what sets them apart from the notices of other bindings."""
    bound = list(bound)
    admins = "、".join(one.name for one in asking.people.with_role(ADMIN)[:3])
    for person, account in bound:
        for before in asking.people.addresses.get(person.id, ()):
            if before.chat and (before.platform, before.account) != account:
                yield Notice(
                    text=say("bound.before", code=person.staff_no, admins=admins),
                    chat=Chat(platform=before.platform, id=before.chat),
                    key=f"{key}:{account[0]}:{account[1]}:{before.platform}:{before.account}",
                )
    units = dict.fromkeys(person.unit for person, _ in bound)
    for unit in units:
        of_unit = [person for person, _ in bound if person.unit == unit]
        for head in asking.people.heads(unit):
            names = [f"{one.name}（{one.staff_no}）" for one in of_unit if one.id != head.id]
            if names:
                more = say("bound.more", total=len(names)) if len(names) > NAMED else ""
                yield Notice(
                    text=say(
                        "bound.head",
                        unit=short(asking.plan, unit),
                        names="、".join(names[:NAMED]) + more,
                        admins=admins,
                    ),
                    person=head.id,
                    key=f"{key}:head:{head.id}:{of_unit[0].id}",
                )


def shown(account: Account) -> str:
    """An account as the audit trail keeps it."""
    return ":".join(account)
