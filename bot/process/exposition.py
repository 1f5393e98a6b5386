"""The text that Prometheus reads: one family of samples after the other."""

from collections.abc import Iterable, Mapping

from bot.services.counts import BOUNDS, Times

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
PREFIX = "promobot_"

Labels = Mapping[str, str]
Sample = tuple[Labels, float]


def family(name: str, kind: str, said: str, samples: Iterable[Sample]) -> str:
    """Return one family; "" if there is no sample of it."""
    lines = [f"{PREFIX}{name}{_labels(labels)} {value:.10g}" for labels, value in samples]
    return "\n".join([*_head(name, kind, said), *lines, ""]) if lines else ""


def gauge(name: str, said: str, value: float) -> str:
    """Return a family of one value."""
    return family(name, "gauge", said, [({}, value)])


def histogram(name: str, said: str, times: Times) -> str:
    """Return how often something took how long."""
    lines, so_far = [], 0
    for bound, count in zip((*BOUNDS, float("inf")), times.within, strict=True):
        so_far += count
        edge = "+Inf" if bound == float("inf") else f"{bound:g}"
        lines.append(f'{PREFIX}{name}_bucket{{le="{edge}"}} {so_far}')
    lines += [f"{PREFIX}{name}_sum {times.total:.6f}", f"{PREFIX}{name}_count {times.count}"]
    return "\n".join([*_head(name, "histogram", said), *lines, ""])


def _head(name: str, kind: str, said: str) -> list[str]:
    return [f"# HELP {PREFIX}{name} {said}", f"# TYPE {PREFIX}{name} {kind}"]


def _labels(labels: Labels) -> str:
    if not labels:
        return ""
    return "{" + ",".join(f'{name}="{_escaped(value)}"' for name, value in labels.items()) + "}"


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
