"""What axe-core finds wrong with a page for whoever cannot see it, or has no mouse.

The script comes with a package and goes into the page by Chromium's own protocol, so that the
page's content policy stays as it is.
"""

import json
from functools import cache
from importlib.resources import files
from typing import Any

from tests.browser.chromium import Page

_RUN = """axe.run(document, {resultTypes: ["violations"]}).then(found =>
  JSON.stringify(found.violations.map(({id, impact, nodes}) =>
    ({id, impact, at: nodes.map(one => one.target.join(" "))}))))"""


@cache
def _script() -> str:
    return files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8")


async def findings(page: Page) -> list[dict[str, Any]]:
    """The faults of the page as it is shown: the rule, how grave, and where."""
    if await page.js("typeof axe") == "undefined":
        await page.js(f"{_script()}; 0")
    found: list[dict[str, Any]] = json.loads(await page.js(_RUN))
    return found
