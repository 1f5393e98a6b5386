"""All pages, in the order of the menu: the address, who may look, the function, the template."""

import re
from collections.abc import Callable
from functools import cached_property
from urllib.parse import parse_qsl, unquote, urlsplit

from bot.pages.door import PREFIX, NotShown
from bot.pages.views import (
    fact,
    health,
    leads,
    months,
    overview,
    plans,
    reminders,
    review,
    roster,
    search,
    trail,
    unit,
)
from bot.pages.visits import Shown, Visit
from bot.wording import say
from commands.admissions import desk
from commands.conversation.seconds import ASSESSORS
from commands.filing.deciders import DECIDERS
from commands.months.monthly_report import READERS
from db.engine.tx import Reading
from db.people import ADMIN

MAX_VALUE = 200
"""Characters of one thing that an address asks for."""

Show = Callable[[Visit, Reading], Shown]


class View:
    """A page: `name` is its template, `path` its address with {names}, `roles` who may look
    (nobody named: everybody). `listed`: it stands in the menu."""

    def __init__(
        self, name: str, path: str, show: Show, roles: str = "", *, listed: bool = True
    ) -> None:
        self.name = name
        self.path = path
        self.show = show
        self.roles = frozenset(roles.split())
        self.listed = listed

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """What its address looks like, below the prefix."""
        return re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", self.path))


VIEWS = (
    View("overview", "/", overview.show),
    View("unit", "/units/{unit}", unit.show, listed=False),
    View("review", "/review", review.show, DECIDERS),
    View("leads", "/leads", leads.show, desk.DESK),
    View("months", "/months", months.show, READERS),
    View("readings", "/readings", plans.readings, ASSESSORS),
    View("plans", "/plans", plans.show, ASSESSORS),
    View("reminders", "/reminders", reminders.show, ADMIN),
    View("roster", "/roster", roster.show, ADMIN),
    View("trail", "/audit", trail.show, ADMIN),
    View("health", "/health", health.show, ADMIN),
    View("search", "/search", search.show),
    View("fact", "/facts/{number}", fact.show, listed=False),
)


def found(address: str) -> tuple[View, dict[str, str]]:
    """The page at an address of ours, and what is asked of it. Raises NotShown, for every address
    with a host too."""
    parts = urlsplit(address)
    if parts.netloc or not address.startswith(f"{PREFIX}/"):
        raise NotShown(say("pages.no_page"), 404)
    path = parts.path.removeprefix(PREFIX)
    for view in VIEWS:
        if matched := view.pattern.fullmatch(path):
            asked = dict(parse_qsl(parts.query, errors="replace", max_num_fields=40))
            given = asked | {name: unquote(said) for name, said in matched.groupdict().items()}
            if any(len(said) > MAX_VALUE for said in given.values()):
                raise NotShown(say("pages.long_address"), 414)
            return view, given
    raise NotShown(say("pages.no_page"), 404)
