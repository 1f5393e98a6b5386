"""The platforms that an account can be on, whether or not their adapters run here.

A roster names accounts on all of them. A platform's line here is all that the program must be
told beside its settings: its adapter and its door are found by its name.
"""

import re

from scoring.values import frozen

LOCAL = "local"
"""The page and the terminal."""


@frozen
class Platform:
    """`account`: what an account's id looks like; `example`: one as a roster names it, "" where
    none is shown. `writes_first`: the bot may write to somebody who has never written. `folds`:
    ZhangSan and zhangsan are the same account."""

    account: re.Pattern[str]
    example: str = ""
    writes_first: bool = False
    folds: bool = False


PLATFORMS: dict[str, Platform] = {
    LOCAL: Platform(account=re.compile(r"[\w.@-]{1,64}"), writes_first=True),
    "telegram": Platform(account=re.compile(r"[1-9]\d{0,18}"), example="telegram:12345"),
    # WeCom's app may write first; where a school has none, the first attempt says so.
    "wecom": Platform(
        account=re.compile(r"[A-Za-z0-9._@-]{1,64}"),
        example="wecom:zhangsan",
        writes_first=True,
        folds=True,
    ),
}

ELSEWHERE = tuple(name for name in PLATFORMS if name != LOCAL)
"""Those of others, of which `promobot doctor` can ask what they want."""

FOLDS = frozenset(name for name, one in PLATFORMS.items() if one.folds)
