"""The table of messages that are being sent."""

from alembic import op
from sqlalchemy import BigInteger, Column, Integer, PrimaryKeyConstraint, Text

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def _integer(name: str) -> Column[int]:
    whole = BigInteger().with_variant(Integer(), "sqlite")
    return Column(name, whole, nullable=False, autoincrement=False)


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "sendings",
        _integer("message"),
        _integer("wanted_at"),
        Column("sender", Text, nullable=False),
        _integer("doubts"),
        PrimaryKeyConstraint("message"),
    )


def downgrade() -> None:
    """There is no way back but a backup."""
    raise NotImplementedError
