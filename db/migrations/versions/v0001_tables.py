"""The tables of the first version."""

from typing import Any

from alembic import op
from sqlalchemy import (
    BigInteger,
    Column,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Text,
    UniqueConstraint,
)

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def integer(name: str, *, null: bool = False) -> Column[Any]:
    whole = BigInteger().with_variant(Integer(), "sqlite")
    return Column(name, whole, nullable=null, autoincrement=False)


def text(name: str, *, null: bool = False) -> Column[Any]:
    return Column(name, Text, nullable=null)


def blob(name: str) -> Column[Any]:
    return Column(name, LargeBinary, nullable=False)


key = PrimaryKeyConstraint
unique = UniqueConstraint


def upgrade() -> None:
    """Create every table with its indexes."""
    op.create_table("versions", text("name"), integer("value"), key("name"))
    op.create_table("sequences", text("name"), integer("head"), key("name"))
    op.create_table("secrets", text("name"), blob("value"), key("name"))
    op.create_table("people", integer("id"), text("staff_no"), key("id"), unique("staff_no"))
    op.create_table(
        "employments",
        integer("id"),
        integer("person"),
        text("name"),
        text("unit"),
        text("school"),
        text("roles"),
        text("classes"),
        integer("since"),
        integer("until", null=True),
        integer("recorded_at"),
        integer("closed_at", null=True),
        key("id"),
    )
    op.create_index("employments_person", "employments", ["person"])
    op.create_table(
        "accounts",
        text("platform"),
        text("account"),
        integer("person"),
        text("chat"),
        integer("since"),
        integer("reachable"),
        integer("seen_at"),
        key("platform", "account"),
    )
    op.create_index("accounts_person", "accounts", ["person"])
    op.create_table(
        "grants",
        integer("id"),
        integer("person"),
        text("role"),
        text("unit"),
        integer("since"),
        integer("until", null=True),
        integer("by"),
        key("id"),
    )
    op.create_index("grants_person", "grants", ["person"])
    op.create_table("quiet", text("subject"), integer("until"), key("subject"))
    op.create_table("documents", text("plan"), text("clause"), text("words"), key("plan", "clause"))
    op.create_table(
        "bindings",
        integer("id"),
        text("platform"),
        text("account"),
        text("chat"),
        text("shown_name"),
        integer("person"),
        integer("asked_at"),
        text("state"),
        key("id"),
    )
    op.create_table(
        "codes",
        blob("hash"),
        text("purpose"),
        integer("person", null=True),
        integer("expires_at"),
        integer("used_at", null=True),
        key("hash"),
    )
    op.create_table(
        "chats",
        text("platform"),
        text("chat"),
        text("title"),
        text("unit", null=True),
        integer("linked_at", null=True),
        integer("linked_by", null=True),
        key("platform", "chat"),
    )
    op.create_table("tokens", text("name"), blob("sealed"), integer("ends_at"), key("name"))
    op.create_table(
        "menus", text("platform"), text("scope"), text("hash"), key("platform", "scope")
    )
    op.create_table("hints", text("subject"), text("day"), key("subject", "day"))
    op.create_table(
        "settings",
        integer("id"),
        text("scope"),
        text("name"),
        text("value"),
        integer("since"),
        integer("recorded_at"),
        integer("person", null=True),
        key("id"),
    )
    op.create_table(
        "inbox",
        text("platform"),
        text("update"),
        integer("received_at"),
        text("outcome"),
        key("platform", "update"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "facts",
        integer("id"),
        text("plan"),
        text("kind"),
        text("unit"),
        integer("person"),
        text("title"),
        text("link"),
        text("details"),
        text("chat"),
        text("topic"),
        blob("claim"),
        integer("happened_at"),
        integer("recorded_at"),
        integer("supersedes", null=True),
        key("id"),
    )
    op.create_index("facts_person", "facts", ["person", "id"])
    op.create_index("facts_unit", "facts", ["unit", "kind", "happened_at"])
    op.create_table("leads", integer("fact"), blob("phone_hash"), blob("sealed"), key("fact"))
    op.create_table("suspects", integer("fact"), key("fact"))
    op.create_table(
        "tries", integer("id"), integer("fact"), integer("person"), integer("at"), key("id")
    )
    op.create_index("tries_fact", "tries", ["fact"])
    op.create_table(
        "desk_tables",
        integer("id"),
        integer("person"),
        integer("at"),
        integer("expires_at"),
        key("id"),
    )
    op.create_table(
        "leases",
        text("name"),
        text("holder"),
        integer("until"),
        key("name"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "erasures",
        integer("fact"),
        integer("reported_at"),
        integer("erased_at"),
        integer("asked_by"),
        integer("confirmed_by"),
        key("fact", "reported_at"),
    )
    op.create_table("do_not_contact", blob("hash"), integer("at"), integer("person"), key("hash"))
    op.create_table(
        "claims",
        text("plan"),
        text("topic"),
        blob("hash"),
        integer("fact"),
        key("plan", "topic", "hash"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "waiting", integer("fact"), text("kind"), text("unit"), integer("since"), key("fact")
    )
    op.create_index("waiting_kind", "waiting", ["kind", "fact"])
    op.create_table(
        "decisions",
        integer("id"),
        integer("fact"),
        text("verb"),
        integer("person"),
        integer("happened_at"),
        integer("recorded_at"),
        text("reason"),
        integer("minor"),
        integer("batch"),
        key("id"),
    )
    op.create_index("decisions_fact", "decisions", ["fact", "id"])
    op.create_index("decisions_person", "decisions", ["person", "id"])
    op.create_table(
        "postings",
        integer("id"),
        text("plan"),
        text("unit"),
        text("measure"),
        text("period"),
        integer("delta"),
        integer("happened_at"),
        integer("recorded_at"),
        integer("fact"),
        key("id"),
    )
    op.create_index("postings_measure", "postings", ["plan", "unit", "measure"])
    op.create_table(
        "tallies",
        text("plan"),
        text("unit"),
        text("measure"),
        text("period"),
        integer("value"),
        key("plan", "unit", "measure", "period"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "participation",
        text("plan"),
        integer("task"),
        integer("person"),
        text("act"),
        text("school_class"),
        integer("count"),
        integer("at"),
        key("plan", "task", "person", "act", "school_class"),
    )
    op.create_table(
        "audit",
        integer("id"),
        integer("at"),
        integer("person", null=True),
        text("action"),
        text("subject"),
        text("chat"),
        key("id"),
    )
    op.create_index("audit_subject", "audit", ["subject"])
    op.create_table(
        "proposals",
        integer("id"),
        text("action"),
        blob("sealed"),
        integer("person"),
        text("answerer"),
        integer("created_at"),
        integer("expires_at"),
        text("state"),
        key("id"),
    )
    op.create_table(
        "dialogues",
        text("platform"),
        text("chat"),
        text("account"),
        blob("sealed"),
        integer("expires_at"),
        key("platform", "chat", "account"),
    )
    op.create_table(
        "outbox",
        integer("id"),
        text("key"),
        text("kind"),
        text("platform"),
        text("chat"),
        integer("person", null=True),
        blob("sealed"),
        integer("due_at"),
        integer("attempts"),
        text("state"),
        integer("settled_at", null=True),
        text("message"),
        text("failure"),
        key("id"),
        unique("key"),
    )
    op.create_index("outbox_due", "outbox", ["state", "due_at"])
    _reminders()
    _reported_months()


def _reminders() -> None:
    op.create_table(
        "live_cards",
        text("platform"),
        text("chat"),
        text("what"),
        text("key"),
        text("shown"),
        integer("turned_at"),
        integer("until"),
        key("platform", "chat", "what"),
    )
    op.create_table(
        "reminders",
        text("rule"),
        text("audience"),
        integer("due_at"),
        text("state"),
        integer("settled_at"),
        integer("useful_until"),
        text("message"),
        key("rule", "audience", "due_at"),
    )
    op.create_index("reminders_due", "reminders", ["state", "due_at"])
    op.create_index("reminders_message", "reminders", ["message"])
    op.create_table(
        "calendar_days",
        text("day"),
        text("kind"),
        text("note"),
        integer("by"),
        integer("at"),
        key("day"),
    )
    op.create_table(
        "calendar_spans",
        text("kind"),
        text("first"),
        text("last"),
        integer("by"),
        integer("at"),
        key("kind", "first"),
    )
    op.create_table(
        "duty_hours",
        text("unit"),
        text("day"),
        text("hours"),
        integer("by"),
        integer("at"),
        key("unit", "day"),
    )
    op.create_table(
        "absences", integer("person"), text("first"), text("last"), key("person", "first")
    )


def _reported_months() -> None:
    op.create_table(
        "months",
        text("plan"),
        text("month"),
        integer("until"),
        integer("known"),
        integer("last_fact"),
        integer("last_decision"),
        integer("last_posting"),
        text("sha256"),
        text("document"),
        integer("person"),
        integer("second"),
        key("plan", "month"),
    )
    op.create_table(
        "jobs",
        integer("id"),
        text("kind"),
        text("arguments"),
        integer("person"),
        text("platform"),
        text("account"),
        text("chat"),
        integer("in_group"),
        text("said"),
        integer("asked_at"),
        text("state"),
        integer("attempts"),
        integer("leased_until"),
        integer("progress"),
        text("failure"),
        key("id"),
    )
    op.create_index("jobs_state", "jobs", ["state", "id"])


def downgrade() -> None:
    """Not possible: restore a backup instead."""
    raise NotImplementedError
