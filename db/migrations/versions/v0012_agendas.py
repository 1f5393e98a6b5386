"""The table of what the calendar files hold that people were last sent."""

from typing import Any

from alembic import op
from sqlalchemy import BigInteger, Column, Integer, PrimaryKeyConstraint, Text

revision = "0012"
down_revision = "0011"
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
        "agendas",
        integer("person"),
        text("plan"),
        integer("sequence"),
        text("dates"),
        integer("sent_at"),
        PrimaryKeyConstraint("person"),
    )


def downgrade() -> None:
    """There is no way back but a backup."""
    raise NotImplementedError
