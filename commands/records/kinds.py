"""Which kinds of report a table can bring: those that a unit, a person, a time, a title and a link
describe as a whole."""

from scoring.plan import Plan
from scoring.values import frozen


@frozen
class Bookable:
    """`words`: what offices write besides the plan's word. `item`: the item whose units hand it
    in, "" for any unit. `linked`: it is nothing without its link."""

    words: tuple[str, ...] = ()
    item: str = ""
    linked: bool = False


BOOKABLE = {
    "news": Bookable(words=("新闻稿",), linked=True),
    "soft_article": Bookable(words=("软文稿",), linked=True),
    "column": Bookable(words=("专栏",), linked=True),
    "video": Bookable(words=("短视频", "抖音")),
    "handover": Bookable(words=("账号交接", "帐号交接"), item="dy_handover"),
    "ppt": Bookable(words=("专业PPT", "政策PPT"), item="ppt"),
    "recommend": Bookable(words=("推荐教师", "直播专班"), item="live_team"),
    "results": Bookable(words=("发布成绩",), item="results_channel", linked=True),
    "lookup": Bookable(words=("发布查询", "查询"), item="query_channel", linked=True),
    "live": Bookable(words=("直播场次",)),
    "intro": Bookable(words=("报介绍", "介绍"), linked=True),
    "lead": Bookable(words=("招生线索",)),
}
"""The code of a kind -> how it is written in a table."""


def words(plan: Plan) -> dict[str, str]:
    """What may stand under 类别, folded -> the code of its kind."""
    found = {}
    for code, one in BOOKABLE.items():
        if code in plan.kinds:
            for word in (*one.words, plan.kinds[code].word):
                found[word.casefold()] = code
    return found
