"""Whether a line that begins with a command's word asks: 通过 #20 吗 wants to know."""

import re

ASKS = re.compile(
    r"(?:吗|么|嘛|没|没有|没得|不|呢|怎么\S{0,6}|咋\S{0,5}|为什么\S{0,6}|为啥\S{0,5}|凭什么\S{0,4}"
    r"|[啥几]时候?\S{0,6}|什么时候\S{0,6}|[行对好]不[行对好]|可不可以|能不能|可以[吗么不]|[行好对是][吗么]|是不是"
    r"|(?:是)?什么意思|会怎样|会怎么样|要?多久|之后呢|错了)[?!。~ ]*"
)
SIGN = re.compile("[吗么嘛没不呢怎咋啥几久错]")
"""Every way of asking holds one of these characters; most lines hold none."""

_MOOD = re.compile(r"(?:了|过|的|是|这样|现在|都|算)?")
_ENDS_WITH_MARK = re.compile(r"(?<=[\s0-9周月日天午号分个条人#])[?]+$")
_ENDS_AN_ARGUMENT = re.compile(r"[\s0-9周月日天午号分个条人]")
_LONGEST = 12


def asks(copy: str) -> bool:
    """Whether a folded line ends in a question of its own, behind a number, a day or a blank. What
    is in the words of a title or a reason is part of these."""
    if copy.endswith("?") and _ENDS_WITH_MARK.search(copy):
        return True
    first = max(1, len(copy) - _LONGEST)
    if SIGN.search(copy, first) is None:
        return False
    for at in range(first, len(copy)):
        if _ENDS_AN_ARGUMENT.match(copy[at - 1]):
            mood = _MOOD.match(copy, at)
            if ASKS.fullmatch(copy, mood.end() if mood else at) or ASKS.fullmatch(copy, at):
                return True
    return False
