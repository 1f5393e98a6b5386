"""Which words a school's plan gives a meaning: it may leave out any kind of report."""

from scoring.plan import Plan

REPORTS = {
    "lead": "lead",
    "pending": "lead",
    "certify": "lead",
    "invalid": "lead",
    "revoke": "lead",
    "erase": "lead",
    "news": "news",
    "article": "soft_article",
    "column": "column",
    "video": "video",
    "views": "views",
    "handover": "handover",
    "ppt": "ppt",
    "recommend": "recommend",
    "results": "results",
    "lookup": "lookup",
    "live": "live",
    "intro": "intro",
    "meeting": "meeting",
    "task": "task",
    "settle": "settlement",
    "forward": "forward",
    "like": "like",
    "comment": "comment",
    "follow": "follow",
    "done": "task",
    "class": "task",
    "training": "training",
    "waive": "waiver",
    "award": "award",
    "appeal": "appeal",
    "doubt": "doubt",
}
"""The name of a command -> the kind it files or decides; other words mean something everywhere."""


def in_plan(command: str, plan: Plan) -> bool:
    """Whether the plan has what a command is about."""
    kind = REPORTS.get(command)
    return kind is None or kind in plan.kinds
