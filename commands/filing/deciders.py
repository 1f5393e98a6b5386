"""Who may decide on what (contracts 2, "Who decides"). Pure: roles and units in, an answer out."""

from db.people import Person
from scoring.plan import Plan

DECIDERS = "融媒体中心 考核组 院长 招办"
"""The roles that come to decide on anything at all, as a command declares them."""

# Where the regular decider would judge his own unit's facts, the other body does (A44).
_INSTEAD = {
    ("招办", "admissions"): "考核组",
    ("考核组", "school_office"): "融媒体中心",
    ("融媒体中心", "media_center"): "考核组",
}


def deciders(plan: Plan, kind: str, unit: str) -> tuple[str, ...]:
    """The roles that may decide on a fact of this kind and unit, the regular one first."""
    regular = plan.kinds[kind].deciders
    instead = tuple(_INSTEAD[role, unit] for role in regular if (role, unit) in _INSTEAD)
    if "招办" in regular and instead:
        return instead
    return regular + instead


def may_decide(plan: Plan, who: Person, kind: str, unit: str) -> bool:
    """Whether this person may decide on such a fact; nobody does on his own unit's."""
    return who.unit != unit and not who.roles.isdisjoint(deciders(plan, kind, unit))


def decided_kinds(plan: Plan, who: Person) -> tuple[str, ...]:
    """The kinds this person may come to decide on, for some unit."""
    roles = set(who.roles)
    stands_in = {regular for (regular, _), other in _INSTEAD.items() if other in roles}
    return tuple(
        kind.code
        for kind in plan.kinds.values()
        if not (roles | stands_in).isdisjoint(kind.deciders)
    )
