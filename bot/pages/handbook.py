"""The guides by role, one page each, for whoever opens the address: they hold nothing of a school.

They are written in docs/guides/roles, drawn into bot/pages/guides by `make pages` and
`python -m tests.browser.guides`, and served as they lie there.
"""

from functools import cache
from importlib import resources

from aiohttp import web
from markupsafe import Markup

from bot.pages import drawing
from bot.pages.door import NotShown
from bot.wording import say
from commands.help.guided import GUIDES, PATH

FOLDER = resources.files(__package__).joinpath("guides")
KINDS = {"png": "image/png", "css": "text/css"}
KEPT = {"Cache-Control": "public, max-age=3600"}


def titles() -> dict[str, str]:
    """Guide -> the roles it is for, in the order of the menu."""
    found: dict[str, list[str]] = {}
    for role, name in GUIDES.items():
        found.setdefault(name, []).append(role)
    return {name: "、".join(roles) for name, roles in reversed(found.items())}


@cache
def _page(name: str) -> bytes:
    said = Markup(FOLDER.joinpath(f"{name}.html").read_text("utf-8"))  # noqa: S704 - it is ours
    values = {"said": said, "here": name, "titles": titles(), "guides": PATH}
    return drawing.drawn("guide", values)


@cache
def _beside(name: str) -> bytes:
    return FOLDER.joinpath(name).read_bytes()


FILES = frozenset(
    entry.name for entry in FOLDER.iterdir() if entry.name.rpartition(".")[2] in KINDS
)


async def show(request: web.Request) -> web.StreamResponse:
    """A guide, or a file that belongs to one. Raises NotShown."""
    name = request.match_info["name"]
    if name in GUIDES.values():
        return web.Response(
            body=_page(name), content_type="text/html", charset="utf-8", headers=KEPT
        )
    if name in FILES:
        return web.Response(
            body=_beside(name), content_type=KINDS[name.rpartition(".")[2]], headers=KEPT
        )
    raise NotShown(say("pages.no_page"), 404)
