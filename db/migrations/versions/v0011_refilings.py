"""The table of revisions whose postings are prepared beside the old ones."""

from typing import Any

from alembic import op
from sqlalchemy import BigInteger, Column, Integer, PrimaryKeyConstraint, Text

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def integer(name: str, *, null: bool = False) -> Column[Any]:
    whole = BigInteger().with_variant(Integer(), "sqlite")
    return Column(name, whole, nullable=null, autoincrement=False)


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "refilings",
        integer("id"),
        Column("plan", Text, nullable=False),
        integer("after"),
        Column("text", Text, nullable=False),
        Column("why", Text, nullable=False),
        integer("asked_at"),
        integer("seen_facts"),
        integer("seen_decisions"),
        integer("job"),
        integer("revision", null=True),
        integer("switched_at", null=True),
        PrimaryKeyConstraint("id"),
    )


def downgrade() -> None:
    """There is no way back but a backup."""
    raise NotImplementedError
