"""What an erasure blanks outside of leads: the rows that name the child."""

from alembic import op
from sqlalchemy import BigInteger, Column, Integer, LargeBinary, PrimaryKeyConstraint

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def _integer(name: str) -> Column[int]:
    whole = BigInteger().with_variant(Integer(), "sqlite")
    return Column(name, whole, nullable=False, autoincrement=False)


def upgrade() -> None:
    """Create the table of blanked texts."""
    op.create_table(
        "blanked",
        *map(_integer, ("fact", "decision", "reported_at", "at", "person")),
        Column("words", LargeBinary, nullable=False),
        PrimaryKeyConstraint("fact", "decision", "reported_at"),
    )


def downgrade() -> None:
    """There is no way back but a backup."""
    raise NotImplementedError
