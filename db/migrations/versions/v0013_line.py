"""The table of reports that stand in line behind the one that came first."""

from typing import Any

from alembic import op
from sqlalchemy import BigInteger, Column, Integer, LargeBinary, PrimaryKeyConstraint, Text

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def integer(name: str) -> Column[Any]:
    whole = BigInteger().with_variant(Integer(), "sqlite")
    return Column(name, whole, nullable=False, autoincrement=False)


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "line",
        integer("id"),
        Column("plan", Text, nullable=False),
        Column("topic", Text, nullable=False),
        Column("hash", LargeBinary, nullable=False),
        Column("unit", Text, nullable=False),
        integer("person"),
        integer("happened_at"),
        integer("fact"),
        Column("sealed", LargeBinary, nullable=False),
        PrimaryKeyConstraint("id"),
    )
    op.create_index("line_claims", "line", ["plan", "topic", "hash"])
    op.create_index("line_facts", "line", ["fact"])


def downgrade() -> None:
    """There is no way back but a backup."""
    raise NotImplementedError
