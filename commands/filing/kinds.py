"""Every kind of fact, declared once: what the rooms have to know of it.

The school's side of a kind (its word, who decides on it, when and under which period it counts)
is in the plan's [kinds]. Here stands how it is handled. A new kind is a line there, a line here,
the command that enters it, and its sentences; no field has a default, so that none is forgotten.
"""

from dataclasses import dataclass
from typing import Literal

Edit = Literal["never", "link", "title", "note", "count", "lead"]
"""How 更正 reads a correction: a link of the pasted kinds (kind, title and link may change), a
title with an optional link, a note, a count, who a lead is; never: withdrawn and reported again."""


Undone = Literal["nothing", "roll", "waiver", "settlement"]
"""What taking it back brings with it: an earlier roll stands again, heads hear of a waiver, the
settlement of a task goes too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """How facts of one kind are handled.

    `lent`: the command that 代 may say for another unit (C19), "" where none may. `edit`: see
    Edit. `carded`: its deciders get a card with buttons for each one. `compared`: the kinds among
    which a like title is pointed out to reviewers (C17). `item`: the item that a report of it
    brings, once and by a deadline; "" for any other. `alone`: one fact alone can cost points, so
    为什么 offers {申诉} for it. `upheld`: an upheld appeal approves it as it stands, with its
    first time (A18, A40); else its deciders decide again. `clicked`: its clicks are asked for
    (A41). `topical`: it can be judged 偏题. `undone`: what else follows when it is taken back.
    """

    code: str
    lent: str
    edit: Edit
    carded: bool
    compared: tuple[str, ...]
    item: str
    alone: bool
    upheld: bool
    clicked: bool
    topical: bool
    undone: Undone


_PIECE = ("news", "soft_article", "video")
"""One piece has one kind (A40); a column alone may show what was news."""


def _post(code: str, lent: str, *, compared: tuple[str, ...] = _PIECE, **also: bool) -> Kind:
    """What is reported by its link, several at once (C2)."""
    return Kind(
        code=code,
        lent=lent,
        edit="link",
        carded=False,
        compared=compared,
        item="",
        alone=False,
        upheld=True,
        clicked=also.get("clicked", False),
        topical=also.get("topical", False),
        undone="nothing",
    )


def _report(
    code: str,
    lent: str,
    *,
    edit: Edit = "title",
    carded: bool = True,
    item: str = "",
    upheld: bool = False,
) -> Kind:
    """What an officer reports one at a time. With an `item`, a missed deadline costs points."""
    return Kind(
        code=code,
        lent=lent,
        edit=edit,
        carded=carded,
        compared=(),
        item=item,
        alone=bool(item),
        upheld=upheld,
        clicked=False,
        topical=False,
        undone="nothing",
    )


def _entered(code: str, *, alone: bool = False, undone: Undone = "nothing") -> Kind:
    """What an office, a case or a press of a button enters: nobody edits it or reports it for
    another unit."""
    return Kind(
        code=code,
        lent="",
        edit="never",
        carded=False,
        compared=(),
        item="",
        alone=alone,
        upheld=False,
        clicked=False,
        topical=False,
        undone=undone,
    )


KINDS = {
    kind.code: kind
    for kind in (
        _report("lead", "", edit="lead", carded=False),
        _post("news", "news", clicked=True),
        _post("soft_article", "article", clicked=True),
        _post("column", "column", compared=("column",)),
        _post("video", "video", topical=True),
        _report("views", "views", edit="count", carded=False, upheld=True),
        _report("handover", "handover", edit="note", item="dy_handover"),
        _report("ppt", "ppt", item="ppt"),
        _report("recommend", "recommend", edit="never", item="live_team"),
        _report("results", "results", upheld=True),
        _report("lookup", "lookup", upheld=True),
        _report("live", "live", edit="never", carded=False),
        _report("intro", "intro"),
        _entered("meeting"),
        _entered("task", undone="settlement"),
        _entered("settlement", alone=True),
        _entered("training", alone=True, undone="roll"),
        _entered("waiver", undone="waiver"),
        _entered("award", alone=True),
        _entered("appeal"),
        _entered("doubt"),
        _entered("forward"),
        _entered("like"),
        _entered("comment"),
        _entered("follow"),
    )
}
"""In the order of the plan's [kinds]; a test compares the two."""

LENT = frozenset(kind.lent for kind in KINDS.values() if kind.lent)
"""The commands that 代 may say: reports only, never a decision."""

PASTED = tuple(kind.code for kind in KINDS.values() if kind.edit == "link")
CLICKED = tuple(kind.code for kind in KINDS.values() if kind.clicked)
