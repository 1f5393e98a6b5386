"""The school's terms that the plan does not name: groups, acts, quotas, reminders."""

from collections.abc import Iterable

QUOTAS = {
    "news": "新闻",
    "soft_article": "软文",
    "column": "栏目",
    "video": "视频",
    "meeting": "班会",
    "views": "点击达标",
}
"""What a quota's task is called on a board line."""

GROUPS = ("系部", "有号职能部门", "其他")
"""The groups of contracts 1, in the order in which they are shown."""


def groups_of(found: Iterable[str]) -> tuple[str, ...]:
    """The groups among these, those of contracts 1 first, others as they come."""
    known = dict.fromkeys(found)
    return (*(one for one in GROUPS if one in known), *(one for one in known if one not in GROUPS))


REMINDERS = {
    "handover": "账号交接",
    "ppt": "PPT",
    "ppt2": "PPT第二档",
    "team": "直播专班",
    "eve": "节前清单",
    "live": "直播场次",
    "year": "年底清点",
    "turn": "明年方案",
    "monday": "周一小结",
    "friday": "周五汇总",
    "meeting": "班会",
    "month": "月末缺口",
    "report": "月报",
    "queue": "待审积压",
    "appeal": "申诉",
    "views": "点击量",
    "task": "任务截止",
    "settle": "结任务",
    "backlog": "久等转办",
    "held": "有私信等您",
    "agenda": "日历有变",
    "health": "健康",
    "calendar": "放假安排",
}
"""What people call the kinds of reminders; the codes are those of `reminders.tick.VOICES`."""

ACTS = {"forward": "转发", "like": "点赞", "comment": "评论", "follow": "关注"}
"""The four metrics of a task, which are also the acts of people."""
