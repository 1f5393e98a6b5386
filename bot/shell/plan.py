"""`promobot plan check|show|text`: a plan file as the program reads it; the school's own words."""

import time
from argparse import Namespace
from pathlib import Path

from bot.shell.output import out
from bot.shell.roster import opened
from db import documents, plans
from scoring.errors import OperatorError
from scoring.plan import Plan

MAX_BYTES = 1_000_000


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


def text(arguments: Namespace) -> int:
    """Load the school's document, clause by clause, in place of the one before."""
    path = Path(arguments.file)
    try:
        words = path.read_bytes()[:MAX_BYTES].decode("utf-8-sig")
    except OSError as fault:
        raise OperatorError(f"文件 {path} 打不开，请核对文件名") from fault
    except UnicodeDecodeError as fault:
        raise OperatorError(f"文件 {path} 不是 UTF-8 文本，请另存为 UTF-8 文本") from fault
    plan = plans.in_force(int(time.time())) or plans.shipped()[-1]
    with opened(arguments.db) as (_db, writer):
        clauses = writer.submit(lambda tx: documents.load(tx, plan, words)).result()
    out(f"已载入 {clauses} 条，方案 {plan.id}。可在群里发：原文 附件3·四")
    return 0


def _chosen(file: str | None) -> tuple[Plan, ...]:
    return (plans.read_file(file),) if file else plans.shipped()
