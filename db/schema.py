"""The tables. Hot ones hold only integers, text and bytes, which need no type processing.

All times are instants (whole seconds since the epoch, UTC). Facts, decisions, postings,
settings and audit rows are appended and never changed; tallies, claims and waiting are sums and
indexes over them that `promobot doctor` can rebuild.

Tables with a text key that every report writes to are stored in that key's own tree on SQLite
(`sqlite_with_rowid=False`), so that one tree has to be updated instead of two.
"""

from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.types import TypeEngine

metadata = MetaData()

WHOLE = BigInteger().with_variant(Integer(), "sqlite")
"""64 bits on both. On SQLite only an INTEGER key is the row number itself and needs no index."""


def _column(
    name: str, kind: TypeEngine[Any] | type[TypeEngine[Any]], *, null: bool = False
) -> Column[object]:
    return Column(name, kind, nullable=null)


def integer(name: str, *, null: bool = False) -> Column[object]:
    return _column(name, WHOLE, null=null)


def text(name: str, *, null: bool = False) -> Column[object]:
    return _column(name, Text, null=null)


def blob(name: str, *, null: bool = False) -> Column[object]:
    return _column(name, LargeBinary, null=null)


def key(*columns: str) -> PrimaryKeyConstraint:
    return PrimaryKeyConstraint(*columns)


# --- housekeeping of the database itself --------------------------------------------------

versions = Table(  # bumped in the transaction that changes something cached
    "versions", metadata, text("name"), integer("value"), key("name")
)
sequences = Table("sequences", metadata, text("name"), integer("head"), key("name"))
secrets = Table(  # the fingerprint of the key, never the key
    "secrets", metadata, text("name"), blob("value"), key("name")
)

# --- people and where they talk -----------------------------------------------------------

