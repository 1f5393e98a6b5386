"""Where personal text can lie: what every text and blob column may hold, and how it is forgotten.

A test walks the schema and fails for a column that is not declared here. Whoever adds one decides
what an erasure does with it; `db.erasures` then has to do it.
"""

from typing import Literal

Holds = Literal[
    "nothing", "staff", "hash", "sealed", "lead", "offered", "replaced", "frozen", "picture"
]
"""nothing: codes, keys and times of ours. staff: the roster and the accounts of staff, kept as long
as the score. hash: keyed, blanked with its lead where it would find the number again. sealed: opens
with the key alone; searched by an erasure, blanked once it has ended. lead: sealed with a lead and
blanked with it. offered: free text without numbers; what names an erased child is shown to the two
persons, who blank or leave it. replaced: free text without numbers, where an erasure puts 某某 for
the name. frozen: a reported month, which holds nothing of leads; its bytes stay. picture: sealed,
and deleted with its fact."""

HOLDS: dict[str, dict[Holds, str]] = {
    "versions": {"nothing": "name"},
    "sequences": {"nothing": "name"},
    "secrets": {"nothing": "name", "hash": "value"},
    "people": {"staff": "staff_no"},
    "employments": {"staff": "name unit school roles classes"},
    "accounts": {"nothing": "platform", "staff": "account chat"},
    "grants": {"nothing": "role unit"},
    "quiet": {"nothing": "subject"},
    "plans": {"nothing": "text sha256", "staff": "by second", "replaced": "why"},
    "refilings": {"nothing": "plan text", "replaced": "why"},
    "documents": {"nothing": "plan clause words"},
    "bindings": {"nothing": "platform state", "staff": "account chat", "replaced": "shown_name"},
    "codes": {"hash": "hash", "nothing": "purpose"},
    "page_keys": {"hash": "hash", "nothing": "kind platform", "staff": "account chat rights"},
    "chats": {"nothing": "platform chat unit thread lacks", "replaced": "title"},
    "tokens": {"nothing": "name", "sealed": "sealed"},
    "menus": {"nothing": "platform scope", "hash": "hash"},
    "hints": {"nothing": "subject day"},
    "settings": {"nothing": "scope name", "replaced": "value"},
    "inbox": {"nothing": "platform update outcome"},
    "facts": {
        "nothing": "plan kind unit chat topic link",
        "offered": "title details",
        "hash": "claim",
    },
    "leads": {"hash": "phone_hash", "lead": "sealed"},
    "leases": {"nothing": "name holder"},
    "blanked": {"hash": "words"},
    "do_not_contact": {"hash": "hash"},
    "claims": {"nothing": "plan topic", "hash": "hash"},
    "line": {"nothing": "plan topic unit", "hash": "hash", "sealed": "sealed"},
    "waiting": {"nothing": "kind unit"},
    "decisions": {"nothing": "verb", "offered": "reason"},
    "postings": {"nothing": "plan unit measure period"},
    "tallies": {"nothing": "plan unit measure period"},
    "participation": {"nothing": "plan act school_class"},
    "pictures": {"nothing": "album", "hash": "key"},
    "picture_bytes": {"hash": "key", "picture": "sealed"},
    "imports": {"nothing": "plan"},
    "audit": {"nothing": "action chat", "replaced": "subject"},
    "proposals": {"nothing": "action answerer state", "sealed": "sealed"},
    "dialogues": {"nothing": "platform", "staff": "chat account", "sealed": "sealed"},
    "outbox": {
        "nothing": "key kind platform state message",
        "staff": "chat",
        "sealed": "sealed",
        "replaced": "failure",
    },
    "arrivals": {"nothing": "holder"},
    "sendings": {"nothing": "sender"},
    "live_cards": {"nothing": "platform chat what key", "hash": "shown"},
    "reminders": {"nothing": "rule audience state message"},
    "calendar_days": {"nothing": "day kind", "replaced": "note"},
    "calendar_spans": {"nothing": "kind first last"},
    "duty_hours": {"nothing": "unit day hours"},
    "absences": {"nothing": "first last"},
    "months": {"nothing": "plan month sha256", "frozen": "document"},
    "agendas": {"nothing": "plan dates"},
    "jobs": {
        "nothing": "kind platform state said",
        "staff": "account chat",
        "replaced": "arguments failure",
    },
}


def columns(holds: Holds) -> list[tuple[str, str]]:
    """The columns (table, name) that hold this."""
    return [(table, name) for table, held in HOLDS.items() for name in held.get(holds, "").split()]
