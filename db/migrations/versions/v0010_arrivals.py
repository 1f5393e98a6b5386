"""The table of events at work among several replicas."""

from typing import Any

from alembic import op
from sqlalchemy import BigInteger, Column, Integer, PrimaryKeyConstraint, Text

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def integer(name: str, *, null: bool = False) -> Column[Any]:
    whole = BigInteger().with_variant(Integer(), "sqlite")
    return Column(name, whole, nullable=null, autoincrement=False)


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "arrivals",
        Column("holder", Text, nullable=False),
        integer("number"),
        integer("arrived"),
        integer("chat"),
        integer("person", null=True),
        integer("seen"),
        PrimaryKeyConstraint("holder", "number"),
    )


def downgrade() -> None:
    """There is no way back but a backup."""
    raise NotImplementedError