people = Table(
    "people", metadata, integer("id"), text("staff_no"), key("id"), UniqueConstraint("staff_no")
)
# A person on the roster from `since` until `until` (null: still), as known from `recorded_at` on;
# the end is known from `closed_at` on.
employments = Table(
    "employments",
    metadata,
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
    Index("employments_person", "person"),
)
accounts = Table(  # `seen_at`: when it became the person's latest account (0: never)
    "accounts",
    metadata,
    text("platform"),
    text("account"),
    integer("person"),
    text("chat"),
    integer("since"),
    integer("reachable"),
    integer("seen_at"),
    key("platform", "account"),
    Index("accounts_person", "person"),
)
grants = Table(  # a role beyond the roster, for a unit (C19); until null: until taken back;
    # `instead_of`: the person whose role it is, null for one of one's own
    "grants",
    metadata,
    integer("id"),
    integer("person"),
    text("role"),
    text("unit"),
    integer("since"),
    integer("until", null=True),
    integer("by"),
    integer("instead_of", null=True),
    key("id"),
    Index("grants_person", "person"),
)
quiet = Table(  # 免打扰 of a person, 静音 of a group: notices wait until `until`
    "quiet", metadata, text("subject"), integer("until"), key("subject")
)
plans = Table(  # a year's plan, revision by revision; `by`, `second`: names ("": the shell)
    "plans",
    metadata,
    integer("year"),
    integer("number"),
    text("text"),
    text("sha256"),
    integer("in_force_from"),
    text("by"),
    text("second"),
    text("why"),
    integer("recorded_at"),
    key("year", "number"),
)
# A revision whose postings are prepared beside the old ones: up to which fact and decision, by
# which job (0: none); `revision` null: not in force, nor ever if its job has ended.
refilings = Table(
    "refilings",
    metadata,
    integer("id"),
    text("plan"),
    integer("after"),
    text("text"),
    text("why"),
    integer("asked_at"),
    integer("seen_facts"),
    integer("seen_decisions"),
    integer("job"),
    integer("revision", null=True),
    integer("switched_at", null=True),
    key("id"),
)
documents = Table(  # the school's own plan document, by clause; never shipped
    "documents", metadata, text("plan"), text("clause"), text("words"), key("plan", "clause")
)
bindings = Table(  # 绑定 T1024, waiting for an administrator
    "bindings",
    metadata,
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
codes = Table(  # one-time codes, by keyed hash
    "codes",
    metadata,
    blob("hash"),
    text("purpose"),
    integer("person", null=True),
    integer("expires_at"),
    integer("used_at", null=True),
    key("hash"),
)
page_keys = Table(  # links into the signed-in pages, and sessions there, by keyed hash
    "page_keys",
    metadata,
    blob("hash"),
    text("kind"),
    integer("person"),
    text("platform"),
    text("account"),
    text("chat"),
    text("rights"),
    integer("ends_at"),
    key("hash"),
    Index("page_keys_person", "person"),
)
chats = Table(
    "chats",
    metadata,
    text("platform"),
    text("chat"),
    text("title"),
    text("unit", null=True),
    integer("linked_at", null=True),
    integer("linked_by", null=True),
    text("thread", null=True),
    text("lacks", null=True),
    key("platform", "chat"),
)
tokens = Table(  # a platform's access token, sealed, shared by the replicas
    "tokens", metadata, text("name"), blob("sealed"), integer("ends_at"), key("name")
)
menus = Table(  # the hash of the menu shown in a scope, so that it is set only once
    "menus",
    metadata,
    text("platform"),
    text("scope"),
    text("hash"),
    key("platform", "scope"),
)
hints = Table(  # hints given once a day: who may link a group, how to bind
    "hints", metadata, text("subject"), text("day"), key("subject", "day")
)
settings = Table(
    "settings",
    metadata,
    integer("id"),
    text("scope"),
    text("name"),
    text("value"),
    integer("since"),
    integer("recorded_at"),
    integer("person", null=True),
    key("id"),
)

# --- the ledger ---------------------------------------------------------------------------

inbox = Table(  # updates and their outcome; never their text
    "inbox",
    metadata,
    text("platform"),
    text("update"),
    integer("received_at"),
    text("outcome"),
    key("platform", "update"),
    sqlite_with_rowid=False,
)
facts = Table(
    "facts",
    metadata,
    integer("id"),
    text("plan"),
    text("kind"),
    text("unit"),
    integer("person"),
    text("title"),
    text("link"),
    text("details"),
    text("chat"),
    text("topic"),  # of what it claims while it stands (see claims); "" if nothing
    blob("claim"),
    integer("happened_at"),
    integer("recorded_at"),
    integer("supersedes", null=True),
    key("id"),
    Index("facts_person", "person", "id"),
    Index("facts_unit", "unit", "kind", "happened_at"),
)
leads = Table(  # the sealed part of a lead fact: name, phone, note
    "leads",
    metadata,
    integer("fact"),
    blob("phone_hash"),
    blob("sealed"),
    key("fact"),
)
suspects = Table(  # leads to call first: many in a day, or consecutive numbers (C17)
    "suspects", metadata, integer("fact"), key("fact")
)
tries = Table(  # 打不通: a call to a lead that nobody answered
    "tries",
    metadata,
    integer("id"),
    integer("fact"),
    integer("person"),
    integer("at"),
    key("id"),
    Index("tries_fact", "fact"),
)
desk_tables = Table(  # tables of leads handed out with full numbers (C11)
    "desk_tables",
    metadata,
    integer("id"),
    integer("person"),
    integer("at"),
    integer("expires_at"),
    key("id"),
)
leases = Table(  # exclusive rights among the replicas, held until an instant
    "leases",
    metadata,
    text("name"),
    text("holder"),
    integer("until"),
    key("name"),
    sqlite_with_rowid=False,
)
# A separate list, applied again by a restore. A lead is identified by its number and the time of
# its report, since after restoring an old backup the number may be given out again.
erasures = Table(
    "erasures",
    metadata,
    integer("fact"),
    integer("reported_at"),
    integer("erased_at"),
    integer("asked_by"),
    integer("confirmed_by"),
    key("fact", "reported_at"),
)
# Free text outside of leads that an erasure has blanked: of a fact, or of a decision on it.
blanked = Table(
    "blanked",
    metadata,
    integer("fact"),
    integer("decision"),  # 0: the fact itself
    integer("reported_at"),
    integer("at"),
    integer("person"),
    blob("words"),  # a keyed hash of what stood there, for the seals of reported months
    key("fact", "decision", "reported_at"),
)
do_not_contact = Table(  # 拒联, by keyed hash
    "do_not_contact", metadata, blob("hash"), integer("at"), integer("person"), key("hash")
)
claims = Table(  # what a standing fact keeps later reports from using: link, phone, teacher, unit
    "claims",
    metadata,
    text("plan"),
    text("topic"),
    blob("hash"),
    integer("fact"),
    key("plan", "topic", "hash"),
    sqlite_with_rowid=False,
)
line = Table(  # reports behind the fact that holds what they claim; `fact` 0: no turn yet
    "line",
    metadata,
    integer("id"),
    text("plan"),
    text("topic"),
    blob("hash"),
    text("unit"),
    integer("person"),
    integer("happened_at"),
    integer("fact"),
    blob("sealed"),
    key("id"),
    Index("line_claims", "plan", "topic", "hash"),
    Index("line_facts", "fact"),
)
waiting = Table(  # facts not yet decided
    "waiting",
    metadata,
    integer("fact"),
    text("kind"),
    text("unit"),
    integer("since"),
    key("fact"),
    Index("waiting_kind", "kind", "fact"),
)
decisions = Table(
    "decisions",
    metadata,
    integer("id"),
    integer("fact"),
    text("verb"),
    integer("person"),
    integer("happened_at"),
    integer("recorded_at"),
    text("reason"),
    integer("minor"),  # 1: rejected for a small change; the replacement keeps the original time
    integer("batch"),
    key("id"),
    Index("decisions_fact", "fact", "id"),
    Index("decisions_person", "person", "id"),
)
postings = Table(
    "postings",
    metadata,
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
    Index("postings_measure", "plan", "unit", "measure"),
)
tallies = Table(
    "tallies",
    metadata,
    text("plan"),
    text("unit"),
    text("measure"),
    text("period"),
    integer("value"),
    key("plan", "unit", "measure", "period"),
    sqlite_with_rowid=False,
)
participation = Table(  # who forwarded, liked, commented, followed; personally or for a class
    "participation",
    metadata,
    text("plan"),
    integer("task"),
    integer("person"),
    text("act"),
    text("school_class"),
    integer("count"),
    integer("at"),
    key("plan", "task", "person", "act", "school_class"),
)
# A picture that shows something of a fact; fact 0: its sender has still to say of which. `key`: a
# keyed hash of its bytes; `album`: what the platform calls the pictures sent together, or "".
pictures = Table(
    "pictures",
    metadata,
    integer("id"),
    integer("fact"),
    text("key"),
    integer("person"),
    integer("at"),
    text("album"),
    key("id"),
    UniqueConstraint("fact", "key", "person"),
    Index("pictures_person", "person", "fact"),
)
# Their bytes, sealed. On SQLite they lie in files beside the database (see `db.engine.beside`).
picture_bytes = Table(
    "picture_bytes", metadata, text("key"), blob("sealed"), key("key"), sqlite_with_rowid=False
)
imports = Table(  # a table of earlier reports that was booked (台账); person null: the shell
    "imports",
    metadata,
    integer("id"),
    text("plan"),
    integer("person", null=True),
    integer("second"),
    integer("at"),
    integer("undone_at", null=True),
    key("id"),
)
imported = Table(  # the fact that came of a line of such a table
    "imported", metadata, integer("batch"), integer("line"), integer("fact"), key("batch", "line")
)
audit = Table(
    "audit",
    metadata,
    integer("id"),
    integer("at"),
    integer("person", null=True),
    text("action"),
    text("subject"),
    text("chat"),
    key("id"),
    Index("audit_subject", "subject"),
)

# --- messages and dialogues ---------------------------------------------------------------

proposals = Table(  # asked with {确认|取消}; `answerer` is self or a role
    "proposals",
    metadata,
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
dialogues = Table(  # a guided report in a 1:1 chat: the line so far, sealed
    "dialogues",
    metadata,
    text("platform"),
    text("chat"),
    text("account"),
    blob("sealed"),
    integer("expires_at"),
    key("platform", "chat", "account"),
)
outbox = Table(
    "outbox",
    metadata,
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
    UniqueConstraint("key"),
    Index("outbox_due", "state", "due_at"),
)
# A message whose sending has begun and that is not settled: `sender`, the process that is sending
# it ("" between two attempts), and in how many hands it was when one died.
arrivals = Table(  # events at work among several replicas: what came first in a chat, of a person
    "arrivals",
    metadata,
    text("holder"),
    integer("number"),
    integer("arrived"),  # microseconds, by the database's clock
    integer("chat"),
    integer("person", null=True),
    integer("seen"),
    key("holder", "number"),
)
sendings = Table(
    "sendings",
    metadata,
    integer("message"),
    integer("wanted_at"),
    text("sender"),
    integer("doubts"),
    key("message"),
)
live_cards = Table(  # cards in groups, updated in place; `shown`: a hash of the text
    "live_cards",
    metadata,
    text("platform"),
    text("chat"),
    text("what"),
    text("key"),
    text("shown"),
    integer("turned_at"),
    integer("until"),
    key("platform", "chat", "what"),
)
# One row per due reminder: the row, not the scheduler, ensures that it is sent once. Audience ""
# is the occurrence itself; `waiting` rows are sent at `due_at`, unless `useful_until` has passed.
reminders = Table(
    "reminders",
    metadata,
    text("rule"),
    text("audience"),
    integer("due_at"),
    text("state"),
    integer("settled_at"),
    integer("useful_until"),
    text("message"),  # the outbox key of the message that contained it; "" if none did
    key("rule", "audience", "due_at"),
    Index("reminders_due", "state", "due_at"),
    Index("reminders_message", "message"),
)

# --- the school's calendar ----------------------------------------------------------------

calendar_days = Table(  # the school's own days off and workdays; day as 2024-10-08
    "calendar_days",
    metadata,
    text("day"),
    text("kind"),
    text("note"),
    integer("by"),
    integer("at"),
    key("day"),
)
calendar_spans = Table(  # spans of teaching and of exams
    "calendar_spans",
    metadata,
    text("kind"),
    text("first"),
    text("last"),
    integer("by"),
    integer("at"),
    key("kind", "first"),
)
duty_hours = Table(  # when somebody of a unit is there on a day off (C21)
    "duty_hours",
    metadata,
    text("unit"),
    text("day"),
    text("hours"),
    integer("by"),
    integer("at"),
    key("unit", "day"),
)
absences = Table(  # leaves with first and last day, from the roster
    "absences",
    metadata,
    integer("person"),
    text("first"),
    text("last"),
    key("person", "first"),
)

# --- reported months ----------------------------------------------------------------------

months = Table(  # months as reported; `last_…`: the known end of the ledger
    "months",
    metadata,
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
agendas = Table(  # the calendar file that somebody was last sent: its dates as JSON
    "agendas",
    metadata,
    integer("person"),
    text("plan"),
    integer("sequence"),
    text("dates"),
    integer("sent_at"),
    key("person"),
)
jobs = Table(  # long work: requested in a chat, done by a worker, returned as a request
    "jobs",
    metadata,
    integer("id"),
    text("kind"),
    text("arguments"),
    integer("person"),
    text("platform"),
    text("account"),
    text("chat"),
    integer("in_group"),
    text("said"),  # the outbox key of the line that shows the progress
    integer("asked_at"),
    text("state"),
    integer("attempts"),
    integer("leased_until"),
    integer("progress"),
    text("failure"),
    key("id"),
    Index("jobs_state", "state", "id"),
)
