"""The platforms that an account can be on, whether or not their adapters run here.

A roster names accounts on all of them; adding a platform means adding its line here.
"""

import re
from collections.abc import Mapping

from db.people import LOCAL
from scoring.values import frozen


@frozen
class Platform:
    """`account`: what an account's id looks like; `example`: one as a roster names it, "" where
    none is shown. `writes_first`: the bot may write to somebody who has never written."""

    account: re.Pattern[str]
    example: str = ""
    writes_first: bool = False


PLATFORMS: Mapping[str, Platform] = {
    LOCAL: Platform(account=re.compile(r"[\w.@-]{1,64}"), writes_first=True),
    "telegram": Platform(account=re.compile(r"[1-9]\d{0,18}"), example="telegram:12345"),
    # WeCom's app may write first; where a school has none, the first attempt says so.
    "wecom": Platform(
        account=re.compile(r"[A-Za-z0-9._@-]{1,64}"), example="wecom:zhangsan", writes_first=True
    ),
}
