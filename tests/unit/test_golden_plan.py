"""Every number of the plan of 2024 beside its clause, as it was last read by a person."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from scoring.planshow import show
from scoring.planusual import usual
from tests.worlds.plan import PLAN

GOLDEN = Path(__file__).with_name("plan_2024.txt")
OURS = "我们的安排，方案没有写"
CLAUSES = {
    "totals.points": "附件3",
    "totals.news": "附件2",
    "totals.soft_articles": "附件2",
    "reminders.views_after": "附件2·说明3（约定 A41）",
    "reminders": OURS,
    "calendar.breaks": OURS,
    "reports": "正文·四（约定 A48）",
}
"""The clause of what has none by its side in the file, because one line of a document or none at
all stands behind several numbers."""

NAMES = {"id", "document", "title", "year", "clause", "basis", "setting", "readings", "convention"}
"""What holds digits that are no number of the plan: its own name, and what refers to a clause or a
reading."""

SECTIONS = {
    "effective_from": "学校品牌宣传推进方案",
    "totals": "",
    "units": "【附件2 的数量",
    "items": "【计分项】",
    "obligations": "【不计分的任务】",
    "reminders": "【提醒和月报的日子】",
    "calendar": "【提醒和月报的日子】",
    "reports": "【提醒和月报的日子】",
    "readings": "【现行口径】",
}


def test_the_plan_reads_as_it_was_last_read() -> None:
    assert show(PLAN) == GOLDEN.read_text("utf-8").rstrip("\n")


def test_each_number_of_the_file_stands_in_the_listing_beside_its_clause() -> None:
    listing, plan = show(PLAN), usual()
    seen = [path for path, _, _ in _numbers(plan)]
    assert len(seen) == len(set(seen)) > 170
    for expected in ("obligations.live_leaders.terms.window.is", "reminders.digest_at"):
        assert expected in seen
    for path, clause, written in _numbers(plan):
        assert _stands(listing, plan, path, clause, written), (path, clause, written)


@pytest.mark.parametrize(
    ("path", "was", "other"),
    [
        ("obligations.live_leaders.terms.window.is", "06-15..07-30", "06-16..07-30"),
        ("obligations.live_leaders.terms.window.is", "06-15..07-30", "06-15..07-29"),
        ("reminders.digest_at", "15:00", "15:01"),
        ("reminders.quiet", "21:30-07:30", "21:30-07:00"),
        ("calendar.breaks.1", "07-06..08-31", "07-06..08-30"),
        ("units.health.quotas.views.due", "1835", "1090"),  # the number of another unit
        ("totals.news", "30", "31"),
    ],
)
def test_a_number_that_stands_elsewhere_or_nowhere_is_missed(
    path: str, was: str, other: str
) -> None:
    listing, plan = show(PLAN), usual()
    [(clause, written)] = [(c, w) for p, c, w in _numbers(plan) if p == path]
    assert written == was
    assert _stands(listing, plan, path, clause, was)
    assert not _stands(listing, plan, path, clause, other)
    assert not _stands(listing, plan, path, "附件9", was)


def test_a_number_without_a_clause_is_an_error() -> None:
    with pytest.raises(AssertionError, match=r"limits\.most"):
        list(_numbers({"limits": {"most": 7}}))


def _numbers(found: Any, path: str = "", clause: str = "") -> Iterator[tuple[str, str, str]]:
    """Each figure, day and time of the file: where it stands, its clause, how it is written."""
    if isinstance(found, dict):
        own = found.get("clause", clause)
        for key, value in found.items():
            if key not in NAMES:
                yield from _numbers(value, f"{path}.{key}".lstrip("."), own)
    elif isinstance(found, list):
        for place, value in enumerate(found):
            yield from _numbers(value, f"{path}.{place}", clause)
    elif not isinstance(found, bool) and re.search(r"[0-9]", str(found)):
        parts = path.split(".")
        above = [".".join(parts[:length]) for length in range(len(parts), 0, -1)]
        beside = clause or next((CLAUSES[one] for one in above if one in CLAUSES), "")
        assert beside, f"{path} has no clause"
        yield path, beside, str(found)


def _stands(listing: str, plan: Any, path: str, clause: str, written: str) -> bool:
    """Whether one line of the block of its owner has a number and its clause."""
    parts = [re.compile(rf"(?<![0-9.]){one}(?![0-9])") for one in _said(written)]
    block = _block(listing, plan, path.split("."))
    return any(clause in line and all(part.search(line) for part in parts) for line in block)


def _said(written: str) -> list[str]:
    """How the listing writes a number, day, time or span."""
    parts = re.split(r"\.\.|(?<=:[0-9]{2})-", written)
    days = [re.fullmatch(r"([0-9]{2})-([0-9]{2})", part) for part in parts]
    return [
        re.escape(f"{int(day[1])}月{int(day[2])}日" if day else part)
        for part, day in zip(parts, days, strict=True)
    ]


def _block(listing: str, plan: Any, path: list[str]) -> list[str]:
    """The lines of the listing about the unit, item, task or reading that a path leads into."""
    head, name, *_ = [*path, ""]
    lines = next(
        part.split("\n") for part in listing.split("\n\n") if part.startswith(SECTIONS[head])
    )
    if head == "totals":
        return listing.split("\n")
    if head not in {"units", "items", "obligations", "readings"}:
        return lines
    owner = plan[head][name].get("word") or plan[head][name].get("name") or name
    begins = next(n for n, line in enumerate(lines) if line.split("　")[0] == owner)
    ends = next(
        (n for n, line in enumerate(lines) if n > begins and not line.startswith("　")), len(lines)
    )
    return lines[begins:ends]
