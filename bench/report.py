"""One line a case."""

import json
from collections.abc import Sequence


def line(
    name: str,
    case: str,
    value: float,
    unit: str,
    *,
    goal: str = "",
    ok: bool | None = None,
    baseline: float | None = None,
    ratio: float | None = None,
) -> None:
    """Print a case; `baseline` is the other side's figure of the same run, in the same unit."""
    row = {
        "name": name,
        "case": case,
        "value": round(value, 3),
        "unit": unit,
        "baseline": None if baseline is None else round(baseline, 3),
        "ratio": None if ratio is None else round(ratio, 3),
        "goal": goal,
        "ok": ok,
    }
    print(json.dumps(row, ensure_ascii=False), flush=True)


def percentile(values: Sequence[float], share: float) -> float:
    """The value that `share` of the sorted values do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]
