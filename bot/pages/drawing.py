"""Drawing a page: templates with everything escaped, and the files beside them."""

from collections.abc import Collection, Mapping
from functools import cache
from hashlib import sha256
from importlib import resources
from secrets import token_hex
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bot.pages.door import PREFIX
from commands.help import guided
from commands.wording import formats
from scoring.moments import day_of

STATIC = {
    "pages.css": "text/css",
    "pages.js": "text/javascript",
    "icon.svg": "image/svg+xml",
}

HERE = resources.files(__package__)


@cache
def static(name: str) -> bytes:
    """A file of ours."""
    return HERE.joinpath("static", name).read_bytes()


@cache
def versioned(name: str) -> str:
    """The address of a file of ours, another one for other bytes."""
    return f"{PREFIX}/static/{name}?v={sha256(static(name)).hexdigest()[:12]}"


def once() -> str:
    """What makes a form good for one press."""
    return token_hex(16)


def guide(roles: Collection[str]) -> str:
    """The address of the guide for somebody with these roles."""
    return f"{guided.PATH}/{guided.name_of(roles)}"


@cache
def environment() -> Environment:
    """The templates, compiled once; a name that is not given is a fault of ours."""
    made = Environment(
        loader=FileSystemLoader(str(HERE.joinpath("templates"))),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.filters.update(
        points=formats.points,
        percent=formats.percent,
        moment=formats.moment,
        dated=formats.dated,
        day=formats.day,
        weekday=formats.weekday,
        deadline=formats.deadline,
        period=formats.period_name,
        iso=lambda at: day_of(at).isoformat(),
    )
    made.globals.update(guide=guide, prefix=PREFIX, versioned=versioned, once=once)
    return made


def drawn(template: str, values: Mapping[str, Any]) -> bytes:
    """A page as it is sent."""
    return environment().get_template(f"{template}.html").render(values).encode()
