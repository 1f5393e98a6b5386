"""What a plan file may contain: the terms of each item, the kinds, the settings of the readings.

Tables only. The rules ask `Plan.term` for the names listed here; `scoring.planfile` refuses any
other.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from scoring.plan import Cadence
from scoring.planvalues import Read, bands, count, day, points, share, window


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """How a term is read and worded; {} in `says` is its value. Optional ones may be missing."""

    read: Read
    says: str
    optional: bool = False


def _shapes(**shapes: tuple[Read, str]) -> Mapping[str, Shape]:
    return {name: Shape(read=read, says=says) for name, (read, says) in shapes.items()}


LEAST = {"least": Shape(read=count, says="每年最少 {} 次", optional=True)}
"""附件3·六 “最少2次”: advice, or the gate of A30."""


ITEMS: Mapping[str, Mapping[str, Shape]] = {
    "training": _shapes(
        absence=(points, "缺席每人次扣 {} 分"), failure=(points, "不合格每人次扣 {} 分")
    ),
    "dy_handover": _shapes(deadline=(day, "截止 {}")),
    "dy_update": {},
    "dy_content": _shapes(bands=(bands, "切题比例 {}")),
    "live_team": _shapes(
        deadline=(day, "截止 {}"), seat=(points, "每人 {} 分"), seats=(count, "至多 {} 人")
    ),
    "ppt": _shapes(
        first_deadline=(day, "第一档截止 {}"),
        first_points=(points, "第一档 {} 分"),
        second_deadline=(day, "第二档截止 {}"),
        second_points=(points, "第二档 {} 分"),
    ),
    "interaction": _shapes(
        share=(share, "每项达到人数的 {}"), failure=(points, "未达的任务每个扣 {} 分")
    ),
    "results_channel": {**_shapes(each=(points, "每次 {} 分")), **LEAST},
    "query_channel": {**_shapes(each=(points, "每次 {} 分")), **LEAST},
    "leads": _shapes(
        each_person=(count, "每人认定 {} 条"),
        each_enrolment=(count, "每 {} 条抵招生任务 1 人"),
        bands=(bands, "完成人数比例 {}"),
    ),
}
"""The ten scored items in table order; a plan may leave out any of them."""

_STREAMS = _shapes(
    window=(window, "{}"), sessions=(count, "{} 场"), minutes=(count, "每场 {} 分钟")
)
_MONTHLY = _shapes(each_month=(count, "每月 {} 次"))

OBLIGATIONS: Mapping[str, Mapping[str, Shape]] = {
    "follow": {},
    "like": {},
    "comment": {},
    "forward": {},
    "class_meeting": _shapes(each_week=(count, "每周 {} 次")),
    "account": {},
    "live_training": _shapes(start=(day, "{}起")),
    "live_leaders": _STREAMS,
    "live_directors": _STREAMS,
    "intro_videos": _shapes(number=(count, "{} 个")),
    "intro_ppts": _shapes(number=(count, "{} 个")),
    "material_pack": {},
    "video_data": _MONTHLY,
    "interaction_data": _MONTHLY,
    "results_report": _MONTHLY,
}

QUOTAS = ("column", "news", "soft_article", "video")
"""The countable columns of 附件2. Views are a minimum per post and are kept apart."""

CELLS = {
    "column": "官网",
    "news": "新闻",
    "soft_article": "软文",
    "video": "抖音视频",
    "views": "推文点击",
}

CADENCE: Mapping[str, Cadence] = {
    "column": "week",
    "news": "month",
    "soft_article": "month",
    "video": "week",
}
"""The cadence of a cell whose line has no `per`."""

# fmt: off
KINDS = frozenset({
    "lead", "news", "soft_article", "column", "video", "views", "handover", "ppt", "recommend",
    "results", "lookup", "live", "intro", "meeting", "task", "settlement", "training", "waiver",
    "award", "appeal", "doubt", "forward", "like", "comment", "follow",
})
ACTS = frozenset({"forward", "like", "comment", "follow"})
NEEDED_KINDS: Mapping[str, frozenset[str]] = {
    "training": frozenset({"training"}),
    "dy_handover": frozenset({"handover"}),
    "dy_update": frozenset({"video", "waiver"}),
    "dy_content": frozenset({"video", "waiver"}),
    "live_team": frozenset({"recommend"}),
    "ppt": frozenset({"ppt"}),
    "interaction": frozenset({"task", "settlement"}) | ACTS,
    "results_channel": frozenset({"results"}),
    "query_channel": frozenset({"lookup"}),
    "leads": frozenset({"lead"}),
}
"""The kinds of report that each item is computed from."""

KIND_ITEMS: Mapping[str, frozenset[str]] = {
    kind: frozenset({item})
    for item, kinds in NEEDED_KINDS.items()
    for kind in kinds - {"video", "waiver"} - ACTS
} | {"award": frozenset({"dy_update"})}
"""The kinds that mean nothing without their item."""

SUPPLIED = {"award": "dy_update"}
"""Kinds that a text with their item need not name: they stand there as in the shipped plan."""

KIND_DUTIES: Mapping[str, frozenset[str]] = {
    "meeting": frozenset({"class_meeting"}),
    "live": frozenset({"live_leaders", "live_directors"}),
    "intro": frozenset({"intro_videos", "intro_ppts"}),
}
"""The kinds that answer tasks without points."""

ROLES = frozenset({
    "教师", "班主任", "宣传员", "部门负责人", "融媒体中心", "考核组", "招办", "院长", "董办",
    "管理员",
})
# fmt: on
WORDS = frozenset({"minor_hints", "platforms"})

READINGS: Mapping[str, tuple[str, Any]] = {
    "A01": ("deadline.inclusive", True),
    "A02": ("deadline.holiday_shift", "none"),
    "A03": ("bands.inclusive_lower", True),
    "A04": ("bands.boundary", "higher"),
    "A05": ("percent.display", "truncate"),
    "A06": ("douyin.update_mode", "prorata"),
    "A07": ("training.charge_to", "home_department"),
    "A08": ("score.floor", "none"),
    "A09": ("deduction.before_first_event", "full"),
    "A10": ("training.absence_unit", "person_session"),
    "A11": ("training.approved_leave_counts", False),
    "A12": ("douyin.content_empty", "zero"),
    "A13": ("douyin.content_period", "ytd"),
    "A14": ("douyin.owners", "body"),
    "A15": ("quota.empty_video_cell", "merged"),
    "A16": ("douyin.joint_accounts", "pooled"),
    "A17": ("handover.revocable", False),
    "A18": ("douyin.week_basis", "submitted"),
    "A19": ("quota.office_video_basis", "month"),
    "A20": ("team.mode", "per_teacher"),
    "A21": ("ppt.date_basis", "approved"),
    "A22": ("ppt.units", "both"),
    "A23": ("interaction.baseline", "dedup"),
    "A24": ("interaction.fail_unit", "task"),
    "A25": ("interaction.settle_days", None),
    "A26": ("week.month_rule", "thursday"),
    "A27": ("quota.carry", False),
    "A28": ("calendar.exempt_weeks", "waiver"),
    "A29": ("leads.unit", "combined"),
    "A30": ("publish.min_gate", False),
    "A31": ("policy.period", "calendar_year"),
    "A32": ("report.freeze", True),
    "A33": ("leads.population", "all_staff"),
    "A34": ("leads.duplicate", "first_reported"),
    "A35": ("leads.count_at", "certified"),
    "A36": ("headcount.missing", "pending"),
    "A37": ("score.show_pending", True),
    "A38": ("quota.blank", "one"),
    "A39": ("quota.points", False),
    "A40": ("article.count_basis", "submitted"),
    "A41": ("views.threshold_source", "table"),
    "A42": ("publish.nominal_gap", "note"),
    "A43": ("score.rank_by", "rate"),
    "A44": ("review.self", "forbid"),
    "A45": ("schools", "title"),
    "A46": ("units.aliases", "table"),
    "A47": ("units.majors", "unassigned"),
    "A48": ("report.schedule", "workdays_1_3_5"),
    "A49": ("website.basis", "cell"),
    "A50": ("interaction.source", "platform"),
    "A51": ("policy.rollover", False),
    "A52": ("live.minutes", "continuous"),
    "A53": ("leads.privacy", "strict"),
    "A54": ("score.period", "year"),
    "A55": ("review.checklist", True),
    "A56": ("ppt.item", "single"),
    "A57": ("units.list", "shared"),
    "A58": ("class_meeting.unit", "class"),
    "A59": ("platforms", "data"),
    "A60": ("douyin.content_separate", False),
}
"""Each reading's setting and usual value; the others it may have are in `scoring.switches`."""
