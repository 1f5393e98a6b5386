"""`promobot plan check|show`: a plan file as the program reads it."""

from argparse import Namespace

from bot.shell.output import out
from db import plans
from scoring.plan import Plan


def check(arguments: Namespace) -> int:
    """Say that a plan holds; one that does not raises PlanFault with line and field."""
    for plan in _chosen(arguments.file):
        scored = len(plan.scored_units)
        out(f"方案 {plan.id}（{plan.document}）没有问题：{scored} 个部门、{len(plan.items)} 项。")
    return 0


def show(arguments: Namespace) -> int:
    """List every number of a plan with its clause."""
    from scoring.planshow import show as listing

    for plan in _chosen(arguments.file):
        out(listing(plan))
    return 0


def _chosen(file: str | None) -> tuple[Plan, ...]:
    return (plans.read_file(file),) if file else plans.shipped()
