"""Which kinds two texts of a plan post in different places."""

from scoring.plan import Plan


def files_differently(old: Plan, new: Plan) -> bool:
    """Whether the two texts post the same facts in different places."""
    return bool(refiled(old, new))


def refiled(old: Plan, new: Plan) -> frozenset[str]:
    """The kinds whose facts the two texts post in different places."""
    was, now_ = _filing(old), _filing(new)
    return frozenset(kind for kind in was.keys() & now_.keys() if was[kind] != now_[kind])


def _filing(plan: Plan) -> dict[str, object]:
    """Everything in a plan that `scoring.postings` reads, by kind."""
    scored = plan.item.get("interaction")
    own: dict[str, object] = {
        "settlement": (scored.units if scored else frozenset(), plan.reads("A24"))
    }
    return {
        code: (
            kind.counts_from,
            kind.period,
            bool(kind.deciders),
            {unit.code: quota.per for unit in plan.units if (quota := unit.quotas.get(code))},
            own.get(code),
        )
        for code, kind in plan.kinds.items()
    }
