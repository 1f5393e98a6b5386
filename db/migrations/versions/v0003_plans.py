"""The table of plan revisions."""

from typing import Any

from alembic import op
from sqlalchemy import BigInteger, Column, Integer, PrimaryKeyConstraint, Text

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def integer(name: str) -> Column[Any]:
    whole = BigInteger().with_variant(Integer(), "sqlite")
    return Column(name, whole, nullable=False, autoincrement=False)


def text(name: str) -> Column[Any]:
    return Column(name, Text, nullable=False)


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "plans",
        integer("year"),
        integer("number"),
        text("text"),
        text("sha256"),
        integer("in_force_from"),
        text("by"),
        text("second"),
        text("why"),
        integer("recorded_at"),
        PrimaryKeyConstraint("year", "number"),
    )


def downgrade() -> None:
    """There is no way back but a backup."""
    raise NotImplementedError
