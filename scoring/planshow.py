"""A plan as people read it."""

from scoring.plan import Plan


def show(plan: Plan) -> str:
    """The whole plan as a Chinese listing."""
    return plan.title
