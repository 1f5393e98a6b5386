"""The tables of what was booked from a school's earlier records."""

from typing import Any

from alembic import op
from sqlalchemy import BigInteger, Column, Integer, PrimaryKeyConstraint, Text

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def integer(name: str, *, null: bool = False) -> Column[Any]:
    whole = BigInteger().with_variant(Integer(), "sqlite")
    return Column(name, whole, nullable=null, autoincrement=False)


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "imports",
        integer("id"),
        Column("plan", Text, nullable=False),
        integer("person", null=True),
        integer("second"),
        integer("at"),
        integer("undone_at", null=True),
        PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "imported",
        integer("batch"),
        integer("line"),
        integer("fact"),
        PrimaryKeyConstraint("batch", "line"),
    )


def downgrade() -> None:
    """There is no way back but a backup."""
    raise NotImplementedError
